package dev.mneme.models.train;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import dev.mneme.models.base.InputException;
import dev.mneme.torch.Native;

/// How long a run is, how often it is looked at and saved, and what repeats it.
public record RunSettings(
        @JsonPropertyDescription("seed of everything random") long seed,
        @JsonPropertyDescription("training steps") long steps,
        @JsonPropertyDescription("steps between evaluations") long evaluateEvery,
        @JsonPropertyDescription("steps between checkpoints") long checkpointEvery,
        @JsonPropertyDescription("threads that libtorch uses, 0 for all cores") int threads) {

    public static final RunSettings DEFAULT = new RunSettings(1, 2000, 200, 500, 0);

    public RunSettings {
        PretrainConfig.atLeast("steps", steps, 1);
        PretrainConfig.atLeast("evaluate_every", evaluateEvery, 1);
        PretrainConfig.atLeast("checkpoint_every", checkpointEvery, 1);
        PretrainConfig.atLeast("threads", threads, 0);
        if (threads > Native.MOST_THREADS) {
            throw new InputException("train with threads " + threads, "libtorch's kernels have not the stack for so many", "give at most " + Native.MOST_THREADS);
        }
    }
}
