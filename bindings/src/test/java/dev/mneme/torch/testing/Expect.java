package dev.mneme.torch.testing;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.function.Executable;

/// What a mistake leads to: an exception whose message says what was asked, what was found, and what to do.
public final class Expect {
    /// @return the exception, which is of that type and has all the parts in its message
    public static <T extends Throwable> T message(Class<T> type, Executable mistake, String... parts) {
        T thrown = assertThrows(type, mistake);
        for (String part : parts) {
            assertTrue(String.valueOf(thrown.getMessage()).contains(part), "\"" + part + "\" is missing in: " + thrown.getMessage());
        }
        return thrown;
    }

    private Expect() {}
}
