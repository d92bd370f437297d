package dev.mneme.models.train;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;

/// How the dense parameters are trained, and what a step is. [TrainConfig] checks them.
public record OptimizerSettings(
        @JsonPropertyDescription("learning rate of the dense parameters") double learningRate,
        @JsonPropertyDescription("steps over which the learning rate rises") long warmupSteps,
        @JsonPropertyDescription("learning rate after the warm-up: constant, linear or cosine") TrainConfig.Decay schedule,
        @JsonPropertyDescription("weight decay of the dense matrices") double weightDecay,
        @JsonPropertyDescription("largest global gradient norm, 0 for no clipping") double clipNorm,
        @JsonPropertyDescription("batches whose gradients make a step together") int gradientAccumulationSteps,
        @JsonPropertyDescription("of matrix products: float32, or bfloat16 by autocast") TrainConfig.Precision precision,
        @JsonPropertyDescription("whether activations are computed again in the backward pass instead of kept") boolean recompute,
        @JsonPropertyDescription("a step whose loss or gradient is not finite: stop the run, or skip the step") TrainConfig.OnNonfinite onNonfinite) {

    public static final OptimizerSettings DEFAULT = new OptimizerSettings(
            1e-3, 100, TrainConfig.Decay.LINEAR, 0.01, 1.0, 1, TrainConfig.Precision.FLOAT32, false, TrainConfig.OnNonfinite.STOP);

    public OptimizerSettings {
        precision = precision == null ? TrainConfig.Precision.FLOAT32 : precision; // absent from an older run.json, as the next
        onNonfinite = onNonfinite == null ? TrainConfig.OnNonfinite.STOP : onNonfinite;
        train(learningRate, warmupSteps, schedule, 0, weightDecay, clipNorm, gradientAccumulationSteps, ValueConfig.DEFAULT, precision, recompute,
                onNonfinite);
    }

    private static TrainConfig train(double learningRate, long warmupSteps, TrainConfig.Decay schedule, long steps, double weightDecay, double clipNorm,
            int accumulation, ValueConfig values, TrainConfig.Precision precision, boolean recompute, TrainConfig.OnNonfinite onNonfinite) {
        return new TrainConfig(learningRate, warmupSteps, schedule, steps, weightDecay, clipNorm, accumulation, values, precision, recompute, onNonfinite);
    }

    /// For a run of that many steps.
    TrainConfig train(long steps, ValueConfig values) {
        return train(learningRate, warmupSteps, schedule, steps, weightDecay, clipNorm, gradientAccumulationSteps, values, precision, recompute, onNonfinite);
    }
}
