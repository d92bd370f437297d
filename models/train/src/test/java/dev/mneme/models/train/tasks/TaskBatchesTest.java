package dev.mneme.models.train.tasks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import dev.mneme.models.train.tasks.Targets.Target;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TaskBatchesTest {
    /// Example i is the token i.
    private static TaskBatches batches(int examples, int batchSize, int accumulation) {
        List<Input> inputs = IntStream.range(0, examples).mapToObj(i -> new Input(new int[] {i}, new int[1])).toList();
        List<Target> targets = IntStream.range(0, examples).mapToObj(i -> (Target) new Target.OfClass(0)).toList();
        return new TaskBatches(new TaskData() {
            @Override
            public List<Input> inputs() {
                return inputs;
            }

            @Override
            public List<Target> targets() {
                return targets;
            }

            @Override
            public Predictions predict(List<float[]> scores) {
                throw new UnsupportedOperationException();
            }
        }, batchSize, accumulation, 1, 0, 8);
    }

    private static List<Integer> examples(List<TaskBatch> step) {
        var all = new ArrayList<Integer>();
        step.forEach(batch -> IntStream.range(0, batch.size()).forEach(b -> all.add(batch.ids()[b * batch.length()])));
        return all;
    }

    /// As of the Trainer of transformers: ceil(ceil(n / batch) / accumulation) steps, the last of them with what is left.
    @ParameterizedTest
    @CsvSource({"4, 64, 1, 1", "10, 4, 1, 3", "10, 4, 2, 2", "4, 1, 64, 1", "1100, 32, 32, 2", "12, 4, 3, 1"})
    void anEpochHasEachExampleOnce(int examples, int batchSize, int accumulation, int steps) {
        TaskBatches batches = batches(examples, batchSize, accumulation);
        assertEquals(steps, batches.stepsPerEpoch());
        var orders = new ArrayList<List<Integer>>();
        for (int epoch = 0; epoch < 2; epoch++) {
            var seen = new ArrayList<Integer>();
            for (int step = 0; step < steps; step++) {
                seen.addAll(examples(batches.step((long) epoch * steps + step)));
            }
            orders.add(seen);
            assertEquals(IntStream.range(0, examples).boxed().toList(), seen.stream().sorted().toList());
        }
        assertNotEquals(orders.get(0), orders.get(1), "shuffled anew");
        assertEquals(orders.get(0).subList(0, examples(batches.step(0)).size()), examples(batches.step(0)), "a function of the step");
    }

    @Test
    void noBatchOfAStepIsLargerThanAskedFor() {
        TaskBatches batches = batches(10, 4, 2);
        assertEquals(List.of(4, 4), batches.step(0).stream().map(TaskBatch::size).toList());
        assertEquals(List.of(2), batches.step(1).stream().map(TaskBatch::size).toList());
    }
}
