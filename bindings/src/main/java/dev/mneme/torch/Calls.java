package dev.mneme.torch;

import dev.mneme.torch.ffi.core_h;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongConsumer;
import java.util.stream.Collectors;

/// What one platform thread has open in these bindings, and its calls into libtorch:
///
/// ```java
/// try (Calls calls = Calls.enter()) {
///     return Tensor.own(ops_h.mn_exp(tensor.handle(calls)), calls);
/// }
/// ```
///
/// A tensor in a scope is its thread's alone. What is in no scope (kept tensors, generators) any thread may close at any
/// time, so a call holds what it uses. It says so once, before it reads the first such handle ([#hold]); whoever closes takes
/// the handle away first and then looks who holds ([#free]). Each does both in the total order of volatile accesses, so a
/// call either finds no handle, or is seen by the one that closes, who leaves the release to the last call that was seen.
/// Nobody waits.
final class Calls implements AutoCloseable {
    /// What was closed while a call held, to be released by the last of the calls that it waits for.
    private static final class Closed {
        private final LongConsumer release;
        private final long handle;
        private final AtomicInteger waits = new AtomicInteger(1); // for the one that closes, until it has seen all threads

        private Closed(LongConsumer release, long handle) {
            this.release = release;
            this.handle = handle;
        }

        private void letGo() {
            if (waits.decrementAndGet() == 0) {
                release.accept(handle);
            }
        }
    }

    /// A list of what waits for a thread's call; its end is [#HOLDS].
    private record Waiting(Closed closed, Waiting next) {}

    private static final Waiting HOLDS = new Waiting(null, null);
    private static final VarHandle WAITING;
    private static final ThreadLocal<Calls> OF_THREAD = ThreadLocal.withInitial(Calls::begin);

    /// One for each thread that has used tensors, but for some that have ended; replaced as a whole.
    private static volatile Calls[] all = {};

    static {
        try {
            WAITING = MethodHandles.lookup().findVarHandle(Calls.class, "waiting", Waiting.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    final Thread thread;
    /// Lists and texts of the outermost call.
    final Scratch scratch = new Scratch();
    /// The innermost open scope, or null.
    TensorScope scope;

    private int depth;
    /// Null while no call of this thread holds. Only this thread makes it non-null, others add to it.
    private volatile Waiting waiting;

    private Calls(Thread thread) {
        this.thread = thread;
    }

    private static Calls begin() {
        Thread thread = TensorScope.requirePlatformThread();
        Native.load();
        core_h.mn_on_warning(Warnings.LISTENER); // libtorch has one handler a thread
        return add(new Calls(thread));
    }

    private static synchronized Calls add(Calls calls) {
        endDead();
        Calls[] more = Arrays.copyOf(all, all.length + 1);
        more[all.length] = calls;
        all = more;
        return calls;
    }

    /// Closes what threads that have ended left open, and forgets these threads.
    ///
    /// @return how many scopes that were
    static synchronized int endDead() {
        int scopes = 0;
        Map<Boolean, List<Calls>> byLife = Arrays.stream(all).collect(Collectors.partitioningBy(calls -> calls.thread.isAlive()));
        for (Calls dead : byLife.get(false)) {
            for (; dead.scope != null; scopes++) {
                dead.scope.closeAbandonedByItsThread();
            }
            if (dead.waiting != null) { // it ended within a call, as by a stack overflow there
                dead.releaseWaiting();
            }
        }
        all = byLife.get(true).toArray(Calls[]::new);
        return scopes;
    }

    /// Those of this thread.
    ///
    /// @throws IllegalStateException on a virtual thread
    static Calls get() {
        return OF_THREAD.get();
    }

    /// Begins a call; close() ends it. A call may begin within another: an argument that is computed as it is read.
    ///
    /// @throws IllegalStateException on a virtual thread
    static Calls enter() {
        return OF_THREAD.get().begun();
    }

    /// As [#enter], for the calls of this thread.
    Calls begun() {
        if (depth++ == 0) {
            scratch.clear();
        }
        return this;
    }

    /// From here to the end of the call nothing is released that this thread reads the handle of afterwards.
    void hold() {
        if (waiting == null) {
            waiting = HOLDS;
        }
    }

    @Override
    public void close() {
        if (--depth == 0 && waiting != null) {
            releaseWaiting();
        }
    }

    private void releaseWaiting() {
        for (var w = (Waiting) WAITING.getAndSet(this, null); w != HOLDS; w = w.next) {
            w.closed.letGo();
        }
    }

    /// Releases a handle that no call can find any more, now or, where calls may have found it before, when the last of them
    /// ends.
    static void free(LongConsumer release, long handle) {
        Closed closed = null;
        for (Calls calls : all) {
            for (Waiting before = calls.waiting; before != null; before = calls.waiting) {
                closed = closed == null ? new Closed(release, handle) : closed;
                closed.waits.incrementAndGet();
                if (WAITING.compareAndSet(calls, before, new Waiting(closed, before))) {
                    break;
                }
                closed.waits.decrementAndGet(); // the call has ended, or something else came to wait for it
            }
        }
        if (closed == null) {
            release.accept(handle);
        } else {
            closed.letGo();
        }
    }
}
