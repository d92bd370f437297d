package dev.mneme.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mneme.models.base.internal.Json;
import dev.mneme.models.train.tasks.FineTuneConfig;
import dev.mneme.torch.testing.NoLeaks;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/// Fine-tuning for GLUE's tasks in their official format, from the command line: what is learnt, measured and handed in.
///
/// One word decides each label, so chance is about one half.
@ExtendWith(NoLeaks.class)
class FinetuneTest {
    private static final double LEARNT = 0.9; // chance gives 0.5 ± 0.065 on 60 examples

    @TempDir
    private static Path folder;

    private static Path from;

    @BeforeAll
    static void pretrain() throws IOException {
        from = TaskSamples.pretrained(folder);
    }

    private static Mneme.Ended mneme(String... arguments) throws Exception {
        Mneme.Ended ended = Mneme.here(folder, arguments);
        assertEquals(0, ended.status(), ended.err());
        return ended;
    }

    private static ObjectNode report(Path run) throws IOException {
        return Json.read(run.resolve("report.json"));
    }

    /// The metrics that `evaluate` prints, under the names it prints them by.
    private static ObjectNode evaluate(Path model, Path data) throws Exception {
        Path printed = Files.writeString(folder.resolve("printed.json"),
                mneme("evaluate", "--model", model.toString(), "--data", data.toString(), "--json").out());
        return Json.read(printed);
    }

    private static void assertMetrics(JsonNode expected, ObjectNode evaluated) {
        assertFalse(expected.isEmpty());
        expected.properties().forEach(each -> assertEquals(each.getValue().asDouble(), evaluated.get(each.getKey()).asDouble(), each.getKey()));
    }

    private static List<String> column(Path file, int column) throws IOException {
        return Files.readAllLines(file).stream().map(line -> line.split("\t")[column]).toList();
    }

    private static List<String> numbers(int count) {
        return Stream.concat(Stream.of("index"), IntStream.range(0, count).mapToObj(Integer::toString)).toList();
    }

    @Test
    void aSingleSentenceTaskIsLearntReportedAndPredicted(@TempDir Path runs) throws Exception {
        Path data = TaskSamples.sst2(runs);
        Path run = runs.resolve("run");
        mneme(TaskSamples.finetune(from, "sst2", run, "--data", data.toString()));
        ObjectNode report = report(run);
        assertTrue(report.path("metrics").path("accuracy").asDouble() > LEARNT, report.toString());
        assertTrue(report.path("best").path("accuracy").asDouble() >= report.path("metrics").path("accuracy").asDouble());
        assertEquals(new TreeSet<>(List.of("versions", "request", "steps", "skipped_steps", "loss", "metrics", "best", "throughput", "curve")),
                new TreeSet<>(report.propertyStream().map(Map.Entry::getKey).toList()));
        assertEquals(60, report.path("steps").asLong(), "4 epochs of 240 / 16");
        assertEquals(List.of(0L, 15L, 30L, 45L, 60L), report.path("curve").valueStream().map(point -> point.path("step").asLong()).toList());
        assertTrue(report.path("loss").asDouble() < report.path("curve").path(0).path("mlm_loss").asDouble());
        for (String rate : List.of("tokens_per_second", "flops_per_second", "peak_flops_per_second")) {
            assertTrue(report.path("throughput").path(rate).asDouble() > 0, rate);
        }
        ObjectNode asked = Json.read(run.resolve("run.json"));
        assertEquals(Set.of(data.resolve("train.tsv").toString(), data.resolve("dev.tsv").toString()),
                asked.remove("fingerprints").propertyStream().map(Map.Entry::getKey).collect(Collectors.toSet()));
        assertEquals(asked, report.path("request"));
        try (Stream<Path> files = Files.list(run)) {
            assertEquals(List.of("best", "checkpoint-00000045", "checkpoint-00000060", "report.json", "run.json"),
                    files.map(file -> file.getFileName().toString()).sorted().toList());
        }
        assertMetrics(report.path("best"), evaluate(run.resolve("best"), data));
        assertMetrics(report.path("metrics"), evaluate(run, data));
        assertEquals(report.path("loss").asDouble(), evaluate(run, data).path("loss").asDouble());

        Path answers = runs.resolve("answers.tsv");
        mneme("predict", "--model", run.toString(), "--data", data.toString(), "--to", answers.toString());
        assertEquals(numbers(40), column(answers, 0));
        List<String> texts = Files.readAllLines(data.resolve("test.tsv"));
        long right = IntStream.rangeClosed(1, 40).filter(i -> texts.get(i).contains("blue") == answer(answers, i).equals("1")).count();
        assertTrue(right > 40 * LEARNT, right + " of 40");
        Path official = Files.createDirectory(runs.resolve("official"));
        mneme("predict", "--model", run.toString(), "--data", data.toString(), "--to", official.toString());
        assertEquals(Files.readString(answers), Files.readString(official.resolve("SST-2.tsv")));
    }

