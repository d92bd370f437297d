package dev.mneme.models.report;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mneme.models.base.internal.Json;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReportTest {
    @TempDir
    Path folder;

    private ObjectNode written(Report report) throws Exception {
        Path file = folder.resolve("report.json");
        Json.write(file, report);
        return Json.read(file);
    }

    // Other tools read these names, so an absent value is null under its name and the name stays.
    @Test
    void theNamesInJsonAreThoseThatOtherToolsRead() throws Exception {
        ObjectNode report = written(Example.report());
        assertEquals("arms config modelling seconds title versions", names(report));
        JsonNode scratch = report.get("arms").get(2);
        JsonNode diverged = report.get("arms").get(4);
        for (JsonNode arm : report.get("arms")) {
            assertEquals("curve equal_memory_steps fact_accuracy memory_steps metrics mlm_loss name parameters seed skipped_steps steps "
                    + "tokens_per_second usage", names(arm));
        }
        assertEquals("fact_accuracy memory_steps metrics mlm_loss step train_loss usage", names(scratch.get("curve").get(0)));
        assertEquals("gini kl_counts kl_weighted layer queries stale top1_per_head top1_pooled top50 top90 top99 topk",
                names(scratch.get("usage").get(0)));
        assertEquals("fact_accuracy memory_steps mlm_loss steps usage", names(scratch.get("equal_memory_steps")));
        assertEquals(0.5, scratch.get("equal_memory_steps").get("fact_accuracy").asDouble());
        assertEquals(0.2, scratch.get("usage").get(0).get("top1_per_head").get(1).asDouble());
        assertTrue(diverged.get("fact_accuracy").isNull());
        assertTrue(diverged.get("equal_memory_steps").isNull());
    }

    @Test
    void aReportIsReadBackAsItWasWritten() throws Exception {
        Report report = Json.convert(written(Example.report()), Report.class, "report.json");
        assertEquals(Example.report().config(), report.config());
        assertEquals(List.copyOf(Example.report().versions().keySet()), List.copyOf(report.versions().keySet()));
        assertEquals(ReportTable.text(Example.report()), ReportTable.text(report));
        assertEquals(Example.report().arms().get(0), report.arms().get(0));
        assertArrayEquals(new double[] {0.1, 0.2}, report.arms().get(2).usage().getFirst().top1PerHead());
        assertTrue(Double.isNaN(report.arms().get(4).mlmLoss()));
    }

    @Test
    void whatAWriterLeavesOutIsEmpty() throws Exception {
        Report report = Json.convert(written(new Report(null, null, null)), Report.class, "report.json");
        assertEquals(List.of(), report.arms());
        assertEquals(0, report.versions().size());
    }

    // Reports and checkpoints that were written before usage was kept.
    @Test
    void aPointWithoutUsageHasNone() {
        ObjectNode old = Json.tree(Example.point(5, 5, 1.5, 0.5, new UsePoint(1, 0.25, 0.5, 0.75)));
        assertEquals("kl_weighted layer top1_pooled topk", names(old.get("usage").get(0)));
        assertEquals(List.of(new UsePoint(1, 0.25, 0.5, 0.75)), Json.convert(old, CurvePoint.class, "new").usage());
        old.remove("usage");
        assertEquals(List.of(), Json.convert(old, CurvePoint.class, "old").usage());
    }

    @Test
    void deviationsAreOfASampleAndOnlyFiniteValuesCount() {
        Stat stat = Stat.of(Stream.of(1.0, null, 3.0, Double.NaN, Double.POSITIVE_INFINITY, 5.0));
        assertEquals(new Stat(3, 3, 2, 1, 5), stat); // (4 + 0 + 4) / (3 - 1) = 2²
        assertEquals("3.0 ± 2.0", stat.text("%.1f"));
        assertEquals("1–5", stat.range("%.0f"));
        assertEquals("7", Stat.of(Stream.of(7.0)).text("%.0f"));
        assertEquals("7", Stat.of(Stream.of(7.0, 7.1)).range("%.0f"));
        assertEquals("–", Stat.of(Stream.of(Double.NaN)).text("%.0f"));
        assertEquals("–", Stat.of(Stream.empty()).range("%.0f"));
    }

    private static String names(JsonNode node) {
        return node.propertyStream().map(Map.Entry::getKey).sorted().collect(Collectors.joining(" "));
    }
}
