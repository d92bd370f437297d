package dev.mneme.models.train.tasks;

import dev.mneme.models.base.InputException;
import dev.mneme.models.text.Seeds;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/// The batches of a training run: those of a step are a function of the seed and the step alone. Data is shuffled anew in each epoch, which ends with
/// it: its last batch may have fewer examples, and its last step fewer batches, as in the Trainer of transformers.
final class TaskBatches {
    private final TaskData data;
    private final int batchSize;
    private final int accumulation;
    private final long seed;
    private final int padding;
    private final int positions;
    private long epoch = -1;
    private int[] order;

    /// @param accumulation batches that make a step together
    TaskBatches(TaskData data, int batchSize, int accumulation, long seed, int padding, int positions) {
        if (data.inputs().isEmpty()) {
            throw new InputException("train on a data set", "there is nothing in it", "give at least one example");
        }
        this.data = data;
        this.batchSize = batchSize;
        this.accumulation = accumulation;
        this.seed = seed;
        this.padding = padding;
        this.positions = positions;
    }

    private long batchesPerEpoch() {
        return Math.ceilDiv(data.inputs().size(), batchSize);
    }

    long stepsPerEpoch() {
        return Math.ceilDiv(batchesPerEpoch(), accumulation);
    }

    List<TaskBatch> step(long step) {
        long first = step % stepsPerEpoch() * accumulation;
        long end = Math.min(first + accumulation, batchesPerEpoch());
        return LongStream.range(first, end).mapToObj(number -> batch(step / stepsPerEpoch(), number)).toList();
    }

    private TaskBatch batch(long epoch, long number) {
        int first = Math.toIntExact(number * batchSize);
        int[] chosen = Arrays.copyOfRange(order(epoch), first, Math.min(first + batchSize, data.inputs().size()));
        return TaskBatch.of(IntStream.of(chosen).mapToObj(data.inputs()::get).toList(),
                IntStream.of(chosen).mapToObj(data.targets()::get).toList(), padding, positions);
    }

    private int[] order(long epoch) {
        if (epoch != this.epoch) {
            this.epoch = epoch;
            order = Seeds.permutation(data.inputs().size(), Seeds.random(seed, Seeds.SHUFFLE, epoch));
        }
        return order;
    }
}
