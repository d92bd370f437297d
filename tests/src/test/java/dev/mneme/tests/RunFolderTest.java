package dev.mneme.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mneme.models.base.internal.Json;
import dev.mneme.models.base.internal.WriteLock;
import dev.mneme.models.train.Checkpoint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/// A run's folder holds one run, on the data it began with, and nothing that a kill left.
class RunFolderTest {
    @TempDir
    private static Path folder;

    /// A run of two steps, and its corpus.
    @BeforeAll
    static void train() throws IOException {
        Samples.train(folder.resolve("run"), Samples.corpus(folder), settings());
        Samples.write(folder.resolve("settings.json"), settings());
        Files.writeString(folder.resolve("experiment.json"), """
                {"title": "t", "seeds": [1], "corpus": {"files": ["%s"]}, "reference": "none", "arms": [{"name": "none", "settings": {}}]}
                """.replace("%s", folder.resolve("corpus.txt").toString()));
    }

    private static ObjectNode settings() {
        return Samples.settings("steps", 2, "evaluate_every", 1, "checkpoint_every", 1);
    }

    private static Path copy(String name) throws IOException {
        Samples.copy(folder.resolve("run"), folder.resolve(name));
        return folder.resolve(name);
    }

    private static void assertRefused(String says, String arguments) throws Exception {
        Map<String, String> before = Samples.contents(folder);
        Mneme.Ended ended = Mneme.here(folder, arguments.replace("@", folder.toString()).split(" "));
        assertEquals(2, ended.status(), ended.err());
        assertEquals(1, ended.err().lines().count(), ended.err());
        assertTrue(ended.err().contains(says.replace("@", folder.toString())), ended.err());
        assertEquals(before, Samples.contents(folder));
    }

    @TestFactory
    Stream<DynamicTest> aPlaceThatSomebodyWritesToIsRefused() {
        return Stream.of("pretrain --corpus @/corpus.txt --config @/settings.json --out @/taken", "pretrain --resume --out @/run",
                "experiment @/experiment.json --out @/taken", "demo --quick --out @/taken", "convert --from @/run --to @/new/model")
                .map(arguments -> DynamicTest.dynamicTest(arguments, () -> {
                    try (var run = WriteLock.in(folder.resolve("run")); var out = WriteLock.in(folder.resolve("taken"));
                            var to = WriteLock.beside(folder.resolve("new/model"))) {
                        assertRefused("another run of this process is writing to it; wait for its end, or choose another place", arguments);
                    }
                }));
    }

    @Test
    void aCorpusThatChangedSinceTheRunBeganIsNoticed() throws Exception {
        Path own = Files.createDirectory(folder.resolve("own"));
        Path corpus = Samples.corpus(own);
        Samples.train(folder.resolve("changed"), corpus, settings());
        FileTime time = Files.getLastModifiedTime(corpus);
        String text = Files.readString(corpus);
        Files.writeString(corpus, text.replaceFirst("cat", "dog"));
        Files.setLastModifiedTime(corpus, time);
        assertRefused("resume the run in @/changed: it would read what it did not begin with: [@/own/corpus.txt] changed; put back what was there",
                "pretrain --resume --out @/changed");
        Files.writeString(corpus, text); // at another time: what it holds counts
        assertEquals(0, Mneme.here(folder, "pretrain", "--resume", "--out", folder.resolve("changed").toString()).status());
    }

    @Test
    void aRunFromBeforeThereWereFingerprintsGoesOn() throws Exception {
        Path run = copy("older");
        ObjectNode request = Json.read(run.resolve("run.json"));
        request.remove("fingerprints");
        ((ObjectNode) request.get("config")).remove("on_nonfinite");
        Json.write(run.resolve("run.json"), request);
        assertEquals(0, Mneme.here(folder, "pretrain", "--resume", "--out", run.toString()).status());
    }

    @Test
    void whatAKillLeftGoesWithTheNextRun() throws Exception {
        Path run = copy("killed");
        List<String> before = names(run);
        for (String left : List.of(".checkpoint-00000007.part", ".best.part", ".step-3.part", ".step-3.before")) {
            Files.writeString(Files.createDirectory(run.resolve(left)).resolve("model.safetensors"), "half");
        }
        Files.writeString(run.resolve("report.json.0123456789abcdef.part"), "{");
        Files.writeString(run.resolve("notes.txt.part"), "the user's own");
        Files.createFile(run.resolve(".lock"));
        Files.delete(Files.move(run.resolve("best"), run.resolve(".best.before")).resolve("evaluation.json"));
        Samples.resume(run);
        assertTrue(Files.deleteIfExists(run.resolve("notes.txt.part")));
        assertEquals("half", Files.readString(run.resolve("step-3/model.safetensors")), "the model that another was about to replace");
        Files.delete(run.resolve("step-3/model.safetensors"));
        Files.delete(run.resolve("step-3"));
        assertEquals(before, names(run));
        assertTrue(Files.notExists(run.resolve("best/evaluation.json")), "the best that a better one was about to replace");
    }

    /// The user's own, or of a later version.
    @Test
    void aFolderThatOnlyLooksLikeACheckpointIsNone() throws Exception {
        Path run = copy("odd");
        for (String name : List.of("checkpoint-99999999999999999999", "checkpoint-", "checkpoint-00000002-backup")) {
            Files.createDirectory(run.resolve(name));
        }
        assertEquals("checkpoint-00000002", Checkpoint.latest(run).orElseThrow().folder().getFileName().toString());
        Samples.resume(run);
    }

    @Test
    void aRunIsNotStartedWhereItWouldHideAModelOrGoWithOne() throws Exception {
        String start = "pretrain --corpus @/corpus.txt --config @/settings.json --out ";
        assertRefused("start a run in @/run/best: @/run/best is the folder of a model; choose another", start + "@/run/best");
        assertRefused("start a run in @/run/best/tuned: @/run/best is the folder of a model; choose another", start + "@/run/best/tuned");
        assertRefused("write the demo's report to @/run: it holds the report of another command (run.json); choose another", "demo --quick --out @/run");
    }

    private static List<String> names(Path run) throws IOException {
        try (Stream<Path> files = Files.list(run)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }
}
