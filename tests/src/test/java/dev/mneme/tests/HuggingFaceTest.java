package dev.mneme.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.mneme.models.base.internal.Json;
import dev.mneme.models.text.Tokenizer;
import dev.mneme.models.zoo.bert.BertForMaskedLM;
import dev.mneme.models.zoo.gpt.GptConfig;
import dev.mneme.models.zoo.gpt.GptForCausalLM;
import dev.mneme.models.zoo.transformer.Architecture;
import dev.mneme.models.zoo.transformer.ModelWeights;
import dev.mneme.torch.DType;
import dev.mneme.torch.Tensor;
import dev.mneme.torch.TensorScope;
import dev.mneme.torch.io.Safetensors;
import dev.mneme.torch.testing.Golden;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A model of Hugging Face's through the command line: filling masks, converting, pretraining on from it.
class HuggingFaceTest {
    private static final Path ROBERTA = Golden.file("checkpoints/roberta");

    @TempDir
    private Path folder;

    private static String fill(Path model, String text) throws Exception {
        Mneme.Ended ended = Mneme.here(Path.of("."), "fill-mask", "--model", model.toString(), "--top", "4", "--json", text);
        assertEquals(0, ended.status(), ended.err());
        return ended.out();
    }

    @Test
    void masksAreFilledAsByTransformersAndPrintedAsJson() throws Exception {
        for (JsonNode each : Json.read(ROBERTA.resolve("expected.json")).path("fill_mask")) {
            JsonNode predictions = new ObjectMapper().readTree(fill(ROBERTA, each.path("text").asText())).path("predictions");
            JsonNode masks = each.path("masks");
            for (int m = 0; m < masks.size(); m++) {
                JsonNode mask = masks.size() == 1 ? predictions : predictions.get(m);
                for (int i = 0; i < 4; i++) {
                    assertEquals(masks.get(m).get(i).path("id"), mask.get(i).path("id"));
                    assertEquals(masks.get(m).get(i).path("token"), mask.get(i).path("token"));
                    assertEquals(masks.get(m).get(i).path("probability").asDouble(), mask.get(i).path("probability").asDouble(), 1e-6);
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"float32", "float16", "bfloat16"})
    void aConvertedModelAnswersAsItDid(String dtype) throws Exception {
        Path to = folder.resolve("converted");
        Mneme.Ended ended = Mneme.here(folder, "convert", "--from", ROBERTA.toString(), "--to", to.toString(), "--dtype", dtype);
        assertEquals(0, ended.status(), ended.err());
        assertEquals("Saved " + to + System.lineSeparator(), ended.out());
        try (var scope = TensorScope.open(); var from = Safetensors.open(ROBERTA.resolve("model.safetensors"));
                var written = Safetensors.open(to.resolve("model.safetensors"))) {
            assertEquals(from.entries().keySet(), written.entries().keySet());
            for (String name : from.entries().keySet()) {
                Tensor expected = from.tensor(name).to(DType.valueOf(dtype.toUpperCase(Locale.ROOT)));
                assertTrue(expected.equal(written.tensor(name)), name);
            }
        }
        String text = "the quick <mask> fox";
        if (dtype.equals("float32")) {
            assertEquals(fill(ROBERTA, text), fill(to, text));
        } else {
            fill(to, text);
        }
        try (var files = Files.list(folder)) {
            assertEquals(List.of(to), files.toList());
        }
    }

    /// As OpenAI's are given out: one special token, no padding, and either `tokenizer.json` or `vocab.json` with `merges.txt`.
    @ParameterizedTest
    @ValueSource(strings = {"GPT-2 as it was first given out", "GPT-2's tokenizer.json"})
    void aGpt2AsDownloadedIsTrainedMeasuredAndConverted(String form) throws Exception {
        Path gpt = Files.createDirectory(folder.resolve("gpt2"));
        try (var model = new GptForCausalLM(new GptConfig(272, 16, 8, 2, 2, 16, 0, 0, 0, 1e-5, 0.02, null), 1)) {
            model.save(gpt);
        }
        JsonNode files = Json.read(Golden.file("tokenizers.json")).path(form).path("files");
        for (var each : files.properties()) {
            if (!each.getKey().equals("config.json")) {
                Files.writeString(gpt.resolve(each.getKey()), each.getValue().isTextual() ? each.getValue().asText() : each.getValue().toString());
            }
        }
        String corpus = Samples.corpus(folder).toString();
        Path run = folder.resolve("run");
        succeeds("pretrain", "--from", gpt.toString(), "--corpus", corpus, "--steps", "2", "--sequence-length", "16", "--batch-size", "4",
                "--memory-mode", "residual", "--memory-layers", "1", "--memory-sub-keys", "8", "--memory-neighbours", "4", "--memory-query-width", "8",
                "--evaluate-every", "2", "--out", run.toString());
        succeeds("evaluate", "--model", gpt.toString(), "--corpus", corpus);
        succeeds("usage", "--model", run.toString(), "--corpus", corpus);
        Path to = folder.resolve("converted");
        succeeds("convert", "--from", run.toString(), "--to", to.toString());
        // by which generate() of transformers knows where a text ends
        assertEquals(264, Json.read(to.resolve("config.json")).path("eos_token_id").asInt(), "the last of its 265 tokens");
        for (var each : files.properties()) {
            if (!each.getKey().equals("config.json")) {
                assertEquals(Files.readString(gpt.resolve(each.getKey())), Files.readString(to.resolve(each.getKey())));
            }
        }
        Mneme.Ended refused = Mneme.here(folder, "pretrain", "--from", gpt.toString(), "--corpus", corpus, "--objective", "masked", "--out", run + "-masked");
        assertEquals(2, refused.status(), refused.out());
    }

    private void succeeds(String... arguments) throws Exception {
        Mneme.Ended ended = Mneme.here(folder, arguments);
        assertEquals(0, ended.status(), ended.err());
    }

    @Test
    void pretrainingGoesOnFromItWithAMemory() throws Exception {
        Path run = folder.resolve("run");
        Mneme.Ended ended = Mneme.here(folder, "pretrain", "--from", ROBERTA.toString(), "--corpus", Samples.corpus(folder).toString(), "--steps", "3",
                "--sequence-length", "16", "--batch-size", "8", "--memory-mode", "residual", "--memory-layers", "1", "--memory-sub-keys", "8",
                "--memory-neighbours", "4", "--memory-query-width", "8", "--evaluate-every", "3", "--out", run.toString());
        assertEquals(0, ended.status(), ended.err());
        Path saved = run.resolve("checkpoint-00000003");
        assertEquals(Files.readString(ROBERTA.resolve("tokenizer.json")), Files.readString(saved.resolve("tokenizer.json")));
        try (Tokenizer tokenizer = Tokenizer.inFolder(saved); var model = BertForMaskedLM.read(saved)) {
            assertEquals(330, tokenizer.vocabulary().size());
            assertEquals(1, model.memories().size());
        }
        try (var weights = ModelWeights.open(saved, Architecture.ROBERTA)) {
            assertTrue(weights.names().contains("bert.encoder.layer.1.memory.keys"));
        }
        ended = Mneme.here(folder, "usage", "--model", run.toString(), "--corpus", folder.resolve("corpus.txt").toString(), "--json");
        assertEquals(0, ended.status(), ended.err());
        assertEquals(1, new ObjectMapper().readTree(ended.out()).path("usage").size());
    }
}
