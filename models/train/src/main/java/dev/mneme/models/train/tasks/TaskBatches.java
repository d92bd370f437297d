package dev.mneme.models.train.tasks;

import dev.mneme.models.base.InputException;
import dev.mneme.models.text.Seeds;
import java.util.stream.IntStream;

/// The batches of a training run: the batch of a step is a function of the seed and the step alone. Data is shuffled anew in each epoch; a
/// batch at the end of one is filled up from the beginning of the next.
final class TaskBatches {
    private final TaskData data;
    private final int batchSize;
    private final long seed;
    private final int padding;
    private final int positions;
    private long epoch = -1;
    private int[] order;

    TaskBatches(TaskData data, int batchSize, long seed, int padding, int positions) {
        if (data.inputs().isEmpty()) {
            throw new InputException("train on a data set", "there is nothing in it", "give at least one example");
        }
        this.data = data;
        this.batchSize = batchSize;
        this.seed = seed;
        this.padding = padding;
        this.positions = positions;
    }

    /// Batches of an epoch: the last is filled up from the beginning of the next.
    long stepsPerEpoch() {
        return Math.ceilDiv(data.inputs().size(), batchSize);
    }

    TaskBatch batch(long step) {
        long first = step * batchSize;
        int[] chosen = IntStream.range(0, batchSize).map(b -> at(first + b)).toArray();
        return TaskBatch.of(IntStream.of(chosen).mapToObj(data.inputs()::get).toList(),
                IntStream.of(chosen).mapToObj(data.targets()::get).toList(), padding, positions);
    }

    private int at(long place) {
        int n = data.inputs().size();
        if (place / n != epoch) {
            epoch = place / n;
            order = Seeds.permutation(n, Seeds.random(seed, Seeds.SHUFFLE, epoch));
        }
        return order[(int) (place % n)];
    }
}
