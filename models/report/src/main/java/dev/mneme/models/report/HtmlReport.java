package dev.mneme.models.report;

import static dev.mneme.models.report.Svg.escape;

import dev.mneme.models.base.internal.Json;
import dev.mneme.torch.internal.AtomicFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// A report as one page that needs nothing else: no network, no scripts, no fonts; it follows the reader's colour scheme
/// and prints in light.
public final class HtmlReport {
    /// Writes the page, in UTF-8, over any earlier one: whole or not at all.
    public static void write(Path file, Report report) throws IOException {
        AtomicFile.write(file, html(report));
    }

    /// @param more sections to stand before the details
    public static void write(Path file, Report report, String more) throws IOException {
        AtomicFile.write(file, html(report, more));
    }

    /// A table under a heading, for a page that says more; all of it is escaped.
    public static String section(String title, List<String> heads, List<List<String>> rows, String note) {
        var html = new StringBuilder("<h2>" + escape(title) + "</h2>\n<div class=\"wide\"><table>\n<thead>");
        row(html, "th", heads);
        html.append("</thead>\n<tbody>\n");
        rows.forEach(cells -> row(html, "td", cells));
        return html.append("</tbody>\n</table></div>\n<p class=\"notes\">").append(escape(note)).append("</p>\n").toString();
    }

    private static void row(StringBuilder html, String tag, List<String> cells) {
        html.append("<tr>");
        cells.forEach(cell -> html.append('<').append(tag).append('>').append(escape(cell)).append("</").append(tag).append('>'));
        html.append("</tr>\n");
    }

    static String html(Report report) {
        return html(report, "");
    }

    private static String html(Report report, String more) {
        return PageStyle.page(report.title() == null ? "Mneme report" : report.title(), facts(report) + guide(report) + table(report)
                + legend(report) + curves(report) + usage(report) + more + details(report));
    }

    private static String facts(Report report) {
        long arms = Runs.of(report).size();
        long seeds = report.arms().stream().map(Arm::seed).distinct().count();
        String time = report.seconds() == null ? null : "in " + duration(report.seconds());
        long steps = report.arms().stream().mapToLong(Arm::skippedSteps).sum();
        String skipped = steps == 0 ? null : number(steps, "step") + " skipped: not finite";
        String text = Stream.of(number(arms, "arm"), number(seeds, "seed"), time, skipped).filter(Objects::nonNull)
                .collect(Collectors.joining(", "));
        return "<p class=\"muted\">" + escape(text) + "</p>\n";
    }

    private static String number(long n, String what) {
        return n + " " + what + (n == 1 ? "" : "s");
    }

    private static String duration(double seconds) {
        long whole = Math.round(seconds);
        return whole < 60 ? String.format(Locale.ROOT, "%.1f s", seconds) : whole < 3600
                ? whole / 60 + " min " + whole % 60 + " s" : whole / 3600 + " h " + whole % 3600 / 60 + " min";
    }

    private static String guide(Report report) {
        var text = new StringBuilder("Each arm is one way to train the same model by " + report.modelling().title() + "; the arms "
                + "differ in whether a product-key memory takes the place of a feed-forward layer (replace) or stands beside "
                + "it (residual), and in whether training starts from random weights (scratch) or from a model already trained "
                + "without memory (pretrained).");
        if (report.arms().stream().anyMatch(arm -> arm.equalMemorySteps() != null)) {
            text.append(" Arms from scratch are read twice: after as many steps with memory as the pretrained arms had, and "
                    + "after as many steps in all.");
        }
        if (report.arms().stream().anyMatch(arm -> !arm.usage().isEmpty())) {
            text.append(" A memory helps only where it is used: top-k usage is the share of its slots that are read at all, "
                    + "top-1 usage the share that is some query's best match, and the KL divergence tells how far the weight "
                    + "per slot is from even, 0 being even. All three depend on how many queries were asked, so they compare "
                    + "only at equal numbers of queries.");
        }
        return "<p>" + text + "</p>\n";
    }

