package dev.mneme.torch.nn;

import dev.mneme.torch.Tensor;
import dev.mneme.torch.Torch;

/// Zeroes elements with probability p in training and scales the others by 1/(1-p), torch.nn.Dropout.
public final class Dropout extends Module {
    private final double p;

    public Dropout(double p) {
        if (!(p >= 0 && p < 1)) {
            throw new IllegalArgumentException("Dropout: the probability " + p + " was given. Give one from 0 to below 1.");
        }
        this.p = p;
    }

    public Tensor forward(Tensor x) {
        return p > 0 && isTraining() ? Torch.dropout(x, p, true) : x;
    }

    public double p() {
        return p;
    }
}
