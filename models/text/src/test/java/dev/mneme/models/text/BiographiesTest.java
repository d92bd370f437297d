package dev.mneme.models.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.mneme.models.base.InputException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class BiographiesTest {

    private static final BiographyConfig SMALL = BiographyConfig.DEFAULT.withPersons(200);

    @Test
    void noTwoPersonsShareAName() {
        BiographyConfig full = new BiographyConfig(60, 6, 10, 3, 3, 3, 3, 3, 1900, 1902, false, 1); // every name there is
        Set<String> names = new HashSet<>();
        new Biographies(full).people().forEach(p -> names.add(p.name()));
        assertEquals(60, names.size());
    }

    @Test
    void everyValueIsOneWordAndNoWordServesTwoPurposes() {
        Map<String, Object> purpose = new HashMap<>();
        for (Biographies.Person person : new Biographies(SMALL).people()) {
            Map<Object, String> words = new HashMap<>(person.facts());
            words.put("first", person.firstName());
            words.put("last", person.lastName());
            words.forEach((what, word) -> {
                assertTrue(word.matches("[A-Za-z]+|[0-9]+"), word);
                Object other = purpose.putIfAbsent(word.toLowerCase(Locale.ROOT), what);
                assertTrue(other == null || other.equals(what), word);
            });
        }
        Attribute.words().forEach(word -> assertFalse(purpose.containsKey(word), word));
    }

    @Test
    void valuesAreDrawnUniformly() {
        int[] months = new int[12];
        List<String> names = List.of("January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
                "November", "December");
        BiographyConfig many = new BiographyConfig(12_000, 100, 120, 3, 3, 3, 3, 3, 1900, 1999, false, 1);
        new Biographies(many).people().forEach(p -> months[names.indexOf(p.facts().get(Fact.BIRTH_MONTH))]++);
        // Binomial(12000, 1/12): mean 1000, deviation 30.3; within five deviations.
        for (int n : months) {
            assertEquals(1000, n, 152);
        }
    }

    @Test
    void aTrainingTextSaysEveryFactAndTheNameInEachSentence() {
        Biographies biographies = new Biographies(SMALL);
        for (Biographies.Person person : biographies.people()) {
            String text = biographies.trainingText(person.index(), 3);
            person.facts().values().forEach(value -> assertTrue(Arrays.asList(text.split("[ .]+")).contains(value), text));
            assertEquals(3, text.split(person.name(), -1).length - 1, text);
            assertEquals(3, text.chars().filter(c -> c == '.').count(), text);
            assertFalse(text.contains("\n"));
        }
    }

    @Test
    void aTextIsShortWithEightFactsInAtMost34Tokens() {
        Biographies biographies = new Biographies(SMALL);
        int longest = 0;
        for (String text : biographies.trainingLines(20)) {
            assertTrue(text.matches("[A-Za-z0-9 .]+"), text); // nothing but words and full stops
            longest = Math.max(longest, text.split(" ").length + 3 + 2); // three full stops, [CLS] and [SEP]
        }
        // The longest forms have 13, 10 and 9 tokens, full stops included; one text in 32 has all three.
        assertEquals(13 + 10 + 9 + 2, longest);
    }

    @Test
    void trainingNeverUsesAPersonsHeldOutSentencesAndUsesAllOthers() {
        Biographies biographies = new Biographies(SMALL);
        for (int p = 0; p < 50; p++) {
            Set<String> seen = new HashSet<>();
            for (int variant = 0; variant < 100; variant++) {
                seen.addAll(sentences(biographies.trainingText(p, variant)));
            }
            // 3 attributes with 3 forms left; one is missed with probability at most 9 * (2/3)^100 < 1e-16
            assertEquals(9, seen.size());
            List<String> heldOut = sentences(biographies.heldOutText(p));
            assertEquals(3, heldOut.size());
            heldOut.forEach(sentence -> assertFalse(seen.contains(sentence), sentence));
        }
    }

    @Test
    void everyFormIsHeldOutForSomeAndTrainedForOthers() {
        Biographies biographies = new Biographies(SMALL);
        Set<String> heldOut = new HashSet<>();
        for (Biographies.Person person : biographies.people()) {
            String text = biographies.heldOutText(person.index()).replace(person.name(), "{name}");
            for (Fact fact : Fact.values()) {
                text = text.replaceAll("\\b" + person.facts().get(fact) + "\\b", "{" + fact + "}");
            }
            heldOut.addAll(sentences(text));
        }
        assertEquals(12, heldOut.size());
    }

    @Test
    void questionsMarkTheValuesInTheHeldOutText() {
        Biographies biographies = new Biographies(SMALL);
        List<FactQuery> queries = biographies.queries();
        assertEquals(8 * 200, queries.size());
        for (FactQuery query : queries) {
            assertEquals(biographies.heldOutText(query.person()), query.text());
            Fact fact = Fact.valueOf(query.attribute().toUpperCase(Locale.ROOT));
            assertEquals(biographies.people().get(query.person()).facts().get(fact), query.value());
        }
    }

    @Test
    void variantsDifferAndTheSeedDecidesEverything() {
        Biographies biographies = new Biographies(SMALL);
        List<String> lines = biographies.trainingLines(2);
        assertEquals(400, lines.size());
        assertEquals(biographies.trainingText(7, 1), lines.get(15));
        assertNotEquals(lines.get(14), lines.get(15));
        assertEquals(lines, new Biographies(SMALL).trainingLines(2));
        assertNotEquals(lines, new Biographies(SMALL.withSeed(2)).trainingLines(2));
    }

    @Test
    void aPronounStandsForTheNameAfterTheFirstSentence() {
        Biographies biographies = new Biographies(SMALL.withPronouns(true));
        for (Biographies.Person person : biographies.people()) {
            List<String> sentences = sentences(biographies.trainingText(person.index(), 0));
            assertTrue(sentences.get(0).contains(person.name()));
            for (String sentence : sentences.subList(1, 3)) {
                assertFalse(sentence.contains(person.name()), sentence);
                assertTrue(Arrays.asList(sentence.toLowerCase(Locale.ROOT).split("[ .]+")).contains(person.pronoun()), sentence);
                assertFalse(sentence.startsWith("he ") || sentence.startsWith("she "), sentence);
            }
        }
    }

    @Test
    void impossibleConfigurationsAreRefused() {
        assertEquals("make biographies of 7 persons: 2 first names and 3 last names make only 6 full names;"
                        + " ask for fewer persons or more names",
                assertThrows(InputException.class, () -> new BiographyConfig(7, 2, 3, 1, 1, 1, 1, 1, 1900, 1999, false, 1)).getMessage());
        assertEquals("make biographies with 0 cities: it is not between 1 and 100000; choose another number",
                assertThrows(InputException.class, () -> new BiographyConfig(1, 2, 3, 0, 1, 1, 1, 1, 1900, 1999, false, 1)).getMessage());
        assertEquals("make biographies with 0 subjects: it is not between 1 and 100000; choose another number",
                assertThrows(InputException.class, () -> new BiographyConfig(1, 2, 3, 1, 1, 1, 0, 1, 1900, 1999, false, 1)).getMessage());
        assertEquals("make biographies with years of birth from 1999 to 1900: that is not a range within 1 to 9999;"
                        + " choose years such as 1900 and 1999",
                assertThrows(InputException.class, () -> new BiographyConfig(1, 2, 3, 1, 1, 1, 1, 1, 1999, 1900, false, 1)).getMessage());
    }

    private static List<String> sentences(String text) {
        List<String> sentences = new ArrayList<>();
        for (String sentence : text.split("(?<=\\.) ")) {
            sentences.add(sentence);
        }
        return sentences;
    }
}
