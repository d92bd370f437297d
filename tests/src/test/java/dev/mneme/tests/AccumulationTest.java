package dev.mneme.tests;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.mneme.models.text.MaskedBatch;
import dev.mneme.models.train.DivergedException;
import dev.mneme.models.train.LanguageObjective;
import dev.mneme.models.train.ModelUsage;
import dev.mneme.models.train.TrainConfig;
import dev.mneme.models.train.Trainer;
import dev.mneme.models.train.ValueConfig;
import dev.mneme.models.zoo.bert.BertConfig;
import dev.mneme.models.zoo.bert.BertForMaskedLM;
import dev.mneme.models.zoo.transformer.MemoryConfig;
import dev.mneme.pkm.ProductKeyConfig.QueryNorm;
import dev.mneme.pkm.ProductKeyConfig.ValueInit;
import dev.mneme.torch.DType;
import dev.mneme.torch.Native;
import dev.mneme.torch.NoGrad;
import dev.mneme.torch.Tensor;
import dev.mneme.torch.TensorScope;
import dev.mneme.torch.testing.Golden;
import dev.mneme.torch.testing.NoLeaks;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Gradients of several batches make one step, whose numbers are those of one batch with all their sequences.
@ExtendWith(NoLeaks.class)
class AccumulationTest {
    private static BertForMaskedLM model() {
        // layer norm: batch norm sees each batch by itself
        var memory = new MemoryConfig(MemoryConfig.Mode.RESIDUAL, List.of(0), 2, 8, 4, 8, QueryNorm.LAYER, ValueInit.NORMAL);
        return new BertForMaskedLM(BertConfig.of(60, 24, 1, 3, 48, 8).withMemory(memory), 1);
    }

    /// @param masked how many tokens of each sequence are masked
    private static MaskedBatch batch(int sequences, int seed, int masked) {
        int[] ids = IntStream.range(0, 8 * sequences).map(i -> 5 + (i * 7 + seed) % 55).toArray();
        var real = new boolean[ids.length];
        Arrays.fill(real, true);
        int[] positions = IntStream.range(0, sequences).flatMap(b -> IntStream.range(0, masked).map(m -> 8 * b + 2 * m + 1)).toArray();
        return new MaskedBatch(sequences, 8, ids, real, positions, Arrays.stream(positions).map(p -> ids[p]).toArray(), ids.length);
    }

    private static MaskedBatch joined(MaskedBatch a, MaskedBatch b) {
        int[] positions = IntStream.concat(Arrays.stream(a.maskedPositions()), Arrays.stream(b.maskedPositions()).map(p -> p + a.ids().length)).toArray();
        var real = new boolean[a.ids().length + b.ids().length];
        Arrays.fill(real, true);
        return new MaskedBatch(a.size() + b.size(), 8, IntStream.concat(Arrays.stream(a.ids()), Arrays.stream(b.ids())).toArray(), real, positions,
                IntStream.concat(Arrays.stream(a.labels()), Arrays.stream(b.labels())).toArray(), real.length);
    }

