package dev.mneme.models.base.internal;

import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;

/// The values that a setting can have, where its type has more of them.
@Retention(RetentionPolicy.RUNTIME)
public @interface Choices {
    /// As files and flags name them.
    String[] value();
}
