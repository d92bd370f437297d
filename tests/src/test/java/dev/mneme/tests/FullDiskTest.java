package dev.mneme.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A disk that fills up during a run costs the checkpoint being written, and nothing else.
class FullDiskTest {
    static int execute(String... command) throws Exception {
        return new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.DISCARD).start().waitFor();
    }

    interface Work {
        void on(Path disk) throws Exception;
    }

    static void onSmallDisk(Path folder, Work work) throws Exception {
        Path disk = Files.createDirectory(folder.resolve("disk"));
        Assumptions.assumeTrue(execute("mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", disk.toString()) == 0,
                "mounting a small tmpfs takes root");
        try {
            work.on(disk);
        } finally {
            assertEquals(0, execute("umount", disk.toString()));
        }
    }

    /// Starts a run in `disk/run`, and fills the disk when it has saved once.
    ///
    /// @return the run's end
    private static Mneme.Ended fill(Path folder, Path disk, boolean interrupt) throws Exception {
        Samples.corpus(folder);
        Samples.write(folder.resolve("settings.json"), Samples.withMemory(Samples.settings()));
        try (Mneme run = Mneme.start(folder, "pretrain", "--corpus", "corpus.txt", "--config", "settings.json", "--out", "disk/run")) {
            run.await("the checkpoint of step 100", () -> Files.exists(disk.resolve("run/checkpoint-00000100")));
            execute("dd", "if=/dev/zero", "of=" + disk.resolve("filler"), "bs=4k"); // until nothing fits
            if (interrupt) {
                run.interrupt();
            }
            return run.ended();
        }
    }

    private static void assertToldAndLeftAlone(String saved, Mneme.Ended ended, Path disk) throws Exception {
        assertEquals(1, ended.err().lines().count(), ended.err());
        for (String part : List.of("mneme: Saving " + saved, " failed: ", "No space left on device",
                "heckpoints are untouched: make room on that disk and resume")) {
            assertTrue(ended.err().contains(part), ended.err());
        }
        try (Stream<Path> files = Files.list(disk.resolve("run"))) {
            assertEquals(List.of("best", "checkpoint-00000100", "run.json"), files.map(f -> f.getFileName().toString()).sorted().toList());
        }
        assertTrue(Files.exists(disk.resolve("run/best/evaluation.json"))); // the one before
    }

    @Test
    void anInterruptedRunSaysThatItCouldNotSave(@TempDir Path folder) throws Exception {
        onSmallDisk(folder, disk -> assertToldAndLeftAlone("the checkpoint disk/run/checkpoint-00000", fill(folder, disk, true), disk));
    }

    @Test
    void aFullDiskLosesNothingThatWasSaved(@TempDir Path folder) throws Exception {
        onSmallDisk(folder, disk -> {
            Mneme.Ended ended = fill(folder, disk, false);
            assertEquals(1, ended.status(), ended.out());
            assertToldAndLeftAlone("the model disk/run/best", ended, disk);
            Files.delete(disk.resolve("filler"));
            Mneme.Ended resumed = Mneme.run(folder, "pretrain", "--resume", "--out", "disk/run");
            assertEquals(0, resumed.status(), resumed.err());
            assertTrue(resumed.out().contains("Resuming at step 100"), resumed.out());
        });
    }
}
