package dev.mneme.torch;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.mneme.torch.nn.Initial;
import dev.mneme.torch.testing.Expect;
import dev.mneme.torch.testing.NoLeaks;
import dev.mneme.torch.testing.Threads;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// What every guard that holds on a thread keeps to, whatever it switches.
@ExtendWith(NoLeaks.class)
class GuardTest {
    /// @param name of its class
    /// @param open makes one
    /// @param state what it switches, as a program sees it
    record Kind(String name, Supplier<AutoCloseable> open, Supplier<Object> state) {
        @Override
        public String toString() {
            return name;
        }
    }

    static List<Kind> kinds() {
        return List.of(
                new Kind("NoGrad", NoGrad::open, () -> seen(x -> x.mul(2).requiresGrad())),
                new Kind("Autocast", () -> Autocast.open(Device.CPU, DType.BFLOAT16), () -> List.of(seen(x -> x.matmul(x).dtype()),
                        String.valueOf(Autocast.onCpu()))),
                new Kind("Initial", Initial::skip, Initial::isSkipped));
    }

    private static Object seen(Function<Tensor, Object> state) {
        try (var scope = TensorScope.open()) {
            return state.apply(Tensor.ones(DType.FLOAT32, 2, 2).requiresGrad(true));
        }
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void closingOutOfOrderIsRefusedAndLeavesNothingSwitched(Kind kind) throws Exception {
        Object off = kind.state.get();
        AutoCloseable outer = kind.open.get();
        Object on = kind.state.get();
        AutoCloseable inner = kind.open.get();
        Expect.message(IllegalStateException.class, outer::close, kind.name + ".close", "opened after this one is still open", "try-with-resources");
        assertEquals(on, kind.state.get());
        inner.close();
        assertEquals(on, kind.state.get());
        outer.close();
        assertEquals(off, kind.state.get());
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void closingAgainUndoesNoOther(Kind kind) throws Exception {
        Object off = kind.state.get();
        AutoCloseable first = kind.open.get();
        Object on = kind.state.get();
        first.close();
        try (AutoCloseable second = kind.open.get()) {
            first.close();
            assertEquals(on, kind.state.get());
        }
        assertEquals(off, kind.state.get());
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void anotherThreadCannotCloseIt(Kind kind) throws Throwable {
        Object off = kind.state.get();
        try (AutoCloseable guard = kind.open.get()) {
            Object on = kind.state.get();
            Threads.platform("worker", () -> {
                Expect.message(IllegalStateException.class, guard::close, kind.name + ".close", "worker closes it", "on its own thread");
                assertEquals(off, kind.state.get());
            });
            assertEquals(on, kind.state.get());
        }
        assertEquals(off, kind.state.get());
    }
}
