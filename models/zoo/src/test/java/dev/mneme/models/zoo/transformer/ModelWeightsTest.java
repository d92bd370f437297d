package dev.mneme.models.zoo.transformer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.mneme.models.base.InputException;
import dev.mneme.models.zoo.AutoModel;
import dev.mneme.models.zoo.bert.BertConfig;
import dev.mneme.models.zoo.bert.BertForMaskedLM;
import dev.mneme.pkm.ProductKeyConfig;
import dev.mneme.torch.Tensor;
import dev.mneme.torch.TensorScope;
import dev.mneme.torch.io.Safetensors;
import dev.mneme.torch.io.TensorFileException;
import dev.mneme.torch.testing.Golden;
import dev.mneme.torch.testing.NoLeaks;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Files as PyTorch and transformers write them, all of the one model in `bert/`.
@ExtendWith(NoLeaks.class)
class ModelWeightsTest {
    @TempDir
    private Path folder;

    private static Path form(String name) {
        return Golden.file("checkpoints/" + name);
    }

    private static BertForMaskedLM fresh() throws IOException {
        return new BertForMaskedLM(BertConfig.read(Golden.file("bert/config.json")), 5);
    }

    @ParameterizedTest
    @CsvSource({"bert-bin, 0", "bert-tensorflow-names, 0", "bert-sharded, 0", "bert-float16, 2e-3"})
    void everyFormHasTheSameWeights(String name, double tolerance) throws IOException {
        try (var scope = TensorScope.open(); var model = BertForMaskedLM.read(form(name))) {
            Map<String, Tensor> expected = Golden.tensors("bert/model.safetensors");
            assertEquals(expected.keySet(), model.state().keySet());
            expected.forEach((parameter, tensor) -> Golden.assertClose(tensor, model.state().get(parameter), tolerance, parameter));
        }
    }

    @Test
    void headsOfOtherTasksAreNamedAndPassedOver() throws IOException {
        try (var model = fresh()) {
            ModelWeights.Differences found = model.startFrom(form("bert-tensorflow-names"));
            assertEquals(Set.of(), found.missing());
            assertEquals(Set.of("bert.pooler.dense.bias", "bert.pooler.dense.weight", "cls.seq_relationship.bias", "cls.seq_relationship.weight"),
                    found.unexpected());
        }
    }

    @Test
    void aBaseModelLacksItsHead() throws IOException {
        try (var scope = TensorScope.open(); var model = fresh()) {
            ModelWeights.Differences found = model.startFrom(form("bert-base"));
            assertEquals(Set.of("cls.predictions.bias", "cls.predictions.transform.LayerNorm.bias", "cls.predictions.transform.LayerNorm.weight",
                    "cls.predictions.transform.dense.bias", "cls.predictions.transform.dense.weight"), found.missing());
            assertEquals(Set.of("bert.pooler.dense.bias", "bert.pooler.dense.weight"), found.unexpected());
            String name = "bert.encoder.layer.1.output.dense.weight";
            Golden.assertClose(Golden.tensors("bert/model.safetensors").get(name), model.state().get(name), 0, name);
        }
        String message = assertThrows(InputException.class, () -> BertForMaskedLM.read(form("bert-base"))).getMessage();
        assertTrue(message.contains("it lacks [cls.predictions.bias, ") && message.contains("give a whole BertForMaskedLM"), message);
    }

    @Test
    void aShapeThatDiffersNamesBothShapesAndNothingIsLoaded() throws IOException {
        var wide = BertConfig.read(Golden.file("bert/config.json")).withIntermediateSize(50);
        try (var scope = TensorScope.open(); var model = new BertForMaskedLM(wide, 5)) {
            double[] before = model.state().get("bert.embeddings.word_embeddings.weight").toDoubles();
            String message = assertThrows(InputException.class, () -> model.load(form("bert-bin"))).getMessage();
            assertTrue(message.contains("intermediate.dense.weight has shape [48, 24] there, and [50, 24] in the model"), message);
            assertArrayEquals(before, model.state().get("bert.embeddings.word_embeddings.weight").toDoubles());
        }
    }

