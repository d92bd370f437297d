package dev.mneme.torch;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.mneme.torch.testing.Expect;
import dev.mneme.torch.testing.Forked;
import dev.mneme.torch.testing.NoLeaks;
import dev.mneme.torch.testing.Threads;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@ExtendWith(NoLeaks.class)
class ScopeTest {
    private static Tensor pair() {
        return Tensor.of(new float[] {1, 2});
    }

    @Test
    void aScopeFreesWhatWasMadeInside() {
        long before = Native.liveHandles();
        Tensor x;
        try (var scope = TensorScope.open()) {
            x = pair();
            Tensor[] parts = x.chunk(2);
            x.max(0);
            assertEquals(before + 5, Native.liveHandles());
            assertFalse(parts[1].isClosed());
        }
        assertTrue(x.isClosed());
        assertEquals(before, Native.liveHandles());
    }

    @Test
    void anEscapedTensorBelongsToTheScopeAround() {
        Tensor sum;
        try (var outer = TensorScope.open()) {
            try (var inner = TensorScope.open()) {
                Tensor x = pair();
                sum = x.add(1);
                assertSame(sum, inner.escape(sum));
            }
            assertArrayEquals(new float[] {2, 3}, sum.toFloats());
        }
        assertTrue(sum.isClosed());
    }

    @Test
    void aTensorThatEscapesTheOutermostScopeIsClosedByHand() {
        Tensor x;
        try (var scope = TensorScope.open()) {
            x = scope.escape(pair());
        }
        assertArrayEquals(new float[] {1, 2}, x.toFloats());
        x.close();
    }

    @Test
    void onlyTheOwnerLetsATensorOut() {
        try (var outer = TensorScope.open(); Tensor kept = pair().keep()) {
            Tensor x = pair();
            try (var inner = TensorScope.open()) {
                Expect.message(IllegalStateException.class, () -> inner.escape(x), "escape", "[2]", "another scope", "Only the scope that owns");
                Expect.message(IllegalStateException.class, () -> inner.escape(kept), "escape", "[2]", "no scope", "Only the scope that owns");
                assertSame(x, outer.escape(x));
            }
            x.close();
        }
    }

    @Test
    void aKeptTensorOutlivesEveryScope() {
        Tensor x;
        try (var outer = TensorScope.open(); var inner = TensorScope.open()) {
            x = pair().keep();
        }
        assertArrayEquals(new float[] {1, 2}, x.toFloats());
        x.close();
    }

    @Test
    void closingTwiceDoesNothing() {
        var scope = TensorScope.open();
        Tensor x = pair();
        x.close();
        x.close();
        scope.close();
        scope.close();
        x.close();
        assertTrue(x.isClosed());
    }

    @Test
    void aClosedTensorIsRefusedEverywhere() {
        try (var scope = TensorScope.open()) {
            Tensor open = pair();
            Tensor x = pair();
            x.close();
            for (Runnable use : new Runnable[] {x::exp, () -> open.add(x), () -> open.add_(x), x::shape, x::dtype, x::toFloats, x::segment, x::keep,
                    x::grad, x::backward, () -> scope.escape(x), () -> Torch.cat(List.of(open, x)), () -> Op.find("aten::exp").call(x)}) {
                Expect.message(IllegalStateException.class, use::run, "was closed", "scope.escape(tensor)", "-Dmneme.trace=true");
            }
            assertArrayEquals(new float[] {1, 2}, open.toFloats());
        }
    }

    @Test
    void closingOutOfOrderIsRefusedAndFreesNothing() {
        var outer = TensorScope.open();
        Tensor x = pair();
        var inner = TensorScope.open();
        Tensor y = pair();
        Expect.message(IllegalStateException.class, outer::close, "opened after this one is still open", "try-with-resources");
        assertArrayEquals(new float[] {2, 4}, x.add(y).toFloats());
        inner.close();
        assertTrue(y.isClosed());
        assertFalse(x.isClosed());
        outer.close();
        assertTrue(x.isClosed());
        assertNull(Calls.get().scope);
    }

    @Test
    void anExceptionInsideStillFrees() {
        var seen = new Tensor[1];
        assertThrows(ArithmeticException.class, () -> {
            try (var outer = TensorScope.open(); var inner = TensorScope.open()) {
                seen[0] = pair();
                throw new ArithmeticException();
            }
        });
        assertTrue(seen[0].isClosed());
        assertNull(Calls.get().scope);
    }

    @Test
    void aFailedOpLeavesTheScopeUsable() {
        try (var scope = TensorScope.open()) {
            Tensor x = pair();
            long live = Native.liveHandles();
            assertThrows(TorchException.class, () -> x.add(Tensor.zeros(DType.FLOAT32, 3)));
            assertEquals(live + 1, Native.liveHandles(), "the other operand only");
            assertArrayEquals(new float[] {2, 4}, x.add(x).toFloats());
        }
    }

    @Test
    void aLongLoopThatClosesItsTensorsStaysSmall() throws ReflectiveOperationException {
        var tensors = TensorScope.class.getDeclaredField("tensors");
        tensors.setAccessible(true);
        try (var scope = TensorScope.open()) {
            Tensor x = pair();
            long live = Native.liveHandles();
            for (int i = 0; i < 20_000; i++) {
                x.add(1).close();
                x.mul(2).keep().close();
                try (var inner = TensorScope.open()) {
                    inner.escape(x.neg()).close();
                }
            }
            assertEquals(live, Native.liveHandles());
            int room = ((Tensor[]) tensors.get(scope)).length;
            assertTrue(room <= 64, "one tensor is open, and the scope has room for " + room);
            assertArrayEquals(new float[] {1, 2}, x.toFloats());
        }
    }

