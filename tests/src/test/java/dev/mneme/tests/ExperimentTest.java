package dev.mneme.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mneme.models.base.InputException;
import dev.mneme.models.base.internal.Json;
import dev.mneme.models.report.Report;
import dev.mneme.models.train.experiment.Experiment;
import dev.mneme.models.train.experiment.ExperimentConfig;
import dev.mneme.torch.testing.NoLeaks;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/// The six arms of models/experiments, cut to a small WordNet and a dozen steps.
@ExtendWith(NoLeaks.class)
class ExperimentTest {
    private static final List<String> NAMES =
            List.of("none", "wide", "replace-scratch", "residual-scratch", "replace-pretrained", "residual-pretrained");
    private static final List<String> FEW = List.of("none", "residual-scratch", "residual-pretrained");
    private static final int PRETRAIN = 8;
    private static final int MEMORY = 4;
    private static final String ARMS = """
            "seeds": [1, 2],
            "settings": {
              "vocabulary_size": 300, "sequence_length": 32, "batch_size": 8, "packed": false, "hidden_size": 16, "num_hidden_layers": 1,
              "num_attention_heads": 2, "intermediate_size": 32, "memory_layers": [0], "memory_heads": 2, "memory_sub_keys": 8,
              "memory_neighbours": 4, "memory_query_width": 8, "learning_rate": 1e-2, "value_learning_rate": 1e-2, "warmup_steps": 2,
              "schedule": "constant", "steps": 12, "evaluate_every": 4, "checkpoint_every": 4, "held_out_share": 0.1
            },
            "reference": "none",
            "arms": [
              {"name": "none"},
              {"name": "wide", "settings": {"intermediate_size": 64}},
              {"name": "replace-scratch", "settings": {"memory_mode": "replace"}, "read_at": 4},
              {"name": "residual-scratch", "settings": {"memory_mode": "residual"}, "read_at": 4},
              {"name": "replace-pretrained", "settings": {"memory_mode": "replace", "steps": 4}, "from": "none", "from_step": 8},
              {"name": "residual-pretrained", "settings": {"memory_mode": "residual", "steps": 4}, "from": "none", "from_step": 8}
            ]""";
    private static final String BIOGRAPHIES = """
            {"people": {"persons": 20, "first_names": 5, "last_names": 4, "cities": 5, "employers": 5, "jobs": 5, "subjects": 5,
             "universities": 5, "first_year": 1990, "last_year": 1999, "pronouns": false, "seed": 1},
             "texts_per_person": 8, "asked_persons": 5}""";

    @TempDir
    private static Path folder;

    private static Path wordnet; // the experiment's file
    private static Path few; // the same of three arms and one seed, which must have the same figures
    private static Mneme.Ended ended; // of the run in the folder `whole`, two arms at a time

    @BeforeAll
    static void runWhole() throws Exception {
        writeWordNet(folder);
        wordnet = Files.writeString(folder.resolve("wordnet.json"), "{\"title\": \"A < B\", \"corpus\": {\"wordnet\": \"" + folder + "\"}, "
                + ARMS + ", \"downstream\": {\"epochs\": 1, \"batch_size\": 16, \"max_length\": 32, \"learning_rate\": 1e-3}}");
        few = folder.resolve("few.json");
        ObjectNode three = Json.read(wordnet);
        three.putArray("seeds").add(1);
        var arms = (ArrayNode) three.get("arms");
        for (int i = NAMES.size() - 1; i >= 0; i--) {
            if (!FEW.contains(NAMES.get(i))) {
                arms.remove(i);
            }
        }
        Json.write(few, three);
        ended = Mneme.here(folder, "experiment", wordnet.toString(), "--out", folder.resolve("whole").toString(), "--workers", "2");
        assertEquals(0, ended.status(), ended.out() + ended.err());
    }

    /// Nouns of two lexicographer files, whose glosses tell them apart.
    private static void writeWordNet(Path folder) throws IOException {
        var nouns = new StringBuilder("  1 a licence\n");
        for (int i = 0; i < 300; i++) {
            nouns.append(String.format(Locale.ROOT, "%08d %s n 01 word_%c%c 0 000 | %s of the colour %c  \n", i, i % 2 == 0 ? "05" : "20", 'a' + i % 26,
                    'a' + i / 26, i % 2 == 0 ? "an animal with legs" : "a plant with leaves", 'a' + i % 7));
        }
        Files.writeString(folder.resolve("data.noun"), nouns);
        for (String other : List.of("verb", "adj", "adv")) {
            Files.writeString(folder.resolve("data." + other), "00000001 29 v 01 grow 0 000 | become larger  \n");
        }
    }

