package dev.mneme.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.mneme.models.text.MaskedBatch;
import dev.mneme.models.text.Tokenizer;
import dev.mneme.models.text.Vocabulary;
import dev.mneme.models.train.Checkpoint;
import dev.mneme.models.train.DivergedException;
import dev.mneme.models.train.Evaluation;
import dev.mneme.models.train.LanguageObjective;
import dev.mneme.models.train.Objective;
import dev.mneme.models.train.Progress;
import dev.mneme.models.train.TrainConfig;
import dev.mneme.models.train.TrainConfig.OnNonfinite;
import dev.mneme.models.train.Trainer;
import dev.mneme.models.train.TrainingLoop;
import dev.mneme.models.train.ValueConfig;
import dev.mneme.models.zoo.bert.BertConfig;
import dev.mneme.models.zoo.bert.BertForMaskedLM;
import dev.mneme.models.zoo.transformer.MemoryConfig;
import dev.mneme.models.zoo.transformer.TransformerModel;
import dev.mneme.pkm.ProductKeyConfig.Gate;
import dev.mneme.pkm.ProductKeyConfig.QueryNorm;
import dev.mneme.pkm.ProductKeyConfig.ValueInit;
import dev.mneme.torch.DType;
import dev.mneme.torch.Tensor;
import dev.mneme.torch.TensorScope;
import dev.mneme.torch.testing.NoLeaks;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// A step whose loss or gradient is not finite changes nothing that training depends on, whatever the way in which it is made.
@ExtendWith(NoLeaks.class)
class NonfiniteStepTest {
    private static final Progress QUIET = Progress.open(new PrintStream(OutputStream.nullOutputStream()), "test", 0, 6);

    /// What is wrong with the last batch of a step.
    enum Fault { LOSS, GRADIENT }

    /// Masked language modelling, but for batches of three sequences.
    private record Faulty(BertForMaskedLM model, LanguageObjective usual, Fault fault) implements Objective<MaskedBatch> {
        Faulty(BertForMaskedLM model, Fault fault) {
            this(model, new LanguageObjective(model), fault);
        }

        @Override
        public Tensor loss(MaskedBatch batch) {
            Tensor loss = usual.loss(batch);
            if (batch.size() != 3) {
                return loss;
            }
            Tensor zero = loss.sub(loss.detach());
            return fault == Fault.LOSS ? loss.add(zero.log()) : loss.add(zero.sqrt()); // whose derivative is infinite at 0
        }

        @Override
        public int targets(MaskedBatch batch) {
            return usual.targets(batch);
        }

        @Override
        public long realTokens(MaskedBatch batch) {
            return usual.realTokens(batch);
        }

        @Override
        public double forwardFlops(MaskedBatch batch) {
            return usual.forwardFlops(batch);
        }
    }

    private static MaskedBatch batch(int sequences, int seed) {
        int[] ids = IntStream.range(0, 8 * sequences).map(i -> 5 + (i * 7 + 13 * seed) % 55).toArray();
        var real = new boolean[ids.length];
        Arrays.fill(real, true);
        int[] positions = IntStream.range(0, sequences).map(b -> 8 * b + 1).toArray();
        return new MaskedBatch(sequences, 8, ids, real, positions, Arrays.stream(positions).map(p -> ids[p + 1]).toArray(), ids.length);
    }

    private static BertForMaskedLM model(boolean shared) {
        var memory = new MemoryConfig(MemoryConfig.Mode.RESIDUAL, List.of(0, 1), 2, 8, 4, 8, QueryNorm.BATCH, ValueInit.NORMAL, DType.FLOAT32, shared,
                Gate.NONE);
        return new BertForMaskedLM(BertConfig.of(60, 24, 2, 3, 48, 8).withMemory(memory), 1);
    }

    private static Map<String, String> state(TransformerModel model, Trainer<?> trainer) {
        var all = new TreeMap<String, String>();
        model.state().forEach((name, tensor) -> all.put(name, Arrays.toString(tensor.toDoubles())));
        trainer.optimizerState().forEach((name, tensor) -> all.put(name, Arrays.toString(tensor.toDoubles())));
        return all;
    }

