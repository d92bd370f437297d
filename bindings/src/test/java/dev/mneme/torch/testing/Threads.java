package dev.mneme.torch.testing;

import org.junit.jupiter.api.function.Executable;

/// Runs a body on another thread and hands its exception back to the test.
public final class Threads {
    /// On a new platform thread.
    public static void platform(String name, Executable body) throws Throwable {
        run(Thread.ofPlatform().name(name), body);
    }

    /// On a new virtual thread.
    public static void virtual(Executable body) throws Throwable {
        run(Thread.ofVirtual().name("light"), body);
    }

    private static void run(Thread.Builder builder, Executable body) throws Throwable {
        var thrown = new Throwable[1];
        builder.start(() -> {
            try {
                body.execute();
            } catch (Throwable e) {
                thrown[0] = e;
            }
        }).join();
        if (thrown[0] != null) {
            throw thrown[0];
        }
    }

    private Threads() {}
}
