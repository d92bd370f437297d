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
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;

/// Reads the tensors that `torch.save` pickles in dicts and lists; plain values beside them are passed over. A pickle is a program that can
/// call any function of Python's; this runs none: the names below become values of this class, and any other name is refused, as is any
/// instruction that they do not need. A byte of a pickle can stand for a value of a hundred bytes here, so values are counted.
final class Unpickler {
    /// A tensor as its pickle tells it.
    ///
    /// @param storage the name of the file that has its bytes
    /// @param storageSize the elements there
    /// @param offset of its first element there, in elements; strides too
    record StoredTensor(DType dtype, String storage, long storageSize, long offset, long[] shape, long[] strides, boolean negative) {}

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
    private static final int MOST_VALUES = 2_000_000; // a tensor takes about 25
    private static final int LONGEST_NAME = 1000;
    private static final int DEEPEST = 500; // dicts and lists in each other

    private static final Global ORDERED_DICT = new Global("collections.OrderedDict");
    private static final Global REBUILD_TENSOR = new Global("torch._utils._rebuild_tensor_v2");
    private static final Global REBUILD_PARAMETER = new Global("torch._utils._rebuild_parameter");
    private static final Map<String, DType> STORAGES = Map.of(
            "torch.BoolStorage", DType.BOOL, "torch.ByteStorage", DType.UINT8, "torch.CharStorage", DType.INT8,
            "torch.ShortStorage", DType.INT16, "torch.IntStorage", DType.INT32, "torch.LongStorage", DType.INT64,
            "torch.HalfStorage", DType.FLOAT16, "torch.BFloat16Storage", DType.BFLOAT16, "torch.FloatStorage", DType.FLOAT32,
            "torch.DoubleStorage", DType.FLOAT64);
    private static final Global SIZE = new Global("torch.Size");
    private static final Global DEVICE = new Global("torch.device");
    private static final Set<String> DTYPES = Set.of("torch.bool", "torch.uint8", "torch.int8", "torch.int16", "torch.int32", "torch.int64",
            "torch.float16", "torch.bfloat16", "torch.float32", "torch.float64", "torch.complex64", "torch.complex128");

    private final ByteBuffer in;
    private final ArrayDeque<Object> stack = new ArrayDeque<>(); // the top first
    private final Map<Long, Object> memo = new HashMap<>();
    private int values; // pushed or stored so far

    private Unpickler(byte[] pickle) {
        in = ByteBuffer.wrap(pickle).order(ByteOrder.LITTLE_ENDIAN);
    }

