package dev.mneme.tests;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.mneme.models.base.InputException;
import dev.mneme.models.text.MaskedBatch;
import dev.mneme.models.train.LanguageObjective;
import dev.mneme.models.train.ModelUsage;
import dev.mneme.models.train.TrainConfig;
import dev.mneme.models.train.Trainer;
import dev.mneme.models.train.ValueConfig;
import dev.mneme.models.train.ValueConfig.Optimizer;
import dev.mneme.models.train.ValueConfig.Training;
import dev.mneme.models.zoo.bert.BertConfig;
import dev.mneme.models.zoo.bert.BertForMaskedLM;
import dev.mneme.models.zoo.transformer.MemoryConfig;
import dev.mneme.pkm.ProductKeyConfig.Gate;
import dev.mneme.pkm.ProductKeyConfig.QueryNorm;
import dev.mneme.pkm.ProductKeyConfig.ValueInit;
import dev.mneme.torch.DType;
import dev.mneme.torch.Tensor;
import dev.mneme.torch.TensorScope;
import dev.mneme.torch.testing.NoLeaks;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/// Every way to train the values of memories (docs/method.md, "Training the values"), through the trainer.
@ExtendWith(NoLeaks.class)
class ValueTrainingTest {
    private static final int SLOTS = 256;

    private static BertForMaskedLM model(boolean shared, Gate gated, Integer... layers) {
        var memory = new MemoryConfig(MemoryConfig.Mode.RESIDUAL, List.of(layers), 2, 16, 2, 8, QueryNorm.LAYER, ValueInit.NORMAL, DType.FLOAT32,
                shared, gated);
        return new BertForMaskedLM(BertConfig.of(60, 24, 2, 3, 48, 8).withMemory(memory), 1);
    }

    private static MaskedBatch batch(int seed) {
        int[] ids = IntStream.range(0, 8).map(i -> 5 + (i * 7 + 13 * seed) % 55).toArray();
        var real = new boolean[ids.length];
        Arrays.fill(real, true);
        return new MaskedBatch(1, 8, ids, real, new int[] {1, 5}, new int[] {ids[2], ids[3]}, 8);
    }

    private static Trainer<MaskedBatch> trainer(BertForMaskedLM model, ValueConfig values) {
        TrainConfig config = TrainConfig.constant(1e-3, 1e-2, 0, 0, 1).withSchedule(TrainConfig.Decay.CONSTANT, 4);
        return new Trainer<>(new LanguageObjective(model), config.withValues(values), 1);
    }

    private static ValueConfig values(Optimizer optimizer, TrainConfig.Decay schedule, double decay, boolean rowWise, boolean perRow, Training training) {
        return new ValueConfig(optimizer, 1e-2, schedule, decay, rowWise, perRow, training);
    }

    private static double[] table(BertForMaskedLM model) {
        return model.memories().values().iterator().next().values().weight().toDoubles();
    }

    /// How many rows differ.
    private static long moved(double[] before, double[] after) {
        int width = before.length / SLOTS;
        return IntStream.range(0, SLOTS).filter(row -> !Arrays.equals(Arrays.copyOfRange(before, row * width, (row + 1) * width),
                Arrays.copyOfRange(after, row * width, (row + 1) * width))).count();
    }

    /// After a step on one text, a step on another moves the rows of the first as well only where the moments of all rows count.
    @Test
    void lazyAdamMovesTheRowsHitAndDenseAdamAllThatEverWere() {
        for (Optimizer optimizer : Optimizer.values()) {
            ValueConfig values = values(optimizer, TrainConfig.Decay.CONSTANT, 0, false, false, Training.ALL);
            try (var scope = TensorScope.open(); var model = model(false, Gate.NONE, 1); var trainer = trainer(model, values)) {
                double[] start = table(model);
                trainer.step(batch(1));
                double[] first = table(model);
                trainer.step(batch(2));
                double[] second = table(model);
                long all = moved(start, second);
                assertTrue(moved(start, first) > 0 && moved(start, first) < all && all < SLOTS);
                assertEquals(optimizer == Optimizer.DENSE, moved(first, second) == all);
                assertEquals(optimizer == Optimizer.DENSE, trainer.stale().isEmpty());
                assertEquals(optimizer == Optimizer.DENSE, trainer.optimizerState().containsKey("memory.1.values.exp_avg"));
            }
        }
    }

    /// In the first step both are Adam on the rows hit: m = (1 - b1) g, v = (1 - b2) g², corrected to g and g². SparseAdam adds its epsilon
    /// before the correction and AdamW after it, which shows where gradients are as small as it is, so the mean is compared: a step is 1e-2.
    @Test
    void theFirstStepOfBothIsTheSame() {
        var tables = new double[2][];
        for (Optimizer optimizer : Optimizer.values()) {
            ValueConfig values = values(optimizer, TrainConfig.Decay.CONSTANT, 0, false, false, Training.ALL);
            try (var scope = TensorScope.open(); var model = model(false, Gate.NONE, 1); var trainer = trainer(model, values)) {
                trainer.step(batch(1));
                tables[optimizer.ordinal()] = table(model);
            }
        }
        double difference = IntStream.range(0, tables[0].length).mapToDouble(i -> Math.abs(tables[0][i] - tables[1][i])).average().orElseThrow();
        assertTrue(difference < 1e-5, "differ by " + difference);
    }

