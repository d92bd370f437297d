package dev.mneme.models.report;

import static dev.mneme.models.report.Svg.escape;

import dev.mneme.models.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// A report as one page that needs nothing else: no network, no scripts, no fonts; it follows the reader's colour scheme
/// and prints in light.
public final class HtmlReport {
    /// Writes the page, in UTF-8, over any earlier one.
    public static void write(Path file, Report report) throws IOException {
        Files.writeString(file, html(report));
    }

    static String html(Report report) {
        String title = escape(report.title() == null ? "Mneme report" : report.title());
        return """
                <!DOCTYPE html>
                <html lang="en">
                <head>
                <meta charset="utf-8">
                <meta name="viewport" content="width=device-width, initial-scale=1">
                <title>%s</title>
                <style>
                """.formatted(title) + css() + "</style>\n</head>\n<body>\n<h1>" + title + "</h1>\n" + facts(report)
                + guide(report) + table(report) + legend(report) + curves(report) + usage(report) + details(report)
                + "</body>\n</html>\n";
    }

    private static String css() {
        return """
                :root { color-scheme: light dark; --paper: #fff; --ink: #1c1c1c; --muted: #5f5f5f; --rule: #dcdcdc; --shade: #f6f6f4;
                """ + "}\n" + ArmStyle.css(0) + """

                @media (prefers-color-scheme: dark) {
                :root { --paper: #16181b; --ink: #e8e8e6; --muted: #a3a6aa; --rule: #373b40; --shade: #1f2226; }
                """ + ArmStyle.css(1) + """

                }
                body { max-width: 66rem; margin: 2rem auto; padding: 0 1.25rem; background: var(--paper); color: var(--ink);
                  font: 15px/1.5 system-ui, -apple-system, "Segoe UI", "Helvetica Neue", Arial, "DejaVu Sans", sans-serif; }
                h1 { font-size: 1.6rem; line-height: 1.2; margin: 0 0 .25rem; }
                h2 { font-size: 1.1rem; margin: 2rem 0 .5rem; }
                p { max-width: 52rem; } p.muted, figcaption, .notes { color: var(--muted); font-size: .87rem; }
                p.muted { margin: 0 0 1rem; } .notes { margin: .5rem 0 0; }
                .wide { overflow-x: auto; }
                table { border-collapse: collapse; font-size: .87rem; font-variant-numeric: tabular-nums; width: 100%;
                  border-top: 1.5px solid var(--ink); border-bottom: 1.5px solid var(--ink); }
                th, td { padding: .22rem .5rem; text-align: right; white-space: nowrap; }
                th { font-weight: 600; vertical-align: bottom; white-space: pre-line; line-height: 1.25; }
                thead tr:last-child th { border-bottom: 1px solid var(--ink); }
                th:first-child, td:first-child { text-align: left; padding-left: 0; }
                tbody td:first-child.moment { padding-left: 1.1rem; color: var(--muted); }
                tbody tr.arm td { padding-top: .5rem; }
                .legend { display: grid; grid-template-columns: max-content max-content 1fr; gap: .15rem .8rem; align-items: center;
                  font-size: .87rem; margin: .5rem 0 1rem; } .legend svg { width: 56px; height: 12px; }
                .legend span { color: var(--muted); }
                figure { margin: 1rem 0 2rem; } figure > svg { width: 100%; height: auto; display: block; }
                figcaption { margin-top: .35rem; max-width: 52rem; } figcaption b { color: var(--ink); }
                svg text { font-size: 12px; fill: var(--ink); } svg .tick, svg .small { fill: var(--muted); font-variant-numeric: tabular-nums; }
                svg .small { font-size: 11px; } svg .label { font-size: 12.5px; } svg .name { font-size: 12.5px; font-variant-numeric: tabular-nums; }
                svg .grid { stroke: var(--rule); stroke-width: 1; } svg .axis { stroke: var(--ink); stroke-width: 1; }
                svg .reference { stroke: var(--muted); stroke-width: 1; stroke-dasharray: 2 3; }
                svg .ink { --c: var(--ink); }
                svg .line { fill: none; stroke: var(--c); stroke-width: 2.2; stroke-linejoin: round; }
                svg .band { fill: var(--c); opacity: .15; } svg .dot { fill: var(--c); }
                svg .hollow { fill: var(--paper); stroke: var(--c); stroke-width: 1.8; }
                svg .leader { stroke: var(--c); stroke-width: 1; opacity: .55; } svg .spread { stroke: var(--c); stroke-width: 3; }
                svg .head { stroke: var(--c); stroke-width: 1.6; opacity: .7; }
                details { border-top: 1px solid var(--rule); padding: .5rem 0; } details:last-of-type { border-bottom: 1px solid var(--rule); }
                summary { cursor: pointer; font-weight: 600; } details table { margin: .5rem 0; }
                pre { background: var(--shade); padding: .75rem; overflow-x: auto; font-size: .8rem; line-height: 1.4; }
                @media print { body { margin: 0; } figure, table { break-inside: avoid; } }
                """;
    }

