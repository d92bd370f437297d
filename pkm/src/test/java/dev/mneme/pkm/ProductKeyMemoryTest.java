package dev.mneme.pkm;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.mneme.pkm.ProductKeyConfig.QueryNorm;
import dev.mneme.pkm.ProductKeyConfig.ValueInit;
import dev.mneme.torch.DType;
import dev.mneme.torch.Device;
import dev.mneme.torch.Generator;
import dev.mneme.torch.Native;
import dev.mneme.torch.NoGrad;
import dev.mneme.torch.Tensor;
import dev.mneme.torch.TensorScope;
import dev.mneme.torch.Torch;
import dev.mneme.torch.TorchException;
import dev.mneme.torch.testing.Expect;
import dev.mneme.torch.testing.Golden;
import dev.mneme.torch.testing.NoLeaks;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/// Against the golden files: a full search over all n² slots with PyTorch's autograd (tests/golden/make.py). Both sides are
/// of the same precision and sum at most a hundred terms of order 1, which leaves 1e-14 in float64 and 1e-6 in float32; the
/// tolerances are 1e-5 and 1e-4.
@ExtendWith(NoLeaks.class)
class ProductKeyMemoryTest {
    private static final List<String> PARAMETERS =
            List.of("query.weight", "query.bias", "norm.weight", "norm.bias", "keys");

    private static int threads;

    /// These are thousands of passes over a few numbers: waking a second thread for each takes longer than they do.
    @BeforeAll
    static void useOneThread() {
        threads = Native.threads();
        Native.setThreads(1);
    }

    @AfterAll
    static void restoreThreads() {
        Native.setThreads(threads);
    }

    private static ProductKeyConfig config(QueryNorm norm, ValueInit init) {
        return new ProductKeyConfig(20, 2, 6, 4, 8, norm, init); // tests/golden/data/pkm/config.json
    }

    /// A memory with the golden file's weights, in its dtype.
    private static ProductKeyMemory memory(Map<String, Tensor> golden, QueryNorm norm) {
        var memory = new ProductKeyMemory(config(norm, ValueInit.NORMAL));
        memory.to(Device.CPU, golden.get("x").dtype());
        var weights = new LinkedHashMap<>(golden);
        weights.put("values.weight", golden.get("values"));
        List<String> loaded = memory.loadPresent(weights);
        assertTrue(loaded.containsAll(memory.namedParameters().keySet()) && loaded.contains("values.weight"), loaded::toString);
        return memory;
    }

    private static Tensor real(Map<String, Tensor> golden) {
        return golden.get("attention_mask").reshape(-1).nonzero().squeeze(1);
    }

    /// What one forward and backward pass gave.
    private record Pass(Tensor y, Hits hits, Tensor loss, Map<String, Tensor> gradients) {}

    /// The loss is Σ y · g, as in the golden files. The gradient of the values is scattered to their full table.
    private static Pass pass(ProductKeyMemory memory, Tensor x, Tensor g, Tensor real) {
        var seen = new ArrayList<Hits>();
        memory.observe(seen::add);
        Tensor input = x.detach().copy().requiresGrad(true);
        Tensor y = memory.forward(input, real);
        Tensor loss = y.mul(g).sum();
        loss.backward();
        var gradients = new LinkedHashMap<String, Tensor>();
        gradients.put("x", input.grad());
        memory.namedParameters().forEach((name, parameter) -> {
            gradients.put(name, parameter.grad());
            parameter.setGrad(null);
        });
        ValueTable.Gradient values = memory.values().gradient();
        if (values != null) {
            gradients.put("values", memory.values().weight().detach().zerosLike().indexCopy_(0, values.rows(), values.values()));
            memory.values().clearGradient();
        }
        assertEquals(1, seen.size());
        return new Pass(y, seen.getFirst(), loss, gradients);
    }

