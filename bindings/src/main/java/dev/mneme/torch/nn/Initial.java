package dev.mneme.torch.nn;

import dev.mneme.torch.Guard;
import dev.mneme.torch.Tensor;

/// How new parameters get their values: drawn, unless this thread skips that because a checkpoint is about to give them.
///
///     try (var skipped = Initial.skip()) { model = new ...; }
public final class Initial implements AutoCloseable {
    private static final ThreadLocal<Guard> SKIPPED = new ThreadLocal<>();

    private final Guard guard = Guard.open(SKIPPED, "Initial");

    private Initial() {}

    /// Leaves the parameters of modules that this thread makes as memory gives them, until it is closed: every one must be loaded.
    public static Initial skip() {
        return new Initial();
    }

    /// Whether this thread skips drawing.
    public static boolean isSkipped() {
        return SKIPPED.get() != null;
    }

    /// Draws from U(-bound, bound).
    public static Tensor uniform(Tensor tensor, double bound) {
        return isSkipped() ? tensor : tensor.uniform_(-bound, bound);
    }

    /// Draws from N(0, deviation²).
    public static Tensor normal(Tensor tensor, double deviation) {
        return isSkipped() ? tensor : tensor.normal_(0, deviation);
    }

    /// New parameters are drawn again. Closing again does nothing.
    ///
    /// @throws IllegalStateException on another thread, or while a later skip is still open
    @Override
    public void close() {
        guard.close();
    }
}
