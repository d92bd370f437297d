package dev.mneme.models.train;

import dev.mneme.models.zoo.transformer.TransformerModel;
import dev.mneme.torch.Tensor;

/// What a model is trained for.
///
/// @param <B> the batches it is trained on
public interface Objective<B> {
    TransformerModel model();

    /// The mean loss over a batch's targets, in the current scope: a float32 scalar that backward can start from.
    Tensor loss(B batch);

    /// How many targets the mean is over. Without any a batch is passed over.
    int targets(B batch);

    /// The tokens of a batch that are not padding.
    long realTokens(B batch);

    /// The floating-point operations of a forward pass over a batch: two for each multiplication in a matrix product.
    double forwardFlops(B batch);
}
