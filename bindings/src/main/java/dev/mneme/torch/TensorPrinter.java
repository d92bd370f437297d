package dev.mneme.torch;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/// Prints tensors as PyTorch does with its default options.
final class TensorPrinter {
    private static final int PRECISION = 4;
    private static final int THRESHOLD = 1000;
    private static final int EDGE_ITEMS = 3;
    private static final int LINE_WIDTH = 80;
    private static final int INDENT = "tensor(".length();

    private final boolean floating;
    private boolean integral = true;
    private boolean scientific;
    private int width = 1;

    static String print(Tensor tensor) {
        try (var scope = TensorScope.open(); var noGrad = NoGrad.open()) {
            long[] shape = tensor.shape();
            DType dtype = tensor.dtype();
            boolean empty = tensor.numel() == 0;
            boolean summarize = tensor.numel() > THRESHOLD;
            Tensor host = tensor.plain(dtype);
            String values = "[]";
            if (!empty) {
                Tensor shown = summarize ? edges(host, 0) : host;
                values = new TensorPrinter(shown, dtype).block(host, dtype, INDENT, summarize);
            }
            var suffixes = new ArrayList<String>();
            if (!tensor.device().equals(Device.CPU)) {
                suffixes.add("device='" + tensor.device() + "'");
            }
            if (empty && shape.length != 1) {
                suffixes.add("size=" + tuple(shape));
            }
            boolean plain = dtype == DType.FLOAT32 || !empty && (dtype == DType.INT64 || dtype == DType.BOOL);
            if (!plain) {
                suffixes.add("dtype=torch." + dtype);
            }
            if (tensor.requiresGrad()) {
                suffixes.add(tensor.isLeaf() ? "requires_grad=True" : "grad_fn=<...>");
            }
            return assemble("tensor(" + values, suffixes);
        } catch (TorchException e) {
            return "tensor(" + tensor.describe() + ", without values that Java can read)";
        }
    }

    private static String assemble(String values, List<String> suffixes) {
        var text = new StringBuilder(values);
        int last = values.length() - values.lastIndexOf('\n') + 1;
        for (String suffix : suffixes) {
            if (last + suffix.length() + 2 > LINE_WIDTH) {
                text.append(",\n").append(" ".repeat(INDENT)).append(suffix);
                last = INDENT + suffix.length();
            } else {
                text.append(", ").append(suffix);
                last += suffix.length() + 2;
            }
        }
        return text.append(')').toString();
    }

    private static String tuple(long[] shape) {
        return Arrays.stream(shape).mapToObj(Long::toString)
                .collect(Collectors.joining(", ", "(", shape.length == 1 ? ",)" : ")"));
    }

    /// The first and last items along each dimension: what a summary shows.
    private static Tensor edges(Tensor tensor, int dim) {
        if (dim == tensor.dim()) {
            return tensor;
        }
        long size = tensor.size(dim);
        Tensor edges = size <= 2 * EDGE_ITEMS ? tensor
                : Torch.cat(List.of(tensor.narrow(dim, 0, EDGE_ITEMS), tensor.narrow(dim, size - EDGE_ITEMS, EDGE_ITEMS)), dim);
        return edges(edges, dim + 1);
    }

    /// Decides the format from the values that will be shown.
    private TensorPrinter(Tensor shown, DType dtype) {
        floating = dtype.isFloatingPoint();
        if (!floating) {
            for (long value : shown.toLongs()) {
                width = Math.max(width, text(value, dtype).length());
            }
            return;
        }
        double[] values = Arrays.stream(shown.toDoubles()).filter(v -> Double.isFinite(v) && v != 0).toArray();
        if (values.length == 0) {
            return;
        }
        double min = Arrays.stream(values).map(Math::abs).min().orElseThrow();
        double max = Arrays.stream(values).map(Math::abs).max().orElseThrow();
        integral = Arrays.stream(values).allMatch(v -> v == Math.ceil(v));
        scientific = max / min > 1000 || max > 1e8 || min < 1e-4;
        for (double value : values) {
            width = Math.max(width, text(value).length());
        }
    }

    private String block(Tensor tensor, DType dtype, int indent, boolean summarize) {
        int dim = tensor.dim();
        if (dim == 0) {
            return floating ? text(tensor.item()) : text(dtype == DType.BOOL ? (long) tensor.item() : tensor.itemLong(), dtype);
        }
        if (dim == 1) {
            return vector(tensor, dtype, indent, summarize);
        }
        long size = tensor.size(0);
        boolean cut = summarize && size > 2 * EDGE_ITEMS;
        var slices = new ArrayList<String>();
        for (long i = 0; i < size; i++) {
            if (cut && i == EDGE_ITEMS) {
                slices.add("...");
                i = size - EDGE_ITEMS;
            }
            slices.add(block(tensor.select(0, i), dtype, indent + 1, summarize));
        }
        return "[" + String.join("," + "\n".repeat(dim - 1) + " ".repeat(indent + 1), slices) + "]";
    }

    private String vector(Tensor tensor, DType dtype, int indent, boolean summarize) {
        long size = tensor.size(0);
        boolean cut = summarize && size > 2 * EDGE_ITEMS;
        Tensor shown = cut ? edges(tensor, 0) : tensor;
        var items = new ArrayList<String>();
        if (floating) {
            for (double value : shown.toDoubles()) {
                items.add(padded(text(value)));
            }
        } else {
            for (long value : shown.toLongs()) {
                items.add(padded(text(value, dtype)));
            }
        }
        if (cut) {
            items.add(EDGE_ITEMS, " ...");
        }
        int perLine = Math.max(1, (LINE_WIDTH - indent) / (width + 2));
        var lines = new ArrayList<String>();
        for (int i = 0; i < items.size(); i += perLine) {
            lines.add(String.join(", ", items.subList(i, Math.min(items.size(), i + perLine))));
        }
        return "[" + String.join(",\n" + " ".repeat(indent + 1), lines) + "]";
    }

    private String padded(String text) {
        return " ".repeat(Math.max(0, width - text.length())) + text;
    }

    private static String text(long value, DType dtype) {
        return dtype == DType.BOOL ? (value != 0 ? "True" : "False") : Long.toString(value);
    }

    /// Rounds half to even on the exact binary value, as C's printf does.
    private String text(double value) {
        if (Double.isNaN(value)) {
            return "nan";
        }
        if (Double.isInfinite(value)) {
            return value > 0 ? "inf" : "-inf";
        }
        String sign = Double.doubleToRawLongBits(value) < 0 ? "-" : "";
        var exact = new BigDecimal(Math.abs(value));
        if (scientific) {
            return sign + scientific(exact);
        }
        return sign + (integral ? exact.setScale(0, RoundingMode.HALF_EVEN).toPlainString() + "."
                : exact.setScale(PRECISION, RoundingMode.HALF_EVEN).toPlainString());
    }

    private static String scientific(BigDecimal exact) {
        if (exact.signum() == 0) {
            return "0.0000e+00";
        }
        BigDecimal rounded = exact.round(new MathContext(PRECISION + 1, RoundingMode.HALF_EVEN));
        int exponent = rounded.precision() - rounded.scale() - 1;
        String digits = rounded.movePointLeft(exponent).setScale(PRECISION, RoundingMode.HALF_EVEN).toPlainString();
        return String.format(Locale.ROOT, "%se%s%02d", digits, exponent < 0 ? "-" : "+", Math.abs(exponent));
    }
}
