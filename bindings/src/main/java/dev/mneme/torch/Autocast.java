package dev.mneme.torch;

import dev.mneme.torch.ffi.core_h;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// Lets matrix products run in a lower dtype on this thread until it is closed, as torch.autocast does: parameters stay in float32 and are
/// cast as they are used, and ops that need the range (softmax, norms, losses) run in float32. Casts of parameters are kept until the
/// guard is closed.
public final class Autocast implements AutoCloseable {
    private static final ThreadLocal<DType> ON_CPU = new ThreadLocal<>(); // null where it is off

    private final Thread thread;
    private final Device device;
    private final int before;
    private boolean closed;

    private Autocast(Thread thread, Device device, int before) {
        this.thread = thread;
        this.device = device;
        this.before = before;
    }

    /// @param device whose ops it is about
    /// @param dtype BFLOAT16 or FLOAT16
    public static Autocast open(Device device, DType dtype) {
        if (dtype != DType.BFLOAT16 && dtype != DType.FLOAT16) {
            throw new IllegalArgumentException("Autocast: dtype " + dtype + " was given. Give BFLOAT16 or FLOAT16.");
        }
        Native.load();
        Thread thread = TensorScope.requirePlatformThread();
        return new Autocast(thread, device, set(device, DType.code(dtype)));
    }

    /// The dtype that products on the CPU run in on this thread, by a guard of this class; null where none is open.
    public static DType onCpu() {
        return ON_CPU.get();
    }

    private static int set(Device device, int dtype) {
        MemorySegment before = Scratch.get().out(1);
        int kind = device.kind() == Device.Kind.CPU ? core_h.MN_CPU() : core_h.MN_CUDA();
        Native.check("Autocast", core_h.mn_set_autocast(kind, dtype, before));
        if (device.kind() == Device.Kind.CPU) {
            ON_CPU.set(dtype < 0 ? null : DType.of(dtype));
        }
        return before.get(ValueLayout.JAVA_INT, 0);
    }

    /// Restores what there was at the opening.
    @Override
    public void close() {
        if (Thread.currentThread() != thread) {
            throw new IllegalStateException("Autocast.close: the guard belongs to thread " + thread.getName()
                    + ", and " + Thread.currentThread().getName() + " closes it. Close it on its own thread.");
        }
        if (!closed) {
            closed = true;
            set(device, before);
        }
    }
}
