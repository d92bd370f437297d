package dev.mneme.torch.io;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.mneme.torch.DType;
import dev.mneme.torch.Tensor;
import dev.mneme.torch.TensorScope;
import dev.mneme.torch.testing.Golden;
import dev.mneme.torch.testing.NoLeaks;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Random;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/// Archives made here byte by byte: good ones, damaged ones, and such as would run a program if they were unpickled by Python.
/// More of what PyTorch itself writes is read in ModelWeightsTest.
@ExtendWith(NoLeaks.class)
class TorchArchiveTest {
    private static final byte[] SIX = floats(1, 2, 3, 4, 5, 6);

    @TempDir
    private Path folder;

    // ---- a small assembler of pickles --------------------------------------------------------------------------------------

    private static final class Pickle {
        private final ByteArrayOutputStream out = new ByteArrayOutputStream();

        Pickle() {
            bytes(0x80, 2);
        }

        Pickle bytes(int... all) {
            for (int each : all) {
                out.write(each);
            }
            return this;
        }

        Pickle op(char opcode) {
            return bytes(opcode);
        }

        Pickle text(String text) {
            byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
            bytes('X').raw(ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(utf8.length).array());
            return raw(utf8);
        }

        Pickle number(int number) {
            return bytes('J').raw(ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(number).array());
        }

        Pickle global(String module, String name) {
            return raw(("c" + module + "\n" + name + "\n").getBytes(StandardCharsets.UTF_8));
        }

        Pickle raw(byte[] all) {
            out.writeBytes(all);
            return this;
        }

        /// torch._utils._rebuild_tensor_v2(storage, offset, shape, strides, False, OrderedDict())
        Pickle tensor(String type, String key, int elements, int offset, int[] shape, int[] strides) {
            global("torch._utils", "_rebuild_tensor_v2").op('(').op('(').text("storage").global("torch", type).text(key).text("cpu")
                    .number(elements).op('t').op('Q').number(offset);
            for (int[] sizes : new int[][] {shape, strides}) {
                op('(');
                for (int size : sizes) {
                    number(size);
                }
                op('t');
            }
            return bytes(0x89).global("collections", "OrderedDict").op(')').op('R').op('t').op('R');
        }

        byte[] end() {
            return op('.').out.toByteArray();
        }
    }

    /// A dict with one tensor `w` of six floats in storage 0.
    private static byte[] one(int elements, int offset, int[] shape, int[] strides) {
        return new Pickle().op('}').op('(').text("w").tensor("FloatStorage", "0", elements, offset, shape, strides).op('u').end();
    }

    private static byte[] floats(float... values) {
        ByteBuffer buffer = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
        for (float each : values) {
            buffer.putFloat(each);
        }
        return buffer.array();
    }

    private Path archive(byte[] pickle, byte[] storage) throws IOException {
        Path file = folder.resolve("pytorch_model.bin");
        try (var zip = new ZipOutputStream(Files.newOutputStream(file))) {
            add(zip, "archive/data.pkl", pickle, ZipEntry.STORED);
            add(zip, "archive/data/0", storage, ZipEntry.STORED);
        }
        return file;
    }

    private static void add(ZipOutputStream zip, String name, byte[] content, int method) throws IOException {
        var entry = new ZipEntry(name);
        entry.setMethod(method);
        if (method == ZipEntry.STORED) {
            var crc = new CRC32();
            crc.update(content);
            entry.setCrc(crc.getValue());
            entry.setSize(content.length);
            entry.setCompressedSize(content.length);
        }
        zip.putNextEntry(entry);
        zip.write(content);
        zip.closeEntry();
    }

    private void assertRefused(byte[] pickle, String found) throws IOException {
        assertRefused(archive(pickle, SIX), found);
    }

    private static void assertRefused(Path file, String found) {
        TensorFileException e = assertThrows(TensorFileException.class, () -> TorchArchive.open(file).close());
        assertTrue(e.getMessage().startsWith("Reading " + file + " as a file of torch.save: "), e.getMessage());
        assertTrue(e.getMessage().contains(found), e.getMessage());
        assertEquals(1, e.getMessage().lines().count());
    }

