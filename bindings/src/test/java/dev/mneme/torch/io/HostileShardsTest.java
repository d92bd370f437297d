package dev.mneme.torch.io;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.mneme.torch.Tensor;
import dev.mneme.torch.TensorScope;
import dev.mneme.torch.testing.Expect;
import dev.mneme.torch.testing.NoLeaks;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Indexes of shards that are damaged or lie: each is refused in a sentence that names the index.
@ExtendWith(NoLeaks.class)
class HostileShardsTest {
    @TempDir
    private Path folder;
    private Path index;

    @BeforeEach
    void write() throws IOException {
        index = folder.resolve("model.safetensors.index.json");
        try (var scope = TensorScope.open()) {
            Safetensors.write(folder.resolve("a.safetensors"), Map.of("x", Tensor.of(new float[] {1, 2})), Map.of());
        }
    }

    private void assertRefused(byte[] content, String found) throws IOException {
        Files.write(index, content);
        Expect.message(TensorFileException.class, () -> ShardedTensors.open(index), "Reading the tensors of " + index, found, "all of them");
    }

    @Test
    void anIndexIsRead() throws IOException {
        Files.writeString(index, "{\"metadata\":{\"total_size\":8},\"weight_map\":{\"x\":\"a.safetensors\"}}");
        try (var scope = TensorScope.open(); var shards = ShardedTensors.open(index)) {
            assertArrayEquals(new float[] {1, 2}, shards.tensor("x").toFloats());
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {"{} | no weight_map", "[] | not a JSON object", "{ | not JSON", "{}} | not JSON", "`` | not a JSON object",
        "{\"weight_map\":{}} | no weight_map", "{\"weight_map\":[\"a.safetensors\"]} | no weight_map",
        "{\"weight_map\":{\"x\":\"a.safetensors\",\"x\":\"b.safetensors\"}} | Duplicate field 'x'",
        "{\"weight_map\":{\"x\":\"a.safetensors\"},\"weight_map\":{\"x\":\"a.safetensors\"}} | Duplicate field 'weight_map'",
        "{\"weight_map\":{\"x\":7}} | no name of a file", "{\"weight_map\":{\"x\":\"\"}} | no name of a file",
        "{\"weight_map\":{\"x\":\"../a.safetensors\"}} | no name of a file", "{\"weight_map\":{\"x\":\"a\\u0000.safetensors\"}} | no name of a file",
        "{\"weight_map\":{\"x\":\"b.safetensors\"}} | not beside it", "{\"weight_map\":{\"y\":\"a.safetensors\"}} | y should be in a.safetensors, and is not"})
    void whatIsNoIndexIsRefused(String content, String found) throws IOException {
        assertRefused(content.getBytes(StandardCharsets.UTF_8), found);
    }

    /// An encoding is not guessed from the first bytes: what looks like UTF-32 is damage.
    @Test
    void anIndexThatIsNotUtf8IsRefused() throws IOException {
        assertRefused(new byte[] {0, 0, 0, '{', 0, (byte) 0x7f, 0, 0}, "not");
        assertRefused(new byte[] {(byte) 0xff, (byte) 0xfe, 0, 0, '{', 0, 0, 0}, "not UTF-8");
        assertRefused("{\"weight_map\":{}}".getBytes(StandardCharsets.UTF_16), "not UTF-8");
        Files.delete(index);
        Files.createDirectory(index);
        Expect.message(TensorFileException.class, () -> ShardedTensors.open(index), index.toString(), "it is a folder");
    }

    @Test
    void randomDamageNeverDoesMoreThanRefuse() throws IOException {
        byte[] good = "{\"metadata\":{\"total_size\":8},\"weight_map\":{\"x\":\"a.safetensors\"}}".getBytes(StandardCharsets.UTF_8);
        var random = new Random(3);
        for (int i = 0; i < Integer.getInteger("mneme.fuzz", 500); i++) {
            Files.write(index, Damage.of(good, random));
            try (var scope = TensorScope.open(); var shards = ShardedTensors.open(index)) {
                assertEquals(1, shards.tensors().size());
            } catch (TensorFileException e) {
                assertEquals(1, e.getMessage().lines().count(), e.getMessage());
            }
        }
    }
}