    @ParameterizedTest
    @CsvSource({"pkm/expected_f64, BATCH, 1e-10", "pkm/expected_f32, BATCH, 1e-4", "pkm/expected_ln_f64, LAYER, 1e-10"})
    void aTrainingStepIsThatOfTheFullSearch(String file, QueryNorm norm, double tolerance) {
        try (var scope = TensorScope.open()) {
            Map<String, Tensor> golden = Golden.tensors(file + ".safetensors");
            try (var memory = memory(golden, norm)) {
                Pass pass = pass(memory, golden.get("x"), golden.get("g"), real(golden));
                assertArrayEquals(golden.get("ids").toLongs(), pass.hits().ids().toLongs());
                Golden.assertClose(golden.get("weights"), pass.hits().weights(), tolerance, "weights");
                Golden.assertClose(golden.get("y"), pass.y(), tolerance, "y");
                Golden.assertClose(golden.get("loss"), pass.loss(), tolerance, "loss");
                var inputs = new ArrayList<>(PARAMETERS);
                inputs.addAll(List.of("x", "values"));
                for (String name : inputs) {
                    Golden.assertClose(golden.get("grad." + name), pass.gradients().get(name), tolerance, "gradient of " + name);
                }
                if (norm == QueryNorm.BATCH) {
                    Map<String, Tensor> state = memory.state();
                    for (String name : List.of("running_mean", "running_var")) {
                        Golden.assertClose(golden.get(name), state.get("norm." + name), tolerance, name);
                    }
                    assertEquals(1, state.get("norm.num_batches_tracked").itemLong());
                }
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"pkm/expected_f64, 1e-10", "pkm/expected_f32, 1e-4"})
    void evaluationUsesTheRunningStatisticsAndLeavesThem(String file, double tolerance) {
        try (var scope = TensorScope.open()) {
            Map<String, Tensor> golden = Golden.tensors(file + ".safetensors");
            try (var memory = memory(golden, QueryNorm.BATCH)) {
                memory.loadPresent(Map.of("norm.running_mean", golden.get("running_mean"),
                        "norm.running_var", golden.get("running_var")));
                memory.train(false);
                Pass pass = pass(memory, golden.get("x"), golden.get("g"), real(golden));
                assertArrayEquals(golden.get("ids_eval").toLongs(), pass.hits().ids().toLongs());
                Golden.assertClose(golden.get("weights_eval"), pass.hits().weights(), tolerance, "weights");
                Golden.assertClose(golden.get("y_eval"), pass.y(), tolerance, "y");
                Map<String, Tensor> state = memory.state();
                assertTrue(golden.get("running_mean").equal(state.get("norm.running_mean")));
                assertTrue(golden.get("running_var").equal(state.get("norm.running_var")));
                assertEquals(0, state.get("norm.num_batches_tracked").itemLong());
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void paddingHasNoInfluence(QueryNorm norm) {
        try (var scope = TensorScope.open()) {
            Map<String, Tensor> golden = Golden.tensors("pkm/expected_f32.safetensors");
            Tensor padding = golden.get("attention_mask").eq(0L).unsqueeze(2); // (B, T, 1)
            Tensor poisoned = golden.get("x").maskedFill(padding, Double.NaN);
            assertTrue(padding.countNonzero().itemLong() > 0);
            for (boolean training : new boolean[] {true, false}) {
                try (var memory = memory(golden, norm); var other = memory(golden, norm)) {
                    memory.train(training);
                    other.train(training);
                    Pass clean = pass(memory, golden.get("x"), golden.get("g"), real(golden));
                    Pass dirty = pass(other, poisoned, golden.get("g"), real(golden));
                    assertTrue(clean.y().equal(dirty.y()), "the same bits, and no NaN");
                    assertEquals(clean.gradients().keySet(), dirty.gradients().keySet());
                    clean.gradients().forEach((name, gradient) -> assertTrue(gradient.equal(dirty.gradients().get(name)), name));
                    memory.state().forEach((name, tensor) -> assertTrue(tensor.equal(other.state().get(name)), name));
                    assertEquals(0, dirty.y().mul(padding).countNonzero().itemLong(), "padding is answered with zeros");
                    assertEquals(0, dirty.gradients().get("x").mul(padding).countNonzero().itemLong());
                }
            }
        }
    }

    @Test
    void realTokensThatAreAllGiveWhatNoListGives() {
        try (var scope = TensorScope.open()) {
            Map<String, Tensor> golden = Golden.tensors("pkm/expected_f32.safetensors");
            try (var memory = memory(golden, QueryNorm.BATCH)) {
                Tensor x = golden.get("x");
                Tensor listed = memory.forward(x, Torch.arange(14L));
                assertArrayEquals(new long[] {2, 7, 20}, listed.shape());
                assertTrue(listed.equal(memory.forward(x, null)));
                assertTrue(listed.reshape(14, 20).equal(memory.forward(x.reshape(14, 20), null)), "any leading shape");
            }
        }
    }

    @Test
    void aSingleTokenInTrainingWithBatchNormIsRefusedBeforeItSpoilsTheStatistics() {
        try (var scope = TensorScope.open(); var memory = new ProductKeyMemory(config(QueryNorm.BATCH, ValueInit.NORMAL));
                var layer = new ProductKeyMemory(config(QueryNorm.LAYER, ValueInit.NORMAL))) {
            Tensor x = Tensor.ones(DType.FLOAT32, 3, 20);
            Tensor one = Tensor.of(new long[] {1});
            var e = assertThrows(IllegalArgumentException.class, () -> memory.forward(x, one));
            assertEquals("Product-key memory: batch norm was given one real token in training, and one has no variance."
                    + " Give at least 2, or normalise queries by LAYER.", e.getMessage());
            assertTrue(memory.state().get("norm.running_var").equal(Tensor.ones(DType.FLOAT32, 16)));
            assertEquals(0, memory.state().get("norm.num_batches_tracked").itemLong());
            assertArrayEquals(new long[] {3, 20}, layer.forward(x, one).shape());
            memory.train(false);
            assertArrayEquals(new long[] {3, 20}, memory.forward(x, one).shape());
        }
    }

    @ParameterizedTest
    @EnumSource
    void noRealTokenAtAllGivesZeros(QueryNorm norm) {
        try (var scope = TensorScope.open(); var memory = new ProductKeyMemory(config(norm, ValueInit.NORMAL))) {
            for (boolean training : new boolean[] {true, false}) {
                memory.train(training);
                Tensor y = memory.forward(Tensor.ones(DType.FLOAT32, 2, 3, 20), Tensor.zeros(DType.INT64, 0));
                assertArrayEquals(new long[] {2, 3, 20}, y.shape());
                assertEquals(0, y.countNonzero().itemLong());
            }
            memory.namedBuffers().forEach((name, buffer) ->
                    assertTrue(Arrays.stream(buffer.toDoubles()).allMatch(Double::isFinite), name));
        }
    }

    /// Central differences (L(p + h) - L(p - h)) / 2h in float64: with h = 1e-6 the curvature adds about h² = 1e-12, and the
    /// rounding of a loss of order 1 about 1e-16 / h = 1e-10. The slots found must stay the same at every point: at a tie the
    /// loss has no derivative.
    @ParameterizedTest
    @CsvSource({"BATCH, true", "BATCH, false", "LAYER, true", "NONE, true"})
    void gradientsAreTheSlopesOfTheLoss(QueryNorm norm, boolean training) {
        double h = 1e-6;
        var config = new ProductKeyConfig(3, 2, 4, 3, 4, norm, ValueInit.NORMAL);
        try (var scope = TensorScope.open(); var memory = new ProductKeyMemory(config);
                var generator = Generator.of(5)) {
            memory.to(Device.CPU, DType.FLOAT64);
            memory.train(training);
            try (var noGrad = NoGrad.open()) {
                memory.state().forEach((name, tensor) -> {
                    if (tensor.dtype() == DType.FLOAT64) {
                        tensor.normal_(name.endsWith("norm.weight") || name.endsWith("running_var") ? 2 : 0, 0.4, generator);
                    }
                });
            }
            Tensor x = Tensor.randn(generator, DType.FLOAT64, 6, 3);
            Tensor g = Tensor.randn(generator, DType.FLOAT64, 6, 3);
            Tensor real = Tensor.of(new long[] {0, 1, 2, 4, 5}, 5);
            Pass base = pass(memory, x, g, real);
            long[] slots = base.hits().ids().toLongs();

            var inputs = new LinkedHashMap<String, Tensor>(memory.namedParameters());
            inputs.put("x", x);
            if (training) { // in evaluation the values are constants
                inputs.put("values", memory.values().weight());
            }
            assertEquals(inputs.keySet(), base.gradients().keySet());
            inputs.forEach((name, tensor) -> {
                double[] gradient = base.gradients().get(name).toDoubles();
                for (int i = 0; i < gradient.length; i++) {
                    double slope = (lossAt(memory, tensor, i, h, x, g, real, slots)
                            - lossAt(memory, tensor, i, -h, x, g, real, slots)) / (2 * h);
                    assertEquals(slope, gradient[i], 1e-8, name + "[" + i + "]");
                }
            });
        }
    }

    private static double lossAt(ProductKeyMemory memory, Tensor moved, int element, double by,
            Tensor x, Tensor g, Tensor real, long[] slots) {
        try (var scope = TensorScope.open(); var noGrad = NoGrad.open()) {
            memory.observe(hits -> assertArrayEquals(slots, hits.ids().toLongs(), "choose a seed without near ties"));
            Tensor one = moved.detach().reshape(-1).narrow(0, element, 1); // a view
            double before = one.item();
            one.fill_(before + by);
            double loss = memory.forward(x, real).mul(g).sum().item();
            one.fill_(before);
            return loss;
        }
    }

    /// With one slot every weight is 1 and heads add: y = H · V[0], and only the values have a gradient, R · H · g each.
    @Test
    void oneSlotAnswersEveryTokenWithItsValue() {
        var config = new ProductKeyConfig(3, 4, 1, 1, 2, QueryNorm.BATCH, ValueInit.NORMAL);
        try (var scope = TensorScope.open(); var memory = new ProductKeyMemory(config)) {
            Pass pass = pass(memory, Tensor.randn(null, DType.FLOAT32, 5, 3), Tensor.ones(DType.FLOAT32, 5, 3), null);
            Tensor value = memory.values().weight();
            Golden.assertClose(value.mul(4L).expand(5, 3), pass.y(), 1e-6, "y");
            assertArrayEquals(new float[] {20, 20, 20}, pass.gradients().get("values").toFloats());
            assertEquals(0, pass.gradients().get("keys").countNonzero().itemLong());
            assertEquals(0, pass.gradients().get("x").countNonzero().itemLong());
        }
    }

    /// All n neighbours of each half are kept, so with k = n = 2 the best pair and the better of two others are read:
    /// the mean of their values where the queries are 0 and every score ties.
    @Test
    void asManyNeighboursAsSubKeysAreRead() {
        var config = new ProductKeyConfig(3, 1, 2, 2, 2, QueryNorm.NONE, ValueInit.NORMAL);
        try (var scope = TensorScope.open(); var memory = new ProductKeyMemory(config)) {
            memory.loadPresent(Map.of("query.weight", Tensor.zeros(DType.FLOAT32, 2, 3), "query.bias",
                    Tensor.of(new float[] {1, 1}), "keys", Tensor.of(new float[] {1, 2, 5, 3}, 1, 2, 2, 1)));
            Pass pass = pass(memory, Tensor.ones(DType.FLOAT32, 1, 3), Tensor.ones(DType.FLOAT32, 1, 3), null);
            // K1 scores 1 and 2, K2 scores 5 and 3: slots 0 to 3 score 6, 4, 7, 5
            assertArrayEquals(new long[] {2, 0}, pass.hits().ids().toLongs());
            double second = 1 / (1 + Math.E); // softmax of 7 and 6
            assertArrayEquals(new double[] {1 - second, second}, pass.hits().weights().toDoubles(), 1e-7);
            float[] v = memory.values().weight().toFloats();
            var y = new float[3];
            for (int c = 0; c < 3; c++) {
                y[c] = (float) ((1 - second) * v[6 + c] + second * v[c]);
            }
            assertArrayEquals(y, pass.y().toFloats(), 1e-6f);
        }
    }

    @ParameterizedTest
    @EnumSource
    void valuesThatStartAtZeroAnswerZeroAndLearnFirst(QueryNorm norm) {
        try (var scope = TensorScope.open(); var memory = new ProductKeyMemory(config(norm, ValueInit.ZERO))) {
            assertEquals(0, memory.values().weight().countNonzero().itemLong());
            Pass pass = pass(memory, Tensor.randn(null, DType.FLOAT32, 6, 20), Tensor.ones(DType.FLOAT32, 6, 20), null);
            assertArrayEquals(new float[6 * 20], pass.y().toFloats(), "plus zero, bit for bit");
            pass.gradients().forEach((name, gradient) ->
                    assertEquals(name.equals("values"), gradient.countNonzero().itemLong() > 0, name));
        }
    }

    @Test
    void theStateIsNamedAsDocumented() {
        try (var memory = new ProductKeyMemory(config(QueryNorm.BATCH, ValueInit.NORMAL));
                var layer = new ProductKeyMemory(config(QueryNorm.LAYER, ValueInit.NORMAL));
                var none = new ProductKeyMemory(config(QueryNorm.NONE, ValueInit.NORMAL))) {
            assertEquals("{query.weight=[16, 20], query.bias=[16], norm.weight=[16], norm.bias=[16], keys=[2, 2, 6, 4]}",
                    shapes(memory.namedParameters(), PARAMETERS));
            assertEquals("{norm.running_mean=[16], norm.running_var=[16], norm.num_batches_tracked=[], values.weight=[36, 20]}",
                    shapes(memory.namedBuffers(),
                            List.of("norm.running_mean", "norm.running_var", "norm.num_batches_tracked", "values.weight")));
            assertEquals(memory.namedParameters().keySet(), layer.namedParameters().keySet());
            assertEquals("{values.weight=[36, 20]}", shapes(layer.namedBuffers(), List.of("values.weight")));
            assertEquals("{query.weight=[16, 20], query.bias=[16], keys=[2, 2, 6, 4]}",
                    shapes(none.namedParameters(), List.of("query.weight", "query.bias", "keys")));
            assertEquals(16 * 20 + 16 + 16 + 16 + 2 * 2 * 6 * 4 + 36 * 20, memory.parameterCount(), "the values are counted");
        }
    }

    /// All the tensors' shapes, in the given order of names.
    private static String shapes(Map<String, Tensor> tensors, List<String> order) {
        var shapes = new LinkedHashMap<String, String>();
        order.forEach(name -> shapes.put(name, Arrays.toString(tensors.get(name).shape())));
        assertEquals(shapes.size(), tensors.size(), tensors.keySet()::toString);
        return shapes.toString();
    }

    @Test
    void keysAndValuesAreDrawnAsDocumented() {
        var config = new ProductKeyConfig(16, 2, 32, 4, 50, QueryNorm.BATCH, ValueInit.NORMAL);
        try (var scope = TensorScope.open(); var memory = new ProductKeyMemory(config)) {
            // U(-1/5, 1/5) has the deviation 0.2 / sqrt(3); 3,200 draws know it to about 1%.
            double[] keys = memory.keys().toDoubles();
            assertTrue(Arrays.stream(keys).allMatch(key -> Math.abs(key) <= 0.2f));
            assertEquals(0.2 / Math.sqrt(3), deviation(keys), 0.006);
            // N(0, 1/16): 16,384 draws know the deviation 1/4 to 0.6%.
            assertEquals(0.25, deviation(memory.values().weight().toDoubles()), 0.007);
        }
    }

    private static double deviation(double[] values) {
        return Math.sqrt(Arrays.stream(values).map(v -> v * v).average().orElseThrow());
    }

    @Test
    void tokensOfAnotherWidthAreRefused() {
        try (var scope = TensorScope.open(); var memory = new ProductKeyMemory(new ProductKeyConfig(16, 2, 4, 2, 8, QueryNorm.NONE, ValueInit.ZERO))) {
            for (long[] shape : new long[][] {{4, 8}, {2, 2, 8}, {2, 32}, {0, 8}, {16, 1}, {}}) {
                Expect.message(IllegalArgumentException.class, () -> memory.forward(Tensor.zeros(DType.FLOAT32, shape), null),
                        "x of shape " + Arrays.toString(shape) + " was given, and tokens of width 16 are wanted");
            }
        }
    }

    /// What was made before the table, which no machine holds, is freed.
    @Test
    void aMemoryThatCannotBeMadeLeavesNothing() {
        assertThrows(TorchException.class, () -> new ProductKeyMemory(new ProductKeyConfig(4096, 1, 46_340, 1, 2, QueryNorm.BATCH, ValueInit.ZERO)));
    }

    /// As PyTorch's modules do: what nothing was read of has zero gradients.
    @Test
    void aBackwardPassOverNoTokenGivesZeroGradients() {
        try (var scope = TensorScope.open(); var memory = new ProductKeyMemory(new ProductKeyConfig(16, 2, 8, 4, 8, QueryNorm.NONE, ValueInit.NORMAL))) {
            memory.forward(Tensor.zeros(DType.FLOAT32, 0, 16), null).sum().backward();
            assertEquals(0, memory.keys().grad().abs().sum().item());
            memory.forward(Tensor.ones(DType.FLOAT32, 3, 16), Tensor.of(new long[0])).sum().backward();
            assertEquals(0, memory.keys().grad().abs().sum().item());
        }
    }

    @Test
    void sharedValuesHaveTheDtypeThatIsAskedFor() {
        var config = new ProductKeyConfig(6, 2, 4, 3, 8, QueryNorm.LAYER, ValueInit.NORMAL);
        var other = new ProductKeyConfig(6, 2, 4, 3, 8, QueryNorm.LAYER, ValueInit.NORMAL, DType.BFLOAT16);
        try (var owner = new ProductKeyMemory(config)) {
            assertEquals("Product-key memory: shared values of dtype float32 were given, and bfloat16 is wanted. Share between memories of the same dtype.",
                    assertThrows(IllegalArgumentException.class, () -> new ProductKeyMemory(other, owner.values())).getMessage());
        }
    }

    /// Each goes by its own mode, whoever owns the values.
    @Test
    void sharedValuesAreTrainedByTheMemoryThatReadsThem() {
        var config = new ProductKeyConfig(6, 2, 4, 3, 8, QueryNorm.LAYER, ValueInit.NORMAL);
        for (boolean training : new boolean[] {true, false}) {
            try (var scope = TensorScope.open(); var owner = new ProductKeyMemory(config); var reader = new ProductKeyMemory(config, owner.values())) {
                owner.train(!training);
                reader.train(training);
                reader.forward(Tensor.ones(DType.FLOAT32, 3, 6), null).sum().backward();
                assertEquals(training, owner.values().gradient() != null);
            }
        }
    }
}