    private static String answer(Path file, int line) {
        try {
            return column(file, 1).get(line);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void theRunKeepsEverySetting(@TempDir Path runs) throws Exception {
        Path data = TaskSamples.sst2(runs);
        Path run = runs.resolve("run");
        mneme(TaskSamples.finetune(from, "sst2", run, "--data", data.toString(), "--epochs", "0.5"));
        ObjectNode expected = Json.tree(FineTuneConfig.DEFAULT);
        expected.put("max_length", 32).put("batch_size", 16).put("learning_rate", 5e-3).put("epochs", 0.5).put("threads", 1);
        ObjectNode kept = (ObjectNode) Json.read(run.resolve("run.json")).path("config");
        assertEquals(Arrays.stream(FineTuneConfig.class.getRecordComponents()).map(c -> c.getName()).count(), kept.size());
        assertEquals(expected.toString(), Json.tree(Json.convert(kept, FineTuneConfig.class, "run.json")).toString());
        assertEquals(8, report(run).path("steps").asLong(), "half of 240 / 16, rounded up");
    }

    @Test
    void aTaskOfPairsIsLearnt(@TempDir Path runs) throws Exception {
        Path data = TaskSamples.rte(runs);
        mneme(TaskSamples.finetune(from, "rte", runs.resolve("run"), "--data", data.toString()));
        assertTrue(report(runs.resolve("run")).path("metrics").path("accuracy").asDouble() > LEARNT);
        assertMetrics(report(runs.resolve("run")).path("best"), evaluate(runs.resolve("run/best"), data));
    }

    @Test
    void bothDevSetsOfMnliAreMeasuredAndBothTestSetsPredicted(@TempDir Path runs) throws Exception {
        Path data = TaskSamples.mnli(runs);
        Path run = runs.resolve("run");
        mneme(TaskSamples.finetune(from, "mnli", run, "--data", data.toString(), "--epochs", "10"));
        for (String name : List.of("accuracy", "accuracy_mismatched")) {
            assertTrue(report(run).path("best").path(name).asDouble() > LEARNT, name);
        }
        assertMetrics(report(run).path("best"), evaluate(run.resolve("best"), data));
        Path official = Files.createDirectory(runs.resolve("official"));
        mneme("predict", "--model", run.resolve("best").toString(), "--data", data.toString(), "--to", official.toString());
        assertEquals(numbers(30), column(official.resolve("MNLI-m.tsv"), 0));
        assertEquals(numbers(20), column(official.resolve("MNLI-mm.tsv"), 0));
        assertEquals(2, Samples.contents(official).size() - 1);
    }

    /// A file is one test set: the other has another name.
    @Test
    void oneFileOfMnliIsPredictedAlone(@TempDir Path runs) throws Exception {
        Path data = TaskSamples.mnli(runs);
        mneme(TaskSamples.finetune(from, "mnli", runs.resolve("run"), "--data", data.toString(), "--epochs", "0.1"));
        Path official = Files.createDirectory(runs.resolve("official"));
        mneme("predict", "--model", runs.resolve("run").toString(), "--data", data.resolve("test_matched.tsv").toString(),
                "--to", official.toString());
        assertEquals(List.of("", "MNLI-m.tsv"), List.copyOf(Samples.contents(official).keySet()));
    }

    @Test
    void scoresAreLearntAndHandedInBetweenZeroAndFive(@TempDir Path runs) throws Exception {
        Path data = TaskSamples.stsb(runs);
        Path run = runs.resolve("run");
        mneme(TaskSamples.finetune(from, "stsb", run, "--data", data.toString(), "--epochs", "10"));
        assertTrue(report(run).path("best").path("pearson").asDouble() > LEARNT, report(run).path("best").toString());
        assertMetrics(report(run).path("best"), evaluate(run.resolve("best"), data));
        Path official = Files.createDirectory(runs.resolve("official"));
        mneme("predict", "--model", run.toString(), "--data", data.toString(), "--to", official.toString());
        assertEquals(numbers(30), column(official.resolve("STS-B.tsv"), 0));
        assertTrue(column(official.resolve("STS-B.tsv"), 1).stream().skip(1).mapToDouble(Double::parseDouble).allMatch(s -> s >= 0 && s <= 5));
    }

    /// The correlation with numbers that are all the same is not defined, and JSON has no word for that.
    @Test
    void aCorrelationThatIsNotDefinedIsLeftOut(@TempDir Path runs) throws Exception {
        Path data = TaskSamples.stsb(runs);
        Path dev = Files.write(runs.resolve("dev.tsv"), List.of("index\tsentence1\tsentence2\tscore", "0\ta cat\tthe sun\t2", "1\ta\tb\t2"));
        Path run = runs.resolve("run");
        mneme(TaskSamples.finetune(from, "stsb", run, "--train", data.resolve("train.tsv").toString(), "--dev", dev.toString()));
        assertEquals(Json.object(), report(run).path("metrics"));
        assertEquals(Json.object(), report(run).path("best"));
        for (String file : List.of("report.json", "checkpoint-00000060/training.json", "best/evaluation.json")) {
            assertFalse(Files.readString(run.resolve(file)).matches("(?s).*(NaN|Infinity).*"), file);
        }
        mneme("finetune", "--resume", "--out", run.toString());
    }

    /// All answers may be right before the first step: that model is the best, and is there.
    @Test
    void aDevSetOfOneClassHasABestModel(@TempDir Path runs) throws Exception {
        Path data = TaskSamples.sst2(runs);
        for (String label : List.of("0", "1")) {
            Path dev = Files.write(runs.resolve("dev" + label + ".tsv"), List.of("sentence\tlabel", "the cat\t" + label));
            Path run = runs.resolve("run" + label);
            mneme(TaskSamples.finetune(from, "sst2", run, "--train", data.resolve("train.tsv").toString(), "--dev", dev.toString()));
            assertMetrics(report(run).path("best"), evaluate(run.resolve("best"), dev));
        }
    }
}
