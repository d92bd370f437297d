package dev.mneme.torch;

import dev.mneme.torch.ffi.core_h;

/// A source of random numbers with its own seed and state, as torch.Generator. Close it when done.
public final class Generator implements AutoCloseable {
    private long handle;

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
        Native.check("Generator.seed", core_h.mn_generator_seed(handle(), seed));
    }

    /// @return the state as a byte tensor, for [#setState]
    public Tensor state() {
        long state = core_h.mn_generator_state(handle());
        if (state == 0) {
            throw Native.failure("Generator.state");
        }
        return Tensor.own(state);
    }

    public void setState(Tensor state) {
        Native.check("Generator.setState", core_h.mn_generator_set_state(handle(), state.handle()), state);
    }

    @Override
    public void close() {
        if (handle != 0) {
            core_h.mn_generator_release(handle);
            handle = 0;
        }
    }

    private long handle() {
        if (handle == 0) {
            throw new IllegalStateException("Generator: it was closed. Use it before its close, or make a new one.");
        }
        return handle;
    }

    static long handleOrZero(Generator generator) {
        return generator == null ? 0 : generator.handle();
    }
}
