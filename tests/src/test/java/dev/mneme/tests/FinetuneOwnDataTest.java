package dev.mneme.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mneme.models.base.internal.Json;
import dev.mneme.models.text.Tokenizer;
import dev.mneme.models.zoo.AutoModel;
import dev.mneme.models.zoo.bert.BertForTask;
import dev.mneme.models.zoo.bert.TaskHead;
import dev.mneme.torch.TensorScope;
import dev.mneme.torch.testing.NoLeaks;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/// Fine-tuning on a user's own tables and on questions in SQuAD's form, from the command line.
@ExtendWith(NoLeaks.class)
class FinetuneOwnDataTest {
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

    private static JsonNode best(Path run) throws IOException {
        return Json.read(run.resolve("report.json")).path("best");
    }

    private static JsonNode evaluate(Path model, Path data) throws Exception {
        return new ObjectMapper().readTree(mneme("evaluate", "--model", model.toString(), "--data", data.toString(), "--json").out());
    }

    private static void assertEvaluatesAsReported(Path run, Path data) throws Exception {
        JsonNode evaluated = evaluate(run.resolve("best"), data);
        best(run).properties().forEach(each -> assertEquals(each.getValue(), evaluated.get(each.getKey()), each.getKey()));
    }

    private static void finetune(String task, Path run, Path train, Path dev, String... more) throws Exception {
        String[] data = {"--train", train.toString(), "--dev", dev.toString()};
        var all = new ArrayList<>(List.of(data));
        all.addAll(List.of(more));
        mneme(TaskSamples.finetune(from, task, run, all.toArray(String[]::new)));
    }

    @Test
    void classesOfACsvAreLearntAndPredictedUnderTheirNames(@TempDir Path runs) throws Exception {
        List<String> labels = List.of("poor", "very good");
        Path train = TaskSamples.csv(runs.resolve("train.csv"), 240, 1, labels);
        Path dev = TaskSamples.csv(runs.resolve("dev.csv"), 60, 2, labels);
        Path run = runs.resolve("run");
        finetune("classification", run, train, dev, "--text-column", "review", "--label-column", "stars", "--id-column", "name");
        assertTrue(best(run).path("accuracy").asDouble() > 0.9, best(run).toString());
        assertTrue(best(run).path("macro_f1").asDouble() > 0.9, best(run).toString());
        assertEvaluatesAsReported(run, dev);
        // What is to be predicted has no labels.
        Path unlabelled = Files.write(runs.resolve("new.csv"), List.of("name,review", "x,the red sun", "y,\"a blue, tree\""));
        mneme("predict", "--model", run.resolve("best").toString(), "--data", unlabelled.toString(), "--to", runs.resolve("to.tsv").toString());
        assertEquals(List.of("index\tprediction", "x\tpoor", "y\tvery good"), Files.readAllLines(runs.resolve("to.tsv")));
        Path unwritable = Files.write(runs.resolve("tab.csv"), List.of("name,review", "\"a\tb\",the red sun"));
        Path to = runs.resolve("none.tsv");
        Mneme.Ended ended = Mneme.here(runs, "predict", "--model", run.resolve("best").toString(), "--data", unwritable.toString(), "--to", to.toString());
        assertEquals(2, ended.status());
        assertTrue(ended.err().contains("the id or label \"a\\tb\" has a tab or a line end in it"), ended.err());
        assertTrue(Files.notExists(to));
    }

