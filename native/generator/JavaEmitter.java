import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/// The Java op methods: on Tensor where the first argument is `self`, static in Torch elsewhere.
///
/// An op gets its full method, one for each number of trailing arguments left out, and for scalars a `double` and a
/// `long` form of each.
final class JavaEmitter {
    private static final String NOTICE = "// Written by native/generator from native/ops.schema: change that, not this.\n";

    private final StringBuilder text = new StringBuilder();
    private final Set<String> signatures = new HashSet<>();
    private final boolean instance;

    private JavaEmitter(boolean instance) {
        this.instance = instance;
    }

    static String tensorOps(List<Schema> ops) {
        var emitter = new JavaEmitter(true);
        emitter.text.append(NOTICE).append("""
                package dev.mneme.torch;

                import dev.mneme.torch.ffi.ops_h;
                import java.lang.foreign.MemorySegment;
                import java.util.List;

                /// The ops whose first argument is the tensor itself. The name is PyTorch's in camel case, a trailing `_` means
                /// in place, and the line above each method is ATen's schema. `null` stands for an absent (`?`) argument.
                ///
                /// A result belongs to the innermost open [TensorScope]; an in-place op returns the tensor it changed.
                /// A failure in libtorch is a [TorchException] that names the op and the shapes.
                public sealed interface TensorOps permits Tensor {
                """);
        ops.stream().filter(JavaEmitter::isMethod).forEach(emitter::op);
        return emitter.text.append("}\n").toString();
    }

    static String torch(List<Schema> ops) {
        var emitter = new JavaEmitter(false);
        emitter.text.append(NOTICE).append("""
                package dev.mneme.torch;

                import dev.mneme.torch.ffi.ops_h;
                import java.lang.foreign.MemorySegment;
                import java.util.List;

                /// The ops that are not methods of one tensor: factories, products of several tensors, layers.
                /// What [TensorOps] says of names, absent arguments, ownership and failures holds here too.
                public final class Torch {
                """);
        ops.stream().filter(op -> !isMethod(op)).forEach(emitter::op);
        return emitter.text.append("\n    private Torch() {}\n}\n").toString();
    }

    static String headerHash(String hash) {
        return NOTICE + """
                package dev.mneme.torch;

                /// What the C headers hashed to when these bindings were made; the shim carries its own and both must agree.
                final class HeaderHash {
                    static final String VALUE = "%s";

                    private HeaderHash() {}
                }
                """.replace("%s", hash);
    }

    private static boolean isMethod(Schema op) {
        return !op.arguments().isEmpty() && op.arguments().getFirst().name().equals("self");
    }

    private void op(Schema op) {
        List<Schema.Argument> arguments = op.arguments().stream().filter(a -> !a.hidden()).toList();
        if (instance) {
            arguments = arguments.subList(1, arguments.size());
        }
        boolean scalars = arguments.stream().anyMatch(JavaEmitter::isScalar);
        for (String number : scalars ? List.of("long", "double") : List.of("long")) {
            full(op, arguments, number);
            for (int kept = arguments.size() - 1; kept >= 0 && arguments.get(kept).omissible(); kept--) {
                shorter(op, arguments, kept, number);
            }
        }
    }

    private void full(Schema op, List<Schema.Argument> arguments, String number) {
        if (!signatures.add(signature(op, arguments, number))) {
            throw new IllegalArgumentException("two methods of one signature: " + op.text());
        }
        text.append("\n    /// `").append(op.text()).append("`\n");
        open(op, arguments, number);
        if (instance) {
            line("Tensor self = (Tensor) this;");
        }
        line("try (Calls calls = Calls.enter()) {");
        if (needsScratch(op)) {
            inCall("Scratch scratch = calls.scratch;");
        }
        var call = new ArrayList<String>();
        if (instance) {
            call.add("self.handle(calls)");
        }
        var shapes = new ArrayList<String>();
        shapes.add("\"" + op.name() + "\"");
        if (instance) {
            shapes.add("self");
        }
        for (Schema.Argument a : arguments) {
            call.addAll(values(a, number));
            if (a.base().equals("Tensor")) {
                shapes.add(name(a));
            }
        }
        String failure = "throw Native.failure(" + String.join(", ", shapes) + ");";
        if (op.kind() == Schema.Kind.TUPLE) {
            inCall("MemorySegment out = scratch.out(" + op.tupleSize() + ");");
            call.add("out");
        }
        String invoke = "ops_h.mn_" + op.symbol() + "(" + String.join(", ", call) + ")";
        switch (op.kind()) {
            case TENSOR -> {
                inCall("long result = " + invoke + ";");
                failWhen("result == 0", failure);
                inCall("return Tensor.own(result, calls);");
            }
            case IN_PLACE -> {
                failWhen(invoke + " != 0", failure);
                inCall(instance ? "return self;" : "return " + name(arguments.getFirst()) + ";");
            }
            case TUPLE -> {
                failWhen(invoke + " != 0", failure);
                inCall(isPair(op) ? "return ValuesIndices.own(out, calls);" : "return Tensor.ownAll(out, " + op.tupleSize() + ", calls);");
            }
            case LIST -> {
                inCall("long count = " + invoke + ";");
                failWhen("count < 0", failure);
                inCall("return Tensor.ownResults(count, calls);");
            }
            case BOOL -> {
                inCall("int result = " + invoke + ";");
                failWhen("result < 0", failure);
                inCall("return result != 0;");
            }
        }
        line("}");
        text.append("    }\n");
        if (!arguments.isEmpty() && hasOneElementList(arguments)) {
            oneElement(op, arguments, number);
        }
    }

