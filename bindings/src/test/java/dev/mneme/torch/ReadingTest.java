package dev.mneme.torch;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.mneme.torch.io.Safetensors;
import dev.mneme.torch.testing.Expect;
import dev.mneme.torch.testing.NoLeaks;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

/// What leaves libtorch's memory is what the tensor means: also where negation or conjugation is left to whoever reads, and where there is
/// no memory to read.
@ExtendWith(NoLeaks.class)
class ReadingTest {
    private TensorScope scope;

    @BeforeEach
    void open() {
        scope = TensorScope.open();
    }

    @AfterEach
    void close() {
        scope.close();
    }

    private static Tensor op(String name, Object... arguments) {
        return (Tensor) Op.find(name).call(arguments).getFirst();
    }

    /// Views whose memory holds the opposite of their values, which are -1, 2, -3.
    private static List<Tensor> opposite() {
        Tensor z = op("aten::view_as_complex", Tensor.of(new float[] {7, 1, 8, -2, 9, 3}, 3, 2));
        return List.of(op("aten::_neg_view", Tensor.of(new float[] {1, -2, 3})), op("aten::imag", op("aten::conj", z)));
    }

    @Test
    void everyWayOutResolvesWhatIsLeftToTheReader(@TempDir Path folder) throws IOException {
        for (Tensor tensor : opposite()) {
            assertArrayEquals(new float[] {-1, 2, -3}, tensor.toFloats());
            assertArrayEquals(new double[] {-1, 2, -3}, tensor.toDoubles());
            assertArrayEquals(new long[] {-1, 2, -3}, tensor.toLongs());
            assertEquals(-3, tensor.select(0, 2).item());
            assertEquals(-3, tensor.select(0, 2).itemLong());
            assertEquals("tensor([-1.,  2., -3.])", tensor.toString());
            assertArrayEquals(new float[] {-2, 4, -6}, tensor.mul(2).toFloats());
            Path file = folder.resolve("tensors.safetensors");
            Safetensors.write(file, Map.of("x", tensor), Map.of());
            try (var read = Safetensors.open(file)) {
                assertArrayEquals(new float[] {-1, 2, -3}, read.tensor("x").toFloats());
                read.read("x", tensor); // as other memory than its own
            }
            assertArrayEquals(new float[] {-1, 2, -3}, tensor.toFloats());
        }
        Tensor longs = op("aten::_neg_view", Tensor.of(new long[] {1L << 60, 0}));
        assertArrayEquals(new long[] {-(1L << 60), 0}, longs.toLongs());
    }

    @Test
    void memoryThatDoesNotHoldTheValuesIsNotGivenOut() {
        Tensor negative = op("aten::_neg_view", Tensor.of(new float[] {1, -2, 3}));
        Expect.message(TorchException.class, negative::segment, "[3]", "the negatives of its values");
        try (var arena = Arena.ofConfined()) {
            assertArrayEquals(new float[] {-1, 2, -3}, negative.plain(DType.FLOAT32).segment(arena).toArray(ValueLayout.JAVA_FLOAT));
        }
    }

    @Test
    void theGradientOfAViewByNegationIsRead() {
        Tensor x = Tensor.of(new float[] {1, 2}).requiresGrad(true);
        op("aten::_neg_view", x).mul(3).sum().backward();
        assertArrayEquals(new float[] {-3, -3}, x.grad().toFloats());
    }

    @Test
    void complexValuesAreNeverReadAsReal() {
        Tensor z = op("aten::view_as_complex", Tensor.of(new float[] {1, 2}, 1, 2));
        for (Executable read : new Executable[] {z::toFloats, z::toDoubles, z::toLongs, z::item, z::itemLong, z::dtype, z::segment}) {
            assertEquals(TorchException.Kind.TYPE, Expect.message(TorchException.class, read, "[1] ComplexFloat").kind());
        }
        Expect.message(TorchException.class, z::toFloats, "imaginary parts", "aten::view_as_real");
        Expect.message(TorchException.class, z::item, "complex", "aten::view_as_real");
        assertArrayEquals(new float[] {1, 2}, op("aten::view_as_real", z).toFloats());
        // A complex number without an imaginary part is one too.
        Expect.message(TorchException.class, () -> op("aten::view_as_complex", Tensor.of(new float[] {1, 0}, 1, 2)).item(), "complex");
        assertEquals("tensor([1] ComplexFloat, without values that Java can read)", z.toString());
    }

    @Test
    void aTensorWithoutPlainMemoryIsRefusedNotRead() {
        Tensor dense = Tensor.of(new float[] {1, 0, 0, 2}, 2, 2);
        for (Tensor opaque : new Tensor[] {op("aten::to_mkldnn", dense), op("aten::to_sparse", dense), op("aten::to_sparse_csr", dense)}) {
            for (Executable read : new Executable[] {opaque::toFloats, opaque::toLongs, opaque::segment}) {
                Expect.message(TorchException.class, read, "[2, 2]");
            }
            Expect.message(TorchException.class, opaque::toFloats, "without plain memory", "aten::to_dense");
            assertArrayEquals(new float[] {1, 0, 0, 2}, op("aten::to_dense", opaque).toFloats());
            assertEquals("tensor([2, 2], without values that Java can read)", opaque.toString());
        }
    }

    @Test
    void whatIsAskedOfANestedTensorIsAnsweredOrRefusedNotMadeUp() {
        Tensor[] parts = {Tensor.zeros(DType.FLOAT32, 2, 3), Tensor.zeros(DType.FLOAT32, 4, 3)};
        Tensor nested = op("aten::_nested_tensor_from_tensor_list", List.of(parts), null, null, null, null);
        Tensor.zeros(DType.FLOAT32, 7, 8, 9).shape(); // what a reader of old scratch memory would find
        for (Executable read : new Executable[] {nested::shape, nested::strides, nested::toFloats, nested::segment, () -> nested.size(0)}) {
            Expect.message(TorchException.class, read, "[of no one shape]");
        }
        assertEquals(3, nested.dim());
        assertEquals(18, nested.numel());
        assertFalse(nested.requiresGrad());
        assertEquals("tensor([of no one shape], without values that Java can read)", nested.toString());
    }

    @Test
    void aQuantisedTensorIsReadAfterDequantize() {
        Tensor quantised = op("aten::_make_per_tensor_quantized_tensor", Tensor.of(new byte[] {1, 3}), 0.5, 0);
        for (Executable read : new Executable[] {quantised::toFloats, quantised::toLongs, quantised::segment, quantised::item}) {
            Expect.message(TorchException.class, read, "[2] QUInt8");
        }
        Expect.message(TorchException.class, quantised::toFloats, "aten::dequantize");
        assertArrayEquals(new float[] {0.5f, 1.5f}, op("aten::dequantize.self", quantised).toFloats());
    }

    @Test
    void zerosWithoutMemoryAreReadAsZeros() {
        Tensor zeros = op("aten::_efficientzerotensor", new long[] {2}, DType.FLOAT32, null, null, null);
        assertArrayEquals(new float[] {0, 0}, zeros.toFloats());
        assertEquals("tensor([0., 0.])", zeros.toString());
        Expect.message(TorchException.class, zeros::segment, "[2]", "no memory", "copy()");
    }
}
