package dev.mneme.torch;

import dev.mneme.torch.ffi.mn_on_warning$warn;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// What libtorch warns of goes to the logger `dev.mneme.torch`. Its handlers run inside the call that warns, and must use no tensors.
final class Warnings {
    static final MemorySegment LISTENER = mn_on_warning$warn.allocate(Warnings::log, Arena.global());

    private static final System.Logger LOG = System.getLogger("dev.mneme.torch");

    private static void log(MemorySegment text) {
        try {
            LOG.log(System.Logger.Level.WARNING, Native.address(text.address(), Long.MAX_VALUE).getString(0));
        } catch (Throwable e) {
            // The warning is lost rather than the process, which would end with anything that passes from here through libtorch.
        }
    }

    private Warnings() {}
}
