package dev.mneme.models.train.experiment;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mneme.models.base.InputException;
import dev.mneme.models.base.internal.Json;
import dev.mneme.models.train.PretrainConfig;
import dev.mneme.models.train.demo.DemoConfig;
import dev.mneme.models.train.experiment.ExperimentConfig.ArmConfig;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

class ExperimentConfigTest {
    private static final Path EXPERIMENTS = Path.of("../experiments"); // tests run in the module's folder

    @TempDir
    Path folder;

    /// A good experiment on `corpus`, some of whose parts are replaced.
    ///
    /// @param changes names and JSON in turn; null takes the name away
    private static ObjectNode json(String... changes) throws IOException {
        var mapper = new ObjectMapper();
        var json = (ObjectNode) mapper.readTree("""
                {"seeds": [1, 2], "corpus": {"wordnet": "wn"}, "reference": "none", "settings": {"steps": 40, "evaluate_every": 10},
                 "arms": [{"name": "none"}, {"name": "late", "from": "none", "from_step": 20}]}""");
        for (int i = 0; i < changes.length; i += 2) {
            if (changes[i + 1] == null) {
                json.remove(changes[i]);
            } else {
                json.set(changes[i], mapper.readTree(changes[i + 1]));
            }
        }
        return json;
    }

    private static ExperimentConfig config(ObjectNode json) {
        return Json.convert(json, ExperimentConfig.class, "my.json");
    }

    private Experiment experiment(ObjectNode json, int workers) throws IOException {
        return new Experiment(config(json), folder, workers, new PrintStream(OutputStream.nullOutputStream()), () -> false);
    }

    private String refusal(ObjectNode json) {
        return assertThrows(InputException.class, () -> experiment(json, 1)).getMessage();
    }

    /// @param changes of a good experiment
    private record Case(String message, String... changes) {}

