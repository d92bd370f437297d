package dev.mneme.models.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.mneme.models.InputException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TextCorpusTest {

    @TempDir
    Path folder;

    @Test
    void linesComeInOrderWithoutEndsAndBlankOnes() throws IOException {
        Path a = write("a.txt", "one\n\n  \ntwo\r\nthrée 😀");
        Path b = write("b.txt", "four\n");
        assertEquals(List.of("one", "two", "thrée 😀", "four"), read(TextCorpus.open(List.of(a, b))));
    }

    @Test
    void aCorpusCanBeReadAgain() throws IOException {
        TextCorpus corpus = TextCorpus.open(List.of(write("a.txt", "one\ntwo\n")));
        assertEquals(read(corpus), read(corpus));
    }

    @Test
    void aByteOrderMarkIsSkipped() throws IOException {
        assertEquals(List.of("one", "two"), read(TextCorpus.open(List.of(write("bom.txt", "\uFEFFone\ntwo\n")))));
    }

    @Test
    void linesMayCrossTheReadersBlocks() throws IOException {
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            lines.add("é".repeat(4000 + i)); // 8 kB each: characters of two bytes fall on every boundary of 64 KiB
        }
        assertEquals(lines, read(TextCorpus.open(List.of(write("long.txt", String.join("\n", lines))))));
    }

    @Test
    void theReplacementCharacterItselfIsText() throws IOException {
        assertEquals(List.of("a\uFFFDb"), read(TextCorpus.open(List.of(write("a.txt", "a\uFFFDb\n")))));
    }

    @Test
    void noFilesAreRefused() {
        refused("read a corpus: no file was named; name one or more UTF-8 text files", List.of());
    }

    @Test
    void aMissingFileIsNamed() {
        Path file = folder.resolve("absent.txt");
        refused("read " + file + " as text: there is no such file; check the path; it was looked for as " + file, List.of(file));
    }

    @Test
    void aDirectoryIsRefused() {
        refused("read " + folder + " as text: it is a directory; name the text files in it, as in " + folder + "/*.txt", List.of(folder));
    }

    @Test
    void aDeviceIsRefused() {
        Path device = Path.of("/dev/null");
        assumeTrue(Files.exists(device));
        refused("read /dev/null as text: it is not a regular file; copy it to a file: a corpus is read more than once", List.of(device));
    }

    @Test
    void aFileWithoutPermissionIsRefused() throws IOException {
        Path file = write("secret.txt", "text\n");
        assumeTrue(file.toFile().setReadable(false, false) && !Files.isReadable(file), "root may read everything");
        refused("read " + file + " as text: permission is denied; make it readable, as in chmod u+r " + file, List.of(file));
    }

    @Test
    void aFileThatTheSystemFailsToReadIsRefused() {
        Path file = Path.of("/proc/self/mem"); // opens, but nothing is mapped at its address 0
        assumeTrue(Files.isReadable(file));
        refused("read /proc/self/mem as text: the system refused: Input/output error;"
                + " check that the file can be read, for example with head /proc/self/mem", List.of(file));
    }

    @Test
    void aCorpusWithoutTextIsRefused() throws IOException {
        Path empty = write("empty.txt", "");
        Path blank = write("blank.txt", " \n\t\n\r\n");
        refused("read a corpus from " + empty + ", " + blank
                + ": there is no text in any of them; give files with at least one line that is not blank", List.of(empty, blank));
    }

    @Test
    void aBinaryFileIsRefusedAtItsFirstNul() throws IOException {
        Path file = write("data.bin", "text\nmore\0");
        refused("read " + file + " as UTF-8 text: byte 9 (line 2) is NUL: the file is binary;"
                + " give plain text; unpack archives and export documents first", List.of(file));
    }

    @Test
    void utf16IsRecognised() throws IOException {
        Path file = folder.resolve("wide.txt");
        Files.write(file, "\uFEFFtext\n".getBytes(StandardCharsets.UTF_16LE));
        refused("read " + file + " as UTF-8 text: byte 3 (line 1) is NUL: the file looks like UTF-16;"
                + " convert it with iconv -f UTF-16 -t UTF-8", List.of(file));
    }

    @Test
    void malformedBytesAreNamedByOffsetLineAndValue() throws IOException {
        Path file = folder.resolve("latin1.txt");
        Files.write(file, "é\nabc café\n".getBytes(StandardCharsets.ISO_8859_1));
        refused("read " + file + " as UTF-8 text: byte 0 (line 1, value 0xE9) is not valid UTF-8;"
                + " convert the file, for example with iconv -f LATIN1 -t UTF-8", List.of(file));
        Files.write(file, concat("\uFEFFfine\r\nabc caf".getBytes(StandardCharsets.UTF_8), new byte[] {(byte) 0xE9, '\n'}));
        // 3 of the mark, 6 of the first line, 7 of the second
        refused("read " + file + " as UTF-8 text: byte 16 (line 2, value 0xE9) is not valid UTF-8;"
                + " convert the file, for example with iconv -f LATIN1 -t UTF-8", List.of(file));
    }

    @Test
    void charactersCutShortOverlongOrSurrogateAreMalformed() throws IOException {
        for (byte[] bad : new byte[][] {{(byte) 0xE2, (byte) 0x82}, {(byte) 0xC0, (byte) 0xAF}, {(byte) 0xED, (byte) 0xA0, (byte) 0x80}}) {
            Path file = folder.resolve("bad.txt");
            Files.write(file, concat("ab\n".getBytes(StandardCharsets.UTF_8), bad));
            String message = assertThrows(InputException.class, () -> read(TextCorpus.open(List.of(file)))).getMessage();
            assertTrue(message.contains("byte 3 (line 2,"), message);
        }
    }

    @Test
    void anEndlessLineIsRefusedOnceItPassesTheLimit() throws IOException {
        Path file = write("endless.txt", "short\n" + "x".repeat(5 << 20));
        refused("read " + file + " as UTF-8 text: line 2, which begins at byte 6, is longer than 1048576 bytes;"
                + " break it into lines, for example with fold -s -w 2000", List.of(file));
        Path edge = write("edge.txt", "12345\n123456\n");
        assertEquals(2, TextCorpus.open(List.of(edge), 6).lines().count());
        assertThrows(InputException.class, () -> read(TextCorpus.open(List.of(edge), 5)));
    }

    private static void refused(String message, List<Path> files) {
        assertEquals(message, assertThrows(InputException.class, () -> read(TextCorpus.open(files))).getMessage());
    }

    private static List<String> read(TextCorpus corpus) {
        List<String> lines = new ArrayList<>();
        corpus.forEachLine(lines::add);
        return lines;
    }

    private Path write(String name, String text) throws IOException {
        return Files.writeString(folder.resolve(name), text);
    }

    private static byte[] concat(byte[] a, byte[] b) {
        byte[] both = Arrays.copyOf(a, a.length + b.length);
        System.arraycopy(b, 0, both, a.length, b.length);
        return both;
    }
}
