package dev.mneme.torch;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// One entry between the brackets of PyTorch's indexing: `x[0, :, 1:3]` is `x.get(at(0), all(), range(1, 3))`.
public sealed interface Index {
    record At(long index) implements Index {}

    record Range(long start, long end, long step) implements Index {}

    record Of(Tensor index) implements Index {
        /// How many dimensions it stands for: a mask covers as many as it has.
        int width() {
            return index.dtype() == DType.BOOL ? index.dim() : 1;
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

    /// Positions (int64) or a mask (bool).
    static Index of(Tensor index) {
        return new Of(index);
    }

    /// Views where that is possible, and one gather for all tensor indices.
    static Tensor apply(Tensor tensor, List<Index> indices) {
        int dims = tensor.dim();
        long used = indices.stream().mapToLong(i -> switch (i) {
            case Special s -> 0;
            case Of of -> of.width();
            default -> 1;
        }).sum();
        if (used > dims) {
            throw new IndexOutOfBoundsException("get: " + used + " dimensions were indexed, and the tensor has shape "
                    + Arrays.toString(tensor.shape()) + ". Give at most " + dims + " indices.");
        }
        try (var scope = TensorScope.open()) { // for the views on the way
            Tensor result = indexed(tensor, indices, (int) (dims - used));
            return scope.escape(result == tensor ? tensor.alias() : result);
        }
    }

    private static Tensor indexed(Tensor tensor, List<Index> indices, int left) {
        Tensor result = tensor;
        var gathers = new ArrayList<Tensor>();
        int gathered = 0; // the dimensions that the entries of gathers stand for
        int dim = 0;
        for (Index index : indices) {
            switch (index) {
                case At at -> result = result.select(dim, at.index());
                case Range range -> result = result.slice(dim++, range.start(), range.end(), range.step());
                case Of of -> {
                    for (; gathered < dim; gathered++) {
                        gathers.add(null);
                    }
                    gathers.add(of.index());
                    dim += of.width();
                    gathered = dim;
                }
                case Special s when s == ELLIPSIS -> dim += left;
                case Special s -> result = result.unsqueeze(dim++);
            }
        }
        return gathers.isEmpty() ? result : result.index(gathers);
    }
}
