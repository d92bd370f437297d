package dev.mneme.models.train.metrics;

import java.util.Arrays;
import org.apache.commons.statistics.ranking.NaNStrategy;
import org.apache.commons.statistics.ranking.NaturalRanking;
import org.apache.commons.statistics.ranking.TiesStrategy;

/// Scores of numbers, as SciPy's `pearsonr` and `spearmanr` and scikit-learn's `mean_squared_error` give them.
///
/// Every method throws IllegalArgumentException if there are no numbers, or not as many predicted as gold, and is NaN if one
/// of them is.
public final class RegressionMetrics {
    private static final NaturalRanking AVERAGE_RANKS = new NaturalRanking(NaNStrategy.FIXED, TiesStrategy.AVERAGE);

    /// Pearson's correlation, -1 to 1. NaN if the predictions, or the gold numbers, are all the same, as one number is, or if
    /// one of them is infinite.
    public static double pearson(double[] predicted, double[] gold) {
        Inputs.requireAligned("Pearson correlation", "numbers", predicted.length, gold.length);
        return correlation(predicted, gold);
    }

    /// Spearman's correlation, -1 to 1: Pearson's of the ranks, equal numbers sharing the mean of theirs. NaN if the
    /// predictions, or the gold numbers, are all the same, as one number is.
    public static double spearman(double[] predicted, double[] gold) {
        Inputs.requireAligned("Spearman correlation", "numbers", predicted.length, gold.length);
        return correlation(ranks(predicted), ranks(gold));
    }

    public static double meanSquaredError(double[] predicted, double[] gold) {
        Inputs.requireAligned("mean squared error", "numbers", predicted.length, gold.length);
        double sum = 0;
        for (int i = 0; i < gold.length; i++) {
            sum += (predicted[i] - gold[i]) * (predicted[i] - gold[i]);
        }
        return sum / gold.length;
    }

    private static double[] ranks(double[] values) {
        return AVERAGE_RANKS.apply(Arrays.stream(values).map(v -> v + 0.0).toArray()); // -0.0 becomes 0.0, which it equals
    }

    private static double correlation(double[] a, double[] b) {
        double[] x = direction(a);
        double[] y = direction(b);
        double dot = 0;
        for (int i = 0; i < x.length; i++) {
            dot += x[i] * y[i];
        }
        return Math.clamp(dot, -1, 1); // rounding may leave 1 + 2e-16; NaN stays NaN
    }

    /// The deviations from the mean as a vector of length 1; all NaN for equal numbers, whose rounded mean may differ from them.
    private static double[] direction(double[] values) {
        double mean = Arrays.stream(values).average().orElseThrow();
        double largest = Arrays.stream(values).map(v -> Math.abs(v - mean)).max().orElseThrow();
        if (Arrays.stream(values).allMatch(v -> v == values[0])) {
            largest = Double.NaN;
        }
        double scale = largest; // so that no square overflows or vanishes
        double[] scaled = Arrays.stream(values).map(v -> (v - mean) / scale).toArray();
        double length = Math.sqrt(Arrays.stream(scaled).map(v -> v * v).sum());
        return Arrays.stream(scaled).map(v -> v / length).toArray();
    }

    private RegressionMetrics() {}
}
