package dev.mneme.models.train.metrics;

/// The mistake that every metric can be called with.
final class Inputs {
    /// @param asked the metric, to begin the message with: `accuracy`
    /// @param unit what is counted, in the plural: `labels`
    /// @throws IllegalArgumentException if there are none, or not as many predicted as gold
    static void requireAligned(String asked, String unit, int predicted, int gold) {
        if (predicted != gold) {
            throw new IllegalArgumentException(asked + ": " + predicted + " predicted " + unit + " for " + gold
                    + " gold ones. Give one for each.");
        }
        requireSome(asked, unit, gold);
    }

    /// @throws IllegalArgumentException if there are none
    static void requireSome(String asked, String unit, int count) {
        if (count == 0) {
            throw new IllegalArgumentException(asked + ": there are no " + unit + ". Give at least one.");
        }
    }

    private Inputs() {}
}
