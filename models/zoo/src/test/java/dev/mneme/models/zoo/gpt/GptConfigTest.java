package dev.mneme.models.zoo.gpt;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.mneme.models.base.InputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GptConfigTest {
    @TempDir
    Path folder;

    private GptConfig read(String sizes) throws IOException {
        return GptConfig.read(Files.writeString(folder.resolve("config.json"), "{\"model_type\": \"gpt2\"" + sizes + "}"));
    }

    /// The `attribute_map` of transformers' GPT2Config; `n_ctx` of older files is passed over there too.
    @Test
    void sizesHaveTheNamesThatTransformersTakes() throws IOException {
        GptConfig own = read(", \"n_positions\": 32, \"n_embd\": 24, \"n_layer\": 3, \"n_head\": 2");
        assertEquals(32, own.nPositions());
        assertEquals(own, read(", \"max_position_embeddings\": 32, \"hidden_size\": 24, \"num_hidden_layers\": 3, \"num_attention_heads\": 2"));
        assertEquals(own, read(", \"n_ctx\": 16, \"n_positions\": 32, \"max_position_embeddings\": 32, \"n_embd\": 24, \"n_layer\": 3, \"n_head\": 2"));
        assertEquals(1024, read(", \"n_ctx\": 16").nPositions());
        String mistake = assertThrows(InputException.class, () -> read(", \"n_layer\": 3, \"num_hidden_layers\": 4")).getMessage();
        assertEquals("read " + folder.resolve("config.json") + ": n_layer is 3, and num_hidden_layers, which means the same, is 4; leave one of them out", mistake);
    }
}
