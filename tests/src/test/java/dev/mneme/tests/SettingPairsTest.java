package dev.mneme.tests;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mneme.models.base.InputException;
import dev.mneme.models.base.internal.Json;
import dev.mneme.models.base.internal.Setting;
import dev.mneme.models.train.Checkpoint;
import dev.mneme.models.train.PretrainConfig;
import dev.mneme.models.train.Pretraining;
import dev.mneme.models.train.tasks.FineTuneConfig;
import dev.mneme.models.train.tasks.FineTuning;
import dev.mneme.models.train.tasks.Task;
import dev.mneme.torch.DType;
import dev.mneme.torch.testing.NoLeaks;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/// Any two settings go together: a training with them makes its steps, and resumed ends with the same bytes; or it is refused by one sentence.
@ExtendWith(NoLeaks.class)
class SettingPairsTest {
    private static final PrintStream QUIET = new PrintStream(OutputStream.nullOutputStream(), true, StandardCharsets.UTF_8);
    private static final int RESUMED = 3; // every so manieth row is also cut in two

    @TempDir
    private static Path folder;

    private static Path corpus;

    @BeforeAll
    static void write() throws IOException {
        corpus = Samples.corpus(folder);
        Files.write(folder.resolve("small.txt"), Files.readAllLines(corpus).subList(0, 40));
    }

    private interface Training {
        void run(Path run, boolean resume, BooleanSupplier stop) throws IOException;
    }

    /// All settings of a record that have few values.
    private static Map<String, List<Object>> few(Record defaults) {
        var settings = new LinkedHashMap<String, List<Object>>();
        for (Setting setting : Setting.of(defaults.getClass())) {
            String name = setting.name();
            if (setting.type() == boolean.class || setting.type() == Boolean.class) {
                settings.put(name, List.of(false, true));
            } else if (setting.type() == DType.class) {
                settings.put(name, List.of("float32", "bfloat16"));
            } else if (setting.type().isEnum()) {
                settings.put(name, Arrays.stream(setting.type().getEnumConstants()).map(each -> (Object) each.toString().toLowerCase(Locale.ROOT)).toList());
            }
        }
        return settings;
    }

    private static <T extends Record> T config(T defaults, ObjectNode base, Map<String, Object> row, Class<T> type) {
        ObjectNode merged = Json.tree(defaults);
        merged.setAll(base);
        row.forEach(merged::putPOJO);
        return Json.convert(Json.tree(merged), type, "the row");
    }

    private static boolean isPossible(Runnable config) {
        try {
            config.run();
            return true;
        } catch (InputException e) {
            return false;
        }
    }

    /// Stops a run when a step is saved. It is not to come to its end, whose report would take most of the time.
    private static BooleanSupplier after(Path run, int step) {
        return () -> Files.exists(run.resolve("checkpoint-0000000" + step));
    }

    private static void check(int number, Map<String, Object> row, Training training, Path runs) throws IOException {
        String which = "row " + number + ": " + row;
        Path whole = runs.resolve("whole-" + number);
        try {
            training.run(whole, false, after(whole, 2));
        } catch (InputException e) {
            assertTrue(Files.notExists(whole), "something was written by a run that was refused: " + which + ": " + e.getMessage());
            throw new AssertionError("refused, though its settings are not: " + which, e);
        } catch (RuntimeException e) {
            throw new AssertionError(which, e);
        }
        Path last = Checkpoint.latest(whole).orElseThrow().folder();
        for (JsonNode point : Json.read(last.resolve("training.json")).path("curve")) {
            assertTrue(Double.isFinite(point.path("mlm_loss").asDouble(Double.NaN)), which + ": " + point);
        }
        if (number % RESUMED == 0) {
            Path cut = runs.resolve("cut-" + number);
            training.run(cut, false, after(cut, 1));
            assertTrue(Files.notExists(cut.resolve(last.getFileName())), which);
            training.run(cut, true, after(cut, 2));
            for (String file : List.of("model.safetensors", "optimizer.safetensors", "training.json")) {
                assertArrayEquals(Files.readAllBytes(last.resolve(file)), Files.readAllBytes(cut.resolve(last.getFileName()).resolve(file)),
                        file + " of " + which);
            }
        }
    }

