package dev.mneme.torch;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.mneme.torch.nn.Linear;
import dev.mneme.torch.optim.AdamW;
import dev.mneme.torch.testing.Expect;
import dev.mneme.torch.testing.Forked;
import dev.mneme.torch.testing.NoLeaks;
import dev.mneme.torch.testing.Threads;
import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.AbstractList;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/// Kept tensors, modules and generators that one thread closes while others use them: a call holds what it uses.
@ExtendWith(NoLeaks.class)
class ClosingTest {
    private static Tensor kept() {
        return Tensor.of(new float[] {1, 2}).keep();
    }

    @Test
    void whatACallUsesIsReleasedWhenTheLastCallReturns() throws Throwable {
        Tensor x = kept();
        long before = Native.liveHandles();
        try (Calls first = Calls.enter()) {
            x.handle(first);
            var second = new CountDownLatch(1);
            var closed = new CountDownLatch(1);
            try (ExecutorService other = Executors.newSingleThreadExecutor()) {
                Future<long[]> use = other.submit(() -> {
                    try (Calls calls = Calls.enter()) {
                        x.handle(calls);
                        second.countDown();
                        closed.await();
                    }
                    return new long[] {Native.liveHandles()};
                });
                second.await();
                Threads.platform("closer", x::close); // waits for nobody
                assertTrue(x.isClosed());
                Expect.message(IllegalStateException.class, () -> x.handle(first), "was closed");
                closed.countDown();
                assertArrayEquals(new long[] {before}, use.get(), "one of two calls has returned");
            }
            assertEquals(before, Native.liveHandles());
        }
        assertEquals(before - 1, Native.liveHandles());
    }

    @Test
    void aGeneratorIsHeldLikeATensor() throws Throwable {
        Generator generator = Generator.of(1);
        long before = Native.live().generators();
        try (Calls calls = Calls.enter()) {
            Generator.handleOrZero(generator, calls);
            Threads.platform("closer", generator::close);
            assertEquals(before, Native.live().generators());
        }
        assertEquals(before - 1, Native.live().generators());
    }

    @Test
    void aCallThatFailsHoldsNothingAfterwards() {
        Tensor x = kept();
        Tensor closed = kept();
        closed.close();
        long before = Native.liveHandles();
        assertThrows(NullPointerException.class, () -> x.add((Tensor) null));
        assertThrows(IllegalStateException.class, () -> x.add(closed));
        assertThrows(IllegalStateException.class, () -> Torch.cat(List.of(x, closed)));
        assertThrows(TorchException.class, () -> x.view(3));
        assertThrows(IllegalArgumentException.class, () -> Op.find("aten::exp").call(x, new Object()));
        x.close();
        assertEquals(before - 1, Native.liveHandles());
    }

    @Test
    void aListThatComputesItsElementsIsReadWithinTheCall() {
        try (Tensor x = kept(); Tensor y = kept()) {
            var computed = new AbstractList<Tensor>() {
                @Override
                public Tensor get(int index) {
                    try (var scope = TensorScope.open()) {
                        return scope.escape(Torch.cat(List.of(x, y.mul(index))).reshape(2, 2).sum(0));
                    }
                }

                @Override
                public int size() {
                    return 3;
                }
            };
            try (var scope = TensorScope.open()) {
                assertArrayEquals(new float[] {1, 2, 2, 4, 3, 6}, Torch.cat(computed).toFloats());
            }
        }
    }

    @Test
    void aTensorThatAListClosesWhileItIsReadLastsForTheCall() {
        Tensor x = kept();
        var closing = new AbstractList<Tensor>() {
            @Override
            public Tensor get(int index) {
                if (index == 1) {
                    x.close();
                    return Tensor.of(new float[] {3});
                }
                return x;
            }

            @Override
            public int size() {
                return 2;
            }
        };
        try (var scope = TensorScope.open()) {
            assertArrayEquals(new float[] {1, 2, 3}, Torch.cat(closing).toFloats());
        }
        assertTrue(x.isClosed());
    }

    @Test
    void closingUnderLoadEndsWellOrThrows(@TempDir Path folder) {
        succeeds(folder, Swapping.class);
    }

    @Test
    void twoThreadsCloseATensorOnce(@TempDir Path folder) {
        succeeds(folder, ClosedTwice.class);
    }

    private static void succeeds(Path folder, Class<?> main) {
        Forked run = Forked.run(folder, main);
        assertFalse(run.crashed(), run.output());
        assertEquals(0, run.exit(), run.output());
    }

