package dev.mneme.models.train;

/// The loss is no longer a finite number. The update of that step was not made.
public final class DivergedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    DivergedException(long step, double loss) {
        super("Training step " + step + ": the loss is " + loss
                + ". Resume from the last checkpoint with a lower learning rate or a longer warm-up.");
    }
}
