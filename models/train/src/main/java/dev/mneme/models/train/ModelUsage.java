package dev.mneme.models.train;

import dev.mneme.models.report.LayerUsage;
import dev.mneme.models.zoo.transformer.TransformerModel;
import dev.mneme.pkm.MemoryUsage;
import dev.mneme.pkm.ProductKeyMemory;
import dev.mneme.torch.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;

/// Counts how a model's memories are used by this thread, from its opening to its close.
public final class ModelUsage implements AutoCloseable {
    private final TransformerModel model;
    private final Map<Integer, MemoryUsage> usage = new LinkedHashMap<>();
    private final List<ProductKeyMemory.Observation> observations = new ArrayList<>();

    public ModelUsage(TransformerModel model) {
        this.model = model;
        Thread thread = Thread.currentThread();
        model.memories().forEach((layer, memory) -> {
            MemoryUsage counted = MemoryUsage.of(memory);
            usage.put(layer, counted);
            observations.add(memory.observe(hits -> {
                if (Thread.currentThread() == thread) {
                    counted.add(hits);
                }
            }));
        });
    }

    /// Of the memories that were read.
    ///
    /// @param stale for each memory its share of slots never trained, or an empty map where that is not known
    public List<LayerUsage> report(Map<Integer, Double> stale) {
        var layers = new ArrayList<LayerUsage>();
        usage.forEach((layer, counted) -> {
            if (!counted.isEmpty()) {
                layers.add(of(layer, counted.report(), stale.get(layer)));
            }
        });
        return layers;
    }

    /// For each table of values the rows that were read most, by all layers that share it: a share of all, at least one, and none that was
    /// never read.
    ///
    /// @return int64, in the current scope, by the number of the first of the layers
    public Map<Integer, Tensor> mostRead(double share) {
        var rows = new LinkedHashMap<Integer, Tensor>();
        for (List<Integer> layers : model.layersByTable()) {
            int first = layers.getFirst();
            int most = (int) Math.max(1, share * model.memories().get(first).config().slots());
            rows.put(first, MemoryUsage.mostRead(layers.stream().map(usage::get).toList(), most));
        }
        return rows;
    }

    /// Shows the counters of each layer.
    public void forEach(BiConsumer<Integer, MemoryUsage> counted) {
        usage.forEach(counted);
    }

    private static LayerUsage of(int layer, MemoryUsage.Report report, Double stale) {
        return new LayerUsage(layer, report.queries(), report.topk(), report.top1Pooled(), report.top1PerHead(),
                report.weighted().kl(), report.counts().kl(), report.weighted().gini(), stale,
                report.weighted().top50(), report.weighted().top90(), report.weighted().top99());
    }

    @Override
    public void close() {
        observations.forEach(ProductKeyMemory.Observation::close);
        usage.values().forEach(MemoryUsage::close);
    }
}
