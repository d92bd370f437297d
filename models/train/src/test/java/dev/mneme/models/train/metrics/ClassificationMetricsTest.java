package dev.mneme.models.train.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class ClassificationMetricsTest {
    @Test
    void scoresAreThoseOfScikitLearn() {
        Cases.read("classification").properties().forEach(entry -> {
            int[] predicted = Cases.ints(entry.getValue().get("predicted"));
            int[] gold = Cases.ints(entry.getValue().get("gold"));
            String name = entry.getKey();
            Cases.assertClose(entry.getValue().get("accuracy"), ClassificationMetrics.accuracy(predicted, gold), name);
            Cases.assertClose(entry.getValue().get("macro_f1"), ClassificationMetrics.macroF1(predicted, gold), name);
            Cases.assertClose(entry.getValue().get("matthews"), ClassificationMetrics.matthews(predicted, gold), name);
            if (entry.getValue().has("f1")) {
                Cases.assertClose(entry.getValue().get("f1"), ClassificationMetrics.f1(predicted, gold), name);
            }
        });
    }

    @Test
    void aSmallTableIsWorkedOutByHand() {
        int[] predicted = {1, 1, 1, 0, 0, 0};
        int[] gold = {1, 1, 0, 1, 0, 0}; // TP 2, FP 1, FN 1, TN 2
        assertEquals(4 / 6.0, ClassificationMetrics.accuracy(predicted, gold));
        assertEquals(4 / 6.0, ClassificationMetrics.f1(predicted, gold)); // 2 * 2 / (2 * 2 + 1 + 1)
        assertEquals(4 / 6.0, ClassificationMetrics.macroF1(predicted, gold)); // class 0 has the same
        assertEquals(3 / 9.0, ClassificationMetrics.matthews(predicted, gold)); // (2 * 2 - 1 * 1) / sqrt(3 * 3 * 3 * 3)
    }

    @Test
    void aClassThatIsOnlyPredictedCountsInTheMacroMean() {
        assertEquals(0.5 * (2 / 3.0), ClassificationMetrics.macroF1(new int[] {4, 9}, new int[] {4, 4}));
    }

    /// The squares of a hundred thousand labels, n⁴ together, exceed a long.
    @Test
    void manyLabelsDoNotOverflow() {
        int[] gold = new int[100_000];
        Arrays.fill(gold, 0, 50_000, 1);
        assertEquals(1, ClassificationMetrics.matthews(gold, gold));
    }

    @Test
    void labelsThatDoNotAlignAreRefused() {
        int[] one = {1};
        int[] two = {1, 0};
        int[] none = {};
        Cases.assertRefused("accuracy: 1 predicted labels for 2 gold ones. Give one for each.",
                () -> ClassificationMetrics.accuracy(one, two));
        Cases.assertRefused("F1: 1 predicted labels for 2 gold ones. Give one for each.", () -> ClassificationMetrics.f1(one, two));
        Cases.assertRefused("macro F1: 2 predicted labels for 1 gold ones. Give one for each.",
                () -> ClassificationMetrics.macroF1(two, one));
        Cases.assertRefused("Matthews correlation: 2 predicted labels for 1 gold ones. Give one for each.",
                () -> ClassificationMetrics.matthews(two, one));
        Cases.assertRefused("accuracy: there are no labels. Give at least one.", () -> ClassificationMetrics.accuracy(none, none));
        Cases.assertRefused("F1: there are no labels. Give at least one.", () -> ClassificationMetrics.f1(none, none));
        Cases.assertRefused("macro F1: there are no labels. Give at least one.", () -> ClassificationMetrics.macroF1(none, none));
        Cases.assertRefused("Matthews correlation: there are no labels. Give at least one.",
                () -> ClassificationMetrics.matthews(none, none));
    }

    @Test
    void aThirdClassIsRefusedWhereTwoAreScored() {
        Cases.assertRefused("F1 of two classes: label 2 is neither 0 nor 1. Map the labels to 0 and 1, or ask for the macro F1 of all"
                + " classes.", () -> ClassificationMetrics.f1(new int[] {1, 2}, new int[] {1, 0}));
    }
}
