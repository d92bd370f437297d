package dev.mneme.tests;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mneme.models.Json;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A run that is cut off and resumed ends with the same bytes as one that was not: weights, optimizer state, figures.
class ResumeTest {
    private static final String LAST = "checkpoint-00000200";

    /// Memory, and dropout, whose masks must not depend on how often the process was started.
    private static Path settings(Path folder) throws Exception {
        ObjectNode settings = Samples.withMemory(Samples.settings("dropout", 0.1));
        return Samples.write(folder.resolve("settings.json"), settings);
    }

    private static void train(Path folder, String out) throws Exception {
        Mneme.Ended ended = Mneme.run(folder, "pretrain", "--corpus", "corpus.txt", "--config", "settings.json", "--out", out);
        assertEquals(0, ended.status(), ended.err());
    }

    private static void resume(Path folder, String out) throws Exception {
        Mneme.Ended ended = Mneme.run(folder, "pretrain", "--resume", "--out", out);
        assertEquals(0, ended.status(), ended.err());
        assertTrue(ended.out().contains("Resuming at step "), ended.out());
    }

    private static void assertSame(Path expected, Path actual) throws Exception {
        for (String file : new String[] {"model.safetensors", "optimizer.safetensors", "training.json", "vocab.txt", "config.json"}) {
            assertArrayEquals(Files.readAllBytes(expected.resolve(LAST).resolve(file)),
                    Files.readAllBytes(actual.resolve(LAST).resolve(file)), file);
        }
        assertEquals(figures(expected), figures(actual));
    }

    /// The report without what depends on the clock and the folder.
    private static String figures(Path run) throws Exception {
        return Json.text(Json.read(run.resolve("report.json")).get("arms")).replaceAll("\"tokens_per_second\" : [0-9.E]+", "");
    }

    @Test
    void aRunThatWasKilledEndsWithTheSameBytes(@TempDir Path folder) throws Exception {
        Samples.corpus(folder);
        settings(folder);
        train(folder, "whole");
        try (Mneme killed = Mneme.start(folder, "pretrain", "--corpus", "corpus.txt", "--config", "settings.json", "--out", "cut")) {
            killed.await("the checkpoint of step 100", () -> Files.exists(folder.resolve("cut/checkpoint-00000100")));
            killed.kill();
            assertNotEquals(0, killed.ended().status());
        }
        assertTrue(Files.notExists(folder.resolve("cut").resolve(LAST)), "it was killed too late to test anything");
        resume(folder, "cut");
        assertSame(folder.resolve("whole"), folder.resolve("cut"));
    }

    @Test
    void aRunThatWasInterruptedSavesAndSaysHowToGoOn(@TempDir Path folder) throws Exception {
        Samples.corpus(folder);
        settings(folder);
        train(folder, "whole");
        try (Mneme interrupted = Mneme.start(folder, "pretrain", "--corpus", "corpus.txt", "--config", "settings.json", "--out", "cut")) {
            interrupted.await("the checkpoint of step 100", () -> Files.exists(folder.resolve("cut/checkpoint-00000100")));
            interrupted.interrupt();
            Mneme.Ended ended = interrupted.ended();
            assertTrue(ended.out().contains("Stopped; saved cut/checkpoint-"), ended.out());
            assertTrue(ended.out().contains("Go on with: mneme pretrain --resume --out cut"), ended.out());
        }
        resume(folder, "cut");
        assertSame(folder.resolve("whole"), folder.resolve("cut"));
    }

    @Test
    void aDamagedCheckpointIsPassedOverForTheOneBefore(@TempDir Path folder) throws Exception {
        Samples.corpus(folder);
        settings(folder);
        train(folder, "whole");
        Samples.copy(folder.resolve("whole"), folder.resolve("cut"));
        Path weights = folder.resolve("cut").resolve(LAST).resolve("model.safetensors");
        byte[] bytes = Files.readAllBytes(weights);
        bytes[bytes.length / 2] ^= 1;
        Files.write(weights, bytes);

        Mneme.Ended ended = Mneme.run(folder, "pretrain", "--resume", "--out", "cut");

        assertEquals(0, ended.status(), ended.err());
        assertTrue(ended.err().contains("Passing over cut/" + LAST), ended.err());
        assertTrue(ended.out().contains("Resuming at step 100"), ended.out());
        assertSame(folder.resolve("whole"), folder.resolve("cut"));
    }
}
