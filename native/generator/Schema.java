import java.util.ArrayList;
import java.util.List;

/// One line of native/ops.schema, parsed: `aten::name.overload(arguments) -> results`.
record Schema(String text, String name, String overload, List<Argument> arguments, String results) {

    /// An argument: `base` is the type without `?` and `[]`, such as `Tensor` in `Tensor?[]`.
    record Argument(
            String base, boolean list, boolean oneElement, boolean optional, boolean optionalElements,
            boolean written, String name, String defaultValue) {

        /// Not offered: layouts are strided, memory formats contiguous or kept, and pinning is a call of its own.
        boolean hidden() {
            return base.equals("Layout") || base.equals("MemoryFormat") || name.equals("pin_memory");
        }

        /// A caller may leave out what has a default or may be absent.
        boolean omissible() {
            return defaultValue != null || optional;
        }
    }

    static Schema parse(String line) {
        int open = line.indexOf('(');
        int close = line.lastIndexOf(") -> ");
        String qualified = line.substring(line.indexOf("::") + 2, open);
        int dot = qualified.indexOf('.');
        String name = dot < 0 ? qualified : qualified.substring(0, dot);
        String overload = dot < 0 ? "" : qualified.substring(dot + 1);
        var arguments = new ArrayList<Argument>();
        for (String part : split(line.substring(open + 1, close))) {
            if (!part.equals("*")) {
                arguments.add(argument(part));
            }
        }
        return new Schema(line, name, overload, List.copyOf(arguments), line.substring(close + 5));
    }

    /// Splits at commas that are not inside brackets, such as those of a default `[0, 1]`.
    private static List<String> split(String arguments) {
        var parts = new ArrayList<String>();
        int depth = 0;
        int start = 0;
        for (int i = 0; i < arguments.length(); i++) {
            char c = arguments.charAt(i);
            depth += c == '(' || c == '[' ? 1 : c == ')' || c == ']' ? -1 : 0;
            if (c == ',' && depth == 0) {
                parts.add(arguments.substring(start, i).strip());
                start = i + 1;
            }
        }
        if (!arguments.isBlank()) {
            parts.add(arguments.substring(start).strip());
        }
        return parts;
    }

    private static Argument argument(String text) {
        boolean written = text.contains("!");
        text = text.replaceAll("\\([^)]*\\)", ""); // alias annotations, such as (a!)
        int space = text.indexOf(' ');
        String type = text.substring(0, space);
        String rest = text.substring(space + 1);
        int equals = rest.indexOf('=');
        boolean optional = type.endsWith("?");
        if (optional) {
            type = type.substring(0, type.length() - 1);
        }
        boolean list = type.endsWith("]");
        boolean oneElement = type.endsWith("[1]");
        if (list) {
            type = type.substring(0, type.indexOf('['));
        }
        boolean optionalElements = list && type.endsWith("?");
        if (optionalElements) {
            type = type.substring(0, type.length() - 1);
        }
        return new Argument(
                type, list, oneElement, optional, optionalElements, written,
                equals < 0 ? rest : rest.substring(0, equals),
                equals < 0 ? null : rest.substring(equals + 1));
    }

    /// The name of the struct in at::_ops, and with `mn_` before it that of the C function.
    String symbol() {
        return overload.isEmpty() ? name : name + "_" + overload;
    }

    enum Kind { TENSOR, IN_PLACE, TUPLE, LIST, BOOL }

    Kind kind() {
        if (results.startsWith("(")) {
            return Kind.TUPLE;
        }
        return switch (results.replaceAll("\\([^)]*\\)", "")) {
            case "Tensor" -> results.contains("!") ? Kind.IN_PLACE : Kind.TENSOR;
            case "Tensor[]" -> Kind.LIST;
            case "bool" -> Kind.BOOL;
            default -> throw new IllegalArgumentException("no rule for the results of: " + text);
        };
    }

    /// Whether it computes new tensors from tensors: nothing in the schema is written to, and no result is a view.
    boolean isFunctional() {
        return !text.matches(".*\\(\\w[!|) ].*") && arguments.stream().anyMatch(a -> a.base().equals("Tensor"));
    }

    /// How many tensors a tuple holds.
    int tupleSize() {
        return split(results.substring(1, results.length() - 1)).size();
    }
}
