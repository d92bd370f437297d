package dev.mneme.models.train;

import dev.mneme.models.base.internal.Finite;
import dev.mneme.models.report.LayerUsage;
import dev.mneme.models.text.BatchSource;
import dev.mneme.models.text.CausalCollator;
import dev.mneme.models.text.Collator;
import dev.mneme.models.text.FactBatch;
import dev.mneme.models.text.FactEvaluation;
import dev.mneme.models.text.MaskedBatch;
import dev.mneme.models.text.MlmCollator;
import dev.mneme.models.text.MlmConfig;
import dev.mneme.models.text.Vocabulary;
import dev.mneme.models.zoo.transformer.LanguageModel;
import dev.mneme.models.zoo.transformer.TransformerModel;
import dev.mneme.pkm.MemoryUsage;
import dev.mneme.torch.NoGrad;
import dev.mneme.torch.Tensor;
import dev.mneme.torch.TensorScope;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;

/// Measures a model on held-out text, always with the same masks, in evaluation mode.
public final class Evaluator {
    private final BatchSource heldOut;
    private final FactEvaluation facts;

    /// @param facts questions, or null
    public Evaluator(BatchSource heldOut, FactEvaluation facts) {
        this.heldOut = heldOut;
        this.facts = facts;
    }

    /// What a model reads: the usual masks where it is to find masked tokens, and otherwise the text as it is.
    public static Collator collator(TransformerModel model, Vocabulary vocabulary) {
        return model instanceof LanguageModel language && !language.isCausal() ? new MlmCollator(MlmConfig.DEFAULT, vocabulary) : new CausalCollator();
    }

    /// @param stale for each memory its share of slots never trained, or an empty map where that is not known
    public Evaluation evaluate(LanguageModel model, Map<Integer, Double> stale) {
        return evaluate(model, stale, (layer, counted) -> {});
    }

    /// @param counted sees what each memory's counters hold in the end, before they are freed
    /// @return for a model that predicts no tokens, or a text in which none is to be predicted, with a loss that is no number
    /// @throws IllegalStateException if the loss is not finite
    public Evaluation evaluate(TransformerModel model, Map<Integer, Double> stale, BiConsumer<Integer, MemoryUsage> counted) {
        var language = model instanceof LanguageModel predicts ? predicts : null;
        boolean training = model.isTraining();
        model.train(false);
        try (var noGrad = NoGrad.open()) {
            double loss = Double.NaN;
            List<LayerUsage> usage;
            try (var watch = new ModelUsage(model)) {
                if (language != null) {
                    loss = loss(language);
                } else {
                    read(model);
                }
                usage = watch.report(stale);
                watch.forEach(counted);
            }
            return new Evaluation(loss, language == null || facts == null ? Map.of() : Map.of(Evaluation.FACTS, factAccuracy(language)), usage, null);
        } finally {
            model.train(training);
        }
    }

    private void read(TransformerModel model) {
        for (int i = 0; i < heldOut.orderedBatches(); i++) {
            try (var scope = TensorScope.open()) {
                BatchTensors batch = BatchTensors.of(heldOut.ordered(i));
                model.forward(batch.ids(), null, batch.mask());
            }
        }
    }

    private double loss(LanguageModel model) {
        var objective = new LanguageObjective(model);
        double sum = 0;
        long masked = 0;
        for (int i = 0; i < heldOut.orderedBatches(); i++) {
            MaskedBatch batch = heldOut.ordered(i);
            if (batch.masked() > 0) {
                try (var scope = TensorScope.open()) {
                    sum += objective.loss(batch).item() * batch.masked();
                    masked += batch.masked();
                }
            }
        }
        return masked == 0 ? Double.NaN : Finite.require("the loss", sum / masked);
    }

    private double factAccuracy(LanguageModel model) {
        long right = 0;
        long asked = 0;
        for (int i = 0; i < facts.batches(); i++) {
            FactBatch batch = facts.batch(i);
            try (var scope = TensorScope.open()) {
                BatchTensors tensors = BatchTensors.of(batch.batch());
                Tensor logits = model.logits(model.forward(tensors.ids(), null, tensors.mask()), tensors.positions());
                long[] predicted = logits.argmax(-1L).toLongs();
                for (boolean each : batch.right(Arrays.stream(predicted).mapToInt(Math::toIntExact).toArray())) {
                    right += each ? 1 : 0;
                    asked++;
                }
            }
        }
        return right / (double) asked;
    }
}