    /// `sum(dim, keepdim)` beside `sum(new long[] {dim}, keepdim)`, for ops that usually take one dimension. None has a number after the
    /// dimension: `var(0, 1)` must be over both, as `sum(0, 1)` is.
    private void oneElement(Schema op, List<Schema.Argument> arguments, String number) {
        List<Schema.Argument> single = arguments.stream().map(a -> !a.oneElement() ? a
                : new Schema.Argument("int", false, false, false, false, false, a.name(), null)).toList();
        for (int kept = arguments.size(); kept > 0; kept--) {
            List<Schema.Argument> head = single.subList(0, kept);
            boolean present = arguments.subList(0, kept).stream().anyMatch(Schema.Argument::oneElement);
            boolean variable = arguments.get(kept - 1).oneElement() && hasVarargs(op); // the array form takes one number too
            if (present && !variable && !numberFollowsList(arguments.subList(0, kept)) && signatures.add(signature(op, head, number))) {
                open(op, head, number);
                var call = new ArrayList<String>();
                for (int i = 0; i < arguments.size(); i++) {
                    Schema.Argument a = arguments.get(i);
                    call.add(i >= kept ? literal(a, number) : a.oneElement() ? "new long[] {" + name(a) + "}" : name(a));
                }
                line("return " + javaName(op) + "(" + String.join(", ", call) + ");");
                text.append("    }\n");
            }
            if (!arguments.get(kept - 1).omissible()) {
                return;
            }
        }
    }

    private void shorter(Schema op, List<Schema.Argument> arguments, int kept, String number) {
        List<Schema.Argument> head = arguments.subList(0, kept);
        if (!signatures.add(signature(op, head, number))) {
            return;
        }
        open(op, head, number);
        var call = new ArrayList<String>();
        for (int i = 0; i < arguments.size(); i++) {
            call.add(i < kept ? name(arguments.get(i)) : literal(arguments.get(i), number));
        }
        line("return " + javaName(op) + "(" + String.join(", ", call) + ");");
        text.append("    }\n");
    }

    private void open(Schema op, List<Schema.Argument> arguments, String number) {
        var parameters = new ArrayList<String>();
        for (int i = 0; i < arguments.size(); i++) {
            String type = javaType(arguments.get(i), number);
            boolean variable = i == arguments.size() - 1 && type.equals("long[]") && hasVarargs(op);
            parameters.add((variable ? "long..." : type) + " " + name(arguments.get(i)));
        }
        text.append(text.charAt(text.length() - 2) == '}' ? "\n" : "");
        text.append("    ").append(instance ? "default " : "public static ").append(resultType(op)).append(' ')
                .append(javaName(op)).append('(').append(String.join(", ", parameters)).append(") {\n");
    }

    /// With two lists of integers, as of `roll`, it would not be seen which of them the numbers are.
    private static boolean hasVarargs(Schema op) {
        return op.arguments().stream().filter(a -> a.list() && !a.base().equals("Tensor")).count() == 1;
    }

    private static boolean numberFollowsList(List<Schema.Argument> arguments) {
        return arguments.stream().dropWhile(a -> !a.oneElement())
                .anyMatch(a -> !a.list() && List.of("int", "SymInt", "float", "Scalar").contains(a.base()));
    }

    private static String resultType(Schema op) {
        return switch (op.kind()) {
            case TENSOR, IN_PLACE -> "Tensor";
            case TUPLE -> isPair(op) ? "ValuesIndices" : "Tensor[]";
            case LIST -> "Tensor[]";
            case BOOL -> "boolean";
        };
    }

    private static boolean isPair(Schema op) {
        return op.results().equals("(Tensor values, Tensor indices)");
    }

    private static boolean hasOneElementList(List<Schema.Argument> arguments) {
        return arguments.stream().anyMatch(Schema.Argument::oneElement);
    }

    private static boolean isScalar(Schema.Argument a) {
        return a.base().equals("Scalar") && !a.optional();
    }

