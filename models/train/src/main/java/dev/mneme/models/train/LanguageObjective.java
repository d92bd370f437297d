package dev.mneme.models.train;

import dev.mneme.models.text.MaskedBatch;
import dev.mneme.models.zoo.transformer.LanguageModel;
import dev.mneme.torch.Tensor;
import dev.mneme.torch.nn.Functions;

/// Language modelling, masked (Devlin et al. 2019) or causal: the cross-entropy of the tokens that were hidden, or that come next, in nats.
public record LanguageObjective(LanguageModel model) implements Objective<MaskedBatch> {
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
        return model.forwardFlops(batch.ids().length, batch.length(), batch.masked());
    }
}