    private static String table(Report report) {
        if (report.arms().isEmpty()) {
            return "<p>The report has no arms.</p>\n";
        }
        var html = new StringBuilder("<h2>Comparison</h2>\n<div class=\"wide\"><table>\n<thead><tr>");
        ReportTable.heads(report).forEach(head -> html.append("<th>").append(escape(String.join("\n", head).strip())).append("</th>"));
        html.append("</tr></thead>\n<tbody>\n");
        String arm = null;
        for (ReportTable.Row row : ReportTable.rows(report)) {
            boolean first = !row.arm().equals(arm);
            arm = row.arm();
            if (row.moment() != null && first) {
                html.append("<tr class=\"arm\"><td colspan=\"").append(ReportTable.heads(report).size()).append("\">")
                        .append(escape(arm)).append("</td></tr>\n");
            }
            html.append(row.moment() == null ? "<tr class=\"arm\"><td>" + escape(arm)
                    : "<tr><td class=\"moment\">" + row.moment()).append("</td>");
            row.cells().forEach(cell -> html.append("<td>").append(escape(cell)).append("</td>"));
            html.append("</tr>\n");
        }
        html.append("</tbody>\n</table></div>\n<p class=\"notes\">");
        return html.append(escape(String.join(" ", ReportTable.notes(report)))).append("</p>\n").toString();
    }

    private static String legend(Report report) {
        List<Runs> arms = Runs.of(report);
        var html = new StringBuilder(arms.isEmpty() ? "" : "<h2>Arms</h2>\n<div class=\"legend\">\n");
        Map<String, ArmStyle> styles = ArmStyle.of(arms);
        for (Runs arm : arms) {
            ArmStyle style = styles.get(arm.name());
            html.append(new Svg(56, 12, "line style").element("line", "line " + style.css(), "x1", "0", "y1", "6",
                    "x2", "56", "y2", "6", "stroke-dasharray", style.dash()).end());
            html.append("<b>").append(escape(arm.name())).append("</b><span>")
                    .append(style.meaning() == null ? "" : style.meaning()).append("</span>\n");
        }
        return html + (arms.isEmpty() ? "" : "</div>\n");
    }

    private static String curves(Report report) {
        var facts = new LineChart("masked-fact accuracy, %", "%.1f", true,
                Curves.series(report, p -> percent(p.factAccuracy()), r -> percent(r.factAccuracy())));
        var loss = new LineChart(report.modelling().lossName() + ", " + report.modelling().unit(), "%.3f", false,
                Curves.series(report, CurvePoint::mlmLoss, Reading::mlmLoss));
        var top1 = new LineChart("top-1 usage, % of slots", "%.1f", true,
                Curves.useSeries(report, u -> 100 * u.top1Pooled(), u -> 100 * u.top1Pooled()));
        var kl = new LineChart("KL from even use, nats", "%.3f", true,
                Curves.useSeries(report, UsePoint::klWeighted, LayerUsage::klWeighted));
        String lines = Curves.layers(report.arms()).size() > 1 ? ", a line for each layer L" : "";
        String figures = figure(report, "Facts: share of masked facts completed right", facts)
                + figure(report, capitalised(report.modelling().title()) + " on held-out text", loss)
                + figure(report, "Top-1 usage against steps: slots that are the best match of a query of any head" + lines, top1)
                + figure(report, "KL against steps: how far the weight per slot is from even, 0 being even" + lines, kl);
        return figures.isEmpty() ? "" : "<h2>Training</h2>\n" + figures;
    }

    private static String capitalised(String text) {
        return text.substring(0, 1).toUpperCase(Locale.ROOT) + text.substring(1);
    }

    private static Double percent(Double share) {
        return share == null ? null : 100 * share;
    }