    // ---- good ----------------------------------------------------------------------------------------------------------------

    @Test
    void readsTensorsAndViewsOfThem() throws IOException {
        byte[] pickle = new Pickle().op('}').op('(')
                .text("w").tensor("FloatStorage", "0", 6, 0, new int[] {2, 3}, new int[] {3, 1})
                .text("turned").tensor("FloatStorage", "0", 6, 0, new int[] {3, 2}, new int[] {1, 3})
                .text("tail").tensor("FloatStorage", "0", 6, 4, new int[] {2}, new int[] {1})
                .text("scalar").tensor("FloatStorage", "0", 6, 5, new int[] {}, new int[] {})
                .text("inner").op('}').op('(').text("none").tensor("FloatStorage", "0", 6, 0, new int[] {0, 7}, new int[] {7, 1}).op('u')
                .op('u').end();
        try (var scope = TensorScope.open(); var file = TorchArchive.open(archive(pickle, SIX))) {
            assertEquals("[w, turned, tail, scalar, inner.none]", file.entries().keySet().toString());
            assertEquals(DType.FLOAT32, file.entries().get("w").dtype());
            assertArrayEquals(new long[] {3, 2}, file.entries().get("turned").shape());
            assertArrayEquals(new float[] {1, 2, 3, 4, 5, 6}, file.tensor("w").toFloats());
            Tensor turned = file.tensor("turned");
            assertArrayEquals(new long[] {3, 2}, turned.shape());
            assertArrayEquals(new float[] {1, 4, 2, 5, 3, 6}, turned.toFloats());
            assertArrayEquals(new float[] {5, 6}, file.tensor("tail").toFloats());
            assertEquals(6.0, file.tensor("scalar").item());
            assertEquals(0, file.tensor("inner.none").numel());
            assertThrows(IllegalArgumentException.class, () -> file.tensor("x"));
        }
    }

    @Test
    void theTensorsOfAPyTorchCheckpointAreReadAmongItsOtherValues() throws IOException {
        try (var scope = TensorScope.open(); var file = TorchArchive.open(Golden.file("checkpoints/training.bin"))) {
            var expected = Golden.tensors("checkpoints/training.safetensors");
            assertEquals(expected.keySet(), new HashSet<>(file.entries().keySet()));
            for (String name : expected.keySet()) {
                Golden.assertClose(expected.get(name), file.tensor(name), 0, name);
            }
        }
    }

    /// NoLeaks sees what is left.
    @Test
    void outsideAnyScopeTheTensorIsAllThereIsToClose() throws IOException {
        try (var file = TorchArchive.open(archive(one(6, 0, new int[] {2, 3}, new int[] {3, 1}), SIX)); Tensor straight = file.tensor("w")) {
            assertArrayEquals(new float[] {1, 2, 3, 4, 5, 6}, straight.toFloats());
        }
        try (var file = TorchArchive.open(archive(one(6, 0, new int[] {3, 2}, new int[] {1, 3}), SIX)); Tensor turned = file.tensor("w")) {
            assertArrayEquals(new float[] {1, 4, 2, 5, 3, 6}, turned.toFloats());
        }
    }

    // ---- hostile -------------------------------------------------------------------------------------------------------------

    @Test
    void noFunctionIsCalled() throws IOException {
        for (String[] each : new String[][] {{"os", "system"}, {"posix", "system"}, {"builtins", "eval"}, {"torch.storage", "_load_from_bytes"},
            {"subprocess", "Popen"}, {"collections", "namedtuple"}}) {
            assertRefused(new Pickle().global(each[0], each[1]).op('(').text("touch " + folder.resolve("owned")).op('t').op('R').end(),
                    "it asks for Python's " + each[0] + "." + each[1] + ", which nothing but a program needs");
        }
        assertRefused(new Pickle().bytes(0x8c, 2, 'o', 's', 0x8c, 6, 's', 'y', 's', 't', 'e', 'm', 0x93).op('.').end(),
                "it asks for Python's os.system");
        assertTrue(Files.notExists(folder.resolve("owned")));
    }

