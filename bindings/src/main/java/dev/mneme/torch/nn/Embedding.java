package dev.mneme.torch.nn;

import dev.mneme.torch.Construction;
import dev.mneme.torch.DType;
import dev.mneme.torch.NoGrad;
import dev.mneme.torch.Tensor;
import dev.mneme.torch.Torch;

/// A table of vectors, torch.nn.Embedding. State: `weight` (count, width).
public final class Embedding extends Module {
    private final Tensor weight;
    private final long paddingIndex;

    /// Standard normal values; the padding row is zero and gets no gradient.
    ///
    /// @param paddingIndex the row for padding, or -1 for none
    public Embedding(long count, long width, long paddingIndex) {
        if (paddingIndex >= count || paddingIndex < -1) {
            throw new IllegalArgumentException("Embedding: padding index " + paddingIndex + " of a table of " + count
                    + " rows. Give one from 0 to below " + count + ", or -1 for none.");
        }
        this.paddingIndex = paddingIndex;
        try (var construction = Construction.open(); var noGrad = NoGrad.open()) {
            weight = Initial.normal(Tensor.empty(DType.FLOAT32, count, width), 1);
            if (paddingIndex >= 0) {
                weight.select(0, paddingIndex).zero_();
            }
            parameter("weight", weight);
            construction.complete();
        }
    }

    public Embedding(long count, long width) {
        this(count, width, -1);
    }

    /// @param ids int32 or int64, of any shape
    /// @return that shape and the width
    public Tensor forward(Tensor ids) {
        return Torch.embedding(weight, ids, paddingIndex);
    }

    public Tensor weight() {
        return weight;
    }
}
