package dev.mneme.torch.io;

import dev.mneme.torch.DType;
import dev.mneme.torch.NoGrad;
import dev.mneme.torch.Tensor;
import dev.mneme.torch.TensorScope;
import java.io.Closeable;
import java.io.IOException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/// Named tensors on a disk: what they are is known when the file is opened, and each is read when asked for.
public interface TensorFile extends Closeable {
    /// What a tensor is.
    record Entry(DType dtype, long[] shape) {}

    /// The tensors by name, in the order of the file.
    Map<String, Entry> entries();

    /// A copy of one tensor, in the innermost scope.
    ///
    /// @throws IllegalArgumentException if there is none of that name
    Tensor tensor(String name) throws IOException;

    /// Copies one tensor into another of the same shape, converting the dtype.
    ///
    /// @throws IllegalArgumentException if there is none of that name, or the shapes differ
    default void read(String name, Tensor into) throws IOException {
        try (var scope = TensorScope.open(); var noGrad = NoGrad.open()) {
            Tensor read = tensor(name);
            if (!Arrays.equals(read.shape(), into.shape())) { // copy_ would broadcast
                throw new IllegalArgumentException("Reading " + name + ": it has shape " + Arrays.toString(read.shape()) + ", and the tensor that it was to be"
                        + " copied into has " + Arrays.toString(into.shape()) + ". Give one of the same shape.");
            }
            into.copy_(read);
        }
    }

    /// Copies of all tensors, in the innermost scope.
    default Map<String, Tensor> tensors() throws IOException {
        var tensors = new LinkedHashMap<String, Tensor>();
        for (String name : entries().keySet()) {
            tensors.put(name, tensor(name));
        }
        return tensors;
    }
}
