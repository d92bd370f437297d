package dev.mneme.torch;

import dev.mneme.torch.ffi.core_h;

/// Switches the recording of gradients off on this thread until it is closed, as torch.no_grad does.
public final class NoGrad implements AutoCloseable {
    private final Thread thread;
    private final boolean before;
    private boolean closed;

    private NoGrad(Thread thread, boolean before) {
        this.thread = thread;
        this.before = before;
    }

    public static NoGrad open() {
        Native.load();
        Thread thread = TensorScope.requirePlatformThread();
        return new NoGrad(thread, core_h.mn_set_grad_enabled(false) == 1);
    }

    /// Restores the grad mode there was at the opening.
    @Override
    public void close() {
        if (Thread.currentThread() != thread) {
            throw new IllegalStateException("NoGrad.close: the guard belongs to thread " + thread.getName()
                    + ", and " + Thread.currentThread().getName() + " closes it. Close it on its own thread.");
        }
        if (!closed) {
            closed = true;
            core_h.mn_set_grad_enabled(before);
        }
    }
}
