package dev.mneme.models.text.tasks;

import java.util.Objects;

/// One text or pair of texts to classify or to score.
///
/// @param id what the file calls it, or the number of its row, from 0
/// @param second null where the task has single texts
/// @param label a class's name or a number, as the file has it; null where it is not known
public record TextExample(String id, String first, String second, String label, Origin origin) implements Example {
    public TextExample {
        Objects.requireNonNull(id, "id");
        Objects.requireNonNull(first, "first");
    }

    /// From no file.
    public TextExample(String id, String first, String second, String label) {
        this(id, first, second, label, Origin.none(id));
    }

    @Override
    public boolean labelled() {
        return label != null;
    }
}