    private static String figure(Report report, String what, LineChart chart) {
        if (chart.isEmpty()) {
            return "";
        }
        var caption = new StringBuilder("<b>" + what + ".</b> ");
        if (report.arms().stream().map(Arm::seed).distinct().count() > 1) {
            caption.append("Lines are means over seeds, bands reach from the lowest to the highest. ");
        }
        if (report.arms().stream().anyMatch(arm -> arm.equalMemorySteps() != null)) {
            caption.append("Hollow circles: arms from scratch after as many steps with memory as the pretrained arms had. ");
        }
        if (chart.isCropped()) {
            caption.append("The axis leaves out what is above it in the first tenth of training.");
        }
        return "<figure>\n" + chart.svg(Curves.memoryAdded(report), "memory added to the pretrained arms") + "<figcaption>"
                + caption + "</figcaption>\n</figure>\n";
    }

    private static String usage(Report report) {
        var chart = new UsageChart(report);
        return chart.isEmpty() ? "" : "<h2>Memory use</h2>\n<figure>\n" + chart.svg()
                + "<figcaption><b>Slots used, and how evenly.</b> A row is one memory, read over the held-out text; "
                + "means over seeds. On the left, further right is more used; on the right, further right is less even."
                + "</figcaption>\n</figure>\n";
    }

    private static String details(Report report) {
        var html = new StringBuilder();
        if (report.arms().stream().anyMatch(arm -> !arm.usage().isEmpty())) {
            html.append("<details><summary>Memory use of every run and layer</summary>\n");
            html.append("<div class=\"wide\"><table>\n<thead><tr>");
            Stream.of("arm", "seed", "steps", "layer", "queries", "top-k\n%", "top-1\npooled %", "top-1\nper head %",
                    "KL\nweighted", "KL\ncounts", "Gini", "stale\n%", "slots of\n50%", "slots of\n90%", "slots of\n99%")
                    .forEach(head -> html.append("<th>").append(head).append("</th>"));
            html.append("</tr></thead>\n<tbody>\n");
            for (Arm arm : report.arms()) {
                Stream.of(arm.equalMemorySteps(), arm.end()).filter(Objects::nonNull)
                        .forEach(reading -> reading.usage().forEach(u -> html.append(usageRow(arm, reading, u))));
            }
            html.append("</tbody>\n</table></div></details>\n");
        }
        if (report.config() != null) {
            html.append("<details><summary>Configuration</summary>\n<pre>").append(escape(Json.text(report.config())))
                    .append("</pre></details>\n");
        }
        if (!report.versions().isEmpty()) {
            html.append("<details><summary>Versions</summary>\n<table><tbody>\n");
            report.versions().forEach((name, version) -> html.append("<tr><td>").append(escape(name))
                    .append("</td><td class=\"left\">").append(escape(String.valueOf(version))).append("</td></tr>\n"));
            html.append("</tbody></table></details>\n");
        }
        return html.toString();
    }

    private static String usageRow(Arm arm, Reading reading, LayerUsage u) {
        String heads = u.top1PerHead() == null ? Stat.ABSENT : Arrays.stream(u.top1PerHead())
                .mapToObj(h -> cell("%.1f", 100 * h)).collect(Collectors.joining(" "));
        return Stream.of(arm.name(), String.valueOf(arm.seed()), cell("%,.0f", (double) reading.steps()),
                String.valueOf(u.layer()), cell("%,.0f", (double) u.queries()), cell("%.1f", 100 * u.topk()),
                cell("%.1f", 100 * u.top1Pooled()), heads, cell("%.3f", u.klWeighted()), cell("%.3f", u.klCounts()),
                cell("%.3f", u.gini()), cell("%.1f", percent(u.stale())), cell("%,.0f", (double) u.top50()),
                cell("%,.0f", (double) u.top90()), cell("%,.0f", (double) u.top99()))
                .map(text -> "<td>" + escape(text) + "</td>").collect(Collectors.joining("", "<tr>", "</tr>\n"));
    }

    private static String cell(String format, Double value) {
        return Stat.of(Stream.of(value)).text(format);
    }

    private HtmlReport() {}
}
