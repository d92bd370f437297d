package dev.mneme.bench;

import dev.mneme.models.text.MaskedBatch;
import dev.mneme.models.train.LanguageObjective;
import dev.mneme.models.train.Objective;
import dev.mneme.models.train.TrainConfig;
import dev.mneme.models.train.Trainer;
import dev.mneme.models.zoo.bert.BertConfig;
import dev.mneme.models.zoo.bert.BertForMaskedLM;
import dev.mneme.models.zoo.bert.BertForTask;
import dev.mneme.models.zoo.bert.TaskHead;
import dev.mneme.models.zoo.transformer.TransformerModel;
import dev.mneme.torch.Native;
import dev.mneme.torch.Tensor;
import dev.mneme.torch.nn.Functions;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

/// Steps of a BERT-base: 12 layers of width 768, 8 sequences of 128 random tokens. BASE predicts the 15% that are masked, as in pretraining;
/// CLASSIFY tells two classes, as in fine-tuning.
final class BaseStep implements StepWork {
    private static final int SEQUENCES = 8;
    private static final int LENGTH = 128;
    private static final int VOCABULARY = 30522;
    private static final int MASK = 103;
    private static final int BATCHES = 4;
    private static final long SEED = 1;

    private final TransformerModel model;
    private final Trainer<MaskedBatch> trainer;
    private final List<MaskedBatch> batches;

    BaseStep(StepBenchmark.Arm arm) {
        Native.setThreads(THREADS);
        BertConfig config = BertConfig.of(VOCABULARY, 768, 12, 12, 3072, 512);
        boolean classify = arm == StepBenchmark.Arm.CLASSIFY;
        Objective<MaskedBatch> objective = classify
                ? new Classify(new BertForTask(config, new TaskHead(TaskHead.Kind.CLASSIFICATION, List.of("0", "1")), SEED))
                : new LanguageObjective(new BertForMaskedLM(config, SEED));
        model = objective.model();
        trainer = new Trainer<>(objective, train(), SEED);
        batches = IntStream.range(0, BATCHES).mapToObj(i -> classify ? twoClasses(i) : masked(i)).toList();
    }

    private static int[] tokens(Random random) {
        return random.ints(SEQUENCES * LENGTH, 1000, VOCABULARY).toArray();
    }

    private static MaskedBatch masked(int number) {
        var random = new Random(number);
        int[] ids = tokens(random);
        int[] positions = IntStream.range(0, ids.length).filter(i -> random.nextDouble() < 0.15).toArray();
        int[] labels = IntStream.of(positions).map(p -> ids[p]).toArray();
        IntStream.of(positions).forEach(p -> ids[p] = MASK);
        return batch(ids, positions, labels);
    }

    /// One target a sequence, at its first token.
    private static MaskedBatch twoClasses(int number) {
        var random = new Random(number);
        int[] ids = tokens(random);
        return batch(ids, IntStream.range(0, SEQUENCES).map(b -> b * LENGTH).toArray(), random.ints(SEQUENCES, 0, 2).toArray());
    }

    private static MaskedBatch batch(int[] ids, int[] positions, int[] labels) {
        var real = new boolean[ids.length];
        Arrays.fill(real, true);
        return new MaskedBatch(SEQUENCES, LENGTH, ids, real, positions, labels, ids.length);
    }

    private record Classify(BertForTask model) implements Objective<MaskedBatch> {
        @Override
        public Tensor loss(MaskedBatch batch) {
            Tensor logits = model.logits(Tensor.of(batch.ids(), batch.size(), batch.length()), null, null); // (B, 2)
            return Functions.crossEntropy(logits, Tensor.of(Arrays.stream(batch.labels()).asLongStream().toArray(), batch.masked()));
        }

        @Override
        public int targets(MaskedBatch batch) {
            return batch.masked();
        }

        @Override
        public long realTokens(MaskedBatch batch) {
            return batch.realTokens();
        }

        @Override
        public double forwardFlops(MaskedBatch batch) {
            return model.config().encoderFlops(batch.ids().length, batch.length());
        }
    }

    @Override
    public double next() {
        return trainer.step(batches.get((int) (trainer.steps() % batches.size())));
    }

    /// Floating-point operations of a step's matrix products a second, since the first.
    double flopsPerSecond() {
        return trainer.flopsPerSecond();
    }

    @Override
    public TransformerModel model() {
        return model;
    }

    @Override
    public TrainConfig train() {
        return TrainConfig.constant(2e-5, 1e-3, 0, 0.01, 1);
    }

    @Override
    public List<MaskedBatch> batches() {
        return batches;
    }

    @Override
    public int compared() {
        return 3;
    }

    @Override
    public void close() {
        trainer.close();
        model.close();
    }
}
