package dev.mneme.pkm;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.mneme.pkm.MemoryUsage.Inequality;
import dev.mneme.torch.DType;
import dev.mneme.torch.Tensor;
import dev.mneme.torch.TensorScope;
import dev.mneme.torch.Torch;
import dev.mneme.torch.testing.Golden;
import dev.mneme.torch.testing.NoLeaks;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Closed forms, and numbers that NumPy computed. Both sides are float64 with sums of at most ten thousand terms: 1e-11 is rounding.
@ExtendWith(NoLeaks.class)
class MemoryUsageTest {
    private static final double ROUNDING = 1e-11;

    @ParameterizedTest
    @CsvSource({"1, 1, 1, 1", "8, 4, 8, 8", "10, 5, 9, 10", "100, 50, 90, 99", "10000, 5000, 9000, 9900"})
    void uniformUseHasNoInequality(int slots, long top50, long top90, long top99) {
        double[] use = new double[slots];
        Arrays.fill(use, 3);
        Inequality measured = Inequality.of(use);
        assertEquals(1, measured.used());
        assertEquals(0, measured.kl(), ROUNDING);
        assertEquals(0, measured.gini(), ROUNDING);
        assertEquals(top50, measured.top50());
        assertEquals(top90, measured.top90());
        assertEquals(top99, measured.top99());
    }

    @ParameterizedTest
    @CsvSource({"100, 25", "64, 1", "40, 39", "1000, 10"})
    void aShareUsedEvenlyHasItsLogarithmAsDivergence(int slots, int usedSlots) {
        double share = usedSlots / (double) slots;
        double[] use = new double[slots];
        for (int i = 0; i < usedSlots; i++) {
            use[(i * 7 + 3) % slots] = 5; // 7 has no divisor in common with the sizes above
        }
        Inequality measured = Inequality.of(use);
        assertEquals(share, measured.used());
        assertEquals(-Math.log(share), measured.kl(), ROUNDING);
        assertEquals(1 - share, measured.gini(), ROUNDING);
        assertEquals(Math.ceil(usedSlots * 0.5), measured.top50());
    }

    @Test
    void oneSlotHasTheLargestDivergence() {
        double[] use = new double[36];
        use[17] = 1e6;
        assertEquals(new Inequality(1 / 36.0, Math.log(36), 1 - 1 / 36.0, 1, 1, 1), rounded(Inequality.of(use)));
    }

    /// Its kl and gini replaced by the closed forms of one slot of 36 where they agree up to rounding.
    private static Inequality rounded(Inequality measured) {
        assertEquals(Math.log(36), measured.kl(), ROUNDING);
        assertEquals(35 / 36.0, measured.gini(), ROUNDING);
        return new Inequality(measured.used(), Math.log(36), 1 - 1 / 36.0, measured.top50(), measured.top90(), measured.top99());
    }

    @Test
    void skewedUseMeasuresAsNumPyDoes() throws IOException {
        JsonNode golden = new ObjectMapper().readTree(Golden.file("metrics.json").toFile());
        int slots = golden.get("slots").asInt();
        int queries = golden.get("queries").asInt();
        double[] mass = doubles(golden.get("mass"));
        double[] counts = doubles(golden.get("counts"));
        // The file has histograms; these are hits that add up to them: a hit of its mass for each slot, each count one by one,
        // and each head's best slots in turn.
        try (var scope = TensorScope.open(); var byMass = new MemoryUsage(1, slots); var byCount = new MemoryUsage(1, slots);
                var byBest = new MemoryUsage(2, slots)) {
            byMass.add(new Hits(Tensor.of(mass, slots, 1, 1), Tensor.of(LongStream.range(0, slots).toArray(), slots, 1, 1)));
            agree(golden.get("weighted"), byMass.report().weighted());

            long[] reads = repeated(counts);
            byCount.add(new Hits(Tensor.ones(DType.FLOAT32, reads.length, 1, 1), Tensor.of(reads, reads.length, 1, 1)));
            agree(golden.get("by_counts"), byCount.report().counts());
            assertEquals(golden.get("by_counts").get("usage").asDouble(), byCount.report().topk());

            long[] first = repeated(doubles(golden.get("top1").get(0)));
            long[] second = repeated(doubles(golden.get("top1").get(1)));
            long[] best = IntStream.range(0, 2 * queries).mapToLong(i -> (i % 2 == 0 ? first : second)[i / 2]).toArray();
            byBest.add(new Hits(Tensor.ones(DType.FLOAT32, queries, 2, 1), Tensor.of(best, queries, 2, 1)));
            assertArrayEquals(doubles(golden.get("top1_usage_per_head")), byBest.report().top1PerHead());
            assertEquals(golden.get("top1_usage").asDouble(), byBest.report().top1Pooled());
            assertEquals(2 * queries, byBest.report().queries());
        }
    }

