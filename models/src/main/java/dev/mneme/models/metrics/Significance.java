package dev.mneme.models.metrics;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.apache.commons.statistics.inference.DataDispersion;
import org.apache.commons.statistics.inference.TTest;

/// Whether two arms of an experiment differ by more than their seeds do: two-sided p-values of Student's t.
///
/// Every method throws IllegalArgumentException if an arm has no values, and is NaN if a value is NaN or infinite.
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
        return TTest.withDefaults().with(DataDispersion.HETEROSCEDASTIC).test(a, b).getPValue();
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
        return constant(differences) ? Double.NaN : TTest.withDefaults().test(differences).getPValue();
    }

    /// Asked of the values, since the variance of equal ones may be rounded to more than 0. One value is constant.
    private static boolean constant(double[] values) {
        return Arrays.stream(values).allMatch(v -> v == values[0]);
    }

    private Significance() {}
}
