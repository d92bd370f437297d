package dev.mneme.torch;

/// One opening of what holds on a thread until it is closed: [NoGrad], [Autocast], [dev.mneme.torch.nn.Initial]. Guards of a
/// kind close on their own thread, in the reverse order of opening, since each brings back what there was before it.
public final class Guard {
    private final ThreadLocal<Guard> innermost;
    private final String kind;
    private final Thread thread = Thread.currentThread();
    private final Guard outer;
    private boolean closed;

    private Guard(ThreadLocal<Guard> innermost, String kind) {
        this.innermost = innermost;
        this.kind = kind;
        this.outer = innermost.get();
    }

    /// @param innermost the innermost open guard of this kind on each thread
    /// @param kind for messages: the name of its class
    public static Guard open(ThreadLocal<Guard> innermost, String kind) {
        var guard = new Guard(innermost, kind);
        innermost.set(guard);
        return guard;
    }

    /// @return whether there is something to bring back: false where it was closed before
    /// @throws IllegalStateException on another thread, or while a guard of this kind that was opened later is still open;
    ///     nothing changes then
    public boolean close() {
        if (Thread.currentThread() != thread) {
            throw new IllegalStateException(kind + ".close: the guard belongs to thread " + thread.getName()
                    + ", and " + Thread.currentThread().getName() + " closes it. Close it on its own thread.");
        }
        if (closed) {
            return false;
        }
        if (innermost.get() != this) {
            throw new IllegalStateException(kind + ".close: a guard opened after this one is still open."
                    + " Close guards in the reverse order of opening: use try-with-resources.");
        }
        closed = true;
        if (outer == null) {
            innermost.remove();
        } else {
            innermost.set(outer);
        }
        return true;
    }
}
