package dev.mneme.models.zoo.transformer;

import dev.mneme.models.base.InputException;
import dev.mneme.pkm.ProductKeyMemory;
import dev.mneme.pkm.ValueTable;
import dev.mneme.torch.Tensor;
import dev.mneme.torch.nn.Initial;
import dev.mneme.torch.nn.Module;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// A model in Hugging Face's layout, which may have product-key memories.
public abstract class TransformerModel extends Module {
    /// The file in a model's folder that describes it.
    public static final String CONFIG = "config.json";

    /// The lock on libtorch's default generator, for models that are drawn while others are too.
    public static final Object DRAWING = new Object();

    /// @param ids (B, S) int32 or int64
    /// @param types (B, S) token types, or null where all are 0 or the model has none
    /// @param mask (B, S) bool, true at real tokens, or null where all are
    /// @return the last hidden states (B, S, d)
    /// @throws InputException if S exceeds the positions that the model has
    public abstract Tensor forward(Tensor ids, Tensor types, Tensor mask);

    /// The memories by the number of their layer, from 0.
    public abstract Map<Integer, ProductKeyMemory> memories();

    /// The numbers of the layers that read the same table of values, for each table: ascending, and by the first of them.
    public final List<List<Integer>> layersByTable() {
        var layers = new LinkedHashMap<ValueTable, List<Integer>>();
        memories().forEach((layer, memory) -> layers.computeIfAbsent(memory.values(), table -> new ArrayList<>()).add(layer));
        return List.copyOf(layers.values());
    }

    /// Whether training draws dropout masks.
    public abstract boolean hasDropout();

    /// The most tokens of a sequence.
    public abstract int positions();

    /// Whether training keeps only the input of each layer, and [#backward] computes the rest again (activation checkpointing).
    public abstract void recompute(boolean recompute);

    /// Ends a backward pass where [#recompute] left it: at the output of the last layer. Does nothing otherwise.
    public abstract void backward();

    /// Writes `config.json` and `model.safetensors` as transformers would.
    public abstract void save(Path folder) throws IOException;

    public interface Unloaded<M> {
        M make() throws IOException;
    }

    /// A model that gets all its weights from a folder.
    ///
    /// @param unloaded makes it; its weights need not be drawn
    public static <M extends TransformerModel> M loaded(Unloaded<M> unloaded, Path folder) throws IOException {
        M model;
        try (var skipped = Initial.skip()) {
            model = unloaded.make();
        }
        try {
            model.load(folder);
            return model;
        } catch (IOException | RuntimeException e) {
            model.close();
            throw e;
        }
    }

    /// Loads the weights that [#save] wrote.
    ///
    /// @throws InputException if a part of the model is missing
    public abstract void load(Path folder) throws IOException;
}