    private static ExperimentConfig config(String json) throws IOException {
        return Json.convert(new ObjectMapper().readTree(json), ExperimentConfig.class, "the test");
    }

    private static Optional<Report> run(ExperimentConfig config, Path out, int workers, BooleanSupplier stop) throws IOException {
        return new Experiment(config, out, workers, new PrintStream(OutputStream.nullOutputStream()), stop).run();
    }

    private static ObjectNode report(String out) throws IOException {
        return Json.read(folder.resolve(out).resolve("report.json"));
    }

    /// The arms without what depends on the clock.
    private static String figures(JsonNode report) {
        return Json.text(report.get("arms")).replaceAll("\"tokens_per_second\" : [0-9.E]+", "");
    }

    /// An experiment of three arms has the figures that these have among six, beside another seed.
    private static void assertFewAsAmongMany(String out) throws IOException {
        ObjectNode expected = Json.object();
        for (String name : FEW) {
            expected.withArray("arms").add(arm(report("whole"), name, 1));
        }
        assertEquals(figures(expected), figures(report(out)));
    }

    private static JsonNode arm(JsonNode report, String name, long seed) {
        return StreamSupport.stream(report.get("arms").spliterator(), false)
                .filter(arm -> arm.get("name").asText().equals(name) && arm.get("seed").asLong() == seed).findFirst().orElseThrow();
    }

    /// When each file below a folder was written.
    private static Map<Path, FileTime> times(Path below) throws IOException {
        var times = new HashMap<Path, FileTime>();
        try (Stream<Path> files = Files.walk(below)) {
            for (Path file : files.toList()) {
                times.put(file, Files.getLastModifiedTime(file));
            }
        }
        return times;
    }

    @Test
    void everyArmIsReportedOncePerSeedAtEqualTotalSteps() throws Exception {
        JsonNode report = report("whole");
        assertEquals("A < B", report.get("title").asText());
        assertTrue(report.get("seconds").asDouble() > 0);
        assertEquals(2 * NAMES.size(), report.get("arms").size());
        for (String name : NAMES) {
            for (long seed : new long[] {1, 2}) {
                JsonNode arm = arm(report, name, seed);
                assertEquals(PRETRAIN + MEMORY, arm.get("steps").asLong(), name);
                assertEquals(name.endsWith("-scratch") ? PRETRAIN + MEMORY : name.endsWith("-pretrained") ? MEMORY : 0,
                        arm.get("memory_steps").asLong(), name);
                assertEquals(name.contains("-") ? 1 : 0, arm.get("usage").size(), name);
                assertEquals(name.endsWith("-scratch"), arm.get("equal_memory_steps").isObject(), name);
                for (String metric : List.of("accuracy", "macro_f1")) {
                    double value = arm.get("metrics").get(metric).asDouble(-1);
                    assertTrue(value >= 0 && value <= 1, name + " " + arm.get("metrics"));
                }
                assertTrue(arm.get("fact_accuracy").isNull(), name);
            }
        }
    }

    @Test
    void theCurveOfAPretrainedArmBeginsWithThatOfItsSource() throws Exception {
        JsonNode report = report("whole");
        for (String name : NAMES) {
            JsonNode curve = arm(report, name, 2).get("curve");
            assertEquals(name.endsWith("-pretrained") ? List.of("0/0", "4/0", "8/0", "12/4") : name.endsWith("-scratch")
                    ? List.of("0/0", "4/4", "8/8", "12/12") : List.of("0/0", "4/0", "8/0", "12/0"),
                    StreamSupport.stream(curve.spliterator(), false).map(p -> p.get("step") + "/" + p.get("memory_steps")).toList(), name);
            for (int i = 0; name.endsWith("-pretrained") && i < 2; i++) {
                assertEquals(arm(report, "none", 2).get("curve").get(i), curve.get(i), name);
            }
        }
    }

