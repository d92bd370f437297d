package dev.mneme.models.train.experiment;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.mneme.models.base.InputException;
import dev.mneme.models.train.experiment.WordNet.Synset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/// WordNet's format is that of the manual page wndb(5WN).
class WordNetTest {
    private static final Path DEBIAN = Path.of("/usr/share/wordnet");
    private static final String LICENCE = "  1 This software and database is being provided to you | the LICENSEE.  \n  2   \n";

    /// Offset, lexicographer file, part of speech, number of words in hexadecimal, each with its lex_id; then the number of pointers, the
    /// pointers, frames of verbs, and the gloss.
    private static final Map<String, String> FILES = Map.of(
            "data.noun", LICENCE
                    + "00001740 03 n 01 entity 0 001 ~ 00001930 n 0000 | that which exists  \n"
                    + "00002001 05 n 0a hot_dog 0 b 1 c 0 d 0 e 0 f 0 g 0 h 0 i a j_k 0 000 | ten words; \"one | two\"  \n",
            "data.verb", LICENCE
                    + "00003000 29 v 02 breathe 0 take_a_breath 1 002 * 00005041 v 0000 $ 00003142 v 0000 02 + 02 00 + 08 00 | draw air in  \n",
            "data.adj", LICENCE + "00004000 00 a 04 able 0 live(a) 0 galore(ip) 0 well_off(p) 1 000 | having means  \n",
            "data.adv", LICENCE + "00005000 02 r 01 a_cappella 0 000 | without instruments  \n");

    @TempDir
    Path folder;

    @BeforeEach
    void write() throws Exception {
        for (var file : FILES.entrySet()) {
            Files.writeString(folder.resolve(file.getKey()), file.getValue());
        }
    }

    @Test
    void everySynsetHasItsFileWordsAndGloss() throws Exception {
        assertEquals(List.of(new Synset(3, List.of("entity"), "that which exists"),
                new Synset(5, List.of("hot dog", "b", "c", "d", "e", "f", "g", "h", "i", "j k"), "ten words; \"one | two\""),
                new Synset(29, List.of("breathe", "take a breath"), "draw air in"),
                new Synset(0, List.of("able", "live", "galore", "well off"), "having means"),
                new Synset(2, List.of("a cappella"), "without instruments")), WordNet.read(folder));
    }

    @Test
    void aLineOfTextHasTheWordsBeforeTheGloss() {
        assertEquals(List.of("able, well off: having means"), WordNet.lines(List.of(new Synset(0, List.of("able", "well off"), "having means"))));
    }

    /// Numbers 03 to 28 of the table in lexnames(5WN).
    @Test
    void theLexicographerFilesOfNounsAreInTheOrderOfLexnames() {
        assertEquals("Tops act animal artifact attribute body cognition communication event feeling food group location motive object person "
                + "phenomenon plant possession process quantity relation shape state substance time", String.join(" ", WordNet.NOUN_FILES));
        assertEquals(3, WordNet.FIRST_NOUN_FILE);
    }

    @TestFactory
    List<DynamicTest> aFileThatIsNotWordNetsIsRefusedInOneSentence() {
        var cases = new LinkedHashMap<String, String>();
        cases.put("cut in the words", "00001740 03 n 02 entity 0");
        cases.put("more words than there are", "00001740 03 n 02 entity 0 001 ~ 00001930 n 0000 | that which exists");
        cases.put("no words", "00001740 03 n 00 000 | that which exists");
        cases.put("a number of words that is none", "00001740 03 n 0g entity 0 000 | that which exists");
        cases.put("a lexicographer file that is no number", "00001740 noun n 01 entity 0 000 | that which exists");
        cases.put("no gloss", "00001740 03 n 01 entity 0 000");
        cases.put("empty", "");
        return cases.entrySet().stream().map(each -> DynamicTest.dynamicTest(each.getKey(), () -> {
            Path file = folder.resolve("data.noun");
            Files.writeString(file, LICENCE + each.getValue() + "\n");
            String message = assertThrows(InputException.class, () -> WordNet.read(folder)).getMessage();
            assertTrue(message.startsWith("read " + file + " as a data file of WordNet: line 3 is no synset: ["), message);
            assertTrue(message.endsWith("; give WordNet's own file"), message);
        })).toList();
    }

    @Test
    void aMissingFileIsNamed() throws Exception {
        Files.delete(folder.resolve("data.adj"));
        assertEquals("read WordNet in " + folder + ": it has no data.adj; install Debian's package wordnet-base, which has it in "
                + "/usr/share/wordnet, or give the folder of a copy", assertThrows(InputException.class, () -> WordNet.read(folder)).getMessage());
    }

    @Test
    void textThatIsNotUtf8IsRefused() throws Exception {
        Path file = folder.resolve("data.adv");
        Files.write(file, "00005000 02 r 01 na\u00efvely 0 000 | without guile\n".getBytes(StandardCharsets.ISO_8859_1));
        assertEquals("read " + file + ": it is not UTF-8 text; give WordNet's own file",
                assertThrows(InputException.class, () -> WordNet.read(folder)).getMessage());
    }

