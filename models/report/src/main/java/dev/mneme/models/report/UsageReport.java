package dev.mneme.models.report;

import dev.mneme.pkm.UsageDetail;
import java.util.List;

/// What `mneme usage` measured.
///
/// @param model its folder
/// @param corpus the files that it read
/// @param modelling what the model predicts; null for one that predicts no tokens
/// @param loss mean over the tokens to be predicted, in nats; null where there were none
/// @param layers one per memory, in the order of the model's layers
public record UsageReport(String model, List<String> corpus, Modelling modelling, Double loss, List<Layer> layers) {
    public UsageReport {
        corpus = List.copyOf(corpus);
        layers = List.copyOf(layers);
    }

    /// The memory of one layer.
    public record Layer(LayerUsage usage, UsageDetail detail) {
        /// K.
        long slots() {
            return detail.counts().slots();
        }

        /// The share of slots that are a best match when Q queries fall on the slots evenly and by chance (docs/method.md): 1 - exp(-Q/K).
        double evenTop1() {
            return -Math.expm1(-usage.queries() / (double) slots());
        }
    }
}
