package dev.mneme.models.zoo.bert;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.mneme.models.base.InputException;
import dev.mneme.models.base.internal.Json;
import dev.mneme.models.zoo.transformer.ModelWeights;
import dev.mneme.models.zoo.transformer.ParameterNames;
import dev.mneme.torch.DType;
import dev.mneme.torch.Device;
import dev.mneme.torch.Tensor;
import dev.mneme.torch.TensorScope;
import dev.mneme.torch.nn.Functions;
import dev.mneme.torch.testing.Golden;
import dev.mneme.torch.testing.NoLeaks;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Against the classes of transformers for sequence classification, regression, token classification and question answering.
@ExtendWith(NoLeaks.class)
class TaskHeadParityTest {
    private static final List<String> LABELS = List.of("no", "maybe", "yes");
    private static final List<String> TAGS = List.of("O", "B-X", "I-X", "B-Y", "I-Y");

    @ParameterizedTest
    @CsvSource({"bert, classification", "bert, regression", "bert, tagging", "bert, spans", "roberta, classification", "roberta, regression",
        "roberta, tagging", "roberta, spans"})
    void logitsLossAndGradientsAreThoseOfTransformers(String family, String kind) throws IOException {
        String folder = "tasks/" + family + "-" + kind;
        try (var scope = TensorScope.open(); var model = BertForTask.read(Golden.file(folder))) {
            assertEquals(kind, model.head().kind().name().toLowerCase(Locale.ROOT));
            model.to(Device.CPU, DType.FLOAT64);
            Map<String, Tensor> golden = Golden.tensors(folder + "/expected_f64.safetensors");
            Tensor mask = golden.get("attention_mask").ne(0L);
            Tensor logits = model.logits(golden.get("input_ids"), golden.get("token_type_ids"), mask);
            boolean byToken = logits.dim() == 3;
            Tensor real = byToken ? mask.unsqueeze(2).to(DType.FLOAT64) : logits.onesLike(); // what stands at padding is nobody's business
            Golden.assertClose(golden.get("logits").mul(real), logits.mul(real), 1e-10, "logits");

            Tensor loss = switch (model.head().kind()) {
                case CLASSIFICATION -> Functions.crossEntropy(logits, golden.get("labels"));
                case REGRESSION -> logits.squeeze(1).mseLoss(golden.get("labels"), Functions.MEAN);
                case TAGGING -> Functions.crossEntropy(logits.reshape(-1, TAGS.size()), golden.get("labels").reshape(-1), -100, 0);
                case SPANS -> Functions.crossEntropy(logits.select(2, 0), golden.get("start_positions"))
                        .add(Functions.crossEntropy(logits.select(2, 1), golden.get("end_positions"))).mul(0.5);
            };
            Golden.assertClose(golden.get("loss"), loss, 1e-10, "loss");
            loss.backward();
            var compared = new TreeMap<String, Tensor>();
            model.namedParameters().forEach((name, parameter) ->
                    compared.put("grad." + ParameterNames.inFile(name, model.config().architecture()), parameter.grad()));
            golden.keySet().stream().filter(name -> name.startsWith("grad.")).forEach(name ->
                    Golden.assertClose(golden.get(name), compared.get(name), 1e-10, name));
        }
    }

    @Test
    void labelsAreThoseOfTheConfiguration() throws IOException {
        assertEquals(LABELS, TaskHead.read(Golden.file("tasks/bert-classification/config.json")).labels());
        assertEquals(TAGS, TaskHead.read(Golden.file("tasks/roberta-tagging/config.json")).labels());
        assertEquals(List.of(), TaskHead.read(Golden.file("tasks/bert-spans/config.json")).labels());
    }

    @ParameterizedTest
    @CsvSource({"bert-classification", "bert-tagging", "roberta-regression", "roberta-spans"})
    void whatIsSavedIsReadAgain(String name, @TempDir Path folder) throws IOException {
        try (var scope = TensorScope.open(); var model = BertForTask.read(Golden.file("tasks/" + name))) {
            model.save(folder);
            try (var again = BertForTask.read(folder)) {
                assertEquals(model.head(), again.head());
                assertEquals(model.config(), again.config());
                model.state().forEach((key, tensor) -> Golden.assertClose(tensor, again.state().get(key), 0, key));
            }
            var architecture = Json.read(Golden.file("tasks/" + name + "/config.json")).path("architectures");
            assertEquals(architecture, Json.read(folder.resolve("config.json")).path("architectures"));
        }
    }

