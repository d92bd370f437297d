package dev.mneme.models.train.experiment;

import dev.mneme.models.report.Arm;
import dev.mneme.models.report.HtmlReport;
import dev.mneme.models.report.LayerUsage;
import dev.mneme.models.report.Report;
import dev.mneme.models.train.metrics.Significance;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/// How each arm differs from the reference in each figure: the mean over seeds, the mean of the differences of the same seed, and the
/// two-sided p-value of the paired t-test over them, also corrected by Holm for all comparisons of the report: of twenty that differ by
/// chance alone, one has p below 0.05. With few seeds only large differences are told from chance.
///
/// A seed whose figure is absent or not finite is left out.
final class Differences {
    private static final List<String> HEADS = List.of("figure", "arm", "mean ± deviation", "difference", "p", "p, Holm");
    private static final String ABSENT = "–";

    /// @param deviation of the sample; NaN of one seed
    /// @param difference null of the reference, and where no seed has both
    /// @param p null where there is no difference; NaN where the test says nothing
    /// @param corrected `p` by Holm over the rows that have one
    record Row(String figure, String arm, double mean, double deviation, Double difference, Double p, Double corrected) {
        Row with(double otherCorrected) {
            return new Row(figure, arm, mean, deviation, difference, p, otherCorrected);
        }
    }

    static List<Row> rows(Report report, String reference) {
        Map<String, List<Arm>> arms = new LinkedHashMap<>();
        report.arms().forEach(arm -> arms.computeIfAbsent(arm.name(), name -> new ArrayList<>()).add(arm));
        var rows = new ArrayList<Row>();
        figures(report).forEach((figure, of) -> {
            Map<Long, Double> base = values(arms.get(reference), of);
            arms.forEach((name, runs) -> {
                Map<Long, Double> own = values(runs, of);
                if (!own.isEmpty()) {
                    rows.add(row(figure, name, own, name.equals(reference) ? Map.of() : base));
                }
            });
        });
        double[] corrected = Significance.holm(rows.stream().mapToDouble(row -> row.p() == null ? Double.NaN : row.p()).toArray());
        return IntStream.range(0, corrected.length).mapToObj(i -> rows.get(i).p() == null ? rows.get(i) : rows.get(i).with(corrected[i])).toList();
    }

    private static long comparisons(List<Row> rows) {
        return rows.stream().filter(row -> row.p() != null && !row.p().isNaN()).count();
    }

    private static Map<String, Function<Arm, Double>> figures(Report report) {
        var figures = new LinkedHashMap<String, Function<Arm, Double>>();
        figures.put(report.modelling().lossName(), Arm::mlmLoss);
        figures.put("facts, %", arm -> percent(arm.factAccuracy()));
        figures.put("top-1 usage, %", arm -> arm.usage().isEmpty() ? null
                : percent(arm.usage().stream().mapToDouble(LayerUsage::top1Pooled).average().orElseThrow()));
        report.arms().stream().flatMap(arm -> arm.metrics().keySet().stream()).distinct().forEach(name ->
                figures.put("downstream " + name.replace('_', ' ') + ", %", arm -> percent(arm.metrics().get(name))));
        return figures;
    }

    private static Double percent(Double share) {
        return share == null ? null : (Double) (100 * share);
    }

    /// By seed.
    private static Map<Long, Double> values(List<Arm> runs, Function<Arm, Double> of) {
        var values = new LinkedHashMap<Long, Double>();
        for (Arm run : runs) {
            Double value = of.apply(run);
            if (value != null && Double.isFinite(value)) {
                values.put(run.seed(), value);
            }
        }
        return values;
    }

    private static Row row(String figure, String arm, Map<Long, Double> own, Map<Long, Double> base) {
        double[] values = array(own.values().stream());
        List<Long> both = own.keySet().stream().filter(base::containsKey).toList();
        double[] a = array(both.stream().map(own::get));
        double[] b = array(both.stream().map(base::get));
        return new Row(figure, arm, mean(values), deviation(values), both.isEmpty() ? null : (Double) (mean(a) - mean(b)),
                both.isEmpty() ? null : (Double) Significance.paired(a, b), null);
    }

    private static double[] array(Stream<Double> values) {
        return values.mapToDouble(value -> value).toArray();
    }

    private static double mean(double[] values) {
        return Arrays.stream(values).average().orElseThrow();
    }

    private static double deviation(double[] values) {
        double mean = mean(values);
        return values.length < 2 ? Double.NaN : Math.sqrt(Arrays.stream(values).map(v -> (v - mean) * (v - mean)).sum() / (values.length - 1));
    }

    private static List<String> cells(Row row) {
        String deviation = Double.isNaN(row.deviation()) ? "" : String.format(Locale.ROOT, " ± %.3f", row.deviation());
        return List.of(row.figure(), row.arm(), String.format(Locale.ROOT, "%.3f", row.mean()) + deviation,
                row.difference() == null ? ABSENT : String.format(Locale.ROOT, "%+.3f", row.difference()),
                probability(row.p()), probability(row.corrected()));
    }

    private static String probability(Double p) {
        return p == null || p.isNaN() ? ABSENT : String.format(Locale.ROOT, "%.3f", p);
    }


    /// A section of report.html.
    static String html(Report report, String reference) {
        List<Row> rows = rows(report, reference);
        return HtmlReport.section("Differences from " + reference, HEADS, rows.stream().map(Differences::cells).toList(), note(rows));
    }

    private static String note(List<Row> rows) {
        long tests = comparisons(rows);
        return tests == 0 ? "Nothing here tells differences from chance: that takes several seeds."
                : "Differences of the same seed, their mean; p: two-sided, of the paired t-test over seeds, and Holm-corrected over "
                        + tests + (tests == 1 ? " comparison." : " comparisons: where that is not below 0.05, the difference may be chance.");
    }

    /// For a terminal.
    static String text(Report report, String reference) {
        List<Row> rows = rows(report, reference);
        var text = new StringBuilder(line(List.of("figure", "arm", "mean ± deviation", "- " + reference, "p", "p, Holm")));
        rows.forEach(row -> text.append(line(cells(row))));
        return text.append(note(rows)).append('\n').toString();
    }

    private static String line(List<String> cells) {
        return String.format(Locale.ROOT, "%-28s %-22s %-20s %-10s %-8s %s%n", cells.toArray());
    }

    private Differences() {}
}
