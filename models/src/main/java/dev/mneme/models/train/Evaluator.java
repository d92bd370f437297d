package dev.mneme.models.train;

import dev.mneme.models.bert.BertForMaskedLM;
import dev.mneme.models.data.BatchSource;
import dev.mneme.models.data.FactBatch;
import dev.mneme.models.data.FactEvaluation;
import dev.mneme.models.data.MaskedBatch;
import dev.mneme.models.report.LayerUsage;
import dev.mneme.pkm.MemoryUsage;
import dev.mneme.torch.NoGrad;
import dev.mneme.torch.Tensor;
import dev.mneme.torch.TensorScope;
import dev.mneme.torch.nn.Functions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;

/// Measures a model on held-out text, always with the same masks, in evaluation mode.
public final class Evaluator {
    /// @param mlmLoss mean over the masked tokens, in nats
    /// @param factAccuracy share of facts whose every token is predicted right, or null where no facts are asked
    /// @param usage of each memory while the text was read, padding left out
    public record Result(double mlmLoss, Double factAccuracy, List<LayerUsage> usage) {}

    private final BatchSource heldOut;
    private final FactEvaluation facts;

    /// @param facts questions, or null
    public Evaluator(BatchSource heldOut, FactEvaluation facts) {
        this.heldOut = heldOut;
        this.facts = facts;
    }

    /// @param stale for each memory its share of slots never trained, or an empty map where that is not known
    public Result evaluate(BertForMaskedLM model, Map<Integer, Double> stale) {
        return evaluate(model, stale, (layer, counted) -> {});
    }

    /// @param counted sees what each memory's counters hold in the end, before they are freed
    public Result evaluate(BertForMaskedLM model, Map<Integer, Double> stale, BiConsumer<Integer, MemoryUsage> counted) {
        var usage = new LinkedHashMap<Integer, MemoryUsage>();
        model.train(false);
        try (var noGrad = NoGrad.open()) {
            model.memories().forEach((layer, memory) -> {
                usage.put(layer, MemoryUsage.of(memory));
                memory.observe(usage.get(layer)::add);
            });
            double loss = mlmLoss(model);
            var layers = new ArrayList<LayerUsage>();
            usage.forEach((layer, hits) -> layers.add(layerUsage(layer, hits.report(), stale.get(layer))));
            usage.forEach(counted);
            model.memories().values().forEach(memory -> memory.observe(null));
            return new Result(loss, facts == null ? null : factAccuracy(model), layers);
        } finally {
            model.memories().values().forEach(memory -> memory.observe(null));
            usage.values().forEach(MemoryUsage::close);
            model.train(true);
        }
    }

    private double mlmLoss(BertForMaskedLM model) {
        double sum = 0;
        long masked = 0;
        for (int i = 0; i < heldOut.orderedBatches(); i++) {
            MaskedBatch batch = heldOut.ordered(i);
            if (batch.masked() > 0) {
                try (var scope = TensorScope.open()) {
                    BatchTensors tensors = BatchTensors.of(batch);
                    Tensor logits = model.logits(model.forward(tensors.ids(), null, tensors.mask()), tensors.positions());
                    sum += Functions.crossEntropy(logits, tensors.labels()).item() * batch.masked();
                    masked += batch.masked();
                }
            }
        }
        return sum / masked;
    }

    private double factAccuracy(BertForMaskedLM model) {
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

    private static LayerUsage layerUsage(int layer, MemoryUsage.Report report, Double stale) {
        return new LayerUsage(layer, report.queries(), report.topk(), report.top1Pooled(), report.top1PerHead(),
                report.weighted().kl(), report.counts().kl(), report.weighted().gini(), stale,
                report.weighted().top50(), report.weighted().top90(), report.weighted().top99());
    }
}
