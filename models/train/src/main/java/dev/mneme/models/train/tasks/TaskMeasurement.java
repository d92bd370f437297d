package dev.mneme.models.train.tasks;

import dev.mneme.models.base.InputException;
import dev.mneme.models.text.Tokenizer;
import dev.mneme.models.text.tasks.GlueTask.Split;
import dev.mneme.models.train.Checkpoint;
import dev.mneme.models.train.Evaluation;
import dev.mneme.models.train.metrics.TaggingMetrics;
import dev.mneme.models.zoo.AutoModel;
import dev.mneme.models.zoo.bert.BertForTask;
import dev.mneme.models.zoo.bert.TaskHead;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/// Measures a fine-tuned model, and lets it answer.
public final class TaskMeasurement {
    /// What was measured.
    ///
    /// @param undefined the task's metrics that are not defined for these answers, as a correlation where all are the same (SciPy's NaN)
    /// @param unlabelled examples that were passed over because they have no label
    public record Measured(Evaluation evaluation, List<String> undefined, int unlabelled) {}

    /// @param model the folder of a fine-tuned model or of its run
    /// @param data a file, or the folder of GLUE's task: its dev set
    /// @throws InputException if the model is of another kind, or the data has no answers
    public static Measured evaluate(Task task, Path model, Path data, FineTuneConfig config, MissingLabels missing) throws IOException {
        Path folder = Checkpoint.modelFolder(model);
        try (Tokenizer tokenizer = AutoModel.tokenizer(folder, System.err); BertForTask bert = read(task, folder)) {
            requireTags(folder, bert.head());
            InputEncoder encoder = encoder(tokenizer, bert, config);
            TaskFiles files = TaskFiles.toMeasure(task, config, System.err, missing);
            Map<String, TaskData> sets = files.data(data, Split.DEV, encoder, bert.head());
            var evaluator = new TaskEvaluator(sets, task.metrics().getFirst(), config.measuredBatchSize(), encoder.padding());
            Evaluation result = evaluator.evaluate(bert, Checkpoint.stale(folder));
            List<String> undefined = task.metrics().stream().filter(name -> !result.metrics().containsKey(name)).toList();
            return new Measured(result, undefined, files.unlabelled());
        }
    }

    /// Writes a model's answers to a file: GLUE's form for GLUE's tasks, which a table's classes and numbers have too; SQuAD's, with the
    /// candidates beside it; JSON lines of tags.
    ///
    /// @param data a file, or the folder of GLUE's task: its test set
    /// @param to the file, or for a task of GLUE a folder for the files that its server takes, under their official names
    /// @return how many sequences were read
    public static int predict(Task task, Path model, Path data, FineTuneConfig config, Path to) throws IOException {
        Path folder = Checkpoint.modelFolder(model);
        try (Tokenizer tokenizer = AutoModel.tokenizer(folder, System.err); BertForTask bert = read(task, folder)) {
            InputEncoder encoder = encoder(tokenizer, bert, config);
            TaskFiles files = TaskFiles.toMeasure(task, config, System.err, MissingLabels.REFUSE);
            if (!Files.isDirectory(to)) {
                return predict(files, data, Split.TEST, encoder, bert, config).write(to);
            } else if (task.glue() == null) {
                throw new InputException("write answers to " + to, "it is a folder, and only GLUE's tasks have files with names of their own",
                        "give a file");
            }
            int read = predict(files, data, Split.TEST, encoder, bert, config).submit(task.glue(), to, Split.TEST);
            return task != Task.MNLI || !Files.isDirectory(data) ? read
                    : read + predict(files, data, Split.TEST_MISMATCHED, encoder, bert, config).submit(task.glue(), to, Split.TEST_MISMATCHED);
        }
    }

    private static TaskData.Predictions predict(TaskFiles files, Path data, Split split, InputEncoder encoder, BertForTask bert,
            FineTuneConfig config) {
        return TaskEvaluator.predict(bert, files.data(data, split, encoder, bert.head()).get(""), config.measuredBatchSize(), encoder.padding());
    }

    private static InputEncoder encoder(Tokenizer tokenizer, BertForTask bert, FineTuneConfig config) {
        return new InputEncoder(tokenizer, bert.config().architecture(), bert.config().typeVocabSize(), config.maxLength(), bert.positions());
    }

    private static BertForTask read(Task task, Path folder) throws IOException {
        BertForTask model = BertForTask.read(folder);
        if (model.head().kind() != task.kind()) {
            String kind = model.head().kind().name().toLowerCase(Locale.ROOT);
            model.close();
            throw new InputException("use the model in " + folder + " for " + task, "it is one for " + kind,
                    "give the task that it was fine-tuned for");
        }
        List<String> labels = model.head().labels();
        if (task.glue() != null && !task.glue().regression() && !Set.copyOf(task.glue().labels()).equals(Set.copyOf(labels))) {
            model.close();
            throw new InputException("use the model in " + folder + " for " + task, "its labels are " + labels + " and the task's "
                    + task.glue().labels(), "give the task that it was fine-tuned for");
        }
        return model;
    }

    /// @throws InputException if entities cannot be counted by its labels
    private static void requireTags(Path folder, TaskHead head) {
        if (head.kind() == TaskHead.Kind.TAGGING) {
            head.labels().stream().filter(label -> !TaggingMetrics.isTag(label)).findFirst().ifPresent(label -> {
                throw new InputException("evaluate the model in " + folder, "its label " + label + " is no IOB2 tag, by which entities are counted",
                        "give a model whose labels are O, B-type and I-type, type being any name, or let this one predict");
            });
        }
    }

    private TaskMeasurement() {}
}