    @Test
    void aTensorOfAnotherThreadsScopeIsRefused() throws Throwable {
        try (var scope = TensorScope.open()) {
            Tensor x = pair();
            Threads.platform("worker", () -> {
                for (Runnable use : new Runnable[] {x::exp, x::shape, x::close, x::keep, () -> scope.escape(x)}) {
                    Expect.message(IllegalStateException.class, use::run, "scope of thread " + scope.calls.thread.getName(), "worker uses it",
                            "Use it on its own thread, or keep() it");
                }
                Expect.message(IllegalStateException.class, scope::close, "TensorScope.close",
                        "thread " + scope.calls.thread.getName(), "worker closes it", "Close it on its own thread");
            });
            assertArrayEquals(new float[] {1, 2}, x.toFloats());
        }
    }

    @Test
    void aKeptTensorWorksOnEveryPlatformThread() throws Throwable {
        try (Tensor x = pair().keep()) {
            Threads.platform("worker", () -> {
                try (var scope = TensorScope.open()) {
                    assertArrayEquals(new float[] {2, 3}, x.add(1).toFloats());
                }
                assertNull(Calls.get().scope);
            });
        }
    }

    @Test
    void eachThreadHasItsOwnScopes() throws Throwable {
        try (var scope = TensorScope.open()) {
            Threads.platform("worker", () -> {
                try (Tensor x = pair()) {
                    assertNull(x.scope());
                    try (var own = TensorScope.open()) {
                        assertSame(own, pair().scope());
                    }
                }
            });
            assertSame(scope, Calls.get().scope);
        }
    }

    @Test
    void whatAThreadLeavesOpenIsFreedAfterItsEnd() throws Throwable {
        assertEquals(0, TensorScope.closeAbandoned());
        Native.Live before = Native.live();
        var left = new Tensor[2];
        Threads.platform("careless", () -> {
            TensorScope.open();
            left[0] = pair();
            TensorScope.open();
            left[1] = pair();
            pair().close();
        });
        assertEquals(before.handles() + 2, Native.liveHandles());
        assertEquals(2, TensorScope.closeAbandoned());
        assertEquals(before, Native.live());
        assertTrue(left[0].isClosed() && left[1].isClosed());
        assertEquals(0, TensorScope.closeAbandoned());
    }

    // ---- -Dmneme.trace=true --------------------------------------------------------------------------------------------

    @Test
    void theTraceNamesWhereATensorWasMade(@TempDir Path folder) {
        Forked run = Forked.run(folder, Traced.class, "-Dmneme.trace=true");
        assertEquals(0, run.exit(), run.output());
        String closed = run.output().substring(run.output().indexOf("used after close"), run.output().indexOf("end of use"));
        assertTrue(closed.contains("the tensor was made here") && closed.contains("ScopeTest$Traced.make("), run.output());
        assertFalse(closed.contains("-Dmneme.trace=true"), run.output());
        String lost = run.output().substring(run.output().indexOf("end of use"));
        assertTrue(lost.contains("A tensor was lost without close()") && lost.contains("ScopeTest$Traced.lose("), run.output());
        assertFalse(lost.contains("ScopeTest$Traced.make("), "a closed tensor was reported: " + run.output());
    }

    @Test
    void aThreadThatEndsWithAnOpenScopeIsReportedWhenTheNextBegins(@TempDir Path folder) throws IOException {
        for (boolean trace : new boolean[] {false, true}) {
            Files.createDirectory(folder.resolve("trace-" + trace));
            Forked run = Forked.run(folder.resolve("trace-" + trace), Careless.class, "-Dmneme.trace=" + trace);
            assertEquals(0, run.exit(), run.output());
            assertTrue(run.output().contains("WARNING"), run.output());
            assertTrue(run.output().contains("Thread careless ended with an open TensorScope: its 3 tensors were freed"), run.output());
            assertEquals(trace, run.output().contains("ScopeTest$Careless.leave("), run.output());
            assertEquals(!trace, run.output().contains("-Dmneme.trace=true shows where it was opened"), run.output());
        }
    }

    static final class Careless {
        private static void leave() {
            TensorScope.open();
            for (int i = 0; i < 3; i++) {
                pair();
            }
        }

        public static void main(String[] args) throws InterruptedException {
            Thread.ofPlatform().name("careless").start(Careless::leave).join();
            assertEquals(3, Native.liveHandles());
            Thread.ofPlatform().name("next").start(() -> pair().close()).join();
            assertEquals(0, Native.liveHandles());
        }
    }

    static final class Traced {
        private static Tensor make() {
            return pair();
        }

        private static void lose() {
            pair().keep();
        }

        public static void main(String[] args) throws InterruptedException {
            Tensor x;
            try (var scope = TensorScope.open()) {
                x = make();
                make().close();
            }
            System.err.println("used after close");
            Throwable thrown = assertThrows(IllegalStateException.class, x::exp);
            thrown.printStackTrace();
            assertNotNull(thrown.getCause());
            System.err.println("end of use");
            lose();
            for (int i = 0; i < 20; i++) {
                System.gc();
                Thread.sleep(10);
            }
        }
    }
}
