package dev.mneme.models.train;

import dev.mneme.models.text.Seeds;
import dev.mneme.models.zoo.transformer.TransformerModel;
import dev.mneme.pkm.SparseAdam;
import dev.mneme.pkm.ValueTable;
import dev.mneme.torch.Autocast;
import dev.mneme.torch.Construction;
import dev.mneme.torch.DType;
import dev.mneme.torch.Device;
import dev.mneme.torch.Native;
import dev.mneme.torch.NoGrad;
import dev.mneme.torch.Steps;
import dev.mneme.torch.Tensor;
import dev.mneme.torch.TensorScope;
import dev.mneme.torch.optim.AdamW;
import dev.mneme.torch.optim.Schedule;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Trains a model for an objective, one step at a time: forward, loss, backward, clipping, one fused AdamW call
/// for the dense parameters of each kind, and one sparse-Adam update for each memory's touched rows. A step whose loss or gradient is not finite
/// changes nothing but the number of the step, which schedule, masks and batches follow.
///
/// A step is a function of the weights, the optimizer state, the number of the step, the seed and the batch, so a run that
/// is restored goes on bit for bit as the one that was not interrupted.
public final class Trainer<B> implements AutoCloseable {
    private static final double BACKWARD = 2; // times the operations of forward

    private final Objective<B> objective;
    private final TransformerModel model;
    private final TrainConfig config;
    private final Schedule schedule;
    private final Schedule valueSchedule;
    private final long seed;
    private final List<Tensor> parameters;
    private final AdamW decayed;
    private final AdamW undecayed;
    private final Map<Integer, SparseAdam> values = new LinkedHashMap<>(); // by the first layer of each table
    private final Map<Integer, DenseValues> denseValues = new LinkedHashMap<>();
    private final List<Tensor> statistics; // the model's running ones
    private final List<Tensor> earlierStatistics; // as they were before the step
    private long step;
    private double targets; // of the last step
    private long tokens;
    private long nanos;
    private double flops;

    /// @param seed of the dropout masks
    public Trainer(Objective<B> objective, TrainConfig config, long seed) {
        this.objective = objective;
        this.config = config;
        this.seed = seed;
        model = objective.model();
        model.recompute(config.recompute());
        schedule = config.schedule().factor(config.warmupSteps(), config.totalSteps());
        valueSchedule = config.values().schedule().factor(0, config.totalSteps());
        var matrices = new LinkedHashMap<String, Tensor>();
        var vectors = new LinkedHashMap<String, Tensor>();
        model.namedParameters().forEach((name, parameter) -> {
            if (parameter.requiresGrad()) {
                (parameter.dim() > 1 ? matrices : vectors).put(name, parameter);
            }
        });
        parameters = new ArrayList<>(matrices.values());
        parameters.addAll(vectors.values());
        AdamW.Config adam = AdamW.Config.DEFAULT;
        try (var construction = Construction.open()) {
            decayed = new AdamW(matrices, new AdamW.Config(adam.beta1(), adam.beta2(), adam.eps(), config.weightDecay()));
            undecayed = new AdamW(vectors, new AdamW.Config(adam.beta1(), adam.beta2(), adam.eps(), 0));
            statistics = model.statistics();
            earlierStatistics = statistics.stream().map(each -> each.emptyLike().keep()).toList();
            trainValues();
            construction.complete();
        } catch (RuntimeException e) {
            values.values().forEach(SparseAdam::close); // the tables let them go
            throw e;
        }
    }

    private void trainValues() {
        boolean frozen = config.values().training() == ValueConfig.Training.FROZEN;
        model.memories().values().forEach(memory -> memory.values().freeze(frozen));
        Set<ValueTable> seen = new HashSet<>();
        model.memories().forEach((layer, memory) -> {
            if (frozen || !seen.add(memory.values())) {
                return;
            }
            if (config.values().optimizer() == ValueConfig.Optimizer.DENSE) {
                denseValues.put(layer, new DenseValues(memory.values(), config.values().weightDecay()));
            } else {
                values.put(layer, new SparseAdam(memory.values(), valueAdam(layer), SparseAdam.Mode.COMPACT)); // whole: the norm is looked at first
            }
        });
    }

    /// Trains of each table of values only some rows.
    ///
    /// @param rows (U) int64 by the number of the first layer that reads the table
    public void trainOnly(Map<Integer, Tensor> rows) {
        values.forEach((layer, adam) -> adam.table().trainOnly(rows.get(layer)));
    }

