package dev.mneme.torch;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.mneme.torch.testing.Expect;
import dev.mneme.torch.testing.NoLeaks;
import dev.mneme.torch.testing.Threads;
import java.lang.foreign.Arena;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.function.Executable;

/// A virtual thread may change its native thread at any time, and libtorch's grad mode lies in the native thread: every
/// use is refused, and nothing is lost by the attempt.
@ExtendWith(NoLeaks.class)
class VirtualThreadTest {
    private static void refused(Executable use) throws Throwable {
        int segments = SharedMemory.held();
        Threads.virtual(() -> {
            Expect.message(IllegalStateException.class, use, "virtual thread", "light", "use a platform thread");
        });
        assertEquals(segments, SharedMemory.held());
    }

    @Test
    void opensNoScopeAndNoGuard() throws Throwable {
        refused(TensorScope::open);
        refused(NoGrad::open);
    }

    @Test
    void makesNoTensor() throws Throwable {
        refused(() -> Tensor.of(new float[] {1, 2}));
        refused(() -> Tensor.zeros(DType.FLOAT32, 3));
        refused(() -> Torch.arange(3));
        refused(() -> Tensor.of(Arena.ofAuto().allocate(8), DType.INT64, 1));
        refused(() -> Op.find("aten::eye").call(3, null, null, null, null));
        try (var generator = Generator.of(1)) {
            refused(generator::state);
        }
    }

    @Test
    void usesNoKeptTensor() throws Throwable {
        try (Tensor x = Tensor.of(new float[] {1, 2}).keep(); Tensor y = Tensor.of(new float[] {1, 2}).keep()) {
            for (Executable use : List.<Executable>of(x::exp, () -> x.add_(y), x::shape, x::toFloats, x::toString, x::segment, x::close, x::keep,
                    () -> x.chunk(2), x::sort, () -> Torch.cat(List.of(x, y)), () -> x.equal(y), () -> x.get(Index.at(0)), x::backward,
                    x::grad, () -> Tensor.gradients(List.of(x), List.of(y), false, false), () -> Steps.zeroGrad(List.of(x)))) {
                refused(use);
            }
            assertArrayEquals(new float[] {1, 2}, x.toFloats());
        }
    }

    @Test
    void startedWhileAScopeIsOpenUsesNoneOfItsTensors() throws Throwable {
        try (var scope = TensorScope.open()) {
            Tensor x = Tensor.of(new float[] {1, 2});
            for (Executable use : List.<Executable>of(x::exp, x::shape, x::close, x::keep, () -> scope.escape(x),
                    () -> Tensor.of(new float[] {1}), TensorScope::open)) {
                refused(use);
            }
            Threads.virtual(() -> Expect.message(IllegalStateException.class, scope::close, "TensorScope.close", "Close it on its own thread"));
            assertFalse(x.isClosed());
            assertArrayEquals(new float[] {2, 4}, x.add(x).toFloats());
            try (var inner = TensorScope.open()) {
                assertEquals(3, x.sum().item());
            }
        }
    }
}
