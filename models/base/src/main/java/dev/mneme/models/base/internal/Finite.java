package dev.mneme.models.base.internal;

/// What a model says must be numbers: one whose weights are NaN answers everything, and all of it is wrong.
public final class Finite {
    /// @param what of the model: `the loss`
    /// @throws NotFiniteException if it is NaN or infinite
    public static double require(String what, double value) {
        if (!Double.isFinite(value)) {
            throw new NotFiniteException("Reading a model's answers: " + what + " is " + value + ". Its weights are damaged, or diverged in"
                    + " training; take those of an earlier checkpoint.");
        }
        return value;
    }

    /// As [#require(String, double)], of each value.
    public static float[] require(String what, float[] values) {
        for (float value : values) {
            require(what, value);
        }
        return values;
    }

    private Finite() {}
}