    private SparseAdam.Config valueAdam(int layer) {
        SparseAdam.Config adam = SparseAdam.Config.DEFAULT;
        ValueConfig own = config.values();
        return new SparseAdam.Config(adam.beta1(), adam.beta2(), adam.eps(), own.weightDecay(), own.rowWise(), own.perRowCorrection(),
                Seeds.of(seed, Seeds.ROUNDING, layer));
    }

    /// As [#step(List)], on one batch.
    public double step(B batch) {
        return step(List.of(batch));
    }

    /// Makes one step on batches that are read one after another, and whose gradients are summed. Each target counts the same, so but
    /// for rounding, and for batch norm, it is the step on one large batch.
    ///
    /// @param batches as many as the configuration's accumulation, or fewer at the end of an epoch
    /// @return the mean loss over the targets, 0 if there are none; NaN where the step was skipped, as the configuration has it
    /// @throws DivergedException if the loss or the norm of the gradient is not finite, unless such steps are skipped
    public double step(List<B> batches) {
        if (batches.isEmpty() || batches.size() > config.accumulation()) {
            throw new IllegalArgumentException("Trainer: a step on " + batches.size() + " batches. Give 1 to " + config.accumulation()
                    + ", the configuration's accumulation.");
        }
        if (!model.hasDropout()) {
            return make(batches);
        }
        synchronized (TransformerModel.DRAWING) { // its masks are drawn from a generator that all threads share
            return make(batches);
        }
    }

    private double make(List<B> batches) {
        long start = System.nanoTime();
        double loss;
        double norm;
        boolean made = false;
        try (var scope = TensorScope.open()) {
            if (model.hasDropout()) {
                Native.manualSeed(Seeds.of(seed, Seeds.DROPOUT, step));
            }
            model.train(true);
            copy(statistics, earlierStatistics);
            loss = gradients(batches);
            norm = Double.isFinite(loss) ? clip() : Double.NaN;
            if (Double.isFinite(norm)) {
                update();
                made = true;
            }
        } finally {
            if (!made) { // also for whatever was thrown
                forget();
            }
        }
        if (!made && config.onNonfinite() == TrainConfig.OnNonfinite.STOP) {
            throw new DivergedException(step, loss, norm);
        }
        step++;
        nanos += System.nanoTime() - start;
        for (B batch : batches) {
            tokens += objective.realTokens(batch);
            flops += (1 + BACKWARD) * objective.forwardFlops(batch);
        }
        return made ? loss : Double.NaN;
    }

    /// Adds up the gradients of batches, up to the first whose loss is not finite.
    ///
    /// @return the mean loss over the targets
    private double gradients(List<B> batches) {
        targets = batches.stream().mapToInt(objective::targets).sum();
        double loss = 0;
        for (int i = 0; i < batches.size() && Double.isFinite(loss); i++) {
            loss += backward(batches.get(i), batches.size() == 1 ? 1 : objective.targets(batches.get(i)) / targets);
        }
        return loss;
    }

    /// Whether the last step had something to predict.
    boolean hadTargets() {
        return targets > 0;
    }

    private void update() {
        if (values.values().stream().anyMatch(adam -> !adam.isInUse())) {
            throw new IllegalStateException("Trainer: a table of values has another optimizer, which was made after this trainer. Train a model by one trainer"
                    + " at a time.");
        }
        double rate = config.learningRate() * schedule.factor(step);
        double valueRate = config.values().learningRate() * valueSchedule.factor(step);
        decayed.step(rate);
        undecayed.step(rate);
        values.values().forEach(adam -> {
            adam.begin(valueRate);
            adam.apply();
        });
        denseValues.values().forEach(adam -> adam.apply(valueRate));
        Steps.zeroGrad(parameters);
    }

    /// Leaves nothing of a step that was not made.
    private void forget() {
        model.forget();
        Steps.zeroGrad(parameters);
        values.values().forEach(adam -> adam.table().clearGradient());
        denseValues.values().forEach(adam -> adam.table().clearGradient());
        copy(earlierStatistics, statistics);
    }

    private static void copy(List<Tensor> from, List<Tensor> to) {
        try (var scope = TensorScope.open(); var noGrad = NoGrad.open()) {
            for (int i = 0; i < from.size(); i++) {
                to.get(i).copy_(from.get(i));
            }
        }
    }

