package dev.mneme.torch.testing;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.mneme.torch.Tensor;
import dev.mneme.torch.io.Safetensors;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/// The files that tests/golden/make.py wrote with PyTorch, transformers, numpy, SciPy and scikit-learn.
public final class Golden {
    /// A file below tests/golden/data, found from any module's folder.
    public static Path file(String name) {
        Path folder = Path.of("").toAbsolutePath();
        while (!Files.isDirectory(folder.resolve("tests/golden/data"))) {
            folder = folder.getParent();
        }
        return folder.resolve("tests/golden/data").resolve(name);
    }

    /// All tensors of a file, in the innermost scope.
    public static Map<String, Tensor> tensors(String name) {
        try (var file = Safetensors.open(file(name))) {
            return file.tensors();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Shapes agree, and no element differs by more than the tolerance.
    public static void assertClose(Tensor expected, Tensor actual, double tolerance, String what) {
        assertArrayEquals(expected.shape(), actual.shape(), what);
        double[] e = expected.toDoubles();
        double[] a = actual.toDoubles();
        double worst = 0;
        for (int i = 0; i < e.length; i++) {
            worst = Math.max(worst, Math.abs(e[i] - a[i]));
            assertTrue(Double.isNaN(e[i]) == Double.isNaN(a[i]), what + ": element " + i + " is " + a[i] + ", not " + e[i]);
        }
        assertTrue(worst <= tolerance, what + ": differs by " + worst + ", more than " + tolerance);
    }

    private Golden() {}
}