    private static TrainConfig config(double clipNorm, int accumulation) {
        return TrainConfig.constant(1e-2, 1e-2, 0, 0.01, clipNorm).withSchedule(TrainConfig.Decay.COSINE, 20).withAccumulation(accumulation);
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, 0.5})
    void twoBatchesMakeTheStepOfOneWithBoth(double clipNorm) {
        try (var scope = TensorScope.open(); var apart = model(); var together = model();
                var two = new Trainer<>(new LanguageObjective(apart), config(clipNorm, 2), 1); var one = new Trainer<>(new LanguageObjective(together), config(clipNorm, 1), 1)) {
            for (int step = 0; step < 5; step++) {
                MaskedBatch a = batch(3, 2 * step, 1); // three masked tokens, and eight: each token counts the same
                MaskedBatch b = batch(4, 2 * step + 1, 2);
                assertEquals(one.step(joined(a, b)), two.step(List.of(a, b)), 1e-5);
            }
            together.state().forEach((name, tensor) -> Golden.assertClose(tensor, apart.state().get(name), 2e-5, name));
            assertEquals(5, two.steps());
        }
    }

    @Test
    void anotherNumberOfBatchesIsRefused() {
        try (var model = model(); var trainer = new Trainer<>(new LanguageObjective(model), config(0, 2), 1)) {
            String message = assertThrows(IllegalArgumentException.class, () -> trainer.step(List.of(batch(2, 1, 1), batch(2, 1, 1), batch(2, 1, 1)))).getMessage();
            assertEquals("Trainer: a step on 3 batches. Give 1 to 2, the configuration's accumulation.", message);
        }
    }

    @Test
    void aLossThatIsNotFiniteLeavesNoGradientOfTheBatchesBefore() {
        try (var scope = TensorScope.open(); var model = model(); var trainer = new Trainer<>(new LanguageObjective(model), config(0, 2), 1)) {
            var first = new MaskedBatch(2, 4, new int[] {5, 6, 7, 8, 9, 10, 11, 12}, new boolean[] {true, true, true, true, true, true, true, true},
                    new int[] {1, 6}, new int[] {6, 11}, 8);
            try (var noGrad = NoGrad.open()) {
                model.state().get("bert.embeddings.position_embeddings.weight").select(0, 7).fill_(Float.NaN); // where the first does not reach
            }
            assertThrows(DivergedException.class, () -> trainer.step(List.of(first, batch(2, 1, 1))));
            assertEquals(0, trainer.steps());
            assertTrue(model.parameters().stream().allMatch(p -> p.grad() == null || p.grad().countNonzero().itemLong() == 0));
        }
    }

    /// A trainer that cannot be made leaves nothing; one whose tables were taken over refuses before it moves anything.
    @Test
    void trainersThatFailLeaveTheModelAsItWas() {
        var bfloat16 = new MemoryConfig(MemoryConfig.Mode.RESIDUAL, List.of(0), 2, 4, 2, 8, QueryNorm.LAYER, ValueInit.NORMAL).withValueDtype(DType.BFLOAT16);
        BertConfig sizes = BertConfig.of(60, 16, 1, 2, 32, 16);
        try (var model = new BertForMaskedLM(sizes.withMemory(bfloat16), 1)) {
            var dense = new ValueConfig(ValueConfig.Optimizer.DENSE, 1e-3, null, 0, false, false, null);
            long before = Native.live().handles();
            assertThrows(IllegalArgumentException.class,
                    () -> new Trainer<>(new LanguageObjective(model), TrainConfig.constant(1e-3, 1e-3, 0, 0, 0).withValues(dense), 1));
            assertEquals(before, Native.live().handles());
            TrainConfig config = TrainConfig.constant(1e-3, 1e-3, 0, 0, 0);
            try (var first = new Trainer<>(new LanguageObjective(model), config, 1); var second = new Trainer<>(new LanguageObjective(model), config, 1)) {
                double[] weights = model.parameters().getFirst().toDoubles();
                var batch = new MaskedBatch(2, 3, new int[] {2, 7, 3, 2, 8, 3}, new boolean[] {true, true, true, true, true, true}, new int[] {1, 4},
                        new int[] {9, 9}, 6);
                assertTrue(assertThrows(IllegalStateException.class, () -> first.step(batch)).getMessage().contains("one trainer at a time"));
                assertArrayEquals(weights, model.parameters().getFirst().toDoubles());
            }
        }
    }

    /// Counters of one model begin and end in any order, each with the lookups of its own thread.
    @Test
    void countersOfUseOverlap() throws Exception {
        var memory = new MemoryConfig(MemoryConfig.Mode.RESIDUAL, List.of(0), 2, 4, 2, 8, QueryNorm.LAYER, ValueInit.NORMAL);
        try (var model = new BertForMaskedLM(BertConfig.of(60, 16, 1, 2, 32, 16).withMemory(memory), 1)) {
            model.train(false);
            Runnable read = () -> {
                try (var scope = TensorScope.open(); var noGrad = NoGrad.open()) {
                    model.forward(Tensor.of(new long[] {2, 7, 3}, 1, 3), null, null);
                }
            };
            var first = new ModelUsage(model);
            var second = new ModelUsage(model);
            read.run();
            long one = first.report(Map.of()).getFirst().queries();
            first.close();
            read.run();
            var thread = new Thread(read);
            thread.start();
            thread.join();
            assertEquals(3 * 2, one, "tokens times heads");
            assertEquals(2 * one, second.report(Map.of()).getFirst().queries());
            second.close();
            read.run();
        }
    }
}