    @Test
    void whatHoldsNoTensorsIsRefused() throws IOException {
        assertRefused(new Pickle().op('}').op('(').text("epoch").number(3).op('u').end(), "it holds a dict without tensors");
        assertRefused(new Pickle().text("just text").end(), "it holds the string \"just text\", where a dict of tensors belongs");
        assertRefused(new Pickle().op(']').end(), "it holds a list, where a dict of tensors belongs");
        assertRefused(new Pickle().op('}').op(']').number(2).op('s').end(), "has the key a list");
    }

    /// {"epoch": 3, "state": {0: {"m": w}}, "param_groups": [{"lr": 0.5, "params": [0, 1]}, [w]], "dtype": torch.float32,
    /// "shape": torch.Size((2, 3)), "seed": 2 ** 64 - 1, "nothing": None}, as checkpoints of training are.
    @Test
    void tensorsBesidePlainValuesAreRead() throws IOException {
        byte[] pickle = new Pickle().op('}').op('(').text("epoch").number(3)
                .text("state").op('}').number(0).op('}').text("m").tensor("FloatStorage", "0", 6, 0, new int[] {2}, new int[] {1}).op('s').op('s')
                .text("param_groups").op(']').op('(')
                .op('}').op('(').text("lr").bytes('G', 0x3f, 0xe0, 0, 0, 0, 0, 0, 0).text("params").op(']').op('(').number(0).number(1).op('e').op('u')
                .op(']').tensor("FloatStorage", "0", 6, 2, new int[] {3}, new int[] {1}).op('a').op('e')
                .text("dtype").global("torch", "float32")
                .text("shape").global("torch", "Size").number(2).number(3).bytes(0x86, 0x85).op('R')
                .text("seed").bytes(0x8a, 9, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0)
                .text("nothing").op('N').op('u').end();
        try (var scope = TensorScope.open(); var file = TorchArchive.open(archive(pickle, SIX))) {
            assertEquals("[state.0.m, param_groups.1.0]", file.entries().keySet().toString());
            assertArrayEquals(new float[] {1, 2}, file.tensor("state.0.m").toFloats());
            assertArrayEquals(new float[] {3, 4, 5}, file.tensor("param_groups.1.0").toFloats());
        }
    }

    @Test
    void namesAreStringsAndAreNotMadeOfAnythingElse() throws IOException {
        assertRefused(new Pickle().op(']').text("system").bytes(0x93).end(), "names something by a list and the string \"system\"");
        // A list that holds itself twice, forty times over: its text would have no end.
        Pickle nested = new Pickle().op(']').bytes('q', 0, 'h', 0, 'a', 'h', 0, 'a');
        for (int i = 1; i <= 40; i++) {
            nested.op(']').bytes('q', i, 'h', i - 1, 'a', 'h', i - 1, 'a');
        }
        byte[] named = nested.text("x").bytes(0x93).end();
        assertTimeoutPreemptively(Duration.ofSeconds(20), () -> assertRefused(named, "names something by a list"));
        assertRefused(new Pickle().op('}').op('(').text("x").op(']').bytes('q', 0, 'h', 0, 'a').op('u').end(), "its list x.0 is in it twice");
        assertRefused(new Pickle().op('}').text("n".repeat(2000)).tensor("FloatStorage", "0", 6, 0, new int[] {2}, new int[] {1}).op('s').end(),
                "a name of more than 1000 characters");
    }

    /// Bytes that are values of a hundred bytes each, as many as a pickle may have.
    @Test
    void memoryIsBoundedByTheFile() throws IOException {
        for (int opcode : new int[] {'}', ']', '('}) {
            byte[] pickle = new byte[3_000_000];
            Arrays.fill(pickle, (byte) opcode);
            assertRefused(pickle, "more than 2000000 values");
        }
        byte[] stored = new byte[3_000_000];
        Arrays.fill(stored, (byte) 0x94);
        stored[0] = 'N';
        assertRefused(stored, "more than 2000000 values");
    }

