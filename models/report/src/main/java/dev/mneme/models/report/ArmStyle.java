package dev.mneme.models.report;

import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// How an arm is drawn and described. Colours are told apart with any colour vision and in both colour schemes; the dash
/// pattern and the order of the labels say the same again. Without memory: grey and purple; replace: orange;
/// residual: blue; from scratch: light and short dashes.
///
/// @param css class that gives the colour, as the property `--c`
/// @param dash an SVG dash pattern; `none` for a solid line
/// @param meaning in words, or null for an arm that only its owner can explain
record ArmStyle(String css, String dash, String meaning) {
    /// Colours on light and on dark paper, one class each: `a0`, `a1`, …
    private static final List<List<String>> COLOURS = List.of(
            List.of("#5a5a5a", "#b4b4b4"), List.of("#8e3a9d", "#d494e2"), List.of("#cf8a00", "#f2bd4a"),
            List.of("#3a9fd8", "#8fd0f5"), List.of("#c4450c", "#f0824f"), List.of("#0a5296", "#5a9fe6"),
            List.of("#00805c", "#3cc79c"), List.of("#9a7b1f", "#d6c06a"));
    private static final List<String> DASHES =
            List.of("1.5 2.5", "9 3 1.5 3", "3.5 2.5", "6 3", "13 4", "none", "9 3 3 3", "2 5");
    private static final Map<String, String> KNOWN = new LinkedHashMap<>();

    static {
        KNOWN.put("none", "no memory");
        KNOWN.put("wide", "no memory, feed-forward layers widened to the same number of parameters");
        KNOWN.put("replace-scratch", "memory in place of a feed-forward layer, from random weights");
        KNOWN.put("residual-scratch", "memory beside a feed-forward layer, from random weights");
        KNOWN.put("replace-pretrained", "memory in place of a feed-forward layer of a model trained without memory");
        KNOWN.put("residual-pretrained", "memory beside a feed-forward layer of a model trained without memory (ResM)");
    }

    /// A style for each arm of a report; those with other names than the demo's share what its arms leave over.
    static Map<String, ArmStyle> of(List<Runs> arms) {
        List<String> known = List.copyOf(KNOWN.keySet());
        List<String> names = arms.stream().map(Runs::name).toList();
        var free = new ArrayDeque<>(List.of(5, 4, 6, 1, 3, 2, 7, 0));
        names.forEach(name -> free.remove(known.indexOf(name)));
        var styles = new HashMap<String, ArmStyle>();
        for (String name : names) {
            int style = known.indexOf(name);
            if (style < 0) {
                style = free.isEmpty() ? styles.size() % COLOURS.size() : free.remove();
            }
            styles.put(name, new ArmStyle("a" + style, DASHES.get(style), KNOWN.get(name)));
        }
        return styles;
    }

    /// For one of several lines of the same arm: its colour, and a dash pattern for each line.
    ///
    /// @param line from 0, which has the arm's own
    ArmStyle line(int line) {
        return new ArmStyle(css, DASHES.get((DASHES.indexOf(dash) + line) % DASHES.size()), meaning);
    }

    /// @param scheme 0 for light paper, 1 for dark
    static String css(int scheme) {
        var css = new StringBuilder();
        for (int i = 0; i < COLOURS.size(); i++) {
            css.append(".a").append(i).append("{--c:").append(COLOURS.get(i).get(scheme)).append("}\n");
        }
        return css.toString();
    }
}
