package dev.mneme.models.train.metrics;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class SignificanceTest {
    @Test
    void pValuesAreThoseOfScipy() {
        Cases.read("significance").properties().forEach(entry -> {
            double[] a = Cases.doubles(entry.getValue().get("a"));
            double[] b = Cases.doubles(entry.getValue().get("b"));
            Cases.assertClose(entry.getValue().get("welch"), Significance.welch(a, b), entry.getKey());
            if (entry.getValue().has("paired")) {
                Cases.assertClose(entry.getValue().get("paired"), Significance.paired(a, b), entry.getKey());
            }
        });
    }

    /// Student's t of one degree of freedom is Cauchy's: p = 1 - 2 atan(t) / π, and t is the mean over the standard error.
    @Test
    void twoPairsAreWorkedOutByHand() {
        double[] a = {3, 5};
        double[] b = {2, 2}; // differences 1 and 3: mean 2, deviation √2, standard error 1
        assertEquals(1 - 2 * Math.atan(2) / Math.PI, Significance.paired(a, b), Cases.TOLERANCE);
        assertEquals(Significance.paired(a, b), Significance.paired(b, a));
    }

    @Test
    void aSmallPValueKeepsItsDigits() {
        double[] a = {1e9 - 1, 1e9 + 1}; // against zeros t is 1e9, and 1 - 2 atan(t) / π is 2 atan(1 / t) / π
        assertEquals(1, Significance.paired(a, new double[2]) / (2 * Math.atan(1e-9) / Math.PI), Cases.TOLERANCE);
    }

    /// By hand: 0.005 * 4, 0.01 * 3, 0.03 * 2, and 0.04 * 1, which is not below the one before.
    @Test
    void severalPValuesAreCorrectedByHolm() {
        assertArrayEquals(new double[] {0.03, 0.06, 0.06, 0.02}, Significance.holm(new double[] {0.01, 0.04, 0.03, 0.005}), Cases.TOLERANCE);
        assertArrayEquals(new double[] {1, 1}, Significance.holm(new double[] {0.8, 0.6}));
        assertArrayEquals(new double[] {0.04}, Significance.holm(new double[] {0.04}));
        assertArrayEquals(new double[0], Significance.holm(new double[0]));
    }

    @Test
    void whatIsNoTestIsNotCounted() {
        assertArrayEquals(new double[] {Double.NaN, 0.04, 0.04, Double.NaN},
                Significance.holm(new double[] {Double.NaN, 0.02, 0.03, Double.NaN}), Cases.TOLERANCE);
    }

    @Test
    void withoutVarianceThereIsNoTest() {
        double[] a = {0.1, 0.1, 0.1}; // whose mean is rounded to 0.10000000000000002
        double[] b = {0.7, 0.7, 0.7};
        assertEquals(Double.NaN, Significance.welch(a, b));
        assertEquals(Double.NaN, Significance.paired(a, b));
        assertEquals(Double.NaN, Significance.paired(new double[] {1, 2, 3}, new double[] {5, 6, 7}));
    }

    @Test
    void whatIsNotFiniteHasNoTest() {
        double[] finite = {1, 2, 4};
        for (double odd : new double[] {Double.NaN, Double.POSITIVE_INFINITY}) {
            double[] other = {3, odd, 1};
            assertEquals(Double.NaN, Significance.welch(finite, other));
            assertEquals(Double.NaN, Significance.welch(other, finite));
            assertEquals(Double.NaN, Significance.paired(finite, other));
        }
    }

    @Test
    void armsWithoutValuesOrPairsAreRefused() {
        double[] none = {};
        double[] two = {1, 2};
        Cases.assertRefused("Welch's t-test: there are no values in the first arm. Give at least one.",
                () -> Significance.welch(none, two));
        Cases.assertRefused("Welch's t-test: there are no values in the second arm. Give at least one.",
                () -> Significance.welch(two, none));
        Cases.assertRefused("Paired t-test: there are no pairs. Give at least one.", () -> Significance.paired(none, none));
        Cases.assertRefused("Paired t-test: 2 values in one arm and 0 in the other. Give both arms the same seeds, or use Welch's test.",
                () -> Significance.paired(two, none));
    }

    /// SciPy's ttest_ind(equal_var=False) gives this for the values times 1e-150; for those here its squares are not finite.
    @Test
    void theUnitDoesNotMatter() {
        double[] a = {-1.0489667563033966e150, -2.4274885053786403e149, -2.532224963190067e149};
        double[] b = {-3.6132271975985803e149, -2.882886979795232e149, 1.2149394759339362e150};
        assertEquals(0.31106988027506816, Significance.welch(a, b), 1e-12);
        assertEquals(0.31106988027506816, Significance.welch(times(a, 1e-300), times(b, 1e-300)), 1e-12);
        assertEquals(0.31106988027506816, Significance.welch(times(a, 1e-150), times(b, 1e-150)), 1e-12);
    }

    private static double[] times(double[] values, double factor) {
        return Arrays.stream(values).map(value -> value * factor).toArray();
    }
}
