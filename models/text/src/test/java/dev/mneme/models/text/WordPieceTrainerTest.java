package dev.mneme.models.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.mneme.models.base.InputException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

class WordPieceTrainerTest {

    /// The counts of Hugging Face's course (chapter 6, byte-pair encoding): hug 10, pug 5, pun 12, bun 4, hugs 5.
    private static List<String> course() {
        List<String> lines = new ArrayList<>();
        Map.of("hug", 10, "pug", 5, "pun", 12, "bun", 4, "hugs", 5).forEach((w, n) -> lines.addAll(Collections.nCopies(n, w)));
        return lines;
    }

    @Test
    void pairsAreMergedByCountThenById() {
        // u-g 20, u-n 16, h-ug 15, p-un 12; then p-ug and hug-s tie at 5, and p has the smaller id; at last b-un 4.
        assertEquals(
                List.of("b", "g", "h", "n", "p", "s", "u", "##b", "##g", "##h", "##n", "##p", "##s", "##u",
                        "##ug", "##un", "hug", "pun", "pug", "hugs", "bun"),
                ours(WordPieceTrainer.train(course(), 1000)));
    }

    @Test
    void theSizeAskedForIsReached() {
        assertEquals(List.of("##ug", "##un", "hug"), ours(WordPieceTrainer.train(course(), 5 + 14 + 3)).subList(14, 17));
    }

    @Test
    void aSizeBelowTheAlphabetIsRefused() {
        assertEquals("train a vocabulary of 10 tokens: the special tokens and the 7 characters of the text need 19;"
                        + " ask for at least that many; a few thousand is usual",
                assertThrows(InputException.class, () -> WordPieceTrainer.train(course(), 10)).getMessage());
    }

    @Test
    void textWithoutWordsIsRefused() {
        assertEquals("train a vocabulary of 10 tokens: there are no words to learn from; give text with letters in it",
                assertThrows(InputException.class, () -> WordPieceTrainer.train(List.of(" ", "\u0301"), 10)).getMessage());
    }

    @Test
    void wordsAreCutAndNormalisedAsBertDoes() {
        Vocabulary vocabulary = WordPieceTrainer.train(List.of("Élan,ÉLAN don't 中文 a\u0000b [x]"), 1000);
        assertTrue(vocabulary.tokens().containsAll(List.of("elan", ",", "don", "'", "t", "中", "文", "ab", "[", "x", "]")));
        assertFalse(vocabulary.contains("##中"));
        assertFalse(vocabulary.contains("##'"));
    }

    @Test
    void theAlphabetIsLimitedToTheMostFrequentCharacters() {
        WordPieceTrainer trainer = new WordPieceTrainer();
        trainer.add("aa aa bb bb zz aza");
        assertEquals(List.of("a", "b", "##a", "##b", "aa", "bb"), ours(trainer.train(1000, 2)));
    }

    @Test
    void theOrderOfTheLinesDoesNotMatter() {
        List<String> lines = new ArrayList<>(new Biographies(BiographyConfig.DEFAULT.withPersons(100)).trainingLines(2));
        Vocabulary vocabulary = WordPieceTrainer.train(lines, 600);
        Collections.reverse(lines);
        assertEquals(vocabulary.tokens(), WordPieceTrainer.train(lines, 600).tokens());
        assertEquals(600, vocabulary.size());
    }

    @Test
    void noTrainingWordIsUnknown() {
        List<String> lines = new Biographies(BiographyConfig.DEFAULT.withPersons(300)).trainingLines(2);
        for (int size : new int[] {120, 500, 100_000}) {
            Vocabulary vocabulary = WordPieceTrainer.train(lines, size);
            try (Tokenizer tokenizer = Tokenizer.of(vocabulary)) {
                for (String line : lines) {
                    for (int id : tokenizer.encode(line).ids()) {
                        assertTrue(id >= Vocabulary.SPECIALS.size(), line);
                    }
                }
            }
        }
    }

    @Test
    void incrementalCountsGiveWhatCountingAnewGives() {
        RandomGenerator random = Seeds.random(11);
        for (int trial = 0; trial < 20; trial++) {
            Map<String, Integer> counts = new HashMap<>();
            for (int w = 0; w < 60; w++) {
                StringBuilder word = new StringBuilder();
                for (int n = 1 + random.nextInt(8); n > 0; n--) {
                    word.append((char) ('a' + random.nextInt(3))); // few letters: many repeats such as aaa and abab
                }
                counts.merge(word.toString(), 1 + random.nextInt(9), Integer::sum);
            }
            List<String> lines = new ArrayList<>();
            counts.forEach((word, n) -> lines.addAll(Collections.nCopies(n, word)));
            assertEquals(naive(counts, 80), WordPieceTrainer.train(lines, 80).tokens());
        }
    }

    /// The same rule with all pairs counted again before each merge.
    private static List<String> naive(Map<String, Integer> counts, int size) {
        List<String> tokens = new ArrayList<>(Vocabulary.SPECIALS);
        counts.keySet().stream().flatMap(w -> w.chars().mapToObj(Character::toString)).distinct().sorted().forEach(tokens::add);
        List.copyOf(tokens.subList(5, tokens.size())).forEach(c -> tokens.add("##" + c));
        Map<List<String>, Integer> words = new HashMap<>();
        counts.forEach((word, n) -> {
            List<String> symbols = new ArrayList<>();
            for (int i = 0; i < word.length(); i++) {
                symbols.add((i == 0 ? "" : "##") + word.charAt(i));
            }
            words.put(symbols, n);
        });
        while (tokens.size() < size) {
            Map<Long, Integer> pairs = new TreeMap<>(); // ordered by left id, then right id
            words.forEach((symbols, n) -> {
                for (int i = 1; i < symbols.size(); i++) {
                    pairs.merge((long) tokens.indexOf(symbols.get(i - 1)) << 32 | tokens.indexOf(symbols.get(i)), n, Integer::sum);
                }
            });
            if (pairs.isEmpty()) {
                break;
            }
            int most = Collections.max(pairs.values());
            long best = pairs.entrySet().stream().filter(e -> e.getValue() == most).findFirst().orElseThrow().getKey();
            String left = tokens.get((int) (best >>> 32));
            String right = tokens.get((int) best);
            String joined = left + right.substring(2);
            if (!tokens.contains(joined)) {
                tokens.add(joined);
            }
            Map<List<String>, Integer> merged = new HashMap<>();
            words.forEach((symbols, n) -> {
                List<String> out = new ArrayList<>();
                for (int i = 0; i < symbols.size(); i++) {
                    boolean here = i + 1 < symbols.size() && symbols.get(i).equals(left) && symbols.get(i + 1).equals(right);
                    out.add(here ? joined : symbols.get(i));
                    i += here ? 1 : 0;
                }
                merged.put(out, n);
            });
            words.clear();
            words.putAll(merged);
        }
        return tokens;
    }

    private static List<String> ours(Vocabulary vocabulary) {
        assertEquals(Vocabulary.SPECIALS, vocabulary.tokens().subList(0, 5));
        return vocabulary.tokens().subList(5, vocabulary.size());
    }
}
