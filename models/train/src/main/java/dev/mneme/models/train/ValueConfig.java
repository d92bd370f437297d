package dev.mneme.models.train;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.mneme.models.base.InputException;
import dev.mneme.models.base.internal.Choices;
import dev.mneme.models.zoo.transformer.ModelSize;

/// How the values of memories are trained. In files and flags the names begin with `value_`.
///
/// @param learningRate constant by default (Lample et al. 2019, section 4.1)
/// @param schedule of it; the warm-up of the dense parameters is not theirs
public record ValueConfig(
        @JsonPropertyDescription("how values are trained: lazy (SparseAdam, the rows hit) or dense (AdamW, all rows)") Optimizer optimizer,
        @JsonPropertyDescription("learning rate of the memory's values") double learningRate,
        @JsonPropertyDescription("learning rate of the values over the steps: constant, linear or cosine") TrainConfig.Decay schedule,
        @JsonPropertyDescription("decoupled weight decay of the value rows hit in a step") double weightDecay,
        @JsonPropertyDescription("whether the values' second moment is one number a row") boolean rowWise,
        @JsonPropertyDescription("whether bias corrections of values count the row's updates instead of all steps") boolean perRowCorrection,
        @JsonPropertyDescription("which values are trained: all or frozen") @Choices({"all", "frozen"}) Training training) {

    /// Lample et al.'s.
    public static final ValueConfig DEFAULT = of(1e-3);

    /// LAZY Adam changes the rows hit in a step, and their moments decay only then: torch.optim.SparseAdam. DENSE is AdamW over the whole
    /// table, whose moments decay and move every row in every step: other mathematics, K x d gradients, and rarely what is wanted.
    public enum Optimizer { LAZY, DENSE }

    /// ALL of them; none where they are FROZEN, while queries and keys learn on; or the FREQUENT ones, those that [Trainer#trainOnly] was
    /// given (sparse memory fine-tuning).
    public enum Training { ALL, FROZEN, FREQUENT }

    public ValueConfig {
        optimizer = optimizer == null ? Optimizer.LAZY : optimizer; // absent from an older run.json, as the next two
        schedule = schedule == null ? TrainConfig.Decay.CONSTANT : schedule;
        training = training == null ? Training.ALL : training;
        if (optimizer == Optimizer.DENSE && (rowWise || perRowCorrection || training == Training.FREQUENT)) {
            throw new InputException("train values by dense Adam with value_row_wise, value_per_row_correction or frequent rows",
                    "these are lazy Adam's", "choose value_optimizer lazy, or leave them out");
        }
        if (!(learningRate > 0 && Double.isFinite(learningRate))) {
            throw new InputException("train with value_learning_rate " + learningRate, "it is not " + (learningRate > 0 ? "finite" : "above 0"),
                    "give a positive one, such as 1e-3");
        }
        if (!(weightDecay >= 0 && weightDecay < Double.POSITIVE_INFINITY)) {
            throw new InputException("train with value_weight_decay " + weightDecay, "it is negative or not finite", "give at least 0");
        }
    }

    /// Lample et al.'s: constant, without decay, a second moment for each element.
    public static ValueConfig of(double learningRate) {
        return new ValueConfig(Optimizer.LAZY, learningRate, TrainConfig.Decay.CONSTANT, 0, false, false, Training.ALL);
    }

    /// Bytes of a model's weights, the gradients that are kept, and the state of the optimizers.
    ///
    /// @param trained whether the parameters are; the tables are trained as this says
    public double trainingBytes(ModelSize size, boolean trained) {
        double elements = size.rows() * size.width();
        double moments = training == Training.FROZEN ? 0
                : optimizer == Optimizer.DENSE ? 3 * elements : elements + (rowWise ? size.rows() : elements) + size.rows();
        return size.bytes() + Float.BYTES * ((trained ? 3 * size.parameters() : 0) + moments);
    }

    public ValueConfig withTraining(Training other) {
        return new ValueConfig(optimizer, learningRate, schedule, weightDecay, rowWise, perRowCorrection, other);
    }
}