    @Test
    void frozenValuesKeepEveryBitWhileKeysLearn() {
        ValueConfig values = values(Optimizer.LAZY, TrainConfig.Decay.CONSTANT, 0, false, false, Training.FROZEN);
        try (var scope = TensorScope.open(); var model = model(false, Gate.NONE, 1); var trainer = trainer(model, values)) {
            double[] start = table(model);
            double[] keys = model.memories().get(1).keys().toDoubles();
            trainer.step(batch(1));
            assertArrayEquals(start, table(model));
            assertFalse(Arrays.equals(keys, model.memories().get(1).keys().toDoubles()));
        }
    }

    /// A linear schedule over four steps has come to 0 at the fifth.
    @Test
    void theRateOfTheValuesHasItsOwnSchedule() {
        ValueConfig values = values(Optimizer.LAZY, TrainConfig.Decay.LINEAR, 0, false, false, Training.ALL);
        try (var scope = TensorScope.open(); var model = model(false, Gate.NONE, 1); var trainer = trainer(model, values)) {
            for (int step = 0; step < 4; step++) {
                double[] before = table(model);
                trainer.step(batch(step));
                assertTrue(moved(before, table(model)) > 0);
            }
            double[] before = table(model);
            trainer.step(batch(4));
            assertArrayEquals(before, table(model));
        }
    }

    @Test
    void theOptionsOfLazyAdamAreItsOwn() {
        ValueConfig values = values(Optimizer.LAZY, TrainConfig.Decay.CONSTANT, 0.1, true, true, Training.ALL);
        try (var scope = TensorScope.open(); var model = model(false, Gate.NONE, 1); var trainer = trainer(model, values)) {
            trainer.step(batch(1));
            assertArrayEquals(new long[] {SLOTS}, trainer.optimizerState().get("memory.1.exp_avg_sq").shape());
        }
        assertEquals("train values by dense Adam with value_row_wise, value_per_row_correction or frequent rows: these are lazy Adam's; choose"
                + " value_optimizer lazy, or leave them out", assertThrows(InputException.class,
                () -> values(Optimizer.DENSE, TrainConfig.Decay.CONSTANT, 0, true, false, Training.ALL)).getMessage());
    }

    /// Memory+ (Berges et al. 2024): one table for all layers, gates and projections for each.
    @Test
    void sharedValuesAreTrainedOnceAndReadAgain(@TempDir Path folder) throws IOException {
        try (var scope = TensorScope.open(); var model = model(true, Gate.MEMORY_PLUS, 0, 1);
                var trainer = trainer(model, ValueConfig.of(1e-2))) {
            Map<String, Tensor> state = model.state();
            assertTrue(state.containsKey("bert.encoder.layer.0.memory.values.weight"));
            assertFalse(state.containsKey("bert.encoder.layer.1.memory.values.weight"));
            assertTrue(state.containsKey("bert.encoder.layer.1.memory.gate.weight"));
            assertEquals(1, trainer.stale().size());
            double first = trainer.step(batch(1));
            double last = first;
            for (int step = 0; step < 30; step++) {
                last = trainer.step(batch(1));
            }
            assertTrue(last < first - 1, first + " to " + last);
            model.save(folder);
            model.train(false);
            Tensor ids = Tensor.of(batch(1).ids(), 1, 8);
            try (var again = BertForMaskedLM.read(folder)) {
                again.train(false);
                assertEquals(model.config(), again.config());
                assertArrayEquals(model.forward(ids, null, null).toDoubles(), again.forward(ids, null, null).toDoubles());
            }
        }
    }

    /// Two layers that read one table, and mostly different rows of it.
    @Test
    void frequentRowsOfASharedTableAreThoseOfAllLayersThatReadIt() {
        ValueConfig values = values(Optimizer.LAZY, TrainConfig.Decay.CONSTANT, 0, false, false, Training.FREQUENT);
        try (var scope = TensorScope.open(); var model = model(true, Gate.NONE, 0, 1); var trainer = trainer(model, values)) {
            model.train(false);
            var read = new TreeMap<Integer, Set<Long>>();
            model.memories().forEach((layer, memory) -> memory.observe(hits -> read.put(layer, ids(hits.ids()))));
            Tensor ids = Tensor.of(batch(1).ids(), 1, 8);
            model.forward(ids, null, null);
            Map<Integer, Tensor> frequent;
            try (var watch = new ModelUsage(model)) {
                model.forward(ids, null, null);
                frequent = watch.mostRead(1);
            }
            assertEquals(List.of(List.of(0, 1)), model.layersByTable());
            assertEquals(Set.of(0), frequent.keySet());
            var all = new TreeSet<>(read.get(0));
            all.addAll(read.get(1));
            assertTrue(all.size() > read.get(0).size());
            assertEquals(all, ids(frequent.get(0)));

            trainer.trainOnly(frequent);
            double[] before = table(model);
            trainer.step(batch(1));
            double[] after = table(model);
            int width = before.length / SLOTS;
            var moved = LongStream.range(0, SLOTS).filter(row -> {
                int at = (int) row * width;
                return !Arrays.equals(Arrays.copyOfRange(before, at, at + width), Arrays.copyOfRange(after, at, at + width));
            }).boxed().collect(Collectors.toCollection(TreeSet::new));
            assertTrue(all.containsAll(moved), moved + " of " + all); // dropout makes training read some other rows
            moved.removeAll(read.get(0));
            assertFalse(moved.isEmpty(), "rows that only the second layer reads are trained");
        }
    }

    private static Set<Long> ids(Tensor tensor) {
        return Arrays.stream(tensor.toDoubles()).mapToObj(id -> (long) id).collect(Collectors.toCollection(TreeSet::new));
    }
}
