package dev.mneme.models.train.tasks;

import dev.mneme.models.train.Objective;
import dev.mneme.models.zoo.bert.BertForTask;
import dev.mneme.torch.DType;
import dev.mneme.torch.Tensor;
import dev.mneme.torch.nn.Functions;
import java.util.Arrays;

/// The losses of transformers: cross-entropy of the classes, of the tags, or of the two ends of an answer (their mean), in nats; the mean
/// squared error of scores.
record TaskObjective(BertForTask model) implements Objective<TaskBatch> {
    @Override
    public Tensor loss(TaskBatch batch) {
        return loss(logits(batch), batch.targets());
    }

    /// As [BertForTask#logits], in float32.
    Tensor logits(TaskBatch batch) {
        Tensor ids = Tensor.of(batch.ids(), batch.size(), batch.length());
        Tensor types = model.config().typeVocabSize() > 1 ? Tensor.of(batch.types(), batch.size(), batch.length()) : null;
        Tensor mask = batch.realTokens() < batch.ids().length ? Tensor.of(batch.real(), batch.size(), batch.length()) : null;
        return model.logits(ids, types, mask).to(DType.FLOAT32);
    }

    Tensor loss(Tensor logits, Targets targets) {
        return switch (targets) {
            case Targets.Classes classes -> Functions.crossEntropy(logits, longs(classes.ids()));
            case Targets.Scores scores -> logits.squeeze(1).mseLoss(Tensor.of(scores.values(), scores.values().length), Functions.MEAN);
            case Targets.Tags tags -> Functions.crossEntropy(logits.reshape(-1, logits.size(2)), longs(tags.ids()), Targets.IGNORED, 0);
            case Targets.Spans spans -> Functions.crossEntropy(logits.select(2, 0), longs(spans.starts()))
                    .add(Functions.crossEntropy(logits.select(2, 1), longs(spans.ends()))).mul(0.5);
        };
    }

    private static Tensor longs(int[] values) {
        return Tensor.of(Arrays.stream(values).asLongStream().toArray(), values.length);
    }

    @Override
    public int targets(TaskBatch batch) {
        return batch.targets() instanceof Targets.Tags tags ? (int) Arrays.stream(tags.ids()).filter(id -> id != Targets.IGNORED).count()
                : batch.size();
    }

    @Override
    public long realTokens(TaskBatch batch) {
        return batch.realTokens();
    }

    @Override
    public double forwardFlops(TaskBatch batch) {
        return model.config().encoderFlops(batch.ids().length, batch.length());
    }
}
