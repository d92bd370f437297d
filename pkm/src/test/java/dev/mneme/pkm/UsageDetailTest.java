package dev.mneme.pkm;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.mneme.pkm.UsageDetail.HeatMap;
import dev.mneme.pkm.UsageDetail.SortedUse;
import dev.mneme.torch.DType;
import dev.mneme.torch.Tensor;
import dev.mneme.torch.TensorScope;
import dev.mneme.torch.Torch;
import dev.mneme.torch.testing.NoLeaks;
import java.util.Arrays;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Histograms whose order and sums are known in closed form.
@ExtendWith(NoLeaks.class)
class UsageDetailTest {
    @Test
    void aFewSlotsAreAllOfTheCurve() {
        SortedUse sorted = SortedUse.of(new double[] {1, 0, 5, 2, 0, 8});
        assertEquals(6, sorted.slots());
        assertEquals(4, sorted.used());
        assertArrayEquals(new long[] {1, 2, 3, 4}, sorted.ranks());
        assertArrayEquals(new double[] {8 / 16.0, 5 / 16.0, 2 / 16.0, 1 / 16.0}, sorted.shares());
    }

    /// The slot at rank r of K is used K + 1 - r times, in a shuffled order.
    @Test
    void manySlotsAreReducedToPointsThatAreExact() {
        int slots = 10_007; // a prime, so that multiples of 17 visit every slot
        double[] use = new double[slots];
        for (int i = 0; i < slots; i++) {
            use[(int) (17L * i % slots)] = i + 1;
        }
        SortedUse sorted = SortedUse.of(use);
        double sum = slots * (slots + 1.0) / 2;
        long[] ranks = sorted.ranks();
        assertTrue(ranks.length <= SortedUse.POINTS && ranks.length > 150, ranks.length + " points");
        assertEquals(1, ranks[0]);
        assertEquals(slots, ranks[ranks.length - 1]);
        for (int i = 0; i < ranks.length; i++) {
            assertEquals((slots + 1 - ranks[i]) / sum, sorted.shares()[i]);
        }
        double factor = Math.pow(slots, 1 / 255.0); // between neighbours, give or take what rounding to a whole rank moves either
        for (int i = 1; i < ranks.length; i++) {
            assertTrue(ranks[i] > ranks[i - 1], ranks[i - 1] + " " + ranks[i]);
            assertTrue(ranks[i] - 0.5 <= Math.max(ranks[i - 1] + 1, (ranks[i - 1] + 0.5) * factor), ranks[i - 1] + " " + ranks[i]);
        }
    }

    @Test
    void oneSlotIsOnePoint() {
        double[] use = new double[100];
        use[40] = 1e-300;
        SortedUse sorted = SortedUse.of(use);
        assertArrayEquals(new long[] {1}, sorted.ranks());
        assertArrayEquals(new double[] {1}, sorted.shares());
    }

    /// Slot s is counted s times; n sub-keys, of which a cell spans a block either way.
    @ParameterizedTest
    @CsvSource({"1, 1, 1", "5, 1, 5", "64, 1, 64", "65, 2, 33", "100, 2, 50", "512, 8, 64"})
    void cellsAreSumsOverBlocksOfSlots(int n, int block, int side) {
        HeatMap map = HeatMap.of(LongStream.range(0, (long) n * n).toArray(), n);
        assertEquals(block, map.block());
        assertEquals(side, map.cells().length);
        assertEquals((long) n * n * ((long) n * n - 1) / 2, map.sum());
        long first = IntStream.range(0, block * block).mapToLong(s -> (long) s / block * n + s % block).sum();
        assertEquals(n == 1 ? 0 : first, map.cells()[0][0]);
        for (long[] row : map.cells()) {
            assertEquals(side, row.length);
        }
    }

    @Test
    void rowsAreTheFirstSubKeyAndColumnsTheSecond() {
        long[] counts = new long[9];
        counts[1 * 3 + 2] = 7;
        assertArrayEquals(new long[] {0, 0, 7}, HeatMap.of(counts, 3).cells()[1]);
    }

    @Test
    void eachHeadsCellsAddUpToItsQueries() {
        int rows = 50;
        int heads = 3;
        try (var scope = TensorScope.open(); var usage = new MemoryUsage(heads, 70 * 70)) {
            Tensor ids = Torch.randint(0, 70 * 70, rows, heads, 4);
            usage.add(new Hits(Tensor.randn(null, DType.FLOAT32, rows, heads, 4).softmax(-1), ids));
            UsageDetail detail = usage.detail();
            assertEquals(70, detail.subKeys());
            assertEquals(heads, detail.best().size());
            detail.best().forEach(map -> assertEquals(rows, map.sum()));
            assertEquals(usage.report().topk(), detail.counts().used() / 4900.0);
        }
    }

    @Test
    void weightsReadsAndBestMatchesAreToldApart() {
        // Two queries of one head: slot 3 with weight 0.75 and slot 0 with 0.25; then slot 3 with 0.625 and slot 1 with 0.375.
        try (var scope = TensorScope.open(); var usage = new MemoryUsage(1, 4)) {
            usage.add(new Hits(Tensor.of(new double[] {0.75, 0.25, 0.625, 0.375}, 2, 1, 2), Tensor.of(new long[] {3, 0, 3, 1}, 2, 1, 2)));
            UsageDetail detail = usage.detail();
            assertArrayEquals(new double[] {1.375 / 2, 0.375 / 2, 0.25 / 2}, detail.weighted().shares());
            assertArrayEquals(new double[] {0.5, 0.25, 0.25}, detail.counts().shares());
            assertEquals("[[0, 0], [0, 2]]", Arrays.deepToString(detail.best().getFirst().cells()));
        }
    }

    @Test
    void whatCannotBeDrawnIsRefused() {
        try (var scope = TensorScope.open(); var usage = new MemoryUsage(1, 3)) {
            assertEquals("MemoryUsage: no lookups were counted. Run the model over some text first.",
                    assertThrows(IllegalStateException.class, usage::detail).getMessage());
            usage.add(new Hits(Tensor.ones(DType.FLOAT32, 1, 1, 1), Tensor.of(new long[] {2}, 1, 1, 1)));
            assertEquals("MemoryUsage: 3 slots are to be laid out by two sub-keys, and are no square. Count the slots of a product-key memory.",
                    assertThrows(IllegalStateException.class, usage::detail).getMessage());
        }
    }
}
