package dev.mneme.models.zoo.gpt;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.mneme.models.base.InputException;
import dev.mneme.models.text.CausalCollator;
import dev.mneme.models.text.MaskedBatch;
import dev.mneme.models.text.Seeds;
import dev.mneme.models.text.TokenSequences;
import dev.mneme.models.text.Tokenizer;
import dev.mneme.models.text.Vocabulary;
import dev.mneme.models.zoo.AutoModel;
import dev.mneme.models.zoo.transformer.LanguageModel;
import dev.mneme.models.zoo.transformer.MemoryConfig;
import dev.mneme.pkm.ProductKeyConfig.QueryNorm;
import dev.mneme.pkm.ProductKeyConfig.ValueInit;
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
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/// Against GPT2LMHeadModel of transformers: three sequences of 12, 9 and 5 real tokens.
@ExtendWith(NoLeaks.class)
class GptParityTest {
    private static final Path FOLDER = Golden.file("gpt");

    /// Read without a word, they would give other logits than their own.
    @ParameterizedTest
    @CsvSource({"scale_attn_by_inverse_layer_idx,true,false", "scale_attn_weights,false,true", "add_cross_attention,true,false", "is_causal,false,true", "tie_word_embeddings,false,true"})
    void modelsThatComputeSomethingElseAreRefused(String name, String value, String supported, @TempDir Path folder) throws IOException {
        Path file = folder.resolve("config.json");
        Files.writeString(file, "{\"model_type\": \"gpt2\", \"" + name + "\": " + value + "}");
        InputException mistake = assertThrows(InputException.class, () -> GptConfig.read(file));
        assertEquals(name + " is " + value, mistake.found());
        assertEquals("give a model whose " + name + " is " + supported, mistake.remedy());
    }

    @Test
    void logitsLossAndGradientsAreThoseOfTransformers() throws IOException {
        try (var scope = TensorScope.open(); var model = GptForCausalLM.read(FOLDER)) {
            model.to(Device.CPU, DType.FLOAT64);
            Map<String, Tensor> golden = Golden.tensors("gpt/expected_f64.safetensors");
            Tensor mask = golden.get("attention_mask").ne(0L);
            Tensor logits = model.logits(model.forward(golden.get("input_ids"), null, mask), null); // (3, 12, 60)
            Tensor real = mask.unsqueeze(2).to(DType.FLOAT64); // what stands at padding is nobody's business
            Golden.assertClose(golden.get("logits").mul(real), logits.mul(real), 1e-10, "logits");

            long[] ids = golden.get("input_ids").reshape(-1).toLongs();
            int[] lengths = {12, 9, 5};
            var positions = new long[12 + 9 + 5 - 3];
            var next = new long[positions.length];
            int at = 0;
            for (int b = 0; b < 3; b++) {
                for (int i = 0; i + 1 < lengths[b]; i++) {
                    positions[at] = 12 * b + i;
                    next[at++] = ids[12 * b + i + 1];
                }
            }
            Tensor predicted = model.logits(model.forward(golden.get("input_ids"), null, mask), Tensor.of(positions, positions.length));
            Tensor loss = Functions.crossEntropy(predicted, Tensor.of(next, next.length));
            Golden.assertClose(golden.get("loss"), loss, 1e-10, "loss");
            loss.backward();
            model.namedParameters().forEach((name, parameter) -> Golden.assertClose(golden.get("grad." + name), parameter.grad(), 1e-10, name));
            assertEquals(golden.keySet().stream().filter(name -> name.startsWith("grad.")).count(), model.parameters().size());
        }
    }

    @Test
    void whatIsSavedIsReadAgain(@TempDir Path folder) throws IOException {
        var memory = new MemoryConfig(MemoryConfig.Mode.RESIDUAL, List.of(1), 2, 6, 4, 8, QueryNorm.BATCH, ValueInit.NORMAL);
        try (var scope = TensorScope.open(); var model = new GptForCausalLM(GptConfig.read(FOLDER.resolve("config.json")).withMemory(memory), 1)) {
            model.startFrom(FOLDER);
            model.save(folder);
            try (LanguageModel again = AutoModel.readLanguageModel(folder)) {
                assertTrue(again.isCausal());
                assertEquals(1, again.memories().size());
                model.state().forEach((name, tensor) -> Golden.assertClose(tensor, again.state().get(name), 0, name));
            }
        }
    }