    @TestFactory
    Stream<DynamicTest> whatMakesNoSenseIsRefused() throws IOException {
        String missing = "read an experiment: seeds, arms or corpus is missing; give all three";
        String corpora = "read an experiment: its corpus does not name just one of files, wordnet and biographies; name one";
        String people = "read an experiment: its biographies have no people, texts_per_person or asked_persons; give all three";
        String letters = "use letters, digits, dots and dashes: it names a folder";
        return Stream.of(
                new Case(missing, "seeds", null),
                new Case(missing, "seeds", "[]"),
                new Case(missing, "arms", "[]"),
                new Case(missing, "corpus", null),
                new Case("read an experiment: seeds are [1, 2, 1]; give numbers, each once", "seeds", "[1, 2, 1]"),
                new Case("read an experiment: seeds are [1, null]; give numbers, each once", "seeds", "[1, null]"),
                new Case(corpora, "corpus", "{\"wordnet\": \"wn\", \"files\": [\"a.txt\"]}"),
                new Case(corpora, "corpus", "{}"),
                new Case(people, "corpus", "{\"biographies\": {\"texts_per_person\": 1, \"asked_persons\": 1}}"),
                new Case("read an experiment: downstream is given, and only the corpus wordnet has a task; leave it out",
                        "corpus", "{\"files\": [\"a.txt\"]}", "downstream", "{}"),
                new Case("read an experiment: an arm is called null; " + letters, "arms", "[{}]"),
                new Case("read an experiment: an arm is called ../up; " + letters, "arms", "[{\"name\": \"../up\"}]"),
                new Case("read an experiment: an arm is called .hidden; " + letters, "arms", "[{\"name\": \".hidden\"}]"),
                new Case("read an experiment: an arm is called report.json; choose another name: the experiment has something else there",
                        "arms", "[{\"name\": \"report.json\"}]"),
                new Case("read an experiment: two arms are called none; give each its own name", "arms", "[{\"name\": \"none\"}, {\"name\": \"none\"}]"),
                new Case("read an experiment: the arm late starts from nobody, which is not before it; put that arm first",
                        "arms", "[{\"name\": \"none\"}, {\"name\": \"late\", \"from\": \"nobody\", \"from_step\": 20}]"),
                new Case("read an experiment: the arm late starts from none, which is not before it; put that arm first",
                        "arms", "[{\"name\": \"late\", \"from\": \"none\", \"from_step\": 20}, {\"name\": \"none\"}]"),
                new Case("read an experiment: the arm late has no from_step; give the step of none that it starts from",
                        "arms", "[{\"name\": \"none\"}, {\"name\": \"late\", \"from\": \"none\"}]"),
                new Case("read an experiment: the arm late has from_step 0; give at least 1, or leave out from",
                        "arms", "[{\"name\": \"none\"}, {\"name\": \"late\", \"from\": \"none\", \"from_step\": 0}]"),
                new Case("start late from step 41 of none: it makes 40; give one of these as from_step",
                        "arms", "[{\"name\": \"none\"}, {\"name\": \"late\", \"from\": \"none\", \"from_step\": 41}]"),
                new Case("read an experiment: settings give a seed; leave it out: each arm is trained from the seeds of seeds", "settings", "{\"seed\": 1}"),
                new Case("read an experiment: settings give a seed; leave it out: each arm is trained from the seeds of seeds",
                        "arms", "[{\"name\": \"none\", \"settings\": {\"seed\": 9}}]"),
                new Case("compare short with none: they would not be measured on the same sequences of the same tokens; give sequence_length, packed,"
                        + " held_out_share, vocabulary_size and text_column in the settings that all share",
                        "arms", "[{\"name\": \"none\"}, {\"name\": \"short\", \"settings\": {\"sequence_length\": 16}}]"),
                new Case("compare few with none: they would not be measured on the same sequences of the same tokens; give sequence_length, packed,"
                        + " held_out_share, vocabulary_size and text_column in the settings that all share",
                        "arms", "[{\"name\": \"none\"}, {\"name\": \"few\", \"settings\": {\"vocabulary_size\": 90}}]"),
                new Case("read none at step 15: no evaluation is made there; give a multiple of evaluate_every, 10, among its 40 steps as read_at",
                        "arms", "[{\"name\": \"none\", \"read_at\": 15}]"),
                new Case("read none at step 50: no evaluation is made there; give a multiple of evaluate_every, 10, among its 40 steps as read_at",
                        "arms", "[{\"name\": \"none\", \"read_at\": 50}]"),
                new Case("read an experiment: reference is null; give one of the arms [none]", "arms", "[{\"name\": \"none\"}]", "reference", null),
                new Case("read an experiment: reference is wide; give one of the arms [none]", "arms", "[{\"name\": \"none\"}]", "reference", "\"wide\""),
                new Case("train with steps 0: that is too few; give at least 1", "settings", "{\"steps\": 0}"),
                new Case("fine-tune with epochs 0.0: that makes no sense; give a number above 0",
                        "downstream", "{\"epochs\": 0, \"max_length\": 8}"),
                new Case("fine-tune none on sequences of 65 tokens: it has 64 positions; give at most as many as max_length of downstream",
                        "downstream", "{\"max_length\": 65}"))
                .map(each -> DynamicTest.dynamicTest(each.message(), () -> assertEquals(each.message(),
                        assertThrows(InputException.class, () -> experiment(json(each.changes()), 2)).getMessage())));
    }

    @Test
    void aNameThatDoesNotExistIsRefusedWithThoseThatDo() throws IOException {
        String arm = refusal(json("arms", "[{\"name\": \"none\", \"settings\": {\"stepps\": 4}}]"));
        assertTrue(arm.startsWith("read the settings of the arm none: it has the unknown name stepps; choose among ["), arm);
        String downstream = refusal(json("downstream", "{\"max_length\": 8, \"epoch\": 1}"));
        assertTrue(downstream.startsWith("read the settings of downstream: it has the unknown name epoch; choose among ["), downstream);
        String top = refusal(json("seed", "1"));
        assertTrue(top.startsWith("read my.json: it has the unknown name seed; choose among [arms, "), top);
    }

    @Test
    void dropoutIsForOneWorker() throws IOException {
        ObjectNode dropout = json("settings", "{\"dropout\": 0.1, \"steps\": 40}");
        assertEquals("train 2 arms at a time with dropout 0.1: they would draw their masks from one generator; give --workers 1",
                assertThrows(InputException.class, () -> experiment(dropout, 2)).getMessage());
        experiment(dropout, 1);
    }

