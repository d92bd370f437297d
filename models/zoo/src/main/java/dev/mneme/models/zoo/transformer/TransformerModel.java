package dev.mneme.models.zoo.transformer;

import dev.mneme.models.base.InputException;
import dev.mneme.pkm.ProductKeyMemory;
import dev.mneme.pkm.ValueTable;
import dev.mneme.torch.DType;
import dev.mneme.torch.Native;
import dev.mneme.torch.Tensor;
import dev.mneme.torch.TensorScope;
import dev.mneme.torch.nn.Initial;
import dev.mneme.torch.nn.Module;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
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
    /// @throws IllegalArgumentException for other shapes, or a mask of another dtype
    public final Tensor forward(Tensor ids, Tensor types, Tensor mask) {
        if (ids.dim() != 2) {
            throw new IllegalArgumentException("Model: ids of shape " + Arrays.toString(ids.shape()) + " were given. Give (batch, length).");
        }
        requireShape("types", types, ids);
        requireShape("a mask", mask, ids);
        if (mask != null && mask.dtype() != DType.BOOL) {
            throw new IllegalArgumentException("Model: a mask of dtype " + mask.dtype() + " was given. Give BOOL, true at real tokens: mask.ne(0).");
        }
        try (var scope = TensorScope.open()) {
            return scope.escape(encode(ids, types, mask));
        }
    }

    private static void requireShape(String what, Tensor given, Tensor ids) {
        if (given != null && !Arrays.equals(given.shape(), ids.shape())) {
            throw new IllegalArgumentException("Model: " + what + " of shape " + Arrays.toString(given.shape()) + " for ids of shape "
                    + Arrays.toString(ids.shape()) + " was given. Give the same shape.");
        }
    }

    /// As [#forward], of arguments that were looked at, in a scope of its own.
    protected abstract Tensor encode(Tensor ids, Tensor types, Tensor mask);

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

    /// Whether training keeps only the input of each layer, and [#backward] computes the rest again (activation checkpointing). Then every forward
    /// pass in training mode is followed by [#backward] or [#forget] before the next. Dropout masks are drawn again from libtorch's default
    /// generator, which no other thread may use meanwhile. A forward pass that waits for its backward pass is forgotten.
    public final void recompute(boolean recompute) {
        layers().recompute(recompute);
    }

    /// Ends a backward pass where [#recompute] left it: at the output of the last layer. Does nothing otherwise.
    ///
    /// @throws IllegalStateException if the model is not in the mode of the forward pass any more
    public final void backward() {
        layers().backward();
    }

    /// Frees what a forward pass under [#recompute] has kept for a backward pass that will not follow. Does nothing otherwise.
    public final void forget() {
        layers().forget();
    }

    protected abstract LayerStack layers();

    @Override
    public void close() {
        layers().forget();
        super.close();
    }

    /// Seeds libtorch's default generator for a model that is about to be drawn; not for one whose weights come from a file.
    protected static void seed(long seed) {
        if (!Initial.isSkipped()) {
            Native.manualSeed(seed);
        }
    }

    /// Writes `config.json` and `model.safetensors` as transformers would, into a folder that is made where there is none.
    public final void save(Path folder) throws IOException {
        Files.createDirectories(folder);
        write(folder);
    }

    /// As [#save], into a folder that is there.
    protected abstract void write(Path folder) throws IOException;

    public interface Unloaded<M> {
        M make() throws IOException;
    }

    /// A model that gets all its weights from a folder, in evaluation mode.
    ///
    /// @param unloaded makes it; its weights need not be drawn
    public static <M extends TransformerModel> M loaded(Unloaded<M> unloaded, Path folder) throws IOException {
        M model;
        try (var skipped = Initial.skip()) {
            model = unloaded.make();
        }
        try {
            model.load(folder);
            model.train(false);
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