    @Test
    void picklesThatDoNotEndOrDoNotFitAreRefused() throws IOException {
        byte[] good = one(6, 0, new int[] {6}, new int[] {1});
        for (int length = 0; length < good.length; length++) {
            assertRefused(Arrays.copyOf(good, length), length == 0 ? "" : "its pickle");
        }
        assertRefused(new Pickle().bytes('X', 0xff, 0xff, 0xff, 0x7f).end(), "a string of 2147483647 bytes, and 1 are left");
        assertRefused(new Pickle().op('h').bytes(9).end(), "recalls value 9");
        assertRefused(new Pickle().op('i').end(), "the instruction 0x69 at byte 2");
        assertRefused(new Pickle().op('t').end(), "takes more values than it gives");
        assertRefused(new byte[] {(byte) 0x80, 9, '.'}, "of protocol 9");
        // a dict that holds itself
        assertRefused(new Pickle().op('}').bytes('q', 0).text("me").bytes('h', 0).op('s').end(), "its dict me is in it twice");
    }

    /// Each of 40 dicts has the one before under two names: 2^40 ways to the first.
    @Test
    void dictsThatAreSharedAreNotWalkedAgainAndAgain() throws IOException {
        for (boolean tensors : new boolean[] {true, false}) {
            Pickle pickle = new Pickle().op('}').bytes('q', 0);
            if (tensors) {
                pickle.text("w").tensor("FloatStorage", "0", 6, 0, new int[] {6}, new int[] {1}).op('s');
            }
            for (int i = 1; i <= 40; i++) {
                pickle.op('}').bytes('q', i).text("a").bytes('h', i - 1).op('s').text("b").bytes('h', i - 1).op('s');
            }
            byte[] shared = pickle.end();
            assertTimeoutPreemptively(Duration.ofSeconds(20), () -> assertRefused(shared, tensors ? "is in it twice" : "without tensors"));
        }
    }

    @Test
    void tensorsThatReachPastTheirStorageAreRefused() throws IOException {
        String wrong = "does not fit data/0";
        assertRefused(one(6, 0, new int[] {7}, new int[] {1}), wrong);
        assertRefused(one(6, 5, new int[] {2}, new int[] {1}), wrong);
        assertRefused(one(6, 0, new int[] {2, 3}, new int[] {4, 1}), wrong);
        assertRefused(one(7, 0, new int[] {6}, new int[] {1}), wrong); // more elements than its file has
        assertRefused(one(6, 0, new int[] {Integer.MAX_VALUE, Integer.MAX_VALUE, Integer.MAX_VALUE}, new int[] {0, 0, 0}), wrong);
        assertRefused(one(6, 0, new int[] {1000000}, new int[] {0}), "is expanded from 6 elements"); // one element a million times
        assertRefused(one(6, 0, new int[] {2}, new int[] {Integer.MAX_VALUE}), wrong);
        assertRefused(one(6, -1, new int[] {2}, new int[] {1}), "no storage");
        assertRefused(one(6, 0, new int[] {-2}, new int[] {1}), "for sizes or strides");
        byte[] elsewhere = new Pickle().op('}').op('(').text("w").tensor("FloatStorage", "../../etc/passwd", 6, 0, new int[] {6}, new int[] {1})
                .op('u').end();
        assertRefused(elsewhere, "which the archive does not have");
    }

    @Test
    void archivesThatAreNoneOrGrowAreRefused() throws IOException {
        Path file = folder.resolve("pytorch_model.bin");
        assertThrows(NoSuchFileException.class, () -> TorchArchive.open(file));
        Files.write(file, new byte[] {(byte) 0x80, 2, (byte) 0x8a, 10});
        assertRefused(file, "it is no zip archive. Remedy: PyTorch before 1.6");
        byte[] good = Files.readAllBytes(archive(one(6, 0, new int[] {6}, new int[] {1}), SIX));
        Files.write(file, Arrays.copyOf(good, good.length - 30));
        assertRefused(file, "its zip archive is damaged");
        try (var zip = new ZipOutputStream(Files.newOutputStream(file))) {
            add(zip, "archive/data.pkl", new byte[50_000_000], ZipEntry.DEFLATED); // 50 kB on the disk
        }
        assertRefused(file, "is compressed");
        try (var zip = new ZipOutputStream(Files.newOutputStream(file))) {
            add(zip, "archive/other", SIX, ZipEntry.STORED);
        }
        assertRefused(file, "it has no data.pkl");
        try (var zip = new ZipOutputStream(Files.newOutputStream(file))) {
            add(zip, "a/data.pkl", one(6, 0, new int[] {6}, new int[] {1}), ZipEntry.STORED);
            add(zip, "a/byteorder", "big".getBytes(StandardCharsets.UTF_8), ZipEntry.STORED);
        }
        assertRefused(file, "its numbers are big-endian");
    }

