package dev.mneme.pkm;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.mneme.pkm.ProductKeyConfig.QueryNorm;
import dev.mneme.pkm.ProductKeyConfig.ValueInit;
import dev.mneme.torch.DType;
import dev.mneme.torch.Device;
import dev.mneme.torch.NoGrad;
import dev.mneme.torch.Tensor;
import dev.mneme.torch.TensorScope;
import dev.mneme.torch.testing.Golden;
import dev.mneme.torch.testing.NoLeaks;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@ExtendWith(NoLeaks.class)
class SparseAdamTest {
    private static final int SLOTS = 50;
    private static final int WIDTH = 6;
    private static final double RATE = 1e-2; // tests/golden/data/optim/config.json

    /// A table with the golden file's first values.
    private static ValueTable table(Map<String, Tensor> golden, DType dtype) {
        var table = new ValueTable(SLOTS, WIDTH, ValueInit.ZERO);
        table.to(Device.CPU, dtype);
        table.load(Map.of("weight", golden.get("table")));
        return table;
    }

    /// Reads single rows with weight 1, so that the gradient of each read is the given one, and those of a row add.
    private static void readWithGradient(ValueTable table, Tensor rows, Tensor gradient) {
        Tensor weights = Tensor.ones(table.weight().dtype(), rows.numel(), 1).requiresGrad(true);
        Tensor y = table.lookup(rows.reshape(-1, 1), weights); // (hits, d)
        y.backward(gradient.to(y.dtype()), false, false);
    }

    /// The bounds. 20 steps of a few roundings each leave 1e-15 and 1e-7.
    @ParameterizedTest
    @CsvSource({"FLOAT64, f64, 1e-12", "FLOAT32, f32, 1e-5"})
    void twentyStepsAreThoseOfPyTorchsSparseAdam(DType dtype, String precision, double tolerance) {
        try (var scope = TensorScope.open()) {
            Map<String, Tensor> golden = Golden.tensors("optim/sparse_adam.safetensors");
            try (var table = table(golden, dtype); var adam = new SparseAdam(table, SparseAdam.Config.DEFAULT)) {
                for (int step = 1; step <= 20; step++) {
                    readWithGradient(table, golden.get("rows." + step), golden.get("grads." + step));
                    adam.step(RATE);
                    if (golden.containsKey(precision + ".table." + step)) {
                        Golden.assertClose(golden.get(precision + ".table." + step), table.weight(), tolerance, "step " + step);
                    }
                }
                assertEquals(20, adam.state().get("step").itemLong());
                for (String moment : List.of("exp_avg", "exp_avg_sq")) {
                    Golden.assertClose(golden.get(precision + "." + moment + ".table"), adam.state().get(moment),
                            tolerance, moment);
                }
            }
        }
    }

    @Test
    void onlyTouchedRowsChangeAndTheRestGoStale() {
        try (var scope = TensorScope.open()) {
            Map<String, Tensor> golden = Golden.tensors("optim/sparse_adam.safetensors");
            try (var table = table(golden, DType.FLOAT32); var adam = new SparseAdam(table, SparseAdam.Config.DEFAULT)) {
                assertEquals(1, adam.staleShare());
                Set<Long> ever = new TreeSet<>();
                for (int step = 1; step <= 20; step++) {
                    long[] rows = golden.get("rows." + step).toLongs();
                    var untouched = new TreeSet<Long>();
                    for (long row = 0; row < SLOTS; row++) {
                        untouched.add(row);
                    }
                    Arrays.stream(rows).forEach(untouched::remove);
                    Arrays.stream(rows).forEach(ever::add);
                    Tensor kept = Tensor.of(untouched.stream().mapToLong(row -> row).toArray());
                    Map<String, Tensor> state = adam.state();
                    List<Tensor> all = List.of(table.weight(), state.get("exp_avg"), state.get("exp_avg_sq"));
                    List<Tensor> before = all.stream().map(t -> t.indexSelect(0, kept)).toList();
                    Tensor old = table.weight().indexSelect(0, golden.get("rows." + step));

                    readWithGradient(table, golden.get("rows." + step), golden.get("grads." + step));
                    adam.step(RATE);
                    for (int i = 0; i < all.size(); i++) {
                        assertArrayEquals(before.get(i).toFloats(), all.get(i).indexSelect(0, kept).toFloats());
                    }
                    Tensor now = table.weight().indexSelect(0, golden.get("rows." + step));
                    assertEquals(now.numel(), now.ne(old).countNonzero().itemLong(), "every element of a touched row moves");
                    assertEquals(1 - ever.size() / (double) SLOTS, adam.staleShare(), 1e-15);
                }
                assertTrue(ever.size() < SLOTS, "the golden steps leave rows alone");
            }
        }
    }