    private static void agree(JsonNode expected, Inequality measured) {
        assertEquals(expected.get("usage").asDouble(), measured.used());
        assertEquals(expected.get("kl").asDouble(), measured.kl(), ROUNDING);
        assertEquals(expected.get("gini").asDouble(), measured.gini(), ROUNDING);
        assertEquals(expected.get("top50").asLong(), measured.top50());
        assertEquals(expected.get("top90").asLong(), measured.top90());
        assertEquals(expected.get("top99").asLong(), measured.top99());
    }

    private static double[] doubles(JsonNode numbers) {
        return StreamSupport.stream(numbers.spliterator(), false).mapToDouble(JsonNode::asDouble).toArray();
    }

    /// Each slot as often as it was counted.
    private static long[] repeated(double[] counts) {
        return IntStream.range(0, counts.length).boxed()
                .flatMapToLong(slot -> LongStream.generate(() -> slot).limit((long) counts[slot])).toArray();
    }

    @Test
    void hitsAreCountedPerHeadAndPooled() {
        // Two queries, two heads, two of four slots each. Head 0 has slot 0 as its best both times, head 1 slots 0 and 2.
        long[] ids = {0, 1, 0, 3, /**/ 0, 1, 2, 1};
        double[] weights = {0.75, 0.25, 0.5, 0.5, /**/ 1, 0, 0.625, 0.375};
        try (var scope = TensorScope.open(); var usage = new MemoryUsage(2, 4)) {
            usage.add(new Hits(Tensor.of(weights, 2, 2, 2), Tensor.of(ids, 2, 2, 2)));
            MemoryUsage.Report report = usage.report();
            assertEquals(4, report.queries());
            assertEquals(1, report.topk());
            assertEquals(0.5, report.top1Pooled());
            assertArrayEquals(new double[] {0.25, 0.5}, report.top1PerHead());
            assertEquals(Inequality.of(new double[] {3, 3, 1, 1}), report.counts());
            assertEquals(Inequality.of(new double[] {2.25, 0.625, 0.625, 0.5}), report.weighted());
        }
    }

    @Test
    void theBestIsTheLargestWeightWhereverItStands() {
        try (var scope = TensorScope.open(); var usage = new MemoryUsage(1, 3)) {
            usage.add(new Hits(Tensor.of(new double[] {0.25, 0.75}, 1, 1, 2), Tensor.of(new long[] {0, 2}, 1, 1, 2)));
            usage.add(new Hits(Tensor.of(new double[] {0.75, 0.25}, 1, 1, 2), Tensor.of(new long[] {2, 1}, 1, 1, 2)));
            assertEquals(1 / 3.0, usage.report().top1Pooled());
        }
    }

    @Test
    void batchesAddUp() {
        int rows = 60;
        try (var scope = TensorScope.open(); var whole = new MemoryUsage(2, 36); var streamed = new MemoryUsage(2, 36)) {
            Tensor ids = Torch.randint(0, 36, rows, 2, 4);
            Tensor weights = Tensor.randn(null, DType.FLOAT32, rows, 2, 4).softmax(-1);
            whole.add(new Hits(weights, ids));
            for (int[] part : new int[][] {{0, 1}, {1, 30}, {31, 29}}) {
                streamed.add(new Hits(weights.narrow(0, part[0], part[1]), ids.narrow(0, part[0], part[1])));
            }
            MemoryUsage.Report a = whole.report();
            MemoryUsage.Report b = streamed.report();
            assertEquals(a.queries(), b.queries());
            assertEquals(a.topk(), b.topk());
            assertEquals(a.top1Pooled(), b.top1Pooled());
            assertArrayEquals(a.top1PerHead(), b.top1PerHead());
            assertEquals(a.counts(), b.counts());
            assertEquals(a.weighted().kl(), b.weighted().kl(), ROUNDING);
            assertEquals(a.weighted().gini(), b.weighted().gini(), ROUNDING);
            assertEquals(b.weighted(), streamed.report().weighted(), "asking changes nothing");
        }
    }

