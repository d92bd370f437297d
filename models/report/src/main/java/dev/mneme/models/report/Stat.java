package dev.mneme.models.report;

import java.util.Arrays;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.Stream;

/// Mean, sample standard deviation and range of the finite values among some; without any, all but the count are NaN.
record Stat(int count, double mean, double deviation, double min, double max) {
    static final String ABSENT = "–";

    static Stat of(Stream<Double> values) {
        double[] finite = values.filter(Objects::nonNull).mapToDouble(v -> v).filter(Double::isFinite).toArray();
        int n = finite.length;
        double mean = Arrays.stream(finite).average().orElse(Double.NaN);
        double squares = Arrays.stream(finite).map(v -> (v - mean) * (v - mean)).sum();
        return new Stat(n, mean, n < 2 ? 0 : Math.sqrt(squares / (n - 1)),
                Arrays.stream(finite).min().orElse(Double.NaN), Arrays.stream(finite).max().orElse(Double.NaN));
    }

    /// As `mean ± deviation`, the mean alone of one value, or a dash of none.
    ///
    /// @param format of one number: `%.2f`
    String text(String format) {
        if (count == 0) {
            return ABSENT;
        }
        String text = String.format(Locale.ROOT, format, mean);
        return count == 1 ? text : text + " ± " + String.format(Locale.ROOT, format, deviation);
    }

    /// As `min–max`, or one number where the two look the same.
    String range(String format) {
        if (count == 0) {
            return ABSENT;
        }
        String from = String.format(Locale.ROOT, format, min);
        String to = String.format(Locale.ROOT, format, max);
        return from.equals(to) ? from : from + "–" + to;
    }
}
