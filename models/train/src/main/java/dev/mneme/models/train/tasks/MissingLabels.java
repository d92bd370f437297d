package dev.mneme.models.train.tasks;

import java.util.Locale;

/// What becomes of examples without a label where labels are needed. Training refuses them always.
public enum MissingLabels {
    REFUSE, SKIP;

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
