package dev.mneme.models.train.demo;

import dev.mneme.models.zoo.transformer.MemoryConfig.Mode;

/// The arms of the comparison (docs/method.md, "In a pretrained language model").
enum DemoArm {
    NONE("none", null, false),
    WIDE("wide", null, false),
    REPLACE_SCRATCH("replace-scratch", Mode.REPLACE, false),
    RESIDUAL_SCRATCH("residual-scratch", Mode.RESIDUAL, false),
    REPLACE_PRETRAINED("replace-pretrained", Mode.REPLACE, true),
    RESIDUAL_PRETRAINED("residual-pretrained", Mode.RESIDUAL, true);

    private final String label;
    private final Mode mode;
    private final boolean pretrained;

    DemoArm(String label, Mode mode, boolean pretrained) {
        this.label = label;
        this.mode = mode;
        this.pretrained = pretrained;
    }

    /// As reports name it.
    String label() {
        return label;
    }

    /// Null without memory.
    Mode mode() {
        return mode;
    }

    boolean pretrained() {
        return pretrained;
    }
}
