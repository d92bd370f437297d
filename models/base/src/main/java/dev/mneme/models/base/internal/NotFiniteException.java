package dev.mneme.models.base.internal;

/// What a model says must be numbers, and is not: see [Finite].
public final class NotFiniteException extends IllegalStateException {
    private static final long serialVersionUID = 1;

    NotFiniteException(String message) {
        super(message);
    }
}
