package dev.mneme.models.text;

import dev.mneme.models.base.InputException;
import dev.mneme.torch.internal.Reason;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;

/// Reads the lines of one UTF-8 file strictly, knowing at every byte where it is: of what it unpacks to, where it is compressed.
public final class LineReader implements TextSource {

    private static final int BLOCK = 1 << 16;
    private static final String FOLD = "break it into lines, for example with fold -s -w 2000";
    private static final char REPLACEMENT = '\uFFFD';

    private final Path file;
    private final int maxLineBytes;
    private final String tooLong;
    private final InputStream in;
    private final byte[] block = new byte[BLOCK];
    private int blockAt;
    private int blockEnd;

    /// The bytes of the line being gathered, and where in the file they begin.
    private byte[] line = new byte[1024];
    private int lineBytes;
    private long lineOffset;
    private long lineNumber;
    private boolean ended;

    /// Whether the file begins with a UTF-16 byte order mark: a hint for the message about its NUL bytes.
    private final boolean wide;

    LineReader(Path file, int maxLineBytes) {
        this(file, maxLineBytes, FOLD);
    }

    private LineReader(Path file, int maxLineBytes, String tooLong) {
        this.file = file;
        this.maxLineBytes = maxLineBytes;
        this.tooLong = tooLong;
        InputStream opened = null;
        try {
            opened = Compression.of(file).open(file);
            blockEnd = Math.max(0, opened.readNBytes(block, 0, BLOCK));
        } catch (IOException e) {
            closeQuietly(opened);
            throw unreadable(e);
        }
        in = opened;
        wide = startsWith(0xFF, 0xFE) || startsWith(0xFE, 0xFF);
        if (startsWith(0xEF, 0xBB, 0xBF)) {
            blockAt = 3;
            lineOffset = 3;
        }
    }

    /// Opens a file whose lines are records of some format.
    ///
    /// @param maxLineBytes the longest line accepted, without its end
    /// @param tooLong what the user can do about a longer one: `shorten its texts`
    /// @throws InputException if the file is missing, is not a regular file or cannot be read
    public static LineReader open(Path file, int maxLineBytes, String tooLong) {
        TextCorpus.check(file);
        return new LineReader(file, maxLineBytes, tooLong);
    }

    /// The next line without its end, or null after the last one.
    ///
    /// @throws InputException where the file is not plain UTF-8 text, or its compressed data are damaged
    @Override
    public String next() {
        if (ended) {
            return null;
        }
        lineNumber++;
        while (true) {
            int at = blockAt;
            while (at < blockEnd && block[at] != '\n' && block[at] != 0) {
                at++;
            }
            gather(at);
            if (at < blockEnd) {
                if (block[at] == 0) {
                    throw binary(lineOffset + lineBytes);
                }
                blockAt = at + 1;
                String text = decode();
                lineOffset += lineBytes + 1L;
                lineBytes = 0;
                return text;
            }
            if (!fill()) {
                ended = true;
                return lineBytes == 0 ? null : decode();
            }
        }
    }

    @Override
    public void close() {
        closeQuietly(in);
    }

    private void gather(int end) {
        int more = end - blockAt;
        if (lineBytes + (long) more > maxLineBytes) {
            throw new InputException(asked(),
                    "line " + lineNumber + ", which begins at byte " + lineOffset + ", is longer than " + maxLineBytes + " bytes",
                    tooLong);
        }
        if (lineBytes + more > line.length) {
            line = Arrays.copyOf(line, Math.max(2 * line.length, lineBytes + more));
        }
        System.arraycopy(block, blockAt, line, lineBytes, more);
        lineBytes += more;
        blockAt = end;
    }

    private boolean fill() {
        try {
            blockEnd = Math.max(0, in.read(block, 0, BLOCK));
        } catch (IOException e) {
            throw unreadable(e);
        }
        blockAt = 0;
        return blockEnd > 0;
    }

    private String decode() {
        int n = lineBytes > 0 && line[lineBytes - 1] == '\r' ? lineBytes - 1 : lineBytes;
        String text = new String(line, 0, n, StandardCharsets.UTF_8);
        if (text.indexOf(REPLACEMENT) >= 0) {
            checkEncoding(n); // malformed bytes became U+FFFD, unless the text itself has that character
        }
        return text;
    }

    private void checkEncoding(int n) {
        CharsetDecoder strict = StandardCharsets.UTF_8.newDecoder()
                .onMalformedInput(CodingErrorAction.REPORT)
                .onUnmappableCharacter(CodingErrorAction.REPORT);
        ByteBuffer bytes = ByteBuffer.wrap(line, 0, n);
        CoderResult result = strict.decode(bytes, CharBuffer.allocate(n), true);
        if (result.isError()) {
            int at = bytes.position();
            throw new InputException(asked(),
                    String.format(Locale.ROOT, "byte %d (line %d, value 0x%02X) is not valid UTF-8", lineOffset + at, lineNumber, line[at] & 0xFF),
                    "convert the file, for example with iconv -f LATIN1 -t UTF-8");
        }
    }

    private InputException binary(long offset) {
        return new InputException(asked(),
                "byte " + offset + " (line " + lineNumber + ") is NUL: "
                        + (wide ? "the file looks like UTF-16" : "the file is binary"),
                wide ? "convert it with iconv -f UTF-16 -t UTF-8" : "give plain text; unpack archives and export documents first");
    }

    /// Whether the block in memory begins with these bytes.
    private boolean startsWith(int... bytes) {
        if (blockEnd < bytes.length) {
            return false;
        }
        for (int i = 0; i < bytes.length; i++) {
            if ((block[i] & 0xFF) != bytes[i]) {
                return false;
            }
        }
        return true;
    }

    /// The number of the line that [#next] gave, from 1.
    public long lineNumber() {
        return lineNumber;
    }

    private InputException unreadable(IOException e) {
        return unreadable(file, lineOffset + lineBytes, e);
    }

    /// @param offset the bytes of text before what could not be read
    static InputException unreadable(Path file, long offset, IOException e) {
        if (Compression.of(file) != Compression.NONE && !(e instanceof FileSystemException)) {
            return new InputException(asked(file), "its compressed data are damaged after " + offset + " bytes of text ("
                    + (e.getMessage() == null ? Reason.of(e) : e.getMessage()) + ")", "copy it, or pack it, again", e);
        }
        String reason = Reason.of(e);
        return new InputException("read " + file + " as text", "the system refused: " + reason,
                "check that the file can be read, for example with head " + file, e);
    }

    private String asked() {
        return asked(file);
    }

    static String asked(Path file) {
        return "read " + file + " as UTF-8 text";
    }

    private static void closeQuietly(InputStream in) {
        try {
            if (in != null) {
                in.close();
            }
        } catch (IOException e) {
            // Nothing was written; what was read has been checked.
        }
    }
}
