package dev.mneme.pkm;

import dev.mneme.torch.DType;
import dev.mneme.torch.Op;
import dev.mneme.torch.Tensor;
import dev.mneme.torch.TensorScope;
import dev.mneme.torch.Torch;
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
    private static final Op INDICES = Op.find("aten::_indices");
    private static final Op VALUES = Op.find("aten::_values");

    private final Tensor weight;
    private Tensor leaf; // (K, d), one element expanded: its gradient is that of the table, in the arithmetic's dtype
    private SparseAdam fused; // updates the rows in the backward pass, or null
    private boolean frozen;
    private int lookups; // since the gradient was cleared, those that may add to it

    ValueTable(int slots, int width, ProductKeyConfig.ValueInit init, DType dtype) {
        Tensor values = Tensor.zeros(dtype, slots, width);
        if (init == ProductKeyConfig.ValueInit.NORMAL) {
            values.normal_(0, 1 / Math.sqrt(width));
        }
        weight = buffer("weight", values);
    }

    /// @param hits (R, H, k)
    /// @return (R, d), in the weights' dtype: for each row of ids the weighted sum of those values
    Tensor lookup(Hits hits) {
        if (!isTraining() || frozen) {
            return MemoryOps.bag(hits, weight);
        }
        if (fused != null) {
            return MemoryOps.bagAdam(hits, weight, fused);
        }
        lookups++;
        return MemoryOps.bagCompact(hits, weight, leaf());
    }

    private Tensor leaf() {
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

    /// The gradient that backward passes have left since it was last cleared, or null. Made in the current scope.
    public Gradient gradient() {
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
        return new Gradient(((Tensor) INDICES.call(gradient).getFirst()).select(0, 0), (Tensor) VALUES.call(gradient).getFirst());
    }

    /// Forgets the gradient.
    public void clearGradient() {
        if (leaf != null) {
            leaf.setGrad(null);
        }
        lookups = 0;
    }

    /// The tensors whose gradients are the table's, to be clipped together with others: one, whose gradient has each row once, or none.
    public List<Tensor> gradientHolders() {
        return gradient() == null ? List.of() : List.of(leaf);
    }

    /// Whether training leaves the values as they are; queries and keys learn on.
    public void freeze(boolean frozen) {
        this.frozen = frozen;
    }

    /// @param fused updates the rows in the backward pass; null where the gradient is to be left
    void trainBy(SparseAdam fused) {
        this.fused = fused;
        clearGradient();
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
        super.close();
    }
}
