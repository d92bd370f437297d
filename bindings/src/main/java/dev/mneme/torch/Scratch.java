package dev.mneme.torch;

import dev.mneme.torch.ffi.core_h;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.List;

/// Native memory for the list and text arguments of one call on one thread ([Calls]): taken from the start again at each
/// call, so that an op with a shape argument allocates nothing once the thread is warm.
final class Scratch {
    static final int INTEGER = core_h.MN_SCALAR_INTEGER();
    static final int DOUBLE = core_h.MN_SCALAR_DOUBLE();

    private static final long INITIAL_BYTES = 16 << 10;

    private MemorySegment memory = Arena.ofAuto().allocate(INITIAL_BYTES, 16);
    private long used;

    /// What it gave out before is void.
    void clear() {
        used = 0;
    }

    /// @return the values in native memory, or NULL for an absent list
    MemorySegment longs(long[] values) {
        if (values == null) {
            return MemorySegment.NULL;
        }
        MemorySegment to = take(8L * values.length);
        MemorySegment.copy(values, 0, to, ValueLayout.JAVA_LONG, 0, values.length);
        return to;
    }

    MemorySegment handles(List<Tensor> tensors, Calls calls) {
        int n = tensors.size();
        MemorySegment to = take(8L * n);
        for (int i = 0; i < n; i++) {
            to.setAtIndex(ValueLayout.JAVA_LONG, i, Tensor.handleOrZero(tensors.get(i), calls));
        }
        return to;
    }

    /// C's texts end at one.
    static String requireNoNul(String text) {
        if (text.indexOf('\0') >= 0) {
            throw new IllegalArgumentException("The text \"" + text.replace("\0", "\\0") + "\" was given to an op. Give one without a NUL character.");
        }
        return text;
    }

    MemorySegment text(String text) {
        if (text == null) {
            return MemorySegment.NULL;
        }
        byte[] bytes = requireNoNul(text).getBytes(StandardCharsets.UTF_8);
        MemorySegment to = take(bytes.length + 1L);
        MemorySegment.copy(bytes, 0, to, ValueLayout.JAVA_BYTE, 0, bytes.length);
        to.set(ValueLayout.JAVA_BYTE, bytes.length, (byte) 0);
        return to;
    }

    /// Room for n results of eight bytes.
    MemorySegment out(long n) {
        return take(8 * n);
    }

    static int size(long[] values) {
        return values == null ? -1 : values.length;
    }

    static long bits(Number value) {
        return value == null ? 0 : isInteger(value) ? value.longValue() : Double.doubleToRawLongBits(value.doubleValue());
    }

    static int kind(Number value) {
        return value == null ? core_h.MN_SCALAR_ABSENT() : isInteger(value) ? INTEGER : DOUBLE;
    }

    private static boolean isInteger(Number value) {
        return value instanceof Long || value instanceof Integer || value instanceof Short || value instanceof Byte;
    }

    private MemorySegment take(long bytes) {
        long start = (used + 15) & ~15L;
        if (start + bytes > memory.byteSize()) {
            // What this call took so far stays reachable through the segments it holds.
            memory = Arena.ofAuto().allocate(Math.max(2 * memory.byteSize(), 2 * bytes), 16);
            start = 0;
        }
        used = start + bytes;
        return memory.asSlice(start, bytes);
    }
}