    /// As bert-base-uncased is: an encoder, perhaps with a pooler, and another task's head.
    @Test
    void aHeadThatThePretrainedModelLacksStaysAsDrawn() throws IOException {
        BertConfig config = BertConfig.read(Golden.file("bert/config.json"));
        try (var scope = TensorScope.open(); var model = new BertForTask(config, new TaskHead(TaskHead.Kind.CLASSIFICATION, LABELS), 1)) {
            ModelWeights.Differences found = model.startFrom(Golden.file("bert"));
            assertEquals(List.of("bert.pooler.dense.bias", "bert.pooler.dense.weight", "classifier.bias", "classifier.weight"),
                    List.copyOf(found.missing()));
            Golden.assertClose(Golden.tensors("bert/model.safetensors").get("bert.encoder.layer.1.output.dense.weight"),
                    model.state().get("bert.encoder.layer.1.output.dense.weight"), 0, "the encoder");
            assertTrue(model.state().get("classifier.weight").abs().sum().item() > 0);
        }
    }

    /// From a model of three classes to one of two.
    @Test
    void aHeadOfAnotherSizeStaysAsDrawnToo() throws IOException {
        Path folder = Golden.file("tasks/bert-classification");
        try (var model = new BertForTask(BertConfig.read(folder.resolve("config.json")),
                new TaskHead(TaskHead.Kind.CLASSIFICATION, List.of("a", "b")), 1)) {
            assertEquals(List.of("classifier.bias", "classifier.weight"), List.copyOf(model.startFrom(folder).missing()));
        }
    }

    @Test
    void modelsOfNoTaskAreRefused(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("config.json");
        Files.writeString(file, "{\"architectures\": [\"BertForMaskedLM\"]}");
        assertEquals("read a model for a task in " + file + ": its architecture is BertForMaskedLM; give one that mneme finetune or transformers"
                + " made for a task", assertThrows(InputException.class, () -> TaskHead.read(file)).getMessage());
        Files.writeString(file, "{\"architectures\": [\"BertForSequenceClassification\"], \"problem_type\": \"multi_label_classification\"}");
        assertEquals("read a model for a task in " + file + ": problem_type is multi_label_classification; give a model with one label for each"
                + " input", assertThrows(InputException.class, () -> TaskHead.read(file)).getMessage());
        Files.writeString(file, "{\"architectures\": [\"BertForTokenClassification\"], \"id2label\": {\"0\": \"O\", \"2\": \"X\"}}");
        assertEquals("read " + file + ": id2label has no text for 1; give labels 0 to 1",
                assertThrows(InputException.class, () -> TaskHead.read(file)).getMessage());
        assertEquals("build a model with the labels [a, a]: one is there twice; give each once", assertThrows(InputException.class,
                () -> new TaskHead(TaskHead.Kind.TAGGING, List.of("a", "a"))).getMessage());
        assertEquals("build a model for classification with the labels [a]: they are too few; give data with at least 2", assertThrows(
                InputException.class, () -> new TaskHead(TaskHead.Kind.CLASSIFICATION, List.of("a"))).getMessage());
    }

    @Test
    void regressionOfSeveralNumbersIsRefused(@TempDir Path folder) throws IOException {
        Path config = Files.writeString(folder.resolve("config.json"), "{\"architectures\": [\"BertForSequenceClassification\"], \"problem_type\": \"regression\","
                + " \"id2label\": {\"0\": \"a\", \"1\": \"b\"}}");
        assertEquals("read a model for a task in " + config + ": problem_type is regression, of 2 numbers; give a model with one number for each input",
                assertThrows(InputException.class, () -> TaskHead.read(config)).getMessage());
    }

    /// Of what the head reads; the model's own is another.
    @Test
    void theHeadsDropoutIsReadDrawnAndWritten(@TempDir Path folder) throws IOException {
        BertConfig sizes = BertConfig.of(20, 8, 1, 2, 16, 12);
        try (var scope = TensorScope.open(); var model = new BertForTask(sizes, new TaskHead(TaskHead.Kind.CLASSIFICATION, List.of("a", "b"), 0.5), 1)) {
            assertTrue(model.hasDropout());
            model.train(true);
            Tensor ids = Tensor.of(new long[] {1, 2, 3}, 1, 3);
            assertFalse(model.logits(ids, null, null).equal(model.logits(ids, null, null)), "another mask");
            model.save(folder);
            assertEquals(model.head(), TaskHead.read(folder.resolve("config.json")));
        }
    }
}
