package dev.mneme.models.train.metrics;

import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;
import org.apache.commons.statistics.inference.DataDispersion;
import org.apache.commons.statistics.inference.TTest;

/// Whether two arms of an experiment differ by more than their seeds do: two-sided p-values of Student's t.
///
/// Every test throws IllegalArgumentException if an arm has no values, and is NaN if a value is NaN or infinite.
public final class Significance {
    /// Welch's test of arms whose seeds have nothing to do with each other, and whose variances may differ, as SciPy's
    /// `ttest_ind(equal_var=False)`. NaN if an arm has fewer than 2 values, or if neither arm's values vary.
    ///
    /// @return the probability of means at least so far apart if both arms have the same mean
    public static double welch(double[] a, double[] b) {
        Inputs.requireSome("Welch's t-test", "values in the first arm", a.length);
        Inputs.requireSome("Welch's t-test", "values in the second arm", b.length);
        if (a.length < 2 || b.length < 2 || constant(a) && constant(b)) {
            return Double.NaN;
        }
        int scale = -Math.max(exponent(a), exponent(b)); // the test does not depend on the unit, and squares of large or small values are no numbers
        return TTest.withDefaults().with(DataDispersion.HETEROSCEDASTIC).test(scaled(a, scale), scaled(b, scale)).getPValue();
    }

    /// Of the largest value.
    private static int exponent(double[] values) {
        return Math.getExponent(Arrays.stream(values).map(Math::abs).max().orElse(0));
    }

    /// By a power of two, which rounds nothing.
    private static double[] scaled(double[] values, int exponent) {
        return Arrays.stream(values).map(value -> Math.scalb(value, exponent)).toArray();
    }

    /// The paired test of arms that share their seeds, a[i] and b[i] having the same one, as SciPy's `ttest_rel`. NaN if there
    /// are fewer than 2 pairs, or if the differences do not vary.
    ///
    /// @return the probability of a mean difference at least so large if the true one is 0
    /// @throws IllegalArgumentException also if the arms have different numbers of values
    public static double paired(double[] a, double[] b) {
        if (a.length != b.length) {
            throw new IllegalArgumentException("Paired t-test: " + a.length + " values in one arm and " + b.length
                    + " in the other. Give both arms the same seeds, or use Welch's test.");
        }
        Inputs.requireSome("Paired t-test", "pairs", a.length);
        double[] differences = IntStream.range(0, a.length).mapToDouble(i -> a[i] - b[i]).toArray();
        return constant(differences) ? Double.NaN : TTest.withDefaults().test(scaled(differences, -exponent(differences))).getPValue();
    }

    /// The p-values of several tests so that the chance of even one below 0.05 by accident stays below 0.05 (Holm 1979): the smallest of m
    /// times m, the next times m - 1, and so on, none below the one before and none above 1. NaN is no test, and stays.
    public static double[] holm(double[] p) {
        int[] order = IntStream.range(0, p.length).filter(i -> !Double.isNaN(p[i])).boxed()
                .sorted(Comparator.comparingDouble(i -> p[i])).mapToInt(i -> i).toArray();
        double[] corrected = new double[p.length];
        Arrays.fill(corrected, Double.NaN);
        double most = 0;
        for (int rank = 0; rank < order.length; rank++) {
            most = Math.max(most, Math.min(1, (order.length - rank) * p[order[rank]]));
            corrected[order[rank]] = most;
        }
        return corrected;
    }

    /// Asked of the values, since the variance of equal ones may be rounded to more than 0. One value is constant.
    private static boolean constant(double[] values) {
        return Arrays.stream(values).allMatch(v -> v == values[0]);
    }

    private Significance() {}
}
