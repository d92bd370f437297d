package dev.mneme.torch.nn;

import dev.mneme.torch.Construction;
import dev.mneme.torch.DType;
import dev.mneme.torch.Tensor;
import dev.mneme.torch.Torch;

/// `y = x Wᵀ + b`, torch.nn.Linear. State: `weight` (out, in), and `bias` (out) unless it has none.
public final class Linear extends Module {
    private final Tensor weight;
    private final Tensor bias;

    /// Weight and bias from U(-1/sqrt(in), 1/sqrt(in)), with libtorch's default generator.
    public Linear(long in, long out, boolean hasBias) {
        double bound = in > 0 ? 1 / Math.sqrt(in) : 0;
        try (var construction = Construction.open()) {
            weight = parameter("weight", Initial.uniform(Tensor.empty(DType.FLOAT32, out, in), bound));
            bias = hasBias ? parameter("bias", Initial.uniform(Tensor.empty(DType.FLOAT32, out), bound)) : null;
            construction.complete();
        }
    }

    public Linear(long in, long out) {
        this(in, out, true);
    }

    /// @param x (..., in)
    /// @return (..., out)
    public Tensor forward(Tensor x) {
        return Torch.linear(x, weight, bias);
    }

    public Tensor weight() {
        return weight;
    }

    public Tensor bias() {
        return bias;
    }
}