    /// AutoModel are swapped while three threads compute with whatever is the current one, in every way that a handle crosses.
    static final class Swapping {
        private static final int WIDTH = 64;
        private static final int SWAPS = 1500;

        private record Served(Linear layer, AdamW optimizer, Generator generator, float weight) implements AutoCloseable {
            static Served of(int i) {
                try (var scope = TensorScope.open(); var noGrad = NoGrad.open()) {
                    var layer = new Linear(WIDTH, WIDTH);
                    float weight = i % 7 + 1;
                    layer.parameters().forEach(p -> p.fill_(weight));
                    return new Served(layer, new AdamW(layer.namedParameters(), AdamW.Config.DEFAULT), Generator.of(i), weight);
                }
            }

            @Override
            public void close() {
                layer.close();
                optimizer.close();
                generator.close();
            }
        }

        private static void use(Served it, Op sum) {
            try (var scope = TensorScope.open(); var noGrad = NoGrad.open(); var arena = Arena.ofConfined()) {
                List<Tensor> parameters = it.layer.parameters();
                Tensor weight = parameters.getFirst();
                expect(WIDTH * it.weight + it.weight, it.layer.forward(Tensor.ones(DType.FLOAT32, 2, WIDTH)).toFloats()[WIDTH]);
                expect(it.weight, Torch.cat(parameters.stream().map(p -> p.flatten()).toList()).get(Index.at(-1)).item());
                expect(WIDTH * WIDTH * it.weight, ((Tensor) sum.call(weight).getFirst()).item());
                expect(it.weight, weight.segment(arena).getAtIndex(ValueLayout.JAVA_FLOAT, WIDTH));
                expect(it.weight, weight.toFloats()[WIDTH * WIDTH - 1]);
                expect(WIDTH, weight.shape()[1]);
                Steps.zeroGrad(parameters);
                expect(0, Steps.clipGradNorm(parameters, 1));
                it.optimizer.step(1e-3);
                expect(16, Tensor.randn(it.generator, DType.FLOAT32, 16).numel());
            }
        }

        private static void expect(double expected, double actual) {
            if (expected != actual) {
                throw new AssertionError(actual + " came, not " + expected);
            }
        }

        public static void main(String[] args) throws Exception {
            Native.setThreads(1);
            Op sum = Op.find("aten::sum");
            var current = new AtomicReference<>(Served.of(0));
            Callable<Integer> user = () -> {
                int refused = 0;
                for (Served it = current.get(); it != null; it = current.get()) {
                    try {
                        use(it, sum);
                    } catch (IllegalStateException e) {
                        refused++;
                    }
                }
                return refused;
            };
            try (ExecutorService threads = Executors.newFixedThreadPool(3)) {
                var users = new ArrayList<Future<Integer>>();
                for (int i = 0; i < 3; i++) {
                    users.add(threads.submit(user));
                }
                try {
                    for (int i = 1; i <= SWAPS; i++) {
                        current.getAndSet(i == SWAPS ? null : Served.of(i)).close();
                    }
                } finally {
                    current.set(null);
                }
                for (Future<Integer> each : users) {
                    System.out.println("refused: " + each.get());
                }
            }
            expect(0, Native.liveHandles());
            expect(0, Native.live().generators());
            expect(0, Native.live().storages());
        }
    }

    /// Two threads close the same tensors and generators in the same order, in step.
    static final class ClosedTwice {
        private static final int PAIRS = 3000;

        public static void main(String[] args) throws Exception {
            var open = new ArrayList<AutoCloseable>();
            for (int i = 0; i < PAIRS; i++) {
                open.add(Tensor.ones(DType.FLOAT32, 100));
                open.add(Generator.of(i));
            }
            var arrived = new AtomicInteger();
            Callable<Void> closer = () -> {
                for (int i = 0; i < open.size(); i++) {
                    arrived.incrementAndGet();
                    while (arrived.get() < 2 * (i + 1)) {
                        Thread.yield();
                    }
                    open.get(i).close();
                }
                return null;
            };
            try (ExecutorService threads = Executors.newFixedThreadPool(2)) {
                for (Future<Void> each : threads.invokeAll(List.of(closer, closer))) {
                    each.get();
                }
            }
            Swapping.expect(0, Native.liveHandles());
            Swapping.expect(0, Native.live().generators());
        }
    }
}
