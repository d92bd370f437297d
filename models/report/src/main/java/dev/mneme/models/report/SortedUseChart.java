package dev.mneme.models.report;

import dev.mneme.pkm.UsageDetail;
import dev.mneme.pkm.UsageDetail.SortedUse;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/// The use of a memory's slots in descending order as one `<svg>`, both axes logarithmic: softmax weight and reads, in multiples
/// of what each slot would have if all were used alike.
final class SortedUseChart {
    /// One curve of the figure.
    private record Line(String name, String css, String dash, SortedUse use) {
        /// In multiples of even use.
        double height(int i) {
            return use.shares()[i] * use.slots();
        }

        int last() {
            return use.ranks().length - 1;
        }
    }

    private static final double WIDTH = 860;
    private static final double HEIGHT = 360;
    private static final double LEFT = 64;
    private static final double RIGHT = 690; // the names stand to the right of it
    private static final double TOP = 14;
    private static final double BOTTOM = 312;
    private static final double LABEL_HEIGHT = 16;
    private static final int MOST_TICKS = 7;

    private final int layer;
    private final List<Line> lines;
    private final int decades; // of ranks
    private final int lowest; // power of ten
    private final int highest;

    SortedUseChart(int layer, UsageDetail detail) {
        this.layer = layer;
        lines = List.of(new Line("softmax weight", "a5", "none", detail.weighted()), new Line("reads", "a4", "6 3", detail.counts()));
        decades = Math.max(1, (int) Math.ceil(Math.log10(detail.counts().slots()) - 1e-9));
        lowest = (int) Math.floor(lines.stream().mapToDouble(l -> Math.log10(l.height(l.last()))).min().orElse(0) + 1e-9);
        highest = Math.max(1, (int) Math.ceil(lines.stream().mapToDouble(l -> Math.log10(l.height(0))).max().orElse(0) - 1e-9));
    }

    String svg() {
        var svg = new Svg(WIDTH, HEIGHT, "sorted use of the slots of layer " + layer + "'s memory");
        svg.described("Sorted use of layer " + layer + "'s memory", String.join(" ", lines.stream().map(SortedUseChart::inWords).toList()));
        axes(svg);
        svg.line(LEFT, y(0), RIGHT, y(0), "reference");
        lines.forEach(line -> curve(svg, line));
        labels(svg);
        return svg.end();
    }

    private static String inWords(Line line) {
        return String.format(Locale.ROOT, "By %s: the slot used most has %,.3g times an even share; the one used least has %,.3g times, at "
                + "rank %,d of %,d.", line.name, line.height(0), line.height(line.last()), line.use.used(), line.use.slots());
    }

    private void axes(Svg svg) {
        int every = Math.ceilDiv(highest - lowest, MOST_TICKS);
        for (int power = Math.ceilDiv(lowest, every) * every; power <= highest; power += every) {
            svg.line(LEFT, y(power), RIGHT, y(power), "grid");
            svg.text(LEFT - 7, y(power) + 4, "end", "tick", powerOfTen(power));
        }
        for (int power = 0; power <= decades; power++) {
            svg.line(x(power), BOTTOM, x(power), BOTTOM + 4, "axis");
            svg.text(x(power), BOTTOM + 18, "middle", "tick", powerOfTen(power));
        }
        svg.line(LEFT, BOTTOM, RIGHT, BOTTOM, "axis");
        svg.text((LEFT + RIGHT) / 2, HEIGHT - 8, "middle", "label", "slots, from the most used to the least");
        svg.upwards(14, (TOP + BOTTOM) / 2, "label", "use, 1 being an even share");
    }

    static String powerOfTen(int power) {
        if (power >= -3 && power <= 6) {
            return String.format(Locale.ROOT, power < 0 ? "%." + -power + "f" : "%,.0f", Math.pow(10, power));
        }
        var text = new StringBuilder("10");
        String.valueOf(power).chars().forEach(c -> text.append(c == '-' ? '⁻' : "⁰¹²³⁴⁵⁶⁷⁸⁹".charAt(c - '0')));
        return text.toString();
    }

    private void curve(Svg svg, Line line) {
        var points = new StringBuilder();
        for (int i = 0; i <= line.last(); i++) {
            points.append(Svg.number(x(Math.log10(line.use.ranks()[i])))).append(',').append(Svg.number(yOf(line, i))).append(' ');
        }
        svg.element("polyline", "line " + line.css, "stroke-dasharray", line.dash, "points", points.toString().strip());
        svg.circle(x(Math.log10(line.use.used())), yOf(line, line.last()), 3, "dot " + line.css);
    }

    /// A name beside the end of its line, moved apart from the others where they would overlap.
    private void labels(Svg svg) {
        List<Line> byHeight = lines.stream().sorted(Comparator.comparingDouble(line -> yOf(line, line.last()))).toList();
        double[] heights = Stream.concat(Stream.of(y(0)), byHeight.stream().map(line -> yOf(line, line.last()))).mapToDouble(v -> v).toArray();
        double[] placed = heights.clone();
        Integer[] order = {0, 1, 2};
        Arrays.sort(order, Comparator.comparingDouble(i -> heights[i]));
        for (int i = 1; i < order.length; i++) {
            placed[order[i]] = Math.max(placed[order[i]], placed[order[i - 1]] + LABEL_HEIGHT);
        }
        double above = Math.max(0, placed[order[2]] - BOTTOM + 8);
        svg.text(RIGHT + 18, placed[0] - above + 4, "start", "small", "used alike");
        for (int i = 0; i < byHeight.size(); i++) {
            Line line = byHeight.get(i);
            svg.line(x(Math.log10(line.use.used())) + 5, heights[i + 1], RIGHT + 14, placed[i + 1] - above, "leader " + line.css);
            svg.text(RIGHT + 18, placed[i + 1] - above + 4, "start", "name", line.name);
        }
    }

    private double x(double power) {
        return LEFT + (RIGHT - LEFT) * power / decades;
    }

    private double yOf(Line line, int i) {
        return y(Math.log10(line.height(i)));
    }

    private double y(double power) {
        return BOTTOM - (BOTTOM - TOP) * (power - lowest) / (highest - lowest);
    }
}
