package dev.mneme.torch;

import dev.mneme.torch.ffi.core_h;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;

/// Owns the tensors made while it is the innermost open scope of its thread, and frees them in one native call when it
/// closes:
///
/// ```java
/// try (var scope = TensorScope.open()) {
///     return scope.escape(model.forward(x).softmax(-1));
/// }
/// ```
///
/// A scope belongs to the platform thread that opened it, and scopes close in the reverse order of opening. Its tensors
/// may only be used on that thread. Tensors made where no scope is open are closed by whoever made them.
///
/// What a thread leaves open when it ends, nobody can use or close any more. It is freed, with a warning, when the next thread
/// begins to use tensors, or by [#closeAbandoned].
public final class TensorScope implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger("dev.mneme.torch");

    /// Of the thread that the scope belongs to.
    final Calls calls;
    private final TensorScope parent;
    private Tensor[] tensors = new Tensor[16];
    private int count;
    private boolean closed;

    private final Throwable opened = Tensor.TRACE ? new Throwable("the scope was opened here") : null;

    private TensorScope(Calls calls) {
        this.calls = calls;
        this.parent = calls.scope;
        calls.scope = this;
    }

    /// Opens a scope inside the innermost one of this thread.
    ///
    /// @throws IllegalStateException on a virtual thread
    public static TensorScope open() {
        return new TensorScope(Calls.get());
    }

    /// Whether this thread has an open scope.
    public static boolean isOpen() {
        return Calls.get().scope != null;
    }

    /// Moves a tensor of this scope to the one around it, or out of all scopes where there is none.
    ///
    /// @return the tensor
    /// @throws IllegalStateException if this scope does not own the tensor
    public Tensor escape(Tensor tensor) {
        tensor.requireUsable(Calls.get());
        if (tensor.scope() != this) {
            throw new IllegalStateException("escape: the tensor " + tensor.describe()
                    + " belongs to " + (tensor.scope() == null ? "no scope" : "another scope")
                    + ". Only the scope that owns a tensor can let it out.");
        }
        // The entry here is passed over at close: it is no longer this scope's.
        tensor.moveTo(parent);
        if (parent != null) {
            parent.add(tensor);
        }
        return tensor;
    }

    /// Frees every tensor that the scope still owns. Closing it again does nothing.
    ///
    /// @throws IllegalStateException on another thread, or while a scope opened later is still open; nothing is freed then
    @Override
    public void close() {
        if (closed) {
            return;
        }
        if (Thread.currentThread() != calls.thread) {
            throw new IllegalStateException("TensorScope.close: the scope belongs to thread " + calls.thread.getName()
                    + ", and " + Thread.currentThread().getName() + " closes it. Close it on its own thread.");
        }
        if (calls.scope != this) {
            throw new IllegalStateException("TensorScope.close: a scope opened after this one is still open."
                    + " Close scopes in the reverse order of opening: use try-with-resources.");
        }
        closed = true;
        calls.scope = parent;
        release();
    }

    /// Frees what threads that have ended left in open scopes, and reports each such scope by a warning.
    ///
    /// @return how many scopes that were
    public static int closeAbandoned() {
        return Calls.endDead();
    }

    /// Closes this innermost scope of a thread that has ended.
    void closeAbandonedByItsThread() {
        closed = true;
        calls.scope = parent;
        long left = Arrays.stream(tensors, 0, count).filter(tensor -> tensor.scope() == this && !tensor.isClosed()).count();
        release();
        String message = "Thread " + calls.thread.getName() + " ended with an open TensorScope: its " + left + " tensors were freed now."
                + " Close scopes on their thread: use try-with-resources." + (Tensor.TRACE ? "" : " -Dmneme.trace=true shows where it was opened.");
        LOG.log(System.Logger.Level.WARNING, message, opened);
    }

    private void release() {
        try (Calls call = calls.begun()) {
            MemorySegment handles = call.scratch.out(count);
            int n = 0;
            for (int i = 0; i < count; i++) {
                Tensor tensor = tensors[i];
                if (tensor.scope() == this) {
                    long handle = tensor.forget();
                    if (handle != 0) {
                        handles.setAtIndex(ValueLayout.JAVA_LONG, n++, handle);
                    }
                }
            }
            core_h.mn_release(handles, n);
            tensors = null;
        }
    }

    void add(Tensor tensor) {
        if (count == tensors.length) {
            makeRoom();
        }
        tensors[count++] = tensor;
    }

    /// Drops entries that were closed or have escaped before it grows: a long loop in one scope stays bounded by what lives.
    private void makeRoom() {
        int kept = 0;
        for (int i = 0; i < count; i++) {
            if (tensors[i].scope() == this && !tensors[i].isClosed()) {
                tensors[kept++] = tensors[i];
            }
        }
        Arrays.fill(tensors, kept, count, null);
        count = kept;
        if (count > tensors.length / 2) {
            tensors = Arrays.copyOf(tensors, 2 * tensors.length);
        }
    }

    static Thread requirePlatformThread() {
        Thread thread = Thread.currentThread();
        if (thread.isVirtual()) {
            throw virtualThread(thread);
        }
        return thread;
    }

    static IllegalStateException virtualThread(Thread thread) {
        return new IllegalStateException("Tensors were used on the virtual thread " + thread
                + ". libtorch keeps its grad mode and device in the native thread, which a virtual thread can change at any time: use a platform thread.");
    }
}
