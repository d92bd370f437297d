package dev.mneme.pkm;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.mneme.pkm.ProductKeyConfig.ValueInit;
import dev.mneme.pkm.SparseAdam.Mode;
import dev.mneme.torch.DType;
import dev.mneme.torch.Generator;
import dev.mneme.torch.Native;
import dev.mneme.torch.NoGrad;
import dev.mneme.torch.Op;
import dev.mneme.torch.Tensor;
import dev.mneme.torch.TensorScope;
import dev.mneme.torch.Torch;
import dev.mneme.torch.testing.Golden;
import dev.mneme.torch.testing.NoLeaks;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The memory's ops against compositions of libtorch's, over sizes that are odd in some way.
@ExtendWith(NoLeaks.class)
class MemoryOpsTest {
    private static final Op BACKWARD = Op.find("mneme::memory_backward");
    private static final Op WEIGHT_GRADIENT = Op.find("mneme::memory_weight_gradient");
    private static final Op DENSE = Op.find("mneme::memory_dense_gradient");
    private static final Op SELECT = Op.find("mneme::product_key_select");
    private static final Op FUSED = Op.find("mneme::memory_backward_adam_");

    /// Σ over the hits of a row of weight · value, as libtorch does it. Dense gradients.
    private static Tensor composedBag(Tensor ids, Tensor weights, Tensor values) {
        Tensor rows = values.indexSelect(0, ids.reshape(-1)).reshape(ids.size(0), ids.size(1), values.size(1)); // (B, N, D)
        return weights.unsqueeze(2).mul(rows).sum(1L);
    }

    private static double largest(Tensor tensor) {
        return tensor.numel() == 0 ? 0 : tensor.detach().abs().max().item();
    }

    /// Sizes: one token; k = n; n not a power of two; more tokens than a chunk holds. Scores are sums of dk products of order 1.
    @ParameterizedTest
    @CsvSource({"FLOAT64, 1, 1, 1, 1, 2", "FLOAT64, 1, 2, 5, 5, 6", "FLOAT64, 7, 3, 13, 4, 10", "FLOAT64, 40, 2, 37, 32, 16",
            "FLOAT32, 300, 4, 100, 32, 32", "FLOAT32, 1, 1, 512, 32, 256", "FLOAT32, 1500, 4, 512, 8, 8", "FLOAT32, 3, 2, 700, 600, 8"})
    void topkAndItsGradientsAreThoseOfTheComposition(DType dtype, int tokens, int heads, int n, int k, int dk) {
        double tolerance = dtype == DType.FLOAT64 ? 1e-12 : 2e-4; // float32 scores of up to 40 round to 2e-6, and weights carry that on
        try (var scope = TensorScope.open(); var generator = Generator.of(3)) {
            Tensor queries = Tensor.randn(generator, dtype, tokens, heads, dk);
            Tensor keys = Tensor.randn(generator, dtype, heads, 2, n, dk / 2);
            Tensor direction = Tensor.randn(generator, dtype, tokens, heads, k);
            var results = new ArrayList<List<Tensor>>();
            for (boolean composed : new boolean[] {false, true}) {
                Tensor q = queries.detach().copy().requiresGrad(true);
                Tensor s = keys.detach().copy().requiresGrad(true);
                Hits hits = composed ? new ComposedTopK(k, n).topk(q, s) : MemoryOps.topk(q, s, k);
                hits.weights().mul(direction).sum().backward();
                results.add(List.of(hits.weights(), q.grad(), s.grad(), hits.ids()));
            }
            assertEquals(DType.INT32, results.get(0).get(3).dtype());
            if (dtype == DType.FLOAT64) { // in float32 two scores may swap places by rounding
                assertArrayEquals(results.get(1).get(3).toLongs(), results.get(0).get(3).toLongs());
            }
            for (int i = 0; i < 3; i++) {
                Golden.assertClose(results.get(1).get(i), results.get(0).get(i), tolerance * (1 + largest(results.get(1).get(i))),
                        List.of("weights", "gradient of queries", "gradient of keys").get(i));
            }
        }
    }

