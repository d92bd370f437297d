package dev.mneme.models.train;

import dev.mneme.models.base.internal.NotFiniteException;

/// The loss, or the gradient of a loss that is one, is no longer a finite number. The step was not made: weights, moments and running statistics
/// are as they were before it, and no gradient is left.
public final class DivergedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /// @param norm of the gradient; NaN where the loss is none already
    DivergedException(long step, double loss, double norm) {
        super("Training step " + step + " was not made: " + (Double.isFinite(loss) ? "the norm of its gradient is " + norm
                + ", at a loss of " + loss : "its loss is " + loss));
    }

    /// An evaluation found the model's answers to be no numbers.
    DivergedException(long step, NotFiniteException of) {
        super("The evaluation after training step " + step + " found that the model has diverged (" + of.getMessage().replaceFirst("^[^:]*: ", "").replaceFirst("\\..*$", "")
                + ")", of);
    }

    /// @param wayOut where the run stands, and what to do
    DivergedException(DivergedException of, String wayOut) {
        super(of.getMessage() + ". " + wayOut, of);
    }
}
