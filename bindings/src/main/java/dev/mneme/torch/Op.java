package dev.mneme.torch;

import dev.mneme.torch.ffi.core_h;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.List;

/// Any op that libtorch has registered, by its name, whether or not it has a method of its own:
/// `Op.find("aten::lcm").call(a, b)`. Looked up once, an op can be called from any thread.
///
/// Types are checked, and calls that are known to end the process are refused. Ops that libtorch means for itself (a name with an underscore
/// in front, or `_backward` in it) look at shapes and values less than others do: there, arguments that PyTorch's own callers would not
/// give can end the process.
public final class Op {
    private static final int LONGS_PER_VALUE = 3;

    private final String name;
    private final long handle;

    private Op(String name, long handle) {
        this.name = name;
        this.handle = handle;
    }

    /// @param name with its namespace and, if it has one, its overload: `aten::add.Tensor`
    /// @throws IllegalArgumentException if no such op is registered
    public static Op find(String name) {
        Native.load();
        Scratch.requireNoNul(name);
        int dot = name.indexOf('.');
        try (Arena arena = Arena.ofConfined()) {
            long handle = core_h.mn_op_find(arena.allocateFrom(dot < 0 ? name : name.substring(0, dot)),
                    arena.allocateFrom(dot < 0 ? "" : name.substring(dot + 1)));
            if (handle == 0) {
                throw new IllegalArgumentException("Op.find: " + name + " is not among the ops of libtorch "
                        + Native.libtorchVersion() + ". Give the name with its namespace and overload, as in aten::add.Tensor.");
            }
            return new Op(name, handle);
        }
    }

    /// The schema, as libtorch states it.
    public String schema() {
        return core_h.mn_op_schema(handle).getString(0);
    }

    /// Calls the op. Arguments left out at the end take their defaults.
    ///
    /// @param arguments each null, a Tensor, an Integer or Long, a Float or Double, a Boolean, a String, a DType, a Device,
    ///     a Generator, a `long[]`, a `double[]`, a `boolean[]`, or a List of tensors (null for an absent one); layouts and memory formats
    ///     are Strings with PyTorch's names, such as `strided` and `channels_last`
    /// @return each of the same: null, a Tensor, a Long, a Double, a Boolean, a String, a DType, a Device, a `long[]`, a `double[]`,
    ///     a `boolean[]` or a `Tensor[]`
    /// @throws TorchException if the op fails, or a result is of a type that none of these stands for, such as a complex number
    public List<Object> call(Object... arguments) {
        try (Calls calls = Calls.enter(); Arena arena = Arena.ofConfined()) {
            MemorySegment values = arena.allocate(8L * LONGS_PER_VALUE * Math.max(1, arguments.length), 8);
            for (int i = 0; i < arguments.length; i++) {
                box(values.asSlice(8L * LONGS_PER_VALUE * i), arguments[i], calls, arena);
            }
            long count = core_h.mn_op_call(handle, values, arguments.length);
            if (count < 0) {
                throw Native.failure(name, arguments);
            }
            MemorySegment out = arena.allocate(8L * LONGS_PER_VALUE * Math.max(1, count), 8);
            core_h.mn_op_take_results(out);
            var results = new Object[Math.toIntExact(count)];
            for (int i = 0; i < count; i++) {
                results[i] = unbox(out.asSlice(8L * LONGS_PER_VALUE * i), calls);
            }
            return Arrays.asList(results);
        }
    }

