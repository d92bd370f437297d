package dev.mneme.models.experiment;

import dev.mneme.models.metrics.Significance;
import dev.mneme.models.report.Arm;
import dev.mneme.models.report.Report;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;

/// How each arm differs from the reference in each figure: the mean over seeds, the mean of the differences of the same seed, and the
/// two-sided p-value of the paired t-test over them. With few seeds only large differences are told from chance.
final class Differences {
    /// @param reference its arm's own rows have no difference
    record Row(String figure, String arm, double mean, double deviation, Double difference, Double p) {}

    static List<Row> rows(Report report, String reference) {
        var figures = new LinkedHashMap<String, Function<Arm, Double>>();
        figures.put("MLM loss", Arm::mlmLoss);
        figures.put("facts, %", arm -> arm.factAccuracy() == null ? null : 100 * arm.factAccuracy());
        figures.put("top-1 usage, %", arm -> arm.usage().isEmpty() ? null
                : 100 * arm.usage().stream().mapToDouble(u -> u.top1Pooled()).average().orElseThrow());
        report.arms().stream().flatMap(arm -> arm.metrics().keySet().stream()).distinct().forEach(name ->
                figures.put("downstream " + name.replace('_', ' ') + ", %", arm -> arm.metrics().containsKey(name) ? 100 * arm.metrics().get(name) : null));
        Map<String, List<Arm>> arms = new LinkedHashMap<>();
        report.arms().forEach(arm -> arms.computeIfAbsent(arm.name(), name -> new ArrayList<>()).add(arm));
        var rows = new ArrayList<Row>();
        figures.forEach((figure, of) -> {
            double[] base = values(arms.get(reference), of);
            arms.forEach((name, runs) -> {
                double[] own = values(runs, of);
                if (own.length > 0) {
                    boolean paired = !name.equals(reference) && base.length == own.length;
                    rows.add(new Row(figure, name, Arrays.stream(own).average().orElseThrow(), deviation(own),
                            paired ? mean(own, base) : null, paired ? Significance.paired(own, base) : null));
                }
            });
        });
        return rows;
    }

    private static double[] values(List<Arm> runs, Function<Arm, Double> of) {
        return runs.stream().map(of).filter(java.util.Objects::nonNull).mapToDouble(v -> v).toArray();
    }

    private static double deviation(double[] values) {
        double mean = Arrays.stream(values).average().orElseThrow();
        return values.length < 2 ? 0 : Math.sqrt(Arrays.stream(values).map(v -> (v - mean) * (v - mean)).sum() / (values.length - 1));
    }

    private static double mean(double[] own, double[] base) {
        double sum = 0;
        for (int i = 0; i < own.length; i++) {
            sum += own[i] - base[i];
        }
        return sum / own.length;
    }

    private static List<String> cells(Row row) {
        return List.of(row.figure(), row.arm(), String.format(Locale.ROOT, "%.3f ± %.3f", row.mean(), row.deviation()),
                row.difference() == null ? "–" : String.format(Locale.ROOT, "%+.3f", row.difference()),
                row.p() == null || row.p().isNaN() ? "–" : String.format(Locale.ROOT, "%.3f", row.p()));
    }

    /// A section of report.html.
    static String html(Report report, String reference) {
        var html = new StringBuilder("<h2>Differences from " + reference + "</h2>\n<div class=\"wide\"><table>\n<thead><tr>"
                + "<th>figure</th><th>arm</th><th>mean ± deviation</th><th>difference</th><th>p</th></tr></thead>\n<tbody>\n");
        rows(report, reference).forEach(row -> {
            html.append("<tr>");
            cells(row).forEach(cell -> html.append("<td>").append(cell).append("</td>"));
            html.append("</tr>\n");
        });
        return html + "</tbody>\n</table></div>\n<p class=\"notes\">Differences of the same seed, their mean; p: two-sided, of the paired"
                + " t-test over seeds.</p>\n";
    }

    /// For a terminal.
    static String text(Report report, String reference) {
        var text = new StringBuilder(String.format("%-28s %-22s %-20s %-10s %s%n", "figure", "arm", "mean ± deviation", "- " + reference, "p"));
        rows(report, reference).forEach(row -> {
            List<String> cells = cells(row);
            text.append(String.format("%-28s %-22s %-20s %-10s %s%n", cells.get(0), cells.get(1), cells.get(2), cells.get(3), cells.get(4)));
        });
        return text.toString();
    }

    private Differences() {}
}