    /// Which is what the curve has there.
    @Test
    void armsFromScratchAreReadAtEqualStepsWithMemory() throws Exception {
        for (String name : List.of("replace-scratch", "residual-scratch")) {
            JsonNode arm = arm(report("whole"), name, 1);
            JsonNode reading = arm.get("equal_memory_steps");
            assertEquals(MEMORY, reading.get("steps").asLong());
            assertEquals(MEMORY, reading.get("memory_steps").asLong());
            assertEquals(arm.get("curve").get(1).get("mlm_loss"), reading.get("mlm_loss"));
            assertEquals(arm.get("curve").get(1).get("usage").get(0).get("top1_pooled"), reading.get("usage").get(0).get("top1_pooled"));
        }
    }

    /// Also where the head as drawn, before any step, was right more often by chance.
    @Test
    void theBestModelOfATaskIsATrainedOne() throws Exception {
        for (String name : NAMES) {
            for (String part : List.of("", "downstream/")) {
                Path best = folder.resolve("whole").resolve(name).resolve("seed-1").resolve(part + "best/evaluation.json");
                assertTrue(Json.read(best).get("step").asLong() > 0, best.toString());
            }
        }
    }

    @Test
    void thePageHasItsSectionsInOrderAndTheTerminalTheSameTables() throws Exception {
        String html = Files.readString(folder.resolve("whole/report.html"));
        int at = 0;
        for (String section : List.of("<h1>A &lt; B</h1>", "<h2>Comparison</h2>", "<h2>Arms</h2>", "<h2>Training</h2>", "Top-1 usage against steps",
                "<h2>Memory use</h2>", "<h2>Differences from none</h2>", "paired t-test over seeds", "<summary>Memory use of every run",
                "<summary>Configuration", "<summary>Versions")) {
            int next = html.indexOf(section, at);
            assertTrue(next >= 0, section + " is missing, or not in its place");
            at = next;
        }
        String differences = html.substring(html.indexOf("<h2>Differences"), html.indexOf("<details>"));
        for (String name : NAMES) {
            for (String figure : List.of("MLM loss", "downstream accuracy, %", "downstream macro f1, %")) {
                assertTrue(differences.contains("<tr><td>" + figure + "</td><td>" + name + "</td><td>"), figure + " of " + name);
                assertTrue(ended.out().lines().anyMatch(line -> line.startsWith(figure) && line.contains(" " + name + " ")), figure + " of " + name);
            }
        }
        assertTrue(ended.out().contains("Report: " + folder.resolve("whole/report.html")), ended.out());
        assertTrue(ended.out().contains("residual-pretrained seed 2: "), ended.out());
    }

    @Test
    void oneArmAtATimeGivesTheSameFiguresAndAnotherSeedOthers() throws Exception {
        run(config(Files.readString(few)), folder.resolve("one"), 1, () -> false).orElseThrow();
        assertFewAsAmongMany("one");
        assertNotEquals(arm(report("whole"), "none", 1).get("mlm_loss"), arm(report("whole"), "none", 2).get("mlm_loss"));
    }

    @Test
    void factsAreAskedOfBiographiesAndOneSeedHasNoSignificance() throws Exception {
        Path out = folder.resolve("biographies");
        ExperimentConfig config = config("{\"corpus\": {\"biographies\": " + BIOGRAPHIES + "}, " + ARMS.replace("[1, 2]", "[3]") + "}");
        assertEquals(NAMES.size(), run(config, out, 2, () -> false).orElseThrow().arms().size());
        for (String name : NAMES) {
            JsonNode arm = arm(report("biographies"), name, 3);
            double facts = arm.get("fact_accuracy").asDouble(-1);
            assertTrue(facts >= 0 && facts <= 1, name);
            assertTrue(arm.get("metrics").isEmpty());
        }
        String html = Files.readString(out.resolve("report.html"));
        assertTrue(html.contains("<td>facts, %</td><td>wide</td>") && html.contains("Nothing here tells differences from chance: that takes several seeds."));
        assertFalse(html.contains("t-test") || html.contains("NaN"));
    }

