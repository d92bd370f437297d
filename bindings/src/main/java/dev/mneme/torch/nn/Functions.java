package dev.mneme.torch.nn;

import dev.mneme.torch.Tensor;
import dev.mneme.torch.Torch;

/// Functions without state, with torch.nn.functional's meaning.
public final class Functions {
    public static final long MEAN = 1;
    public static final long SUM = 2;

    /// softmax(q kᵀ / sqrt(width)) v.
    ///
    /// @param q (batch, heads, queries, width)
    /// @param k (batch, heads, keys, width)
    /// @param v (batch, heads, keys, width)
    /// @param mask bool, true where a query may see a key, broadcast to (batch, heads, queries, keys); or null
    public static Tensor attention(Tensor q, Tensor k, Tensor v, Tensor mask, double dropout) {
        return Torch.scaledDotProductAttention(q, k, v, mask, dropout);
    }

    /// The mean cross-entropy, in nats, over the rows whose target is not `ignoreIndex`.
    ///
    /// @param logits (rows, classes)
    /// @param targets (rows), int64
    public static Tensor crossEntropy(Tensor logits, Tensor targets, long ignoreIndex, double labelSmoothing) {
        return logits.crossEntropyLoss(targets, null, MEAN, ignoreIndex, labelSmoothing);
    }

    public static Tensor crossEntropy(Tensor logits, Tensor targets) {
        return crossEntropy(logits, targets, -100, 0);
    }

    private Functions() {}
}
