package dev.mneme.models.text;

import dev.mneme.models.base.InputException;
import java.io.IOException;
import java.io.InputStream;
import java.io.Reader;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Locale;

/// The characters of one UTF-8 file, decoded strictly, for formats that are no lines. A byte order mark is skipped; `.gz` and `.zst` are
/// unpacked.
public final class Utf8Reader extends Reader {
    private static final int BLOCK = 1 << 16;
    private static final char MARK = '\uFEFF';

    private final Path file;
    private final InputStream in;
    private final CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder()
            .onMalformedInput(CodingErrorAction.REPORT)
            .onUnmappableCharacter(CodingErrorAction.REPORT);
    private final ByteBuffer bytes = ByteBuffer.allocate(BLOCK).limit(0);
    private final CharBuffer chars = CharBuffer.allocate(BLOCK).limit(0);
    private long offset; // of the first byte in `bytes`
    private boolean begun;
    private boolean ended;

    private Utf8Reader(Path file, InputStream in) {
        this.file = file;
        this.in = in;
    }

    /// @throws InputException if the file is missing, is not a regular file or cannot be read
    public static Utf8Reader open(Path file) {
        TextCorpus.check(file);
        try {
            return new Utf8Reader(file, Compression.of(file).open(file));
        } catch (IOException e) {
            throw LineReader.unreadable(file, 0, e);
        }
    }

    /// @throws InputException where the file is not UTF-8 text, or its compressed data are damaged
    @Override
    public int read(char[] to, int at, int length) {
        while (!chars.hasRemaining()) {
            if (ended) {
                return -1;
            }
            decode();
        }
        int n = Math.min(length, chars.remaining());
        chars.get(to, at, n);
        return n;
    }

    private void decode() {
        offset += bytes.position();
        bytes.compact();
        try {
            int n = in.read(bytes.array(), bytes.position(), bytes.remaining());
            ended = n < 0;
            bytes.position(bytes.position() + Math.max(0, n)).flip();
        } catch (IOException e) {
            throw LineReader.unreadable(file, offset + bytes.position(), e);
        }
        CoderResult result = decoder.decode(bytes, chars.clear(), ended);
        if (result.isError()) {
            int at = bytes.position();
            throw new InputException(LineReader.asked(file),
                    String.format(Locale.ROOT, "byte %d (value 0x%02X) is not valid UTF-8", offset + at, bytes.get(at) & 0xFF),
                    "convert the file, for example with iconv -f LATIN1 -t UTF-8");
        }
        chars.flip();
        if (!begun && chars.hasRemaining()) {
            begun = true;
            if (chars.get(0) == MARK) {
                chars.get();
            }
        }
    }

    @Override
    public void close() throws IOException {
        in.close();
    }
}
