package dev.mneme.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.mneme.models.text.MaskedBatch;
import dev.mneme.models.train.LanguageObjective;
import dev.mneme.models.train.TrainConfig;
import dev.mneme.models.train.Trainer;
import dev.mneme.models.zoo.bert.BertConfig;
import dev.mneme.models.zoo.bert.BertForMaskedLM;
import dev.mneme.models.zoo.transformer.MemoryConfig;
import dev.mneme.pkm.ProductKeyConfig.QueryNorm;
import dev.mneme.pkm.ProductKeyConfig.ValueInit;
import dev.mneme.torch.Autocast;
import dev.mneme.torch.DType;
import dev.mneme.torch.Device;
import dev.mneme.torch.Native;
import dev.mneme.torch.NoGrad;
import dev.mneme.torch.Tensor;
import dev.mneme.torch.TensorScope;
import dev.mneme.torch.testing.NoLeaks;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Products in bfloat16, and activations that are computed again instead of kept.
@ExtendWith(NoLeaks.class)
class PrecisionTest {
    private static BertForMaskedLM model(double dropout) {
        var memory = new MemoryConfig(MemoryConfig.Mode.RESIDUAL, List.of(1), 2, 8, 4, 8, QueryNorm.BATCH, ValueInit.NORMAL);
        BertConfig plain = BertConfig.of(60, 24, 3, 3, 48, 8);
        return new BertForMaskedLM(new BertConfig(plain.architecture(), 60, 24, 3, 3, 48, 8, 2, dropout, dropout, 1e-12, 0.2, 0, memory), 1);
    }

    private static MaskedBatch batch(int seed) {
        int[] ids = IntStream.range(0, 32).map(i -> 5 + (i * 7 + seed) % 55).toArray();
        var real = new boolean[ids.length];
        Arrays.fill(real, true);
        Arrays.fill(real, 29, 32, false);
        int[] positions = {1, 6, 12, 20, 27};
        return new MaskedBatch(4, 8, ids, real, positions, Arrays.stream(positions).map(p -> ids[p]).toArray(), 29);
    }

    private static TrainConfig config(double clipNorm) {
        return TrainConfig.constant(1e-2, 1e-2, 0, 0.01, clipNorm);
    }

    /// The forward pass is made twice with the same masks, and the running statistics move once, so nothing may differ.
    @ParameterizedTest
    @ValueSource(doubles = {0, 0.1})
    void computingActivationsAgainChangesNoBit(double dropout) {
        try (var scope = TensorScope.open(); var kept = model(dropout); var again = model(dropout);
                var one = new Trainer<>(new LanguageObjective(kept), config(dropout), 1);
                var other = new Trainer<>(new LanguageObjective(again), config(dropout).withRecompute(true), 1)) {
            for (int step = 0; step < 4; step++) {
                double loss = one.step(batch(step));
                double recomputed = other.step(batch(step));
                if (dropout == 0) {
                    assertEquals(loss, recomputed, 0, "step " + step);
                }
            }
            if (dropout == 0) { // with dropout, the masks are others than those of one draw for the whole model
                kept.state().forEach((name, tensor) ->
                        assertTrue(Arrays.equals(tensor.toDoubles(), again.state().get(name).toDoubles()), name));
            }
        }
    }

    /// With dropout the gradient is that of the loss for the masks drawn in the forward pass. Masks are a function of the step's seed, so
    /// the loss can be asked for twice, and moving along the gradient lowers it by the square of its length.
    @Test
    void withDropoutTheGradientIsThatOfTheSameMasks() {
        try (var scope = TensorScope.open(); var model = model(0.3)) {
            var objective = new LanguageObjective(model);
            model.recompute(true);
            model.train(true);
            Native.manualSeed(5);
            Tensor loss = objective.loss(batch(1));
            loss.backward();
            model.backward();
            double length = model.parameters().stream().mapToDouble(p -> p.grad().mul(p.grad()).sum().item()).sum();
            double step = 1e-3 / Math.sqrt(length);
            try (var noGrad = NoGrad.open()) {
                model.parameters().forEach(p -> p.sub_(p.grad().mul(step)));
            }
            Native.manualSeed(5);
            double lower = objective.loss(batch(1)).item();
            double expected = step * length; // to first order
            assertEquals(expected, loss.item() - lower, 0.1 * expected);
        }
    }

    /// bfloat16 has 8 bits: a product of sums of 24 to 48 terms is right to about one part in a hundred.
    @Test
    void autocastComputesInBfloat16AndTrainsInFloat32() {
        try (var scope = TensorScope.open(); var exact = model(0); var rounded = model(0);
                var one = new Trainer<>(new LanguageObjective(exact), config(1), 1);
                var other = new Trainer<>(new LanguageObjective(rounded), config(1).withPrecision(TrainConfig.Precision.BFLOAT16), 1)) {
            double expected = one.step(batch(1));
            double found = other.step(batch(1));
            assertNotEquals(expected, found);
            assertEquals(expected, found, 0.02 * expected);
            rounded.state().values().forEach(tensor -> assertTrue(tensor.dtype() == DType.FLOAT32 || tensor.dtype() == DType.INT64));
            for (int step = 2; step < 40; step++) {
                expected = one.step(batch(1));
                found = other.step(batch(1));
            }
            assertTrue(expected < 1, "loss " + expected);
            assertEquals(expected, found, 0.3);
        }
    }

    @Test
    void autocastIsOfItsScopeAlone() {
        try (var scope = TensorScope.open()) {
            Tensor a = Tensor.ones(DType.FLOAT32, 4, 4);
            try (var outer = Autocast.open(Device.CPU, DType.BFLOAT16)) {
                assertEquals(DType.BFLOAT16, a.matmul(a).dtype());
                try (var inner = Autocast.open(Device.CPU, DType.FLOAT16)) {
                    assertEquals(DType.FLOAT16, a.matmul(a).dtype());
                }
                assertEquals(DType.BFLOAT16, a.matmul(a).dtype());
                assertEquals(DType.FLOAT32, a.softmax(-1, DType.FLOAT32).dtype());
            }
            assertEquals(DType.FLOAT32, a.matmul(a).dtype());
            assertEquals("Autocast: dtype float32 was given. Give BFLOAT16 or FLOAT16.",
                    assertThrows(IllegalArgumentException.class, () -> Autocast.open(Device.CPU, DType.FLOAT32)).getMessage());
        }
    }
}
