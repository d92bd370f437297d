package dev.mneme.torch;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.mneme.torch.testing.Expect;
import dev.mneme.torch.testing.NoLeaks;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@ExtendWith(NoLeaks.class)
class TensorTest {
    private TensorScope scope;

    @BeforeEach
    void open() {
        scope = TensorScope.open();
    }

    @AfterEach
    void close() {
        scope.close();
    }

    // ---- construction --------------------------------------------------------------------------------------------------

    @ParameterizedTest
    @EnumSource(DType.class)
    void factoriesGiveTheShapeAndDtypeAskedFor(DType dtype) {
        try (var arena = Arena.ofConfined()) {
            for (Tensor tensor : new Tensor[] {
                    Tensor.empty(dtype, 2, 0, 3), Tensor.zeros(dtype, 2, 0, 3), Tensor.ones(dtype, 2, 0, 3)}) {
                assertEquals(dtype, tensor.dtype());
                assertArrayEquals(new long[] {2, 0, 3}, tensor.shape());
                assertEquals(Device.CPU, tensor.device());
                assertEquals(0, tensor.segment(arena).byteSize());
            }
            assertEquals(6L * dtype.bytes(), Tensor.zeros(dtype, 3, 2).segment(arena).byteSize());
        }
        assertArrayEquals(new long[] {0, 0, 0}, Tensor.zeros(dtype, 3).toLongs());
        assertArrayEquals(new double[] {1, 1}, Tensor.ones(dtype, 1, 2).toDoubles());
        assertEquals(1, Tensor.ones(dtype).item());
    }

    @ParameterizedTest
    @EnumSource(DType.class)
    void everyDtypeConvertsToEveryOther(DType from) {
        Tensor bits = Tensor.of(new boolean[] {true, false, true});
        for (DType to : DType.values()) {
            Tensor converted = bits.to(from).to(to);
            assertEquals(to, converted.dtype());
            assertArrayEquals(new double[] {1, 0, 1}, converted.toDoubles(), from + " to " + to);
            assertArrayEquals(new float[] {1, 0, 1}, converted.toFloats(), from + " to " + to);
            assertArrayEquals(new long[] {1, 0, 1}, converted.toLongs(), from + " to " + to);
        }
    }

    @Test
    void dtypesAreNamedAsInPyTorch() {
        assertEquals("[bool, uint8, int8, int16, int32, int64, float16, bfloat16, float32, float64]",
                Arrays.toString(DType.values()));
        assertTrue(DType.FLOAT16.isFloatingPoint() && DType.BFLOAT16.isFloatingPoint() && !DType.INT64.isFloatingPoint());
    }

    @Test
    void arraysAreCopiedInWithTheirDtype() {
        assertEquals(DType.FLOAT32, Tensor.of(new float[] {1, 2}).dtype());
        assertEquals(DType.FLOAT64, Tensor.of(new double[] {1, 2}).dtype());
        assertEquals(DType.INT64, Tensor.of(new long[] {1, 2}).dtype());
        assertEquals(DType.INT32, Tensor.of(new int[] {1, 2}).dtype());
        assertEquals(DType.UINT8, Tensor.of(new byte[] {1, 2}).dtype());
        assertEquals(DType.BOOL, Tensor.of(new boolean[] {true, false}).dtype());
        assertArrayEquals(new long[] {255, 1}, Tensor.of(new byte[] {-1, 1}).toLongs(), "bytes are uint8");
        assertArrayEquals(new long[] {Long.MIN_VALUE, Long.MAX_VALUE},
                Tensor.of(new long[] {Long.MIN_VALUE, Long.MAX_VALUE}).toLongs());
        assertArrayEquals(new double[] {Double.MIN_VALUE, -0.0, Double.NaN},
                Tensor.of(new double[] {Double.MIN_VALUE, -0.0, Double.NaN}).toDoubles());
    }

    @Test
    void arraysAreCopiesOnBothWays() {
        float[] values = {1, 2, 3, 4};
        Tensor tensor = Tensor.of(values, 2, 2);
        values[0] = 9;
        assertArrayEquals(new float[] {1, 2, 3, 4}, tensor.toFloats());
        float[] out = tensor.toFloats();
        out[1] = 9;
        assertArrayEquals(new float[] {1, 2, 3, 4}, tensor.toFloats());
    }