    @Test
    void numbersOfACsvAreLearntAndPredicted(@TempDir Path runs) throws Exception {
        List<String> labels = List.of("-1", "2.5");
        Path train = TaskSamples.csv(runs.resolve("train.csv"), 240, 3, labels);
        Path dev = TaskSamples.csv(runs.resolve("dev.csv"), 60, 4, labels);
        Path run = runs.resolve("run");
        finetune("regression", run, train, dev, "--text-column", "review", "--label-column", "stars", "--epochs", "10");
        assertTrue(best(run).path("pearson").asDouble() > 0.9, best(run).toString());
        assertTrue(best(run).path("mean_squared_error").asDouble() < 1, "that of the mean is 1.75² = 3.06: " + best(run));
        assertEvaluatesAsReported(run, dev);
        mneme("predict", "--model", run.toString(), "--data", dev.toString(), "--to", runs.resolve("to.tsv").toString());
        List<String> lines = Files.readAllLines(runs.resolve("to.tsv"));
        assertEquals(61, lines.size());
        List<Float> predicted = lines.subList(1, 61).stream().map(line -> Float.valueOf(line.split("\t")[1])).toList();
        assertTrue(predicted.stream().anyMatch(each -> Math.abs(1000 * each - Math.rint(1000 * each)) > 1e-3), "not rounded: " + predicted);
    }

    @Test
    void tagsOfJsonLinesAreLearntAndPredictedForEachWord(@TempDir Path runs) throws Exception {
        Path train = TaskSamples.tagged(runs.resolve("train.jsonl"), 240, 5);
        Path dev = TaskSamples.tagged(runs.resolve("dev.jsonl"), 60, 6);
        Path run = runs.resolve("run");
        finetune("tagging", run, train, dev, "--text-column", "words", "--label-column", "tags");
        assertTrue(best(run).path("f1").asDouble() > 0.9, "all words alike give at most 0.25: " + best(run));
        assertEvaluatesAsReported(run, dev);
        Path unlabelled = Files.writeString(runs.resolve("new.jsonl"), "{\"words\": [\"the\", \"blue\", \"house\"]}\n");
        Path to = runs.resolve("to.jsonl");
        mneme("predict", "--model", run.resolve("best").toString(), "--data", unlabelled.toString(), "--to", to.toString());
        assertEquals("{\"id\":\"0\",\"tags\":[\"O\",\"B-COLOUR\",\"O\"]}\n", Files.readString(to));
    }

    @Test
    void questionsAreLearntAndAnsweredInSquadsForm(@TempDir Path runs) throws Exception {
        Path train = TaskSamples.squad(runs.resolve("train.json"), 240, 7, false);
        Path dev = TaskSamples.squad(runs.resolve("dev.json"), 60, 8, false);
        Path run = runs.resolve("run");
        finetune("squad", run, train, dev, "--doc-stride", "8", "--epochs", "6");
        assertEquals(Set.of("f1", "exact_match"), names(best(run)));
        assertTrue(best(run).path("exact_match").asDouble() > 0.5, "a word at random is right one time in twelve: " + best(run));
        assertEvaluatesAsReported(run, dev);
        assertWellFormed(run, dev, runs.resolve("to.json"), 60, false);
    }

    @Test
    void questionsWithoutAnswersAreLearntAndThresholdsReported(@TempDir Path runs) throws Exception {
        Path train = TaskSamples.squad(runs.resolve("train.json"), 240, 9, true);
        Path dev = TaskSamples.squad(runs.resolve("dev.json"), 60, 10, true);
        Path run = runs.resolve("run");
        finetune("squad2", run, train, dev, "--doc-stride", "8", "--epochs", "6");
        JsonNode best = best(run);
        Set<String> expected = new HashSet<>(List.of("f1", "exact_match", "has_answer_f1", "has_answer_exact_match", "no_answer_f1",
                "no_answer_exact_match", "best_f1", "best_exact_match"));
        assertTrue(names(best).containsAll(expected), best.toString());
        expected.addAll(List.of("best_f1_threshold", "best_exact_match_threshold"));
        assertTrue(expected.containsAll(names(best)), best.toString());
        assertTrue(best.path("f1").asDouble() > 0.7, "no answer at all gives 0.33: " + best);
        assertTrue(best.path("has_answer_exact_match").asDouble() > 0.5, best.toString());
        assertTrue(best.path("no_answer_exact_match").asDouble() > 0.5, best.toString());
        assertTrue(best.path("best_f1").asDouble() >= best.path("f1").asDouble(), best.toString());
        assertEvaluatesAsReported(run, dev);
        // The threshold that is found best, given as a setting, reaches what it promises.
        assertTrue(best.has("best_f1_threshold"), best.toString());
        JsonNode set = new ObjectMapper().readTree(mneme("evaluate", "--model", run.resolve("best").toString(), "--data", dev.toString(), "--json",
                "--null-threshold", best.path("best_f1_threshold").asText()).out());
        assertEquals(best.path("best_f1").asDouble(), set.path("f1").asDouble(), 1e-6);
        assertWellFormed(run, dev, runs.resolve("to.json"), 60, true);
    }

