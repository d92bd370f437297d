package dev.mneme.models.train.experiment;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.mneme.models.report.Arm;
import dev.mneme.models.report.LayerUsage;
import dev.mneme.models.report.Modelling;
import dev.mneme.models.report.Report;
import dev.mneme.models.train.experiment.Differences.Row;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;

class DifferencesTest {
    private static final double ROUNDING = 1e-12; // of a few operations on numbers of this size
    private static final double SCIPY = 1e-9; // the digits that are copied from it

    private static Arm arm(String name, long seed, double loss, Double facts, Double top1, Map<String, Double> metrics) {
        List<LayerUsage> usage = top1 == null ? List.of()
                : List.of(new LayerUsage(0, 100, 1, top1 - 0.125, null, 1, 1, 1, null, 1, 1, 1),
                        new LayerUsage(2, 100, 1, top1 + 0.125, null, 1, 1, 1, null, 1, 1, 1));
        return new Arm(name, seed, 10, 0, 5, loss, facts, 1, List.of(), usage, null).withMetrics(metrics);
    }

    private static Arm arm(String name, long seed, double loss) {
        return arm(name, seed, loss, null, null, Map.of());
    }

    private static Report report(Arm... arms) {
        return new Report(null, null, List.of(arms));
    }

    private static Row row(List<Row> rows, String figure, String arm) {
        return rows.stream().filter(r -> r.figure().equals(figure) && r.arm().equals(arm)).findFirst().orElseThrow();
    }

    private static final Report THREE_SEEDS = report(
            arm("none", 1, 2.0, 0.40, null, Map.of("accuracy", 0.5)), arm("none", 2, 2.5, 0.44, null, Map.of("accuracy", 0.75)),
            arm("none", 3, 2.25, 0.45, null, Map.of("accuracy", 0.5)),
            arm("memory", 1, 1.5, 0.60, 0.25, Map.of("accuracy", 0.75)), arm("memory", 2, 2.25, 0.70, 0.5, Map.of("accuracy", 1.0)),
            arm("memory", 3, 1.5, 0.62, 0.75, Map.of("accuracy", 0.75)));

    /// By hand: the differences of the losses are -0.5, -0.25 and -0.75. P-values: scipy 1.17.1, `ttest_rel`.
    @Test
    void anArmIsComparedWithTheReferenceSeedBySeed() {
        List<Row> rows = Differences.rows(THREE_SEEDS, "none");
        Row loss = row(rows, "MLM loss", "memory");
        assertEquals(1.75, loss.mean(), ROUNDING);
        assertEquals(Math.sqrt(0.1875), loss.deviation(), ROUNDING); // squares 0.0625, 0.25, 0.0625, over 2
        assertEquals(-0.5, loss.difference(), ROUNDING);
        assertEquals(0.07417990022744854, loss.p(), SCIPY);
        Row facts = row(rows, "facts, %", "memory");
        assertEquals(64, facts.mean(), ROUNDING * 100);
        assertEquals(Math.sqrt(28), facts.deviation(), ROUNDING * 100); // squares 16, 36, 4, over 2
        assertEquals(21, facts.difference(), ROUNDING * 100);
        assertEquals(0.015504815029159612, facts.p(), SCIPY);
    }

    /// The p-values above are 0.0155 and 0.0742; the third difference does not vary, and is no comparison.
    @Test
    void pValuesAreCorrectedForAllComparisonsOfTheReport() {
        List<Row> rows = Differences.rows(THREE_SEEDS, "none");
        assertEquals(2 * 0.015504815029159612, row(rows, "facts, %", "memory").corrected(), SCIPY);
        assertEquals(0.07417990022744854, row(rows, "MLM loss", "memory").corrected(), SCIPY);
        assertTrue(row(rows, "downstream accuracy, %", "memory").corrected().isNaN());
        assertNull(row(rows, "MLM loss", "none").corrected());
    }

    @Test
    void aCausalModelsLossIsCalledByItsName() {
        var causal = new Report(null, null, null, null, null, THREE_SEEDS.arms(), Modelling.CAUSAL);
        assertTrue(Differences.rows(causal, "none").stream().anyMatch(row -> row.figure().equals("LM loss")));
        assertFalse(Differences.text(causal, "none").contains("MLM"));
    }

    @Test
    void theReferenceIsNotComparedWithItself() {
        Row loss = row(Differences.rows(THREE_SEEDS, "none"), "MLM loss", "none");
        assertEquals(2.25, loss.mean(), ROUNDING);
        assertEquals(0.25, loss.deviation(), ROUNDING);
        assertNull(loss.difference());
        assertNull(loss.p());
    }

