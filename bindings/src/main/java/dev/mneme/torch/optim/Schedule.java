package dev.mneme.torch.optim;

/// The factor on a learning rate at each step, from 0.
@FunctionalInterface
public interface Schedule {
    double factor(long step);

    /// Rises linearly over `warmup` steps, then stays at 1.
    static Schedule constant(long warmup) {
        return step -> step < warmup ? (double) step / Math.max(1, warmup) : 1;
    }

    /// Rises linearly over `warmup` steps, then falls linearly to 0 at step `total`: the schedule of
    /// get_linear_schedule_with_warmup in transformers.
    static Schedule linear(long warmup, long total) {
        return step -> step < warmup ? (double) step / Math.max(1, warmup)
                : Math.max(0.0, (double) (total - step) / Math.max(1, total - warmup));
    }

    /// Rises linearly over `warmup` steps, then falls to 0 at step `total` as half a cosine wave: the schedule of
    /// get_cosine_schedule_with_warmup in transformers.
    static Schedule cosine(long warmup, long total) {
        return step -> step < warmup ? (double) step / Math.max(1, warmup)
                : 0.5 * (1 + Math.cos(Math.PI * Math.min(1.0, (double) (step - warmup) / Math.max(1, total - warmup))));
    }
}
