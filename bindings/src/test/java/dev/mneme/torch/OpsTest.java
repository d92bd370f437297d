package dev.mneme.torch;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.mneme.torch.testing.NoLeaks;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// Generated op methods: each kind of argument and result arrives as what it is. The values follow from arithmetic.
@ExtendWith(NoLeaks.class)
class OpsTest {
    /// Where the expected value is irrational: a few units in the last place of a double around 1.
    private static final double ROUNDING = 1e-14;

    private TensorScope scope;
    private Tensor x;

    @BeforeEach
    void open() {
        scope = TensorScope.open();
        x = of(1, 2, 3, 4, 5, 6).view(2, 3);
    }

    @AfterEach
    void close() {
        scope.close();
    }

    private static Tensor of(double... values) {
        return Tensor.of(values, values.length);
    }

    private static Tensor at(long... values) {
        return Tensor.of(values, values.length);
    }

    private static void assertIs(Tensor actual, double... values) {
        assertArrayEquals(values, actual.toDoubles(), ROUNDING);
    }

    @Test
    void scalarsKeepTheirKind() {
        Tensor whole = at(5, 7);
        assertEquals(DType.INT64, whole.add(2).dtype());
        assertEquals(DType.FLOAT32, whole.add(2.5).dtype());
        assertIs(whole.add(2.5), 7.5, 9.5);
        assertIs(whole.sub(at(1, 1), 3), 2, 4);
        assertIs(whole.rsub(10), 5, 3);
        assertIs(whole.div(2), 2.5, 3.5);
        assertIs(whole.floorDivide(2), 2, 3);
        assertIs(of(2, 3).pow(2), 4, 9);
        assertIs(of(4, 9).pow(0.5), 2, 3);
        assertEquals((1L << 60) + 1, at(1).add(1L << 60).itemLong(), "as an integer, not through a double");
        assertEquals(0.1, Torch.scalarTensor(0.1, DType.FLOAT64).item());
    }

    @Test
    void optionalNumbersMayBeAbsent() {
        assertIs(of(-2, 0.5, 3).clamp(0, null), 0, 0.5, 3);
        assertIs(of(-2, 0.5, 3).clamp(null, 1.0), -2, 0.5, 1);
        assertIs(of(-2, 0.5, 3).clamp(-1, 1), -1, 0.5, 1);
        assertIs(of(Double.NaN, Double.POSITIVE_INFINITY).nanToNum(7.0, 8.0), 7, 8);
        assertEquals(5, x.argmax().itemLong());
        assertIs(x.argmax(0L), 1, 1, 1);
        assertIs(x.slice(1, 1L), 2, 3, 5, 6);
        assertIs(x.slice(1, null, 1L), 1, 4);
        assertIs(at(1, 2).repeatInterleave(2), 1, 1, 2, 2);
        // The variance of 1, 2, 3 is 2/3 with correction 0 and 1 with Bessel's, which is the default.
        assertIs(of(1, 2, 3).var(new long[] {0}, 0), 2.0 / 3);
        assertIs(of(1, 2, 3).var(), 1);
        assertIs(x.var(0, 1), 3.5); // over both dimensions, as x.sum(0, 1) is
        assertIs(x.sum(0, 1), 21);
    }

    @Test
    void optionalTensorsMayBeAbsent() {
        Tensor weight = of(1, 0, 0, 1, 1, 1).view(2, 3);
        assertIs(Torch.linear(of(1, 2, 3), weight, null), 1, 6);
        assertIs(Torch.linear(of(1, 2, 3), weight, of(10, 20)), 11, 26);
        assertIs(x.clamp(of(2, 2, 2), null), 2, 2, 3, 4, 5, 6);
        assertIs(at(0, 2, 2).bincount(), 1, 0, 2);
        assertIs(at(0, 2, 2).bincount(of(0.5, 1, 2), 4), 0.5, 0, 3, 0);
    }

    @Test
    void listsOfIntegersArrive() {
        assertArrayEquals(new long[] {3, 2}, x.permute(1, 0).shape());
        assertIs(x.permute(1, 0), 1, 4, 2, 5, 3, 6);
        assertIs(x.flip(0, 1), 6, 5, 4, 3, 2, 1);
        assertArrayEquals(new long[] {2, 3, 1}, x.reshape(2, -1, 1).shape());
        assertArrayEquals(new long[] {4, 3}, x.repeat(2, 1).shape());
        assertIs(x.roll(1, 1), 3, 1, 2, 6, 4, 5);
        assertIs(x.roll(1), 6, 1, 2, 3, 4, 5);
        assertArrayEquals(new long[] {5, 2, 3}, x.expand(5, -1, -1).shape());
        assertEquals(0, Tensor.of(new double[] {5}, 1).view().dim(), "an empty list");
    }

