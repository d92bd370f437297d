package dev.mneme.models.zoo.gpt;

import dev.mneme.torch.DType;
import dev.mneme.torch.Tensor;
import dev.mneme.torch.Torch;
import dev.mneme.torch.nn.Module;

/// `y = x W + b`: a linear layer whose `weight` is (in, out), as GPT-2's files have it. The model draws it.
final class Conv1D extends Module {
    private final Tensor weight;
    private final Tensor bias;

    Conv1D(long in, long out) {
        weight = parameter("weight", Tensor.empty(DType.FLOAT32, in, out));
        bias = parameter("bias", Tensor.zeros(DType.FLOAT32, out));
    }

    /// (..., in) -> (..., out)
    Tensor forward(Tensor x) {
        return Torch.linear(x, weight.transpose(0, 1), bias);
    }
}