    /// Gradients are small multiples of 1/4, which add without rounding in any order: the two ways agree bit for bit.
    @Test
    void lookupsBeforeAStepAddUpLikeOneLookup() {
        long[] rows = {3, 7, 3, 0, 7, 3, 9};
        var gradient = new double[rows.length * WIDTH];
        Arrays.setAll(gradient, i -> (i * 5 % 13 - 6) / 4.0);
        try (var scope = TensorScope.open(); var together = new ValueTable(10, WIDTH, ValueInit.ZERO);
                var apart = new ValueTable(10, WIDTH, ValueInit.ZERO);
                var first = new SparseAdam(together, SparseAdam.Config.DEFAULT);
                var second = new SparseAdam(apart, SparseAdam.Config.DEFAULT)) {
            Tensor ids = Tensor.of(rows);
            Tensor gradients = Tensor.of(gradient, rows.length, WIDTH);
            for (int step = 0; step < 3; step++) {
                readWithGradient(together, ids, gradients);
                assertEquals(1, together.touchedValues().size());
                first.step(RATE);
                for (int[] part : new int[][] {{0, 2}, {2, 1}, {3, 4}}) {
                    readWithGradient(apart, ids.narrow(0, part[0], part[1]), gradients.narrow(0, part[0], part[1]));
                }
                assertEquals(3, apart.touchedValues().size());
                second.step(RATE);
                assertTrue(apart.takeTouched().isEmpty(), "a step leaves nothing waiting");
            }
            assertTrue(together.weight().countNonzero().itemLong() > 0);
            assertArrayEquals(together.weight().toFloats(), apart.weight().toFloats());
            first.state().forEach((name, tensor) ->
                    assertArrayEquals(tensor.toDoubles(), second.state().get(name).toDoubles(), name));
        }
    }

    /// Kingma & Ba's algorithm 1 with bias correction by t = 2 on the first gradient g of a row:
    /// lr · sqrt(1 - β2²) / (1 - β1²) · (1 - β1) g / (sqrt((1 - β2) g²) + ε).
    @Test
    void aStepWithoutLookupsCountsForTheBiasCorrectionOnly() {
        try (var scope = TensorScope.open(); var table = new ValueTable(4, 2, ValueInit.ZERO)) {
            table.to(Device.CPU, DType.FLOAT64);
            try (var adam = new SparseAdam(table, new SparseAdam.Config(0.8, 0.99, 1e-6))) {
                adam.step(RATE);
                assertEquals(0, table.weight().countNonzero().itemLong());
                assertEquals(1, adam.staleShare());
                double g = -0.5;
                readWithGradient(table, Tensor.of(new long[] {2}), Tensor.of(new double[] {g, 0}, 1, 2));
                adam.step(RATE);
                double moved = -RATE * Math.sqrt(1 - 0.99 * 0.99) / (1 - 0.8 * 0.8)
                        * (1 - 0.8) * g / (Math.sqrt((1 - 0.99) * g * g) + 1e-6);
                assertArrayEquals(new double[] {0, 0, 0, 0, moved, 0, 0, 0}, table.weight().toDoubles(), 1e-15);
            }
        }
    }

