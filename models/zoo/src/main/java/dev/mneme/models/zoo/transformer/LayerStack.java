package dev.mneme.models.zoo.transformer;

import dev.mneme.pkm.ProductKeyMemory;
import dev.mneme.pkm.ValueTable;
import dev.mneme.torch.NoGrad;
import dev.mneme.torch.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;

/// The layers of a transformer, one after another. They belong to the model whose parts they are.
public final class LayerStack {
    private final List<Layer> layers = new ArrayList<>();
    private final Recomputation recomputation;
    private boolean recomputes; // or the forward pass keeps everything

    /// @param shared whether all memories read and train the values of the first
    /// @param maker of a layer by its number, from 0, and the values that its memory shares; null for its own
    public LayerStack(int count, boolean shared, boolean hasDropout, BiFunction<Integer, ValueTable, Layer> maker) {
        recomputation = new Recomputation(layers, hasDropout);
        ValueTable values = null;
        for (int i = 0; i < count; i++) {
            Layer layer = maker.apply(i, values);
            layers.add(layer);
            values = shared && layer.memory() != null ? layer.memory().values() : values;
        }
    }

    /// @param x (B, S, d)
    /// @param mask of the attention, as the layers take it, or null
    /// @param real (R), the indices of the real tokens in (B·S), or null where all are
    /// @return (B, S, d)
    public Tensor forward(Tensor x, Tensor mask, Tensor real, boolean training) {
        if (recomputes && training && !NoGrad.isOn()) {
            return recomputation.forward(x, mask, real);
        }
        Tensor h = x;
        for (Layer layer : layers) {
            h = layer.forward(h, mask, real);
        }
        return h;
    }

    /// Whether training keeps only the input of each layer, and [#backward] computes the rest again.
    public void recompute(boolean recompute) {
        forget();
        recomputes = recompute;
    }

    /// Ends a backward pass that has reached the output of [#forward]. Does nothing unless activations are computed again.
    public void backward() {
        recomputation.backward();
    }

    /// Frees what a forward pass has kept for a backward pass that did not follow.
    public void forget() {
        recomputation.forget();
    }

    /// The memories by the number of their layer.
    public Map<Integer, ProductKeyMemory> memories() {
        var memories = new LinkedHashMap<Integer, ProductKeyMemory>();
        for (int i = 0; i < layers.size(); i++) {
            if (layers.get(i).memory() != null) {
                memories.put(i, layers.get(i).memory());
            }
        }
        return memories;
    }
}
