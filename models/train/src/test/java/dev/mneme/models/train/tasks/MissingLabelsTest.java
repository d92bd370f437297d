package dev.mneme.models.train.tasks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.mneme.models.base.InputException;
import dev.mneme.models.text.Tokenizer;
import dev.mneme.models.text.Vocabulary;
import dev.mneme.models.text.tasks.GlueTask.Split;
import dev.mneme.models.zoo.bert.TaskHead;
import dev.mneme.models.zoo.transformer.Architecture;
import dev.mneme.torch.testing.Golden;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// In every format a blank label is a missing one: refused by its line in training, and skipped and counted in evaluation when asked.
class MissingLabelsTest {
    /// @param text three examples, of which the second has no label
    /// @param place of that one
    record Data(Task task, TaskHead head, String file, String text, String place) {
        @Override
        public String toString() {
            return task + " " + file;
        }
    }

    static Stream<Data> data() {
        var classes = new TaskHead(TaskHead.Kind.CLASSIFICATION, List.of("bad", "good"));
        var entailment = new TaskHead(TaskHead.Kind.CLASSIFICATION, List.of("entailment", "not_entailment"));
        var binary = new TaskHead(TaskHead.Kind.CLASSIFICATION, List.of("0", "1"));
        var tags = new TaskHead(TaskHead.Kind.TAGGING, List.of("B-X", "O"));
        return Stream.of(
                new Data(Task.CLASSIFICATION, classes, "d.csv", "text,label\na,good\nb,\nc,bad\n", "line 3 has no label in \"label\""),
                new Data(Task.CLASSIFICATION, classes, "d.tsv", "text\tlabel\na\tgood\nb\t \nc\tbad\n", "line 3 has no label in \"label\""),
                new Data(Task.CLASSIFICATION, classes, "d.jsonl", "{\"text\": \"a\", \"label\": \"good\"}\n{\"text\": \"b\", \"label\": null}\n"
                        + "{\"text\": \"c\", \"label\": \"bad\"}\n", "line 2 has no label in \"label\""),
                new Data(Task.REGRESSION, TaskHead.regression(), "d.csv", "text,label\na,1\nb,\u00a0\nc, 2.5\n", "line 3 has no label in \"label\""),
                new Data(Task.REGRESSION, TaskHead.regression(), "d.jsonl", "{\"text\": \"a\", \"label\": 1}\n{\"text\": \"b\"}\n"
                        + "{\"text\": \"c\", \"label\": \"2\"}\n", "line 2 has no label in \"label\""),
                new Data(Task.TAGGING, tags, "d.csv", "text,label\na b,O B-X\nb,\nc,O\n", "line 3 has no label in \"label\""),
                new Data(Task.TAGGING, tags, "d.jsonl", "{\"text\": [\"a\", \"b\"], \"label\": [\"O\", \"B-X\"]}\n{\"text\": [\"b\"], \"label\": [\"\"]}\n"
                        + "{\"text\": [\"c\"], \"label\": [\"O\"]}\n", "line 2 has no label in \"label\""),
                new Data(Task.SST2, binary, "dev.tsv", "sentence\tlabel\na\t1\nb\t\nc\t0\n", "line 3 has no label in \"label\""),
                new Data(Task.RTE, entailment, "dev.tsv", "index\tsentence1\tsentence2\tlabel\n0\ta\tb\tentailment\n1\ta\tb\t \n2\ta\tb\tnot_entailment\n",
                        "line 3 has no label in \"label\""),
                new Data(Task.STSB, TaskHead.regression(), "dev.tsv", "sentence1\tsentence2\tscore\na\tb\t1\na\tb\t\na\tb\t5.0\n",
                        "line 3 has no label in \"score\""),
                new Data(Task.SQUAD, TaskHead.spans(), "d.json", squad(), "article 1, paragraph 1, question 2 (id 2) has no label in \"answers\""),
                new Data(Task.SQUAD2, TaskHead.spans(), "d.json", squad(), "article 1, paragraph 1, question 2 (id 2) has no label in \"answers\""));
    }

    private static String squad() {
        String answers = "\"answers\": [{\"text\": \"a\", \"answer_start\": 0}]";
        return "{\"data\": [{\"paragraphs\": [{\"context\": \"a b c\", \"qas\": [{\"id\": \"1\", \"question\": \"a\", " + answers + "},"
                + "{\"id\": \"2\", \"question\": \"b\", \"answers\": []}, {\"id\": \"3\", \"question\": \"c\", " + answers + "}]}]}]}";
    }

    @TempDir
    Path folder;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final PrintStream stream = new PrintStream(out, true, StandardCharsets.UTF_8);

    @ParameterizedTest
    @MethodSource("data")
    void areRefusedInTraining(Data data) throws IOException {
        Path file = Files.writeString(folder.resolve(data.file), data.text);
        TaskFiles files = TaskFiles.toTrain(data.task, FineTuneConfig.DEFAULT, stream);
        for (Split split : List.of(Split.TRAIN, Split.DEV)) {
            String refusal = refusal(files, data, file, split);
            assertTrue(refusal.startsWith("read " + file + " as ") && refusal.endsWith(": " + data.place + "; give it one, or leave it out"), refusal);
        }
    }

    @ParameterizedTest
    @MethodSource("data")
    void areRefusedInEvaluationWithTheFlagThatSkipsThem(Data data) throws IOException {
        Path file = Files.writeString(folder.resolve(data.file), data.text);
        String refusal = refusal(TaskFiles.toMeasure(data.task, FineTuneConfig.DEFAULT, stream, MissingLabels.REFUSE), data, file, Split.DEV);
        assertTrue(refusal.endsWith(": " + data.place + "; give it one, or leave it out, or evaluate with --missing-labels skip"), refusal);
    }

    @ParameterizedTest
    @MethodSource("data")
    void areSkippedAndCountedWhenAsked(Data data) throws IOException {
        Path file = Files.writeString(folder.resolve(data.file), data.text);
        TaskFiles files = TaskFiles.toMeasure(data.task, FineTuneConfig.DEFAULT, stream, MissingLabels.SKIP);
        TaskData read = read(files, data, file, Split.DEV);
        assertEquals(2, read.inputs().size());
        assertEquals(2, read.targets().size());
        assertEquals(1, files.unlabelled());
        assertEquals(file + ": 1 of 3 examples have no label and are passed over" + System.lineSeparator(), out.toString(StandardCharsets.UTF_8));
    }

    @ParameterizedTest
    @MethodSource("data")
    void areNoneOfTheBusinessOfPredictions(Data data) throws IOException {
        if (data.task.glue() == null) { // whose test files have no such column
            Path file = Files.writeString(folder.resolve(data.file), data.text);
            assertEquals(3, read(TaskFiles.toMeasure(data.task, FineTuneConfig.DEFAULT, stream, MissingLabels.REFUSE), data, file, Split.TEST)
                    .inputs().size());
        }
    }

    private static TaskData read(TaskFiles files, Data data, Path file, Split split) throws IOException {
        try (Tokenizer tokenizer = Tokenizer.of(Vocabulary.load(Golden.file("tasks/vocab.txt")))) {
            return files.data(file, split, new InputEncoder(tokenizer, Architecture.BERT, 2, 128, 512), data.head).get("");
        }
    }

    private static String refusal(TaskFiles files, Data data, Path file, Split split) {
        return assertThrows(InputException.class, () -> read(files, data, file, split)).getMessage();
    }
}