    @Test
    void aGradientOfTheScoresReachesTheQueriesToo() {
        try (var scope = TensorScope.open(); var generator = Generator.of(3)) {
            Tensor queries = Tensor.randn(generator, DType.FLOAT64, 4, 2, 6).requiresGrad(true);
            Tensor keys = Tensor.randn(generator, DType.FLOAT64, 2, 2, 9, 3);
            List<Object> results = Op.find("mneme::product_key_topk").call(queries, keys, 5, true);
            Tensor scores = (Tensor) results.get(2);
            Golden.assertClose(scores.softmax(-1, DType.FLOAT64), (Tensor) results.get(0), 1e-15, "weights");
            scores.sum().backward();
            Tensor ids = ((Tensor) results.get(1)).to(DType.INT64); // d score / d query is the two sub-keys
            for (int h = 0; h < 2; h++) {
                Tensor slots = ids.select(1, h).reshape(-1);
                Tensor first = keys.select(0, h).select(0, 0).indexSelect(0, slots.floorDivide(9)).reshape(4, 5, 3).sum(1L);
                Tensor second = keys.select(0, h).select(0, 1).indexSelect(0, slots.remainder(9)).reshape(4, 5, 3).sum(1L);
                Golden.assertClose(Torch.cat(List.of(first, second), 1), queries.grad().select(1, h), 1e-12, "head " + h);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"1, 1, 1, 4", "3, 5, 7, 12", "1, 200, 10, 768", "50, 16, 1000, 64", "4, 0, 10, 8", "0, 4, 10, 8", "5, 3, 1, 20"})
    void bagsAndTheirGradientsAreThoseOfTheComposition(int bags, int perBag, int slots, int width) {
        try (var scope = TensorScope.open(); var generator = Generator.of(5)) {
            for (DType dtype : new DType[] {DType.FLOAT64, DType.FLOAT32, DType.BFLOAT16}) {
                DType real = dtype == DType.FLOAT64 ? DType.FLOAT64 : DType.FLOAT32;
                double tolerance = dtype == DType.FLOAT64 ? 1e-12 : 2e-5;
                Tensor values = Tensor.randn(generator, real, slots, width).to(dtype);
                Tensor weights = Tensor.randn(generator, real, bags, perBag);
                Tensor grad = Tensor.randn(generator, real, bags, width);
                Tensor ids = Torch.randint(0, slots, bags, perBag);
                Tensor w = weights.detach().copy().requiresGrad(true);
                Tensor table = values.to(real).copy().requiresGrad(true); // the reference computes in the arithmetic's precision
                Tensor expected = composedBag(ids, w, table);
                expected.backward(grad, false, false);
                for (DType idType : new DType[] {DType.INT64, DType.INT32}) {
                    Tensor own = weights.detach().copy().requiresGrad(true);
                    Tensor y = MemoryOps.bag(new Hits(own, ids.to(idType)), values);
                    assertEquals(real, y.dtype());
                    Golden.assertClose(expected, y, tolerance * (1 + largest(expected)), "y");
                    y.backward(grad, false, false);
                    Golden.assertClose(w.grad(), own.grad(), tolerance * (1 + largest(w.grad())), "gradient of weights");

                    List<Object> compact = BACKWARD.call(grad, ids.to(idType), weights, values);
                    Golden.assertClose(w.grad(), (Tensor) compact.get(0), tolerance * (1 + largest(w.grad())), "and with the rows'");
                    long[] rows = ((Tensor) compact.get(1)).toLongs();
                    assertArrayEquals(Arrays.stream(ids.toLongs()).distinct().sorted().toArray(), rows);
                    Tensor full = table.grad().zerosLike().indexCopy_(0, (Tensor) compact.get(1), (Tensor) compact.get(2));
                    Golden.assertClose(table.grad(), full, tolerance * (1 + largest(table.grad())), "gradient of values");
                    Tensor dense = (Tensor) DENSE.call(grad, ids.to(idType), weights, slots).getFirst();
                    assertTrue(dense.equal(full), "dense and compact");
                }
            }
        }
    }

    @Test
    void theGradientOfATableIsSparseAndCoalesced() {
        try (var scope = TensorScope.open()) {
            Tensor table = Tensor.ones(DType.FLOAT32, 9, 4).requiresGrad(true);
            Tensor ids = Tensor.of(new long[] {7, 2, 7, 0}, 2, 2);
            MemoryOps.bag(new Hits(Tensor.of(new float[] {1, 2, 3, 4}, 2, 2), ids), table).sum().backward();
            Tensor expected = Tensor.of(new float[] {4, 0, 2, 0, 0, 0, 0, 4, 0}, 9, 1).expand(9, 4);
            Tensor dense = (Tensor) Op.find("aten::to_dense").call(table.grad()).getFirst();
            assertArrayEquals(expected.contiguous().toFloats(), dense.toFloats());
        }
    }

    /// All bits of everything, over runs and numbers of threads; rows with one hit, with many, and one with 100,000.
    @Test
    void resultsDoNotDependOnThreads() {
        int threads = Native.threads();
        try (var scope = TensorScope.open(); var generator = Generator.of(7)) {
            Tensor queries = Tensor.randn(generator, DType.FLOAT32, 700, 4, 32);
            Tensor keys = Tensor.randn(generator, DType.FLOAT32, 4, 2, 64, 16);
            Tensor ids = Torch.randint(0, 4096, 1000, 200);
            ids.narrow(1, 0, 100).fill_(77);
            Tensor weights = Tensor.randn(generator, DType.FLOAT32, 1000, 200);
            Tensor grad = Tensor.randn(generator, DType.FLOAT32, 1000, 24);
            Tensor values = Tensor.randn(generator, DType.FLOAT32, 4096, 24);
            var runs = new ArrayList<List<Tensor>>();
            for (int each : new int[] {1, 2, 2, 3, 5}) {
                Native.setThreads(each);
                var run = new ArrayList<Tensor>();
                Tensor q = queries.detach().copy().requiresGrad(true);
                Tensor s = keys.detach().copy().requiresGrad(true);
                Hits hits = MemoryOps.topk(q, s, 32);
                hits.weights().select(2, 1).sum().backward();
                run.addAll(List.of(hits.weights(), hits.ids(), q.grad(), s.grad(), MemoryOps.bag(new Hits(weights, ids), values)));
                BACKWARD.call(grad, ids, weights, values).forEach(result -> run.add((Tensor) result));
                run.add((Tensor) WEIGHT_GRADIENT.call(grad, ids, weights, values).getFirst());
                for (DType dtype : new DType[] {DType.FLOAT32, DType.BFLOAT16}) {
                    Tensor table = values.to(dtype).copy();
                    Tensor m = values.zerosLike();
                    Tensor v = values.zerosLike();
                    Tensor counts = Tensor.zeros(DType.INT32, 4096);
                    Tensor rate = Torch.full(new long[0], 0.01, DType.FLOAT64);
                    for (long step = 1; step <= 2; step++) {
                        run.add((Tensor) FUSED.call(grad, ids, weights, table, m, v, counts, Torch.full(new long[0], step, DType.INT64),
                                rate, 0.9, 0.999, 1e-8, 0.01, false, 5).getFirst());
                    }
                    run.addAll(List.of(table, m, v, counts));
                }
                runs.add(run);
            }
            for (int run = 1; run < runs.size(); run++) {
                // The first four are top-k's, whose matrix products are MKL's: it splits them by the number of threads, equal in runs 1 and 2.
                boolean sameThreads = run == 2;
                for (int i = sameThreads ? 0 : 4; i < runs.get(0).size(); i++) {
                    assertTrue(runs.get(sameThreads ? 1 : 0).get(i).equal(runs.get(run).get(i)), "run " + run + ", result " + i);
                }
            }
        } finally {
            Native.setThreads(threads);
        }
    }

    /// The mean over many independent roundings of the same update is the update: 4,000 rows of 32 columns start alike and get the same
    /// gradient. One rounding to bfloat16 has a deviation of at most 2^-8 / 2, the mean of 128,000 of 5.5e-6; 5 of those.
    @Test
    void aBfloat16TableIsRoundedWithoutBias() {
        try (var scope = TensorScope.open(); var noGrad = NoGrad.open()) {
            int rows = 4000;
            Tensor table = Tensor.ones(DType.FLOAT32, rows, 32).to(DType.BFLOAT16);
            Tensor exact = Tensor.ones(DType.FLOAT32, rows, 32);
            Tensor ids = Torch.arange(0L, rows, 1L, DType.INT64, table.device()).reshape(rows, 1);
            Tensor weights = Tensor.ones(DType.FLOAT32, rows, 1);
            Tensor grad = Tensor.ones(DType.FLOAT32, rows, 32);
            Tensor rate = Torch.full(new long[0], 1.234e-3, DType.FLOAT64);
            for (Tensor each : new Tensor[] {table, exact}) {
                Tensor m = exact.zerosLike();
                Tensor v = exact.zerosLike();
                Tensor counts = Tensor.zeros(DType.INT32, rows);
                for (long step = 1; step <= 3; step++) { // a rate that rounding to the nearest would lose whole
                    FUSED.call(grad, ids, weights, each, m, v, counts, Torch.full(new long[0], step, DType.INT64), rate, 0.9, 0.999, 1e-8,
                            0.0, false, 11);
                }
            }
            double moved = exact.mean().item();
            assertEquals(1 - 3 * 1.234e-3, moved, 1e-5);
            assertEquals(moved, table.to(DType.FLOAT32).mean().item(), 3 * 5 * 5.5e-6);
            assertTrue(table.ne(table.select(0, 0).unsqueeze(0)).countNonzero().itemLong() > 0, "rows are rounded independently");
        }
    }

    @Test
    void usageIsCountedWhereTheWeightIsLargest() {
        try (var scope = TensorScope.open(); var generator = Generator.of(9)) {
            Tensor ids = Torch.randint(0, 30, 50, 3, 4);
            Tensor weights = Tensor.randn(generator, DType.FLOAT32, 50, 3, 4).softmax(-1, DType.FLOAT32);
            Tensor counts = Tensor.zeros(DType.INT64, 30);
            Tensor mass = Tensor.zeros(DType.FLOAT64, 30);
            Tensor top1 = Tensor.zeros(DType.INT64, 3, 30);
            MemoryOps.usage(counts, mass, top1, new Hits(weights, ids.to(DType.INT32)));
            MemoryOps.usage(counts, mass, top1, new Hits(weights, ids));
            var expectedCounts = new long[30];
            var expectedMass = new double[30];
            var expectedTop1 = new long[3 * 30];
            long[] id = ids.toLongs();
            double[] weight = weights.toDoubles();
            for (int q = 0; q < 150; q++) {
                int best = 0;
                for (int c = 0; c < 4; c++) {
                    expectedCounts[(int) id[q * 4 + c]] += 2;
                    expectedMass[(int) id[q * 4 + c]] += 2 * weight[q * 4 + c];
                    best = weight[q * 4 + c] > weight[q * 4 + best] ? c : best;
                }
                expectedTop1[q % 3 * 30 + (int) id[q * 4 + best]] += 2;
            }
            assertArrayEquals(expectedCounts, counts.toLongs());
            assertArrayEquals(expectedMass, mass.toDoubles(), 1e-12);
            assertArrayEquals(expectedTop1, top1.toLongs());
        }
    }

    @Test
    void theSelectionAloneIsExactOnScoresThatAreGiven() {
        try (var scope = TensorScope.open(); var generator = Generator.of(13)) {
            Tensor subscores = Tensor.randn(generator, DType.FLOAT32, 9, 2, 2, 100);
            List<Object> found = SELECT.call(subscores, 20);
            Tensor all = subscores.select(2, 0).unsqueeze(3).add(subscores.select(2, 1).unsqueeze(2)).reshape(9, 2, 10_000);
            assertTrue(all.topk(20).values().equal((Tensor) found.get(0)), "the scores of the full search, to the bit");
            assertTrue(all.gather(2, ((Tensor) found.get(1)).to(DType.INT64)).equal((Tensor) found.get(0)), "and slots that have them");
        }
    }

    @Test
    void idsOutsideTheTableAreRefused() {
        try (var scope = TensorScope.open()) {
            Tensor table = Tensor.ones(DType.FLOAT32, 5, 4);
            Tensor weights = Tensor.ones(DType.FLOAT32, 2, 3);
            for (long wrong : new long[] {5, -1, 1L << 40}) {
                Tensor ids = Tensor.of(new long[] {0, 1, 2, 3, wrong, 4}, 2, 3);
                String place = " id " + wrong + " at [1, 1] is outside the table of 5 rows. Give ids from 0 to 4.";
                assertMessage("memory_bag:" + place, () -> MemoryOps.bag(new Hits(weights, ids), table));
                Tensor grad = Tensor.ones(DType.FLOAT32, 2, 4);
                assertMessage("memory_backward:" + place, () -> BACKWARD.call(grad, ids, weights, table));
                assertMessage("memory_weight_gradient:" + place, () -> WEIGHT_GRADIENT.call(grad, ids, weights, table));
            }
            assertMessage("memory_usage_: id 9 at [0, 0, 0] is outside the table of 5 rows. Give ids from 0 to 4.", () ->
                    MemoryOps.usage(Tensor.zeros(DType.INT64, 5), Tensor.zeros(DType.FLOAT64, 5), Tensor.zeros(DType.INT64, 1, 5),
                            new Hits(Tensor.ones(DType.FLOAT32, 1, 1, 1), Tensor.of(new long[] {9}, 1, 1, 1))));
        }
    }

    @Test
    void argumentsThatDoNotFitAreNamedWithTheirShapes() {
        try (var scope = TensorScope.open(); var table = new ValueTable(5, 4, ValueInit.ZERO, DType.FLOAT32);
                var adam = new SparseAdam(table, SparseAdam.Config.DEFAULT, Mode.COMPACT)) {
            Tensor q = Tensor.ones(DType.FLOAT32, 3, 2, 8);
            assertMessage("product_key_topk: queries of sizes [3, 2, 8] and keys of sizes [2, 2, 5, 3] were given."
                    + " Give (B, H, dk) and (H, 2, n, dk/2).", () -> MemoryOps.topk(q, Tensor.ones(DType.FLOAT32, 2, 2, 5, 3), 1));
            assertMessage("product_key_topk: 6 neighbours were asked for, and there are 5 sub-keys per half. Give 1 to 5.",
                    () -> MemoryOps.topk(q, Tensor.ones(DType.FLOAT32, 2, 2, 5, 4), 6));
            Tensor ids = Tensor.zeros(DType.INT64, 2, 3);
            assertMessage("memory_bag: ids of sizes [2, 3] and weights of sizes [3, 2] were given. Give (B, ...) for both.",
                    () -> MemoryOps.bag(new Hits(Tensor.ones(DType.FLOAT32, 3, 2), ids), table.weight()));
            assertMessage("memory_bag: weights of dtype Double were given. Give Float.",
                    () -> MemoryOps.bag(new Hits(Tensor.ones(DType.FLOAT64, 2, 3), ids), table.weight()));
            assertMessage("memory_bag: ids of dtype Float were given. Give int32 or int64.",
                    () -> MemoryOps.bag(new Hits(Tensor.ones(DType.FLOAT32, 2, 3), ids.to(DType.FLOAT32)), table.weight()));
            Tensor gradient = Tensor.ones(DType.FLOAT32, 2, 4);
            assertMessage("sparse_adam_: step 0 was given. Count the step first: the first is 1.", () -> sparse(table, adam, gradient, 0, 1));
            adam.begin(1e-3);
            assertMessage("sparse_adam_: a row was given twice. Coalesce the gradient first.", () -> sparse(table, adam, gradient, 3, 3));
            assertEquals(0, table.weight().countNonzero().itemLong(), "and nothing has changed");
        }
    }

    private static void sparse(ValueTable table, SparseAdam adam, Tensor gradient, long... rows) {
        try (var noGrad = NoGrad.open()) {
            MemoryOps.sparseAdam(Tensor.of(rows), gradient, table.weight(), adam);
        }
    }

    private static void assertMessage(String expected, Runnable call) {
        var e = assertThrows(RuntimeException.class, call::run);
        assertTrue(e.getMessage().contains(expected), e.getMessage());
    }
}
