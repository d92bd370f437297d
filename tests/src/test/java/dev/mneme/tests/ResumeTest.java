package dev.mneme.tests;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mneme.models.base.internal.Json;
import dev.mneme.models.train.Pretraining;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/// A run that is cut off and resumed ends with the same bytes as one that was not: weights, optimizer state, figures.
class ResumeTest {
    private static final String LAST = "checkpoint-00000200";

    @TempDir
    private static Path folder;

    /// Memory, and dropout, whose masks must not depend on how often the process was started.
    private static Path settings(Path folder) throws Exception {
        ObjectNode settings = Samples.withMemory(Samples.settings("dropout", 0.1));
        return Samples.write(folder.resolve("settings.json"), settings);
    }

    /// Runs once, uninterrupted, for all tests.
    @BeforeAll
    static void trainWhole() throws Exception {
        Samples.corpus(folder);
        settings(folder);
        Mneme.Ended ended = Mneme.run(folder, "pretrain", "--corpus", "corpus.txt", "--config", "settings.json", "--out", "whole");
        assertEquals(0, ended.status(), ended.err());
    }

    private static Mneme start(String out) throws Exception {
        return Mneme.start(folder, "pretrain", "--corpus", "corpus.txt", "--config", "settings.json", "--out", out);
    }

    private static void resume(String out) throws Exception {
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
    void aRunThatWasKilledEndsWithTheSameBytes() throws Exception {
        try (Mneme killed = start("killed")) {
            killed.await("the checkpoint of step 100", () -> Files.exists(folder.resolve("killed/checkpoint-00000100")));
            killed.kill();
            assertNotEquals(0, killed.ended().status());
        }
        assertTrue(Files.notExists(folder.resolve("killed").resolve(LAST)), "it was killed too late to test anything");
        resume("killed");
        assertSame(folder.resolve("whole"), folder.resolve("killed"));
    }

    @Test
    void aRunThatWasInterruptedSavesAndSaysHowToGoOn() throws Exception {
        try (Mneme interrupted = start("cut")) {
            interrupted.await("the checkpoint of step 100", () -> Files.exists(folder.resolve("cut/checkpoint-00000100")));
            interrupted.interrupt();
            Mneme.Ended ended = interrupted.ended();
            assertTrue(ended.out().contains("Stopped; saved cut/checkpoint-"), ended.out());
            assertTrue(ended.out().contains("Go on with: mneme pretrain --resume --out cut"), ended.out());
        }
        assertTrue(Files.notExists(folder.resolve("cut").resolve(LAST)), "it was interrupted too late to test anything");
        resume("cut");
        assertSame(folder.resolve("whole"), folder.resolve("cut"));
    }

    /// Dense parameters only, and no dropout: in this process, stopped after 100 steps as a kill there would leave it.
    @Test
    void aRunWithoutMemoryEndsWithTheSameBytes(@TempDir Path runs) throws Exception {
        Path corpus = Samples.corpus(runs);
        ObjectNode settings = Samples.settings();
        Samples.train(runs.resolve("whole"), corpus, settings);
        Samples.copy(runs.resolve("whole"), runs.resolve("cut"));
        delete(runs.resolve("cut").resolve(LAST));
        Files.delete(runs.resolve("cut/report.json"));
        assertTrue(Samples.resume(runs.resolve("cut")).contains("Resuming at step 100"));
        assertSame(runs.resolve("whole"), runs.resolve("cut"));
    }

    private interface Damage {
        void to(Path checkpoint) throws Exception;
    }

    private static void flip(Path file) throws Exception {
        byte[] bytes = Files.readAllBytes(file);
        bytes[bytes.length / 2] ^= 1;
        Files.write(file, bytes);
    }

    private static void truncate(Path file) throws Exception {
        byte[] bytes = Files.readAllBytes(file);
        Files.write(file, Arrays.copyOf(bytes, bytes.length - 1));
    }

    private static void delete(Path folder) throws Exception {
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
        }
        Files.delete(folder);
    }

