package dev.mneme.models.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ReportTableTest {
    // Deviations of two seeds are their difference / √2: facts 4 / √2 = 2.8 and 10 / √2 = 7.1, loss 0.2 / √2 = 0.141,
    // top-k 10 / √2 = 7.1, top-1 20 / √2 = 14.1, KL 0.5 / √2 = 0.35. The last row is the mean of two memories of one seed.
    private static final String TABLE = """
                                            memory             facts          MLM  tokens     top-k      top-1  top-1 per         KL
            arm                      steps   steps  params         %         loss   per s         %   pooled %     head %       nats
            ────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────
            none                     4,000       0  1.235M  42.0±2.8  2.100±0.141  21,000         –          –          –          –
            residual-scratch
             equal steps with memory 2,000   2,000  2.346M  50.0±0.0  1.500±0.000       –  85.0±7.1  30.0±14.1  10.0–30.0  1.25±0.35
             equal total steps       4,000   4,000  2.346M  65.0±7.1  1.100±0.141  10,000  85.0±7.1  30.0±14.1  10.0–30.0  1.25±0.35
            residual-pretrained      3,000   1,000  2.346M         –            –  10,000      95.0       60.0  25.0–55.0       0.60

            ± is the sample standard deviation over seeds 1, 2.
            The loss of residual-pretrained from seed 1 is not finite and is left out of the mean.
            facts: masked facts completed right. MLM loss: on held-out text, nats per masked token.
            top-k: slots read at all. top-1: slots that were some query's best match, pooled over heads, and the range over heads.
            KL: of the weight per slot from even use, 0 if even. Each over 98,304 queries, mean over layers 1, 3.
            """;

    private final Locale before = Locale.getDefault();

    // Where 1.5 is written 1,5.
    @BeforeEach
    void goAbroad() {
        Locale.setDefault(Locale.GERMANY);
    }

    @AfterEach
    void comeHome() {
        Locale.setDefault(before);
    }

    @Test
    void seedsBecomeMeansAndArmsFromScratchHaveTwoRows() {
        assertEquals(TABLE, ReportTable.text(Example.report()));
    }

    @Test
    void theMarkdownTableHasTheSameCells() {
        assertEquals("""
                | arm | steps | memory steps | params | facts % | MLM loss | tokens per s | top-k % | top-1 pooled % | top-1 per head % | KL nats |
                |:---|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|
                | none | 4,000 | 0 | 1.235M | 42.0 ± 2.8 | 2.100 ± 0.141 | 21,000 | – | – | – | – |
                | residual-scratch, equal steps with memory | 2,000 | 2,000 | 2.346M | 50.0 ± 0.0 | 1.500 ± 0.000 | – | 85.0 ± 7.1 | 30.0 ± 14.1 | 10.0–30.0 | 1.25 ± 0.35 |
                | residual-scratch, equal total steps | 4,000 | 4,000 | 2.346M | 65.0 ± 7.1 | 1.100 ± 0.141 | 10,000 | 85.0 ± 7.1 | 30.0 ± 14.1 | 10.0–30.0 | 1.25 ± 0.35 |
                | residual-pretrained | 3,000 | 1,000 | 2.346M | – | – | 10,000 | 95.0 | 60.0 | 25.0–55.0 | 0.60 |
                """, ReportTable.markdown(Example.report()));
    }

    @Test
    void oneSeedHasNoDeviationAndColumnsStandApart() {
        var report = new Report(null, null, List.of(Example.none(7, 2.0, 0.4, 20_000)));
        assertEquals("""
                             memory          facts    MLM  tokens  top-k     top-1  top-1 per    KL
                arm   steps   steps  params      %   loss   per s      %  pooled %     head %  nats
                ───────────────────────────────────────────────────────────────────────────────────
                none  4,000       0  1.235M   40.0  2.000  20,000      –         –          –     –

                facts: masked facts completed right. MLM loss: on held-out text, nats per masked token.
                """, ReportTable.text(report));
    }

    @Test
    void aTerminalOf120ColumnsHoldsLongNamesAndManySteps() {
        var arms = new ArrayList<Arm>();
        for (long seed = 1; seed <= 3; seed++) {
            LayerUsage usage = Example.usage(1, 0.2 * seed, 0.3 * seed, 3 + seed, 0.0, 0.999);
            arms.add(new Arm("a-name-that-somebody-made-up-for-pretraining", seed, 10_000, 10_000, 123_456_789, 10 + seed,
                    0.3 * seed, 100_000, List.of(), List.of(usage),
                    new Reading(5_000, 5_000, 10 + seed, 0.3 * seed, List.of(usage))));
        }
        String text = ReportTable.text(new Report(null, null, arms));
        assertTrue(text.lines().allMatch(line -> line.length() <= 120), text);
        assertTrue(text.contains("a-name-that-somebody-made-u…"), text);
    }

    @Test
    void aReportWithoutArmsIsATableWithoutRows() {
        assertEquals(2, ReportTable.markdown(new Report(null, null, null)).lines().count());
        assertTrue(ReportTable.text(new Report(null, null, null)).startsWith("            memory"));
    }

    @Test
    void aBarInANameDoesNotEndItsCell() {
        var arm = new Arm("a|b", 1, 1, 0, 999_949, 1, null, Double.NaN, null, null, null);
        assertTrue(ReportTable.markdown(new Report(null, null, List.of(arm)))
                .endsWith("| a\\|b | 1 | 0 | 999.9K | – | 1.000 | – | – | – | – | – |\n"));
    }

    @Test
    void largeCountsHaveFourDigits() {
        assertEquals(List.of("987", "12.35K", "1.235M", "123.5M", "4.000G"),
                List.of(987.0, 12_345.0, 1_234_567.0, 123_456_789.0, 4e9).stream().map(ReportTable::count).toList());
    }
}
