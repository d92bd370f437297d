import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;

/// The C header and the C++ behind it: each function converts its arguments, calls at::_ops, and hands out the result.
final class CEmitter {
    private static final String NOTICE = "// Written by native/generator from native/ops.schema: change that, not this.\n";

    static String header(List<Schema> ops) {
        var text = new StringBuilder(NOTICE);
        text.append("""

                // One function an op. mneme/core.h has the conventions for handles, status, lists and absent values.
                #ifndef MNEME_OPS_H
                #define MNEME_OPS_H

                #include "mneme/core.h"

                #ifdef __cplusplus
                extern "C" {
                #pragma GCC visibility push(default)
                #endif

                """);
        for (Schema op : ops) {
            text.append(prototype(op)).append(";\n");
        }
        text.append("""

                #ifdef __cplusplus
                #pragma GCC visibility pop
                }
                #endif

                #endif
                """);
        return text.toString();
    }

    static String source(List<Schema> ops) {
        var includes = new LinkedHashSet<String>();
        for (Schema op : ops) {
            includes.add("#include <ATen/ops/" + op.name().replaceAll("(?<=.)_$", "") + "_ops.h>\n");
        }
        var text = new StringBuilder(NOTICE);
        text.append("#include \"mneme/ops.h\"\n\n#include \"../arguments.h\"\n#include \"../deadly.h\"\n\n");
        includes.forEach(text::append);
        text.append("\nusing namespace mneme;\n");
        for (Schema op : ops) {
            text.append(function(op));
        }
        return text.toString();
    }

    private static String prototype(Schema op) {
        var parameters = new ArrayList<String>();
        for (Schema.Argument a : op.arguments()) {
            parameters.addAll(parameters(a));
        }
        if (op.kind() == Schema.Kind.TUPLE) {
            parameters.add("mn_tensor* out");
        }
        String result = switch (op.kind()) {
            case TENSOR -> "mn_tensor";
            case IN_PLACE, TUPLE -> "mn_status";
            case LIST -> "int64_t";
            case BOOL -> "int32_t";
        };
        return result + " mn_" + op.symbol() + "(" + String.join(", ", parameters) + ") MN_NOEXCEPT";
    }

    /// What an argument is in C: often one parameter, two where a size, a kind or a flag goes with it.
    private static List<String> parameters(Schema.Argument a) {
        String name = a.name();
        if (a.hidden()) {
            return List.of();
        }
        if (a.list()) {
            String element = switch (a.base()) {
                case "Tensor" -> "mn_tensor";
                case "int", "SymInt" -> "int64_t";
                default -> throw unknown(a);
            };
            return List.of("const " + element + "* " + name, "int64_t " + name + "_size");
        }
        return switch (a.base()) {
            case "Tensor" -> List.of("mn_tensor " + name);
            case "int", "SymInt" -> a.optional()
                    ? List.of("int64_t " + name, "bool " + name + "_given")
                    : List.of("int64_t " + name);
            case "float" -> a.optional()
                    ? List.of("double " + name, "bool " + name + "_given")
                    : List.of("double " + name);
            case "bool" -> List.of((a.optional() ? "int32_t " : "bool ") + name);
            case "Scalar" -> List.of("int64_t " + name, "int32_t " + name + "_kind");
            case "str" -> List.of("const char* " + name);
            case "ScalarType", "Device" -> List.of("int32_t " + name);
            case "Generator" -> List.of("mn_generator " + name);
            default -> throw unknown(a);
        };
    }

    private static String function(Schema op) {
        var calls = new ArrayList<String>();
        for (Schema.Argument a : op.arguments()) {
            boolean spread = op.symbol().equals("median_dim") && a.name().equals("self");
            calls.add(spread ? "deadly::spread(" + expression(a) + ")" : expression(a));
        }
        String call = "at::_ops::" + op.symbol() + "::call(" + String.join(", ", calls) + ")";
        String checked = check(op);
        String below = checked + (op.isFunctional() ? "BelowAutograd below; " : "");
        String body = switch (op.kind()) {
            case TENSOR -> "return handle([&] { " + below + "return own(" + call + "); });";
            case IN_PLACE -> "return status([&] { " + checked + call + "; });";
            case TUPLE -> "return status([&] { " + below + "own_all(" + call + ", out); });";
            case LIST -> "return count([&] { " + below + "return keep_results(" + call + "); });";
            case BOOL -> "return flag([&] { return " + call + "; });";
        };
        return "\n" + prototype(op).replace(" MN_NOEXCEPT", " noexcept") + " {\n    "
                + body + "\n}\n";
    }

    /// What native/src/deadly.h refuses, with the arguments that it takes.
    private static String check(Schema op) {
        List<String> call = switch (op.symbol()) {
            case "div_Tensor_mode" -> List.of("check_quotient", "self", "other", "rounding_mode");
            case "arange_start", "arange_start_step" -> List.of("check_range", "start", "end");
            case "random__from" -> List.of("check_least", "self", "from");
            case "native_batch_norm" -> List.of("check_statistics", "input", "weight", "bias", "running_mean", "running_var", "training");
            case "embedding_bag_padding_idx" -> List.of("check_bags", "weight", "indices", "offsets", "mode", "include_last_offset");
            default -> List.of();
        };
        if (call.isEmpty()) {
            return "";
        }
        var values = new ArrayList<String>();
        for (String name : call.subList(1, call.size())) {
            values.add(expression(op.arguments().stream().filter(a -> a.name().equals(name)).findFirst().orElseThrow()));
        }
        return "deadly::" + call.getFirst() + "(" + String.join(", ", values) + "); ";
    }

    private static String expression(Schema.Argument a) {
        String name = a.name();
        if (a.hidden()) {
            return a.optional() ? "std::nullopt" : "at::MemoryFormat::Contiguous";
        }
        String sized = "(" + name + ", " + name + "_size)";
        if (a.list()) {
            return switch (a.base()) {
                case "Tensor" -> a.optionalElements() ? "optional_tensors" + sized : "TensorArray" + sized + ".list()";
                case "int" -> (a.optional() ? "optional_ints" : "ints") + sized;
                case "SymInt" -> (a.optional() ? "optional_symints" : "symints") + sized;
                default -> throw unknown(a);
            };
        }
        return switch (a.base()) {
            case "Tensor" -> a.optional() ? "optional_tensor(" + name + ")" : "*Borrowed(" + name + ")";
            case "int" -> a.optional() ? "optional<int64_t>(" + name + ", " + name + "_given)" : name;
            case "SymInt" -> a.optional() ? "optional<c10::SymInt>(" + name + ", " + name + "_given)" : name;
            case "float" -> a.optional() ? "optional<double>(" + name + ", " + name + "_given)" : name;
            case "bool" -> a.optional() ? "optional_bool(" + name + ")" : name;
            case "Scalar" -> (a.optional() ? "optional_scalar(" : "scalar(") + name + ", " + name + "_kind)";
            case "str" -> (a.optional() ? "optional_text(" : "text(") + name + ")";
            case "ScalarType" -> (a.optional() ? "optional_dtype(" : "dtype_of(") + name + ")";
            case "Device" -> (a.optional() ? "optional_device(" : "device_of(") + name + ")";
            case "Generator" -> "optional_generator(" + name + ")";
            default -> throw unknown(a);
        };
    }

    static IllegalArgumentException unknown(Schema.Argument a) {
        return new IllegalArgumentException("no rule for an argument of type " + a.base() + " named " + a.name());
    }

    private CEmitter() {}
}
