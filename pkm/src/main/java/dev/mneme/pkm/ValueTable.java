package dev.mneme.pkm;

import dev.mneme.torch.DType;
import dev.mneme.torch.NoGrad;
import dev.mneme.torch.Op;
import dev.mneme.torch.Tensor;
import dev.mneme.torch.TensorScope;
import dev.mneme.torch.Torch;
import dev.mneme.torch.nn.Initial;
import dev.mneme.torch.nn.Module;
import java.util.List;

/// K rows of width d, read as weighted sums and trained by row. State: `weight` (K, d), a buffer: float32, bfloat16, or float64 for
/// comparisons.
///
/// It is trained by a [SparseAdam]. Without one, or with one in compact mode, a backward pass leaves the gradient of the rows that were
/// hit, (U, d), in [#gradient]. A frozen table gets none.
public final class ValueTable extends Module {
    /// What backward passes have left.
    ///
    /// @param rows (U), int64, distinct
    /// @param values (U, d), the gradient's own memory: scaling it in place scales the gradient
    public record Gradient(Tensor rows, Tensor values) {}

    private static final Op MARK_COALESCED = Op.find("aten::_coalesced_");
    private static final Op COALESCE = Op.find("aten::coalesce");
    private static final Op SPARSE = Op.find("aten::sparse_coo_tensor.indices_size");
    private static final Op INDICES = Op.find("aten::_indices");
    private static final Op VALUES = Op.find("aten::_values");

    private final Tensor weight;
    private Tensor leaf; // (K, d), one element expanded: its gradient is that of the table, in the arithmetic's dtype
    private SparseAdam optimizer; // or null
    private boolean frozen;
    private Tensor trained; // (K), float32: 1 at the rows that are trained, 0 at the others; null where all are
    private int lookups; // since the gradient was cleared, those that may add to it

    ValueTable(int slots, int width, ProductKeyConfig.ValueInit init, DType dtype) {
        Tensor values = Tensor.empty(dtype, slots, width);
        if (init == ProductKeyConfig.ValueInit.NORMAL) {
            Initial.normal(values, 1 / Math.sqrt(width));
        } else if (!Initial.isSkipped()) {
            values.zero_();
        }
        weight = buffer("weight", values);
    }

    /// @param hits (R, H, k)
    /// @param training whether the memory that asks is in training mode
    /// @return (R, d), in the weights' dtype: for each row of ids the weighted sum of those values
    Tensor lookup(Hits hits, boolean training) {
        if (!training || frozen) {
            return MemoryOps.bag(hits, weight);
        }
        if (isFused()) {
            return MemoryOps.bagAdam(withHistory(hits), weight, optimizer);
        }
        return MemoryOps.bagCompact(hits, weight, countedLeaf());
    }

    /// Where queries and keys are frozen nothing below the values asks for a gradient, and autograd would not come here to update them.
    private static Hits withHistory(Hits hits) {
        return hits.weights().requiresGrad() || NoGrad.isOn() ? hits : new Hits(hits.weights().detach().requiresGrad(true), hits.ids());
    }

    private synchronized Tensor countedLeaf() {
        lookups++;
        return leaf();
    }

    private synchronized Tensor leaf() { // several threads may train: they share one, or gradients would be lost
        DType dtype = weight.dtype() == DType.FLOAT64 ? DType.FLOAT64 : DType.FLOAT32;
        if (leaf == null || leaf.dtype() != dtype || !leaf.device().equals(weight.device())) {
            forgetLeaf();
            try (var scope = TensorScope.open()) {
                leaf = Torch.zeros(new long[] {1, 1}, dtype, weight.device()).expand(weight.shape()).requiresGrad(true).keep();
            }
        }
        return leaf;
    }

    private void forgetLeaf() {
        if (leaf != null) {
            leaf.close();
            leaf = null;
        }
    }

