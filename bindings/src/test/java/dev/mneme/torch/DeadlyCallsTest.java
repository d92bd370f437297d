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

/// Calls that libtorch 2.13 does not survive, or does not return from; [DivisionTest] has one more kind.
@ExtendWith(NoLeaks.class)
class DeadlyCallsTest {
    private TensorScope scope;

    @BeforeEach
    void open() {
        scope = TensorScope.open();
    }

    @AfterEach
    void close() {
        scope.close();
    }

    private static Tensor zeros(long... shape) {
        return Tensor.zeros(DType.FLOAT32, shape);
    }

    private static void assertRefused(String found, Executable... calls) {
        for (Executable call : calls) {
            assertEquals(TorchException.Kind.VALUE, Expect.message(TorchException.class, call, found, "Change that argument").kind());
        }
    }

    @Test
    void rangesWhoseCountWrapsAreRefused() {
        Tensor out = Tensor.empty(DType.INT64, 0);
        for (long[] ends : new long[][] {{Long.MAX_VALUE, -1}, {0, Long.MIN_VALUE}, {1L << 62, -(1L << 62)}, {Long.MIN_VALUE, Long.MAX_VALUE}}) {
            assertRefused("farther than an int64 counts", () -> Torch.arange(ends[0], ends[1], -1), () -> Torch.arange(ends[0], ends[1], Long.MAX_VALUE),
                    () -> Torch.arange(ends[0], ends[1]), () -> Op.find("aten::arange.start_step").call(ends[0], ends[1], -1),
                    () -> Op.find("aten::arange.start_out").call(ends[0], ends[1], -1, out));
        }
        assertArrayEquals(new long[] {Long.MAX_VALUE, Long.MAX_VALUE - 1}, Torch.arange(Long.MAX_VALUE, Long.MAX_VALUE - 2, -1).toLongs());
        assertArrayEquals(new float[] {1, 0.5f}, Torch.arange(1.0, 0.0, -0.5).toFloats());
    }

    @Test
    void randomNumbersAboveTheGreatestAreRefused() {
        for (DType dtype : List.of(DType.FLOAT32, DType.FLOAT64, DType.FLOAT16, DType.BFLOAT16)) {
            Tensor x = Tensor.zeros(dtype, 2);
            assertRefused("no number of", () -> x.random_(Long.MAX_VALUE, null), () -> Op.find("aten::random_.from").call(x, Long.MAX_VALUE, null));
            assertArrayEquals(new double[] {0, 0}, x.toDoubles());
        }
        assertArrayEquals(new long[] {Long.MAX_VALUE}, Tensor.zeros(DType.INT64, 1).random_(Long.MAX_VALUE, null).toLongs());
    }

    @Test
    void eigenvaluesOfWhatIsNotFiniteAreRefused() {
        for (double bad : new double[] {Double.NaN, Double.POSITIVE_INFINITY}) {
            Tensor x = zeros(2, 3, 3).fill_(bad);
            assertRefused("takes finite numbers", () -> Op.find("aten::linalg_eigvals").call(x), () -> Op.find("aten::_linalg_eigvals").call(x));
        }
        Tensor values = (Tensor) Op.find("aten::linalg_eigvals").call(Tensor.of(new double[] {2, 0, 0, 2}, 2, 2)).getFirst();
        assertArrayEquals(new double[] {2, 0, 2, 0}, ((Tensor) Op.find("aten::view_as_real").call(values).getFirst()).toDoubles());
    }

    @Test
    void batchNormWithoutAValueForEachChannelIsRefused() {
        Tensor x = zeros(2, 3);
        Tensor three = zeros(3);
        Tensor one = zeros(1);
        assertRefused("running mean and variance, which are absent", () -> Torch.nativeBatchNorm(x, null, null, null, null, false, 0.1, 0.1),
                () -> Op.find("aten::native_batch_norm").call(x, null, null, null, null, false, 0.1, 0.1));
        assertRefused("3 channels", () -> Torch.nativeBatchNorm(x, one, null, three, three, false, 0.1, 0.1),
                () -> Torch.nativeBatchNorm(x, null, one, null, null, true, 0.1, 0.1), () -> Torch.nativeBatchNorm(x, null, null, one, three, true, 0.1, 0.1),
                () -> Op.find("aten::_native_batch_norm_legit_no_training").call(x, null, null, one, one, 0.1, 0.1),
                () -> Op.find("aten::_native_batch_norm_legit").call(x, null, null, one, one, true, 0.1, 0.1));
        assertRefused("at least two dimensions", () -> Torch.nativeBatchNorm(three, null, null, null, null, true, 0.1, 0.1));
        assertArrayEquals(new long[] {2, 3}, Torch.nativeBatchNorm(x, null, null, null, null, true, 0.1, 0.1)[0].shape());
        assertArrayEquals(new long[] {2, 3}, ((Tensor) Op.find("aten::_native_batch_norm_legit.no_stats").call(x, three, three, true, 0.1, 0.1).getFirst()).shape());
    }

    @Test
    void bagsThatReachPastTheirIndicesAreRefused() {
        Tensor weight = Tensor.of(new float[] {1, 2, 3, 4, 5, 6}, 3, 2);
        Tensor indices = Tensor.of(new long[] {0, 1, 2});
        for (long[] offsets : new long[][] {{0, -1}, {0, 4}, {0, 2, 1}, {-1}}) {
            for (long mode = 0; mode < 3; mode++) {
                long m = mode;
                assertRefused("offset", () -> Torch.embeddingBag(weight, indices, Tensor.of(offsets), false, m, false, null, false, null),
                        () -> Op.find("aten::_embedding_bag").call(weight, indices, Tensor.of(offsets), false, m),
                        () -> Op.find("aten::embedding_bag").call(weight, indices, Tensor.of(offsets), false, m));
            }
        }
        assertRefused("the bags of embedding_bag hold", () -> Torch.embeddingBag(weight, indices, Tensor.of(new long[] {0}), false, 2, false, null, true, null),
                () -> Torch.embeddingBag(weight, indices, Tensor.of(new long[] {}), false, 2, false, null, false, null));
        assertRefused("of one", () -> Torch.embeddingBag(weight, indices.view(1, 3), Tensor.of(new long[] {0}), false, 2, false, null, false, null),
                () -> Torch.embeddingBag(weight, indices, Tensor.zeros(DType.INT64, 3, 0), false, 0, false, null, false, null),
                () -> Torch.embeddingBag(weight, indices, Tensor.of(new long[] {0}), false, Long.MIN_VALUE, false, null, false, null));
        assertArrayEquals(new float[] {1, 2, 8, 10}, Torch.embeddingBag(weight, indices, Tensor.of(new long[] {0, 1}), false, 0, false, null, false, null)[0].toFloats());
        assertArrayEquals(new float[] {1, 2, 8, 10},
                Torch.embeddingBag(weight, indices, Tensor.of(new long[] {0, 1, 3}), false, 0, false, null, true, null)[0].toFloats());
    }
}
