package dev.mneme.torch;

import dev.mneme.torch.ffi.core_h;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/// A source of random numbers with its own seed and state, as torch.Generator. Close it when done. Any platform thread may
/// use it.
public final class Generator implements AutoCloseable {
    private static final VarHandle HANDLE;

    static {
        try {
            HANDLE = MethodHandles.lookup().findVarHandle(Generator.class, "handle", long.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private volatile long handle;

    private Generator(long handle) {
        this.handle = handle;
    }

    public static Generator of(long seed) {
        return of(seed, Device.CPU);
    }

    public static Generator of(long seed, Device device) {
        Native.load();
        long handle = core_h.mn_generator_new(seed, Device.code(device));
        if (handle == 0) {
            throw Native.failure("Generator.of");
        }
        return new Generator(handle);
    }

    public void seed(long seed) {
        try (Calls calls = Calls.enter()) {
            Native.check("Generator.seed", core_h.mn_generator_seed(handle(calls), seed));
        }
    }

    /// @return the state as a byte tensor, for [#setState]
    public Tensor state() {
        try (Calls calls = Calls.enter()) {
            long state = core_h.mn_generator_state(handle(calls));
            if (state == 0) {
                throw Native.failure("Generator.state");
            }
            return Tensor.own(state, calls);
        }
    }

    public void setState(Tensor state) {
        try (Calls calls = Calls.enter()) {
            Native.check("Generator.setState", core_h.mn_generator_set_state(handle(calls), state.handle(calls)), state);
        }
    }

    /// Closing again does nothing. A call of another thread that uses it ends well.
    @Override
    public void close() {
        long closed = (long) HANDLE.getAndSet(this, 0L);
        if (closed != 0) {
            Calls.free(core_h::mn_generator_release, closed);
        }
    }

    private long handle(Calls calls) {
        calls.hold();
        long open = handle;
        if (open == 0) {
            throw new IllegalStateException("Generator: it was closed. Use it before its close, or make a new one.");
        }
        return open;
    }

    static long handleOrZero(Generator generator, Calls calls) {
        return generator == null ? 0 : generator.handle(calls);
    }
}
