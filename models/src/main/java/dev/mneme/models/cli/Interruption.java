package dev.mneme.models.cli;

import java.util.function.BooleanSupplier;

/// Turns Ctrl-C or SIGTERM into a request: the work sees it between two steps, saves what it has, and ends the process.
final class Interruption implements BooleanSupplier, AutoCloseable {
    private static final long PATIENCE_MILLIS = 60_000;

    private final Thread worker = Thread.currentThread();
    private final Thread hook = new Thread(this::request, "interruption");
    private volatile boolean requested;

    Interruption() {
        Runtime.getRuntime().addShutdownHook(hook);
    }

    private void request() {
        requested = true;
        try {
            worker.join(PATIENCE_MILLIS); // the JVM ends when its hooks have returned
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public boolean getAsBoolean() {
        return requested;
    }

    @Override
    public void close() {
        if (!requested) {
            Runtime.getRuntime().removeShutdownHook(hook);
        }
    }
}
