package dev.mneme.torch;

import dev.mneme.torch.ffi.mn_from_memory$released;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/// The Java segments that libtorch uses without a copy, kept reachable until it lets go of them.
final class SharedMemory {
    /// What libtorch calls, on whatever thread that is.
    static final MemorySegment RELEASED = mn_from_memory$released.allocate(SharedMemory::release, Arena.global());

    private static final Map<Long, MemorySegment> HELD = new ConcurrentHashMap<>();
    private static final AtomicLong NEXT = new AtomicLong();

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
