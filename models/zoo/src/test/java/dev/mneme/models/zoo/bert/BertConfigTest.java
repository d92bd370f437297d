package dev.mneme.models.zoo.bert;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.mneme.models.base.InputException;
import dev.mneme.models.base.internal.Json;
import dev.mneme.models.zoo.transformer.Architecture;
import dev.mneme.models.zoo.transformer.MemoryConfig;
import dev.mneme.models.zoo.transformer.MemoryConfig.Mode;
import dev.mneme.pkm.ProductKeyConfig.Gate;
import dev.mneme.pkm.ProductKeyConfig.QueryNorm;
import dev.mneme.pkm.ProductKeyConfig.ValueInit;
import dev.mneme.torch.testing.Golden;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BertConfigTest {
    private static final BertConfig TINY = BertConfig.of(60, 24, 2, 3, 48, 20);
    private static final MemoryConfig MEMORY =
            new MemoryConfig(Mode.RESIDUAL, List.of(0, 1), 2, 6, 4, 8, QueryNorm.LAYER, ValueInit.ZERO);

    @TempDir
    Path folder;

    private BertConfig read(String json) throws IOException {
        return BertConfig.read(Files.writeString(folder.resolve("config.json"), json));
    }

    private void refused(String json, String message) {
        var e = assertThrows(InputException.class, () -> read(json));
        assertEquals(message, e.getMessage().replace(folder + "/", ""));
    }

    private static void refused(Executable made, String message) {
        assertEquals(message, assertThrows(InputException.class, made).getMessage());
    }

    @Test
    void aFileOfTransformersIsRead() throws IOException {
        assertEquals(TINY, BertConfig.read(Golden.file("bert/config.json")));
    }

    @Test
    void whatIsWrittenIsReadAgain() throws IOException {
        Path file = folder.resolve("config.json");
        for (Architecture architecture : List.of(Architecture.BERT, Architecture.ROBERTA)) {
            var odd = new BertConfig(architecture, 61, 26, 3, 2, 49, 21, 4, 0.25, 0.125, 1e-7, 0.03, 5, null);
            for (MemoryConfig memory : new MemoryConfig[] {null, MEMORY, MEMORY.withMode(Mode.REPLACE)}) {
                odd.withMemory(memory).write(file, "ForMaskedLM", Json.object());
                assertEquals(odd.withMemory(memory), BertConfig.read(file));
            }
        }
    }

    @Test
    void theNamesAreThoseOfTransformers() throws IOException {
        var json = new ObjectMapper();
        JsonNode golden = json.readTree(Golden.file("bert/config.json").toFile());
        Path file = folder.resolve("config.json");
        TINY.withMemory(MEMORY).write(file, "ForMaskedLM", Json.object());
        JsonNode written = json.readTree(file.toFile());

        var own = new TreeSet<String>();
        written.properties().forEach(field -> {
            if (!golden.has(field.getKey())) {
                own.add(field.getKey());
            } else {
                assertEquals(golden.get(field.getKey()), field.getValue(), field.getKey());
            }
        });
        // transformers 4 writes position_embedding_type and 5, which made the golden file, no longer does
        assertEquals(Set.of("mneme_memory", "position_embedding_type"), own);
        assertEquals(json.readTree("""
                {"mode": "residual", "layers": [0, 1], "heads": 2, "sub_keys": 6, "neighbours": 4, "query_width": 8,
                 "query_norm": "layer", "value_init": "zero", "value_dtype": "float32",
                 "shared_values": false, "gated": "none"}"""), written.get("mneme_memory"));
        TINY.write(file, "ForMaskedLM", Json.object());
        assertFalse(json.readTree(file.toFile()).has("mneme_memory"));
    }

    @Test
    void gatesOfOlderFilesMeanWhatTheyMeant() throws IOException {
        String fine = "{\"mneme_memory\": {\"mode\": \"residual\", \"layers\": [1], \"heads\": 2, \"sub_keys\": 6, \"neighbours\": 4,"
                + " \"query_width\": 8, \"query_norm\": \"batch\", \"value_init\": \"normal\"%s}}";
        assertEquals(Gate.NONE, read(fine.replace("%s", "")).memory().gated());
        assertEquals(Gate.NONE, read(fine.replace("%s", ", \"gated\": false")).memory().gated());
        assertEquals(Gate.SILU, read(fine.replace("%s", ", \"gated\": true")).memory().gated());
        assertEquals(Gate.MEMORY_PLUS, read(fine.replace("%s", ", \"gated\": \"memory_plus\"")).memory().gated());
        var e = assertThrows(InputException.class, () -> read(fine.replace("%s", ", \"gated\": \"gelu\"")));
        assertTrue(e.getMessage().endsWith(": gated is \"gelu\"; give one of [none, silu, memory_plus]"), e::getMessage);
    }

    @Test
    void absentNamesHaveTheDefaultsOfTransformers() throws IOException {
        BertConfig base = read("{}"); // bert-base-uncased
        assertEquals(new BertConfig(Architecture.BERT, 30522, 768, 12, 12, 3072, 512, 2, 0.1, 0.1, 1e-12, 0.02, 0, null), base);
        assertNull(base.memory());
        BertConfig roberta = read("{\"model_type\": \"roberta\", \"max_position_embeddings\": 514}"); // as roberta-base has it
        assertEquals(1, roberta.padTokenId());
        assertEquals(50265, roberta.vocabSize());
        assertEquals(512, roberta.positions());
    }

    @Test
    void modelsOfAnotherKindAreRefused() {
        refused("{\"hidden_act\": \"relu\"}", "read config.json: hidden_act is relu; give a model whose hidden_act is gelu");
        refused("{\"hidden_act\": \"gelu_new\"}", "read config.json: hidden_act is gelu_new; give a model whose hidden_act is gelu");
        refused("{\"model_type\": \"gpt2\"}", "read config.json: model_type is gpt2; give a model whose model_type is bert or roberta");
        refused("{\"is_decoder\": true}", "read config.json: is_decoder is true; give a model whose is_decoder is false");
        refused("{\"architectures\": [\"BertForMaskedLM\"], \"tie_word_embeddings\": false}",
                "read config.json: tie_word_embeddings is false; give a model whose tie_word_embeddings is true");
        refused("{\"position_embedding_type\": \"relative_key\"}", "read config.json: position_embedding_type is relative_key;"
                + " give a model whose position_embedding_type is absolute");
    }

    @Test
    void aFileThatIsNoConfigurationIsRefused() {
        refused(() -> BertConfig.read(Path.of("none/config.json")), "read none/config.json: there is no such file or folder; check the path");
        refused("[1]", "read config.json: it is not a JSON object; write it as { \"name\": value, … }");
        var e = assertThrows(InputException.class, () -> read("{\"hidden_size\": 24,\n \"vocab_size\" 60}"));
        assertTrue(e.found().startsWith("it is not JSON at line 2, column "), e::found);
    }

    @Test
    void valuesOfTheWrongKindAreRefusedAndNotReplacedByDefaults() {
        refused("{\"hidden_size\": \"wide\"}", "read config.json: hidden_size is \"wide\"; give a whole number");
        refused("{\"hidden_size\": 24.5}", "read config.json: hidden_size is 24.5; give a whole number");
        refused("{\"vocab_size\": 4294967356}", "read config.json: vocab_size is 4294967356; give a whole number up to 2147483647");
        refused("{\"layer_norm_eps\": \"small\"}", "read config.json: layer_norm_eps is \"small\"; give a number");
        refused("{\"mneme_memory\": 3}", "read config.json: mneme_memory is 3; give an object");
    }

    @Test
    void impossibleSizesAreRefused() {
        refused(() -> BertConfig.of(60, 24, 2, 5, 48, 20), "build a model with num_attention_heads 5: they share hidden_size 24,"
                + " which they do not divide; choose a number of heads that divides the hidden size");
        refused(() -> BertConfig.of(60, 24, 2, 0, 48, 20), "build a model with num_attention_heads 0: that is none; give at least 1");
        refused(() -> BertConfig.of(0, 24, 2, 3, 48, 20), "build a model with vocab_size 0: that is none; give at least 1");
        refused(() -> BertConfig.of(60, 24, -1, 3, 48, 20),
                "build a model with num_hidden_layers -1: that is none; give at least 1");
        refused("{\"pad_token_id\": 30522}",
                "build a model with pad_token_id 30522: the vocabulary has ids 0 to 30521; choose one of these");
        refused("{\"hidden_dropout_prob\": 1}",
                "build a model with hidden_dropout_prob 1.0: that is no probability of loss; give one from 0 to below 1");
        refused("{\"attention_probs_dropout_prob\": -0.1}", "build a model with attention_probs_dropout_prob -0.1:"
                + " that is no probability of loss; give one from 0 to below 1");
    }

    @Test
    void aMemoryInALayerThatThereIsNotIsRefused() {
        for (int layer : new int[] {2, -1}) {
            var memory = new MemoryConfig(Mode.RESIDUAL, List.of(0, layer), 2, 6, 4, 8, QueryNorm.BATCH, ValueInit.NORMAL);
            refused(() -> TINY.withMemory(memory),
                    "put a memory into layer " + layer + ": the model has layers 0 to 1; choose one of these");
        }
    }

    @Test
    void aMemoryOfImpossibleSizesIsRefused() {
        memoryRefused(2, 6, 7, 8, "7 neighbours were asked for, and there are 6 sub-keys per half."
                + " Give at most as many neighbours as sub-keys.");
        memoryRefused(2, 6, 4, 7, "query width 7 was given, and each half takes half of it. Give an even one.");
        memoryRefused(0, 6, 4, 8, "heads 0 was given. Give at least 1.");
    }

    private static void memoryRefused(int heads, int subKeys, int neighbours, int queryWidth, String why) {
        var memory = new MemoryConfig(Mode.REPLACE, List.of(1), heads, subKeys, neighbours, queryWidth, QueryNorm.BATCH,
                ValueInit.NORMAL);
        var e = assertThrows(InputException.class, () -> TINY.withMemory(memory));
        assertEquals("give the model a memory", e.asked());
        assertEquals("Product-key memory: " + why.replaceFirst("\\.$", ""), e.found());
    }

    @Test
    void aMemoryWithAnUnknownOrMissingNameIsRefused() {
        String fine = "\"mode\": \"residual\", \"layers\": [1], \"heads\": 2, \"sub_keys\": 6, \"neighbours\": 4,"
                + " \"query_width\": 8, \"query_norm\": \"batch\", \"value_init\": \"normal\"";
        refused("{\"mneme_memory\": {" + fine + ", \"topk\": 4}}", "read config.json: it has the unknown name topk; choose among"
                + " [gated, heads, layers, mode, neighbours, query_norm, query_width, shared_values, sub_keys,"
                + " value_dtype, value_init]");
        refused("{\"mneme_memory\": {" + fine.replace("\"mode\": \"residual\", ", "") + "}}",
                "build a memory: it has no mode; give replace or residual");
        refused("{\"mneme_memory\": {" + fine.replace("\"layers\": [1], ", "") + "}}",
                "build a memory: it has no layers; give their numbers, from 0");
        refused("{\"mneme_memory\": {" + fine.replace(", \"query_norm\": \"batch\"", "") + "}}",
                "build a memory: it has no query_norm; give batch, layer or none");
        refused("{\"mneme_memory\": {" + fine.replace(", \"value_init\": \"normal\"", "") + "}}",
                "build a memory: it has no value_init; give normal or zero");
        refused("{\"mneme_memory\": {" + fine.replace("\"heads\": 2, ", "") + "}}", "read config.json: heads is missing; give a whole number");
        refused("{\"mneme_memory\": {" + fine.replace("residual", "parallel") + "}}",
                "read config.json: mode is \"parallel\"; give one of [none, replace, residual]");
        refused("{\"mneme_memory\": {" + fine.replace("[1]", "[\"last\"]") + "}}", "read config.json: layers is \"last\"; give a whole number");
    }

    /// Their weights are codes, which would be read as numbers; or the model sees what comes before alone.
    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"\"quantization_config\": {\"load_in_8bit\": true} | it has a quantization_config", "\"is_causal\": true | is_causal is true"})
    void modelsThatComputeSomethingElseAreRefused(String field, String found, @TempDir Path folder) throws IOException {
        Path file = Files.writeString(folder.resolve("config.json"), "{\"model_type\": \"bert\", " + field + "}");
        assertEquals(found, assertThrows(InputException.class, () -> BertConfig.read(file)).found());
    }
}