    @Test
    void valuesAreInRowMajorOrderAlsoFromViews() {
        Tensor x = Tensor.of(new float[] {1, 2, 3, 4, 5, 6}, 2, 3);
        assertArrayEquals(new float[] {1, 4, 2, 5, 3, 6}, x.t().toFloats());
        assertArrayEquals(new long[] {2, 5}, x.select(1, 1).toLongs());
    }

    @Test
    void conversionsRoundAsTheDtypeDoes() {
        assertArrayEquals(new long[] {1, -1, 2}, Tensor.of(new double[] {1.9, -1.9, 2}).toLongs(), "towards zero");
        // bfloat16 keeps 8 bits of significand: 1 + 2^-8 lies half-way and goes to the even 1, 1 + 3 * 2^-8 to 1 + 4 * 2^-8.
        assertArrayEquals(new double[] {1, 1.015625}, Tensor.of(new double[] {1.00390625, 1.01171875}).to(DType.BFLOAT16).toDoubles());
        // float16 keeps 11: 2049 lies half-way between 2048 and 2050, and its largest value is 65504.
        assertArrayEquals(new double[] {2048, Double.POSITIVE_INFINITY},
                Tensor.of(new double[] {2049, 70000}).to(DType.FLOAT16).toDoubles());
    }

    @Test
    void aScalarHasNoDimensions() {
        Tensor scalar = Tensor.scalar(2.5);
        assertEquals(0, scalar.dim());
        assertArrayEquals(new long[0], scalar.shape());
        assertEquals(1, scalar.numel());
        assertEquals(2.5, scalar.item());
    }

    @Test
    void wrongShapesAreRefused() {
        Expect.message(IllegalArgumentException.class, () -> Tensor.of(new float[] {1, 2, 3}, 2, 2),
                "shape [2, 2] has 4 elements", "3 values were given", "Give as many");
        Expect.message(IllegalArgumentException.class, () -> Tensor.of(new float[] {1}, -1), "[-1] was given", "at least 0");
        Expect.message(IllegalArgumentException.class, () -> Tensor.of(new float[] {1}, 1, -1), "[1, -1] was given", "at least 0");
        Expect.message(TorchException.class, () -> Tensor.zeros(DType.FLOAT32, -2), "zeros", "must be non-negative");
        Expect.message(IllegalArgumentException.class, () -> Tensor.of(new float[1], 1L << 40, 1L << 40),
                "[1099511627776, 1099511627776] was asked for", "Give smaller sizes");
    }

    @Test
    void moreMemoryThanThereIsIsRefused() {
        Expect.message(TorchException.class, () -> Tensor.zeros(DType.FLOAT32, 1L << 50), "zeros", "4503599627370496 bytes", "Use smaller tensors");
        Expect.message(TorchException.class, () -> Tensor.zeros(DType.FLOAT32, 1L << 40, 1L << 40), "zeros", "overflow");
    }

    // ---- what it is ----------------------------------------------------------------------------------------------------

    @Test
    void shapeAndStridesTellHowElementsLie() {
        Tensor x = Tensor.zeros(DType.INT16, 2, 3, 4);
        assertEquals(3, x.dim());
        assertEquals(24, x.numel());
        assertArrayEquals(new long[] {12, 4, 1}, x.strides());
        Tensor turned = x.transpose(0, 2);
        assertArrayEquals(new long[] {4, 3, 2}, turned.shape());
        assertArrayEquals(new long[] {1, 4, 12}, turned.strides());
        assertTrue(x.isContiguous());
        assertFalse(turned.isContiguous());
        assertNotSame(x.shape(), x.shape());
    }

    @Test
    void sizesAreCountedFromBothEnds() {
        Tensor x = Tensor.zeros(DType.FLOAT32, 2, 3);
        assertEquals(2, x.size(0));
        assertEquals(3, x.size(-1));
        assertEquals(2, x.size(-2));
        Expect.message(IndexOutOfBoundsException.class, () -> x.size(2), "dimension 2", "[2, 3]", "from -2 to 1");
        Expect.message(IndexOutOfBoundsException.class, () -> x.size(-3), "dimension -3", "[2, 3]");
    }

