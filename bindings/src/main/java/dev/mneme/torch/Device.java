package dev.mneme.torch;

import dev.mneme.torch.ffi.core_h;

/// Where a tensor lives: the CPU, or a GPU by its index.
public record Device(Kind kind, int index) {
    public enum Kind { CPU, CUDA }

    public static final Device CPU = new Device(Kind.CPU, 0);

    public Device {
        if (index < 0 || index > 126) {
            throw new IllegalArgumentException(
                    "Device: index " + index + " was given; indices run from 0 to 126: count the GPUs from 0");
        }
    }

    /// @param index of the GPU, from 0
    public static Device cuda(int index) {
        return new Device(Kind.CUDA, index);
    }

    /// PyTorch's name: `cpu` or `cuda:0`.
    @Override
    public String toString() {
        return kind == Kind.CPU ? "cpu" : "cuda:" + index;
    }

    static int code(Device device) {
        return device == null ? -1 : device.kind == Kind.CPU ? core_h.MN_CPU() : core_h.MN_CUDA() + device.index;
    }

    static Device of(int code) {
        return code == core_h.MN_CPU() ? CPU : cuda(code - core_h.MN_CUDA());
    }
}
