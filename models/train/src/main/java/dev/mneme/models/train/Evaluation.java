package dev.mneme.models.train;

import dev.mneme.models.report.LayerUsage;
import java.util.List;
import java.util.Map;

/// What was measured on held-out data.
///
/// @param loss mean over the targets; in nats where it is a cross-entropy
/// @param metrics by their names in scikit-learn or the task's own, in the order to be shown; empty where only the loss counts.
///     One that is not defined is left out, as a correlation with predictions that are all the same
/// @param usage of each memory while the data was read, padding left out
/// @param selecting the metric that says which model is best, the higher the better; null where the loss does
public record Evaluation(double loss, Map<String, Double> metrics, List<LayerUsage> usage, String selecting) {
    /// The metric of facts known.
    public static final String FACTS = "fact_accuracy";

    /// Share of facts whose every token is predicted right, or null where no facts are asked.
    public Double factAccuracy() {
        return metrics.get(FACTS);
    }

    /// What is to be as low as possible: the loss, or the negative of the metric that selects.
    double badness() {
        if (selecting == null) {
            return loss;
        }
        Double value = metrics.get(selecting);
        return value == null ? Double.MAX_VALUE : -value; // the worst that JSON can hold
    }

    /// exp(loss).
    public double perplexity() {
        return Math.exp(loss);
    }
}
