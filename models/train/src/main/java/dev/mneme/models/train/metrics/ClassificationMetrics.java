package dev.mneme.models.train.metrics;

import java.util.Map;
import java.util.TreeMap;

/// Scores of class labels, as scikit-learn's `sklearn.metrics` gives them. A label may be any int.
///
/// Every method throws IllegalArgumentException if there are no labels, or not as many predicted as gold.
public final class ClassificationMetrics {
    /// The share of labels predicted right, 0 to 1.
    public static double accuracy(int[] predicted, int[] gold) {
        Inputs.requireAligned("accuracy", "labels", predicted.length, gold.length);
        return correct(tallies(predicted, gold)) / (double) gold.length;
    }

    /// F1 of class 1 against class 0, as [#f1(int[], int[], int)].
    public static double f1(int[] predicted, int[] gold) {
        return f1(predicted, gold, 1);
    }

    /// F1 of one of the classes 0 and 1: 2 TP / (2 TP + FP + FN), or 0 if that class is neither predicted nor gold.
    ///
    /// @throws IllegalArgumentException also if a label is neither 0 nor 1
    public static double f1(int[] predicted, int[] gold, int positive) {
        Inputs.requireAligned("F1", "labels", predicted.length, gold.length);
        Map<Integer, Tally> tallies = tallies(predicted, gold);
        for (int label : tallies.keySet()) {
            if (label != 0 && label != 1) {
                throw new IllegalArgumentException("F1 of two classes: label " + label
                        + " is neither 0 nor 1. Map the labels to 0 and 1, or ask for the macro F1 of all classes.");
            }
        }
        return tallies.getOrDefault(positive, new Tally()).f1();
    }

    /// The mean over the classes that are predicted or gold of each one's F1.
    public static double macroF1(int[] predicted, int[] gold) {
        Inputs.requireAligned("macro F1", "labels", predicted.length, gold.length);
        return tallies(predicted, gold).values().stream().mapToDouble(Tally::f1).average().orElseThrow();
    }

    /// Matthews' correlation of any number of classes (Gorodkin 2004), -1 to 1: with c of n labels right, and class k predicted
    /// p_k times and gold g_k times, (c n - Σ p_k g_k) / sqrt((n² - Σ p_k²) (n² - Σ g_k²)). It is 0 where that is 0 / 0: where all
    /// predictions, or all gold labels, are one class.
    public static double matthews(int[] predicted, int[] gold) {
        Inputs.requireAligned("Matthews correlation", "labels", predicted.length, gold.length);
        Map<Integer, Tally> tallies = tallies(predicted, gold);
        long n = gold.length;
        long together = correct(tallies) * n;
        long predictedAlone = n * n;
        long goldAlone = n * n;
        for (Tally k : tallies.values()) {
            together -= k.predicted * k.gold;
            predictedAlone -= k.predicted * k.predicted;
            goldAlone -= k.gold * k.gold;
        }
        double product = (double) predictedAlone * goldAlone;
        return product == 0 ? 0 : together / Math.sqrt(product);
    }

    /// How often one class was predicted, was gold, and was both at once.
    private static final class Tally {
        long predicted;
        long gold;
        long correct;

        double f1() {
            return predicted + gold == 0 ? 0 : 2.0 * correct / (predicted + gold);
        }
    }

    /// By ascending label, so that a mean over classes is added in one order.
    private static Map<Integer, Tally> tallies(int[] predicted, int[] gold) {
        var tallies = new TreeMap<Integer, Tally>();
        for (int i = 0; i < gold.length; i++) {
            Tally ofGold = tallies.computeIfAbsent(gold[i], label -> new Tally());
            ofGold.gold++;
            tallies.computeIfAbsent(predicted[i], label -> new Tally()).predicted++;
            ofGold.correct += predicted[i] == gold[i] ? 1 : 0;
        }
        return tallies;
    }

    private static long correct(Map<Integer, Tally> tallies) {
        return tallies.values().stream().mapToLong(k -> k.correct).sum();
    }

    private ClassificationMetrics() {}
}