    /// The differences are 25% of every seed: they do not vary.
    @Test
    void metricsOfTheTaskAreFiguresAndEqualDifferencesHaveNoTest() {
        Row accuracy = row(Differences.rows(THREE_SEEDS, "none"), "downstream accuracy, %", "memory");
        assertEquals(250 / 3.0, accuracy.mean(), ROUNDING * 100);
        assertEquals(25, accuracy.difference(), ROUNDING * 100);
        assertTrue(accuracy.p().isNaN());
        assertTrue(Differences.text(THREE_SEEDS, "none").lines().anyMatch(line -> line.matches(
                "downstream accuracy, % +memory +83.333 ± 14.434 +\\+25.000 +– +–")));
    }

    @Test
    void aFigureThatTheReferenceLacksHasNoDifferenceAndOneThatNobodyHasNoRow() {
        List<Row> rows = Differences.rows(THREE_SEEDS, "none");
        Row usage = row(rows, "top-1 usage, %", "memory");
        assertEquals(50, usage.mean(), ROUNDING * 100); // over layers and seeds
        assertNull(usage.difference());
        assertTrue(rows.stream().noneMatch(r -> r.figure().startsWith("top-1") && r.arm().equals("none")));
        assertTrue(Differences.rows(report(arm("none", 1, 2)), "none").stream().allMatch(r -> r.figure().equals("MLM loss")));
    }

    @Test
    void onlySeedsThatBothHaveArePaired() {
        List<Row> rows = Differences.rows(report(arm("none", 1, Double.NaN), arm("none", 2, 2), arm("none", 3, 3), arm("other", 1, 100),
                arm("other", 2, 2.5), arm("other", 3, Double.POSITIVE_INFINITY)), "none");
        assertEquals(2.5, row(rows, "MLM loss", "none").mean(), ROUNDING);
        assertEquals(51.25, row(rows, "MLM loss", "other").mean(), ROUNDING);
        assertEquals(0.5, row(rows, "MLM loss", "other").difference(), ROUNDING); // of seed 2
        assertTrue(row(rows, "MLM loss", "other").p().isNaN());
    }

    @Test
    void oneSeedHasADifferenceAndNoSignificance() {
        Report one = report(arm("none", 7, 2), arm("wide", 7, 1.5));
        Row wide = row(Differences.rows(one, "none"), "MLM loss", "wide");
        assertEquals(-0.5, wide.difference(), ROUNDING);
        assertTrue(wide.p().isNaN() && Double.isNaN(wide.deviation()));
        String html = Differences.html(one, "none");
        assertTrue(html.contains("<tr><td>MLM loss</td><td>wide</td><td>1.500</td><td>-0.500</td><td>–</td><td>–</td></tr>"), html);
        assertTrue(html.contains("Nothing here tells differences from chance: that takes several seeds."), html);
        assertFalse(html.contains("NaN") || html.contains("t-test") || html.contains("1.500 ±"), html);
    }

    @Test
    void thePageSaysWhatWasCompared() {
        String html = Differences.html(THREE_SEEDS, "none");
        assertTrue(html.startsWith("<h2>Differences from none</h2>"), html);
        assertTrue(html.contains("<td>MLM loss</td><td>memory</td><td>1.750 ± 0.433</td><td>-0.500</td><td>0.074</td><td>0.074</td>"), html);
        assertTrue(html.contains("paired t-test over seeds, and Holm-corrected over 2 comparisons: where that is not below 0.05, "), html);
    }

    @Test
    void namesAreEscaped() {
        String evil = "<b>\"x\" & 'y'";
        String html = Differences.html(report(arm(evil, 1, 2, null, null, Map.of("<i>", 1.0))), evil);
        String safe = "&lt;b&gt;&quot;x&quot; &amp; &#39;y&#39;";
        assertTrue(html.contains("<h2>Differences from " + safe + "</h2>") && html.contains("<td>" + safe + "</td>"), html);
        assertTrue(html.contains("downstream &lt;i&gt;, %"), html);
        assertFalse(html.contains("<b>") || html.contains("<i>"), html);
    }

    @Test
    void numbersAreWrittenAlikeEverywhere() {
        Locale before = Locale.getDefault();
        String here = Differences.text(THREE_SEEDS, "none");
        try {
            Locale.setDefault(Locale.GERMANY);
            assertEquals(here, Differences.text(THREE_SEEDS, "none"));
        } finally {
            Locale.setDefault(before);
        }
    }
}
