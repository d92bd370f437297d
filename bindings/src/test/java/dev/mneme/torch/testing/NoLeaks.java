package dev.mneme.torch.testing;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.mneme.torch.Native;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/// Fails a test that leaves more native tensors behind than it found. Use it with `@ExtendWith(NoLeaks.class)`.
public final class NoLeaks implements BeforeEachCallback, AfterEachCallback {
    private long before;

    @Override
    public void beforeEach(ExtensionContext context) {
        before = Native.liveHandles();
    }

    @Override
    public void afterEach(ExtensionContext context) {
        assertEquals(before, Native.liveHandles(), "native tensors left behind by " + context.getDisplayName());
    }
}