    /// The gradient that backward passes have left since it was last cleared, or null. Made in the current scope. Several threads may look up and
    /// run backward passes at a time; ask when they are done.
    public synchronized Gradient gradient() {
        Tensor gradient = leaf == null ? null : leaf.grad();
        if (gradient == null) {
            return null;
        }
        if (lookups == 1) { // its rows are distinct, though autograd does not carry that along
            MARK_COALESCED.call(gradient, true);
        } else {
            gradient = (Tensor) COALESCE.call(gradient).getFirst();
            leaf.setGrad(gradient);
            lookups = 1;
        }
        Tensor rows = ((Tensor) INDICES.call(gradient).getFirst()).select(0, 0);
        Tensor values = (Tensor) VALUES.call(gradient).getFirst();
        if (trained == null) {
            return new Gradient(rows, values);
        }
        Tensor kept = trained.indexSelect(0, rows).nonzero().squeeze(1);
        if (kept.numel() == rows.numel()) {
            return new Gradient(rows, values);
        }
        rows = rows.indexSelect(0, kept); // what is clipped is what will be applied
        values = values.indexSelect(0, kept);
        Tensor some = (Tensor) SPARSE.call(rows.unsqueeze(0), values, weight.shape()).getFirst();
        MARK_COALESCED.call(some, true);
        leaf.setGrad(some);
        return new Gradient(rows, (Tensor) VALUES.call(some).getFirst());
    }

    /// Trains these rows and leaves the others as they are (sparse memory fine-tuning). The optimizer must be in compact mode.
    ///
    /// @param rows (U), int64, or null for all
    /// @throws IllegalStateException if the optimizer updates rows in the backward pass
    public void trainOnly(Tensor rows) {
        if (rows != null && isFused()) {
            throw new IllegalStateException("ValueTable.trainOnly: its optimizer is in fused mode, which updates every row hit. Give it one in"
                    + " compact mode.");
        }
        Tensor chosen = null;
        if (rows != null) {
            try (var scope = TensorScope.open()) {
                Tensor none = Torch.zeros(new long[] {weight.size(0)}, leaf().dtype(), weight.device());
                chosen = none.indexFill(0, rows, 1).keep();
            }
        }
        forgetTrained();
        trained = chosen;
    }

    private void forgetTrained() {
        if (trained != null) {
            trained.close();
            trained = null;
        }
    }

    /// Forgets the gradient.
    public synchronized void clearGradient() {
        if (leaf != null) {
            leaf.setGrad(null);
        }
        lookups = 0;
    }

    /// The tensors whose gradients are the table's, to be clipped together with others: one, whose gradient has each row once, or none.
    public List<Tensor> gradientHolders() {
        return gradient() == null ? List.of() : List.of(leaf);
    }

    /// Whether training leaves the values as they are; queries and keys learn on. It counts from the next lookup on.
    public void freeze(boolean frozen) {
        this.frozen = frozen;
    }

    private boolean isFused() {
        return optimizer != null && optimizer.mode() == SparseAdam.Mode.FUSED;
    }

    /// @throws IllegalStateException if it updates every row hit, and only some are to be trained
    void trainBy(SparseAdam other) {
        if (other.mode() == SparseAdam.Mode.FUSED && trained != null) {
            throw new IllegalStateException("SparseAdam: fused mode updates every row hit, and the table trains only some (trainOnly). Use compact mode.");
        }
        optimizer = other;
        clearGradient();
    }

    /// An optimizer is closed: from here on the gradient is left.
    void leave(SparseAdam closed) {
        if (optimizer == closed) {
            optimizer = null;
        }
    }

    SparseAdam optimizer() {
        return optimizer;
    }

    /// (K, d).
    public Tensor weight() {
        return weight;
    }

    @Override
    protected List<Tensor> trainedBuffers() {
        return List.of(weight);
    }

    @Override
    public void close() {
        forgetLeaf();
        forgetTrained();
        super.close();
    }
}
