package dev.mneme.torch.io;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.mneme.torch.DType;
import dev.mneme.torch.Tensor;
import dev.mneme.torch.TensorScope;
import dev.mneme.torch.TorchException;
import dev.mneme.torch.testing.Expect;
import dev.mneme.torch.testing.NoLeaks;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Files that are damaged, or that lie on purpose: each is refused with a message, before a byte of a tensor is read.
@ExtendWith(NoLeaks.class)
class HostileSafetensorsTest {
    @TempDir
    private Path folder;
    private Path file;

    @BeforeEach
    void name() {
        file = folder.resolve("hostile.safetensors");
    }

    private static byte[] bytes(long headerLength, byte[] header, int dataBytes) {
        return ByteBuffer.allocate(8 + header.length + dataBytes).order(ByteOrder.LITTLE_ENDIAN).putLong(headerLength).put(header).array();
    }

    private void write(String header, int dataBytes) throws IOException {
        byte[] utf8 = header.getBytes(StandardCharsets.UTF_8);
        Files.write(file, bytes(utf8.length, utf8, dataBytes));
    }

    private void assertRefused(String found) {
        TensorFileException e = Expect.message(TensorFileException.class, () -> Safetensors.open(file),
                "Reading " + file + " as safetensors", found, "copy or write it again");
        assertTrue(e.getMessage().length() < 2000, "a message that nobody reads: " + e.getMessage().length() + " characters");
    }

    private static String entry(String name, String dtype, String shape, String offsets) {
        return String.format(Locale.ROOT, "\"%s\":{\"dtype\":\"%s\",\"shape\":%s,\"data_offsets\":%s}", name, dtype, shape, offsets);
    }

