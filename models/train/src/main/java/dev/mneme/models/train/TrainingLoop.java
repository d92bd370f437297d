package dev.mneme.models.train;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mneme.models.base.InputException;
import dev.mneme.models.base.internal.Json;
import dev.mneme.models.base.internal.NotFiniteException;
import dev.mneme.models.report.CurvePoint;
import dev.mneme.models.report.UsePoint;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.LongFunction;
import java.util.stream.LongStream;

/// Makes steps, measures on the way, and keeps the curve.
///
/// @param <B> the batches
public final class TrainingLoop<B> {
    /// Called after each step, when the loop's state is consistent.
    @FunctionalInterface
    public interface AfterStep {
        void accept(long step) throws IOException;
    }

    /// Measures the model that is trained.
    @FunctionalInterface
    public interface Measure {
        /// @param stale for each memory the share of its slots that training has never changed
        Evaluation evaluate(Map<Integer, Double> stale);
    }

    /// What a resumed loop needs to go on with the same figures.
    ///
    /// @param skipped null in files from before there were skipped steps
    record State(long step, double lossSum, long lossCount, Long skipped, List<CurvePoint> curve, Double best) {
        State {
            if (step < 0 || curve == null) {
                throw new InputException("read the state of a training", step < 0 ? "its step is " + step : "it has no curve", "take an earlier checkpoint");
            }
        }
    }

    private final Trainer<B> trainer;
    private final Prefetch<List<B>> batches;
    private final Measure measure;
    private final long evaluateEvery;
    private final long earlierSteps;
    private final long earlierMemorySteps;
    private final List<CurvePoint> curve = new ArrayList<>();
    private double lossSum;
    private long lossCount;
    private long skipped;
    private Evaluation last;
    private Double best; // the lowest badness after a step so far, or null
    private boolean isBest;

    /// @param batches of a step, by its number, from 0 (see [#accumulated])
    /// @param evaluateEvery steps between evaluations; there is always one at the end
    /// @param earlierSteps steps of the model that this one started from: batches go on from there
    /// @param earlierMemorySteps those of them that it made with a memory
    public TrainingLoop(Trainer<B> trainer, LongFunction<List<B>> batches, Measure measure, long evaluateEvery, long earlierSteps, long earlierMemorySteps) {
        this.trainer = trainer;
        this.batches = new Prefetch<>(batches);
        this.measure = measure;
        this.evaluateEvery = evaluateEvery;
        this.earlierSteps = earlierSteps;
        this.earlierMemorySteps = earlierMemorySteps;
    }

    /// Steps of as many batches each, one after another.
    ///
    /// @param batches by their number, from 0
    /// @param count a step's
    public static <B> LongFunction<List<B>> accumulated(LongFunction<B> batches, int count) {
        return step -> LongStream.range(step * count, (step + 1) * count).mapToObj(batches).toList();
    }

    /// Trains up to a step of the trainer's own count.
    ///
    /// @param stop asked before each step: true ends the loop early
    /// @return the last evaluation, at that step unless it was stopped
    public Evaluation run(long until, BooleanSupplier stop, Progress progress, AfterStep after) throws IOException {
        while (trainer.steps() < until && !stop.getAsBoolean()) {
            isBest = false;
            double loss = trainer.step(batches.get(earlierSteps + trainer.steps()));
            if (Double.isNaN(loss)) {
                skipped++;
            } else if (trainer.hadTargets()) {
                lossSum += loss;
                lossCount++;
            }
            if (trainer.steps() % evaluateEvery == 0 || trainer.steps() == until) {
                evaluate(progress);
            }
            progress.stepTo(trainer.steps());
            after.accept(trainer.steps());
        }
        if (last == null) { // nothing was left to do
            last = measured();
        }
        return last;
    }

    /// The share of the training time that was spent waiting for batches.
    public double waitingShare() {
        double all = batches.waited() + trainer.nanos();
        return all == 0 ? 0 : batches.waited() / all;
    }

    /// @throws DivergedException if the model has answers that are no numbers, though no step was refused
    private Evaluation measured() {
        try {
            return measure.evaluate(trainer.stale());
        } catch (NotFiniteException e) {
            throw new DivergedException(trainer.steps(), e);
        }
    }

    /// Measures the model as it is and adds a point to the curve.
    public Evaluation evaluate(Progress progress) {
        last = measured();
        Double trainLoss = lossCount == 0 ? null : lossSum / lossCount;
        curve.add(new CurvePoint(steps(), memorySteps(), trainLoss, last.loss(), last.factAccuracy(),
                last.usage().stream().map(UsePoint::of).toList(), last.selecting() == null ? Map.of() : last.metrics()));
        progress.evaluated(trainer.steps(), trainLoss, skipped, last);
        lossSum = 0;
        lossCount = 0;
        // What it started from is no result, and is not kept; nor is a model of which nothing can be said.
        isBest = trainer.steps() > 0 && !Double.isNaN(last.badness()) && (best == null || last.badness() < best);
        best = isBest ? (Double) last.badness() : best;
        return last;
    }

    /// All steps of the model, those before this training included.
    public long steps() {
        return earlierSteps + trainer.steps();
    }

    /// Those of them that the model made with a memory; 0 where it has none.
    public long memorySteps() {
        return trainer.model().memories().isEmpty() ? 0 : earlierMemorySteps + trainer.steps();
    }

    /// Steps that were skipped because their loss or gradient was not finite.
    public long skipped() {
        return skipped;
    }

    /// Whether the model as it is has just been measured, and is better than all that were before.
    boolean isBest() {
        return isBest;
    }

    public List<CurvePoint> curve() {
        return curve;
    }

    /// For [Checkpoint#save].
    public ObjectNode state() {
        return Json.tree(new State(trainer.steps(), lossSum, lossCount, skipped, curve, best));
    }

    /// Goes on from a checkpoint: weights, optimizer state, and the figures so far.
    public void restore(Checkpoint checkpoint) throws IOException {
        State state = Json.convert(checkpoint.training(), State.class, checkpoint.folder().resolve("training.json").toString());
        checkpoint.restore(trainer, state.step());
        lossSum = state.lossSum();
        lossCount = state.lossCount();
        skipped = state.skipped() == null ? 0 : state.skipped();
        best = state.best();
        curve.clear();
        curve.addAll(state.curve());
    }
}