    private static String facts(Report report) {
        long arms = Runs.of(report).size();
        long seeds = report.arms().stream().map(Arm::seed).distinct().count();
        String time = report.seconds() == null ? null : "in " + duration(report.seconds());
        String text = Stream.of(number(arms, "arm"), number(seeds, "seed"), time).filter(s -> s != null)
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
        var text = new StringBuilder("Each arm is one way to train the same encoder by masked language modelling; the arms "
                + "differ in whether a product-key memory takes the place of a feed-forward layer (replace) or stands beside it "
                + "(residual), and in whether training starts from random weights (scratch) or from a model already trained "
                + "without memory (pretrained).");
        if (report.arms().stream().anyMatch(arm -> arm.equalMemorySteps() != null)) {
            text.append(" Arms from scratch are read twice: after as many steps with memory as the pretrained arms had, and "
                    + "after as many steps in all.");
        }
        if (report.arms().stream().anyMatch(arm -> !arm.usage().isEmpty())) {
            text.append(" A memory helps only where it is used: top-k usage is the share of its slots that are read at all, top-1 "
                    + "usage the share that is some query's best match, and the KL divergence tells how far the weight per slot "
                    + "is from even, 0 being even. All grow or fall with the number of queries asked, so they compare only "
                    + "within a run.");
        }
        return "<p>" + text + "</p>\n";
    }

    private static String table(Report report) {
        if (report.arms().isEmpty()) {
            return "<p>The report has no arms.</p>\n";
        }
        var html = new StringBuilder("<h2>Comparison</h2>\n<div class=\"wide\"><table>\n<thead><tr>");
        ReportTable.HEADS.forEach(head -> html.append("<th>").append(escape(String.join("\n", head).strip())).append("</th>"));
        html.append("</tr></thead>\n<tbody>\n");
        String arm = null;
        for (ReportTable.Row row : ReportTable.rows(report)) {
            boolean first = !row.arm().equals(arm);
            arm = row.arm();
            if (row.moment() != null && first) {
                html.append("<tr class=\"arm\"><td colspan=\"").append(ReportTable.HEADS.size()).append("\">")
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
        for (int i = 0; i < arms.size(); i++) {
            ArmStyle style = ArmStyle.of(arms.get(i).name(), i);
            html.append(new Svg(56, 12, "line style").element("line", "line " + style.css(), "x1", "0", "y1", "6", "x2", "56",
                    "y2", "6", "stroke-dasharray", style.dash()).end());
            html.append("<b>").append(escape(arms.get(i).name())).append("</b><span>")
                    .append(style.meaning() == null ? "" : style.meaning()).append("</span>\n");
        }
        return html + (arms.isEmpty() ? "" : "</div>\n");
    }

    private static String curves(Report report) {
        return figure(report, "Facts held: masked-fact accuracy on held-out sentences", new LineChart(
                "masked-fact accuracy, %", "%.1f", true, Curves.series(report, p -> percent(p.factAccuracy()), r -> percent(r.factAccuracy()))))
                + figure(report, "Masked language modelling on held-out text", new LineChart(
                        "MLM loss, nats per masked token", "%.3f", false, Curves.series(report, CurvePoint::mlmLoss, Reading::mlmLoss)));
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
            caption.append("Hollow circles: arms from scratch after as many steps with memory as the pretrained arms had.");
        }
        return "<figure>\n" + chart.svg(Curves.memoryAdded(report), "memory added to the pretrained arms") + "<figcaption>"
                + caption + "</figcaption>\n</figure>\n";
    }

    private static String usage(Report report) {
        var chart = new UsageChart(report);
        return chart.isEmpty() ? "" : "<figure>\n" + chart.svg() + "<figcaption><b>How the memories are used</b>, on the held-out "
                + "text. Each row is one memory; means over seeds. Further right is more used on the left, less even on the "
                + "right.</figcaption>\n</figure>\n";
    }

    private static String details(Report report) {
        var html = new StringBuilder();
        if (report.arms().stream().anyMatch(arm -> !arm.usage().isEmpty())) {
            html.append("<details><summary>Memory usage, every run and layer</summary>\n<div class=\"wide\"><table>\n<thead><tr>");
            Stream.of("arm", "seed", "steps", "layer", "queries", "top-k\n%", "top-1\npooled %", "top-1\nper head %",
                    "KL\nweighted", "KL\ncounts", "Gini", "stale\n%", "slots of\n50%", "slots of\n90%", "slots of\n99%")
                    .forEach(head -> html.append("<th>").append(head).append("</th>"));
            html.append("</tr></thead>\n<tbody>\n");
            for (Arm arm : report.arms()) {
                Stream.of(arm.equalMemorySteps(), arm.end()).filter(r -> r != null)
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
            report.versions().forEach((name, version) -> html.append("<tr><td>").append(escape(name)).append("</td><td>")
                    .append(escape(String.valueOf(version))).append("</td></tr>\n"));
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