    @Test
    void countsBeyondTwoToThe24StayExact() {
        // float32 counters stop at 2^24: slots read 2^25 and 2^24 times would look alike.
        long batch = 1 << 22;
        try (var usage = new MemoryUsage(1, 2)) {
            for (int i = 0; i < 12; i++) {
                try (var scope = TensorScope.open()) {
                    Tensor ids = Torch.full(new long[] {batch, 1, 1}, (long) (i % 3 == 2 ? 1 : 0), DType.INT64);
                    usage.add(new Hits(Tensor.ones(DType.FLOAT32, batch, 1, 1), ids));
                }
            }
            MemoryUsage.Report report = usage.report();
            assertEquals(12 * batch, report.queries());
            double kl = Math.log(2) + 2 / 3.0 * Math.log(2 / 3.0) + 1 / 3.0 * Math.log(1 / 3.0);
            assertEquals(kl, report.counts().kl(), ROUNDING);
            assertEquals(kl, report.weighted().kl(), ROUNDING);
            assertEquals(1 / 6.0, report.counts().gini(), ROUNDING);
        }
    }

    @Test
    void aReportBeforeAnyLookupIsRefused() {
        try (var usage = new MemoryUsage(2, 36)) {
            var e = assertThrows(IllegalStateException.class, usage::report);
            assertEquals("MemoryUsage: no lookups were counted. Run the model over some text first.", e.getMessage());
        }
    }

    @Test
    void itObservesTheLookupsOfAMemory() {
        var config = new ProductKeyConfig(5, 3, 4, 2, 6, ProductKeyConfig.QueryNorm.BATCH, ProductKeyConfig.ValueInit.NORMAL);
        try (var scope = TensorScope.open(); var memory = new ProductKeyMemory(config); var usage = MemoryUsage.of(memory)) {
            memory.train(false);
            ProductKeyMemory.Observation observation = memory.observe(usage::add);
            memory.forward(Tensor.randn(null, DType.FLOAT32, 7, 5), null);
            memory.forward(Tensor.randn(null, DType.FLOAT32, 7, 5), Tensor.of(new long[] {0, 6}, 2));
            assertEquals((7 + 2) * 3, usage.report().queries(), "real tokens times heads");
            observation.close();
            memory.forward(Tensor.randn(null, DType.FLOAT32, 7, 5), null);
            assertEquals(27, usage.report().queries(), "an observer that was taken away sees nothing");
        }
    }

    /// One query of one head a row: the first memory reads slot 3 five times and slot 1 twice, the second slot 1 four times and slot 9 four
    /// times. Together slot 1 has six reads, slot 3 five, slot 9 four.
    @Test
    void theMostReadRowsOfASharedTableAreThoseThatAllMemoriesReadMost() {
        try (var scope = TensorScope.open(); var first = new MemoryUsage(1, 16); var second = new MemoryUsage(1, 16)) {
            first.add(reads(3, 3, 3, 3, 3, 1, 1));
            second.add(reads(1, 1, 1, 1, 9, 9, 9, 9));
            assertArrayEquals(new double[] {3}, MemoryUsage.mostRead(List.of(first), 1).toDoubles());
            assertArrayEquals(new double[] {1, 3, 9}, MemoryUsage.mostRead(List.of(first, second), 3).toDoubles());
            assertArrayEquals(new double[] {1, 3, 9}, MemoryUsage.mostRead(List.of(first, second), 16).toDoubles(), "none that was never read");
        }
    }

    private static Hits reads(int... slots) {
        Tensor ids = Tensor.of(slots, slots.length, 1, 1);
        return new Hits(Tensor.ones(DType.FLOAT32, slots.length, 1, 1), ids);
    }
}
