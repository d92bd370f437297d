package dev.mneme.bench;

import dev.mneme.models.text.MaskedBatch;
import dev.mneme.models.train.TrainConfig;
import dev.mneme.models.zoo.transformer.TransformerModel;
import java.util.List;

/// Training steps to be timed: the same for the same arm in every process.
interface StepWork extends AutoCloseable {
    int THREADS = 2;

    static StepWork of(StepBenchmark.Arm arm) {
        return switch (arm) {
            case NONE, RESIDUAL -> new DemoStep(arm);
            case BASE, CLASSIFY -> new BaseStep(arm);
        };
    }

    /// Makes the next step.
    ///
    /// @return its loss
    double next();

    TransformerModel model();

    TrainConfig train();

    /// Used in turn.
    List<MaskedBatch> batches();

    /// How many steps the two sides' losses are compared over.
    int compared();

    @Override
    void close();
}
