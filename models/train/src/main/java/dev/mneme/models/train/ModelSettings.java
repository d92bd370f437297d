package dev.mneme.models.train;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.mneme.models.report.Modelling;

/// A new model without its memory: what it learns, and its sizes. They are checked by the model's own configuration.
public record ModelSettings(
        @JsonPropertyDescription("what is learnt: masked (a BERT) or causal (a GPT-2) language modelling") Objective objective,
        @JsonPropertyDescription("width of the model") int hiddenSize,
        @JsonPropertyDescription("encoder layers") int numHiddenLayers,
        @JsonPropertyDescription("attention heads") int numAttentionHeads,
        @JsonPropertyDescription("width of the feed-forward blocks") int intermediateSize,
        @JsonPropertyDescription("dropout of hidden states and attention") double dropout,
        @JsonPropertyDescription("standard deviation of the initial matrices") double initializerRange) {

    public enum Objective {
        MASKED(Modelling.MASKED), CAUSAL(Modelling.CAUSAL);

        private final Modelling modelling;

        Objective(Modelling modelling) {
            this.modelling = modelling;
        }

        /// What reports call it.
        public Modelling modelling() {
            return modelling;
        }
    }

    public static final ModelSettings DEFAULT = new ModelSettings(Objective.MASKED, 128, 4, 4, 512, 0.0, 0.02);

    public ModelSettings {
        objective = objective == null ? Objective.MASKED : objective; // absent from an older run.json
    }

    public boolean isCausal() {
        return objective == Objective.CAUSAL;
    }
}
