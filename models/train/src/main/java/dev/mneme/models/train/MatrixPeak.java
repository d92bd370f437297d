package dev.mneme.models.train;

import dev.mneme.torch.DType;
import dev.mneme.torch.NoGrad;
import dev.mneme.torch.Tensor;
import dev.mneme.torch.TensorScope;

/// Measures what this machine reaches in matrix products, to compare a training with.
public final class MatrixPeak {
    private static final int SIZE = 1024;
    private static final int TRIES = 10;

    /// Floating-point operations per second of the fastest of some float32 products of 1024 x 1024 matrices, on the threads that libtorch
    /// uses now: a fifth of a second.
    public static double flopsPerSecond() {
        try (var scope = TensorScope.open(); var noGrad = NoGrad.open()) {
            Tensor a = Tensor.ones(DType.FLOAT32, SIZE, SIZE);
            double best = Double.POSITIVE_INFINITY;
            for (int i = 0; i < TRIES; i++) {
                try (var one = TensorScope.open()) {
                    long start = System.nanoTime();
                    a.matmul(a);
                    best = Math.min(best, (System.nanoTime() - start) * 1e-9);
                }
            }
            return 2.0 * SIZE * SIZE * SIZE / best;
        }
    }

    private MatrixPeak() {}
}
