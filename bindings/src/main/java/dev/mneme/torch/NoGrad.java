package dev.mneme.torch;

import dev.mneme.torch.ffi.core_h;

/// Switches the recording of gradients off on this thread until it is closed, as torch.no_grad does.
public final class NoGrad implements AutoCloseable {
    private static final ThreadLocal<Guard> INNERMOST = new ThreadLocal<>();

    private final Guard guard;
    private final boolean before;

    private NoGrad(Guard guard, boolean before) {
        this.guard = guard;
        this.before = before;
    }

    public static NoGrad open() {
        Native.load();
        TensorScope.requirePlatformThread();
        return new NoGrad(Guard.open(INNERMOST, "NoGrad"), core_h.mn_set_grad_enabled(false) == 1);
    }

    /// Whether this thread records no gradients, by an open NoGrad or by libtorch's own doing.
    public static boolean isOn() {
        Native.load();
        TensorScope.requirePlatformThread();
        return core_h.mn_grad_enabled() == 0;
    }

    /// Restores the grad mode there was at the opening. Closing again does nothing.
    ///
    /// @throws IllegalStateException on another thread, or while a NoGrad that was opened later is still open
    @Override
    public void close() {
        if (guard.close()) {
            core_h.mn_set_grad_enabled(before);
        }
    }
}