    @Test
    void viewsShareTheirStorage() {
        Tensor x = Tensor.of(new float[] {1, 2, 3, 4, 5, 6}, 2, 3);
        x.t().select(0, 2).mul_(10);
        x.view(6).narrow(0, 0, 1).fill_(7);
        assertArrayEquals(new float[] {7, 2, 30, 4, 5, 60}, x.toFloats());
        x.copy().zero_();
        assertNotEquals(0, x.sum().item());
    }

    @Test
    void aViewOutlivesTheTensorItWasTakenFrom() {
        Tensor x = Tensor.of(new float[] {1, 2, 3, 4}, 2, 2);
        Tensor row = x.select(0, 1);
        x.close();
        assertArrayEquals(new float[] {3, 4}, row.toFloats());
    }

    @Test
    void opsInPlaceReturnTheTensorItself() {
        Tensor x = Tensor.of(new float[] {1, 2});
        Tensor y = Tensor.of(new float[] {1, 1});
        assertSame(x, x.add_(y));
        assertSame(x, x.sub_(1));
        assertSame(x, x.mul_(y).div_(2).clamp_(0, 9).exp_().copy_(y).fill_(3).zero_());
        assertSame(x, x.requiresGrad(true));
        assertSame(x, x.setData(y));
    }

    // ---- values --------------------------------------------------------------------------------------------------------

    @Test
    void itemReadsTheOnlyValueOfAnyDtype() {
        for (DType dtype : DType.values()) {
            assertEquals(1, Tensor.ones(dtype, 1, 1).item(), dtype.toString());
        }
        long beyondDouble = (1L << 53) + 1;
        assertEquals(beyondDouble, Tensor.of(new long[] {beyondDouble}).itemLong());
    }

    @Test
    void itemOfManyValuesIsRefused() {
        TorchException e = Expect.message(TorchException.class, () -> Tensor.zeros(DType.FLOAT32, 2, 2).item(),
                "item", "[2, 2]", "4 elements", "Select one element");
        assertEquals("", e.nativeTrace());
        Expect.message(TorchException.class, () -> Tensor.zeros(DType.INT64, 3).itemLong(), "itemLong", "[3] int64", "3 elements");
        Expect.message(TorchException.class, () -> Tensor.zeros(DType.INT64, 0).itemLong(), "0 elements");
    }

    @Test
    void itIsDescribedByShapeAndUnusualDtype() {
        assertEquals("[8, 64]", Tensor.zeros(DType.FLOAT32, 8, 64).describe());
        assertEquals("[8] int64", Tensor.zeros(DType.INT64, 8).describe());
        assertEquals("[] bfloat16", Tensor.zeros(DType.BFLOAT16).describe());
        Tensor closed = Tensor.zeros(DType.INT64, 8);
        closed.close();
        assertEquals("closed", closed.describe());
    }

    @Test
    void aDtypeWithoutCounterpartIsNamedNotGuessed() {
        Tensor complex = (Tensor) Op.find("aten::view_as_complex").call(Tensor.zeros(DType.FLOAT32, 3, 2)).getFirst();
        assertEquals("[3] ComplexFloat", complex.describe());
        Expect.message(TorchException.class, complex::dtype, "dtype", "ComplexFloat");
        Expect.message(TorchException.class, () -> complex.add(Tensor.zeros(DType.FLOAT32, 2)), "add: [3] ComplexFloat x [2]", "must match");
    }

    @Test
    void valuesAreReadFromMemoryThatIsNotAligned() {
        MemorySegment odd = Arena.ofAuto().allocate(64, 64).asSlice(1, 16);
        try (var scope = TensorScope.open()) {
            Tensor floats = Tensor.of(odd, DType.FLOAT32, 4);
            Tensor doubles = Tensor.of(odd, DType.FLOAT64, 2);
            Tensor longs = Tensor.of(odd, DType.INT64, 2);
            floats.fill_(1.5);
            assertArrayEquals(new float[] {1.5f, 1.5f, 1.5f, 1.5f}, floats.toFloats());
            doubles.fill_(2.5);
            assertArrayEquals(new double[] {2.5, 2.5}, doubles.toDoubles());
            longs.fill_(7L);
            assertArrayEquals(new long[] {7, 7}, longs.toLongs());
        }
    }
}
