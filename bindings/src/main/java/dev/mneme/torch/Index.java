package dev.mneme.torch;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// One entry between the brackets of PyTorch's indexing: `x[0, :, 1:3]` is `x.get(at(0), all(), range(1, 3))`.
public sealed interface Index {
    record At(long index) implements Index {}

    record Range(long start, long end, long step) implements Index {}

    record Of(Tensor index) implements Index {
        /// How many dimensions it stands for: a mask (uint8 is one to libtorch too) covers as many as it has.
        int width() {
            return index.dtype() == DType.BOOL || index.dtype() == DType.UINT8 ? index.dim() : 1;
        }

        /// Whether it is one position, whose dimension goes, as in PyTorch: an integer without dimensions.
        boolean isPosition() {
            return index.dim() == 0 && !index.dtype().isFloatingPoint() && !isFlag();
        }

        /// Whether it is a mask without dimensions.
        boolean isFlag() {
            return index.dim() == 0 && (index.dtype() == DType.BOOL || index.dtype() == DType.UINT8);
        }
    }

    record Special(String symbol) implements Index {}

    /// `...`: as many whole dimensions as are left.
    Index ELLIPSIS = new Special("...");

    /// `None`: a new dimension of size 1.
    Index NEW_AXIS = new Special("None");

    /// One position; a negative one counts from the end. The dimension goes.
    static Index at(long index) {
        return new At(index);
    }

    /// The whole dimension, `:`.
    static Index all() {
        return new Range(0, Long.MAX_VALUE, 1);
    }

    /// `start:end`.
    static Index range(long start, long end) {
        return new Range(start, end, 1);
    }

    /// `start:end:step`.
    static Index range(long start, long end, long step) {
        return new Range(start, end, step);
    }

    /// Positions (int64) or a mask (bool). One without dimensions is, as in PyTorch, a new dimension: of size 1 where it is true, else 0.
    static Index of(Tensor index) {
        return new Of(index);
    }

    /// Views where that is possible, and one gather for all tensor indices.
    static Tensor apply(Tensor tensor, List<Index> indices) {
        try (var scope = TensorScope.open()) { // for the views on the way
            Selected selected = select("get", tensor, indices);
            Tensor result = selected.gathers.isEmpty() ? selected.view : selected.view.index(selected.gathers);
            return scope.escape(result == tensor ? tensor.alias() : result);
        }
    }

    /// Writes values to what the indices stand for, broadcast.
    static void assign(Tensor tensor, List<Index> indices, Tensor values) {
        try (var scope = TensorScope.open()) {
            Selected selected = select("set", tensor, indices);
            while (values.dim() > 0 && values.size(0) == 1) { // as in PyTorch, they are no dimensions too many
                values = values.squeeze(0);
            }
            if (selected.gathers.isEmpty()) {
                selected.view.copy_(values);
            } else {
                selected.view.indexPut_(selected.gathers, values);
            }
        }
    }

    /// A view of what positions and ranges stand for, and the tensor indices into it: null for a dimension that is left whole.
    record Selected(Tensor view, List<Tensor> gathers) {}

    private static Selected select(String asked, Tensor tensor, List<Index> indices) {
        int dims = tensor.dim();
        long used = indices.stream().mapToLong(i -> switch (i) {
            case Special s -> 0;
            case Of of -> of.width();
            default -> 1;
        }).sum();
        if (used > dims) {
            throw new IndexOutOfBoundsException(asked + ": " + used + " dimensions were indexed, and the tensor has shape "
                    + Arrays.toString(tensor.shape()) + ". Give at most " + dims + " indices.");
        }
        Tensor view = tensor;
        var gathers = new ArrayList<Tensor>();
        int gathered = 0; // the dimensions that the entries of gathers stand for
        int dim = 0;
        for (Index each : indices) {
            switch (each) {
                case At at -> view = view.select(dim, at.index());
                case Range range -> view = view.slice(dim++, range.start(), range.end(), range.step());
                case Of of when of.isPosition() -> view = view.select(dim, of.index().itemLong());
                case Of of -> {
                    for (; gathered < dim; gathered++) {
                        gathers.add(null);
                    }
                    if (of.isFlag()) { // a new dimension, and its one place or none
                        view = view.unsqueeze(dim);
                        gathers.add(Torch.zeros(new long[] {of.index().ne(0L).item() != 0 ? 1 : 0}, DType.INT64, tensor.device()));
                        dim++;
                    } else {
                        gathers.add(of.index());
                        dim += of.width();
                    }
                    gathered = dim;
                }
                case Special s when s == ELLIPSIS -> dim += (int) (dims - used);
                case Special s -> view = view.unsqueeze(dim++);
            }
        }
        return new Selected(view, gathers);
    }
}
