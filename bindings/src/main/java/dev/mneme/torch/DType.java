package dev.mneme.torch;

import dev.mneme.torch.ffi.core_h;

/// The element types of tensors. The codes are those of mneme/core.h and do not depend on libtorch's enum order.
public enum DType {
    BOOL(core_h.MN_BOOL(), 1, "bool"),
    UINT8(core_h.MN_UINT8(), 1, "uint8"),
    INT8(core_h.MN_INT8(), 1, "int8"),
    INT16(core_h.MN_INT16(), 2, "int16"),
    INT32(core_h.MN_INT32(), 4, "int32"),
    INT64(core_h.MN_INT64(), 8, "int64"),
    FLOAT16(core_h.MN_FLOAT16(), 2, "float16"),
    BFLOAT16(core_h.MN_BFLOAT16(), 2, "bfloat16"),
    FLOAT32(core_h.MN_FLOAT32(), 4, "float32"),
    FLOAT64(core_h.MN_FLOAT64(), 8, "float64");

    private static final DType[] BY_CODE = values();

    private final int code;
    private final int bytes;
    private final String torchName;

    DType(int code, int bytes, String torchName) {
        this.code = code;
        this.bytes = bytes;
        this.torchName = torchName;
    }

    /// Bytes per element.
    public int bytes() {
        return bytes;
    }

    public boolean isFloatingPoint() {
        return code >= FLOAT16.code;
    }

    /// PyTorch's name, such as `float32`.
    @Override
    public String toString() {
        return torchName;
    }

    static int code(DType dtype) {
        return dtype == null ? -1 : dtype.code;
    }

    /// @param code from the shim, which has a failure instead of one for any other dtype of libtorch's
    static DType of(int code) {
        return BY_CODE[code];
    }
}
