package dev.mneme.torch;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.mneme.torch.testing.Expect;
import dev.mneme.torch.testing.NoLeaks;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Gradients of polynomials, whose derivatives are exact in float64.
@ExtendWith(NoLeaks.class)
class AutogradTest {
    private TensorScope scope;
    private Tensor x;

    @BeforeEach
    void open() {
        scope = TensorScope.open();
        x = of(1, 2, 3).requiresGrad(true);
    }

    @AfterEach
    void close() {
        scope.close();
    }

    private static Tensor of(double... values) {
        return Tensor.of(values, values.length);
    }

    private static void assertIs(Tensor actual, double... values) {
        assertArrayEquals(values, actual.toDoubles());
    }

    @Test
    void backwardFillsTheGradientsOfTheLeaves() {
        Tensor w = of(4, 5, 6).requiresGrad(true);
        Tensor fixed = of(7, 8, 9);
        assertNull(x.grad());
        x.mul(w).add(fixed).sum().backward();
        assertIs(x.grad(), 4, 5, 6);
        assertIs(w.grad(), 1, 2, 3);
        assertNull(fixed.grad());
    }

    @Test
    void gradientsAccumulateUntilTheyAreForgotten() {
        x.square().sum().backward();
        x.square().sum().backward();
        assertIs(x.grad(), 4, 8, 12);
        Steps.zeroGrad(List.of(x));
        assertNull(x.grad());
        x.sum().backward();
        assertIs(x.grad(), 1, 1, 1);
        x.setGrad(null);
        assertNull(x.grad());
        x.setGrad(of(7, 8, 9));
        assertIs(x.grad(), 7, 8, 9);
        x.sum().backward();
        assertIs(x.grad(), 8, 9, 10);
    }

    @Test
    void aVectorNeedsTheGradientOfTheResult() {
        x.square().backward(of(1, 0, 10), false, false);
        assertIs(x.grad(), 2, 0, 60);
        Expect.message(TorchException.class, () -> x.square().backward(), "backward: [3] float64", "only for scalar outputs", "sum() or mean()");
        Expect.message(TorchException.class, () -> x.square().backward(of(1, 2), false, false), "backward: [3] float64", "shape");
    }

    @Test
    void aGraphServesOnceUnlessItIsRetained() {
        Tensor loss = x.square().sum();
        loss.backward(null, true, false);
        loss.backward();
        assertIs(x.grad(), 4, 8, 12);
        Expect.message(TorchException.class, loss::backward, "backward: [] float64", "a second time", "retainGraph = true");
        assertIs(x.grad(), 4, 8, 12);
    }

    @Test
    void derivativesCanBeDerivedAgain() {
        Tensor cube = x.pow(3).sum();
        Tensor first = Tensor.gradients(List.of(cube), List.of(x), true, true)[0];
        assertIs(first, 3, 12, 27);
        Tensor second = Tensor.gradients(List.of(first.sum()), List.of(x), false, false)[0];
        assertIs(second, 6, 12, 18);
        assertNull(x.grad(), "gradients() leaves it alone");
    }

    /// Each output's gradient is a row of the Jacobian, times what it is given: d(x²)/dx = 2x.
    @Test
    void gradientsOfVectorsStartFromThoseOfTheResult() {
        Tensor[] gradients = Tensor.gradients(List.of(x.square(), x.mul(3)), List.of(of(1, 10, 100), of(1, 1, 0)), List.of(x), false, false);
        assertIs(gradients[0], 2 + 3, 40 + 3, 600);
        Expect.message(TorchException.class, () -> Tensor.gradients(List.of(x.square()), List.of(of(1, 2)), List.of(x), false, false), "shape");
        Expect.message(TorchException.class, () -> Tensor.gradients(List.of(x.square()), List.of(of(1, 2, 3), of(1, 2, 3)), List.of(x), false, false), "2");
    }

    @Test
    void gradientsOfSeveralOutputsAddUp() {
        Tensor y = of(1, 1, 1).requiresGrad(true);
        Tensor unused = of(1).requiresGrad(true);
        Tensor[] gradients = Tensor.gradients(List.of(x.square().sum(), x.mul(y).sum()), List.of(x, unused, y), false, false);
        assertEquals(3, gradients.length);
        assertIs(gradients[0], 3, 5, 7);
        assertNull(gradients[1]);
        assertIs(gradients[2], 1, 2, 3);
        Expect.message(TorchException.class, () -> Tensor.gradients(List.of(of(1, 2)), List.of(x), false, false), "gradients: ([2] float64) x ([3] float64)");
    }