    @Test
    void oneDimensionMayStandForAList() {
        assertIs(x.sum(), 21);
        assertIs(x.sum(0), 5, 7, 9);
        assertIs(x.sum(1, true), 6, 15);
        assertArrayEquals(new long[] {2, 1}, x.sum(1, true).shape());
        assertIs(x.sum(0, 1), 21);
        assertIs(x.mean(new long[] {1}, false), 2, 5);
        assertIs(x.amax(-1), 3, 6);
        assertIs(x.linalgVectorNorm(1, 0), 5, 7, 9);
        assertIs(of(3, 4).linalgVectorNorm(), 5);
        assertIs(of(Math.log(1), Math.log(3)).logsumexp(0), Math.log(4));
    }

    @Test
    void listsOfTensorsArrive() {
        assertIs(Torch.cat(List.of(x, x), 1), 1, 2, 3, 1, 2, 3, 4, 5, 6, 4, 5, 6);
        assertArrayEquals(new long[] {3, 2, 3}, Torch.stack(List.of(x, x, x)).shape());
        assertIs(Torch.einsum("ij,ik->jk", List.of(x, of(1, 0).view(2, 1))), 1, 2, 3);
        assertIs(x.index(Arrays.asList(null, at(2, 0))), 3, 1, 6, 4);
        assertIs(x.indexPut(List.of(at(0, 0), at(1, 1)), of(10, 20), true), 1, 32, 3, 4, 5, 6);
    }

    @Test
    void listsOfTensorsComeBack() {
        Tensor[] parts = at(0, 1, 2, 3, 4, 5, 6).chunk(3);
        assertEquals(3, parts.length);
        assertIs(parts[0], 0, 1, 2);
        assertIs(parts[2], 6);
        assertIs(x.unbind(1)[2], 3, 6);
        assertIs(x.splitWithSizes(new long[] {1, 2}, 1)[1], 2, 3, 5, 6);
        assertEquals(300, Torch.arange(300).unbind().length);
    }

    @Test
    void pairsComeBackByName() {
        ValuesIndices top = of(3, 9, 1, 7).topk(2);
        assertIs(top.values(), 9, 7);
        assertIs(top.indices(), 1, 3);
        assertIs(of(3, 9, 1).sort(0, true).indices(), 1, 0, 2);
        assertIs(of(1, 1, 0).sort(true, 0, false).indices(), 2, 0, 1);
        assertIs(x.max(0).values(), 4, 5, 6);
        assertIs(x.min(1, true).indices(), 0, 0);
        assertIs(of(5, 1, 3).kthvalue(2).values(), 3);
    }

    @Test
    void tuplesComeBackInOrder() {
        Tensor[] unique = at(4, 2, 4, 4).unique2(true, true, true);
        assertIs(unique[0], 2, 4);
        assertIs(unique[1], 1, 0, 1, 1);
        assertIs(unique[2], 1, 3);
        Tensor[] ends = x.aminmax();
        assertEquals(1, ends[0].item());
        assertEquals(6, ends[1].item());
        Tensor[] bag = Torch.embeddingBag(x, at(0, 1, 1), at(0, 1), false, 0, false, null, false, null);
        assertIs(bag[0], 1, 2, 3, 8, 10, 12);
    }

    @Test
    void textsArrive() {
        assertIs(of(7, -7).div(of(2, 2), "floor"), 3, -4);
        assertIs(of(7, -7).div(of(2, 2), "trunc"), 3, -3);
        assertIs(of(7, -7).div(of(2, 2), null), 3.5, -3.5);
        assertIs(of(0, 0).scatterReduce(0, at(0, 0, 1), of(3, 5, 7), "amax", false), 5, 7);
        // Both forms of gelu are odd up to x itself: gelu(x) - gelu(-x) = x.
        assertIs(of(1).gelu("tanh").sub(of(-1).gelu("tanh")), 1);
        assertNotEquals(of(1).gelu().item(), of(1).gelu("tanh").item());
        assertIs(Torch.searchsorted(of(1, 2, 3), of(2), false, false, "right"), 2);
    }