    /// What the zip library says of such files is an exception of its own, of many kinds.
    @Test
    void everyTruncationAndDamageOfTheArchiveIsRefused() throws IOException {
        byte[] good = Files.readAllBytes(archive(one(6, 0, new int[] {2, 3}, new int[] {3, 1}), SIX));
        Path file = folder.resolve("pytorch_model.bin");
        for (int length = 0; length < good.length; length++) {
            Files.write(file, Arrays.copyOf(good, length));
            assertRefused(file, "");
        }
        int rounds = Integer.getInteger("mneme.fuzz", 500);
        var random = new Random(2);
        for (int i = 0; i < rounds; i++) {
            Files.write(file, Damage.of(good, random));
            try (var scope = TensorScope.open(); var opened = TorchArchive.open(file)) {
                opened.tensors();
            } catch (TensorFileException e) {
                assertTrue(e.getMessage().contains("Remedy") && e.getMessage().contains(file.toString()), e.getMessage());
            }
        }
    }

    @Test
    void nothingIsLeftOfATensorThatIsNotWhole() throws IOException {
        // The entry's own header says less than the archive's directory does.
        byte[] good = Files.readAllBytes(archive(one(6, 0, new int[] {2, 3}, new int[] {1, 2}), SIX));
        Path file = folder.resolve("pytorch_model.bin");
        try (var opened = TorchArchive.open(file)) {
            byte[] shorter = good.clone();
            int local = new String(good, StandardCharsets.ISO_8859_1).indexOf("archive/data/0") - 30;
            shorter[local] = 'X'; // no header at all
            Files.write(file, shorter);
            TensorFileException e = assertThrows(TensorFileException.class, () -> opened.tensor("w"));
            assertTrue(e.getMessage().contains("w is not whole"), e.getMessage());
        }
    }

    @Test
    void randomDamageNeverDoesMoreThanRefuse() throws IOException {
        byte[] good = one(6, 0, new int[] {2, 3}, new int[] {3, 1});
        var random = new Random(1);
        for (int i = 0; i < Integer.getInteger("mneme.fuzz", 500); i++) {
            try (var scope = TensorScope.open(); var file = TorchArchive.open(archive(Damage.of(good, random), SIX))) {
                file.tensors();
            } catch (TensorFileException e) {
                assertTrue(e.getMessage().contains("Remedy"), e.getMessage());
            }
        }
    }

    /// Each level is an empty dict, stored under an empty name: no name grows.
    @Test
    void dictsInEachOtherEndSomewhere() throws IOException {
        int depth = 200_000;
        var pickle = ByteBuffer.allocate(2 + 7 * depth + 1);
        pickle.put((byte) 0x80).put((byte) 2);
        for (int i = 0; i < depth; i++) {
            pickle.put((byte) '}').put((byte) 'X').putInt(0);
        }
        pickle.put((byte) '}');
        for (int i = 0; i < depth - 1; i++) {
            pickle.put((byte) 's');
        }
        byte[] bytes = Arrays.copyOf(pickle.array(), pickle.position() + 2);
        bytes[bytes.length - 2] = 's';
        bytes[bytes.length - 1] = '.';
        assertRefused(bytes, "its dicts and lists are more than 500 deep");
    }

    @Test
    void viewsAreWhatTheyStandFor() throws IOException {
        try (var scope = TensorScope.open(); var file = TorchArchive.open(Golden.file("checkpoints/views.bin"))) {
            var expected = Golden.tensors("checkpoints/views.safetensors");
            for (String name : expected.keySet()) {
                Golden.assertClose(expected.get(name), file.tensor(name), 0, name);
            }
        }
        assertRefused(Golden.file("checkpoints/expanded.bin"), "tensor expanded of shape [4] is expanded from 1 elements");
    }
}