    private static final Map<String, Damage> DAMAGES = Map.ofEntries(
            Map.entry("model.safetensors is not what was written", checkpoint -> flip(checkpoint.resolve("model.safetensors"))),
            Map.entry("optimizer.safetensors has ", checkpoint -> truncate(checkpoint.resolve("optimizer.safetensors"))),
            Map.entry("training.json is missing", checkpoint -> Files.delete(checkpoint.resolve("training.json"))),
            Map.entry("config.json has ", checkpoint -> edit(checkpoint, "bytes\" : ", "bytes\" : \"many\", \"more\" : ")),
            Map.entry("it has no manifest.json", checkpoint -> Files.delete(checkpoint.resolve("manifest.json"))),
            Map.entry("it has no manifest.json ", checkpoint -> {
                Files.delete(checkpoint.resolve("manifest.json"));
                Files.createDirectory(checkpoint.resolve("manifest.json"));
            }),
            Map.entry("it is not JSON at line ", checkpoint -> truncate(truncated(checkpoint.resolve("manifest.json")))),
            Map.entry("its manifest.json does not name ", checkpoint -> Files.writeString(checkpoint.resolve("manifest.json"), "{}")),
            Map.entry("it is not a JSON object", checkpoint -> Files.writeString(checkpoint.resolve("manifest.json"), "[]")),
            Map.entry("its manifest.json names a file that is none", checkpoint -> edit(checkpoint, "{", "{ \"a\\u0000b\": {},")),
            Map.entry("its manifest.json names a file that is none ", checkpoint -> edit(checkpoint, "{", "{ \"../../run.json\": {},")),
            Map.entry("it ", checkpoint -> Files.writeString(checkpoint.resolve("manifest.json"), "[".repeat(100_000))),
            Map.entry("it  ", checkpoint -> edit(checkpoint, "{", "{ \"a\": " + "9".repeat(2000) + ",")),
            Map.entry("it   ", checkpoint -> edit(checkpoint, "{", "{ \"" + "n".repeat(60_000) + "\": {},")),
            Map.entry("it is not UTF-8 text", checkpoint -> Files.write(checkpoint.resolve("manifest.json"), new byte[] {'{', (byte) 0xFF})));

    private static void edit(Path checkpoint, String what, String instead) throws Exception {
        Path manifest = checkpoint.resolve("manifest.json");
        Files.writeString(manifest, Files.readString(manifest).replaceFirst(Pattern.quote(what), Matcher.quoteReplacement(instead)));
    }

    private static Path truncated(Path file) throws Exception {
        truncate(file); // the end of the line
        return file;
    }

    @TestFactory
    Stream<DynamicTest> aDamagedCheckpointIsPassedOverForTheOneBefore(@TempDir Path runs) {
        return DAMAGES.entrySet().stream().map(each -> DynamicTest.dynamicTest(each.getKey(), () -> {
            Path run = Files.createTempDirectory(runs, "run").resolve("run");
            Samples.copy(folder.resolve("whole"), run);
            each.getValue().to(run.resolve(LAST));
            Mneme.Ended ended = Mneme.here(run, "usage", "--model", run.toString(), "--corpus", folder.resolve("corpus.txt").toString());
            assertEquals(0, ended.status(), ended.err());
            assertEquals(1, ended.err().lines().count(), ended.err());
            assertTrue(ended.err().startsWith("Passing over " + run.resolve(LAST) + ": " + each.getKey().strip()), ended.err());
        }));
    }

