package dev.mneme.torch.internal;

/// Work that an interrupt of the thread would break off in the middle: reading and writing files through channels. The thread is interrupted
/// afterwards if it was before.
public final class Uninterrupted {
    public static void run(Runnable work) {
        boolean interrupted = Thread.interrupted();
        try {
            work.run();
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private Uninterrupted() {}
}
