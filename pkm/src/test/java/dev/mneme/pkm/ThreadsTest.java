package dev.mneme.pkm;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.mneme.pkm.ProductKeyConfig.QueryNorm;
import dev.mneme.pkm.ProductKeyConfig.ValueInit;
import dev.mneme.torch.DType;
import dev.mneme.torch.NoGrad;
import dev.mneme.torch.Tensor;
import dev.mneme.torch.TensorScope;
import dev.mneme.torch.testing.NoLeaks;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// One memory used by several threads at a time.
@ExtendWith(NoLeaks.class)
class ThreadsTest {
    private static final int THREADS = 4;
    private static final int TOKENS = 20;
    private static final int HEADS = 2;
    private static final int WIDTH = 6;
    private static final ProductKeyConfig SIZES = new ProductKeyConfig(WIDTH, HEADS, 4, 3, 8, QueryNorm.LAYER, ValueInit.NORMAL);

    private interface Work {
        void run();
    }

    /// All begin together.
    private static void inThreads(Work work) throws Exception {
        var barrier = new CyclicBarrier(THREADS);
        try (var pool = Executors.newFixedThreadPool(THREADS)) {
            var done = new ArrayList<Future<?>>();
            for (int i = 0; i < THREADS; i++) {
                done.add(pool.submit(() -> {
                    barrier.await();
                    work.run();
                    return null;
                }));
            }
            for (Future<?> each : done) {
                each.get();
            }
        }
    }

    @Test
    void everyLookupIsCounted() throws Exception {
        int lookups = 500;
        try (var memory = new ProductKeyMemory(SIZES); var usage = MemoryUsage.of(memory)) {
            memory.train(false);
            memory.observe(usage::add);
            inThreads(() -> {
                for (int i = 0; i < lookups; i++) {
                    try (var scope = TensorScope.open(); var noGrad = NoGrad.open()) {
                        memory.forward(Tensor.ones(DType.FLOAT32, TOKENS, WIDTH), null);
                    }
                }
            });
            assertEquals((long) THREADS * lookups * TOKENS * HEADS, usage.report().queries());
            long best = usage.detail().best().stream().flatMapToLong(map -> Arrays.stream(map.cells()).flatMapToLong(Arrays::stream)).sum();
            assertEquals((long) THREADS * lookups * TOKENS * HEADS, best);
        }
    }

    /// The softmax weights of a query add up to 1, and so do the gradients of the values for a sum of the outputs, in every column.
    @Test
    void gradientsOfAllThreadsAdd() throws Exception {
        for (int round = 0; round < 100; round++) {
            try (var memory = new ProductKeyMemory(SIZES); var adam = new SparseAdam(memory.values(), SparseAdam.Config.DEFAULT, SparseAdam.Mode.COMPACT)) {
                inThreads(() -> {
                    try (var scope = TensorScope.open()) {
                        memory.forward(Tensor.ones(DType.FLOAT32, TOKENS, WIDTH), null).sum().backward();
                    }
                });
                try (var scope = TensorScope.open()) {
                    double sum = Arrays.stream(memory.values().gradient().values().toDoubles()).sum();
                    assertEquals(THREADS * TOKENS * HEADS * WIDTH, sum, 1e-2);
                }
            }
        }
    }
}
