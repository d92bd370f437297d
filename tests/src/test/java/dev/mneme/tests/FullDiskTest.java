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
    private static int execute(String... command) throws Exception {
        return new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.DISCARD).start().waitFor();
    }

    @Test
    void aFullDiskLosesNothingThatWasSaved(@TempDir Path folder) throws Exception {
        Path disk = Files.createDirectory(folder.resolve("disk"));
        Assumptions.assumeTrue(execute("mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", disk.toString()) == 0,
                "mounting a small tmpfs takes root");
        try {
            Samples.corpus(folder);
            Samples.write(folder.resolve("settings.json"), Samples.withMemory(Samples.settings()));
            Path filler = disk.resolve("filler");
            try (Mneme run = Mneme.start(folder, "pretrain", "--corpus", "corpus.txt", "--config", "settings.json", "--out", "disk/run")) {
                run.await("the checkpoint of step 100", () -> Files.exists(disk.resolve("run/checkpoint-00000100")));
                execute("dd", "if=/dev/zero", "of=" + filler, "bs=4k"); // until nothing fits
                Mneme.Ended ended = run.ended();
                assertEquals(1, ended.status(), ended.out());
                assertEquals(1, ended.err().lines().count(), ended.err());
                for (String part : List.of("mneme: Saving the checkpoint disk/run/checkpoint-00000200 failed", "No space left on device",
                        "Earlier checkpoints are untouched: make room on that disk and resume")) {
                    assertTrue(ended.err().contains(part), ended.err());
                }
            }
            try (Stream<Path> files = Files.list(disk.resolve("run"))) {
                assertEquals(List.of("checkpoint-00000100", "run.json"), files.map(f -> f.getFileName().toString()).sorted().toList());
            }
            Files.delete(filler);
            Mneme.Ended resumed = Mneme.run(folder, "pretrain", "--resume", "--out", "disk/run");
            assertEquals(0, resumed.status(), resumed.err());
            assertTrue(resumed.out().contains("Resuming at step 100"), resumed.out());
        } finally {
            assertEquals(0, execute("umount", disk.toString()));
        }
    }
}