    @Test
    void anExperimentThatWasKilledGoesOnAndLeavesWhatIsFinished() throws Exception {
        Path out = folder.resolve("killed");
        Path finished = out.resolve("none/seed-1");
        try (Mneme killed = Mneme.start(folder, "experiment", "few.json", "--out", "killed", "--workers", "2")) {
            killed.await("the first arm's end", () -> Files.exists(finished.resolve("downstream/test.json")));
            killed.kill();
            killed.ended();
        }
        assertTrue(Files.notExists(out.resolve("residual-pretrained/seed-1/report.json")), "it was killed too late to test anything");
        Map<Path, FileTime> before = times(finished);
        before.putAll(times(out.resolve("corpus")));
        before.putAll(times(out.resolve("tokenizer")));
        assertEquals(0, Mneme.here(folder, "experiment", few.toString(), "--out", out.toString(), "--workers", "2").status());
        assertFewAsAmongMany("killed");
        for (var file : before.entrySet()) {
            assertEquals(file.getValue(), Files.getLastModifiedTime(file.getKey()), file.getKey().toString());
        }
        assertFalse(report("killed").hasNonNull("seconds"), "nobody knows how long the first call took");
    }

    @Test
    void anExperimentThatWasInterruptedSavesAndSaysHowToGoOn() throws Exception {
        Path out = folder.resolve("cut");
        try (Mneme interrupted = Mneme.start(folder, "experiment", "few.json", "--out", "cut", "--workers", "2")) {
            interrupted.await("the first arm's end", () -> Files.exists(out.resolve("none/seed-1/report.json")));
            interrupted.interrupt();
            Mneme.Ended said = interrupted.ended();
            assertTrue(said.out().contains("Stopped. Go on with: mneme experiment few.json --out cut"), said.out());
            assertEquals("", said.err());
        }
        assertTrue(Files.notExists(out.resolve("report.json")), "it was interrupted too late to test anything");
        run(config(Files.readString(few)), out, 2, () -> false).orElseThrow();
        assertFewAsAmongMany("cut");
    }

    /// At several moments, of pretraining and of fine-tuning, one after the other in a folder that a kill left with half a vocabulary and
    /// half a text.
    @Test
    void anExperimentThatIsStoppedAgainAndAgainEndsWithTheSameFigures() throws Exception {
        Path out = folder.resolve("stopped");
        Files.writeString(Files.createDirectories(out.resolve(".tokenizer.part")).resolve("vocab.txt"), "[PAD]\n[UN");
        Files.writeString(Files.createDirectories(out.resolve("corpus")).resolve("text.txt.part"), "word aa: an ani");
        int calls = 0;
        Optional<Report> report = Optional.empty();
        while (report.isEmpty()) {
            var asked = new AtomicInteger();
            report = run(config(Files.readString(few)), out, 2, () -> asked.incrementAndGet() > 25);
            assertTrue(++calls < 50, "no progress");
        }
        assertTrue(calls > 2, "it was never stopped");
        assertFewAsAmongMany("stopped");
    }

    @Test
    void aFinishedExperimentIsReportedAgainAndNothingIsTrained() throws Exception {
        Path out = folder.resolve("again");
        Samples.copy(folder.resolve("whole"), out);
        Map<Path, FileTime> before = times(out.resolve("wide"));
        run(config(Files.readString(wordnet)), out, 2, () -> false).orElseThrow();
        assertEquals(before, times(out.resolve("wide")));
        assertEquals(report("whole").get("arms"), report("again").get("arms"));
        assertEquals(report("whole").get("seconds"), report("again").get("seconds"), "of the first call");
    }

    @Test
    void anotherExperimentInTheSameFolderIsRefusedAndChangesNothing() throws Exception {
        Path other = Files.writeString(folder.resolve("other.json"), Files.readString(wordnet).replace("\"batch_size\": 8", "\"batch_size\": 4"));
        Path out = folder.resolve("whole");
        Map<String, String> before = Samples.contents(out);
        Map<Path, FileTime> times = times(out);
        Mneme.Ended refused = Mneme.here(folder, "experiment", other.toString(), "--out", out.toString());
        assertEquals(2, refused.status());
        assertEquals("mneme: go on with the experiment in " + out + ": it was begun with other settings; choose another folder with --out\n",
                refused.err());
        assertEquals(before, Samples.contents(out));
        assertEquals(times, times(out));
    }

    @Test
    void aMistakeInTheCorpusLeavesNothingBehindThatWouldRefuseTheMendedOne() throws Exception {
        Path out = folder.resolve("mended");
        ExperimentConfig nowhere = config("{\"corpus\": {\"wordnet\": \"" + folder + "/nowhere\"}, " + ARMS + "}");
        assertTrue(assertThrows(InputException.class, () -> run(nowhere, out, 2, () -> false)).getMessage().contains("it has no data.noun"));
        assertTrue(Files.notExists(out));
    }