    private static Set<String> names(JsonNode node) {
        var names = new HashSet<String>();
        node.fieldNames().forEachRemaining(names::add);
        return names;
    }

    /// The answer is a part of the context, or empty where that is allowed; the candidates are ranked, and their probabilities sum to 1.
    private static void assertWellFormed(Path run, Path data, Path to, int count, boolean withNull) throws Exception {
        mneme("predict", "--model", run.toString(), "--data", data.toString(), "--to", to.toString());
        ObjectNode answers = Json.read(to);
        ObjectNode candidates = Json.read(to.resolveSibling("to.nbest.json"));
        assertEquals(count, answers.size());
        assertEquals(names(answers), names(candidates));
        for (JsonNode paragraph : Json.read(data).path("data").path(0).path("paragraphs")) {
            String id = paragraph.path("qas").path(0).path("id").asText();
            String answer = answers.path(id).asText();
            assertTrue(paragraph.path("context").asText().contains(answer) && (withNull || !answer.isEmpty()), id + ": " + answer);
            JsonNode best = candidates.path(id);
            double sum = 0;
            double last = 1;
            for (JsonNode each : best) {
                assertEquals(Set.of("text", "probability", "start_logit", "end_logit"), names(each));
                assertTrue(each.path("probability").asDouble() <= last, best.toString());
                last = each.path("probability").asDouble();
                sum += last;
            }
            assertEquals(1, sum, 1e-9);
            assertEquals(withNull, best.valueStream().anyMatch(each -> each.path("text").asText().isEmpty()), id);
        }
    }

    /// The rows of its head are for its labels, in its order: after no step it answers as it did.
    @Test
    void aHeadForTheSameLabelsKeepsItsOrder(@TempDir Path runs) throws Exception {
        List<String> labels = List.of("poor", "very good");
        Path train = TaskSamples.csv(runs.resolve("train.csv"), 240, 1, labels);
        Path dev = TaskSamples.csv(runs.resolve("dev.csv"), 60, 2, labels);
        String[] columns = {"--text-column", "review", "--label-column", "stars"};
        finetune("classification", runs.resolve("run"), train, dev, columns);
        Path turned = Files.createDirectory(runs.resolve("turned"));
        try (var scope = TensorScope.open(); var model = BertForTask.read(runs.resolve("run/best")); var tokenizer = Tokenizer.inFolder(runs.resolve("run/best"));
                var other = new BertForTask(model.config(), new TaskHead(TaskHead.Kind.CLASSIFICATION, List.of("very good", "poor")), 1)) {
            var state = new LinkedHashMap<>(model.state());
            for (String name : List.of("classifier.weight", "classifier.bias")) {
                state.put(name, state.get(name).detach().flip(0));
            }
            other.load(state);
            AutoModel.save(other, tokenizer, turned);
        }
        mneme(TaskSamples.finetune(turned, "classification", runs.resolve("again"), Stream.concat(Stream.of("--train", train.toString(), "--dev", dev.toString(),
                "--learning-rate", "1e-9", "--value-learning-rate", "1e-9", "--epochs", "1"), Stream.of(columns)).toArray(String[]::new)));
        assertEquals(best(runs.resolve("run")).path("accuracy").asDouble(), best(runs.resolve("again")).path("accuracy").asDouble(), 0.02);
    }
}
