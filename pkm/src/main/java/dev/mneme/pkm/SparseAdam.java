package dev.mneme.pkm;

import dev.mneme.torch.DType;
import dev.mneme.torch.NoGrad;
import dev.mneme.torch.Tensor;
import dev.mneme.torch.TensorScope;
import dev.mneme.torch.Torch;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Lazy Adam over the rows of a [ValueTable], equal to torch.optim.SparseAdam: only rows touched in a step are changed,
/// their moments decay only then, and bias correction counts all steps.
///
/// State: `exp_avg` and `exp_avg_sq` (K, d), `updated` (K, bool: rows changed at least once), `step`. It is outside every
/// scope; close() frees it.
public final class SparseAdam implements AutoCloseable {
    public record Config(double beta1, double beta2, double eps) {
        public static final Config DEFAULT = new Config(0.9, 0.999, 1e-8);
    }

    private final ValueTable table;
    private final Config config;
    private final Tensor expAvg;
    private final Tensor expAvgSq;
    private final Tensor updated;
    private final Tensor steps; // int64, one element: the state holds nothing but tensors

    public SparseAdam(ValueTable table, Config config) {
        this.table = table;
        this.config = config;
        Tensor weight = table.weight();
        expAvg = weight.zerosLike().keep();
        expAvgSq = weight.zerosLike().keep();
        updated = Tensor.zeros(DType.BOOL, weight.size(0)).keep();
        steps = Tensor.zeros(DType.INT64).keep();
    }

    /// Applies the gradients of all lookups since the last step. Without any, it only counts the step.
    ///
    /// @param lr the learning rate of this step
    public void step(double lr) {
        try (var scope = TensorScope.open(); var noGrad = NoGrad.open()) {
            List<ValueTable.Touched> touched = table.takeTouched().stream().filter(t -> t.values().grad() != null).toList();
            steps.add_(1);
            if (!touched.isEmpty()) {
                Tensor rows = touched.getFirst().rows();
                Tensor gradient = touched.getFirst().values().grad();
                if (touched.size() > 1) {
                    Tensor all = Torch.cat(touched.stream().map(ValueTable.Touched::rows).toList());
                    Tensor[] unique = all.unique2(true, true);
                    rows = unique[0];
                    gradient = Torch.cat(touched.stream().map(t -> t.values().grad()).toList());
                    gradient = gradient.newZeros(rows.size(0), gradient.size(1)).indexAdd_(0, unique[1], gradient);
                }
                update(rows, gradient, lr);
            }
        }
    }

    /// @param rows (U), distinct
    /// @param gradient (U, d)
    void update(Tensor rows, Tensor gradient, double lr) {
        double t = steps.itemLong();
        Tensor m = expAvg.indexSelect(0, rows).lerp_(gradient, 1 - config.beta1);
        Tensor v = expAvgSq.indexSelect(0, rows).mul_(config.beta2).addcmul_(gradient, gradient, 1 - config.beta2);
        expAvg.indexCopy_(0, rows, m);
        expAvgSq.indexCopy_(0, rows, v);
        double stepSize = lr * Math.sqrt(1 - Math.pow(config.beta2, t)) / (1 - Math.pow(config.beta1, t));
        table.weight().indexAdd_(0, rows, m.div_(v.sqrt_().add_(config.eps)), -stepSize);
        updated.indexFill_(0, rows, 1);
    }

    /// The share of rows that no step has changed.
    public double staleShare() {
        try (var scope = TensorScope.open()) {
            return 1 - updated.countNonzero().itemLong() / (double) updated.numel();
        }
    }

    /// The state by name: the optimizer's own tensors, not copies.
    public Map<String, Tensor> state() {
        var state = new LinkedHashMap<String, Tensor>();
        state.put("exp_avg", expAvg);
        state.put("exp_avg_sq", expAvgSq);
        state.put("updated", updated);
        state.put("step", steps);
        return state;
    }

    @Override
    public void close() {
        state().values().forEach(Tensor::close);
    }
}
