package dev.mneme.torch.io;

import dev.mneme.torch.DType;
import java.math.BigInteger;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/// Reads what `torch.save` pickles of tensors in dicts, and nothing else. A pickle is a program that can call any function of Python's; this
/// runs none: the names below become values of this class, and any other name is refused, as is any instruction that they do not need.
final class Unpickler {
    /// A tensor as its pickle tells it.
    ///
    /// @param storage the name of the file that has its bytes
    /// @param storageSize the elements there
    /// @param offset of its first element there, in elements; strides too
    record StoredTensor(DType dtype, String storage, long storageSize, long offset, long[] shape, long[] strides) {}

    /// Why a pickle is refused; completed by whoever knows the file.
    static final class Refused extends Exception {
        private static final long serialVersionUID = 1L;

        Refused(String found) {
            super(found);
        }
    }

    private record Global(String name) {}

    private record Storage(DType dtype, String key, long size) {}

    private static final Object MARK = new Object();
    private static final Object NONE = new Object();
    private static final int MOST_DIMENSIONS = 64;

    private static final Global ORDERED_DICT = new Global("collections.OrderedDict");
    private static final Global REBUILD_TENSOR = new Global("torch._utils._rebuild_tensor_v2");
    private static final Global REBUILD_PARAMETER = new Global("torch._utils._rebuild_parameter");
    private static final Map<String, DType> STORAGES = Map.of(
            "torch.BoolStorage", DType.BOOL, "torch.ByteStorage", DType.UINT8, "torch.CharStorage", DType.INT8,
            "torch.ShortStorage", DType.INT16, "torch.IntStorage", DType.INT32, "torch.LongStorage", DType.INT64,
            "torch.HalfStorage", DType.FLOAT16, "torch.BFloat16Storage", DType.BFLOAT16, "torch.FloatStorage", DType.FLOAT32,
            "torch.DoubleStorage", DType.FLOAT64);

    private final ByteBuffer in;
    private final ArrayDeque<Object> stack = new ArrayDeque<>(); // the top first
    private final Map<Long, Object> memo = new HashMap<>();

    private Unpickler(byte[] pickle) {
        in = ByteBuffer.wrap(pickle).order(ByteOrder.LITTLE_ENDIAN);
    }

    /// The tensors of a pickled dict, by name; those of a dict inside it have the names of both, joined by a dot.
    static Map<String, StoredTensor> tensors(byte[] pickle) throws Refused {
        Object root;
        try {
            root = new Unpickler(pickle).run();
        } catch (BufferUnderflowException e) {
            throw new Refused("its pickle ends in the middle of an instruction");
        }
        var tensors = new LinkedHashMap<String, StoredTensor>();
        if (!(root instanceof Map<?, ?> dict)) {
            throw new Refused("it holds " + describe(root) + ", where a dict of tensors belongs");
        }
        collect("", dict, tensors, Collections.newSetFromMap(new IdentityHashMap<>()));
        return tensors;
    }

    /// @param seen the dicts read so far: each is read once, however often a pickle names it
    private static void collect(String prefix, Map<?, ?> dict, Map<String, StoredTensor> tensors, Set<Map<?, ?>> seen) throws Refused {
        if (!seen.add(dict)) {
            throw new Refused("its dict " + (prefix.isEmpty() ? "of everything" : prefix.substring(0, prefix.length() - 1)) + " is in it twice");
        }
        for (Map.Entry<?, ?> each : dict.entrySet()) {
            if (!(each.getKey() instanceof String key)) {
                throw new Refused("a dict in it has the key " + describe(each.getKey()) + ", where names belong");
            }
            String name = prefix + key;
            if (each.getValue() instanceof StoredTensor tensor) {
                if (tensors.put(name, tensor) != null) {
                    throw new Refused("two of its tensors are named " + name);
                }
            } else if (each.getValue() instanceof Map<?, ?> inner && prefix.length() < 1000) {
                collect(name + ".", inner, tensors, seen);
            } else {
                throw new Refused("its " + name + " is " + describe(each.getValue()) + ", where only tensors, and dicts of them, are read");
            }
        }
    }

    private static String describe(Object value) {
        return switch (value) {
            case Global global -> "the name " + global.name();
            case Storage storage -> "a storage";
            case StoredTensor tensor -> "a tensor";
            case String text -> "the string \"" + (text.length() > 60 ? text.substring(0, 60) + "…" : text) + "\"";
            case Map<?, ?> dict -> "a dict";
            case List<?> list -> "a list";
            case Number number -> "the number " + number;
            case Boolean flag -> flag ? "True" : "False";
            case null, default -> value == NONE ? "None" : "nothing";
        };
    }

