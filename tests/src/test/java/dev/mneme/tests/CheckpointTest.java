package dev.mneme.tests;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mneme.models.base.InputException;
import dev.mneme.models.base.internal.Json;
import dev.mneme.models.text.MaskedBatch;
import dev.mneme.models.text.Tokenizer;
import dev.mneme.models.text.Vocabulary;
import dev.mneme.models.train.Checkpoint;
import dev.mneme.models.train.LanguageObjective;
import dev.mneme.models.train.TrainConfig;
import dev.mneme.models.train.Trainer;
import dev.mneme.models.zoo.bert.BertConfig;
import dev.mneme.models.zoo.bert.BertForMaskedLM;
import dev.mneme.models.zoo.transformer.MemoryConfig;
import dev.mneme.pkm.ProductKeyConfig.QueryNorm;
import dev.mneme.pkm.ProductKeyConfig.ValueInit;
import dev.mneme.torch.Tensor;
import dev.mneme.torch.TensorScope;
import dev.mneme.torch.io.Safetensors;
import dev.mneme.torch.testing.Golden;
import dev.mneme.torch.testing.NoLeaks;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/// Checkpoints hold all of a run's state, in files that Hugging Face's tools read.
@ExtendWith(NoLeaks.class)
class CheckpointTest {
    private static final TrainConfig TRAIN = TrainConfig.constant(1e-3, 1e-3, 0, 0.01, 1);

    /// The sizes of Hugging Face's model in tests/golden.
    private static BertConfig config() throws IOException {
        return BertConfig.read(Golden.file("bert/config.json"));
    }

    private static BertConfig withMemory() throws IOException {
        return config().withMemory(
                new MemoryConfig(MemoryConfig.Mode.RESIDUAL, List.of(1), 2, 6, 4, 8, QueryNorm.BATCH, ValueInit.NORMAL));
    }

    private static Vocabulary vocabulary() {
        var tokens = new ArrayList<>(Vocabulary.SPECIALS);
        IntStream.range(tokens.size(), 60).forEach(i -> tokens.add("word" + i));
        return Vocabulary.of(tokens);
    }

    private static MaskedBatch batch(int step) {
        int[] ids = IntStream.range(0, 16).map(i -> 5 + (i * 7 + step) % 55).toArray();
        var real = new boolean[16];
        Arrays.fill(real, true);
        return new MaskedBatch(2, 8, ids, real, new int[] {1, 9}, new int[] {ids[2], ids[10]}, 16);
    }

    private static Checkpoint save(Path run, Trainer<MaskedBatch> trainer) throws IOException {
        try (Tokenizer tokenizer = Tokenizer.of(vocabulary())) {
            return Checkpoint.save(run, trainer, tokenizer, Json.object().put("note", "kept"));
        }
    }

