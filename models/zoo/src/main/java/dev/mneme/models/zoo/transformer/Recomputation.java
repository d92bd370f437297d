package dev.mneme.models.zoo.transformer;

import dev.mneme.pkm.ProductKeyMemory;
import dev.mneme.torch.Autocast;
import dev.mneme.torch.DType;
import dev.mneme.torch.Device;
import dev.mneme.torch.Native;
import dev.mneme.torch.NoGrad;
import dev.mneme.torch.Tensor;
import dev.mneme.torch.TensorScope;
import java.util.ArrayList;
import java.util.List;

/// Activation checkpointing (Chen et al. 2016, *Training Deep Nets with Sublinear Memory Cost*): the forward pass keeps the input of each
/// layer and nothing else; the backward pass, from the last layer to the first, computes a layer again and then its gradients. So the
/// activations of one layer exist at a time. Dropout draws the same masks both times.
public final class Recomputation {
    private final List<? extends Layer> layers;
    private final boolean hasDropout;
    private final List<Tensor> inputs = new ArrayList<>(); // (B, S, d) each, leaves
    private Tensor embedded; // what the first layer read, with its history
    private Tensor last; // the output of the last layer, a leaf whose gradient the loss leaves
    private Tensor attention;
    private Tensor real;
    private long seed;
    private DType autocast; // what the forward pass ran under, or null
    private boolean forgotten; // the last forward pass, before its backward pass

    public Recomputation(List<? extends Layer> layers, boolean hasDropout) {
        this.layers = layers;
        this.hasDropout = hasDropout;
    }

    /// @param x (B, S, d), the embeddings
    /// @return (B, S, d), without history: [#backward] goes on from its gradient
    /// @throws IllegalStateException if an earlier pass waits for its backward pass: its gradients would be lost
    public Tensor forward(Tensor x, Tensor attention, Tensor real) {
        if (last != null) {
            throw new IllegalStateException("Model: a forward pass under recompute(true) was begun before the backward pass of the one before. Call"
                    + " loss.backward() and the model's backward() first, or forget() where there is to be none.");
        }
        free(); // what a pass that failed has left
        forgotten = false;
        this.attention = kept(attention);
        this.real = kept(real);
        embedded = kept(x);
        autocast = Autocast.onCpu();
        seed = hasDropout ? draw() : 0;
        Tensor h = x;
        for (int i = 0; i < layers.size(); i++) {
            inputs.add(leaf(h));
            try (var scope = TensorScope.open(); var noGrad = NoGrad.open()) {
                h = scope.escape(forward(i, h, true));
            }
        }
        last = leaf(h);
        return last.alias();
    }

    private Tensor forward(int layer, Tensor x, boolean first) {
        if (hasDropout) {
            Native.manualSeed(seed + layer);
        }
        Layer it = layers.get(layer);
        if (it.memory() != null) {
            it.memory().holdStatistics(first);
        }
        return it.forward(x, attention, real);
    }

    /// After backward has reached the output of [#forward].
    ///
    /// @throws IllegalStateException if the model is not in training mode any more, or forgot the forward pass
    public void backward() {
        if (forgotten) {
            throw new IllegalStateException("Model: backward() of a forward pass that was forgotten. Call it before forget() and recompute().");
        }
        if (last == null || last.grad() == null) {
            return;
        }
        if (layers.stream().anyMatch(each -> !each.isTraining())) {
            throw new IllegalStateException("Model: backward() under recompute(true) in evaluation mode. Call it in the mode of the forward pass.");
        }
        Tensor gradient = last.grad();
        for (int i = layers.size() - 1; i >= 0; i--) {
            try (var scope = TensorScope.open()) {
                Tensor input = inputs.get(i);
                again(i, input).backward(gradient, false, false);
                gradient = scope.escape(input.grad());
            }
            inputs.get(i).close();
        }
        if (embedded.requiresGrad()) { // embeddings may be frozen
            embedded.backward(gradient, false, false);
        }
        inputs.clear();
        free();
    }

    private Tensor again(int layer, Tensor input) {
        ProductKeyMemory memory = layers.get(layer).memory();
        mute(memory, true); // observers were shown this lookup
        try (var lower = autocast == null ? null : Autocast.open(Device.CPU, autocast)) {
            return forward(layer, input, false);
        } finally {
            mute(memory, false);
        }
    }

    private static void mute(ProductKeyMemory memory, boolean muted) {
        if (memory != null) {
            memory.mute(muted);
        }
    }

    /// A number of libtorch's default generator: a function of the step's seed.
    private static long draw() {
        try (var scope = TensorScope.open(); var noGrad = NoGrad.open()) {
            return (long) Tensor.zeros(DType.FLOAT64, 1).uniform_(0, 1L << 52).item();
        }
    }

    private static Tensor leaf(Tensor x) {
        return x.detach().keep().requiresGrad(true);
    }

    private static Tensor kept(Tensor x) {
        return x == null ? null : x.keep();
    }

    /// Frees what a forward pass has kept, where no backward pass followed.
    public void forget() {
        forgotten = last != null;
        free();
    }

    private void free() {
        for (Tensor each : inputs) {
            each.close();
        }
        inputs.clear();
        for (Tensor each : new Tensor[] {embedded, last, attention, real}) {
            if (each != null) {
                each.close();
            }
        }
        embedded = last = attention = real = null;
        for (Layer each : layers) { // the backward pass did not let them go
            if (each.memory() != null) {
                each.memory().holdStatistics(false);
            }
        }
    }
}
