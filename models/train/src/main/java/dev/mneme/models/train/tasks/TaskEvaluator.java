package dev.mneme.models.train.tasks;

import dev.mneme.models.base.internal.Finite;
import dev.mneme.models.report.LayerUsage;
import dev.mneme.models.train.Evaluation;
import dev.mneme.models.train.ModelUsage;
import dev.mneme.models.train.tasks.TaskData.Predictions;
import dev.mneme.models.zoo.bert.BertForTask;
import dev.mneme.torch.NoGrad;
import dev.mneme.torch.Tensor;
import dev.mneme.torch.TensorScope;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/// Runs a model over data sets, in evaluation mode.
final class TaskEvaluator {
    private final Map<String, TaskData> sets;
    private final String selecting;
    private final int batchSize;
    private final int padding;

    /// @param sets by the suffix of their metrics' names: empty for the one that counts
    /// @param selecting the metric that says which model is best
    TaskEvaluator(Map<String, TaskData> sets, String selecting, int batchSize, int padding) {
        this.sets = sets;
        this.selecting = selecting;
        this.batchSize = batchSize;
        this.padding = padding;
    }

    /// @param stale for each memory its share of slots never trained, or an empty map where that is not known
    Evaluation evaluate(BertForTask model, Map<Integer, Double> stale) {
        var metrics = new LinkedHashMap<String, Double>();
        double[] loss = {0, 0}; // sum over the targets, and their number
        List<LayerUsage> usage;
        try (var watch = new ModelUsage(model)) {
            sets.forEach((suffix, data) -> {
                Predictions predictions = predict(model, data, suffix.isEmpty() ? loss : new double[2]);
                predictions.metrics().forEach((name, value) -> metrics.put(name + suffix, value));
            });
            usage = watch.report(stale);
        }
        return new Evaluation(loss[1] == 0 ? Double.NaN : Finite.require("the loss", loss[0] / loss[1]), metrics, usage, selecting);
    }

    /// @param loss gets the sum of the losses, and the number of targets, added where these are known
    private Predictions predict(BertForTask model, TaskData data, double[] loss) {
        var objective = new TaskObjective(model);
        var scores = new float[data.inputs().size()][];
        // Inputs of a length together: less padding.
        List<Integer> order = IntStream.range(0, scores.length).boxed()
                .sorted(Comparator.comparingInt(i -> data.inputs().get(i).length())).toList();
        boolean training = model.isTraining();
        model.train(false);
        try (var noGrad = NoGrad.open()) {
            for (int from = 0; from < scores.length; from += batchSize) {
                List<Integer> some = order.subList(from, Math.min(from + batchSize, scores.length));
                TaskBatch batch = TaskBatch.of(some.stream().map(data.inputs()::get).toList(),
                        data.targets() == null ? null : some.stream().map(data.targets()::get).toList(), padding, model.positions());
                try (var scope = TensorScope.open()) {
                    Tensor logits = objective.logits(batch); // (B, …)
                    int targets = batch.targets() == null ? 0 : objective.targets(batch);
                    if (targets > 0) {
                        loss[0] += objective.loss(logits, batch.targets()).item() * targets;
                        loss[1] += targets;
                    }
                    float[] all = Finite.require("a score", logits.reshape(-1).toFloats());
                    int each = all.length / some.size();
                    for (int b = 0; b < some.size(); b++) {
                        scores[some.get(b)] = Arrays.copyOfRange(all, b * each, (b + 1) * each);
                    }
                }
            }
        } finally {
            model.train(training);
        }
        return data.predict(new ArrayList<>(List.of(scores)));
    }

    /// The answers to a data set.
    static Predictions predict(BertForTask model, TaskData data, int batchSize, int padding) {
        return new TaskEvaluator(Map.of(), null, batchSize, padding).predict(model, data, new double[2]);
    }
}