    @Test
    void aRunWithADamagedCheckpointGoesOnFromTheOneBefore() throws Exception {
        Samples.copy(folder.resolve("whole"), folder.resolve("damaged"));
        flip(folder.resolve("damaged").resolve(LAST).resolve("model.safetensors"));
        Mneme.Ended ended = Mneme.here(folder, "pretrain", "--resume", "--out", folder.resolve("damaged").toString());
        assertEquals(0, ended.status(), ended.err());
        assertEquals(1, ended.err().lines().count(), ended.err());
        assertTrue(ended.err().startsWith("Passing over " + folder.resolve("damaged").resolve(LAST)), ended.err());
        assertTrue(ended.out().contains("Resuming at step 100"), ended.out());
        assertSame(folder.resolve("whole"), folder.resolve("damaged"));
    }

    @Test
    void aRunWhoseCheckpointsAreAllDamagedIsRefusedAndLeftAlone() throws Exception {
        Path run = folder.resolve("ruined");
        Samples.copy(folder.resolve("whole"), run);
        for (String checkpoint : List.of("checkpoint-00000100", LAST)) {
            truncate(run.resolve(checkpoint).resolve("model.safetensors"));
        }
        Map<String, String> before = Samples.contents(run);
        Mneme.Ended ended = Mneme.run(folder, "pretrain", "--resume", "--out", "ruined");
        assertEquals(2, ended.status(), ended.err());
        List<String> lines = ended.err().lines().toList();
        assertEquals(3, lines.size(), ended.err());
        assertTrue(lines.get(0).startsWith("Passing over ruined/" + LAST + ": model.safetensors has "), ended.err());
        assertTrue(lines.get(1).startsWith("Passing over ruined/checkpoint-00000100: model.safetensors has "), ended.err());
        assertTrue(lines.get(2).startsWith("mneme: resume from ruined: none of its checkpoints is whole (model.safetensors has "), ended.err());
        assertTrue(lines.get(2).endsWith("; start the run again in another folder"), ended.err());
        assertEquals(before, Samples.contents(run));
    }

    /// Text of which nothing is to be predicted counts in no mean, and measures no memory: of snowmen the vocabulary knows nothing.
    @Test
    void whatHasNothingToPredictCountsInNoMean() throws Exception {
        Path plain = folder.resolve("plain");
        Samples.train(plain, Samples.corpus(folder), Samples.settings("steps", 10, "evaluate_every", 10, "checkpoint_every", 10));
        var lines = new java.util.ArrayList<>(java.util.Collections.nCopies(150, "\u2603 \u2603 \u2603 \u2603"));
        lines.addAll(Files.readAllLines(folder.resolve("corpus.txt")).subList(0, 50));
        Path mixed = Files.write(folder.resolve("mixed.txt"), lines);
        Path run = folder.resolve("mixed");
        var settings = Samples.settings("steps", 60, "evaluate_every", 60, "checkpoint_every", 60, "packed", false, "batch_size", 1, "learning_rate", 1e-9);
        Pretraining.start(run, new Pretraining.Request(List.of(mixed), plain, Samples.config(settings)), new PrintStream(OutputStream.nullOutputStream()))
                .run(() -> false);
        JsonNode last = Json.read(run.resolve("report.json")).path("arms").path(0).path("curve").path(1);
        double trained = last.path("train_loss").asDouble();
        double heldOut = last.path("mlm_loss").asDouble();
        assertTrue(Math.abs(trained - heldOut) < 0.25 * heldOut, "nothing was learnt, and the training loss is " + trained + ", the held-out " + heldOut);

        Path snow = Files.write(folder.resolve("snow.txt"), lines.subList(0, 20));
        Path nothing = folder.resolve("nothing");
        var without = Samples.withMemory(Samples.settings("steps", 2, "evaluate_every", 1, "checkpoint_every", 2, "packed", false));
        Pretraining.start(nothing, new Pretraining.Request(List.of(snow), plain, Samples.config(without)), new PrintStream(OutputStream.nullOutputStream()))
                .run(() -> false);
        assertTrue(Json.read(nothing.resolve("report.json")).path("arms").path(0).path("mlm_loss").isNull());
    }
}
