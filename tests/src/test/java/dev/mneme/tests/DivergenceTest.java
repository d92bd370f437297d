package dev.mneme.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.mneme.models.train.Checkpoint;
import dev.mneme.models.zoo.bert.BertForMaskedLM;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A run whose loss stops being a number ends at once, and keeps the checkpoint it had.
class DivergenceTest {
    /// At this rate an Adam step moves every weight by about 1e30, and products of two of them leave float32's range.
    @Test
    void anInfiniteLossEndsTheRunAndKeepsTheLastCheckpoint(@TempDir Path folder) throws Exception {
        Samples.corpus(folder);
        Samples.write(folder.resolve("settings.json"), Samples.withMemory(
                Samples.settings("learning_rate", 1e30, "warmup_steps", 3, "checkpoint_every", 1, "evaluate_every", 200)));

        Mneme.Ended ended = Mneme.run(folder, "pretrain", "--corpus", "corpus.txt", "--config", "settings.json", "--out", "run");

        assertEquals(1, ended.status(), ended.err());
        assertEquals(1, ended.err().lines().count(), ended.err());
        assertTrue(ended.err().matches("mneme: Training step \\d+ was not made: (its loss is (NaN|-?Infinity)|the norm of its gradient is .*)\\."
                + " The last checkpoint is run/checkpoint-\\d{8}: start another run from it, .* lower learning_rate .*\n"), ended.err());
        assertFalse(Files.exists(folder.resolve("run/report.json")), "a report of a run that failed");
        Path last = Checkpoint.modelFolder(folder.resolve("run")); // checks every file against the manifest
        try (BertForMaskedLM model = BertForMaskedLM.read(last)) {
            assertEquals(1, model.memories().size());
        }
    }
}
