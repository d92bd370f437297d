package dev.mneme.torch;

import dev.mneme.torch.ffi.core_h;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// Lets matrix products run in a lower dtype on this thread until it is closed, as torch.autocast does: parameters stay in float32 and are
/// cast as they are used, and ops that need the range (softmax, norms, losses) run in float32. Casts of parameters are kept until the
/// guard is closed.
public final class Autocast implements AutoCloseable {
    private static final ThreadLocal<DType> ON_CPU = new ThreadLocal<>(); // null where it is off

    private static final ThreadLocal<Guard> INNERMOST = new ThreadLocal<>();

    private final Guard guard;
    private final Device device;
    private final int before;

    private Autocast(Guard guard, Device device, int before) {
        this.guard = guard;
        this.device = device;
        this.before = before;
    }

    /// @param device whose ops it is about
    /// @param dtype BFLOAT16 or FLOAT16
    public static Autocast open(Device device, DType dtype) {
        if (dtype != DType.BFLOAT16 && dtype != DType.FLOAT16) {
            throw new IllegalArgumentException("Autocast: dtype " + dtype + " was given. Give BFLOAT16 or FLOAT16.");
        }
        int before = set(device, DType.code(dtype));
        return new Autocast(Guard.open(INNERMOST, "Autocast"), device, before);
    }

    /// The dtype that products on the CPU run in on this thread, by a guard of this class; null where none is open.
    public static DType onCpu() {
        return ON_CPU.get();
    }

    private static int set(Device device, int dtype) {
        try (Calls calls = Calls.enter()) {
            MemorySegment before = calls.scratch.out(1);
            int kind = device.kind() == Device.Kind.CPU ? core_h.MN_CPU() : core_h.MN_CUDA();
            Native.check("Autocast", core_h.mn_set_autocast(kind, dtype, before));
            if (device.kind() == Device.Kind.CPU) {
                ON_CPU.set(dtype < 0 ? null : DType.of(dtype));
            }
            return before.get(ValueLayout.JAVA_INT, 0);
        }
    }

    /// Restores what there was at the opening. Closing again does nothing.
    ///
    /// @throws IllegalStateException on another thread, or while an Autocast that was opened later is still open
    @Override
    public void close() {
        if (guard.close()) {
            set(device, before);
        }
    }
}
