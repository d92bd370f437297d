package dev.mneme.models.report;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/// Curves over training steps as one `<svg>`: a line per arm, a light band from the lowest to the highest seed, and the
/// arm's name and last value at the line's end.
final class LineChart {
    /// @param low and high of the seeds, equal to y for one seed
    record Point(double x, double y, double low, double high) {}

    /// @param points in ascending x, all finite; may be empty
    /// @param mark where a hollow circle draws attention, or null
    record Series(String name, ArmStyle style, List<Point> points, Point mark) {}

    private static final double WIDTH = 860;
    private static final double HEIGHT = 380;
    private static final double LEFT = 58;
    private static final double RIGHT = 675; // the names stand to the right of it
    private static final double TOP = 24;
    private static final double BOTTOM = 332;
    private static final double LABEL_HEIGHT = 16;
    private static final int MOST_POINTS = 400;

    private static final double SETTLED = 0.1;

    private final String yLabel;
    private final String format;
    private final List<Series> series;
    private final double lastStep;
    private final double highest;
    private final List<Double> xTicks;
    private final List<Double> yTicks;

    /// @param format of a value beside a name: `%.1f`
    /// @param zero whether the vertical axis begins at 0, as it should for shares
    LineChart(String yLabel, String format, boolean zero, List<Series> series) {
        this.yLabel = yLabel;
        this.format = format;
        this.series = series.stream().filter(s -> !s.points.isEmpty()).map(LineChart::thinned).toList();
        List<Point> all = this.series.stream().flatMap(s -> s.points.stream()).toList();
        lastStep = Math.max(1, all.stream().mapToDouble(Point::x).max().orElse(1));
        double low = zero ? 0 : all.stream().mapToDouble(Point::low).min().orElse(0);
        highest = all.stream().mapToDouble(Point::high).max().orElse(1);
        xTicks = Svg.ticks(0, lastStep, 8).stream().filter(tick -> tick <= lastStep).toList();
        yTicks = Svg.ticks(low, all.stream().filter(p -> p.x >= SETTLED * lastStep).mapToDouble(Point::high).max().orElse(1), 6);
    }

    boolean isEmpty() {
        return series.isEmpty();
    }

    /// A long run has more evaluations than the figure has pixels.
    private static Series thinned(Series series) {
        int n = series.points.size();
        if (n <= MOST_POINTS) {
            return series;
        }
        var points = new ArrayList<Point>();
        for (int i = 0; i < MOST_POINTS; i++) {
            points.add(series.points.get((int) Math.round(i * (n - 1.0) / (MOST_POINTS - 1))));
        }
        return new Series(series.name, series.style, points, series.mark);
    }

    /// Whether the lines leave the figure above in the first tenth of the steps: a loss falls from so high that a figure of
    /// all of it would show nothing of where it ends.
    boolean isCropped() {
        return highest > yTicks.getLast();
    }

    /// @param reference a step to be marked by a vertical line, or 0
    /// @param referenceLabel what happened there
    String svg(double reference, String referenceLabel) {
        var svg = new Svg(WIDTH, HEIGHT, yLabel + " against training steps");
        axes(svg);
        if (reference > 0 && reference < lastStep) {
            svg.line(x(reference), TOP, x(reference), BOTTOM, "reference");
            svg.text(x(reference), TOP - 7, "middle", "small", referenceLabel);
        }
        svg.open(LEFT, TOP - 2, RIGHT - LEFT, BOTTOM - TOP + 4);
        series.forEach(s -> band(svg, s));
        series.forEach(s -> line(svg, s));
        svg.close();
        series.forEach(s -> dots(svg, s));
        labels(svg);
        return svg.end();
    }

    private void axes(Svg svg) {
        for (double tick : yTicks) {
            svg.line(LEFT, y(tick), RIGHT, y(tick), "grid");
            svg.text(LEFT - 7, y(tick) + 4, "end", "tick", Svg.tick(tick, yTicks));
        }
        for (double tick : xTicks) {
            svg.line(x(tick), BOTTOM, x(tick), BOTTOM + 4, "axis");
            svg.text(x(tick), BOTTOM + 18, "middle", "tick", Svg.tick(tick, xTicks));
        }
        svg.line(LEFT, BOTTOM, RIGHT, BOTTOM, "axis");
        svg.text((LEFT + RIGHT) / 2, HEIGHT - 8, "middle", "label", "training steps in all");
        svg.upwards(14, (TOP + BOTTOM) / 2, "label", yLabel);
    }

    private void band(Svg svg, Series s) {
        if (s.points.stream().anyMatch(p -> p.high > p.low)) {
            var path = new StringBuilder("M");
            s.points.forEach(p -> path.append(at(p.x, p.high)).append(' '));
            s.points.reversed().forEach(p -> path.append(at(p.x, p.low)).append(' '));
            svg.element("path", "band " + s.style.css(), "d", path.toString().strip() + "Z");
        }
    }

    private void line(Svg svg, Series s) {
        var points = new StringBuilder();
        s.points.forEach(p -> points.append(at(p.x, p.y)).append(' '));
        svg.element("polyline", "line " + s.style.css(), "stroke-dasharray", s.style.dash(), "points",
                points.toString().strip());
    }

    private void dots(Svg svg, Series s) {
        if (s.mark != null && s.mark.y <= yTicks.getLast()) {
            svg.circle(x(s.mark.x), y(s.mark.y), 4, "hollow " + s.style.css());
        }
        svg.circle(x(s.points.getLast().x), y(s.points.getLast().y), 3, "dot " + s.style.css());
    }

    // Names in the order of the lines' ends, moved apart where they would overlap, then back inside the figure.
    private void labels(Svg svg) {
        List<Series> byHeight = series.stream().sorted(Comparator.comparingDouble(s -> y(s.points.getLast().y))).toList();
        var heights = new double[byHeight.size()];
        for (int i = 0; i < heights.length; i++) {
            double wanted = y(byHeight.get(i).points.getLast().y);
            heights[i] = i == 0 ? wanted : Math.max(wanted, heights[i - 1] + LABEL_HEIGHT);
        }
        double limit = BOTTOM;
        for (int i = heights.length - 1; i >= 0; i--) {
            heights[i] = Math.min(heights[i], limit);
            limit = heights[i] - LABEL_HEIGHT;
        }
        for (int i = 0; i < heights.length; i++) {
            Series s = byHeight.get(i);
            Point end = s.points.getLast();
            String leader = end.x < lastStep ? "reference" : "leader " + s.style.css(); // a long one must not look like a curve
            svg.line(x(end.x) + 5, y(end.y), RIGHT + 14, heights[i], leader);
            String value = String.format(Locale.ROOT, format, end.y);
            svg.text(RIGHT + 18, heights[i] + 4, "start", "name", s.name + "  " + value);
        }
    }

    private String at(double x, double y) {
        return Svg.number(x(x)) + "," + Svg.number(y(y));
    }

    private double x(double value) {
        return LEFT + (RIGHT - LEFT) * value / lastStep;
    }

    private double y(double value) {
        return BOTTOM - (BOTTOM - TOP) * (value - yTicks.getFirst()) / (yTicks.getLast() - yTicks.getFirst());
    }
}