    /// The nouns are those of wnstats(7WN); all are the lines that `grep -vc '^  '` counts.
    @Test
    void debiansCopyHasAsManySynsetsAsLinesAfterTheLicence() throws Exception {
        assumeTrue(Files.isDirectory(DEBIAN));
        List<Synset> synsets = WordNet.read(DEBIAN);
        assertEquals(117_659, synsets.size());
        assertEquals(82_115, synsets.stream().filter(s -> s.file() >= 3 && s.file() <= 28).count());
        assertTrue(synsets.stream().noneMatch(s -> s.gloss().isEmpty() || s.words().stream().anyMatch(w -> w.isBlank() || w.contains("("))));
    }

    // The task

    private static final int NOUNS = 600;

    /// Noun `i` is in the lexicographer file 3 + i mod 26, and its gloss names it; every third has a second word, shared with another, in
    /// capitals here.
    private static String nouns() {
        var text = new StringBuilder(LICENCE);
        for (int i = 0; i < NOUNS; i++) {
            String words = i % 3 == 0 ? "02 noun" + i + " 0 " + (i % 2 == 0 ? "shared" : "SHARED") + i / 6 + " 0" : "01 noun" + i + " 0";
            text.append(String.format(Locale.ROOT, "%08d %02d n %s 000 | the meaning of noun%d  \n", i, 3 + i % 26, words, i));
        }
        return text.toString();
    }

    private Corpora corpora(String name) throws Exception {
        Files.writeString(folder.resolve("data.noun"), nouns());
        return new Corpora(new ExperimentConfig.Corpus(null, folder.toString(), null), folder.resolve(name));
    }

    private static List<JsonNode> examples(Corpora corpora, String part) throws Exception {
        var examples = new ArrayList<JsonNode>();
        for (String line : Files.readAllLines(corpora.task(part))) {
            examples.add(new ObjectMapper().readTree(line));
        }
        return examples;
    }

    @Test
    void noWordOfOnePartOccursInAnother() throws Exception {
        Corpora corpora = corpora("corpus");
        Map<String, String> partOf = new HashMap<>();
        Set<String> glosses = new HashSet<>();
        for (String part : List.of("train", "dev", "test")) {
            List<JsonNode> examples = examples(corpora, part);
            for (JsonNode example : examples) {
                String gloss = example.get("text").asText();
                int noun = Integer.parseInt(gloss.substring("the meaning of noun".length()));
                assertTrue(glosses.add(gloss), gloss);
                for (String word : noun % 3 == 0 ? List.of("noun" + noun, "shared" + noun / 6) : List.of("noun" + noun)) {
                    assertEquals(part, partOf.computeIfAbsent(word, w -> part), word);
                }
            }
            int share = examples.size() * 100 / NOUNS; // of a tenth, with a third of the synsets in danger of falling between two
            assertTrue(part.equals("train") ? share > 55 : share >= 3 && share <= 15, part + " has " + share + "%");
        }
        assertTrue(glosses.size() < NOUNS, "a synset with words of two parts is in neither");
    }

    @Test
    void theLabelIsTheLexicographerFileAndOnlyNounsAreAsked() throws Exception {
        Corpora corpora = corpora("corpus");
        for (String part : List.of("train", "dev", "test")) {
            for (JsonNode example : examples(corpora, part)) {
                int noun = Integer.parseInt(example.get("text").asText().substring("the meaning of noun".length()));
                assertEquals(WordNet.NOUN_FILES.get(noun % 26), example.get("label").asText());
            }
        }
    }

    @Test
    void theTextHasEverySynset() throws Exception {
        List<String> lines = Files.readAllLines(corpora("corpus").files().getFirst());
        assertEquals(NOUNS + 3, lines.size());
        assertEquals("noun0, shared0: the meaning of noun0", lines.getFirst());
        assertEquals("a cappella: without instruments", lines.getLast());
    }

    @Test
    void theSameWordNetMakesTheSameFilesAndLeavesThoseThatAreThere() throws Exception {
        Corpora first = corpora("corpus");
        Corpora other = corpora("other");
        FileTime then = FileTime.from(Instant.parse("2020-01-01T00:00:00Z"));
        for (String part : List.of("train", "dev", "test")) {
            assertEquals(-1, Files.mismatch(first.task(part), other.task(part)), part);
            Files.setLastModifiedTime(first.task(part), then);
        }
        Files.setLastModifiedTime(first.files().getFirst(), then);
        Files.writeString(first.task("dev"), "damaged");
        corpora("corpus");
        for (Path file : List.of(first.files().getFirst(), first.task("train"), first.task("test"))) {
            assertEquals(then, Files.getLastModifiedTime(file), file.toString());
        }
        assertEquals(-1, Files.mismatch(first.task("dev"), other.task("dev")));
    }
}