    /// Adds the gradients of a batch's loss times a share, where the loss is finite.
    ///
    /// @return that product
    private double backward(B batch, double share) {
        if (objective.targets(batch) == 0) {
            return 0;
        }
        try (var scope = TensorScope.open()) {
            Tensor loss = loss(batch);
            double value = loss.item();
            if (Double.isFinite(value)) {
                (share == 1 ? loss : loss.mul(share)).backward();
                model.backward();
            }
            return share * value;
        }
    }

    /// In a scope of its own: what backward does not need is freed before it begins, and the rest as it goes.
    private Tensor loss(B batch) {
        try (var forward = TensorScope.open(); var autocast = autocast()) {
            return forward.escape(objective.loss(batch));
        }
    }

    private Autocast autocast() {
        return config.precision() == TrainConfig.Precision.FLOAT32 ? null : Autocast.open(Device.CPU, DType.BFLOAT16);
    }

    /// Scales the gradients down to the norm that is allowed.
    ///
    /// @return what it was
    private double clip() {
        var all = new ArrayList<>(parameters);
        values.values().forEach(adam -> all.addAll(adam.table().gradientHolders()));
        denseValues.values().forEach(adam -> all.addAll(adam.table().gradientHolders()));
        return Steps.clipGradNorm(all, config.clipNorm() > 0 ? config.clipNorm() : Double.POSITIVE_INFINITY);
    }

    /// Steps so far, those before a restored checkpoint and those that were skipped included.
    public long steps() {
        return step;
    }

    /// Real tokens read per second of training since this object was made.
    public double tokensPerSecond() {
        return nanos == 0 ? 0 : tokens / (nanos * 1e-9);
    }

    /// Floating-point operations of the matrix products per second of training since this object was made, backward counted as twice
    /// forward, and nothing for what is computed again.
    public double flopsPerSecond() {
        return nanos == 0 ? 0 : flops / (nanos * 1e-9);
    }

    /// Nanoseconds of training since this object was made.
    long nanos() {
        return nanos;
    }

    TrainConfig config() {
        return config;
    }

    public TransformerModel model() {
        return model;
    }

    /// For each memory the share of its slots that training has never changed.
    public Map<Integer, Double> stale() {
        var stale = new LinkedHashMap<Integer, Double>();
        values.forEach((layer, adam) -> stale.put(layer, adam.staleShare()));
        return stale;
    }

    /// The optimizers' own tensors by name: `<parameter>.exp_avg`, `<parameter>.exp_avg_sq`, `<parameter>.step`, and for the
    /// values of layer i `memory.<i>.…` as [SparseAdam#state] names them.
    public Map<String, Tensor> optimizerState() {
        var state = new LinkedHashMap<String, Tensor>();
        state.putAll(decayed.state());
        state.putAll(undecayed.state());
        values.forEach((layer, adam) -> adam.state().forEach((name, tensor) -> state.put("memory." + layer + "." + name, tensor)));
        denseValues.forEach((layer, adam) -> adam.state().forEach((name, tensor) -> state.put("memory." + layer + "." + name, tensor)));
        return state;
    }

    /// Goes on from a saved state. The weights are the model's to load.
    ///
    /// @throws IllegalArgumentException if a name is missing or unexpected, or a shape differs
    public void restore(Map<String, Tensor> saved, long step) {
        Map<String, Tensor> state = optimizerState();
        if (!state.keySet().equals(saved.keySet())) {
            throw new IllegalArgumentException("restore: the saved optimizer state has other names than this model's."
                    + " Resume with the configuration that the run was started with.");
        }
        state.forEach((name, tensor) -> {
            if (!Arrays.equals(tensor.shape(), saved.get(name).shape())) {
                throw new IllegalArgumentException("restore: the saved " + name + " has shape " + Arrays.toString(saved.get(name).shape()) + ", and "
                        + Arrays.toString(tensor.shape()) + " is needed. Resume with the configuration that the run was started with.");
            }
        });
        try (var scope = TensorScope.open(); var noGrad = NoGrad.open()) {
            state.forEach((name, tensor) -> tensor.copy_(saved.get(name)));
        }
        this.step = step;
    }

    @Override
    public void close() {
        decayed.close();
        undecayed.close();
        values.values().forEach(SparseAdam::close);
        denseValues.values().forEach(DenseValues::close);
        earlierStatistics.forEach(Tensor::close);
    }
}