    /// The tensors of a pickled dict, by name; those of a dict or list inside it have the names of both, joined by a dot, where what is in
    /// a list is named by its place.
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
        collect("", dict, tensors, new IdentityHashMap<>(), 0);
        if (tensors.isEmpty() && !dict.isEmpty()) {
            throw new Refused("it holds a dict without tensors");
        }
        return tensors;
    }

    /// @param seen whether there are tensors in the dicts and lists read so far: each is read once, however often a pickle names it
    /// @return whether there are tensors in it
    private static boolean collect(String name, Object value, Map<String, StoredTensor> tensors, Map<Object, Boolean> seen, int depth)
            throws Refused {
        if (value instanceof StoredTensor tensor) {
            if (tensors.put(name, tensor) != null) {
                throw new Refused("two of its tensors are named " + name);
            }
            return true;
        }
        if (depth > DEEPEST) {
            throw new Refused("its dicts and lists are more than " + DEEPEST + " deep");
        }
        Boolean known = seen.putIfAbsent(value, true); // true while it is read: it could hold itself
        if (known != null) {
            if (known) {
                throw new Refused("its " + (value instanceof Map ? "dict " : "list ") + (name.isEmpty() ? "of everything" : name) + " is in it twice");
            }
            return false;
        }
        boolean found = false;
        for (Map.Entry<?, ?> each : value instanceof Map<?, ?> dict ? dict.entrySet() : numbered((List<?>) value)) {
            Object inner = each.getValue();
            if (inner instanceof StoredTensor || inner instanceof Map || inner instanceof List) {
                String key = each.getKey().toString();
                if (name.length() + key.length() > LONGEST_NAME) {
                    throw new Refused("something in it has a name of more than " + LONGEST_NAME + " characters");
                }
                found |= collect(name.isEmpty() ? key : name + "." + key, inner, tensors, seen, depth + 1);
            }
        }
        seen.put(value, found);
        return found;
    }

    private static Iterable<Map.Entry<Integer, Object>> numbered(List<?> list) {
        return () -> IntStream.range(0, list.size()).mapToObj(i -> Map.entry(i, (Object) list.get(i))).iterator();
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
                case '(' -> push(MARK);
                case 'N' -> push(NONE);
                case 0x88 -> push(true); // NEWTRUE
                case 0x89 -> push(false); // NEWFALSE
                case 'K' -> push((long) Byte.toUnsignedInt(in.get())); // BININT1
                case 'M' -> push((long) Short.toUnsignedInt(in.getShort())); // BININT2
                case 'J' -> push((long) in.getInt()); // BININT
                case 0x8a -> push(longInteger()); // LONG1
                case 'G' -> push(Double.longBitsToDouble(Long.reverseBytes(in.getLong()))); // BINFLOAT
                case 'X' -> push(text(Integer.toUnsignedLong(in.getInt()))); // BINUNICODE
                case 0x8c -> push(text(Byte.toUnsignedInt(in.get()))); // SHORT_BINUNICODE
                case '}' -> push(new LinkedHashMap<>()); // EMPTY_DICT
                case ']' -> push(new ArrayList<>()); // EMPTY_LIST
                case ')' -> push(List.of()); // EMPTY_TUPLE
                case 't' -> push(sinceMark()); // TUPLE
                case 0x85, 0x86, 0x87 -> tuple(opcode - 0x84); // TUPLE1 to TUPLE3
                case 'a' -> append(List.of(pop())); // APPEND
                case 'e' -> append(sinceMark()); // APPENDS
                case 's' -> setOne(); // SETITEM
                case 'u' -> set(sinceMark()); // SETITEMS
                case 'q' -> store(Byte.toUnsignedInt(in.get())); // BINPUT
                case 'r' -> store(Integer.toUnsignedLong(in.getInt())); // LONG_BINPUT
                case 0x94 -> store(memo.size()); // MEMOIZE
                case 'h' -> push(remembered(Byte.toUnsignedInt(in.get()))); // BINGET
                case 'j' -> push(remembered(Integer.toUnsignedLong(in.getInt()))); // LONG_BINGET
                case 'c' -> push(global(line() + "." + line())); // GLOBAL
                case 0x93 -> stackGlobal(); // STACK_GLOBAL
                case 'Q' -> push(persistent(pop())); // BINPERSID
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

    private void push(Object value) throws Refused {
        count();
        stack.push(value);
    }

    private void store(long place) throws Refused {
        count();
        memo.put(place, top());
    }

    private void count() throws Refused {
        if (++values > MOST_VALUES) {
            throw new Refused("its pickle has more than " + MOST_VALUES + " values, more than any dict of tensors needs");
        }
    }

    private Object pop() throws Refused {
        if (stack.isEmpty()) {
            throw new Refused("its pickle takes more values than it gives");
        }
        return stack.pop();
    }

    private Object top() throws Refused {
        if (stack.isEmpty()) {
            throw new Refused("its pickle takes more values than it gives");
        }
        return stack.peek();
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
        push(values.reversed());
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

    /// A Long, or a BigInteger where that is too small.
    private Number longInteger() throws Refused {
        byte[] bytes = take(Byte.toUnsignedInt(in.get()));
        if (bytes.length == 0) {
            return 0L;
        }
        for (int i = 0, j = bytes.length - 1; i < j; i++, j--) {
            byte b = bytes[i];
            bytes[i] = bytes[j];
            bytes[j] = b;
        }
        var number = new BigInteger(bytes);
        return number.bitLength() < Long.SIZE ? (Number) number.longValue() : number;
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
        if (!(module instanceof String first && name instanceof String second)) {
            throw new Refused("its pickle names something by " + describe(module) + " and " + describe(name) + ", where two strings belong");
        }
        push(global(first + "." + second));
    }

    private static Global global(String name) throws Refused {
        var global = new Global(name);
        if (STORAGES.containsKey(name) || DTYPES.contains(name)
                || List.of(ORDERED_DICT, REBUILD_TENSOR, REBUILD_PARAMETER, SIZE, DEVICE).contains(global)) {
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
            push(new LinkedHashMap<>());
        } else if (function.equals(SIZE) || function.equals(DEVICE)) {
            push(NONE); // what they are of is not asked for
        } else if (function.equals(REBUILD_TENSOR) && given.size() >= 4) {
            push(tensor(given));
        } else if (function.equals(REBUILD_PARAMETER) && !given.isEmpty() && given.get(0) instanceof StoredTensor tensor) {
            push(tensor);
        } else {
            throw new Refused("its pickle calls " + describe(function) + " with what does not fit it");
        }
    }

    /// (storage, offset, shape, strides, requires_grad, backward_hooks, metadata)
    private static StoredTensor tensor(List<?> given) throws Refused {
        if (!(given.get(0) instanceof Storage storage && given.get(1) instanceof Long offset && offset >= 0)) {
            throw new Refused("a tensor in it has no storage");
        }
        long[] shape = sizes(given.get(2));
        long[] strides = sizes(given.get(3));
        if (shape.length != strides.length) {
            throw new Refused("a tensor in it has " + shape.length + " sizes and " + strides.length + " strides");
        }
        return new StoredTensor(storage.dtype(), storage.key(), storage.size(), offset, shape, strides, isNegative(given));
    }

    /// What PyTorch left to whoever reads: the imaginary part of a conjugate is the negative of what is stored.
    private static boolean isNegative(List<?> given) throws Refused {
        boolean negative = false;
        if (given.size() > 6 && given.get(6) instanceof Map<?, ?> metadata) {
            for (Map.Entry<?, ?> each : metadata.entrySet()) {
                if (Boolean.TRUE.equals(each.getValue())) {
                    if (!"neg".equals(each.getKey())) {
                        throw new Refused("a tensor in it has the property " + each.getKey());
                    }
                    negative = true;
                }
            }
        }
        return negative;
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
