package dev.mneme.torch.nn;

import dev.mneme.torch.Construction;
import dev.mneme.torch.DType;
import dev.mneme.torch.Tensor;
import dev.mneme.torch.Torch;

/// Normalises the last dimension, torch.nn.LayerNorm. State: `weight` (width), `bias` (width).
public final class LayerNorm extends Module {
    private final long[] shape;
    private final double eps;
    private final Tensor weight;
    private final Tensor bias;

    public LayerNorm(long width, double eps) {
        this.shape = new long[] {width};
        this.eps = eps;
        try (var construction = Construction.open()) {
            weight = parameter("weight", Tensor.ones(DType.FLOAT32, width));
            bias = parameter("bias", Tensor.zeros(DType.FLOAT32, width));
            construction.complete();
        }
    }

    /// @param x (..., width)
    public Tensor forward(Tensor x) {
        return Torch.layerNorm(x, shape, weight, bias, eps);
    }
}