    private static List<String> names(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    private static void assertSame(Map<String, Tensor> expected, Map<String, Tensor> actual) {
        assertEquals(expected.keySet(), actual.keySet());
        expected.forEach((name, tensor) -> {
            assertEquals(tensor.dtype(), actual.get(name).dtype(), name);
            assertArrayEquals(tensor.shape(), actual.get(name).shape(), name);
            assertArrayEquals(tensor.toDoubles(), actual.get(name).toDoubles(), name);
        });
    }

    @Test
    void aRestoredTrainerHasTheSameStateAndMakesTheSameStep(@TempDir Path run) throws IOException {
        try (var model = new BertForMaskedLM(withMemory(), 1); var trainer = new Trainer<>(new LanguageObjective(model), TRAIN, 1);
                var other = new BertForMaskedLM(withMemory(), 2); var restored = new Trainer<>(new LanguageObjective(other), TRAIN, 1)) {
            for (int i = 0; i < 3; i++) {
                trainer.step(batch(i));
            }
            Checkpoint saved = save(run, trainer);
            assertEquals("kept", saved.training().path("note").asText());
            Checkpoint.latest(run).orElseThrow().restore(restored, 3);
            assertSame(model.state(), other.state());
            assertSame(trainer.optimizerState(), restored.optimizerState());
            assertEquals(trainer.step(batch(3)), restored.step(batch(3)));
            assertSame(model.state(), other.state());
            assertEquals(4, restored.steps());
        }
    }

    @Test
    void theManifestHasTheSizeAndTheHashOfEveryOtherFile(@TempDir Path run) throws Exception {
        try (var model = new BertForMaskedLM(config(), 1); var trainer = new Trainer<>(new LanguageObjective(model), TRAIN, 1)) {
            Path folder = save(run, trainer).folder();
            ObjectNode manifest = Json.read(folder.resolve("manifest.json"));
            var files = new TreeSet<>(names(folder));
            assertTrue(files.remove("manifest.json"));
            assertEquals(files, new TreeSet<>(manifest.propertyStream().map(Map.Entry::getKey).toList()));
            for (String file : files) {
                byte[] bytes = Files.readAllBytes(folder.resolve(file));
                assertEquals(bytes.length, manifest.get(file).get("bytes").asLong(), file);
                assertEquals(HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes)),
                        manifest.get(file).get("sha256").asText(), file);
            }
        }
    }

    @Test
    void theLastTwoStay(@TempDir Path run) throws IOException {
        try (var model = new BertForMaskedLM(config(), 1); var trainer = new Trainer<>(new LanguageObjective(model), TRAIN, 1)) {
            for (int i = 0; i < 4; i++) {
                save(run, trainer);
                trainer.step(batch(i));
            }
            assertEquals(List.of("checkpoint-00000002", "checkpoint-00000003"), names(run));
        }
    }

    /// Egypt writes other digits, and a resumed run finds its checkpoints wherever it goes on.
    @Test
    void checkpointsHaveTheSameNamesInEveryLanguage(@TempDir Path run) throws IOException {
        Locale before = Locale.getDefault();
        Locale.setDefault(Locale.of("ar", "EG"));
        try (var model = new BertForMaskedLM(config(), 1); var trainer = new Trainer<>(new LanguageObjective(model), TRAIN, 1)) {
            save(run, trainer);
            assertEquals(List.of("checkpoint-00000000"), names(run));
        } finally {
            Locale.setDefault(before);
        }
        assertTrue(Checkpoint.latest(run).isPresent());
    }

    /// A run that is resumed and stopped at once: its only checkpoint is at no moment away.
    @Test
    void aCheckpointOfTheSameStepStaysAsItIs(@TempDir Path run) throws IOException {
        try (var model = new BertForMaskedLM(config(), 1); var trainer = new Trainer<>(new LanguageObjective(model), TRAIN, 1)) {
            Path manifest = save(run, trainer).folder().resolve("manifest.json");
            Object before = Files.readAttributes(manifest, BasicFileAttributes.class).fileKey();
            save(run, trainer);
            assertEquals(before, Files.readAttributes(manifest, BasicFileAttributes.class).fileKey());
            Files.writeString(manifest, "{");
            save(run, trainer);
            assertTrue(Checkpoint.latest(run).isPresent(), "a damaged one is written again");
        }
    }

    /// A run that was resumed from before a damaged checkpoint does not count that one.
    @Test
    void aDamagedCheckpointOfALaterStepTakesNoPlace(@TempDir Path run) throws IOException {
        try (var model = new BertForMaskedLM(config(), 1); var trainer = new Trainer<>(new LanguageObjective(model), TRAIN, 1)) {
            trainer.step(batch(0));
            save(run, trainer);
            Files.createDirectory(run.resolve("checkpoint-00000009"));
            trainer.step(batch(1));
            save(run, trainer);
            assertEquals(List.of("checkpoint-00000001", "checkpoint-00000002"), names(run));
        }
    }

    /// Against the files that Hugging Face's `save_pretrained` wrote for a model of these sizes.
    @Test
    void aModelIsSavedAsHuggingFaceSavesIt(@TempDir Path run) throws IOException {
        try (var scope = TensorScope.open(); var model = new BertForMaskedLM(config(), 1); var trainer = new Trainer<>(new LanguageObjective(model), TRAIN, 1)) {
            model.load(Golden.tensors("bert/model.safetensors"));
            Path folder = save(run, trainer).folder();
            assertEquals(List.of("config.json", "manifest.json", "model.safetensors", "optimizer.safetensors", "tokenizer_config.json", "training.json",
                    "vocab.txt"),
                    names(folder));
            try (var file = Safetensors.open(folder.resolve("model.safetensors"))) {
                assertSame(new TreeMap<>(Golden.tensors("bert/model.safetensors")), new TreeMap<>(file.tensors()));
                assertEquals(Map.of("format", "pt"), file.metadata());
            }
            ObjectNode theirs = Json.read(Golden.file("bert/config.json"));
            ObjectNode ours = Json.read(folder.resolve("config.json"));
            assertEquals("absolute", ours.remove("position_embedding_type").asText()); // transformers 5 left the choice, and the name, out
            ours.propertyStream().forEach(each -> assertEquals(theirs.get(each.getKey()), each.getValue(), each.getKey()));
            assertTrue(ours.size() >= 15, "names in common: " + ours.size());
            assertEquals(vocabulary().tokens(), Files.readAllLines(folder.resolve("vocab.txt")));
        }
    }

    @Test
    void aStateOfOtherShapesIsRefused() throws IOException {
        try (var scope = TensorScope.open(); var model = new BertForMaskedLM(config(), 1); var trainer = new Trainer<>(new LanguageObjective(model), TRAIN, 1)) {
            var state = new TreeMap<>(trainer.optimizerState());
            String name = "bert.embeddings.LayerNorm.weight.exp_avg";
            state.put(name, Tensor.of(new float[] {0}, 1)); // which copy_ would spread over all
            IllegalArgumentException mistake = assertThrows(IllegalArgumentException.class, () -> trainer.restore(state, 1));
            assertTrue(mistake.getMessage().contains("the saved " + name + " has shape [1], and [24] is needed"), mistake.getMessage());
        }
    }

    @Test
    void aStateOfAnotherModelIsRefused(@TempDir Path run) throws IOException {
        try (var model = new BertForMaskedLM(config(), 1); var trainer = new Trainer<>(new LanguageObjective(model), TRAIN, 1);
                var other = new BertForMaskedLM(withMemory(), 1); var wider = new Trainer<>(new LanguageObjective(other), TRAIN, 1)) {
            Checkpoint saved = save(run, trainer);
            InputException mistake = assertThrows(InputException.class, () -> saved.restore(wider, 0));
            assertEquals("resume from " + saved.folder(), mistake.asked());
            assertTrue(mistake.found().contains("memory"), mistake.found());
            assertEquals("resume with the configuration of the run", mistake.remedy());
        }
    }
}
