package dev.mneme.torch;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.mneme.torch.testing.Expect;
import dev.mneme.torch.testing.NoLeaks;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.function.Executable;

/// Integer divisions that have no result. One of them ends the process inside libtorch: the least integer by -1, cut off towards zero.
@ExtendWith(NoLeaks.class)
class DivisionTest {
    private TensorScope scope;

    @BeforeEach
    void open() {
        scope = TensorScope.open();
    }

    @AfterEach
    void close() {
        scope.close();
    }

    private static Tensor least(DType dtype) {
        return Tensor.of(new long[] {8, dtype == DType.INT32 ? Integer.MIN_VALUE : Long.MIN_VALUE}).to(dtype);
    }

    private static void assertRefused(DType dtype, Executable division) {
        TorchException e = Expect.message(TorchException.class, division, "the least " + (dtype == DType.INT32 ? "Int" : "Long"), "by -1", "Change that argument");
        assertEquals(TorchException.Kind.VALUE, e.kind());
    }

    @Test
    void theLeastIntegerByMinusOneIsRefusedInEveryForm() {
        for (DType dtype : List.of(DType.INT32, DType.INT64)) {
            Tensor dividend = least(dtype);
            Tensor divisors = Tensor.of(new long[] {2, -1}).to(dtype);
            Tensor out = dividend.zerosLike();
            assertRefused(dtype, () -> dividend.div(divisors, "trunc"));
            assertRefused(dtype, () -> dividend.div(Tensor.of(new long[] {-1}).to(DType.INT8), "trunc"));
            assertRefused(dtype, () -> dividend.view(2, 1).div(divisors, "trunc"));
            assertRefused(dtype, () -> dividend.select(0, 1).div(divisors.select(0, 1), "trunc"));
            for (String name : List.of("div", "divide")) {
                for (String inPlace : List.of("", "_")) {
                    assertRefused(dtype, () -> Op.find("aten::" + name + inPlace + ".Tensor_mode").call(dividend, divisors, "trunc"));
                    assertRefused(dtype, () -> Op.find("aten::" + name + inPlace + ".Scalar_mode").call(dividend, -1, "trunc"));
                }
                assertRefused(dtype, () -> Op.find("aten::" + name + ".out_mode").call(dividend, divisors, "trunc", out));
            }
            assertRefused(dtype, () -> Op.find("aten::div.Scalar_mode_out").call(dividend, -1, "trunc", out));
            assertArrayEquals(least(dtype).toLongs(), dividend.toLongs(), "nothing was written");
        }
    }

    @Test
    void whatHasAResultIsComputed() {
        Tensor longs = least(DType.INT64);
        assertArrayEquals(new long[] {-8, Long.MIN_VALUE / 2}, longs.div(Tensor.of(new long[] {-1, 2}), "trunc").toLongs());
        assertArrayEquals(new long[] {-8, 1L << 31}, least(DType.INT32).div(Tensor.of(new long[] {-1, -1}), "trunc").toLongs(), "as int64");
        assertArrayEquals(new double[] {-8, 0x1p63}, longs.to(DType.FLOAT64).div(Tensor.of(new double[] {-1}), "trunc").toDoubles());
        assertArrayEquals(new long[] {-3}, Tensor.of(new long[] {7}).div(Tensor.of(new long[] {-2}), "trunc").toLongs());
        assertArrayEquals(new long[] {-4}, Tensor.of(new long[] {7}).div(Tensor.of(new long[] {-2}), "floor").toLongs());
        assertArrayEquals(new double[] {-3.5}, Tensor.of(new double[] {7}).div(Tensor.of(new double[] {-2}), null).toDoubles());
    }

    @Test
    void divisionByZeroIsRefused() {
        Tensor one = Tensor.of(new long[] {1});
        Tensor zero = Tensor.of(new long[] {0});
        for (Executable division : new Executable[] {() -> one.div(zero, "trunc"), () -> one.div(zero, "floor"), () -> one.floorDivide(0),
                () -> one.remainder(zero), () -> one.remainder(0), () -> Op.find("aten::fmod.Tensor").call(one, zero)}) {
            Expect.message(TorchException.class, division, "ZeroDivisionError");
        }
    }

    @Test
    void operandsThatDoNotFitAreRefusedAsElsewhere() {
        Expect.message(TorchException.class, () -> least(DType.INT64).div(Tensor.of(new long[] {-1, 1, 1}), "trunc"), "div: [2] int64 x [3] int64", "must match");
        Expect.message(TorchException.class, () -> least(DType.INT64).div(Tensor.of(new long[] {-1}), "up"), "rounding_mode");
    }
}
