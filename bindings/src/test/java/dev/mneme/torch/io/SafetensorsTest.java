package dev.mneme.torch.io;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.mneme.torch.DType;
import dev.mneme.torch.Tensor;
import dev.mneme.torch.TensorScope;
import dev.mneme.torch.TorchException;
import dev.mneme.torch.testing.Expect;
import dev.mneme.torch.testing.Golden;
import dev.mneme.torch.testing.NoLeaks;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@ExtendWith(NoLeaks.class)
class SafetensorsTest {
    @TempDir
    private Path folder;
    private Path file;
    private TensorScope scope;

    @BeforeEach
    void open() {
        file = folder.resolve("model.safetensors");
        scope = TensorScope.open();
    }

    @AfterEach
    void close() {
        scope.close();
    }

    /// What a file holds by the letter of the format.
    private static byte[] bytes(String header, byte[] data) {
        byte[] json = header.getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(8 + json.length + data.length).order(ByteOrder.LITTLE_ENDIAN)
                .putLong(json.length).put(json).put(data).array();
    }

    private List<String> names() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(f -> f.getFileName().toString()).sorted().toList();
        }
    }

    // ---- the format ----------------------------------------------------------------------------------------------------

    @Test
    void aFileIsWrittenByTheLetterOfTheFormat() throws IOException {
        var tensors = new LinkedHashMap<String, Tensor>();
        tensors.put("x", Tensor.of(new float[] {1, -2}, 2, 1));
        tensors.put("id", Tensor.of(new long[] {258}).reshape());
        Safetensors.write(file, tensors, Map.of("format", "pt"));
        String header = "{\"__metadata__\":{\"format\":\"pt\"},\"x\":{\"dtype\":\"F32\",\"shape\":[2,1],\"data_offsets\":[0,8]},"
                + "\"id\":{\"dtype\":\"I64\",\"shape\":[],\"data_offsets\":[8,16]}}";
        String padded = header + " ".repeat((8 - header.length() % 8) % 8);
        assertArrayEquals(bytes(padded, HexFormat.of().parseHex("0000803f000000c0" + "0201000000000000")), Files.readAllBytes(file));
        assertEquals(List.of("model.safetensors"), names());
    }

    @Test
    void everyDtypeIsReadByTheLetterOfTheFormat() throws IOException {
        // One after the other: true, 255, -1, -2, -3, -4, and 1.5 in each floating-point format.
        String data = "01" + "ff" + "ff" + "feff" + "fdffffff" + "fcffffffffffffff" + "003e" + "c03f" + "0000c03f" + "000000000000f83f";
        double[] values = {1, 255, -1, -2, -3, -4, 1.5, 1.5, 1.5, 1.5};
        String[] codes = {"BOOL", "U8", "I8", "I16", "I32", "I64", "F16", "BF16", "F32", "F64"};
        var entries = new ArrayList<String>();
        int at = 0;
        for (int i = 0; i < codes.length; i++) {
            int end = at + DType.values()[i].bytes();
            entries.add(String.format(Locale.ROOT, "\"%s\":{\"dtype\":\"%s\",\"shape\":[1,1],\"data_offsets\":[%d,%d]}", codes[i], codes[i], at, end));
            at = end;
        }
        Files.write(file, bytes("{" + String.join(",", entries) + "}", HexFormat.of().parseHex(data)));
        try (var read = Safetensors.open(file)) {
            assertEquals(List.of(codes), new ArrayList<>(read.entries().keySet()));
            for (int i = 0; i < codes.length; i++) {
                Tensor tensor = read.tensor(codes[i]);
                assertEquals(DType.values()[i], tensor.dtype());
                assertArrayEquals(new long[] {1, 1}, tensor.shape());
                assertEquals(values[i], tensor.item(), codes[i]);
            }
        }
    }

    @Test
    void everyDtypeComesBackAlsoWithoutElementsAndWithoutDimensions() throws IOException {
        var tensors = new LinkedHashMap<String, Tensor>();
        for (DType dtype : DType.values()) {
            tensors.put(dtype + ".matrix", Tensor.of(new double[] {0, 1, 1, 0, 1, 0}, 2, 3).to(dtype));
            tensors.put(dtype + ".scalar", Tensor.ones(dtype));
            tensors.put(dtype + ".empty", Tensor.empty(dtype, 3, 0, 2));
        }
        tensors.put("a name of any kind: \"\\ \u00e9 \ud83d\ude00", Tensor.of(new float[] {Float.NaN, Float.NEGATIVE_INFINITY, -0f}));
        Safetensors.write(file, tensors, Map.of());
        try (var read = Safetensors.open(file)) {
            assertEquals(new ArrayList<>(tensors.keySet()), new ArrayList<>(read.entries().keySet()));
            for (Map.Entry<String, Tensor> each : tensors.entrySet()) {
                String name = each.getKey();
                Tensor expected = each.getValue();
                Tensor tensor = read.tensor(name);
                assertEquals(expected.dtype(), tensor.dtype(), name);
                assertArrayEquals(expected.shape(), tensor.shape(), name);
                try (var arena = Arena.ofConfined()) {
                    assertEquals(-1, expected.segment(arena).mismatch(tensor.segment(arena)), name);
                }
            }
            assertEquals(tensors.keySet(), read.tensors().keySet());
        }
    }

    @Test
    void viewsAndParametersAreWrittenInRowMajorOrder() throws IOException {
        Tensor x = Tensor.of(new float[] {1, 2, 3, 4, 5, 6}, 2, 3).requiresGrad(true);
        Safetensors.write(file, Map.of("x", x.t()), Map.of());
        try (var read = Safetensors.open(file)) {
            assertArrayEquals(new float[] {1, 4, 2, 5, 3, 6}, read.tensor("x").toFloats());
        }
    }

    @Test
    void aFileWithoutTensorsIsValid() throws IOException {
        Safetensors.write(file, Map.of(), Map.of("only", "metadata"));
        try (var read = Safetensors.open(file)) {
            assertTrue(read.entries().isEmpty());
            assertEquals(Map.of("only", "metadata"), read.metadata());
        }
    }

    @Test
    void filesWrittenByPythonAreRead() throws IOException {
        try (var read = Safetensors.open(Golden.file("nn/expected_f64.safetensors"))) {
            assertEquals(DType.BOOL, read.entries().get("attention.mask").dtype());
            assertArrayEquals(new long[] {2, 1, 5, 6}, read.entries().get("attention.mask").shape());
            Tensor ids = read.tensor("embedding.ids"); // as make.py has them
            assertArrayEquals(new long[] {0, 1, 3, 3, 6, 2, 1, 1}, ids.toLongs());
            assertEquals(1e-5, read.tensor("layer_norm.eps").item());
        }
        try (var read = Safetensors.open(Golden.file("bert/model.safetensors"))) {
            assertEquals(Map.of("format", "pt"), read.metadata());
            assertArrayEquals(new long[] {60, 24}, read.tensor("bert.embeddings.word_embeddings.weight").shape());
        }
    }

    // ---- reading -------------------------------------------------------------------------------------------------------

    @Test
    void aTensorThatWasReadIsACopy() throws IOException {
        Safetensors.write(file, Map.of("x", Tensor.of(new float[] {1, 2})), Map.of());
        byte[] before = Files.readAllBytes(file);
        Tensor x;
        try (var read = Safetensors.open(file)) {
            x = read.tensor("x").add_(1);
            assertArrayEquals(new float[] {1, 2}, read.tensor("x").toFloats());
        }
        assertArrayEquals(new float[] {2, 3}, x.toFloats());
        assertArrayEquals(before, Files.readAllBytes(file));
    }

    @Test
    void whatIsNotThereIsRefused() throws IOException {
        assertEquals(file.toString(), assertThrows(NoSuchFileException.class, () -> Safetensors.open(file)).getFile());
        Expect.message(TensorFileException.class, () -> Safetensors.open(folder), folder.toString(), "is a folder", "copy or write it again");
        Safetensors.write(file, Map.of("x", Tensor.ones(DType.FLOAT32, 1)), Map.of());
        var read = Safetensors.open(file);
        Expect.message(IllegalArgumentException.class, () -> read.tensor("y"), file.toString(), "no tensor y", "It has [x]");
        read.close();
        read.close();
        Expect.message(IllegalStateException.class, () -> read.tensor("x"), file.toString(), "was closed", "open it again");
    }

    // ---- writing -------------------------------------------------------------------------------------------------------

    @Test
    void anOlderFileIsReplaced() throws IOException {
        Safetensors.write(file, Map.of("x", Tensor.ones(DType.FLOAT32, 1000)), Map.of());
        Safetensors.write(file, Map.of("y", Tensor.ones(DType.FLOAT32, 1)), Map.of());
        try (var read = Safetensors.open(file)) {
            assertEquals(Set.of("y"), read.entries().keySet());
        }
        assertEquals(List.of("model.safetensors"), names());
    }

    @Test
    void whatCannotBeWrittenLeavesNothingBehind() throws IOException {
        Path occupied = Files.createDirectories(folder.resolve("occupied/by/files")).getParent().getParent();
        assertThrows(IOException.class, () -> Safetensors.write(occupied, Map.of("x", Tensor.ones(DType.FLOAT32, 1)), Map.of()));
        assertThrows(NoSuchFileException.class, () -> Safetensors.write(folder.resolve("no/such/folder"), Map.of(), Map.of()));
        Expect.message(IllegalArgumentException.class, () -> Safetensors.write(file, Map.of("__metadata__", Tensor.ones(DType.FLOAT32, 1)), Map.of()),
                file.toString(), "is named __metadata__", "another name");
        Tensor closed = Tensor.ones(DType.FLOAT32, 1);
        closed.close();
        assertThrows(IllegalStateException.class, () -> Safetensors.write(file, Map.of("x", closed), Map.of()));
        assertEquals(List.of("occupied"), names());
    }

    /// On a small disk of our own.
    @Test
    void aFullDiskLosesNothing() throws IOException, InterruptedException {
        Assumptions.assumeTrue(run("mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", folder.toString()), "mounting a small tmpfs takes root");
        try {
            assertFullDiskLosesNothing();
        } finally {
            assertTrue(run("umount", folder.toString()));
        }
    }

    private void assertFullDiskLosesNothing() throws IOException {
        Safetensors.write(file, Map.of("x", Tensor.ones(DType.FLOAT32, 1000)), Map.of());
        byte[] before = Files.readAllBytes(file);
        Tensor large = Tensor.ones(DType.FLOAT32, 1 << 20);
        assertThrows(IOException.class, () -> Safetensors.write(file, Map.of("x", large), Map.of()));
        assertEquals(List.of("model.safetensors"), names());
        assertArrayEquals(before, Files.readAllBytes(file));
        Safetensors.write(file, Map.of("x", Tensor.zeros(DType.FLOAT32, 10)), Map.of());
        assertFalse(Files.size(file) > 200);
    }

    private static boolean run(String... command) throws InterruptedException {
        try {
            return new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.DISCARD).start().waitFor() == 0;
        } catch (IOException e) {
            return false;
        }
    }

    /// Where the memory is not plain, or of another dtype, the values are converted.
    @Test
    void aTensorIsReadIntoAnother() throws IOException {
        try (var scope = TensorScope.open()) {
            Tensor x = Tensor.of(new float[] {1, 2, 3, 4, 5, 6}, 2, 3);
            Safetensors.write(file, Map.of("x", x), Map.of());
            try (var read = Safetensors.open(file)) {
                for (Tensor into : List.of(Tensor.zeros(DType.FLOAT32, 2, 3), Tensor.zeros(DType.FLOAT64, 2, 3),
                        Tensor.zeros(DType.FLOAT32, 3, 2).transpose(0, 1), Tensor.zeros(DType.FLOAT32, 2, 3).requiresGrad(true))) {
                    read.read("x", into);
                    assertArrayEquals(x.toDoubles(), into.toDoubles());
                }
            }
        }
    }

    @Test
    void atensorIsNotReadIntoOneOfAnotherShape(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("a.safetensors");
        Safetensors.write(file, Map.of("a", Tensor.ones(DType.FLOAT32, 1)), Map.of());
        try (var read = Safetensors.open(file)) {
            Tensor into = Tensor.zeros(DType.FLOAT32, 3);
            Expect.message(IllegalArgumentException.class, () -> read.read("a", into), "Reading a: it has shape [1], and the tensor that it was to be copied into has [3]");
            assertEquals(0, into.sum().item());
        }
    }

    @Test
    void whatNobodyCouldReadIsNotWritten(@TempDir Path folder) {
        Path file = folder.resolve("a.safetensors");
        Map<String, Tensor> tensors = Map.of("a", Tensor.ones(DType.FLOAT32, 1));
        Expect.message(IllegalArgumentException.class, () -> Safetensors.write(file, Map.of("a\ud800", tensors.get("a")), Map.of()), "half of a surrogate pair");
        Expect.message(IllegalArgumentException.class, () -> Safetensors.write(file, Map.of("n".repeat(50_001), tensors.get("a")), Map.of()), "has 50001 characters");
        Expect.message(IllegalArgumentException.class, () -> Safetensors.write(file, tensors, Map.of("x", "\udc00")), "half of a surrogate pair");
        Expect.message(IllegalArgumentException.class, () -> Safetensors.write(file, tensors, Collections.singletonMap("x", null)), "the metadata's x is null");
        assertFalse(Files.exists(file));
    }

    /// As by copy_: the graph needs what it saved.
    @Test
    void autogradNoticesThatATensorWasReadInto(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("a.safetensors");
        Safetensors.write(file, Map.of("a", Tensor.ones(DType.FLOAT32, 2, 3)), Map.of());
        try (var read = Safetensors.open(file)) {
            Tensor leaf = Tensor.zeros(DType.FLOAT32, 2, 3).requiresGrad(true);
            Tensor y = leaf.square().sum();
            read.read("a", leaf);
            Expect.message(TorchException.class, y::backward, "modified by an inplace operation");
        }
    }

    /// Opening a pipe waits for whoever writes to it.
    @Test
    void whatIsNoFileIsRefusedAtOnce() throws IOException, InterruptedException {
        Assumptions.assumeTrue(run("mkfifo", file.toString()));
        assertTimeoutPreemptively(Duration.ofSeconds(20), () -> {
            assertTrue(assertThrows(TensorFileException.class, () -> Safetensors.open(file)).getMessage().contains("it is a pipe or a device"));
            assertTrue(assertThrows(TensorFileException.class, () -> TorchArchive.open(file)).getMessage().contains("it is a pipe or a device"));
            assertTrue(assertThrows(IOException.class, () -> Safetensors.write(file, Map.of(), Map.of())).getMessage().contains("no regular file"));
        });
        assertFalse(Files.isRegularFile(file));
    }

    /// libtorch takes the strides of an empty tensor too.
    @Test
    void aShapeWhoseStridesOverflowIsRefused() throws IOException {
        String header = "{\"a\":{\"dtype\":\"F32\",\"shape\":[0,4611686018427387904,4611686018427387904],\"data_offsets\":[0,0]}}";
        Files.write(file, ByteBuffer.allocate(8 + header.length()).order(ByteOrder.LITTLE_ENDIAN).putLong(header.length()).put(header.getBytes(StandardCharsets.UTF_8)).array());
        assertTrue(assertThrows(TensorFileException.class, () -> Safetensors.open(file)).getMessage().contains("more than memory can have"));
    }

    @Test
    void aLinkStaysAndAFolderIsNoFile() throws IOException {
        Path target = folder.resolve("target.safetensors");
        Files.createFile(target);
        Files.createSymbolicLink(file, target.getFileName());
        Safetensors.write(file, Map.of("x", Tensor.ones(DType.FLOAT32, 1)), Map.of());
        assertTrue(Files.isSymbolicLink(file));
        try (var read = Safetensors.open(target)) {
            assertEquals(1, read.tensor("x").item());
        }
        Path sub = Files.createDirectory(folder.resolve("sub"));
        assertTrue(assertThrows(IOException.class, () -> Safetensors.write(sub, Map.of(), Map.of())).getMessage().contains("a folder is there"));
    }
}
