package dev.mneme.models.train;

import dev.mneme.models.InputException;
import dev.mneme.torch.optim.Schedule;

/// How a model is trained, whatever its data.
///
/// @param learningRate of the dense parameters, reached after the warm-up
/// @param valueLearningRate of the memories' values, constant (Lample et al. 2019, section 4.1)
/// @param warmupSteps over which the learning rate rises from 0
/// @param schedule of the learning rate after the warm-up
/// @param totalSteps at which a linear or cosine schedule reaches 0
/// @param weightDecay of the dense matrices; biases and norms have none
/// @param clipNorm the most that the global gradient norm may be, values included; 0 for no clipping
/// @param accumulation batches whose gradients make a step together
public record TrainConfig(
        double learningRate, double valueLearningRate, long warmupSteps, Decay schedule, long totalSteps,
        double weightDecay, double clipNorm, int accumulation) {

    public enum Decay { CONSTANT, LINEAR, COSINE }

    public TrainConfig {
        if (!(learningRate > 0) || !(valueLearningRate > 0)) {
            throw new InputException("train with learning_rate " + learningRate + " and value_learning_rate " + valueLearningRate,
                    "one is not above 0", "give positive rates, such as 1e-3");
        }
        if (accumulation < 1) {
            throw new InputException("train with gradient_accumulation_steps " + accumulation, "that is none", "give at least 1");
        }
        if (warmupSteps < 0 || totalSteps < 0 || !(weightDecay >= 0) || !(clipNorm >= 0)) {
            throw new InputException("train with warmup_steps " + warmupSteps + ", weight_decay " + weightDecay + ", clip_norm "
                    + clipNorm, "one is negative", "give at least 0");
        }
    }

    Schedule factor() {
        return switch (schedule) {
            case CONSTANT -> Schedule.constant(warmupSteps);
            case LINEAR -> Schedule.linear(warmupSteps, totalSteps);
            case COSINE -> Schedule.cosine(warmupSteps, totalSteps);
        };
    }
}
