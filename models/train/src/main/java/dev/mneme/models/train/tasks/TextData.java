package dev.mneme.models.train.tasks;

import com.fasterxml.jackson.databind.node.TextNode;
import dev.mneme.models.base.InputException;
import dev.mneme.models.base.internal.Decimals;
import dev.mneme.models.base.internal.Json;
import dev.mneme.models.text.tasks.GlueTask;
import dev.mneme.models.text.tasks.TextExample;
import dev.mneme.models.train.metrics.ClassificationMetrics;
import dev.mneme.models.train.metrics.RegressionMetrics;
import dev.mneme.models.train.tasks.Targets.Target;
import dev.mneme.models.zoo.bert.TaskHead;
import dev.mneme.torch.internal.AtomicFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;

/// Texts, or pairs of texts, to be classified or given a number.
final class TextData implements TaskData {
    private final List<TextExample> examples;
    private final TaskHead head;
    private final List<String> metrics;
    private final List<Input> inputs;
    private final List<Target> targets; // null where a label is not known

    /// @param metrics their names
    /// @throws InputException if a label is none of the model's, or no number
    TextData(List<TextExample> examples, InputEncoder encoder, TaskHead head, List<String> metrics) {
        this.examples = examples;
        this.head = head;
        this.metrics = metrics;
        inputs = examples.stream().map(e -> encoder.encode(e.first(), e.second())).toList();
        targets = examples.stream().allMatch(TextExample::labelled) ? examples.stream().map(this::target).toList() : null;
    }

    private Target target(TextExample example) {
        if (head.kind() == TaskHead.Kind.REGRESSION) {
            return new Target.Score((float) Decimals.single(example.label().strip()).orElseThrow(() -> example.origin().badLabel(example.label(),
                    "which is no decimal number that float32 can hold", "give one, or fine-tune for classification")));
        }
        int id = head.labels().indexOf(example.label());
        if (id < 0) {
            throw example.origin().badLabel(example.label(), "which is none of " + head.labels(), "give the labels that the model was trained with");
        }
        return new Target.OfClass(id);
    }

    @Override
    public List<Input> inputs() {
        return inputs;
    }

    @Override
    public List<Target> targets() {
        return targets;
    }

    @Override
    public Predictions predict(List<float[]> scores) {
        return head.kind() == TaskHead.Kind.REGRESSION ? new Numbers(scores) : new Classes(scores);
    }

    private final class Numbers implements Predictions {
        private final double[] predicted;

        Numbers(List<float[]> scores) {
            predicted = scores.stream().mapToDouble(own -> own[0]).toArray();
        }

        @Override
        public Map<String, Double> metrics() {
            double[] gold = requireTargets().stream().mapToDouble(t -> ((Target.Score) t).value()).toArray();
            var found = new LinkedHashMap<String, Double>();
            for (String metric : metrics) {
                double value = switch (metric) {
                    case "pearson" -> RegressionMetrics.pearson(predicted, gold);
                    case "spearman" -> RegressionMetrics.spearman(predicted, gold);
                    case "mean_squared_error" -> RegressionMetrics.meanSquaredError(predicted, gold);
                    default -> throw new IllegalArgumentException("no metric of numbers: " + metric);
                };
                if (!Double.isNaN(value)) {
                    found.put(metric, value);
                }
            }
            return found;
        }

        @Override
        public int write(Path file) throws IOException {
            return TextData.this.write(file, i -> Float.toString((float) predicted[i]));
        }

        @Override
        public int submit(GlueTask task, Path folder, GlueTask.Split split) throws IOException {
            task.writeSubmission(folder, predicted);
            return predicted.length;
        }
    }

    private final class Classes implements Predictions {
        private final int[] predicted;

        Classes(List<float[]> scores) {
            predicted = scores.stream().mapToInt(TextData::best).toArray();
        }

        @Override
        public Map<String, Double> metrics() {
            int[] gold = requireTargets().stream().mapToInt(t -> ((Target.OfClass) t).id()).toArray();
            var found = new LinkedHashMap<String, Double>();
            for (String metric : metrics) {
                found.put(metric, switch (metric) {
                    case "accuracy" -> ClassificationMetrics.accuracy(predicted, gold);
                    case "f1" -> ClassificationMetrics.f1(predicted, gold, head.labels().indexOf(GlueTask.POSITIVE));
                    case "macro_f1" -> ClassificationMetrics.macroF1(predicted, gold);
                    case "matthews_correlation" -> ClassificationMetrics.matthews(predicted, gold);
                    default -> throw new IllegalArgumentException("no metric of classes: " + metric);
                });
            }
            return found;
        }

        @Override
        public int write(Path file) throws IOException {
            return TextData.this.write(file, i -> head.labels().get(predicted[i]));
        }

        @Override
        public int submit(GlueTask task, Path folder, GlueTask.Split split) throws IOException {
            task.writeSubmission(folder, split, Arrays.stream(predicted).mapToObj(head.labels()::get).toList());
            return predicted.length;
        }
    }

    /// GLUE's form.
    ///
    /// @param answers what is written for the example of a number
    private int write(Path file, IntFunction<String> answers) throws IOException {
        var lines = new ArrayList<String>(List.of("index\tprediction"));
        for (int i = 0; i < examples.size(); i++) {
            lines.add(field(examples.get(i).id(), file) + "\t" + field(answers.apply(i), file));
        }
        AtomicFile.write(file, String.join("\n", lines) + "\n");
        return examples.size();
    }

    /// There is no way to quote in this form.
    private static String field(String text, Path file) {
        if (text.chars().anyMatch(c -> c == '\t' || c == '\n' || c == '\r')) {
            throw new InputException("write answers to " + file, "the id or label \"" + text.replace("\t", "\\t").replace("\n", "\\n").replace("\r", "\\r")
                    + "\" has a tab or a line end in it, which the form has no room for", "rename it in the data");
        }
        if (!StandardCharsets.UTF_8.newEncoder().canEncode(text)) {
            throw new InputException("write answers to " + file, "the id or label " + Json.line(TextNode.valueOf(text)) + " has half of a surrogate pair", "rename it in the data");
        }
        return text;
    }

    private List<Target> requireTargets() {
        if (targets == null) {
            throw new IllegalStateException("the right answers are not known");
        }
        return targets;
    }

    /// The index of the highest, the first of several.
    static int best(float[] scores) {
        int best = 0;
        for (int i = 1; i < scores.length; i++) {
            best = scores[i] > scores[best] ? i : best;
        }
        return best;
    }
}
