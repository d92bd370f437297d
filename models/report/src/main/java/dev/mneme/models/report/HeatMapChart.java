package dev.mneme.models.report;

import dev.mneme.pkm.UsageDetail.HeatMap;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/// Where each head's best matches lie among the slots, as one `<svg>`: a square per head, its rows the sub-keys of the first
/// half and its columns those of the second, all in the same colours.
final class HeatMapChart {
    /// From no query at all to the most, on light and on dark paper; a level each, classes `q0`, `q1`, …
    private static final List<List<String>> COLOURS = List.of(
            List.of("none", "#d6e6f4", "#bdd7ec", "#9ecae1", "#7bb5d9", "#5aa1cf", "#3787c0", "#1b69af", "#084c94", "#08306b"),
            List.of("none", "#1b3049", "#1c3d60", "#1e4b79", "#255c94", "#3271b0", "#4a8ac6", "#6fa6d9", "#9cc4e8", "#d2e6f7"));
    /// Where each level begins, in multiples of an even share; no query at all has one of its own.
    private static final List<String> LEVELS = List.of("none", "", "¼", "½", "1", "2", "4", "8", "16", "32");

    private static final int ACROSS = 4;
    private static final double WIDTH = 860;
    private static final double LEFT = 24;
    private static final double MAP = 196;
    private static final double GAP = 16;
    private static final double NAME = 20; // above each map
    private static final double AXIS = 20; // below it
    private static final double SWATCH = 44;
    private static final double LEGEND = 54;

    private final LayerUsage usage;
    private final int subKeys;
    private final List<HeatMap> heads;

    HeatMapChart(LayerUsage usage, int subKeys, List<HeatMap> heads) {
        this.usage = usage;
        this.subKeys = subKeys;
        this.heads = heads;
    }

    /// @param scheme 0 for light paper, 1 for dark
    static String css(int scheme) {
        var css = new StringBuilder();
        for (int level = 0; level < LEVELS.size(); level++) {
            css.append("svg .q").append(level).append("{fill:").append(COLOURS.get(scheme).get(level)).append("}\n");
        }
        return css.toString();
    }

    String svg() {
        int rows = Math.ceilDiv(heads.size(), ACROSS);
        double row = NAME + MAP + AXIS + GAP;
        var svg = new Svg(WIDTH, rows * row + LEGEND, "best matches among the slots of layer " + usage.layer() + "'s memory, per head");
        svg.described("Best matches of layer " + usage.layer() + "'s memory, per head", String.join(" ",
                IntStream.range(0, heads.size()).mapToObj(this::inWords).toList()));
        for (int h = 0; h < heads.size(); h++) {
            map(svg, h, LEFT + h % ACROSS * (MAP + GAP), h / ACROSS * row + NAME);
        }
        legend(svg, rows * row + 16);
        return svg.end();
    }

    private String inWords(int head) {
        HeatMap map = heads.get(head);
        long cells = (long) map.cells().length * map.cells().length;
        long empty = IntStream.range(0, map.cells().length).mapToLong(r -> IntStream.of(levels(map)[r]).filter(l -> l == 0).count()).sum();
        return String.format(Locale.ROOT, "Head %d: %,d of %,d cells without a query.", head, empty, cells);
    }

    private void map(Svg svg, int head, double x, double y) {
        int[][] levels = levels(heads.get(head));
        svg.text(x, y - 6, "start", "name", String.format(Locale.ROOT, "head %d: top-1 usage %.1f%%", head, 100 * usage.top1PerHead()[head]));
        svg.element("rect", "frame", "x", Svg.number(x), "y", Svg.number(y), "width", Svg.number(MAP), "height", Svg.number(MAP));
        svg.grid(x, y, MAP, levels.length);
        for (int level = 1; level < LEVELS.size(); level++) {
            String path = path(levels, level);
            if (!path.isEmpty()) {
                svg.element("path", "heat q" + level, "d", path);
            }
        }
        svg.close();
        svg.text(x + MAP / 2, y + MAP + 14, "middle", "small", "second sub-key, 0 to " + (subKeys - 1));
        if (head % ACROSS == 0) {
            svg.upwards(x - 8, y + MAP / 2, "small", "first sub-key, 0 (top) to " + (subKeys - 1));
        }
    }

    /// 0 for no query; then by the queries' ratio to an even share: 1 below 1/4, 2 below 1/2, and so on.
    private int[][] levels(HeatMap map) {
        int side = map.cells().length;
        double even = map.sum() / ((double) subKeys * subKeys); // queries a slot
        var levels = new int[side][side];
        for (int r = 0; r < side; r++) {
            for (int c = 0; c < side; c++) {
                double ratio = map.cells()[r][c] / (even * width(map, r) * width(map, c));
                levels[r][c] = ratio == 0 ? 0 : Math.clamp(Math.getExponent(ratio) + 4L, 1, LEVELS.size() - 1);
            }
        }
        return levels;
    }

    /// Slots along a side of a cell: fewer in the last, where the block does not divide n.
    private int width(HeatMap map, int cell) {
        return Math.min(map.block(), subKeys - cell * map.block());
    }

    /// The cells of a level, neighbours in a row as one rectangle: a cell's side is 1.
    private static String path(int[][] levels, int level) {
        var path = new StringBuilder();
        for (int r = 0; r < levels.length; r++) {
            for (int c = 0; c < levels.length; c++) {
                int from = c;
                while (c < levels.length && levels[r][c] == level) {
                    c++;
                }
                if (c > from) {
                    path.append('M').append(from).append(' ').append(r).append('h').append(c - from).append("v1h").append(from - c).append('z');
                }
            }
        }
        return path.toString();
    }

    private static void legend(Svg svg, double y) {
        svg.text(LEFT, y + 10, "start", "label", "queries of a cell, 1 being an even share");
        double left = WIDTH - 12 - SWATCH * LEVELS.size();
        for (int level = 0; level < LEVELS.size(); level++) {
            double x = left + SWATCH * level;
            for (String css : List.of("heat q" + level, "frame")) {
                svg.element("rect", css, "x", Svg.number(x), "y", Svg.number(y), "width", Svg.number(SWATCH), "height", "12");
            }
            svg.text(level == 0 ? x + SWATCH / 2 : x, y + 27, "middle", "tick", LEVELS.get(level));
        }
    }
}
