package dev.mneme.models.train;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.LongFunction;

/// Makes what the next step reads on another thread while the step before it computes, and counts the time that is waited for it.
///
/// @param <T> what a step reads: a function of the step's number and of nothing else
final class Prefetch<T> {
    private final LongFunction<T> source;
    private CompletableFuture<T> next;
    private long nextStep;
    private long waited;

    Prefetch(LongFunction<T> source) {
        this.source = source;
    }

    /// @return what the step reads; that of the step after it is begun
    T get(long step) {
        if (next == null || nextStep != step) {
            begin(step);
        }
        CompletableFuture<T> asked = next;
        long start = System.nanoTime();
        try {
            T value = asked.join();
            waited += System.nanoTime() - start;
            begin(step + 1);
            return value;
        } catch (CompletionException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw e;
        }
    }

    private void begin(long step) {
        nextStep = step;
        next = CompletableFuture.supplyAsync(() -> source.apply(step));
    }

    /// Nanoseconds that were waited so far.
    long waited() {
        return waited;
    }
}
