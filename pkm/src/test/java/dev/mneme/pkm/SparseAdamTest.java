package dev.mneme.pkm;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.mneme.pkm.ProductKeyConfig.QueryNorm;
import dev.mneme.pkm.ProductKeyConfig.ValueInit;
import dev.mneme.pkm.SparseAdam.Mode;
import dev.mneme.torch.DType;
import dev.mneme.torch.Device;
import dev.mneme.torch.NoGrad;
import dev.mneme.torch.Tensor;
import dev.mneme.torch.TensorScope;
import dev.mneme.torch.TorchException;
import dev.mneme.torch.testing.Expect;
import dev.mneme.torch.testing.Golden;
import dev.mneme.torch.testing.NoLeaks;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

@ExtendWith(NoLeaks.class)
class SparseAdamTest {
    private static final int SLOTS = 50;
    private static final int WIDTH = 6;
    private static final double RATE = 1e-2; // tests/golden/data/optim/config.json

    /// A table with the golden file's first values.
    private static ValueTable table(Map<String, Tensor> golden, DType dtype) {
        Tensor first = golden.get("table");
        var table = new ValueTable((int) first.size(0), (int) first.size(1), ValueInit.ZERO, DType.FLOAT32);
        table.to(Device.CPU, dtype);
        table.load(Map.of("weight", first));
        return table;
    }

    private static ValueTable zeros(int slots, int width) {
        return new ValueTable(slots, width, ValueInit.ZERO, DType.FLOAT32);
    }

    /// Reads single rows with weight 1, so that the gradient of each read is the given one, and those of a row add.
    private static void readWithGradient(ValueTable table, Tensor rows, Tensor gradient) {
        Tensor weights = Tensor.ones(table.weight().dtype(), rows.numel(), 1).requiresGrad(true);
        Tensor y = table.lookup(new Hits(weights, rows.reshape(-1, 1)), true); // (hits, d)
        y.backward(gradient.to(y.dtype()), false, false);
    }

    private static SparseAdam adam(ValueTable table, Mode mode) {
        return new SparseAdam(table, SparseAdam.Config.DEFAULT, mode);
    }