    private void box(MemorySegment to, Object argument, Calls calls, Arena arena) {
        switch (argument) {
            case null -> write(to, core_h.MN_VALUE_NONE(), 0, 0);
            case Tensor tensor -> write(to, core_h.MN_VALUE_TENSOR(), tensor.handle(calls), 0);
            case Integer number -> write(to, core_h.MN_VALUE_INTEGER(), number, 0);
            case Long number -> write(to, core_h.MN_VALUE_INTEGER(), number, 0);
            case Float number -> write(to, core_h.MN_VALUE_DOUBLE(), Double.doubleToRawLongBits(number), 0);
            case Double number -> write(to, core_h.MN_VALUE_DOUBLE(), Double.doubleToRawLongBits(number), 0);
            case Boolean flag -> write(to, core_h.MN_VALUE_BOOL(), flag ? 1 : 0, 0);
            case String text -> write(to, core_h.MN_VALUE_TEXT(), arena.allocateFrom(Scratch.requireNoNul(text)).address(), 0);
            case DType dtype -> write(to, core_h.MN_VALUE_DTYPE(), DType.code(dtype), 0);
            case Device device -> write(to, core_h.MN_VALUE_DEVICE(), Device.code(device), 0);
            case Generator generator -> write(to, core_h.MN_VALUE_GENERATOR(), Generator.handleOrZero(generator, calls), 0);
            case long[] list -> write(to, core_h.MN_VALUE_INTEGERS(),
                    arena.allocateFrom(ValueLayout.JAVA_LONG, list).address(), list.length);
            case double[] list -> write(to, core_h.MN_VALUE_DOUBLES(),
                    arena.allocateFrom(ValueLayout.JAVA_DOUBLE, list).address(), list.length);
            case boolean[] list -> write(to, core_h.MN_VALUE_BOOLS(),
                    arena.allocateFrom(ValueLayout.JAVA_LONG, longs(list)).address(), list.length);
            case List<?> list -> write(to, core_h.MN_VALUE_TENSORS(), arena.allocateFrom(ValueLayout.JAVA_LONG,
                    list.stream().mapToLong(each -> element(each, calls)).toArray()).address(), list.size());
            default -> throw refused("an argument", argument);
        }
    }

    private static long[] longs(boolean[] flags) {
        var longs = new long[flags.length];
        Arrays.setAll(longs, i -> flags[i] ? 1 : 0);
        return longs;
    }

    private static boolean[] flags(long[] longs) {
        var flags = new boolean[longs.length];
        for (int i = 0; i < longs.length; i++) {
            flags[i] = longs[i] != 0;
        }
        return flags;
    }

    private long element(Object element, Calls calls) {
        if (element != null && !(element instanceof Tensor)) {
            throw refused("an element of a list", element);
        }
        return Tensor.handleOrZero((Tensor) element, calls);
    }

    private IllegalArgumentException refused(String what, Object argument) {
        return new IllegalArgumentException(name + ": " + what + " is a " + argument.getClass().getName() + ", which no op takes."
                + " Pass tensors, numbers, booleans, texts, dtypes, devices, generators, long[], double[], boolean[], or lists of tensors.");
    }

    private static void write(MemorySegment to, long kind, long payload, long size) {
        to.setAtIndex(ValueLayout.JAVA_LONG, 0, kind);
        to.setAtIndex(ValueLayout.JAVA_LONG, 1, payload);
        to.setAtIndex(ValueLayout.JAVA_LONG, 2, size);
    }

    private static Object unbox(MemorySegment from, Calls calls) {
        long kind = from.getAtIndex(ValueLayout.JAVA_LONG, 0);
        long payload = from.getAtIndex(ValueLayout.JAVA_LONG, 1);
        int size = Math.toIntExact(from.getAtIndex(ValueLayout.JAVA_LONG, 2));
        if (kind == core_h.MN_VALUE_TENSOR()) {
            return payload == 0 ? null : Tensor.own(payload, calls);
        } else if (kind == core_h.MN_VALUE_INTEGER()) {
            return payload;
        } else if (kind == core_h.MN_VALUE_DOUBLE()) {
            return Double.longBitsToDouble(payload);
        } else if (kind == core_h.MN_VALUE_BOOL()) {
            return payload != 0;
        } else if (kind == core_h.MN_VALUE_TEXT()) {
            return Native.address(payload, Long.MAX_VALUE).getString(0);
        } else if (kind == core_h.MN_VALUE_TENSORS()) {
            return Tensor.ownAll(Native.address(payload, 8L * size), size, calls);
        } else if (kind == core_h.MN_VALUE_INTEGERS()) {
            return Native.address(payload, 8L * size).toArray(ValueLayout.JAVA_LONG);
        } else if (kind == core_h.MN_VALUE_DOUBLES()) {
            return Native.address(payload, 8L * size).toArray(ValueLayout.JAVA_DOUBLE);
        } else if (kind == core_h.MN_VALUE_BOOLS()) {
            return flags(Native.address(payload, 8L * size).toArray(ValueLayout.JAVA_LONG));
        } else if (kind == core_h.MN_VALUE_DTYPE()) {
            return DType.of((int) payload);
        } else if (kind == core_h.MN_VALUE_DEVICE()) {
            return Device.of((int) payload);
        }
        return null; // MN_VALUE_NONE: the shim fails on any other
    }
}