    @Test
    void aTrainingStepKeepsTheGradientOfTheTouchedRowsOnly() {
        var config = new ProductKeyConfig(8, 2, 64, 4, 6, QueryNorm.BATCH, ValueInit.NORMAL); // K = 4096
        try (var scope = TensorScope.open(); var memory = new ProductKeyMemory(config);
                var adam = new SparseAdam(memory.values(), SparseAdam.Config.DEFAULT)) {
            var ids = new Tensor[1];
            memory.observe(hits -> ids[0] = hits.ids());
            memory.forward(Tensor.randn(null, DType.FLOAT32, 5, 8), null).sum().backward();
            long[] distinct = Arrays.stream(ids[0].toLongs()).distinct().sorted().toArray(); // U of 5·2·4 hits

            List<ValueTable.Touched> touched = memory.values().takeTouched();
            assertEquals(1, touched.size());
            assertArrayEquals(distinct, touched.getFirst().rows().toLongs());
            assertArrayEquals(new long[] {distinct.length, 8}, touched.getFirst().values().shape());
            assertArrayEquals(new long[] {distinct.length, 8}, touched.getFirst().values().grad().shape());
            assertFalse(memory.values().weight().requiresGrad());
            assertNull(memory.values().weight().grad());
            assertFalse(memory.namedParameters().containsKey("values.weight"));

            memory.forward(Tensor.randn(null, DType.FLOAT32, 5, 8), null).sum().backward();
            adam.step(RATE);
            long updated = adam.state().get("updated").countNonzero().itemLong();
            assertEquals(Arrays.stream(ids[0].toLongs()).distinct().count(), updated, "what was taken is not applied as well");
            assertNull(memory.values().weight().grad());
        }
    }

    @Test
    void whatIsDoneToTheWaitingGradientsIsApplied() {
        try (var scope = TensorScope.open(); var table = new ValueTable(4, 2, ValueInit.ZERO)) {
            table.to(Device.CPU, DType.FLOAT64);
            try (var adam = new SparseAdam(table, SparseAdam.Config.DEFAULT)) {
                readWithGradient(table, Tensor.of(new long[] {1, 1}), Tensor.of(new double[] {1, 2, 3, 4}, 2, 2));
                try (var noGrad = NoGrad.open()) {
                    table.touchedValues().getFirst().grad().mul_(0.5); // as clipping by the global norm does
                }
                adam.step(RATE);
                double[] expected = {0, 0, 0.1 * 2, 0.1 * 3, 0, 0, 0, 0}; // (1 - β1) times half the sums
                assertArrayEquals(expected, adam.state().get("exp_avg").toDoubles(), 1e-15);
            }
        }
    }

    @Test
    void lookupsWithoutGradientLeaveNothingWaiting() {
        try (var scope = TensorScope.open(); var table = new ValueTable(4, 2, ValueInit.NORMAL)) {
            Tensor ids = Tensor.of(new long[] {1, 3, 0, 1}, 2, 2);
            Tensor weights = Tensor.of(new float[] {0.25f, 0.75f, 1, 0}, 2, 2);
            Tensor plain = table.lookup(ids, weights);
            table.train(false);
            Tensor evaluated = table.lookup(ids, weights.requiresGrad(true));
            table.train(true);
            try (var noGrad = NoGrad.open()) {
                assertArrayEquals(plain.toFloats(), table.lookup(ids, weights.detach()).toFloats());
            }
            assertTrue(table.takeTouched().isEmpty());
            assertArrayEquals(plain.toFloats(), evaluated.toFloats());
            assertArrayEquals(plain.toFloats(), table.lookup(ids, weights).toFloats(), "training reads the same values");
            assertEquals(1, table.takeTouched().size());
        }
    }

    @Test
    void aLookupThatNoLossReachedIsPassedOver() {
        try (var scope = TensorScope.open(); var table = new ValueTable(4, 2, ValueInit.ZERO);
                var adam = new SparseAdam(table, SparseAdam.Config.DEFAULT)) {
            table.lookup(Tensor.of(new long[] {0}, 1, 1), Tensor.ones(DType.FLOAT32, 1, 1).requiresGrad(true));
            readWithGradient(table, Tensor.of(new long[] {2}), Tensor.of(new double[] {1, 1}, 1, 2));
            adam.step(RATE);
            assertArrayEquals(new long[] {0, 0, 1, 0}, adam.state().get("updated").toLongs());
        }
    }
}
