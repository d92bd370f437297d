package dev.mneme.models.zoo.bert;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.mneme.models.base.InputException;
import dev.mneme.models.base.internal.Json;
import dev.mneme.models.text.Tokenizer;
import dev.mneme.torch.DType;
import dev.mneme.torch.Device;
import dev.mneme.torch.Tensor;
import dev.mneme.torch.TensorScope;
import dev.mneme.torch.testing.Golden;
import dev.mneme.torch.testing.NoLeaks;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// Against transformers' RobertaForMaskedLM, its byte-level BPE and its fill-mask pipeline.
@ExtendWith(NoLeaks.class)
class RobertaParityTest {
    private static final Path FOLDER = Golden.file("checkpoints/roberta");

    @Test
    void logitsAreThoseOfTransformers() throws IOException {
        try (var scope = TensorScope.open(); var model = BertForMaskedLM.read(FOLDER)) {
            model.to(Device.CPU, DType.FLOAT64);
            model.train(false);
            Map<String, Tensor> golden = Golden.tensors("checkpoints/roberta/expected_f64.safetensors");
            Tensor mask = golden.get("attention_mask").ne(0L);
            Tensor logits = model.logits(model.forward(golden.get("input_ids"), null, mask), null);
            Tensor real = mask.unsqueeze(2).to(DType.FLOAT64); // what stands at padding is nobody's business
            Golden.assertClose(golden.get("logits").mul(real), logits.mul(real), 1e-10, "logits");
        }
    }

    @Test
    void tokensAreThoseOfTransformers() throws IOException {
        try (Tokenizer tokenizer = Tokenizer.inFolder(FOLDER)) {
            for (JsonNode each : Json.read(FOLDER.resolve("expected.json")).path("sentences")) {
                int[] expected = StreamSupport.stream(each.path("ids").spliterator(), false).mapToInt(JsonNode::asInt).toArray();
                String text = each.path("text").asText();
                assertArrayEquals(expected, tokenizer.encode(text).ids(), text);
                assertEquals(text, tokenizer.decode(expected));
            }
        }
    }

    @Test
    void masksAreFilledAsByThePipeline() throws IOException {
        try (Tokenizer tokenizer = Tokenizer.inFolder(FOLDER); var model = BertForMaskedLM.read(FOLDER)) {
            var fill = new FillMask(model, tokenizer);
            for (JsonNode each : Json.read(FOLDER.resolve("expected.json")).path("fill_mask")) {
                List<List<FillMask.Prediction>> masks = fill.fill(each.path("text").asText(), 4);
                assertEquals(each.path("masks").size(), masks.size());
                for (int m = 0; m < masks.size(); m++) {
                    for (int i = 0; i < 4; i++) {
                        JsonNode expected = each.path("masks").get(m).get(i);
                        FillMask.Prediction actual = masks.get(m).get(i);
                        assertEquals(expected.path("id").asInt(), actual.id());
                        assertEquals(expected.path("token").asText(), actual.token());
                        assertEquals(expected.path("probability").asDouble(), actual.probability(), 1e-6);
                    }
                }
            }
            String message = assertThrows(InputException.class, () -> fill.fill("no mask here", 4)).getMessage();
            assertEquals("fill the masks of a text: it has no <mask>; write <mask> where a token is wanted", message);
            message = assertThrows(InputException.class, () -> fill.fill("<mask>" + " x".repeat(40), 4)).getMessage();
            assertTrue(message.contains("and the model's positions are 32; give a shorter text"), message);
            assertThrows(InputException.class, () -> fill.fill("<mask>", 0));
        }
    }
}
