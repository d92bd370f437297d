package dev.mneme.models.train.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class RegressionMetricsTest {
    @Test
    void scoresAreThoseOfScipyAndScikitLearn() {
        Cases.read("regression").properties().forEach(entry -> {
            double[] predicted = Cases.doubles(entry.getValue().get("predicted"));
            double[] gold = Cases.doubles(entry.getValue().get("gold"));
            String name = entry.getKey();
            Cases.assertClose(entry.getValue().get("pearson"), RegressionMetrics.pearson(predicted, gold), name);
            Cases.assertClose(entry.getValue().get("spearman"), RegressionMetrics.spearman(predicted, gold), name);
            if (entry.getValue().has("mean_squared_error")) {
                Cases.assertClose(entry.getValue().get("mean_squared_error"), RegressionMetrics.meanSquaredError(predicted, gold), name);
            }
        });
    }

    @Test
    void equalNumbersShareTheMeanOfTheirRanks() {
        double[] predicted = {1, 7, 7, 9}; // ranks 1, 2.5, 2.5, 4: deviations -1.5, 0, 0, 1.5
        double[] gold = {10, 20, 30, 40}; // deviations -1.5, -0.5, 0.5, 1.5
        assertEquals(4.5 / Math.sqrt(4.5 * 5), RegressionMetrics.spearman(predicted, gold), Cases.TOLERANCE);
    }

    @Test
    void aCorrelationOfOneNumberIsUndefined() {
        assertEquals(Double.NaN, RegressionMetrics.pearson(new double[] {1}, new double[] {2}));
        assertEquals(Double.NaN, RegressionMetrics.spearman(new double[] {1}, new double[] {2}));
        assertEquals(1, RegressionMetrics.meanSquaredError(new double[] {1}, new double[] {2}));
    }

    @Test
    void infinityHasARankButNoDeviation() {
        double[] predicted = {1, Double.POSITIVE_INFINITY, 2};
        double[] gold = {1, 3, 2};
        assertEquals(Double.NaN, RegressionMetrics.pearson(predicted, gold));
        assertEquals(1, RegressionMetrics.spearman(predicted, gold), Cases.TOLERANCE);
        assertEquals(Double.POSITIVE_INFINITY, RegressionMetrics.meanSquaredError(predicted, gold));
    }

    @Test
    void nanSpreads() {
        double[] predicted = {1, Double.NaN, 2};
        double[] gold = {1, 3, 2};
        assertEquals(Double.NaN, RegressionMetrics.pearson(predicted, gold));
        assertEquals(Double.NaN, RegressionMetrics.spearman(predicted, gold));
        assertEquals(Double.NaN, RegressionMetrics.meanSquaredError(predicted, gold));
    }

    @Test
    void numbersThatDoNotAlignAreRefused() {
        double[] one = {1};
        double[] two = {1, 0};
        double[] none = {};
        Cases.assertRefused("Pearson correlation: 1 predicted numbers for 2 gold ones. Give one for each.",
                () -> RegressionMetrics.pearson(one, two));
        Cases.assertRefused("Spearman correlation: 2 predicted numbers for 1 gold ones. Give one for each.",
                () -> RegressionMetrics.spearman(two, one));
        Cases.assertRefused("mean squared error: 1 predicted numbers for 2 gold ones. Give one for each.",
                () -> RegressionMetrics.meanSquaredError(one, two));
        Cases.assertRefused("Pearson correlation: there are no numbers. Give at least one.", () -> RegressionMetrics.pearson(none, none));
        Cases.assertRefused("Spearman correlation: there are no numbers. Give at least one.",
                () -> RegressionMetrics.spearman(none, none));
        Cases.assertRefused("mean squared error: there are no numbers. Give at least one.",
                () -> RegressionMetrics.meanSquaredError(none, none));
    }
}
