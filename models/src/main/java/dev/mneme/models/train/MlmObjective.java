package dev.mneme.models.train;

import dev.mneme.models.bert.BertForMaskedLM;
import dev.mneme.models.data.MaskedBatch;
import dev.mneme.torch.Tensor;
import dev.mneme.torch.nn.Functions;

/// Masked language modelling (Devlin et al. 2019): the cross-entropy of the tokens that were hidden, in nats.
public record MlmObjective(BertForMaskedLM model) implements Objective<MaskedBatch> {
    @Override
    public Tensor loss(MaskedBatch batch) {
        BatchTensors tensors = BatchTensors.of(batch);
        Tensor hidden = model.forward(tensors.ids(), null, tensors.mask()); // (B, S, d)
        Tensor logits = model.logits(hidden, tensors.positions()); // (M, vocabulary)
        return Functions.crossEntropy(logits, tensors.labels());
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
        return model.config().encoderFlops(batch.ids().length, batch.length()) + model.config().vocabularyFlops(batch.masked());
    }
}
