package dev.mneme.tests;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mneme.models.base.internal.Json;
import dev.mneme.models.train.PretrainConfig;
import dev.mneme.models.train.Pretraining;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;

/// Small texts, settings and runs.
final class Samples {
    private static final List<String> WORDS = List.of("the", "cat", "dog", "sat", "on", "mat", "red", "blue", "house", "ran", "to",
            "a", "tree", "bird", "sang", "of", "sun");

    /// A model of some 10,000 parameters, without memory, and a run of 200 steps that saves at 100.
    private static final Map<String, Object> SETTINGS = Map.ofEntries(Map.entry("steps", 200), Map.entry("batch_size", 16),
            Map.entry("sequence_length", 32), Map.entry("vocabulary_size", 60), Map.entry("held_out_share", 0.1),
            Map.entry("hidden_size", 32), Map.entry("num_hidden_layers", 1), Map.entry("num_attention_heads", 2),
            Map.entry("intermediate_size", 64), Map.entry("warmup_steps", 20), Map.entry("evaluate_every", 50),
            Map.entry("checkpoint_every", 100), Map.entry("threads", 1));

    private static final Map<String, Object> MEMORY = Map.of("memory_mode", "residual", "memory_layers", List.of(0), "memory_heads", 2,
            "memory_sub_keys", 8, "memory_neighbours", 4, "memory_query_width", 8);

    /// Two hundred lines of ten words each.
    static Path corpus(Path folder) throws IOException {
        var random = new Random(1);
        var lines = new ArrayList<String>();
        for (int i = 0; i < 200; i++) {
            lines.add(String.join(" ", Stream.generate(() -> WORDS.get(random.nextInt(WORDS.size()))).limit(10).toList()) + ".");
        }
        return Files.write(folder.resolve("corpus.txt"), lines).toAbsolutePath();
    }

    /// The settings with some changed: names and values in turn.
    static ObjectNode settings(Object... changes) {
        ObjectNode node = Json.object();
        SETTINGS.forEach(node::putPOJO);
        for (int i = 0; i < changes.length; i += 2) {
            node.putPOJO((String) changes[i], changes[i + 1]);
        }
        return node;
    }

    /// The same with a residual memory of 64 slots.
    static ObjectNode withMemory(ObjectNode settings) {
        MEMORY.forEach(settings::putPOJO);
        return settings;
    }

    static Path write(Path file, ObjectNode settings) throws IOException {
        return Files.writeString(file, settings.toString());
    }

    static PretrainConfig config(ObjectNode settings) throws IOException {
        ObjectNode merged = Json.tree(PretrainConfig.DEFAULT);
        merged.setAll((ObjectNode) new ObjectMapper().readTree(settings.toString()));
        return Json.convert(merged, PretrainConfig.class, "the test");
    }

    /// Trains in this process to the end.
    ///
    /// @return what was printed
    static String train(Path run, Path corpus, ObjectNode settings) throws IOException {
        var printed = new ByteArrayOutputStream();
        var out = new PrintStream(printed, true, StandardCharsets.UTF_8);
        Pretraining.start(run, new Pretraining.Request(List.of(corpus), null, config(settings)), out).run(() -> false);
        return printed.toString(StandardCharsets.UTF_8);
    }

    /// Goes on in this process to the end.
    ///
    /// @return what was printed
    static String resume(Path run) throws IOException {
        var printed = new ByteArrayOutputStream();
        Pretraining.resume(run, new PrintStream(printed, true, StandardCharsets.UTF_8)).run(() -> false);
        return printed.toString(StandardCharsets.UTF_8);
    }

    /// Every path below a folder with what it holds: the same before and after where nothing was written.
    static Map<String, String> contents(Path folder) throws IOException {
        var contents = new TreeMap<String, String>();
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.toList()) {
                contents.put(folder.relativize(file).toString(), Files.isDirectory(file) ? "a folder"
                        : Files.readString(file, StandardCharsets.ISO_8859_1));
            }
        }
        return contents;
    }

    static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.toList()) {
                Files.copy(file, to.resolve(from.relativize(file)));
            }
        }
    }

    private Samples() {}
}