    @Test
    void flagsDtypesAndDevicesArrive() {
        assertEquals(DType.FLOAT64, at(1, 2).sum(DType.FLOAT64).dtype());
        assertEquals(DType.INT32, at(1, 2).bucketize(at(1, 5), true).dtype());
        assertIs(at(1, 5).bucketize(at(1, 5), false, false), 0, 1);
        assertIs(at(1, 5).bucketize(at(1, 5), false, true), 1, 2);
        assertSame(DType.FLOAT16, x.to(Device.CPU, DType.FLOAT16).dtype());
        Tensor same = x.to(DType.FLOAT64);
        same.fill_(0);
        assertIs(x.sum(), 0);
        assertNotEquals(0, of(1).to(DType.FLOAT64, false, true).fill_(3).item());
        assertEquals(DType.INT16, Torch.full(new long[] {2}, 3, DType.INT16, Device.CPU).dtype());
    }

    @Test
    void booleansComeBack() {
        assertTrue(x.equal(x.copy()));
        assertFalse(x.equal(x.add(1)));
        assertTrue(x.allclose(x.add(1e-9)));
        assertFalse(x.allclose(x.add(1e-3)));
        assertTrue(of(Double.NaN).allclose(of(Double.NaN), 0, 0, true));
    }

    @Test
    void generatorsArrive() {
        try (var a = Generator.of(3); var b = Generator.of(3)) {
            assertTrue(Torch.randperm(50, a).equal(Torch.randperm(50, b)));
            assertTrue(Tensor.zeros(DType.FLOAT32, 50).uniform_(2, 3, a).equal(Tensor.zeros(DType.FLOAT32, 50).uniform_(2, 3, b)));
            Tensor drawn = Torch.randint(-2, 3, new long[] {1000}, a);
            assertEquals(-2, drawn.min().itemLong());
            assertEquals(2, drawn.max().itemLong());
            assertEquals(0, Tensor.zeros(DType.FLOAT32, 9).bernoulli_(0, a).sum().item());
            assertIs(of(0, 1, 0).multinomial(4, true, a), 1, 1, 1, 1);
        }
    }

    @Test
    void productsFollowLinearAlgebra() {
        assertIs(x.matmul(x.t()), 14, 32, 32, 77);
        assertIs(of(1, 1).addmm(of(1, 2, 3, 4).view(2, 2), of(1, 0, 0, 1).view(2, 2), 10.0, 2.0), 12, 14, 16, 18);
        assertIs(of(1, 2, 3).dot(of(4, 5, 6)), 32);
        assertIs(of(1, 2).outer(of(3, 4)), 3, 4, 6, 8);
        assertIs(x.view(1, 2, 3).bmm(x.t().view(1, 3, 2)), 14, 32, 32, 77);
    }

    @Test
    void lossesFollowTheirDefinitions() {
        // Equal logits: every class has probability 1/4.
        assertIs(Tensor.zeros(DType.FLOAT64, 3, 4).crossEntropyLoss(at(0, 3, 1)), Math.log(4));
        assertIs(Tensor.zeros(DType.FLOAT64, 3, 4).crossEntropyLoss(at(0, -1, 1), null, 2, -1), 2 * Math.log(4));
        assertIs(of(0, Math.log(3)).softmax(0), 0.25, 0.75);
        assertIs(of(0, Math.log(3)).logSoftmax(0), Math.log(0.25), Math.log(0.75));
        assertIs(of(1, 2).mseLoss(of(3, 5)), 6.5);
        assertIs(of(1, 2).l1Loss(of(3, 5), 2), 5);
        assertIs(of(0).binaryCrossEntropyWithLogits(of(1)), Math.log(2));
        assertIs(Torch.layerNorm(of(1, 3), new long[] {2}, of(2, 2), of(1, 1), 0.0), -1, 3);
        // Uniform scores, so the mean of the values: (1 + 3) / 2 and (2 + 4) / 2.
        Tensor zero = Tensor.zeros(DType.FLOAT64, 1, 1, 2, 2);
        assertIs(Torch.scaledDotProductAttention(zero, zero, of(1, 2, 3, 4).view(1, 1, 2, 2)), 2, 3, 2, 3);
        assertIs(Torch.scaledDotProductAttention(zero, zero, of(1, 2, 3, 4).view(1, 1, 2, 2), null, 0, true), 1, 2, 2, 3);
    }
}
