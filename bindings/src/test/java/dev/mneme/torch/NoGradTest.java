package dev.mneme.torch;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.mneme.torch.testing.Expect;
import dev.mneme.torch.testing.NoLeaks;
import dev.mneme.torch.testing.Threads;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(NoLeaks.class)
class NoGradTest {
    private TensorScope scope;
    private Tensor x;

    @BeforeEach
    void open() {
        scope = TensorScope.open();
        x = Tensor.of(new float[] {1, 2}).requiresGrad(true);
    }

    @AfterEach
    void close() {
        scope.close();
    }

    private boolean records() {
        return x.mul(2).requiresGrad();
    }

    @Test
    void nothingIsRecordedWhileItIsOpen() {
        assertTrue(records());
        try (var noGrad = NoGrad.open()) {
            assertFalse(records());
            assertTrue(x.requiresGrad(), "a leaf stays what it is");
        }
        assertTrue(records());
    }

    @Test
    void theInnerGuardLeavesTheOuterInForce() {
        try (var outer = NoGrad.open()) {
            try (var inner = NoGrad.open()) {
                assertFalse(records());
            }
            assertFalse(records());
        }
        assertTrue(records());
    }

    @Test
    void recordingComesBackAfterAnException() {
        assertThrows(TorchException.class, () -> {
            try (var outer = NoGrad.open(); var inner = NoGrad.open()) {
                x.view(7);
            }
        });
        assertTrue(records());
    }

    @Test
    void closingTwiceDoesNothing() {
        var first = NoGrad.open();
        first.close();
        try (var second = NoGrad.open()) {
            first.close();
            assertFalse(records(), "a guard that is closed again does not undo another");
        }
        assertTrue(records());
    }

    @Test
    void itBelongsToItsThread() throws Throwable {
        try (var noGrad = NoGrad.open()) {
            Threads.platform("worker", () -> {
                Expect.message(IllegalStateException.class, noGrad::close, "NoGrad.close", "thread " + scope.calls.thread.getName(),
                        "worker closes it", "on its own thread");
                try (var own = TensorScope.open()) {
                    assertTrue(Tensor.zeros(DType.FLOAT32, 1).requiresGrad(true).mul(2).requiresGrad(), "other threads go on recording");
                }
            });
            assertFalse(records());
        }
    }

    /// Functional ops leave the dispatcher's autograd level out while nothing is recorded.
    @Test
    void valuesAreTheSameAsWhereGradientsAreRecorded() {
        Tensor weight = Tensor.of(new float[] {1, -2, 3, 0.5f}, 2, 2).requiresGrad(true);
        Tensor row = x.reshape(1, 2);
        float[] recorded = Torch.linear(row, weight, null).gelu().softmax(-1).toFloats();
        try (var noGrad = NoGrad.open()) {
            assertArrayEquals(recorded, Torch.linear(row, weight, null).gelu().softmax(-1).toFloats());
        }
    }

    /// Views and writes keep that level: autograd must know that what it saved has changed.
    @Test
    void aWriteThroughAViewIsStillNoticed() {
        Tensor square = x.mul(x);
        try (var noGrad = NoGrad.open()) {
            x.view(2, 1).add_(1);
        }
        Expect.message(TorchException.class, () -> square.sum().backward(), "modified by an inplace operation");
    }
}
