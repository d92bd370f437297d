package dev.mneme.models.train;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mneme.models.Json;
import dev.mneme.models.data.BatchSource;
import dev.mneme.models.data.MaskedBatch;
import dev.mneme.models.report.CurvePoint;
import dev.mneme.models.report.UsePoint;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.stream.LongStream;

/// Makes steps, measures on the way, and keeps the curve.
public final class TrainingLoop {
    /// Called after each step, when the loop's state is consistent.
    @FunctionalInterface
    public interface AfterStep {
        void accept(long step) throws IOException;
    }

    /// What a resumed loop needs to go on with the same figures.
    record State(long step, double lossSum, long lossCount, List<CurvePoint> curve) {}

    private final Trainer trainer;
    private final BatchSource batches;
    private final Evaluator evaluator;
    private final long evaluateEvery;
    private final long earlierSteps;
    private final List<CurvePoint> curve = new ArrayList<>();
    private double lossSum;
    private long lossCount;
    private Evaluator.Result last;

    /// @param evaluateEvery steps between evaluations; there is always one at the end
    /// @param earlierSteps steps of the model that this one started from: batches go on from there
    public TrainingLoop(Trainer trainer, BatchSource batches, Evaluator evaluator, long evaluateEvery, long earlierSteps) {
        this.trainer = trainer;
        this.batches = batches;
        this.evaluator = evaluator;
        this.evaluateEvery = evaluateEvery;
        this.earlierSteps = earlierSteps;
    }

    /// Trains up to a step of the trainer's own count.
    ///
    /// @param stop asked before each step: true ends the loop early
    /// @return the last evaluation, at that step unless it was stopped
    public Evaluator.Result run(long until, BooleanSupplier stop, Progress progress, AfterStep after) throws IOException {
        while (trainer.steps() < until && !stop.getAsBoolean()) {
            lossSum += trainer.step(nextBatches());
            lossCount++;
            if (trainer.steps() % evaluateEvery == 0 || trainer.steps() == until) {
                evaluate(progress);
            }
            progress.stepTo(trainer.steps());
            after.accept(trainer.steps());
        }
        if (last == null) { // nothing was left to do
            last = evaluator.evaluate(trainer.model(), trainer.stale());
        }
        return last;
    }

    private List<MaskedBatch> nextBatches() {
        int count = trainer.config().accumulation();
        long first = (earlierSteps + trainer.steps()) * count;
        return LongStream.range(first, first + count).mapToObj(batches::batch).toList();
    }

    /// Measures the model as it is and adds a point to the curve.
    public Evaluator.Result evaluate(Progress progress) {
        last = evaluator.evaluate(trainer.model(), trainer.stale());
        Double trainLoss = lossCount == 0 ? null : lossSum / lossCount;
        long memorySteps = trainer.model().memories().isEmpty() ? 0 : trainer.steps();
        curve.add(new CurvePoint(earlierSteps + trainer.steps(), memorySteps, trainLoss, last.mlmLoss(), last.factAccuracy(),
                last.usage().stream().map(UsePoint::of).toList()));
        progress.evaluated(trainer.steps(), trainLoss, last);
        lossSum = 0;
        lossCount = 0;
        return last;
    }

    /// Whether the model as it is has been measured, and has the lowest held-out loss of all that have.
    boolean isBest() {
        return !curve.isEmpty() && curve.getLast().step() == earlierSteps + trainer.steps()
                && curve.stream().allMatch(point -> point.mlmLoss() >= curve.getLast().mlmLoss());
    }

    public List<CurvePoint> curve() {
        return curve;
    }

    /// For [Checkpoint#save].
    public ObjectNode state() {
        return Json.tree(new State(trainer.steps(), lossSum, lossCount, curve));
    }

    /// Goes on from a checkpoint: weights, optimizer state, and the figures so far.
    public void restore(Checkpoint checkpoint) throws IOException {
        State state = Json.convert(checkpoint.training(), State.class, checkpoint.folder().resolve("training.json").toString());
        checkpoint.restore(trainer, state.step());
        lossSum = state.lossSum();
        lossCount = state.lossCount();
        curve.clear();
        curve.addAll(state.curve());
    }
}
