package dev.mneme.models.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.mneme.models.base.InputException;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class Utf8ReaderTest {

    @TempDir
    Path folder;

    @Test
    void charactersMayCrossTheReadersBlocks() throws IOException {
        String text = "a" + "é😀日".repeat(30_000); // 9 bytes each: some fall on the boundaries of 64 KiB
        assertEquals(text, read(write(text.getBytes(StandardCharsets.UTF_8))));
    }

    @Test
    void aByteOrderMarkIsSkippedOnceAndAtTheStartOnly() throws IOException {
        assertEquals("a\uFEFFb", read(write("\uFEFFa\uFEFFb".getBytes(StandardCharsets.UTF_8))));
        assertEquals("", read(write("\uFEFF".getBytes(StandardCharsets.UTF_8))));
        assertEquals("", read(write(new byte[0])));
    }

    @Test
    void malformedBytesAreNamedByOffsetAndValue() throws IOException {
        byte[] bytes = ("\uFEFF" + "é".repeat(40_000) + "x").getBytes(StandardCharsets.UTF_8); // 3 + 80,000 + 1
        for (byte[] bad : new byte[][] {{(byte) 0xE9, 'a'}, {(byte) 0xE2, (byte) 0x82}, {(byte) 0xC0, (byte) 0xAF}}) {
            byte[] all = Arrays.copyOf(bytes, bytes.length + bad.length);
            System.arraycopy(bad, 0, all, bytes.length, bad.length);
            Path file = write(all);
            assertEquals(String.format(Locale.ROOT, "read %s as UTF-8 text: byte 80004 (value 0x%02X) is not valid UTF-8; convert the file, for example with"
                    + " iconv -f LATIN1 -t UTF-8", file, bad[0] & 0xFF), assertThrows(InputException.class, () -> read(file)).getMessage());
        }
    }

    @Test
    void aMissingFileIsRefused() {
        Path file = folder.resolve("none.json");
        assertEquals("read " + file + " as text: there is no such file or folder; check the path; it was looked for as " + file,
                assertThrows(InputException.class, () -> Utf8Reader.open(file)).getMessage());
    }

    private Path write(byte[] bytes) throws IOException {
        return Files.write(folder.resolve("a.json"), bytes);
    }

    private static String read(Path file) throws IOException {
        StringWriter text = new StringWriter();
        try (Utf8Reader in = Utf8Reader.open(file)) {
            in.transferTo(text);
        }
        return text.toString();
    }
}
