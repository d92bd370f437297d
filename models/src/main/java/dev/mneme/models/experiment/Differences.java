package dev.mneme.models.experiment;

import dev.mneme.models.metrics.Significance;
import dev.mneme.models.report.Arm;
import dev.mneme.models.report.HtmlReport;
import dev.mneme.models.report.LayerUsage;
import dev.mneme.models.report.Report;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;

/// How each arm differs from the reference in each figure: the mean over seeds, the mean of the differences of the same seed, and the
/// two-sided p-value of the paired t-test over them. With few seeds only large differences are told from chance.
///
/// A seed whose figure is absent or not finite is left out.
final class Differences {
    private static final List<String> HEADS = List.of("figure", "arm", "mean ± deviation", "difference", "p");
    private static final String ABSENT = "–";

    /// @param deviation of the sample; NaN of one seed
    /// @param difference null of the reference, and where no seed has both
    /// @param p null where there is no difference; NaN where the test says nothing
    record Row(String figure, String arm, double mean, double deviation, Double difference, Double p) {}

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
        return rows;
    }

    private static Map<String, Function<Arm, Double>> figures(Report report) {
        var figures = new LinkedHashMap<String, Function<Arm, Double>>();
        figures.put("MLM loss", Arm::mlmLoss);
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
                both.isEmpty() ? null : (Double) Significance.paired(a, b));
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
                row.p() == null || row.p().isNaN() ? ABSENT : String.format(Locale.ROOT, "%.3f", row.p()));
    }

    private static List<List<String>> table(Report report, String reference) {
        return rows(report, reference).stream().map(Differences::cells).toList();
    }

    /// A section of report.html.
    static String html(Report report, String reference) {
        boolean several = report.arms().stream().map(Arm::seed).distinct().count() > 1;
        return HtmlReport.section("Differences from " + reference, HEADS, table(report, reference), several
                ? "Differences of the same seed, their mean; p: two-sided, of the paired t-test over seeds."
                : "One seed: nothing tells differences from chance.");
    }

    /// For a terminal.
    static String text(Report report, String reference) {
        var text = new StringBuilder(line(List.of("figure", "arm", "mean ± deviation", "- " + reference, "p")));
        table(report, reference).forEach(cells -> text.append(line(cells)));
        return text.toString();
    }

    private static String line(List<String> cells) {
        return String.format(Locale.ROOT, "%-28s %-22s %-20s %-10s %s%n", cells.toArray());
    }

    private Differences() {}
}
