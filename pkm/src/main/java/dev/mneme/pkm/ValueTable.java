package dev.mneme.pkm;

import dev.mneme.torch.DType;
import dev.mneme.torch.NoGrad;
import dev.mneme.torch.Tensor;
import dev.mneme.torch.TensorScope;
import dev.mneme.torch.Torch;
import dev.mneme.torch.nn.Module;
import java.util.ArrayList;
import java.util.List;

/// K rows of width d, read as weighted sums and trained by row. State: `weight` (K, d), a buffer.
///
/// In training, a lookup copies the U rows it touches into a leaf (U, d), and the gradient arrives there: coalesced, with
/// nothing of the size of the table. The leaf waits in [#touched] until an optimizer applies it.
public final class ValueTable extends Module {
    /// Rows read by one lookup in training.
    ///
    /// @param rows (U), int64, distinct and ascending
    /// @param values (U, d), a leaf whose gradient is that of these rows
    public record Touched(Tensor rows, Tensor values) {}

    private static final long SUM = 0;

    private final Tensor weight;
    private final List<Touched> touched = new ArrayList<>();

    ValueTable(int slots, int width, ProductKeyConfig.ValueInit init) {
        Tensor values = Tensor.zeros(DType.FLOAT32, slots, width);
        if (init == ProductKeyConfig.ValueInit.NORMAL) {
            values.normal_(0, 1 / Math.sqrt(width));
        }
        weight = buffer("weight", values);
    }

    /// @param ids (R, N), int64
    /// @param weights (R, N)
    /// @return (R, d): for each row of ids the weighted sum of those values
    Tensor lookup(Tensor ids, Tensor weights) {
        if (!isTraining() || !weights.requiresGrad()) {
            return bag(weight, ids, weights);
        }
        Tensor rows; // (U)
        Tensor places; // of each id in rows, (R, N)
        Tensor values; // (U, d)
        try (var noGrad = NoGrad.open()) {
            // Counting is O(K + R·N); sorting the ids, as unique does, takes ten times as long.
            Tensor flat = ids.reshape(-1);
            Tensor hit = Torch.zeros(new long[] {weight.size(0)}, DType.INT64, weight.device()).indexFill_(0, flat, 1); // (K)
            rows = hit.nonzero().squeeze(1);
            places = hit.cumsum(0).sub(1).indexSelect(0, flat).reshapeAs(ids);
            values = weight.indexSelect(0, rows);
        }
        values.requiresGrad(true);
        touched.add(new Touched(rows, values));
        return bag(values, places, weights);
    }

    private static Tensor bag(Tensor table, Tensor ids, Tensor weights) {
        long bags = ids.size(0);
        long perBag = ids.size(1);
        Tensor offsets = Torch.arange(0, bags * perBag, perBag, DType.INT64, table.device());
        return Torch.embeddingBag(table, ids.reshape(-1), offsets, false, SUM, false, weights.reshape(-1).to(table.dtype()),
                false, null)[0];
    }

    /// What the lookups since the last call have touched. Their tensors belong to the scopes of those lookups, so this is
    /// called before they close; afterwards nothing is waiting.
    public List<Touched> takeTouched() {
        List<Touched> taken = List.copyOf(touched);
        touched.clear();
        return taken;
    }

    /// Lets what the lookups in a scope have touched out of it, so that the scope can close before the backward pass.
    ///
    /// @param scope the innermost one at all lookups since the last update
    public void letTouchedOut(TensorScope scope) {
        for (Touched each : touched) {
            scope.escape(each.rows());
            scope.escape(each.values());
        }
    }

    /// The leaves that wait for their update: for clipping by the global norm together with other gradients.
    public List<Tensor> touchedValues() {
        return touched.stream().map(Touched::values).toList();
    }

    /// (K, d).
    public Tensor weight() {
        return weight;
    }

    @Override
    protected List<Tensor> trainedBuffers() {
        return List.of(weight);
    }
}