    @Test
    void onlyLeavesKeepTheirGradientUnlessAsked() {
        Tensor square = x.square();
        Tensor twice = square.mul(2).retainGrad();
        assertTrue(x.isLeaf());
        assertFalse(square.isLeaf());
        twice.sum().backward();
        assertNull(square.grad());
        assertIs(twice.grad(), 1, 1, 1);
    }

    @Test
    void detachedTensorsAreConstants() {
        Tensor constant = x.square().detach();
        assertFalse(constant.requiresGrad());
        assertTrue(constant.isLeaf());
        constant.mul(x).sum().backward();
        assertIs(x.grad(), 1, 4, 9);
        x.detach().zero_();
        assertIs(x, 0, 0, 0);
    }

    @Test
    void whatDoesNotRequireGradHasNone() {
        Expect.message(TorchException.class, () -> of(1).sum().backward(), "backward: [] float64", "does not require grad", "Call requiresGrad(true)");
        try (var noGrad = NoGrad.open()) {
            Tensor loss = x.sum();
            Expect.message(TorchException.class, loss::backward, "does not require grad", "outside of NoGrad");
        }
        x.requiresGrad(false);
        assertFalse(x.mul(2).requiresGrad());
    }

    @Test
    void onlyFloatingPointCanRequireGrad() {
        Expect.message(TorchException.class, () -> Tensor.zeros(DType.INT64, 2).requiresGrad(true),
                "requiresGrad: [2] int64", "floating point", "to(DType)");
    }

    @Test
    void aLeafIsChangedInPlaceOnlyUnrecorded() {
        Expect.message(TorchException.class, () -> x.add_(1), "add_: [3] float64", "leaf Variable", "within NoGrad");
        try (var noGrad = NoGrad.open()) {
            x.add_(1);
        }
        assertIs(x, 2, 3, 4);
        assertTrue(x.requiresGrad() && x.isLeaf());
    }

    @Test
    void aValueThatBackwardNeedsMustNotChange() {
        Tensor y = x.mul(1);
        Tensor loss = y.square().sum();
        y.zero_();
        Expect.message(TorchException.class, loss::backward, "backward", "modified by an inplace operation");
    }

    @Test
    void aGradientHasTheShapeOfItsTensor() {
        Expect.message(TorchException.class, () -> x.setGrad(of(1, 2)), "setGrad: [3] float64 x [2] float64", "Change that argument");
        assertNull(x.grad());
    }

    @Test
    void newDataKeepsTheTensorALeaf() {
        x.setData(Tensor.of(new float[] {5, 6}));
        assertEquals(DType.FLOAT32, x.dtype());
        assertTrue(x.requiresGrad() && x.isLeaf());
        x.square().sum().backward();
        assertIs(x.grad(), 10, 12);
    }

    /// Central differences with step h err by h^2/6 times the third derivative (here below 10) plus rounding / h: about
    /// 2e-11 and 1e-11 for h = 1e-5.
    @Test
    void aChainOfOpsAgreesWithFiniteDifferences() {
        double h = 1e-5;
        Tensor w = of(0.5, -1, 0.25, 2, 0.1, -0.3, 0.7, 0.9, -0.6).view(3, 3);
        loss(x, w).backward();
        double[] gradient = x.grad().toDoubles();
        for (int i = 0; i < 3; i++) {
            double[] up = x.toDoubles();
            double[] down = x.toDoubles();
            up[i] += h;
            down[i] -= h;
            double slope = (loss(of(up), w).item() - loss(of(down), w).item()) / (2 * h);
            assertEquals(slope, gradient[i], 1e-9, "element " + i);
        }
    }

    private static Tensor loss(Tensor x, Tensor w) {
        return w.matmul(x).gelu().softmax(0).log().mul(of(1, 2, 3)).tanh().sum();
    }

    /// PyTorch: "attempting to assign a gradient with dtype 'long int' to a tensor with grad_dtype 'Float'".
    @ParameterizedTest
    @EnumSource(names = {"INT64", "FLOAT32", "FLOAT16", "BOOL"})
    void aGradientHasTheDtypeOfItsTensor(DType dtype) {
        Tensor gradient = Tensor.ones(dtype, 3);
        Expect.message(TorchException.class, () -> x.setGrad(gradient), "a gradient has the dtype and the device of its tensor");
        assertNull(x.grad());
    }
}