    /// Values that start at zero leave the pretrained model as it is; what comes later never changes what was before.
    @Test
    void aMemoryOfZerosChangesNothingAndTheFutureIsNotSeen() throws IOException {
        var memory = new MemoryConfig(MemoryConfig.Mode.RESIDUAL, List.of(0, 1), 2, 6, 4, 8, QueryNorm.LAYER, ValueInit.ZERO);
        try (var scope = TensorScope.open(); var plain = GptForCausalLM.read(FOLDER);
                var model = new GptForCausalLM(GptConfig.read(FOLDER.resolve("config.json")).withMemory(memory), 1)) {
            model.startFrom(FOLDER);
            model.train(false);
            plain.train(false);
            Tensor ids = Tensor.of(new int[] {1, 2, 3, 4, 5, 6}, 1, 6);
            double[] expected = plain.forward(ids, null, null).reshape(-1).toDoubles();
            assertArrayEquals(expected, model.forward(ids, null, null).reshape(-1).toDoubles());
            double[] other = model.forward(Tensor.of(new int[] {1, 2, 3, 4, 59, 7}, 1, 6), null, null).narrow(1, 0, 4).reshape(-1).toDoubles();
            assertArrayEquals(model.forward(ids, null, null).narrow(1, 0, 4).reshape(-1).toDoubles(), other, 1e-6);
        }
    }

    @ParameterizedTest
    @EnumSource(value = MemoryConfig.Mode.class, mode = EnumSource.Mode.EXCLUDE, names = "NONE")
    void aMemoryStandsBesideTheFeedForwardBlockOrInItsPlace(MemoryConfig.Mode mode) throws IOException {
        var memory = new MemoryConfig(mode, List.of(1), 2, 6, 4, 8, QueryNorm.BATCH, ValueInit.NORMAL);
        try (var model = new GptForCausalLM(GptConfig.read(FOLDER.resolve("config.json")).withMemory(memory), 1)) {
            assertEquals(mode == MemoryConfig.Mode.RESIDUAL, model.state().containsKey("transformer.h.1.mlp.c_fc.weight"));
            assertTrue(model.state().containsKey("transformer.h.1.memory.values.weight"));
            assertEquals(List.of(), List.copyOf(model.startFrom(FOLDER).missing()));
        }
    }

    @Test
    void theNextTokenIsToBePredicted() throws IOException {
        try (Tokenizer tokenizer = Tokenizer.of(Vocabulary.load(Golden.file("tasks/vocab.txt")))) {
            var sequences = TokenSequences.of(List.of("the memory", "a"), tokenizer, 6, TokenSequences.Layout.LINES);
            MaskedBatch batch = new CausalCollator().collate(sequences, new int[] {0, 1}, 6, Seeds.random(1));
            assertArrayEquals(new int[] {2, 63, 64, 3, 0, 0, 2, 5, 3, 0, 0, 0}, batch.ids());
            assertArrayEquals(new int[] {0, 1, 2, 6, 7}, batch.maskedPositions());
            assertArrayEquals(new int[] {63, 64, 3, 5, 3}, batch.labels());
            assertEquals(7, batch.realTokens());
        }
    }

    @Test
    void otherModelsAreRefused(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("config.json");
        Files.writeString(file, "{\"model_type\": \"gpt_neo\"}");
        assertEquals("read " + file + ": model_type is gpt_neo; give a model whose model_type is gpt2",
                assertThrows(InputException.class, () -> GptConfig.read(file)).getMessage());
        Files.writeString(file, "{\"model_type\": \"gpt2\", \"activation_function\": \"relu\"}");
        assertEquals("read " + file + ": activation_function is relu; give a model whose activation_function is gelu_new",
                assertThrows(InputException.class, () -> GptConfig.read(file)).getMessage());
        Files.writeString(file, "{\"model_type\": \"gpt2\", \"n_embd\": 10, \"n_head\": 3}");
        assertEquals("build a model with n_head 3: they share n_embd 10, which they do not divide; choose a number of heads that divides the"
                + " width", assertThrows(InputException.class, () -> GptConfig.read(file)).getMessage());
    }

    /// Padding that comes before real tokens, or between them, is not seen by those after it.
    @Test
    void paddingAnywhereIsNotSeen() throws IOException {
        try (var scope = TensorScope.open(); var model = GptForCausalLM.read(FOLDER)) {
            model.to(Device.CPU, DType.FLOAT64);
            Map<String, Tensor> golden = Golden.tensors("gpt/expected_f64.safetensors");
            Tensor mask = golden.get("left_mask").ne(0L);
            Tensor real = mask.unsqueeze(2).to(DType.FLOAT64);
            Tensor logits = model.logits(model.forward(golden.get("input_ids"), null, mask), null);
            Golden.assertClose(golden.get("left_logits").mul(real), logits.mul(real), 1e-10, "logits");
        }
    }
}