    @Test
    void readingsAreMultiplesOrTheEndOfAnArmsOwnSteps() throws IOException {
        experiment(json("arms", """
                [{"name": "none", "read_at": 30}, {"name": "odd", "settings": {"steps": 37}, "read_at": 37},
                 {"name": "late", "from": "none", "from_step": 15, "read_at": 25}]""", "reference", "\"none\""), 2);
    }

    @Test
    void anArmsSettingsGoBeforeTheSharedOnes() throws IOException {
        ExperimentConfig config = config(json("arms", "[{\"name\": \"none\", \"settings\": {\"batch_size\": 4}}]"));
        PretrainConfig settings = config.settings(config.arm("none"), 2);
        assertEquals(List.of(4L, 40L, 2L), List.of((long) settings.data().batchSize(), settings.run().steps(), settings.run().seed()));
        assertEquals(PretrainConfig.DEFAULT.model().hiddenSize(), settings.model().hiddenSize());
    }

    @TestFactory
    Stream<DynamicTest> theExperimentsOfTheProjectMakeSense() throws IOException {
        try (Stream<Path> files = Files.list(EXPERIMENTS)) {
            return files.filter(file -> file.toString().endsWith(".json")).sorted().toList().stream()
                    .map(file -> DynamicTest.dynamicTest(file.getFileName().toString(), () -> {
                        ObjectNode json = Json.read(file);
                        ExperimentConfig config = config(json);
                        experiment(json, 2); // looks at all settings
                        assertFalse(config.title().isBlank());
                        List<String> sources = config.arms().stream().map(ArmConfig::from).toList();
                        for (ArmConfig arm : config.arms()) {
                            if (arm.name().equals(config.reference()) || !sources.contains(arm.name())) {
                                assertEquals(steps(config, config.arm(config.reference())), steps(config, arm), arm.name() + " ends at equal steps");
                            }
                        }
                    }));
        }
    }

    private static long steps(ExperimentConfig config, ArmConfig arm) {
        return (arm.from() == null ? 0 : arm.fromStep()) + config.settings(arm, 1).run().steps();
    }

    /// The demo's road with 3,000 more steps before the memory comes: the memory-free model's curve has bent by then.
    @Test
    void theBiographiesAreTheDemosWithLongerTraining() throws IOException {
        ExperimentConfig config = config(Json.read(EXPERIMENTS.resolve("biographies.json")));
        DemoConfig demo = DemoConfig.FULL;
        assertEquals(demo.biographies(), config.corpus().biographies().people());
        assertEquals(demo.textsPerPerson(), config.corpus().biographies().textsPerPerson());
        assertEquals(demo.askedPersons(), config.corpus().biographies().askedPersons());
        for (ArmConfig arm : config.arms()) {
            PretrainConfig settings = config.settings(arm, 1);
            assertEquals(demo.withSteps(0, 0, settings.run().evaluateEvery()), new DemoConfig(demo.biographies(), demo.textsPerPerson(),
                    demo.askedPersons(), settings.data().vocabularySize(), settings.data().sequenceLength(), settings.data().batchSize(), settings.data().maskProbability(),
                    settings.model().hiddenSize(), settings.model().numHiddenLayers(), settings.model().numAttentionHeads(), demo.intermediateSize(),
                    demo.wideIntermediateSize(), settings.model().initializerRange(), demo.memory(), settings.optimizer().learningRate(),
                    settings.values().learningRate(), settings.optimizer().warmupSteps(), settings.optimizer().weightDecay(), settings.optimizer().clipNorm(), 0, 0,
                    settings.run().evaluateEvery()), arm.name());
            assertEquals(arm.name().equals("wide") ? demo.wideIntermediateSize() : demo.intermediateSize(), settings.model().intermediateSize());
            assertFalse(settings.data().packed());
            boolean memory = !settings.memory().isNone();
            assertEquals(arm.name().contains("-"), memory, arm.name());
            if (memory) {
                assertEquals(demo.memory(), settings.memory().withMode(demo.memory().mode()), arm.name());
                assertEquals(demo.memorySteps() + 1000, arm.from() == null ? arm.readAt() : settings.run().steps(), arm.name());
                assertEquals(arm.from() == null ? null : (Long) (demo.pretrainSteps() + 3000), arm.fromStep(), arm.name());
            }
        }
    }
}
