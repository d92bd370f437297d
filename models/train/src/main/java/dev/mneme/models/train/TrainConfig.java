package dev.mneme.models.train;

import dev.mneme.models.base.InputException;
import dev.mneme.torch.optim.Schedule;

/// How a model is trained.
///
/// @param learningRate of the dense parameters, at its peak
/// @param warmupSteps over which the learning rate rises from 0
/// @param schedule of the learning rate after the warm-up
/// @param totalSteps at which a linear or cosine schedule reaches 0
/// @param weightDecay of the dense matrices; biases and norms have none
/// @param clipNorm the most that the global gradient norm may be, values included; 0 for no clipping
/// @param accumulation batches whose gradients make a step together
/// @param values how the memories' values are trained
/// @param precision of the matrix products
/// @param recompute whether the forward pass keeps only the input of each layer, and backward computes the rest again
/// @param onNonfinite what becomes of a step whose loss or gradient is not finite
public record TrainConfig(
        double learningRate, long warmupSteps, Decay schedule, long totalSteps, double weightDecay, double clipNorm, int accumulation,
        ValueConfig values, Precision precision, boolean recompute, OnNonfinite onNonfinite) {

    public enum Decay {
        CONSTANT, LINEAR, COSINE;

        Schedule factor(long warmupSteps, long totalSteps) {
            return switch (this) {
                case CONSTANT -> Schedule.constant(warmupSteps);
                case LINEAR -> Schedule.linear(warmupSteps, totalSteps);
                case COSINE -> Schedule.cosine(warmupSteps, totalSteps);
            };
        }
    }

    /// FLOAT32, or BFLOAT16 by autocast: products in bfloat16, parameters and what needs the range in float32.
    public enum Precision { FLOAT32, BFLOAT16 }

    /// STOP the training by a [DivergedException]; or SKIP the step, which then counts, for the schedule too, and changes nothing (as PyTorch's
    /// GradScaler does).
    public enum OnNonfinite { STOP, SKIP }

    public TrainConfig {
        if (!(learningRate > 0 && Double.isFinite(learningRate))) {
            throw new InputException("train with learning_rate " + learningRate, "it is not " + (learningRate > 0 ? "finite" : "above 0"),
                    "give a positive one, such as 1e-3");
        }
        if (accumulation < 1) {
            throw new InputException("train with gradient_accumulation_steps " + accumulation, "that is none", "give at least 1");
        }
        if (warmupSteps < 0 || totalSteps < 0 || !(weightDecay >= 0 && weightDecay < Double.POSITIVE_INFINITY)
                || !(clipNorm >= 0 && clipNorm <= Float.MAX_VALUE)) {
            throw new InputException("train with warmup_steps " + warmupSteps + ", weight_decay " + weightDecay + ", clip_norm "
                    + clipNorm, "one is negative or not finite in float32", "give at least 0");
        }
    }

    /// At a constant rate after the warm-up, one batch a step, in float32.
    public static TrainConfig constant(double learningRate, double valueLearningRate, long warmupSteps, double weightDecay, double clipNorm) {
        return new TrainConfig(learningRate, warmupSteps, Decay.CONSTANT, 0, weightDecay, clipNorm, 1, ValueConfig.of(valueLearningRate),
                Precision.FLOAT32, false, OnNonfinite.STOP);
    }

    public TrainConfig withAccumulation(int batches) {
        return new TrainConfig(learningRate, warmupSteps, schedule, totalSteps, weightDecay, clipNorm, batches, values, precision, recompute,
                onNonfinite);
    }

    public TrainConfig withSchedule(Decay other, long until) {
        return new TrainConfig(learningRate, warmupSteps, other, until, weightDecay, clipNorm, accumulation, values, precision, recompute,
                onNonfinite);
    }

    public TrainConfig withValues(ValueConfig other) {
        return new TrainConfig(learningRate, warmupSteps, schedule, totalSteps, weightDecay, clipNorm, accumulation, other, precision, recompute,
                onNonfinite);
    }

    public TrainConfig withPrecision(Precision other) {
        return new TrainConfig(learningRate, warmupSteps, schedule, totalSteps, weightDecay, clipNorm, accumulation, values, other, recompute,
                onNonfinite);
    }

    public TrainConfig withRecompute(boolean other) {
        return new TrainConfig(learningRate, warmupSteps, schedule, totalSteps, weightDecay, clipNorm, accumulation, values, precision, other,
                onNonfinite);
    }

    public TrainConfig withOnNonfinite(OnNonfinite other) {
        return new TrainConfig(learningRate, warmupSteps, schedule, totalSteps, weightDecay, clipNorm, accumulation, values, precision, recompute, other);
    }
}