    private Object run() throws Refused {
        while (true) {
            int at = in.position();
            int opcode = Byte.toUnsignedInt(in.get());
            switch (opcode) {
                case 0x80 -> protocol(); // PROTO
                case 0x95 -> in.getLong(); // FRAME
                case '.' -> { // STOP
                    return pop();
                }
                case '(' -> stack.push(MARK);
                case 'N' -> stack.push(NONE);
                case 0x88 -> stack.push(true); // NEWTRUE
                case 0x89 -> stack.push(false); // NEWFALSE
                case 'K' -> stack.push((long) Byte.toUnsignedInt(in.get())); // BININT1
                case 'M' -> stack.push((long) Short.toUnsignedInt(in.getShort())); // BININT2
                case 'J' -> stack.push((long) in.getInt()); // BININT
                case 0x8a -> stack.push(longInteger()); // LONG1
                case 'G' -> stack.push(Double.longBitsToDouble(Long.reverseBytes(in.getLong()))); // BINFLOAT
                case 'X' -> stack.push(text(Integer.toUnsignedLong(in.getInt()))); // BINUNICODE
                case 0x8c -> stack.push(text(Byte.toUnsignedInt(in.get()))); // SHORT_BINUNICODE
                case '}' -> stack.push(new LinkedHashMap<>()); // EMPTY_DICT
                case ']' -> stack.push(new ArrayList<>()); // EMPTY_LIST
                case ')' -> stack.push(List.of()); // EMPTY_TUPLE
                case 't' -> stack.push(sinceMark()); // TUPLE
                case 0x85, 0x86, 0x87 -> tuple(opcode - 0x84); // TUPLE1 to TUPLE3
                case 'a' -> append(List.of(pop())); // APPEND
                case 'e' -> append(sinceMark()); // APPENDS
                case 's' -> setOne(); // SETITEM
                case 'u' -> set(sinceMark()); // SETITEMS
                case 'q' -> memo.put((long) Byte.toUnsignedInt(in.get()), top()); // BINPUT
                case 'r' -> memo.put(Integer.toUnsignedLong(in.getInt()), top()); // LONG_BINPUT
                case 0x94 -> memo.put((long) memo.size(), top()); // MEMOIZE
                case 'h' -> stack.push(remembered(Byte.toUnsignedInt(in.get()))); // BINGET
                case 'j' -> stack.push(remembered(Integer.toUnsignedLong(in.getInt()))); // LONG_BINGET
                case 'c' -> stack.push(global(line() + "." + line())); // GLOBAL
                case 0x93 -> stackGlobal(); // STACK_GLOBAL
                case 'Q' -> stack.push(persistent(pop())); // BINPERSID
                case 'R' -> reduce(); // REDUCE
                case 'b' -> build(); // BUILD
                default -> throw new Refused(String.format(Locale.ROOT,
                        "its pickle has the instruction 0x%02x at byte %d, which tensors in dicts do not need", opcode, at));
            }
        }
    }

    private void protocol() throws Refused {
        int version = Byte.toUnsignedInt(in.get());
        if (version < 2 || version > 5) {
            throw new Refused("its pickle is of protocol " + version + ", where 2 to 5 are read");
        }
    }

    private Object pop() throws Refused {
        if (stack.isEmpty()) {
            throw new Refused("its pickle takes more values than it gives");
        }
        return stack.pop();
    }

    private Object top() throws Refused {
        Object top = pop();
        stack.push(top);
        return top;
    }

    private List<Object> sinceMark() throws Refused {
        var values = new ArrayList<>();
        for (Object value = pop(); value != MARK; value = pop()) {
            values.add(value);
        }
        return values.reversed();
    }

    private void tuple(int size) throws Refused {
        var values = new ArrayList<>();
        for (int i = 0; i < size; i++) {
            values.add(pop());
        }
        stack.push(values.reversed());
    }

    @SuppressWarnings("unchecked") // a list on the stack was made here
    private void append(List<Object> values) throws Refused {
        if (!(top() instanceof ArrayList<?> list)) {
            throw new Refused("its pickle appends to " + describe(top()));
        }
        ((ArrayList<Object>) list).addAll(values);
    }

    private void setOne() throws Refused {
        Object value = pop();
        set(List.of(pop(), value));
    }

    @SuppressWarnings("unchecked") // a dict on the stack was made here
    private void set(List<Object> keysAndValues) throws Refused {
        if (!(top() instanceof Map<?, ?> dict) || keysAndValues.size() % 2 != 0) {
            throw new Refused("its pickle sets items of " + describe(top()));
        }
        for (int i = 0; i < keysAndValues.size(); i += 2) {
            Object key = keysAndValues.get(i);
            if (!(key instanceof String || key instanceof Number || key instanceof Boolean)) { // a list as a key could hold itself
                throw new Refused("a dict in it has the key " + describe(key) + ", where names belong");
            }
            ((Map<Object, Object>) dict).put(key, keysAndValues.get(i + 1));
        }
    }

