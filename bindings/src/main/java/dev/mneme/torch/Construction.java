package dev.mneme.torch;

import java.util.ArrayList;
import java.util.List;

/// What a constructor makes and keeps, freed where it fails halfway: nobody has the object then that would close it.
///
///     try (var construction = Construction.open()) {
///         weight = parameter("weight", Tensor.ones(DType.FLOAT32, width));
///         norm = part("norm", new LayerNorm(width, 1e-5));
///         construction.complete();
///     }
///
/// It is a scope of its own. What is taken out of all scopes ([Tensor#keep]) before it is closed is closed with it, unless it was completed; then
/// it is handed on to the construction around it, if there is one.
public final class Construction implements AutoCloseable {
    private static final ThreadLocal<Construction> INNERMOST = new ThreadLocal<>();
    private static final ThreadLocal<Guard> GUARDS = new ThreadLocal<>();

    private final Construction outer = INNERMOST.get();
    private final List<Tensor> kept = new ArrayList<>();
    private final Guard guard = Guard.open(GUARDS, "Construction");
    private final TensorScope scope;
    private boolean complete;

    private Construction() {
        scope = TensorScope.open();
        INNERMOST.set(this);
    }

    public static Construction open() {
        return new Construction();
    }

    /// Says that the object is whole, and owns what was kept.
    public void complete() {
        complete = true;
    }

    /// A tensor leaves its scope.
    static void leaves(Tensor tensor) {
        Construction innermost = INNERMOST.get();
        if (innermost != null) {
            innermost.kept.add(tensor);
        }
    }

    /// @throws IllegalStateException on another thread, or while a later construction or a scope within is open
    @Override
    public void close() {
        scope.close();
        if (!guard.close()) {
            return;
        }
        if (outer == null) {
            INNERMOST.remove();
        } else {
            INNERMOST.set(outer);
        }
        if (!complete) {
            kept.forEach(Tensor::close);
        } else if (outer != null) {
            outer.kept.addAll(kept);
        }
    }
}
