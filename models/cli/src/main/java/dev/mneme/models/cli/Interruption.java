package dev.mneme.models.cli;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/// Turns Ctrl-C or SIGTERM into a request: the work sees it between two steps, saves what it has, and ends the process.
final class Interruption implements BooleanSupplier, AutoCloseable {
    private static final long PATIENCE_SECONDS = 60;
    private static final long LAST_WORDS_MILLIS = 100; // for the message of a failure, which follows close()

    private final Thread worker = Thread.currentThread();
    private final CountDownLatch done = new CountDownLatch(1);
    private final Thread hook = new Thread(this::request, "interruption");
    private volatile boolean requested;

    Interruption() {
        Runtime.getRuntime().addShutdownHook(hook);
    }

    private void request() {
        requested = true;
        try {
            done.await(PATIENCE_SECONDS, TimeUnit.SECONDS); // the JVM ends when its hooks have returned
            worker.join(LAST_WORDS_MILLIS); // no longer: it may be waiting in System.exit for this hook
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public boolean getAsBoolean() {
        return requested;
    }

    /// The work is done, and saved.
    @Override
    public void close() {
        done.countDown();
        if (!requested) {
            Runtime.getRuntime().removeShutdownHook(hook);
        }
    }
}