    private Object remembered(long place) throws Refused {
        Object value = memo.get(place);
        if (value == null) {
            throw new Refused("its pickle recalls value " + place + ", which it has not stored");
        }
        return value;
    }

    private long longInteger() throws Refused {
        byte[] bytes = take(Byte.toUnsignedInt(in.get()));
        if (bytes.length > 8) {
            throw new Refused("its pickle has an integer of " + bytes.length + " bytes");
        }
        if (bytes.length == 0) {
            return 0;
        }
        for (int i = 0, j = bytes.length - 1; i < j; i++, j--) {
            byte b = bytes[i];
            bytes[i] = bytes[j];
            bytes[j] = b;
        }
        return new BigInteger(bytes).longValueExact();
    }

    private byte[] take(long length) throws Refused {
        if (length > in.remaining()) {
            throw new Refused("its pickle has a string of " + length + " bytes, and " + in.remaining() + " are left");
        }
        var bytes = new byte[(int) length];
        in.get(bytes);
        return bytes;
    }

    private String text(long length) throws Refused {
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(take(length))).toString();
        } catch (CharacterCodingException e) {
            throw new Refused("its pickle has a string that is not UTF-8");
        }
    }

    private String line() {
        var line = new StringBuilder();
        for (byte b = in.get(); b != '\n'; b = in.get()) {
            line.append((char) Byte.toUnsignedInt(b));
        }
        return line.toString();
    }

    private void stackGlobal() throws Refused {
        Object name = pop();
        Object module = pop();
        stack.push(global(module + "." + name));
    }

    private static Global global(String name) throws Refused {
        var global = new Global(name);
        if (STORAGES.containsKey(name) || List.of(ORDERED_DICT, REBUILD_TENSOR, REBUILD_PARAMETER).contains(global)) {
            return global;
        }
        throw new Refused("it asks for Python's " + (name.length() > 100 ? name.substring(0, 100) + "…" : name)
                + ", which nothing but a program needs");
    }

    /// ("storage", class, key, device, elements)
    private static Storage persistent(Object id) throws Refused {
        if (id instanceof List<?> parts && parts.size() == 5 && parts.get(0).equals("storage") && parts.get(1) instanceof Global type
                && STORAGES.containsKey(type.name()) && parts.get(2) instanceof String key && parts.get(4) instanceof Long size && size >= 0) {
            return new Storage(STORAGES.get(type.name()), key, size);
        }
        throw new Refused("its pickle refers to something that is no storage");
    }

    private void reduce() throws Refused {
        Object arguments = pop();
        Object function = pop();
        List<?> given = arguments instanceof List<?> list ? list : List.of();
        if (function.equals(ORDERED_DICT) && given.isEmpty()) {
            stack.push(new LinkedHashMap<>());
        } else if (function.equals(REBUILD_TENSOR) && given.size() >= 4) {
            stack.push(tensor(given));
        } else if (function.equals(REBUILD_PARAMETER) && !given.isEmpty() && given.get(0) instanceof StoredTensor tensor) {
            stack.push(tensor);
        } else {
            throw new Refused("its pickle calls " + describe(function) + " with what does not fit it");
        }
    }

    /// (storage, offset, shape, strides, …)
    private static StoredTensor tensor(List<?> given) throws Refused {
        if (!(given.get(0) instanceof Storage storage && given.get(1) instanceof Long offset && offset >= 0)) {
            throw new Refused("a tensor in it has no storage");
        }
        long[] shape = sizes(given.get(2));
        long[] strides = sizes(given.get(3));
        if (shape.length != strides.length) {
            throw new Refused("a tensor in it has " + shape.length + " sizes and " + strides.length + " strides");
        }
        return new StoredTensor(storage.dtype(), storage.key(), storage.size(), offset, shape, strides);
    }

    private static long[] sizes(Object value) throws Refused {
        if (value instanceof List<?> list && list.size() <= MOST_DIMENSIONS && list.stream().allMatch(e -> e instanceof Long size && size >= 0)) {
            return list.stream().mapToLong(e -> (Long) e).toArray();
        }
        throw new Refused("a tensor in it has " + describe(value) + " for sizes or strides");
    }

    /// The state of an OrderedDict (torch puts versions there) changes none of its items.
    private void build() throws Refused {
        pop();
        if (!(top() instanceof Map<?, ?>)) {
            throw new Refused("its pickle sets the state of " + describe(top()));
        }
    }
}