    @ParameterizedTest
    @CsvSource({"LOSS, 0, 1, LAZY, false, false, STOP", "GRADIENT, 0, 1, LAZY, false, false, STOP", "GRADIENT, 1, 1, LAZY, false, false, SKIP",
        "GRADIENT, 0, 2, LAZY, true, false, SKIP", "LOSS, 1, 2, LAZY, true, true, SKIP", "GRADIENT, 0, 1, DENSE, false, true, STOP",
        "LOSS, 0, 2, DENSE, true, false, STOP", "GRADIENT, 1, 2, DENSE, false, false, SKIP", "GRADIENT, 0, 1, LAZY, true, true, STOP"})
    void nothingChanges(Fault fault, double clipNorm, int accumulation, ValueConfig.Optimizer optimizer, boolean shared, boolean recompute,
            OnNonfinite policy) {
        TrainConfig config = TrainConfig.constant(1e-2, 1e-2, 0, 0.01, clipNorm).withAccumulation(accumulation).withRecompute(recompute)
                .withValues(new ValueConfig(optimizer, 1e-2, TrainConfig.Decay.CONSTANT, 0, false, false, ValueConfig.Training.ALL))
                .withOnNonfinite(policy);
        try (var scope = TensorScope.open(); var model = model(shared); var other = model(shared);
                var trainer = new Trainer<>(new Faulty(model, fault), config, 1); var twin = new Trainer<>(new Faulty(other, fault), config, 1)) {
            for (int step = 0; step < 2; step++) {
                assertEquals(twin.step(batches(accumulation, step, false)), trainer.step(batches(accumulation, step, false)));
            }
            Map<String, String> before = state(model, trainer);
            if (policy == OnNonfinite.STOP) {
                String message = assertThrows(DivergedException.class, () -> trainer.step(batches(accumulation, 2, true))).getMessage();
                assertTrue(message.matches("Training step 2 was not made: " + (fault == Fault.LOSS ? "its loss is -Infinity"
                        : "the norm of its gradient is (NaN|Infinity), at a loss of \\d\\.\\d+")), message);
            } else {
                assertTrue(Double.isNaN(trainer.step(batches(accumulation, 2, true))));
            }
            assertEquals(policy == OnNonfinite.STOP ? 2 : 3, trainer.steps());
            assertEquals(before, state(model, trainer));
            assertTrue(model.parameters().stream().allMatch(p -> p.grad() == null));
            model.memories().values().forEach(memory -> assertNull(memory.values().gradient()));
            assertEquals(twin.step(batches(accumulation, 3, false)), trainer.step(batches(accumulation, 3, false)));
            assertEquals(state(other, twin), state(model, trainer));
        }
    }

    private static List<MaskedBatch> batches(int accumulation, int step, boolean faulty) {
        return IntStream.range(0, accumulation).mapToObj(i -> batch(faulty && i == accumulation - 1 ? 3 : 2, 10 * step + i)).toList();
    }

    /// Learning rates and batches of the steps after it are those of their numbers.
    @Test
    void aRunThatSkippedAStepIsResumedBitForBit(@TempDir Path runs) throws Exception {
        TrainConfig config = TrainConfig.constant(1e-2, 1e-2, 1, 0.01, 1).withSchedule(TrainConfig.Decay.LINEAR, 6).withOnNonfinite(OnNonfinite.SKIP);
        var ends = new ArrayList<Map<String, String>>();
        for (long cut : new long[] {6, 2, 3}) {
            Path run = Files.createDirectory(runs.resolve("cut-" + cut));
            try (var model = model(false); var trainer = new Trainer<>(new Faulty(model, Fault.GRADIENT), config, 1);
                    var tokenizer = Tokenizer.of(vocabulary())) {
                TrainingLoop<MaskedBatch> loop = loop(trainer);
                loop.run(6, () -> trainer.steps() == cut, QUIET, step -> {});
                Checkpoint.save(run, trainer, tokenizer, loop.state());
            }
            try (var scope = TensorScope.open(); var model = model(false); var trainer = new Trainer<>(new Faulty(model, Fault.GRADIENT), config, 1)) {
                TrainingLoop<MaskedBatch> loop = loop(trainer);
                loop.restore(Checkpoint.latest(run).orElseThrow());
                loop.run(6, () -> false, QUIET, step -> {});
                assertEquals(1, loop.skipped());
                Map<String, String> end = state(model, trainer);
                end.put("loop", loop.state().toString());
                ends.add(end);
            }
        }
        assertEquals(ends.get(0), ends.get(1));
        assertEquals(ends.get(0), ends.get(2));
    }

    /// The third batch is faulty.
    private static TrainingLoop<MaskedBatch> loop(Trainer<MaskedBatch> trainer) {
        return new TrainingLoop<>(trainer, number -> List.of(batch(number == 2 ? 3 : 2, (int) number)),
                stale -> new Evaluation(1.0, Map.of(), List.of(), null), 6, 0, 0);
    }

    private static Vocabulary vocabulary() {
        var tokens = new ArrayList<>(Vocabulary.SPECIALS);
        IntStream.range(tokens.size(), 60).forEach(i -> tokens.add("word" + i));
        return Vocabulary.of(tokens);
    }
}
