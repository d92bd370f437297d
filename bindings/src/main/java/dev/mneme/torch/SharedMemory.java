package dev.mneme.torch;

import dev.mneme.torch.ffi.mn_from_memory$released;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/// The Java segments that libtorch uses without a copy, kept reachable until it lets go of them.
final class SharedMemory {
    /// What libtorch calls, on whatever thread that is.
    static final MemorySegment RELEASED = mn_from_memory$released.allocate(SharedMemory::release, Arena.global());

    /// Java has no question for whether a scope can be closed. Those that cannot have classes of their own: that of the global
    /// arena, of automatic ones, and of what is an object's (arrays, direct buffers).
    private static final Set<Class<?>> NEVER_CLOSED = Set.of(Arena.global().scope().getClass(), Arena.ofAuto().scope().getClass(),
            MemorySegment.ofArray(new byte[0]).scope().getClass());

    private static final Map<Long, MemorySegment> HELD = new ConcurrentHashMap<>();
    private static final AtomicLong NEXT = new AtomicLong();

    /// Whether the memory is there for as long as the segment is reachable: nobody can close its arena.
    static boolean staysWhileReachable(MemorySegment segment) {
        return NEVER_CLOSED.contains(segment.scope().getClass());
    }

    static long hold(MemorySegment segment) {
        long id = NEXT.incrementAndGet();
        HELD.put(id, segment);
        return id;
    }

    static void release(long id) {
        HELD.remove(id);
    }

    static int held() {
        return HELD.size();
    }

    private SharedMemory() {}
}
