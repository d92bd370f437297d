package dev.mneme.models.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// How each arm's memories were used, as one `<svg>`: a row per memory, with its shares of used slots on the left and its
/// KL divergence on the right; means over seeds, with a bar from the lowest to the highest.
final class UsageChart {
    private record Row(String name, String detail, ArmStyle style, List<LayerUsage> seeds) {
        Stat stat(ToDoubleFunction<LayerUsage> metric) {
            return Stat.of(seeds.stream().map(metric::applyAsDouble));
        }

        /// The mean over seeds of each head's top-1 usage.
        List<Double> heads() {
            List<double[]> all = seeds.stream().map(LayerUsage::top1PerHead).filter(Objects::nonNull).toList();
            int heads = all.stream().mapToInt(h -> h.length).min().orElse(0);
            return Stream.iterate(0, h -> h + 1).limit(heads)
                    .map(h -> 100 * Stat.of(all.stream().map(a -> a[h])).mean()).filter(Double::isFinite).toList();
        }
    }

    private static final double WIDTH = 860;
    private static final double TOP = 40;
    private static final double ROW = 34;
    private static final double SHARES_LEFT = 210;
    private static final double SHARES_RIGHT = 580;
    private static final double KL_LEFT = 640;
    private static final double KL_RIGHT = 835;
    private static final List<Double> SHARES = Svg.ticks(0, 100, 5);

    private final List<Row> rows = new ArrayList<>();
    private final List<Double> kls;

    UsageChart(Report report) {
        List<Runs> arms = Runs.of(report);
        Map<String, ArmStyle> styles = ArmStyle.of(arms);
        boolean several = report.arms().stream().flatMap(a -> a.usage().stream()).map(LayerUsage::layer).distinct().count() > 1;
        for (Runs arm : arms) {
            for (Runs.Moment moment : arm.moments()) {
                moment.readings().stream().flatMap(r -> r.usage().stream())
                        .collect(Collectors.groupingBy(LayerUsage::layer, TreeMap::new, Collectors.toList()))
                        .forEach((layer, seeds) -> rows.add(new Row(arm.name(),
                                Stream.of(moment.name(), several ? "layer " + layer : null).filter(Objects::nonNull)
                                        .collect(Collectors.joining(", ")), styles.get(arm.name()), seeds)));
            }
        }
        kls = Svg.ticks(0, rows.stream().mapToDouble(r -> r.stat(LayerUsage::klWeighted).max())
                .filter(Double::isFinite).max().orElse(1), 4);
    }

    boolean isEmpty() {
        return rows.isEmpty();
    }

    String svg() {
        double bottom = TOP + ROW * rows.size();
        var svg = new Svg(WIDTH, bottom + 48, "share of memory slots used, and KL divergence from even use, per arm");
        key(svg);
        axis(svg, SHARES, SHARES_LEFT, SHARES_RIGHT, bottom, "share of slots, %");
        axis(svg, kls, KL_LEFT, KL_RIGHT, bottom, "KL from even use, nats");
        for (int i = 0; i < rows.size(); i++) {
            row(svg, rows.get(i), i == 0 ? "" : rows.get(i - 1).name, TOP + ROW * (i + 0.5));
        }
        return svg.end();
    }

    private static void key(Svg svg) {
        svg.circle(SHARES_LEFT + 5, 14, 4.5, "dot ink").text(SHARES_LEFT + 15, 18, "start", "tick", "top-1, all heads");
        svg.line(SHARES_LEFT + 145, 8, SHARES_LEFT + 145, 20, "head ink");
        svg.text(SHARES_LEFT + 152, 18, "start", "tick", "top-1, each head");
        svg.diamond(SHARES_LEFT + 295, 14, 5, "hollow ink").text(SHARES_LEFT + 306, 18, "start", "tick", "top-k, all heads");
        svg.circle(KL_LEFT + 5, 14, 4.5, "dot ink").text(KL_LEFT + 15, 18, "start", "tick", "KL, weighted");
    }

    private static void axis(Svg svg, List<Double> ticks, double left, double right, double bottom, String label) {
        for (double tick : ticks) {
            double x = at(tick, ticks, left, right);
            svg.line(x, TOP - 6, x, bottom, "grid");
            svg.text(x, bottom + 17, "middle", "tick", Svg.tick(tick, ticks));
        }
        svg.line(left, bottom, right, bottom, "axis");
        svg.text((left + right) / 2, bottom + 38, "middle", "label", label);
    }

    private void row(Svg svg, Row row, String above, double y) {
        boolean first = !row.name.equals(above);
        if (first) {
            svg.line(0, y - ROW / 2, KL_RIGHT, y - ROW / 2, "grid");
            svg.text(0, row.detail.isEmpty() ? y + 4 : y - 2, "start", "name", row.name);
        }
        svg.text(0, first ? y + 12 : y + 4, "start", "small", row.detail);
        Stat topk = row.stat(u -> 100 * u.topk());
        Stat top1 = row.stat(u -> 100 * u.top1Pooled());
        String css = " " + row.style.css();
        if (topk.count() > 0 && top1.count() > 0) {
            svg.line(share(top1.mean()), y, share(topk.mean()), y, "leader" + css);
        }
        row.heads().forEach(h -> svg.line(share(h), y - 7, share(h), y + 7, "head" + css));
        spread(svg, top1, SHARES, SHARES_LEFT, SHARES_RIGHT, y, css);
        if (topk.count() > 0) {
            svg.diamond(share(topk.mean()), y, 5, "hollow" + css);
        }
        Stat kl = row.stat(LayerUsage::klWeighted);
        spread(svg, kl, kls, KL_LEFT, KL_RIGHT, y, css);
    }

    private static void spread(Svg svg, Stat stat, List<Double> ticks, double left, double right, double y, String css) {
        if (stat.count() > 0) {
            svg.line(at(stat.min(), ticks, left, right), y, at(stat.max(), ticks, left, right), y, "spread" + css);
            svg.circle(at(stat.mean(), ticks, left, right), y, 4.5, "dot" + css);
        }
    }

    private static double share(double percent) {
        return at(percent, SHARES, SHARES_LEFT, SHARES_RIGHT);
    }

    private static double at(double value, List<Double> ticks, double left, double right) {
        return left + (right - left) * (value - ticks.getFirst()) / (ticks.getLast() - ticks.getFirst());
    }
}