    private static boolean needsScratch(Schema op) {
        return op.kind() == Schema.Kind.TUPLE
                || op.arguments().stream().anyMatch(a -> !a.hidden() && (a.list() || a.base().equals("str")));
    }

    /// PyTorch's name in camel case; `clone` is Object's, so that one is `copy`.
    private static String javaName(Schema op) {
        return op.name().equals("clone") ? "copy" : camel(op.name());
    }

    private static String name(Schema.Argument a) {
        return camel(a.name());
    }

    private static String camel(String snake) {
        var camel = new StringBuilder();
        boolean upper = false;
        for (int i = 0; i < snake.length(); i++) {
            char c = snake.charAt(i);
            if (c == '_' && i < snake.length() - 1) {
                upper = i > 0;
            } else {
                camel.append(upper ? Character.toUpperCase(c) : c);
                upper = false;
            }
        }
        return camel.toString();
    }

    private static String signature(Schema op, List<Schema.Argument> arguments, String number) {
        var types = new ArrayList<String>();
        for (Schema.Argument a : arguments) {
            types.add(javaType(a, number));
        }
        return javaName(op) + types;
    }

    private static String javaType(Schema.Argument a, String number) {
        if (a.list()) {
            return a.base().equals("Tensor") ? "List<Tensor>" : "long[]";
        }
        return switch (a.base()) {
            case "Tensor" -> "Tensor";
            case "int", "SymInt" -> a.optional() ? "Long" : "long";
            case "float" -> a.optional() ? "Double" : "double";
            case "bool" -> a.optional() ? "Boolean" : "boolean";
            case "Scalar" -> a.optional() ? "Number" : number;
            case "str" -> "String";
            case "ScalarType" -> "DType";
            case "Device" -> "Device";
            case "Generator" -> "Generator";
            default -> throw CEmitter.unknown(a);
        };
    }

    /// The Java expressions for the C parameters of an argument.
    private static List<String> values(Schema.Argument a, String number) {
        String name = name(a);
        if (a.list()) {
            return a.base().equals("Tensor")
                    ? List.of("scratch.handles(" + name + ", calls)", name + ".size()")
                    : List.of("scratch.longs(" + name + ")", a.optional() ? "Scratch.size(" + name + ")" : name + ".length");
        }
        return switch (a.base()) {
            case "Tensor" -> List.of(a.optional() ? "Tensor.handleOrZero(" + name + ", calls)" : name + ".handle(calls)");
            case "int", "SymInt" -> a.optional()
                    ? List.of(name + " == null ? 0 : " + name, name + " != null") : List.of(name);
            case "float" -> a.optional()
                    ? List.of(name + " == null ? 0 : " + name, name + " != null") : List.of(name);
            case "bool" -> List.of(a.optional() ? name + " == null ? -1 : " + name + " ? 1 : 0" : name);
            case "Scalar" -> a.optional()
                    ? List.of("Scratch.bits(" + name + ")", "Scratch.kind(" + name + ")")
                    : number.equals("double")
                            ? List.of("Double.doubleToRawLongBits(" + name + ")", "Scratch.DOUBLE")
                            : List.of(name, "Scratch.INTEGER");
            case "str" -> List.of("scratch.text(" + name + ")");
            case "ScalarType" -> List.of("DType.code(" + name + ")");
            case "Device" -> List.of("Device.code(" + name + ")");
            case "Generator" -> List.of("Generator.handleOrZero(" + name + ", calls)");
            default -> throw CEmitter.unknown(a);
        };
    }

    /// A schema's default as a Java expression, cast where overloads would make `null` ambiguous.
    private static String literal(Schema.Argument a, String number) {
        String value = a.defaultValue();
        String type = javaType(a, number);
        if (value == null || value.equals("None")) {
            return "(" + type + ") null";
        }
        return switch (type) {
            case "long", "Long" -> value.equals("Mean") ? "1" : value + "L";
            case "double", "Double" -> value.contains(".") || value.contains("e") ? value : value + ".0";
            case "boolean", "Boolean" -> value.toLowerCase(Locale.ROOT);
            case "String" -> value.replace('\'', '"');
            case "DType" -> "DType." + switch (value) {
                case "long" -> "INT64";
                default -> throw CEmitter.unknown(a);
            };
            case "long[]" -> "new long[] {" + value.substring(1, value.length() - 1) + "}";
            default -> throw CEmitter.unknown(a);
        };
    }

    private void failWhen(String condition, String failure) {
        inCall("if (" + condition + ") {");
        inCall("    " + failure);
        inCall("}");
    }

    /// A line between the beginning and the end of the call.
    private void inCall(String code) {
        line("    " + code);
    }

    private void line(String code) {
        text.append("        ").append(code).append('\n');
    }
}
