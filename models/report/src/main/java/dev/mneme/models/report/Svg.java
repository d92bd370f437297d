package dev.mneme.models.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// The few SVG elements that the figures are made of. Colours come from the page's style sheet, so that a figure follows
/// the reader's colour scheme; no element has an id, so that any number of figures share a page.
final class Svg {
    private final StringBuilder text = new StringBuilder();

    /// @param label what the figure shows, for readers who cannot see it
    Svg(double width, double height, String label) {
        text.append(String.format(Locale.ROOT, "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %s %s\" "
                + "role=\"img\" aria-label=\"%s\">\n", number(width), number(height), escape(label)));
    }

    /// What a reader who cannot see the figure is told beyond its label; before all else in it.
    Svg described(String title, String description) {
        text.append("<title>").append(escape(title)).append("</title>\n<desc>").append(escape(description)).append("</desc>\n");
        return this;
    }

    Svg line(double x1, double y1, double x2, double y2, String css) {
        return element("line", css, "x1", number(x1), "y1", number(y1), "x2", number(x2), "y2", number(y2));
    }

    Svg circle(double x, double y, double radius, String css) {
        return element("circle", css, "cx", number(x), "cy", number(y), "r", number(radius));
    }

    Svg diamond(double x, double y, double radius, String css) {
        return element("path", css, "d", "M" + number(x - radius) + " " + number(y) + "L" + number(x) + " "
                + number(y - radius) + "L" + number(x + radius) + " " + number(y) + "L" + number(x) + " "
                + number(y + radius) + "Z");
    }

    /// @param anchor `start`, `middle` or `end`
    Svg text(double x, double y, String anchor, String css, String content) {
        text.append(String.format(Locale.ROOT, "<text x=\"%s\" y=\"%s\" text-anchor=\"%s\" class=\"%s\">%s</text>\n",
                number(x), number(y), anchor, css, escape(content)));
        return this;
    }

    /// Text that reads upwards, centred at a point.
    Svg upwards(double x, double y, String css, String content) {
        text.append(String.format(Locale.ROOT,
                "<text transform=\"translate(%s %s) rotate(-90)\" text-anchor=\"middle\" class=\"%s\">%s</text>\n",
                number(x), number(y), css, escape(content)));
        return this;
    }

    /// Begins a part in the same coordinates whose content ends at its edges.
    Svg open(double x, double y, double width, double height) {
        String box = number(x) + " " + number(y) + " " + number(width) + " " + number(height);
        text.append(String.format(Locale.ROOT, "<svg x=\"%s\" y=\"%s\" width=\"%s\" height=\"%s\" viewBox=\"%s\">\n",
                number(x), number(y), number(width), number(height), box));
        return this;
    }

    /// Begins a square part whose coordinates count cells: 0 to `cells` either way.
    Svg grid(double x, double y, double size, int cells) {
        text.append(String.format(Locale.ROOT, "<svg x=\"%s\" y=\"%s\" width=\"%s\" height=\"%s\" viewBox=\"0 0 %d %d\">\n",
                number(x), number(y), number(size), number(size), cells, cells));
        return this;
    }

    Svg close() {
        text.append("</svg>\n");
        return this;
    }

    /// @param attributes names and values in turn
    Svg element(String name, String css, String... attributes) {
        text.append('<').append(name).append(" class=\"").append(css).append('"');
        for (int i = 0; i < attributes.length; i += 2) {
            text.append(' ').append(attributes[i]).append("=\"").append(escape(attributes[i + 1])).append('"');
        }
        text.append("/>\n");
        return this;
    }

    String end() {
        return text + "</svg>\n";
    }

    /// At most two decimals, none that say nothing.
    static String number(double v) {
        String fixed = String.format(Locale.ROOT, "%.2f", v);
        return fixed.replaceFirst("\\.?0+$", "").replaceFirst("^-0$", "0");
    }

    static String escape(String plain) {
        var safe = new StringBuilder();
        plain.codePoints().forEach(c -> {
            switch (c) {
                case '&' -> safe.append("&amp;");
                case '<' -> safe.append("&lt;");
                case '>' -> safe.append("&gt;");
                case '"' -> safe.append("&quot;");
                case '\'' -> safe.append("&#39;");
                default -> safe.appendCodePoint(isWritable(c) ? c : 0xFFFD);
            }
        });
        return safe.toString();
    }

    // XML has no way to write most control characters, nor half of a surrogate pair.
    private static boolean isWritable(int c) {
        return (c >= 0x20 || c == '\n' || c == '\t') && !(c >= 0xD800 && c <= 0xDFFF) && (c & 0xFFFE) != 0xFFFE;
    }

    /// Round numbers from at or below the lowest value to at or above the highest, about so many steps apart.
    static List<Double> ticks(double lowest, double highest, int about) {
        // Never so small beside the values that adding a step would not change them.
        double span = Math.max(highest > lowest ? highest - lowest : 1, 1e-6 * Math.abs(highest));
        double power = Math.pow(10, Math.floor(Math.log10(span / about)));
        double step = power;
        for (double multiple : new double[] {1, 2, 5, 10}) {
            step = multiple * power;
            if (span / step <= about) {
                break;
            }
        }
        var ticks = new ArrayList<Double>();
        double first = Math.floor(lowest / step + 1e-9);
        double last = Math.ceil((lowest + span) / step - 1e-9);
        for (double i = first; i <= last; i++) {
            ticks.add(i * step);
        }
        return ticks;
    }

    /// As many decimals as tell one tick from the next.
    static String tick(double value, List<Double> ticks) {
        int decimals = (int) Math.max(0, Math.ceil(-Math.log10(ticks.get(1) - ticks.get(0)) - 1e-9));
        return String.format(Locale.ROOT, "%,." + decimals + "f", value);
    }
}