    @Test
    void aSavedModelIsNamedAsTransformersNamesIt() throws IOException {
        for (String name : List.of("roberta", "bert-sharded")) {
            Path to = Files.createDirectories(folder.resolve(name));
            try (var scope = TensorScope.open(); var model = BertForMaskedLM.read(form(name))) {
                model.save(to);
                try (var saved = Safetensors.open(to.resolve("model.safetensors"));
                        var original = Safetensors.open(name.equals("roberta") ? form(name).resolve("model.safetensors")
                                : Golden.file("bert/model.safetensors"))) {
                    assertEquals(original.entries().keySet(), saved.entries().keySet());
                    for (String parameter : saved.entries().keySet()) {
                        assertTrue(original.tensor(parameter).equal(saved.tensor(parameter)), parameter);
                    }
                }
                assertEquals(BertConfig.read(form(name).resolve("config.json")), BertConfig.read(to.resolve("config.json")));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"absent", "elsewhere", "gone", "damaged", "no map"})
    void aDamagedIndexIsRefused(String damage) throws IOException {
        try (var files = Files.list(form("bert-sharded"))) {
            for (Path each : files.toList()) {
                Files.copy(each, folder.resolve(each.getFileName()));
            }
        }
        Path index = folder.resolve("model.safetensors.index.json");
        String json = Files.readString(index);
        String first = json.substring(json.indexOf("model-00001"), json.indexOf('"', json.indexOf("model-00001")));
        String expected = switch (damage) {
            case "absent" -> {
                Files.delete(folder.resolve(first));
                yield "which is not beside it";
            }
            case "elsewhere" -> {
                Files.writeString(index, json.replace(first, "../" + first));
                yield "which is no name of a file beside it";
            }
            case "gone" -> {
                Files.writeString(index, json.replace("\"weight_map\": {", "\"weight_map\": {\"new.weight\": \"" + first + "\","));
                yield "tensor new.weight should be in " + first + ", and is not";
            }
            case "damaged" -> {
                Files.writeString(index, json.substring(0, json.length() / 2));
                yield "it is not JSON";
            }
            default -> {
                Files.writeString(index, "{}");
                yield "it has no weight_map";
            }
        };
        String message = assertThrows(TensorFileException.class, () -> BertForMaskedLM.read(folder)).getMessage();
        assertTrue(message.contains(expected), message);
    }

    private static Path source(String name) {
        return name.equals("roberta") ? form(name) : Golden.file(name);
    }

    private void rename(String name, UnaryOperator<String> renaming) throws IOException {
        Files.copy(source(name).resolve("config.json"), folder.resolve("config.json"), StandardCopyOption.REPLACE_EXISTING);
        try (var scope = TensorScope.open(); var file = Safetensors.open(source(name).resolve("model.safetensors"))) {
            var renamed = new LinkedHashMap<String, Tensor>();
            file.tensors().forEach((each, tensor) -> renamed.put(renaming.apply(each), tensor));
            Safetensors.write(folder.resolve("model.safetensors"), renamed, Map.of());
        }
    }

    private List<String> loadsAsBefore(String name) throws IOException {
        try (var scope = TensorScope.open(); TransformerModel expected = AutoModel.read(source(name)); TransformerModel model = AutoModel.unloaded(folder);
                var weights = ModelWeights.open(folder, AutoModel.architecture(folder))) {
            ModelWeights.Differences found = weights.load(model);
            assertEquals(Set.of(), found.missing());
            expected.state().forEach((each, tensor) -> assertTrue(tensor.equal(model.state().get(each)), each));
            return found.remarks();
        }
    }

    /// As `safetensors.torch.save_model` leaves them: it keeps the first of a tensor's names in the order of the alphabet.
    @ParameterizedTest
    @CsvSource({"gpt, transformer.wte.weight, lm_head.weight", "roberta, roberta.embeddings.word_embeddings.weight, lm_head.decoder.weight",
        "roberta, lm_head.bias, lm_head.decoder.bias", "bert, bert.embeddings.word_embeddings.weight, cls.predictions.decoder.weight",
        "bert, cls.predictions.bias, cls.predictions.decoder.bias"})
    void ofTiedWeightsEitherNameIsEnough(String name, String usual, String other) throws IOException {
        rename(name, each -> each.equals(usual) ? other : each);
        List<String> remarks = loadsAsBefore(name);
        assertEquals(1, remarks.size());
        assertTrue(remarks.getFirst().startsWith(other + " in " + folder + " stands for ") && remarks.getFirst().endsWith(" too: they are tied"), remarks.getFirst());
    }

    @Test
    void tiedWeightsThatDifferAreRefused() throws IOException {
        Files.copy(Golden.file("gpt/config.json"), folder.resolve("config.json"));
        try (var scope = TensorScope.open(); var file = Safetensors.open(Golden.file("gpt/model.safetensors"))) {
            Map<String, Tensor> tensors = new LinkedHashMap<>(file.tensors());
            tensors.put("lm_head.weight", tensors.get("transformer.wte.weight").add(1));
            Safetensors.write(folder.resolve("model.safetensors"), tensors, Map.of());
        }
        String message = assertThrows(InputException.class, () -> AutoModel.read(folder)).getMessage();
        assertEquals("read the weights in " + folder + ": they have transformer.wte.weight and lm_head.weight with other values, and the model has one for"
                + " both; take out of the file the one that is not meant: each of the two names is enough", message);
    }

    @ParameterizedTest
    @ValueSource(strings = {"module.", "_orig_mod.", "_orig_mod.module."})
    void prefixesOfPyTorchsWrappersAreReadOverAndTold(String prefix) throws IOException {
        for (String name : List.of("gpt", "bert", "roberta")) {
            rename(name, prefix::concat);
            assertEquals(List.of("The names in " + folder + " begin with " + prefix + ", which a wrapper of PyTorch put there: read without it"),
                    loadsAsBefore(name));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"pytorch_model.bin", "model.safetensors"})
    void aDamagedFileIsToldInOneSentence(String name) throws IOException {
        Path from = name.endsWith(".bin") ? form("bert-bin") : Golden.file("bert");
        Files.copy(from.resolve("config.json"), folder.resolve("config.json"));
        byte[] whole = Files.readAllBytes(from.resolve(name));
        for (int length : new int[] {0, 1, 22, 100, whole.length / 2, whole.length - 30, whole.length - 1}) {
            Files.write(folder.resolve(name), Arrays.copyOf(whole, length));
            Exception told = assertThrows(Exception.class, () -> BertForMaskedLM.read(folder));
            assertTrue(told instanceof InputException || told instanceof TensorFileException, told.toString());
            assertTrue(told.getMessage().contains(folder.toString()), told.getMessage());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"a\\u0000b.safetensors", "../model.safetensors", "/etc/passwd", "", ".", "config.json"})
    void anIndexNamesFilesBesideIt(String name) throws IOException {
        Files.copy(form("bert-sharded").resolve("config.json"), folder.resolve("config.json"));
        Files.writeString(folder.resolve("model.safetensors.index.json"), "{\"weight_map\": {\"bert.embeddings.LayerNorm.weight\": \"" + name + "\"}}");
        Exception told = assertThrows(Exception.class, () -> BertForMaskedLM.read(folder));
        assertTrue(told instanceof InputException || told instanceof TensorFileException, told.toString());
        assertTrue(told.getMessage().contains(folder.toString()), told.getMessage());
    }

    @Test
    void aFolderWithoutWeightsSaysWhatWasLookedFor() throws IOException {
        Files.copy(form("bert-bin").resolve("config.json"), folder.resolve("config.json"));
        String message = assertThrows(InputException.class, () -> BertForMaskedLM.read(folder)).getMessage();
        assertEquals("read the weights in " + folder + ": it has none of [model.safetensors, model.safetensors.index.json, pytorch_model.bin, "
                + "pytorch_model.bin.index.json]; give the folder of a model", message);
    }

    @Test
    void aMemoryIsKeptUnderRobertasNames() throws IOException {
        var memory = new MemoryConfig(MemoryConfig.Mode.RESIDUAL, List.of(1), 2, 6, 4, 8, ProductKeyConfig.QueryNorm.BATCH,
                ProductKeyConfig.ValueInit.NORMAL);
        var names = new LinkedHashMap<String, Tensor>();
        try (var scope = TensorScope.open();
                var model = new BertForMaskedLM(BertConfig.read(form("roberta").resolve("config.json")).withMemory(memory), 5)) {
            model.startFrom(form("roberta"));
            model.save(folder);
            names.putAll(model.state());
            try (var again = BertForMaskedLM.read(folder); var file = Safetensors.open(folder.resolve("model.safetensors"))) {
                assertTrue(file.entries().containsKey("roberta.encoder.layer.1.memory.values.weight"));
                names.forEach((name, tensor) -> assertTrue(tensor.equal(again.state().get(name)), name));
            }
        }
    }
}
