package dev.mneme.pkm;

import dev.mneme.torch.Construction;
import dev.mneme.torch.DType;
import dev.mneme.torch.NoGrad;
import dev.mneme.torch.Steps;
import dev.mneme.torch.Tensor;
import dev.mneme.torch.TensorScope;
import dev.mneme.torch.Torch;
import java.util.LinkedHashMap;
import java.util.Map;

/// Lazy Adam over the rows of a [ValueTable]: only rows hit in a step are changed, their moments decay only then. With the default
/// configuration it is torch.optim.SparseAdam.
///
///     adam.begin(lr);       // before the step's lookups
///     ... forward, backward, clipping ...
///     adam.apply();
///
/// State: `exp_avg` (K, d), `exp_avg_sq` (K, d) or (K), float32 (float64 for a float64 table); `row_steps` (K), int32, each row's
/// updates; `step`. It is outside every scope; close() frees it.
public final class SparseAdam implements AutoCloseable {
    /// When rows are updated.
    public enum Mode {
        /// In the backward pass, as a row's gradient is complete: each row that was hit is read and written once, and no
        /// gradient is kept. For one lookup a step, without clipping, accumulation over batches, or a table that several layers read while
        /// activations are computed again; and for one thread at a time.
        FUSED,
        /// In [SparseAdam#apply], from the table's gradient, (U, d) for the U rows hit: it can be clipped, scaled and accumulated.
        COMPACT
    }

    /// @param weightDecay decoupled (Loshchilov & Hutter 2019), on the rows hit
    /// @param rowWise whether the second moment is one number a row, the mean of the squares over its d elements
    /// @param perRowCorrection whether the bias corrections count the updates of the row instead of all steps
    /// @param seed of the stochastic rounding of a bfloat16 table: with the number of the step it decides all random bits
    public record Config(
            double beta1, double beta2, double eps, double weightDecay, boolean rowWise, boolean perRowCorrection, long seed) {
        public static final Config DEFAULT = new Config(0.9, 0.999, 1e-8, 0, false, false, 0);

        public Config {
            Steps.requireAdam("SparseAdam", beta1, beta2, eps, weightDecay);
        }
    }

    private final ValueTable table;
    private final Config config;
    private final Mode mode;
    private final Tensor expAvg;
    private final Tensor expAvgSq;
    private final Tensor rowSteps;
    private final Tensor steps; // int64, one element: the state holds nothing but tensors
    private final Tensor rate; // float64, one element

    /// In fused mode.
    public SparseAdam(ValueTable table, Config config) {
        this(table, config, Mode.FUSED);
    }

    /// The optimizer of a table from here on, in place of any before it, until it is closed.
    ///
    /// @throws IllegalStateException in fused mode, if the table trains only some rows ([ValueTable#trainOnly])
    public SparseAdam(ValueTable table, Config config, Mode mode) {
        if (config == null || mode == null) {
            throw new IllegalArgumentException("SparseAdam: config " + config + " and mode " + mode + " were given. Give both.");
        }
        this.table = table;
        this.config = config;
        this.mode = mode;
        Tensor weight = table.weight();
        long rows = weight.size(0);
        DType real = weight.dtype() == DType.FLOAT64 ? DType.FLOAT64 : DType.FLOAT32;
        try (var construction = Construction.open()) {
            expAvg = Torch.zeros(weight.shape(), real, weight.device()).keep();
            expAvgSq = Torch.zeros(config.rowWise() ? new long[] {rows} : weight.shape(), real, weight.device()).keep();
            rowSteps = Torch.zeros(new long[] {rows}, DType.INT32, weight.device()).keep();
            steps = Torch.zeros(new long[0], DType.INT64, weight.device()).keep();
            rate = Torch.zeros(new long[0], DType.FLOAT64, weight.device()).keep();
            table.trainBy(this);
            construction.complete();
        }
    }

    /// Begins a step, before its lookups: counts it, whether or not any follow.
    ///
    /// @param lr the learning rate of this step
    /// @throws IllegalStateException if the table has another optimizer by now
    public void begin(double lr) {
        Steps.requireRate(lr);
        requireTable("begin");
        try (var scope = TensorScope.open(); var noGrad = NoGrad.open()) {
            steps.add_(1);
            rate.fill_(lr);
        }
    }

    /// Ends a step, after its backward passes: applies the table's gradient, if there is one, and forgets it. Fused updates are
    /// done by then.
    ///
    /// @throws IllegalStateException if the table has another optimizer by now
    public void apply() {
        requireTable("apply");
        if (mode == Mode.FUSED) {
            return;
        }
        try (var scope = TensorScope.open(); var noGrad = NoGrad.open()) {
            ValueTable.Gradient gradient = table.gradient();
            if (gradient != null) {
                MemoryOps.sparseAdam(gradient.rows(), gradient.values(), table.weight(), this);
                table.clearGradient();
            }
        }
    }

    /// Whether the table is still this optimizer's: no other was made after it, and it was not closed.
    public boolean isInUse() {
        return table.optimizer() == this;
    }

    private void requireTable(String asked) {
        if (!isInUse()) {
            throw new IllegalStateException("SparseAdam." + asked + ": the table of values has another optimizer, which was made after this one, or this one was"
                    + " closed. Use the last one that was made.");
        }
    }

    /// The share of rows that no step has changed.
    public double staleShare() {
        try (var scope = TensorScope.open()) {
            return 1 - rowSteps.countNonzero().itemLong() / (double) rowSteps.numel();
        }
    }

    /// The state by name: the optimizer's own tensors, not copies.
    public Map<String, Tensor> state() {
        var state = new LinkedHashMap<String, Tensor>();
        state.put("exp_avg", expAvg);
        state.put("exp_avg_sq", expAvgSq);
        state.put("row_steps", rowSteps);
        state.put("step", steps);
        return state;
    }

    Mode mode() {
        return mode;
    }

    public ValueTable table() {
        return table;
    }

    Config config() {
        return config;
    }

    Tensor expAvg() {
        return expAvg;
    }

    Tensor expAvgSq() {
        return expAvgSq;
    }

    Tensor rowSteps() {
        return rowSteps;
    }

    Tensor steps() {
        return steps;
    }

    Tensor rate() {
        return rate;
    }

    @Override
    public void close() {
        table.leave(this);
        state().values().forEach(Tensor::close);
        rate.close();
    }
}
