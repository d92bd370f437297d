package dev.mneme.tests;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mneme.models.base.internal.Json;
import dev.mneme.models.train.Checkpoint;
import dev.mneme.models.train.TrainingRun;
import dev.mneme.models.train.tasks.FineTuning;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A fine-tuning that is cut off and resumed ends with the same bytes as one that was not: weights, optimizer state, figures, and the best
/// model. A disk that fills up costs it only what is being written.
class FinetuneResumeTest {
    private static final String FIRST = "checkpoint-00000015";
    private static final String LAST = "checkpoint-00000150";

    @TempDir
    private static Path folder;

    private static Path from;
    private static Path data;

    /// Runs once, uninterrupted, for all tests: ten epochs, with gradients of two batches summed, and frequent values, which a resumed run must
    /// not choose again.
    @BeforeAll
    static void trainWhole() throws Exception {
        from = TaskSamples.pretrained(folder);
        data = TaskSamples.sst2(folder);
        try (Mneme whole = start("whole")) {
            Mneme.Ended ended = whole.ended();
            assertEquals(0, ended.status(), ended.err());
        }
    }

    private static Mneme start(String out) throws Exception {
        return Mneme.start(folder, TaskSamples.finetune(from, "sst2", Path.of(out), "--data", data.toString(), "--epochs", "10",
                "--batch-size", "8", "--gradient-accumulation-steps", "2", "--value-training", "frequent", "--frequent-share", "0.5"));
    }

    private static Mneme.Ended resume(String out) throws Exception {
        Mneme.Ended ended = Mneme.run(folder, "finetune", "--resume", "--out", out);
        assertEquals(0, ended.status(), ended.err());
        assertTrue(ended.out().contains("Resuming at step "), ended.out());
        assertTrue(ended.out().contains("The best model: " + out + "/best"), ended.out());
        return ended;
    }

    private static void assertSame(Path expected, Path actual) throws Exception {
        for (String file : List.of("model.safetensors", "optimizer.safetensors", "training.json", "vocab.txt", "config.json")) {
            assertArrayEquals(Files.readAllBytes(expected.resolve(LAST).resolve(file)), Files.readAllBytes(actual.resolve(LAST).resolve(file)),
                    file);
        }
        for (String file : List.of("model.safetensors", "evaluation.json")) {
            assertArrayEquals(Files.readAllBytes(expected.resolve("best").resolve(file)), Files.readAllBytes(actual.resolve("best").resolve(file)),
                    "best/" + file);
        }
        assertEquals(figures(expected), figures(actual));
        assertEquals(names(expected), names(actual), "nothing half-made stays");
    }

    /// The report without what depends on the clock.
    private static ObjectNode figures(Path run) throws Exception {
        ObjectNode report = Json.read(run.resolve("report.json"));
        report.remove("throughput");
        return report;
    }

    private static List<String> names(Path run) throws Exception {
        try (Stream<Path> files = Files.list(run)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    @Test
    void aFineTuningThatWasKilledEndsWithTheSameBytes() throws Exception {
        try (Mneme killed = start("killed")) {
            killed.await("the first checkpoint", () -> Files.exists(folder.resolve("killed").resolve(FIRST)));
            killed.kill();
            assertNotEquals(0, killed.ended().status());
        }
        assertTrue(Files.notExists(folder.resolve("killed").resolve(LAST)), "it was killed too late to test anything");
        Path start = Checkpoint.modelFolder(from); // not needed any more
        Path away = from.resolveSibling("away");
        Files.move(start, away);
        try {
            resume("killed");
        } finally {
            Files.move(away, start);
        }
        assertSame(folder.resolve("whole"), folder.resolve("killed"));
    }

    @Test
    void aFineTuningThatWasInterruptedSavesAndSaysHowToGoOn() throws Exception {
        try (Mneme interrupted = start("cut")) {
            interrupted.await("the first checkpoint", () -> Files.exists(folder.resolve("cut").resolve(FIRST)));
            interrupted.interrupt();
            Mneme.Ended ended = interrupted.ended();
            assertTrue(ended.out().contains("Stopped; saved cut/checkpoint-"), ended.out());
            assertTrue(ended.out().contains("Go on with: mneme finetune --resume --out cut"), ended.out());
        }
        assertTrue(Files.notExists(folder.resolve("cut").resolve(LAST)), "it was interrupted too late to test anything");
        resume("cut");
        assertSame(folder.resolve("whole"), folder.resolve("cut"));
    }

    /// Nothing but `run.json` was written by then, and perhaps the model that it starts with.
    @Test
    void aFineTuningThatWasKilledBeforeItsFirstCheckpointBeginsAgain() throws Exception {
        try (Mneme killed = start("early")) {
            killed.await("its request", () -> Files.exists(folder.resolve("early/run.json")));
            killed.kill();
            killed.ended();
        }
        assertTrue(Files.notExists(folder.resolve("early").resolve(FIRST)), "it was killed too late to test anything");
        Mneme.Ended ended = Mneme.run(folder, "finetune", "--resume", "--out", "early");
        assertEquals(0, ended.status(), ended.err());
        assertSame(folder.resolve("whole"), folder.resolve("early"));
    }

    /// The first measurement is on the curve once.
    @Test
    void aFineTuningThatWasInterruptedBeforeItsFirstStepEndsWithTheSameBytes() throws Exception {
        Path run = folder.resolve("begun");
        FineTuning.Request request = TrainingRun.request(folder.resolve("whole"), FineTuning.Request.class, "task");
        FineTuning.start(run, request, new PrintStream(OutputStream.nullOutputStream())).run(() -> true);
        assertTrue(Files.exists(run.resolve("checkpoint-00000000")), names(run).toString());
        resume("begun");
        assertSame(folder.resolve("whole"), run);
    }

    @Test
    void aFineTuningThatHasEndedStaysAsItIs() throws Exception {
        Samples.copy(folder.resolve("whole"), folder.resolve("ended"));
        resume("ended");
        assertSame(folder.resolve("whole"), folder.resolve("ended"));
        assertEquals(Json.read(folder.resolve("whole/report.json")), Json.read(folder.resolve("ended/report.json")), "the speed is that of the training");
    }

    @Test
    void aFullDiskLosesNothingThatWasSaved(@TempDir Path temporary) throws Exception {
        FullDiskTest.onSmallDisk(temporary, disk -> {
            Mneme.Ended ended;
            Path run = disk.resolve("run");
            try (Mneme mneme = start(run.toString())) {
                mneme.await("the first checkpoint", () -> Files.exists(run.resolve(FIRST)));
                FullDiskTest.execute("dd", "if=/dev/zero", "of=" + disk.resolve("filler"), "bs=4k"); // until nothing fits
                ended = mneme.ended();
            }
            assertEquals(1, ended.status(), ended.out());
            assertEquals(1, ended.err().lines().count(), ended.err());
            for (String part : List.of("mneme: Saving the ", " failed: ", "No space left on device", "make room on that disk and resume")) {
                assertTrue(ended.err().contains(part), ended.err());
            }
            var left = new ArrayList<>(names(run));
            assertTrue(left.removeAll(List.of("best", "run.json", "trained-rows.safetensors")), left.toString());
            assertTrue(!left.isEmpty() && left.stream().allMatch(name -> name.startsWith("checkpoint-")), left.toString());
            Files.delete(disk.resolve("filler"));
            resume(run.toString());
            assertArrayEquals(Files.readAllBytes(folder.resolve("whole").resolve(LAST).resolve("model.safetensors")),
                    Files.readAllBytes(run.resolve(LAST).resolve("model.safetensors")));
        });
    }
}
