package dev.mneme.torch.nn;

import dev.mneme.torch.Construction;
import dev.mneme.torch.DType;
import dev.mneme.torch.NoGrad;
import dev.mneme.torch.Tensor;
import dev.mneme.torch.TensorScope;
import dev.mneme.torch.Torch;

/// Normalises each feature over the batch, torch.nn.BatchNorm1d.
///
/// State: `weight`, `bias`, `running_mean`, `running_var` (width each) and `num_batches_tracked`. In training the batch's own
/// statistics are used and move the running ones; in evaluation the running ones are used.
public final class BatchNorm extends Module {
    private final double eps;
    private final double momentum;
    private final Tensor weight;
    private final Tensor bias;
    private final Tensor runningMean;
    private final Tensor runningVar;
    private final Tensor batches;
    private boolean held;

    /// @param momentum the share of the new statistics in the running ones, 0.1 by PyTorch's default
    public BatchNorm(long width, double eps, double momentum) {
        this.eps = eps;
        this.momentum = momentum;
        try (var construction = Construction.open()) {
            weight = parameter("weight", Tensor.ones(DType.FLOAT32, width));
            bias = parameter("bias", Tensor.zeros(DType.FLOAT32, width));
            runningMean = buffer("running_mean", Tensor.zeros(DType.FLOAT32, width));
            runningVar = buffer("running_var", Tensor.ones(DType.FLOAT32, width));
            batches = buffer("num_batches_tracked", Tensor.zeros(DType.INT64));
            construction.complete();
        }
    }

    public BatchNorm(long width) {
        this(width, 1e-5, 0.1);
    }

    /// Whether training leaves the running statistics as they are: for a forward pass that is made twice.
    public void hold(boolean held) {
        this.held = held;
    }

    /// @param x (rows, width)
    /// @throws IllegalArgumentException for one row in training: it has no variance, and libtorch would leave NaN in the running one
    public Tensor forward(Tensor x) {
        if (isTraining() && x.dim() > 0 && x.size(0) == 1) {
            throw new IllegalArgumentException("BatchNorm: one row was given in training, and one has no variance. Give at least 2.");
        }
        if (isTraining() && !held) {
            try (var scope = TensorScope.open(); var noGrad = NoGrad.open()) {
                batches.add_(1);
            }
        }
        return Torch.batchNorm(x, weight, bias, runningMean, runningVar, isTraining(), held ? 0 : momentum, eps, false);
    }
}
