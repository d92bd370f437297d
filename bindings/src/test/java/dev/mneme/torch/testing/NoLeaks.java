package dev.mneme.torch.testing;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.mneme.torch.Native;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/// Fails a test that does not leave as many tensors, generators, and segments in use on either side as it found. Use it with `@ExtendWith(NoLeaks.class)`.
public final class NoLeaks implements BeforeEachCallback, AfterEachCallback {
    private Native.Live before;

    @Override
    public void beforeEach(ExtensionContext context) {
        before = Native.live();
    }

    @Override
    public void afterEach(ExtensionContext context) {
        assertEquals(before, Native.live(), "left behind by " + context.getDisplayName());
    }
}
