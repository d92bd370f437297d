package dev.mneme.models.report;

import static dev.mneme.models.report.Svg.escape;

import dev.mneme.torch.internal.AtomicFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;

/// How a model's memories were used while it read some text, as one page that needs nothing else, in the looks of [HtmlReport].
public final class UsagePage {
    /// Writes the page, in UTF-8, over any earlier one: whole or not at all.
    public static void write(Path file, UsageReport report) throws IOException {
        AtomicFile.write(file, html(report));
    }

    static String html(UsageReport report) {
        var body = new StringBuilder(facts(report)).append(table(report));
        report.layers().forEach(layer -> body.append(figures(layer)));
        return PageStyle.page("Memory use of " + report.model(), body.toString());
    }

    private static String facts(UsageReport report) {
        String loss = report.loss() == null ? ""
                : String.format(Locale.ROOT, "; %s %.4f %s", report.modelling().lossName(), report.loss(), report.modelling().unit());
        return "<p class=\"muted\">" + escape("while it read " + String.join(", ", report.corpus()) + loss) + "</p>\n";
    }

    private static String table(UsageReport report) {
        var html = new StringBuilder("<h2>Metrics</h2>\n<div class=\"wide\"><table>\n<thead><tr><th>metric</th>");
        report.layers().forEach(layer -> html.append("<th>layer ").append(layer.usage().layer()).append("</th>"));
        html.append("<th class=\"left\"></th></tr></thead>\n<tbody>\n");
        html.append(row(report, "slots K", l -> whole(l.slots()), "n² for n sub-keys in each half"));
        html.append(row(report, "queries Q", l -> whole(l.usage().queries()), "tokens times heads; usage grows with it"));
        html.append(row(report, "usage (top-k), %", l -> percent(l.usage().topk()), "slots read at all"));
        html.append(row(report, "top-1 usage, %", l -> percent(l.usage().top1Pooled()), "slots that are the best match of a query of any head"));
        int heads = report.layers().stream().mapToInt(l -> l.usage().top1PerHead().length).max().orElse(0);
        for (int h = 0; h < heads; h++) {
            int head = h;
            html.append(row(report, "  head " + h, l -> head < l.usage().top1PerHead().length ? percent(l.usage().top1PerHead()[head])
                    : Stat.ABSENT, h == 0 ? "of each head's own queries" : ""));
        }
        html.append(row(report, "top-1 by chance, %", l -> percent(l.evenTop1()), "what Q queries that fall evenly on K slots come to, 1 - exp(-Q/K)"));
        html.append(row(report, "KL, weighted", l -> nats(l.usage().klWeighted()), "of the softmax weight per slot from even use, in nats; 0 is even"));
        html.append(row(report, "KL, by counts", l -> nats(l.usage().klCounts()), "of the number of reads per slot"));
        html.append(row(report, "Gini", l -> nats(l.usage().gini()), "inequality of the softmax weight, 0 (even) to 1"));
        html.append(row(report, "top-50", l -> whole(l.usage().top50()), "the fewest slots that hold 50% of the softmax weight"));
        html.append(row(report, "top-90", l -> whole(l.usage().top90()), "90% of it"));
        html.append(row(report, "top-99", l -> whole(l.usage().top99()), "99% of it"));
        html.append(row(report, "stale, %", l -> l.usage().stale() == null ? Stat.ABSENT : percent(l.usage().stale()),
                "slots that the run's training never updated"));
        html.append("</tbody>\n</table></div>\n");
        if (report.layers().stream().anyMatch(l -> l.usage().stale() == null)) {
            html.append("<p class=\"notes\">Stale slots are not known: only a run's checkpoint has the optimizer's state, where the updates "
                    + "of each slot are counted.</p>\n");
        }
        return html.toString();
    }

    private static String row(UsageReport report, String name, Function<UsageReport.Layer, String> value, String meaning) {
        var html = new StringBuilder("<tr><td>").append(escape(name)).append("</td>");
        report.layers().forEach(layer -> html.append("<td>").append(escape(value.apply(layer))).append("</td>"));
        return html.append("<td class=\"left\">").append(escape(meaning)).append("</td></tr>\n").toString();
    }

    private static String figures(UsageReport.Layer layer) {
        int number = layer.usage().layer();
        int block = layer.detail().best().stream().mapToInt(map -> map.block()).max().orElse(1);
        String cell = block == 1 ? "A cell is a slot: " : "A cell is " + block + " × " + block + " slots: ";
        return "<h2>Layer " + number + "</h2>\n"
                + figure(new SortedUseChart(number, layer.detail()).svg(), "Sorted use", "Each slot's share of the softmax weight and of the "
                        + "reads, in descending order. Used alike, all slots would lie on the dotted line; a line ends at the last slot "
                        + "that was used at all.")
                + figure(new HeatMapChart(layer.usage(), layer.detail().subKeys(), layer.detail().best()).svg(), "Best matches by sub-keys, "
                        + "per head", cell + "its row is the sub-key of the first half and its column that of the second. Counted are the "
                        + "queries of the head whose best match lies there; the softmax weight is not counted per head.");
    }

    private static String figure(String svg, String what, String caption) {
        return "<figure>\n" + svg + "<figcaption><b>" + what + ".</b> " + caption + "</figcaption>\n</figure>\n";
    }

    private static String whole(long n) {
        return String.format(Locale.ROOT, "%,d", n);
    }

    private static String percent(double share) {
        return String.format(Locale.ROOT, "%.1f", 100 * share);
    }

    private static String nats(double value) {
        return String.format(Locale.ROOT, "%.3f", value);
    }

    private UsagePage() {}
}
