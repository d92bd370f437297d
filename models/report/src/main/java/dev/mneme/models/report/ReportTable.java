package dev.mneme.models.report;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/// The comparison of a report's arms: one row per arm, two for an arm from scratch that was also read after equal steps
/// with memory. Several seeds become mean ± sample standard deviation, several memory layers their mean; what was not
/// measured is a dash.
public final class ReportTable {
    /// Heads of the columns in two lines; the first column is the arm's.
    static List<List<String>> heads(Report report) {
        return List.of(List.of("", "arm"), List.of("", "steps"), List.of("memory", "steps"),
                List.of("", "params"), List.of("facts", "%"), List.of(report.modelling().loss(), "loss"), List.of("tokens", "per s"),
                List.of("top-k", "%"), List.of("top-1", "pooled %"), List.of("top-1 per", "head %"), List.of("KL", "nats"));
    }

    private static final int TERMINAL = 120;
    private static final int LONGEST_NAME = 28;

    /// @param moment `equal steps with memory`, `equal total steps` or null
    /// @param cells all columns but the first
    record Row(String arm, String moment, List<String> cells) {}

    /// For a terminal: aligned, at most 120 columns, with notes on what the columns are, ending with a line break.
    public static String text(Report report) {
        List<Row> rows = rows(report);
        var lines = new ArrayList<List<String>>();
        String arm = null;
        for (Row row : rows) {
            String name = row.arm.length() <= LONGEST_NAME ? row.arm : row.arm.substring(0, LONGEST_NAME - 1) + "…";
            if (row.moment != null && !row.arm.equals(arm)) {
                lines.add(List.of(name));
            }
            arm = row.arm;
            var line = new ArrayList<>(List.of(row.moment == null ? name : " " + row.moment));
            row.cells.forEach(cell -> line.add(cell.replace(" ± ", "±")));
            lines.add(line);
        }
        List<List<String>> heads = heads(report);
        int[] widths = IntStream.range(0, heads.size()).map(c -> Stream
                .concat(heads.get(c).stream(), lines.stream().filter(l -> l.size() > c).map(l -> l.get(c)))
                .mapToInt(String::length).max().orElse(0)).toArray();
        int content = Arrays.stream(widths).sum();
        int gaps = widths.length - 1;
        int wide = Math.clamp(TERMINAL - content - gaps, 0, gaps); // gaps of two spaces, from the right
        var text = new StringBuilder();
        for (int h = 0; h < 2; h++) {
            int line = h;
            text.append(line(heads.stream().map(head -> head.get(line)).toList(), widths, gaps - wide));
        }
        text.append("─".repeat(content + gaps + wide)).append('\n');
        lines.forEach(line -> text.append(line(line, widths, gaps - wide)));
        text.append('\n');
        notes(report).forEach(note -> text.append(wrap(note)));
        return text.toString();
    }

    /// The same rows as a table in GitHub's Markdown, without notes, ending with a line break.
    public static String markdown(Report report) {
        var text = new StringBuilder();
        List<List<String>> heads = heads(report);
        text.append(heads.stream().map(ReportTable::head).collect(Collectors.joining(" | ", "| ", " |\n")));
        text.append("|:---|").append("---:|".repeat(heads.size() - 1)).append('\n');
        for (Row row : rows(report)) {
            String arm = row.arm.replace("|", "\\|") + (row.moment == null ? "" : ", " + row.moment);
            text.append("| ").append(arm).append(" | ").append(String.join(" | ", row.cells)).append(" |\n");
        }
        return text.toString();
    }

    static String head(List<String> lines) {
        return String.join(" ", lines).strip();
    }

    static List<Row> rows(Report report) {
        var rows = new ArrayList<Row>();
        for (Runs arm : Runs.of(report)) {
            List<Runs.Moment> moments = arm.moments();
            for (Runs.Moment moment : moments) {
                rows.add(new Row(arm.name(), moment.name(), cells(arm, moment, moment == moments.getLast())));
            }
        }
        return rows;
    }

