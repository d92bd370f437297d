package dev.mneme.pkm;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.mneme.torch.DType;
import dev.mneme.torch.Tensor;
import dev.mneme.torch.TensorScope;
import dev.mneme.torch.testing.NoLeaks;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.DoubleSupplier;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The search is compared with one over all n² slots in plain Java. Queries and keys are multiples of 1/64 and small, so
/// every score is exact in float32 in whatever order it is summed, and "equal" means equal.
@ExtendWith(NoLeaks.class)
class ProductKeyTopKTest {
    private static final int HALF = 3; // dk / 2

    @ParameterizedTest
    @CsvSource({"1, 1", "2, 3", "3, 5", "4, 8", "8, 20", "10, 27", "16, 50", "32, 119", "100, 482"}) // OEIS A006218
    void theStaircaseHasTheSumOfTheQuotients(int k, int pairs) {
        long[][] ranks = ComposedTopK.staircase(k);
        assertEquals(pairs, ranks[0].length);
        assertEquals(pairs, ranks[1].length);
    }

    @Test
    void theStaircaseIsAllPairsThatFewerThanKOthersBeat() {
        int k = 12;
        Set<Long> expected = new HashSet<>();
        for (long a = 0; a < k; a++) {
            for (long b = 0; b < k; b++) {
                if ((a + 1) * (b + 1) <= k) { // (a + 1)(b + 1) - 1 pairs have both ranks at least as good
                    expected.add(a * k + b);
                }
            }
        }
        long[][] ranks = ComposedTopK.staircase(k);
        Set<Long> found = new HashSet<>();
        for (int c = 0; c < ranks[0].length; c++) {
            assertTrue(found.add(ranks[0][c] * k + ranks[1][c]), "a pair is listed once");
        }
        assertEquals(expected, found);
    }

    @ParameterizedTest
    @CsvSource({"1, 1, 1, 1", "3, 2, 5, 1", "4, 3, 7, 7", "2, 4, 16, 5", "5, 2, 12, 12", "3, 1, 64, 32", "3, 2, 33, 32"})
    void itFindsTheScoresOfTheFullSearch(int rows, int heads, int n, int k) {
        RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(17);
        DoubleSupplier fine = () -> random.nextInt(-256, 257) / 64.0;
        DoubleSupplier coarse = () -> random.nextInt(-1, 2); // most scores are shared by many slots
        compare(rows, heads, n, k, fine, fine);
        compare(rows, heads, n, k, coarse, coarse);
        compare(rows, heads, n, k, () -> 0, fine); // all scores are equal
        compare(rows, heads, n, k, () -> 1, coarse); // all queries are equal
    }

    @FunctionalInterface
    private interface Search {
        Hits topk(Tensor queries, Tensor keys);
    }

    private static void compare(int rows, int heads, int n, int k, DoubleSupplier query, DoubleSupplier key) {
        double[] queries = drawn(rows * heads * 2 * HALF, query);
        double[] keys = drawn(heads * 2 * n * HALF, key);
        try (var scope = TensorScope.open()) {
            var composed = new ComposedTopK(k, n);
            for (Search search : List.<Search>of((q, sub) -> MemoryOps.topk(q, sub, k), composed::topk)) {
                Hits hits = search.topk(Tensor.of(queries, rows, heads, 2 * HALF).to(DType.FLOAT32),
                        Tensor.of(keys, heads, 2, n, HALF).to(DType.FLOAT32));
                assertArrayEquals(new long[] {rows, heads, k}, hits.ids().shape());
                assertArrayEquals(new long[] {rows, heads, k}, hits.weights().shape());
                long[] ids = hits.ids().toLongs();
                double[] weights = hits.weights().toDoubles();
                for (int r = 0; r < rows; r++) {
                    for (int h = 0; h < heads; h++) {
                        int at = (r * heads + h) * k;
                        check(scores(queries, keys, r, h, heads, n), Arrays.copyOfRange(ids, at, at + k),
                                Arrays.copyOfRange(weights, at, at + k));
                    }
                }
            }
        }
    }

    private static void check(double[] scores, long[] ids, double[] weights) {
        double[] best = Arrays.stream(scores).map(s -> -s).sorted().map(s -> -s).limit(ids.length).toArray();
        double[] found = Arrays.stream(ids).mapToDouble(id -> scores[Math.toIntExact(id)]).toArray();
        assertArrayEquals(best, found, "the k largest of the n² scores, descending");
        assertEquals(ids.length, Arrays.stream(ids).distinct().count(), "a head reads a slot once");

        double sum = Arrays.stream(best).map(s -> Math.exp(s - best[0])).sum();
        double[] softmax = Arrays.stream(best).map(s -> Math.exp(s - best[0]) / sum).toArray();
        assertArrayEquals(softmax, weights, 1e-6); // float32 has a spacing of 6e-8 below 1, and a few roundings add
        assertEquals(1, Arrays.stream(weights).sum(), 1e-6);
    }

    /// Slot i·n + j scores q₁·K1[i] + q₂·K2[j].
    private static double[] scores(double[] queries, double[] keys, int row, int head, int heads, int n) {
        var scores = new double[n * n];
        int q = (row * heads + head) * 2 * HALF;
        for (int slot = 0; slot < scores.length; slot++) {
            int first = (head * 2 * n + slot / n) * HALF;
            int second = ((head * 2 + 1) * n + slot % n) * HALF;
            for (int c = 0; c < HALF; c++) {
                scores[slot] += queries[q + c] * keys[first + c] + queries[q + HALF + c] * keys[second + c];
            }
        }
        return scores;
    }

    private static double[] drawn(int count, DoubleSupplier source) {
        return DoubleStream.generate(source).limit(count).toArray();
    }

    @Test
    void weightsAreComputedInFloat32OrWider() {
        try (var scope = TensorScope.open()) {
            assertEquals(DType.FLOAT32, weights(DType.BFLOAT16).dtype());
            assertEquals(DType.FLOAT32, weights(DType.FLOAT32).dtype());
            assertEquals(DType.FLOAT64, weights(DType.FLOAT64).dtype());
        }
    }

    private static Tensor weights(DType dtype) {
        return MemoryOps.topk(Tensor.ones(dtype, 3, 1, 2 * HALF), Tensor.ones(dtype, 1, 2, 4, HALF), 2).weights();
    }

    @Test
    void weightsCarryGradientsToQueriesAndKeysAndIdsNone() {
        try (var scope = TensorScope.open()) {
            Tensor queries = Tensor.randn(null, DType.FLOAT32, 3, 1, 2 * HALF).requiresGrad(true);
            Tensor keys = Tensor.randn(null, DType.FLOAT32, 1, 2, 4, HALF).requiresGrad(true);
            Hits hits = MemoryOps.topk(queries, keys, 2);
            assertTrue(hits.weights().requiresGrad());
            assertFalse(hits.ids().requiresGrad());
            hits.weights().select(2, 0).sum().backward();
            assertTrue(queries.grad().countNonzero().itemLong() > 0);
            assertTrue(keys.grad().countNonzero().itemLong() > 0);
        }
    }
}
