package dev.mneme.models.zoo.transformer;

import dev.mneme.pkm.ProductKeyMemory;
import dev.mneme.torch.Tensor;

/// A layer of a transformer.
public interface Layer {
    /// @param x (B, S, d)
    /// @param mask of the attention, as the layer takes it, or null
    /// @param real (R), the indices of the real tokens in (B·S), or null where all are
    /// @return (B, S, d)
    Tensor forward(Tensor x, Tensor mask, Tensor real);

    boolean isTraining();

    /// Null where it has none.
    ProductKeyMemory memory();
}