    /// The facts' texts are longer than the sequences, which the arms find out when they begin.
    @Test
    void anArmThatFailsEndsTheExperimentWithItsMessage() throws Exception {
        ExperimentConfig config = config("{\"corpus\": {\"biographies\": " + BIOGRAPHIES + "}, \"seeds\": [1], \"reference\": \"none\", "
                + "\"settings\": {\"steps\": 100000, \"batch_size\": 1, \"hidden_size\": 16, \"sequence_length\": 4, \"packed\": true,"
                + " \"num_attention_heads\": 2, \"num_hidden_layers\": 1, \"intermediate_size\": 16, \"vocabulary_size\": 300},"
                + " \"arms\": [{\"name\": \"none\"}, {\"name\": \"other\", \"settings\": {\"intermediate_size\": 8}}]}");
        String message = assertThrows(InputException.class, () -> run(config, folder.resolve("failed"), 2, () -> false)).getMessage();
        assertTrue(message.startsWith("evaluate facts in sequences of 4 tokens: a text has "), message);
    }

    /// Steps, batches and curves go on from all that a model has been through, not from its last run alone.
    @Test
    void anArmMayStartFromOneThatStartedFromAnother() throws Exception {
        Path corpus = Samples.corpus(Files.createDirectory(folder.resolve("chained")));
        ObjectNode chain = Json.read(few);
        chain.set("corpus", new ObjectMapper().readTree("{\"files\": [\"" + corpus + "\"]}"));
        chain.remove("downstream");
        chain.set("arms", new ObjectMapper().readTree("""
                [{"name": "none"},
                 {"name": "late", "settings": {"memory_mode": "residual", "steps": 8}, "from": "none", "from_step": 12},
                 {"name": "later", "settings": {"memory_mode": "residual", "steps": 4}, "from": "late", "from_step": 8, "read_at": 24}]"""));
        run(config(Json.text(chain)), folder.resolve("chain"), 1, () -> false).orElseThrow();
        ObjectNode report = report("chain");
        assertEquals("0:0 4:0 8:0 12:0", steps(report, "none"));
        assertEquals("0:0 4:0 8:0 12:0 16:4 20:8", steps(report, "late"));
        assertEquals("0:0 4:0 8:0 12:0 16:4 20:8 24:12", steps(report, "later"));
        assertEquals(24, arm(report, "later", 1).get("steps").asInt());
        assertEquals(12, arm(report, "later", 1).get("memory_steps").asInt());
        assertEquals(arm(report, "late", 1).get("mlm_loss"), arm(report, "later", 1).get("curve").get(5).get("mlm_loss"), "it starts as that model ended");
    }

    private static String steps(JsonNode report, String name) {
        return StreamSupport.stream(arm(report, name, 1).get("curve").spliterator(), false)
                .map(point -> point.get("step").asInt() + ":" + point.get("memory_steps").asInt()).collect(Collectors.joining(" "));
    }

    /// An arm that starts from another has its sizes; text that changed would be compared with what it was.
    @Test
    void whatCouldNotBeComparedIsRefused() throws Exception {
        Path corpus = Samples.corpus(Files.createDirectory(folder.resolve("changing")));
        ObjectNode arms = Json.read(few);
        arms.set("corpus", new ObjectMapper().readTree("{\"files\": [\"" + corpus + "\"]}"));
        arms.remove("downstream");
        arms.set("arms", new ObjectMapper().readTree("""
                [{"name": "none"}, {"name": "wide", "settings": {"hidden_size": 32, "steps": 4}, "from": "none", "from_step": 8}]"""));
        String sizes = assertThrows(InputException.class, () -> run(config(Json.text(arms)), folder.resolve("sizes"), 1, () -> false)).getMessage();
        assertTrue(sizes.startsWith("start wide from none: its settings describe another model ("), sizes);
        ((ObjectNode) arms.get("arms").get(1)).set("settings", new ObjectMapper().readTree("{\"steps\": 4}"));
        Path out = folder.resolve("changed");
        run(config(Json.text(arms)), out, 1, () -> false).orElseThrow();
        Files.writeString(corpus, Files.readString(corpus).replace('a', 'e'));
        String changed = assertThrows(InputException.class, () -> run(config(Json.text(arms)), out, 1, () -> false)).getMessage();
        assertEquals("go on with the experiment in " + out + ": none seed 1 has read another corpus; put back what was there, or choose another folder with --out", changed);
    }
}