    /// 20 steps of a few roundings each leave 1e-15 and 1e-7.
    @ParameterizedTest
    @CsvSource({"FLOAT64, f64, 1e-12, FUSED", "FLOAT32, f32, 1e-5, FUSED", "FLOAT64, f64, 1e-12, COMPACT", "FLOAT32, f32, 1e-5, COMPACT"})
    void twentyStepsAreThoseOfPyTorchsSparseAdam(DType dtype, String precision, double tolerance, Mode mode) {
        try (var scope = TensorScope.open()) {
            Map<String, Tensor> golden = Golden.tensors("optim/sparse_adam.safetensors");
            try (var table = table(golden, dtype); var adam = adam(table, mode)) {
                for (int step = 1; step <= 20; step++) {
                    adam.begin(RATE);
                    readWithGradient(table, golden.get("rows." + step), golden.get("grads." + step));
                    adam.apply();
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

    /// Bags of several hits over 50 steps: torch.optim.SparseAdam, and the formulas of what it lacks. Values are of order 1 and move by
    /// up to 0.15, so 1e-6 is the relative bound; float64 leaves 50 steps of a few roundings.
    @ParameterizedTest
    @CsvSource({"global", "per_row", "row_wise", "decay"})
    void fiftyStepsAreThoseOfTheFormulas(String variant) throws IOException {
        JsonNode c = new ObjectMapper().readTree(Golden.file("optim/memory_adam.json").toFile());
        var config = new SparseAdam.Config(c.get("beta1").asDouble(), c.get("beta2").asDouble(), c.get("eps").asDouble(),
                variant.equals("decay") ? c.get("weight_decay").asDouble() : 0, variant.equals("row_wise"), variant.equals("per_row"), 0);
        try (var scope = TensorScope.open()) {
            Map<String, Tensor> golden = Golden.tensors("optim/memory_adam.safetensors");
            for (DType dtype : new DType[] {DType.FLOAT32, DType.FLOAT64}) {
                for (Mode mode : Mode.values()) {
                    try (var table = table(golden, dtype); var adam = new SparseAdam(table, config, mode)) {
                        for (int step = 1; step <= 50; step++) {
                            adam.begin(c.get("lr").asDouble());
                            Tensor weights = golden.get("weights." + step).to(dtype).requiresGrad(true);
                            Tensor y = table.lookup(new Hits(weights, golden.get("ids." + step)), true);
                            y.backward(golden.get("grad." + step).to(dtype), false, false);
                            adam.apply();
                            Tensor expected = golden.get((dtype == DType.FLOAT32 ? "f32." : "f64.") + variant + "." + step);
                            if (expected != null) {
                                Golden.assertClose(expected, table.weight(), dtype == DType.FLOAT32 ? 1e-6 : 1e-13,
                                        variant + ", " + mode + ", step " + step);
                            }
                        }
                    }
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void onlyTouchedRowsChangeAndTheRestGoStale(Mode mode) {
        try (var scope = TensorScope.open()) {
            Map<String, Tensor> golden = Golden.tensors("optim/sparse_adam.safetensors");
            try (var table = table(golden, DType.FLOAT32); var adam = adam(table, mode)) {
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
                    List<Tensor> all = List.of(table.weight().detach(), state.get("exp_avg"), state.get("exp_avg_sq"));
                    List<Tensor> before = all.stream().map(t -> t.indexSelect(0, kept)).toList();
                    Tensor old = table.weight().detach().indexSelect(0, golden.get("rows." + step));

                    adam.begin(RATE);
                    readWithGradient(table, golden.get("rows." + step), golden.get("grads." + step));
                    adam.apply();
                    for (int i = 0; i < all.size(); i++) {
                        assertArrayEquals(before.get(i).toFloats(), all.get(i).indexSelect(0, kept).toFloats());
                    }
                    Tensor now = table.weight().detach().indexSelect(0, golden.get("rows." + step));
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
        try (var scope = TensorScope.open(); var together = zeros(10, WIDTH); var apart = zeros(10, WIDTH);
                var first = adam(together, Mode.FUSED); var second = adam(apart, Mode.COMPACT)) {
            Tensor ids = Tensor.of(rows);
            Tensor gradients = Tensor.of(gradient, rows.length, WIDTH);
            for (int step = 0; step < 3; step++) {
                first.begin(RATE);
                readWithGradient(together, ids, gradients);
                first.apply();
                second.begin(RATE);
                for (int[] part : new int[][] {{0, 2}, {2, 1}, {3, 4}}) {
                    readWithGradient(apart, ids.narrow(0, part[0], part[1]), gradients.narrow(0, part[0], part[1]));
                }
                second.apply();
                assertNull(apart.gradient(), "a step leaves nothing waiting");
            }
            assertTrue(together.weight().countNonzero().itemLong() > 0);
            assertArrayEquals(together.weight().toFloats(), apart.weight().toFloats());
            first.state().forEach((name, tensor) ->
                    assertArrayEquals(tensor.toDoubles(), second.state().get(name).toDoubles(), name));
        }
    }

    /// The second backward pass would otherwise use values that the first has moved, and count the step twice.
    @Test
    void twoFusedLookupsInOneStepAreRefused() {
        try (var scope = TensorScope.open(); var table = zeros(4, 4); var adam = adam(table, Mode.FUSED)) {
            adam.begin(RATE);
            Tensor ids = Tensor.of(new long[] {1}, 1, 1);
            Tensor weights = Tensor.ones(DType.FLOAT32, 1, 1).requiresGrad(true);
            Tensor sum = table.lookup(new Hits(weights, ids), true).add(table.lookup(new Hits(weights, ids), true)).sum();
            var e = assertThrows(TorchException.class, sum::backward);
            assertTrue(e.getMessage().contains("modified by an inplace operation"), e.getMessage());
        }
    }

    /// Kingma & Ba's algorithm 1 with bias correction by t = 2 on the first gradient g of a row:
    /// lr · sqrt(1 - β2²) / (1 - β1²) · (1 - β1) g / (sqrt((1 - β2) g²) + ε).
    @ParameterizedTest
    @EnumSource
    void aStepWithoutLookupsCountsForTheBiasCorrectionOnly(Mode mode) {
        try (var scope = TensorScope.open(); var table = zeros(4, 2)) {
            table.to(Device.CPU, DType.FLOAT64);
            try (var adam = new SparseAdam(table, new SparseAdam.Config(0.8, 0.99, 1e-6, 0, false, false, 0), mode)) {
                adam.begin(RATE);
                adam.apply();
                assertEquals(0, table.weight().countNonzero().itemLong());
                assertEquals(1, adam.staleShare());
                double g = -0.5;
                adam.begin(RATE);
                readWithGradient(table, Tensor.of(new long[] {2}), Tensor.of(new double[] {g, 0}, 1, 2));
                adam.apply();
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
                var adam = adam(memory.values(), Mode.COMPACT)) {
            var ids = new Tensor[1];
            memory.observe(hits -> ids[0] = hits.ids());
            memory.forward(Tensor.randn(null, DType.FLOAT32, 5, 8), null).sum().backward();
            long[] distinct = Arrays.stream(ids[0].toLongs()).distinct().sorted().toArray(); // U of 5·2·4 hits

            ValueTable.Gradient gradient = memory.values().gradient();
            assertArrayEquals(distinct, gradient.rows().toLongs());
            assertArrayEquals(new long[] {distinct.length, 8}, gradient.values().shape());
            assertFalse(memory.namedParameters().containsKey("values.weight"));
            memory.values().clearGradient();

            memory.forward(Tensor.randn(null, DType.FLOAT32, 5, 8), null).sum().backward();
            adam.begin(RATE);
            adam.apply();
            long updated = adam.state().get("row_steps").countNonzero().itemLong();
            assertEquals(Arrays.stream(ids[0].toLongs()).distinct().count(), updated, "what was cleared is not applied as well");
            assertNull(memory.values().gradient());
        }
    }

    @Test
    void aFusedStepKeepsNoGradient() {
        var config = new ProductKeyConfig(8, 2, 64, 4, 6, QueryNorm.BATCH, ValueInit.NORMAL);
        try (var scope = TensorScope.open(); var memory = new ProductKeyMemory(config);
                var adam = adam(memory.values(), Mode.FUSED)) {
            var ids = new Tensor[1];
            memory.observe(hits -> ids[0] = hits.ids());
            adam.begin(RATE);
            memory.forward(Tensor.randn(null, DType.FLOAT32, 5, 8), null).sum().backward();
            assertNull(memory.values().gradient());
            assertEquals(Arrays.stream(ids[0].toLongs()).distinct().count(), adam.state().get("row_steps").sum().itemLong());
            assertTrue(memory.keys().grad().countNonzero().itemLong() > 0, "the weights' gradients go on to the keys");
        }
    }

    @Test
    void whatIsDoneToTheWaitingGradientIsApplied() {
        try (var scope = TensorScope.open(); var table = zeros(4, 2)) {
            table.to(Device.CPU, DType.FLOAT64);
            try (var adam = adam(table, Mode.COMPACT)) {
                adam.begin(RATE);
                readWithGradient(table, Tensor.of(new long[] {1, 1}), Tensor.of(new double[] {1, 2, 3, 4}, 2, 2));
                try (var noGrad = NoGrad.open()) {
                    table.gradient().values().mul_(0.5); // as clipping by the global norm does
                }
                adam.apply();
                double[] expected = {0, 0, 0.1 * 2, 0.1 * 3, 0, 0, 0, 0}; // (1 - β1) times half the sums
                assertArrayEquals(expected, adam.state().get("exp_avg").toDoubles(), 1e-15);
            }
        }
    }

    @Test
    void lookupsWithoutGradientLeaveNothingWaiting() {
        try (var scope = TensorScope.open(); var table = new ValueTable(4, 2, ValueInit.NORMAL, DType.FLOAT32)) {
            Tensor ids = Tensor.of(new long[] {1, 3, 0, 1}, 2, 2);
            Tensor weights = Tensor.of(new float[] {0.25f, 0.75f, 1, 0}, 2, 2);
            Tensor plain = table.lookup(new Hits(weights, ids), true);
            Tensor evaluated = table.lookup(new Hits(weights.detach().copy().requiresGrad(true), ids), false);
            evaluated.sum().backward();
            assertNull(table.gradient(), "in evaluation the values are constants");
            try (var noGrad = NoGrad.open()) {
                assertArrayEquals(plain.toFloats(), table.lookup(new Hits(weights, ids), true).toFloats());
            }
            assertArrayEquals(plain.toFloats(), evaluated.toFloats());
            table.freeze(true);
            assertFalse(table.lookup(new Hits(weights, ids), true).requiresGrad(), "a frozen table learns nothing");
            table.freeze(false);
            table.lookup(new Hits(weights, ids), true).sum().backward();
            assertNotNull(table.gradient());
        }
    }

    @ParameterizedTest
    @EnumSource
    void aLookupThatNoLossReachedIsPassedOver(Mode mode) {
        try (var scope = TensorScope.open(); var table = zeros(4, 2); var adam = adam(table, mode)) {
            adam.begin(RATE);
            table.lookup(new Hits(Tensor.ones(DType.FLOAT32, 1, 1).requiresGrad(true), Tensor.of(new long[] {0}, 1, 1)), true);
            readWithGradient(table, Tensor.of(new long[] {2}), Tensor.of(new double[] {1, 1}, 1, 2));
            adam.apply();
            assertArrayEquals(new long[] {0, 0, 1, 0}, adam.state().get("row_steps").toLongs());
        }
    }

    @ParameterizedTest
    @ValueSource(doubles = {-1, Double.NaN, Double.POSITIVE_INFINITY})
    void aLearningRateIsFiniteAndNotNegative(double lr) {
        try (var memory = memory(); var adam = new SparseAdam(memory.values(), SparseAdam.Config.DEFAULT)) {
            Expect.message(IllegalArgumentException.class, () -> adam.begin(lr), "The learning rate " + lr + " was given");
        }
    }

    @Test
    void aConfigurationIsLookedAt() {
        Expect.message(IllegalArgumentException.class, () -> new SparseAdam.Config(1.5, 0.999, 1e-8, 0, false, false, 0), "beta1 1.5");
        Expect.message(IllegalArgumentException.class, () -> new SparseAdam.Config(0.9, 0.999, 0, 0, false, false, 0), "eps 0.0");
        Expect.message(IllegalArgumentException.class, () -> new SparseAdam.Config(0.9, 0.999, 1e-8, Double.NaN, false, false, 0), "weight decay NaN");
    }

    /// A gradient that the first takes, the second does not see.
    @Test
    void anOptimizerThatAnotherTookThePlaceOfIsRefused() {
        try (var memory = memory(); var first = new SparseAdam(memory.values(), SparseAdam.Config.DEFAULT, SparseAdam.Mode.COMPACT);
                var second = new SparseAdam(memory.values(), SparseAdam.Config.DEFAULT, SparseAdam.Mode.COMPACT)) {
            Expect.message(IllegalStateException.class, () -> first.begin(1e-3), "SparseAdam.begin: the table of values has another optimizer");
            Expect.message(IllegalStateException.class, first::apply, "SparseAdam.apply: the table of values has another optimizer");
            second.begin(1e-3);
            second.apply();
        }
    }

    @Test
    void withoutItsOptimizerATableKeepsItsGradient() {
        try (var scope = TensorScope.open(); var memory = memory()) {
            new SparseAdam(memory.values(), SparseAdam.Config.DEFAULT).close();
            memory.forward(Tensor.ones(DType.FLOAT32, 3, 16), null).sum().backward();
            assertTrue(memory.values().gradient() != null);
        }
    }

    @ParameterizedTest
    @EnumSource
    void someRowsAreTrainedInCompactModeOnly(SparseAdam.Mode mode) {
        try (var scope = TensorScope.open(); var memory = memory()) {
            memory.values().trainOnly(Tensor.of(new long[] {1}));
            if (mode == SparseAdam.Mode.FUSED) {
                Expect.message(IllegalStateException.class, () -> new SparseAdam(memory.values(), SparseAdam.Config.DEFAULT, mode), "trainOnly");
                return;
            }
            double[] before = memory.values().weight().flatten().toDoubles();
            try (var adam = new SparseAdam(memory.values(), SparseAdam.Config.DEFAULT, mode)) {
                adam.begin(1e-2);
                memory.forward(Tensor.ones(DType.FLOAT32, 3, 16).cumsum(0, DType.FLOAT32), null).sum().backward();
                adam.apply();
            }
            double[] after = memory.values().weight().flatten().toDoubles();
            for (int i = 0; i < after.length; i++) {
                assertTrue(i / 16 == 1 || before[i] == after[i], "row " + i / 16);
            }
        }
    }

    private static ProductKeyMemory memory() {
        return new ProductKeyMemory(new ProductKeyConfig(16, 2, 4, 2, 8, ProductKeyConfig.QueryNorm.NONE, ProductKeyConfig.ValueInit.NORMAL));
    }

    @Test
    void aChoiceOfRowsThatIsRefusedLeavesTheOneBefore() {
        try (var scope = TensorScope.open(); var memory = memory()) {
            memory.values().trainOnly(Tensor.of(new long[] {1}));
            Tensor wrong = Tensor.of(new long[] {99});
            Expect.message(TorchException.class, () -> memory.values().trainOnly(wrong), "index");
            double[] before = memory.values().weight().flatten().toDoubles();
            try (var adam = new SparseAdam(memory.values(), SparseAdam.Config.DEFAULT, SparseAdam.Mode.COMPACT)) {
                adam.begin(1e-2);
                memory.forward(Tensor.ones(DType.FLOAT32, 30, 16).cumsum(0, DType.FLOAT32), null).sum().backward();
                adam.apply();
            }
            double[] after = memory.values().weight().flatten().toDoubles();
            for (int i = 0; i < after.length; i++) {
                assertTrue(i / 16 == 1 || before[i] == after[i], "row " + i / 16);
            }
        }
    }

    /// Queries and keys are frozen: autograd has nothing else to go down to.
    @ParameterizedTest
    @EnumSource
    void valuesAreTrainedWhereNothingElseIs(Mode mode) {
        try (var memory = memory(); var adam = adam(memory.values(), mode); var scope = TensorScope.open()) {
            memory.parameters().forEach(parameter -> parameter.requiresGrad(false));
            adam.begin(RATE);
            memory.forward(Tensor.ones(DType.FLOAT32, 3, memory.config().width()), null).sum().backward();
            adam.apply();
            assertTrue(adam.staleShare() < 1);
        }
    }

    /// What is clipped, scaled or averaged is what will be applied, also where only some rows are trained.
    @Test
    void scalingTheGradientOfSomeRowsScalesIt() {
        try (var scope = TensorScope.open(); var table = zeros(4, 2); var adam = adam(table, Mode.COMPACT)) {
            for (long[] rows : new long[][] {{0, 1, 2, 3}, {1, 2}}) {
                table.trainOnly(Tensor.of(rows, rows.length));
                readWithGradient(table, Tensor.of(new long[] {2, 3}), Tensor.of(new double[] {1, 2, 3, 4}, 2, 2));
                ValueTable.Gradient gradient = table.gradient();
                double[] expected = gradient.values().mul(0.5).toDoubles();
                gradient.values().mul_(0.5);
                assertArrayEquals(expected, table.gradient().values().toDoubles());
                assertArrayEquals(rows.length == 4 ? new long[] {2, 3} : new long[] {2}, table.gradient().rows().toLongs());
                table.clearGradient();
            }
        }
    }
}
