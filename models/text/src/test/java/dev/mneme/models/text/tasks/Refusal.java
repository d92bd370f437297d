package dev.mneme.models.text.tasks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.mneme.models.base.InputException;
import org.junit.jupiter.api.function.Executable;

/// What a user is told.
final class Refusal {

    /// The sentence with which something is refused, which must be one line.
    static InputException of(Executable action) {
        InputException refusal = assertThrows(InputException.class, action);
        assertEquals(1, refusal.getMessage().lines().count(), refusal.getMessage());
        return refusal;
    }

    static void of(String message, Executable action) {
        assertEquals(message, of(action).getMessage());
    }

    private Refusal() {}
}