    @Test
    void everyTruncationIsRefused() throws IOException {
        try (var scope = TensorScope.open()) {
            var tensors = new LinkedHashMap<String, Tensor>();
            tensors.put("first", Tensor.of(new float[] {1, 2, 3}));
            tensors.put("second", Tensor.of(new long[] {4, 5}, 2, 1));
            Safetensors.write(file, tensors, Map.of("format", "pt"));
        }
        byte[] whole = Files.readAllBytes(file);
        for (int length = 0; length < whole.length; length++) {
            Files.write(file, Arrays.copyOf(whole, length));
            assertRefused("the file has ");
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {Long.MIN_VALUE, -1, 0, 1, 30, 1L << 31, 100_000_001, Long.MAX_VALUE})
    void headerLengthsThatLieAreRefused(long length) throws IOException {
        Files.write(file, bytes(length, "{}".getBytes(StandardCharsets.UTF_8), 8));
        assertRefused(length < 0 ? "no valid number of bytes" : length + " bytes, and the file has 18");
    }

    @ParameterizedTest
    @ValueSource(strings = {"nonsense", "{\"x\":", "{\"x\" 1}", "{}}", "{} {}", "{}0", "{}\0", "\ufeff{}", "{'x':1}", "{\"x\":1,}", "// {}"})
    void headersThatAreNotJsonAreRefused(String header) throws IOException {
        write(header, 0);
        assertRefused("its header is not JSON");
    }

    @ParameterizedTest
    @ValueSource(strings = {"[]", "null", "17", "\"{}\"", "   ", "[{}]"})
    void headersThatAreNoObjectAreRefused(String header) throws IOException {
        write(header, 0);
        assertRefused("its header is not a JSON object");
    }

    static Stream<Arguments> lies() {
        String x = entry("x", "F32", "[2]", "[0,8]");
        return Stream.of(
                Arguments.of("a name twice", "{" + x + "," + x + "}", 8, "Duplicate field 'x'"),
                Arguments.of("a field twice", "{\"x\":{\"dtype\":\"F32\",\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}", 8, "Duplicate field 'dtype'"),
                Arguments.of("an overlap", "{" + x + "," + entry("y", "F32", "[2]", "[4,12]") + "}", 12, "y begins at byte 4, and the one before it ends at 8"),
                Arguments.of("shared bytes", "{" + x + "," + entry("y", "F32", "[2]", "[0,8]") + "}", 8, "begins at byte 0, and the one before it ends at 8"),
                Arguments.of("a gap", "{" + x + "," + entry("y", "F32", "[1]", "[12,16]") + "}", 16, "y begins at byte 12, and the one before it ends at 8"),
                Arguments.of("a gap in front", "{" + entry("x", "F32", "[2]", "[4,12]") + "}", 12, "x begins at byte 4, and the one before it ends at 0"),
                Arguments.of("bytes left over", "{" + x + "}", 9, "end at byte 8, and the file has 9"),
                Arguments.of("bytes without a tensor", "{}", 1, "end at byte 0, and the file has 1"),
                Arguments.of("a negative begin", "{" + entry("x", "F32", "[2]", "[-8,0]") + "}", 8, "data_offsets [-8,0]"),
                Arguments.of("negative offsets", "{" + entry("x", "F32", "[2]", "[-16,-8]") + "}", 8, "data_offsets [-16,-8]"),
                Arguments.of("begin after end", "{" + entry("x", "F32", "[2]", "[8,0]") + "}", 8, "x lies at bytes 8 to 0, and the file has 8"),
                Arguments.of("an end beyond the file", "{" + entry("x", "F32", "[4]", "[0,16]") + "}", 8, "x lies at bytes 0 to 16, and the file has 8"),
                Arguments.of("an end beyond everything", "{" + entry("x", "F32", "[2]", "[9223372036854775799,9223372036854775807]") + "}", 8, "x lies at bytes 9223372036854775799"),
                Arguments.of("an offset beyond long", "{" + entry("x", "F32", "[2]", "[0,18446744073709551624]") + "}", 8, "data_offsets [0,18446744073709551624]"),
                Arguments.of("an offset that is no integer", "{" + entry("x", "F32", "[2]", "[0,8.0]") + "}", 8, "data_offsets [0,8.0]"),
                Arguments.of("an offset that is a text", "{" + entry("x", "F32", "[2]", "[0,\"8\"]") + "}", 8, "data_offsets [0,\"8\"]"),
                Arguments.of("three offsets", "{" + entry("x", "F32", "[2]", "[0,8,8]") + "}", 8, "data_offsets [0,8,8]"),
                Arguments.of("no offsets", "{\"x\":{\"dtype\":\"F32\",\"shape\":[2]}}", 8, "where lists of sizes and two offsets belong"),
                Arguments.of("too many elements", "{" + entry("x", "F32", "[3]", "[0,8]") + "}", 8, "x of shape [3] and dtype float32 does not fit its 8 bytes"),
                Arguments.of("too few elements", "{" + entry("x", "F64", "[]", "[0,16]") + "}", 16, "x of shape [] and dtype float64 does not fit its 16 bytes"),
                Arguments.of("a product that wraps to 0", "{" + entry("x", "F32", "[4294967296,4294967296]", "[0,0]") + "}", 0, "does not fit its 0 bytes"),
                Arguments.of("a product that wraps to 8", "{" + entry("x", "F32", "[4611686018427387906]", "[0,8]") + "}", 8, "does not fit its 8 bytes"),
                Arguments.of("a negative size", "{" + entry("x", "F32", "[-1,-2]", "[0,8]") + "}", 8, "shape [-1,-2]"),
                Arguments.of("a size beyond long", "{" + entry("x", "F32", "[18446744073709551618]", "[0,8]") + "}", 8, "shape [18446744073709551618]"),
                Arguments.of("a shape that is a number", "{" + entry("x", "F32", "2", "[0,8]") + "}", 8, "shape 2"),
                Arguments.of("no dtype", "{\"x\":{\"shape\":[2],\"data_offsets\":[0,8]}}", 8, "not among [BF16, BOOL"),
                Arguments.of("an unknown dtype", "{" + entry("x", "F8_E4M3", "[8]", "[0,8]") + "}", 8, "x has dtype \"F8_E4M3\", which is not among [BF16, BOOL"),
                Arguments.of("a dtype in small letters", "{" + entry("x", "f32", "[2]", "[0,8]") + "}", 8, "dtype \"f32\""),
                Arguments.of("an entry that is a number", "{\"x\":7}", 0, "tensor x"),
                Arguments.of("metadata that is a list", "{\"__metadata__\":[1]}", 0, "__metadata__ is not a JSON object"),
                Arguments.of("metadata that is a number", "{\"__metadata__\":{\"format\":1}}", 0, "has 1 for format, where a text belongs"),
                Arguments.of("a size that is NaN", "{" + entry("x", "F32", "[NaN]", "[0,8]") + "}", 8, "its header is not JSON"),
                Arguments.of("a space in front", " {}", 0, "does not begin with {"),
                Arguments.of("65 dimensions", "{" + entry("x", "F32", "[" + "1,".repeat(64) + "2]", "[0,8]") + "}", 8, "where lists of sizes"),
                Arguments.of("a thousand levels", "{\"x\":" + "[".repeat(2000) + "]".repeat(2000) + "}", 0, "nesting depth"),
                Arguments.of("a number of 5000 digits", "{" + entry("x", "F32", "[2]", "[0," + "8".repeat(5000) + "]") + "}", 8, "maximum allowed"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("lies")
    void headersThatLieAreRefused(String lie, String header, int dataBytes, String found) throws IOException {
        write(header, dataBytes);
        assertRefused(found);
    }

    @Test
    void aHeaderThatIsNotUtf8IsRefused() throws IOException {
        byte[] header = ("{" + entry("x\u00e4", "F32", "[2]", "[0,8]") + "}").getBytes(StandardCharsets.ISO_8859_1);
        Files.write(file, bytes(header.length, header, 8));
        assertRefused("its header is not UTF-8");
    }

    /// Three bytes that are a list of fifty, over and over.
    @Test
    void aHeaderOfMoreValuesThanTensorsNeedIsRefused() throws IOException {
        write("{\"x\":[" + "[],".repeat(5_000_000) + "[]]}", 0);
        assertRefused("its header is not JSON (Token count");
    }

    @Test
    void hugeDimensionCountsAndTextsAreRefusedInAShortMessage() throws IOException {
        write("{" + entry("x", "F32", "[" + "1,".repeat(500_000) + "2]", "[0,8]") + "}", 8);
        assertRefused("tensor x");
        write("{" + entry("x".repeat(40_000), "F32", "[3]", "[0,8]") + "}", 8);
        assertRefused("tensor xxx");
        write("{" + entry("x", "F".repeat(40_000), "[3]", "[0,8]") + "}", 8);
        assertRefused("x has dtype \"FFF");
    }

    /// Shapes that the format allows, of tensors without elements: they are read, or libtorch refuses them.
    @Test
    void hugeSizesOfEmptyTensorsAreHarmless() throws IOException {
        for (String shape : new String[] {"[0,9223372036854775807]", "[1152921504606846976,0,1152921504606846976]", "[" + "1,".repeat(63) + "0]"}) {
            write("{" + entry("x", "F32", shape, "[0,0]") + "}", 0);
            try (var read = Safetensors.open(file); var scope = TensorScope.open()) {
                assertEquals(0, read.tensor("x").numel());
            } catch (TorchException e) {
                assertFalse(e.getMessage().isEmpty());
            }
        }
    }

    @Test
    void aFileThatShrinksWhileItIsOpenIsAnErrorNotACrash() throws IOException {
        int elements = 1 << 16;
        try (var scope = TensorScope.open()) {
            Safetensors.write(file, Map.of("x", Tensor.ones(DType.FLOAT32, elements)), Map.of());
            try (var read = Safetensors.open(file)) {
                assertArrayEquals(new long[] {elements}, read.tensor("x").shape());
                try (var channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
                    channel.truncate(100);
                }
                Expect.message(TensorFileException.class, () -> read.tensor("x"), file.toString(), "tensor x is gone", "became shorter", "copy or write it again");
            }
        }
    }

    /// Damaged at random, many times: either the file still says something valid, or it is refused.
    @Test
    void damagedBytesNeverLeadBeyondTheFile() throws IOException {
        try (var scope = TensorScope.open()) {
            var tensors = new LinkedHashMap<String, Tensor>();
            tensors.put("first", Tensor.of(new float[] {1, 2, 3}));
            tensors.put("second", Tensor.of(new long[] {4, 5}, 2, 1));
            Safetensors.write(file, tensors, Map.of("format", "pt"));
        }
        byte[] whole = Files.readAllBytes(file);
        var random = new Random(1);
        int refused = 0;
        int rounds = Integer.getInteger("mneme.fuzz", 500);
        for (int i = 0; i < rounds; i++) {
            Files.write(file, Damage.of(whole, random));
            try (var read = Safetensors.open(file); var scope = TensorScope.open()) {
                read.tensors();
            } catch (TensorFileException e) {
                refused++;
            }
        }
        assertTrue(refused > rounds / 4, refused + " of " + rounds + " were refused");
    }
}