    @Test
    void pretrainingWithAnyTwoSettings(@TempDir Path runs) throws IOException {
        ObjectNode base = Json.object().put("steps", 4).put("batch_size", 4).put("sequence_length", 16).put("vocabulary_size", 60)
                .put("held_out_share", 0.1).put("hidden_size", 16).put("num_hidden_layers", 2).put("num_attention_heads", 2)
                .put("intermediate_size", 32).put("memory_heads", 2).put("memory_sub_keys", 4).put("memory_neighbours", 2)
                .put("memory_query_width", 4).put("warmup_steps", 0).put("evaluate_every", 1).put("checkpoint_every", 1).put("threads", 1);
        Map<String, List<Object>> settings = few(PretrainConfig.DEFAULT);
        settings.put("value_training", List.of("all", "frozen")); // frequent is refused with anything: SettingsTest
        settings.put("memory_layers", List.of(List.of(0), List.of(0, 1)));
        settings.put("dropout", List.of(0.0, 0.1));
        settings.put("clip_norm", List.of(0.0, 1.0));
        settings.put("gradient_accumulation_steps", List.of(1, 2));
        settings.put("value_weight_decay", List.of(0.0, 0.1));
        AllPairs.Table table = AllPairs.of(settings, row -> isPossible(() -> config(PretrainConfig.DEFAULT, base, row, PretrainConfig.class)));
        assertEquals(List.of("value_optimizer dense, value_row_wise true", "value_optimizer dense, value_per_row_correction true"),
                table.impossible().stream().map(AllPairs.Pair::toString).toList());
        for (int i = 0; i < table.rows().size(); i++) {
            PretrainConfig config = config(PretrainConfig.DEFAULT, base, table.rows().get(i), PretrainConfig.class);
            var request = new Pretraining.Request(List.of(folder.resolve("small.txt")), null, config);
            check(i, table.rows().get(i), (run, resume, stop) ->
                    (resume ? Pretraining.resume(run, QUIET) : Pretraining.start(run, request, QUIET)).run(stop), runs);
        }
    }

    @Test
    void fineTuningWithAnyTwoSettings(@TempDir Path runs) throws IOException {
        ObjectNode base = Json.object().put("batch_size", 4).put("max_length", 24).put("doc_stride", 4).put("max_question_length", 6)
                .put("evaluate_every", 1).put("checkpoint_every", 1).put("threads", 1);
        var starts = new TreeMap<String, Path>();
        for (String start : List.of("none", "residual", "shared")) {
            ObjectNode own = Samples.settings("steps", 2, "evaluate_every", 2, "checkpoint_every", 2, "dropout", 0.1, "num_hidden_layers", 2);
            if (!start.equals("none")) {
                Samples.withMemory(own).putPOJO("memory_layers", List.of(0, 1)).put("memory_shared_values", start.equals("shared"));
            }
            starts.put(start, runs.resolve("from-" + start));
            Samples.train(starts.get(start), corpus, own);
        }
        Map<String, Task> tasks = Map.of("classification", Task.CLASSIFICATION, "regression", Task.REGRESSION, "tagging", Task.TAGGING,
                "squad2", Task.SQUAD2, "sst2", Task.SST2);
        Path glue = TaskSamples.sst2(runs);
        for (String part : List.of("train.tsv", "dev.tsv")) {
            Files.write(glue.resolve(part), Files.readAllLines(glue.resolve(part)).subList(0, 9));
        }
        Map<String, Path> data = Map.of("classification", TaskSamples.csv(runs.resolve("classes.csv"), 8, 1, List.of("bad", "good")),
                "regression", TaskSamples.csv(runs.resolve("scores.csv"), 8, 1, List.of("1.5", "4")),
                "tagging", TaskSamples.tagged(runs.resolve("tags.jsonl"), 8, 1), "squad2", TaskSamples.squad(runs.resolve("squad.json"), 8, 1, true),
                "sst2", glue);
        Map<String, List<Object>> settings = few(FineTuneConfig.DEFAULT);
        settings.put("task", new ArrayList<>(new TreeMap<>(tasks).keySet()));
        settings.put("from", new ArrayList<>(starts.keySet()));
        settings.put("clip_norm", List.of(0.0, 1.0));
        settings.put("gradient_accumulation_steps", List.of(1, 2));
        settings.put("warmup_share", List.of(0.0, 0.5));
        AllPairs.Table table = AllPairs.of(settings, row -> isPossible(() -> config(FineTuneConfig.DEFAULT, base, own(row), FineTuneConfig.class))
                && !(row.get("from").equals("none") && row.get("value_training").equals("frequent")));
        assertEquals(List.of("value_training frequent, from none"), table.impossible().stream().map(AllPairs.Pair::toString).toList());
        for (int i = 0; i < table.rows().size(); i++) {
            Map<String, Object> row = table.rows().get(i);
            String task = (String) row.get("task");
            base.put("epochs", row.get("gradient_accumulation_steps").equals(1) ? 2 : 4); // four steps, or more
            base.put("text_column", task.equals("tagging") ? "words" : "review").put("label_column", task.equals("tagging") ? "tags" : "stars");
            FineTuneConfig config = config(FineTuneConfig.DEFAULT, base, own(row), FineTuneConfig.class);
            var request = new FineTuning.Request(tasks.get(task), starts.get(row.get("from")), data.get(task), data.get(task), config);
            check(i, row, (run, resume, stop) -> (resume ? FineTuning.resume(run, QUIET) : FineTuning.start(run, request, QUIET)).run(stop), runs);
        }
    }

    /// The settings of a row without what is none.
    private static Map<String, Object> own(Map<String, Object> row) {
        var own = new LinkedHashMap<>(row);
        own.keySet().removeAll(List.of("task", "from"));
        return own;
    }
}
