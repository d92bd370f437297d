package dev.mneme.models.report;

import dev.mneme.pkm.UsageDetail;
import java.util.List;

/// What `mneme usage` measured.
///
/// @param model its folder
/// @param corpus the files that it read
/// @param mlmLoss mean over the masked tokens, in nats; null for a model that predicts none
/// @param layers one per memory, in the order of the model's layers
public record UsageReport(String model, List<String> corpus, Double mlmLoss, List<Layer> layers) {
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

        /// The share of slots that are a best match when Q queries fall on the slots evenly and by chance (paper.md): 1 - exp(-Q/K).
        double evenTop1() {
            return -Math.expm1(-usage.queries() / (double) slots());
        }
    }
}
