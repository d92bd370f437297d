package dev.mneme.models.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.mneme.models.base.InputException;
import dev.mneme.torch.testing.Golden;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

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
        refused("read " + file + " as text: there is no such file or folder; check the path; it was looked for as " + file, List.of(file));
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
        assertEquals(2, TextCorpus.open(List.of(edge), "text", 6).lines().count());
        assertThrows(InputException.class, () -> read(TextCorpus.open(List.of(edge), "text", 5)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"none.parquet", "snappy.parquet", "gzip.parquet", "zstd.parquet", "texts.jsonl", "texts.jsonl.gz", "texts.jsonl.zst"})
    void everyFormatHasTheSameTexts(String name) {
        assertEquals(List.of("One text.", "Zwei Zeilen in einem Text", "日本語 😀", "a\tb \"quoted\"", "the last"),
                read(TextCorpus.open(List.of(Golden.file("corpora/" + name)))));
    }

    @Test
    void packedTextIsText() throws IOException {
        try (var out = new GZIPOutputStream(Files.newOutputStream(folder.resolve("a.txt.gz")))) {
            out.write("one\ntwo\n".getBytes(StandardCharsets.UTF_8));
        }
        assertEquals(List.of("one", "two"), read(TextCorpus.open(List.of(folder.resolve("a.txt.gz")))));
    }

    @Test
    void anotherColumnMayHaveTheText() {
        assertEquals(List.of("0", "1", "2", "3", "4", "5", "6"), read(TextCorpus.open(List.of(Golden.file("corpora/zstd.parquet")), "other")));
        Path parquet = Golden.file("corpora/zstd.parquet");
        refused("read " + parquet + " as Parquet: it has no column body, but [id, text, other]; name the one that has the text with --text-column",
                List.of(parquet), "body");
        refused("read " + parquet + " as Parquet: its column id holds INT64; name a column of strings with --text-column", List.of(parquet), "id");
        Path jsonl = Golden.file("corpora/texts.jsonl");
        refused("read " + jsonl + " as JSON lines: line 1 has no string \"body\", but [id, text]; name the one that has the text with"
                + " --text-column", List.of(jsonl), "body");
    }

    @Test
    void aPatternStandsForTheFilesThatItMatches() throws IOException {
        write("b1.txt", "three\n");
        write("a1.txt", "one\n");
        write("a2.txt", "two\n");
        assertEquals(List.of("one", "two", "three"), read(TextCorpus.open(List.of(folder.resolve("a*.txt"), folder.resolve("b?.txt")))));
        Path pattern = folder.resolve("c*.txt");
        refused("read " + pattern + " as text: no file of " + folder + " matches; check the pattern", List.of(pattern));
        write("[x].txt", "itself\n");
        assertEquals(List.of("itself"), read(TextCorpus.open(List.of(folder.resolve("[x].txt")))));
    }

    @Test
    void jsonThatIsNoneIsRefusedWithItsLine() throws IOException {
        Path file = write("a.jsonl", "{\"text\": \"fine\"}\n\n{\"text\": \"cut");
        String message = assertThrows(InputException.class, () -> read(TextCorpus.open(List.of(file)))).getMessage();
        assertTrue(message.startsWith("read " + file + " as JSON lines: line 3 is not JSON (") && message.endsWith("; give one JSON object a line"),
                message);
        Path list = write("b.jsonl", "[1, 2]\n");
        refused("read " + list + " as JSON lines: line 1 is no JSON object; give one JSON object a line", List.of(list));
        Path open = write("c.jsonl", "{\"text\": \"a\"\n");
        message = assertThrows(InputException.class, () -> read(TextCorpus.open(List.of(open)))).getMessage();
        assertTrue(message.contains("line 1, column 1") && !message.contains("Source"), message);
    }

    @ParameterizedTest
    @CsvSource({"null, null", "1, number", "[], array", "{}, object", "true, boolean"})
    void whatIsThereAndNoStringIsSaid(String value, String kind) throws IOException {
        Path file = write("a.jsonl", "{\"text\": \"fine\"}\n{\"text\": " + value + "}\n");
        refused("read " + file + " as JSON lines: line 2 has a \"text\" that is no string (" + kind + "); write a string there, \"\" where there is no text,"
                + " or leave the line out", List.of(file));
    }

    /// Java's exception for a header that is cut short has no message.
    @Test
    void whatDamagedAPackedFileIsSaidForEveryDamage() throws IOException {
        byte[] whole = gzip("one\ntwo\nthree\n".repeat(20));
        for (int length = 1; length < whole.length; length++) {
            Path file = Files.write(folder.resolve("a.txt.gz"), Arrays.copyOf(whole, length));
            String message = assertThrows(InputException.class, () -> read(TextCorpus.open(List.of(file)))).getMessage();
            assertFalse(message.contains("null"), length + ": " + message);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"texts.jsonl.gz", "texts.jsonl.zst", "none.parquet", "snappy.parquet", "gzip.parquet", "zstd.parquet"})
    void damageToWhatIsPackedIsTold(String name) throws IOException {
        byte[] whole = Files.readAllBytes(Golden.file("corpora/" + name));
        Path file = folder.resolve(name);
        for (int length : new int[] {0, 5, whole.length / 2, whole.length - 5}) {
            Files.write(file, Arrays.copyOf(whole, length));
            InputException e = assertThrows(InputException.class, () -> read(TextCorpus.open(List.of(file))), name + " of " + length);
            assertTrue(e.asked().startsWith("read " + file + " as ") || e.asked().startsWith("read a corpus from " + file), e.getMessage());
            assertEquals(1, e.getMessage().lines().count(), e.getMessage());
        }
        RandomGenerator random = Seeds.random(7);
        boolean parquet = name.endsWith(".parquet");
        for (int i = 0; i < 300; i++) {
            byte[] damaged = whole.clone();
            damaged[random.nextInt(damaged.length)] ^= (byte) (1 + random.nextInt(255));
            Files.write(file, damaged);
            try (TextSource source = parquet ? new ParquetTexts(file, "text") : new JsonLines(file, "text", 1 << 20)) {
                while (source.next() != null) {
                    // a byte of the texts themselves may be another
                }
            } catch (InputException e) {
                assertEquals(1, e.getMessage().lines().count(), e.getMessage());
                assertFalse(e.getMessage().contains("nothing came of it") || parquet && e.getMessage().contains("null"), e.getMessage());
            }
        }
    }

    /// A page of 8 bytes that claims more values, or more bytes, than Java has memory for.
    @Test
    void whatAPageAsksForIsComparedWithWhatThereIs() throws IOException {
        long much = Runtime.getRuntime().maxMemory();
        for (boolean values : new boolean[] {true, false}) {
            var page = new ByteArrayOutputStream();
            page.writeBytes(new byte[] {0x15, 0}); // field 1, the type of a page: data
            page.write(0x15);
            varint(page, 2 * (values ? 8 : much)); // a signed number is written twice as large
            page.write(0x15);
            varint(page, 2 * 8);
            page.writeBytes(new byte[] {0x2c, 0x15}); // field 5, the header of data, whose first field is the number of values
            varint(page, 2 * (values ? much : 1));
            page.writeBytes(new byte[] {0, 0}); // the ends of both
            page.writeBytes(new byte[8]);
            Path file = Files.write(folder.resolve("page"), page.toByteArray());
            try (var channel = FileChannel.open(file)) {
                String message = assertThrows(IOException.class, () -> new ParquetPages(channel).check(0, page.size(), values ? much : 1, true)).getMessage();
                assertTrue(message.startsWith("the page at byte 0 asks for ") && message.contains("-Xmx"), message);
            }
        }
    }

    private static void varint(ByteArrayOutputStream to, long bits) {
        for (; bits > 0x7F; bits >>>= 7) {
            to.write((int) (bits & 0x7F | 0x80));
        }
        to.write((int) bits);
    }

    /// A gzip file may have several parts, and Java's reader takes what follows a whole one and is none for its end.
    @Test
    void whatFollowsAPartOfAGzipFileIsAnotherOrRefused() throws IOException {
        Path file = folder.resolve("a.txt.gz");
        byte[] one = gzip("one\n");
        Files.write(file, concat(one, gzip("two\n")));
        assertEquals(List.of("one", "two"), read(TextCorpus.open(List.of(file))));
        for (byte[] more : List.of(new byte[] {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12}, Arrays.copyOf(gzip("two\n"), 6), new byte[] {0x1f, (byte) 0x8b, 9})) {
            Files.write(file, concat(one, more));
            String message = assertThrows(InputException.class, () -> read(TextCorpus.open(List.of(file)))).getMessage();
            assertTrue(message.startsWith("read " + file + " as UTF-8 text: its compressed data are damaged after "), message);
        }
    }

    private static byte[] gzip(String text) throws IOException {
        var bytes = new ByteArrayOutputStream();
        try (var out = new GZIPOutputStream(bytes)) {
            out.write(text.getBytes(StandardCharsets.UTF_8));
        }
        return bytes.toByteArray();
    }

    /// 200 MB of one line in 200 kB.
    @Test
    void aFileThatUnpacksWithoutEndIsRefusedAtTheLimitOfALine() throws IOException {
        Path file = folder.resolve("bomb.txt.gz");
        byte[] much = new byte[1 << 20];
        Arrays.fill(much, (byte) 'x');
        try (var out = new GZIPOutputStream(Files.newOutputStream(file))) {
            for (int i = 0; i < 200; i++) {
                out.write(much);
            }
        }
        refused("read " + file + " as UTF-8 text: line 1, which begins at byte 0, is longer than 1048576 bytes; break it into lines, for example"
                + " with fold -s -w 2000", List.of(file));
    }

    private static void refused(String message, List<Path> files, String column) {
        assertEquals(message, assertThrows(InputException.class, () -> read(TextCorpus.open(files, column))).getMessage());
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