    // Speed is measured over a whole run, so it stands at its end only.
    private static List<String> cells(Runs arm, Runs.Moment moment, boolean end) {
        List<Reading> readings = moment.readings();
        var parameters = Stat.of(arm.seeds().stream().map(a -> (double) a.parameters()));
        return List.of(
                Stat.of(readings.stream().map(r -> (double) r.steps())).range("%,.0f"),
                Stat.of(readings.stream().map(r -> (double) r.memorySteps())).range("%,.0f"),
                count(parameters.mean()),
                Stat.of(readings.stream().map(Reading::factAccuracy).map(a -> a == null ? null : 100 * a)).text("%.1f"),
                Stat.of(readings.stream().map(Reading::mlmLoss)).text("%.3f"),
                !end ? Stat.ABSENT : mean(arm.seeds().stream().map(Arm::tokensPerSecond)),
                overLayers(readings, u -> 100 * u.topk()).text("%.1f"),
                overLayers(readings, u -> 100 * u.top1Pooled()).text("%.1f"),
                Stat.of(readings.stream().flatMap(r -> r.usage().stream()).filter(u -> u.top1PerHead() != null)
                        .flatMap(u -> Arrays.stream(u.top1PerHead()).mapToObj(v -> 100 * v))).range("%.1f"),
                overLayers(readings, LayerUsage::klWeighted).text("%.2f"));
    }

    private static Stat overLayers(List<Reading> readings, ToDoubleFunction<LayerUsage> metric) {
        return Stat.of(readings.stream()
                .map(r -> r.usage().stream().mapToDouble(metric).average().orElse(Double.NaN)));
    }

    private static String mean(Stream<Double> values) {
        Stat stat = Stat.of(values);
        return stat.count() == 0 ? Stat.ABSENT : String.format(Locale.ROOT, "%,.0f", stat.mean());
    }

    /// Four digits and a unit: `987`, `12.35K`, `1.235M`.
    static String count(double n) {
        if (!Double.isFinite(n)) {
            return Stat.ABSENT;
        }
        String[] units = {"", "K", "M", "G", "T"};
        int unit = 0;
        while (n >= 999.95 && unit < units.length - 1) {
            n /= 1000;
            unit++;
        }
        String format = unit == 0 ? "%.0f" : n < 10 ? "%.3f" : n < 100 ? "%.2f" : "%.1f";
        return String.format(Locale.ROOT, format, n) + units[unit];
    }

    /// What a reader of the table must know, a sentence or two each.
    static List<String> notes(Report report) {
        var notes = new ArrayList<String>();
        List<Runs> arms = Runs.of(report);
        if (arms.stream().anyMatch(arm -> arm.seeds().size() > 1)) {
            notes.add("± is the sample standard deviation over seeds " + report.arms().stream().map(Arm::seed).distinct()
                    .map(String::valueOf).collect(Collectors.joining(", ")) + ".");
        }
        report.arms().stream().filter(arm -> !Double.isFinite(arm.mlmLoss())).forEach(arm -> notes.add(
                "The loss of " + arm.name() + " from seed " + arm.seed() + " is not finite and is left out of the mean."));
        boolean facts = report.arms().stream().anyMatch(arm -> arm.factAccuracy() != null);
        notes.add((facts ? "facts: masked facts completed right. " : "")
                + report.modelling().lossName() + ": on held-out text, " + report.modelling().unit() + ".");
        List<LayerUsage> usage = report.arms().stream().flatMap(arm -> arm.usage().stream()).toList();
        if (!usage.isEmpty()) {
            String queries = Stat.of(usage.stream().map(u -> (double) u.queries())).range("%,.0f");
            List<Integer> layers = usage.stream().map(LayerUsage::layer).distinct().sorted().toList();
            notes.add("top-k: slots read at all. top-1: slots that were some query's best match, pooled over heads, and the"
                    + " range over heads. KL: of the weight per slot from even use, 0 if even. Each over " + queries
                    + " queries" + (layers.size() < 2 ? "." : ", mean over layers " + layers.stream().map(String::valueOf)
                            .collect(Collectors.joining(", ")) + "."));
        }
        return notes;
    }

    // The first gaps have one space, the others two.
    private static String line(List<String> cells, int[] widths, int narrow) {
        var line = new StringBuilder();
        for (int c = 0; c < cells.size(); c++) {
            String space = " ".repeat(widths[c] - cells.get(c).length());
            line.append(c == 0 ? cells.get(c) + space : (c <= narrow ? " " : "  ") + space + cells.get(c));
        }
        return line.toString().stripTrailing() + "\n";
    }

    private static String wrap(String note) {
        var text = new StringBuilder();
        int column = 0;
        for (String word : note.split(" ")) {
            if (column > 0 && column + 1 + word.length() > TERMINAL) {
                text.append('\n');
                column = 0;
            }
            text.append(column == 0 ? "" : " ").append(word);
            column += word.length() + (column == 0 ? 0 : 1);
        }
        return text.append('\n').toString();
    }

    private ReportTable() {}
}
