package dev.mneme.models.text;

import dev.mneme.torch.cache.CacheFolder;
import dev.mneme.torch.internal.AtomicFile;
import dev.mneme.torch.internal.Reason;
import dev.mneme.torch.internal.Sha256;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/// Tokenised corpora in files, `tokens/<key>` in the [CacheFolder]: the key is a hash of all that the tokens depend on, and a file has the
/// hash of its rows, so one that is there and whole is right. The files are mapped into memory and hold the rows of [TokenSequences] in the
/// machine's byte order, after a line of text that says how many there are and what they hash to.
final class TokenFile {
    private static final int HEADER = 128; // bytes
    private static final int KEPT = 16; // files, the last used
    private static final long HASHED_AT_ONCE = 1 << 20;

    /// The sequences of a corpus: of the file where there is one, else of one that is made.
    static TokenSequences of(TextCorpus corpus, Tokenizer tokenizer, int length, TokenSequences.Layout layout) throws IOException {
        Path folder = Files.createDirectories(CacheFolder.writable().resolve("tokens"));
        Path file = folder.resolve(key(corpus, tokenizer, length, layout));
        MemorySegment rows = used(file, length);
        if (rows == null) {
            AtomicFile.deleteAbandoned(folder, "*" + AtomicFile.ALL_PARTS);
            rows = write(file, corpus, tokenizer, length, layout);
            deleteOld(folder);
        }
        return new TokenSequences(length, rows);
    }

    /// What the tokens are a function of: the tokenizer, the layout, and the files of the corpus: what is in them, and the names, which say
    /// how they are read.
    private static String key(TextCorpus corpus, Tokenizer tokenizer, int length, TokenSequences.Layout layout) throws IOException {
        var inputs = new StringBuilder("rows 2\n").append(ByteOrder.nativeOrder()).append('\n').append(length).append('\n').append(layout)
                .append('\n').append(corpus.column()).append('\n');
        for (int i = 0; i < corpus.files().size(); i++) {
            inputs.append(corpus.files().get(i).getFileName()).append('\n').append(corpus.hashes().get(i)).append('\n');
        }
        inputs.append(tokenizer.description());
        MessageDigest digest = Sha256.digest();
        digest.update(inputs.toString().getBytes(StandardCharsets.UTF_8));
        return Sha256.hex(digest).substring(0, 32);
    }

    private static byte[] header(long rows, int length, String hash) {
        String text = "mneme tokens: " + rows + " rows of " + length + ", sha256 " + hash;
        return (text + " ".repeat(HEADER - 1 - text.length()) + "\n").getBytes(StandardCharsets.US_ASCII);
    }

    /// The rows of a file, which is marked as used; null where there is none, or it is damaged. Another process may delete it at any time.
    private static MemorySegment used(Path file, int length) throws IOException {
        try {
            Files.setLastModifiedTime(file, FileTime.from(Instant.now()));
            try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
                return rows(channel, length);
            }
        } catch (NoSuchFileException e) {
            return null;
        }
    }

    /// The rows of a file, or null where it is none, or not what was written.
    private static MemorySegment rows(FileChannel channel, int length) throws IOException {
        long bytes = channel.size() - HEADER;
        if (bytes < 0 || bytes % TokenSequences.rowBytes(length) != 0) {
            return null;
        }
        ByteBuffer header = ByteBuffer.allocate(HEADER);
        channel.read(header, 0);
        MemorySegment rows = channel.map(FileChannel.MapMode.READ_ONLY, HEADER, bytes, Arena.ofAuto());
        return Arrays.equals(header.array(), header(bytes / TokenSequences.rowBytes(length), length, hash(rows))) ? rows : null;
    }

    private static String hash(MemorySegment rows) {
        MessageDigest digest = Sha256.digest();
        for (long at = 0; at < rows.byteSize(); at += HASHED_AT_ONCE) {
            digest.update(rows.asSlice(at, Math.min(HASHED_AT_ONCE, rows.byteSize() - at)).asByteBuffer());
        }
        return Sha256.hex(digest);
    }

    /// Beside its place first, so that it is whole or not there.
    ///
    /// @return the rows, which stay readable when another process deletes the file
    private static MemorySegment write(Path file, TextCorpus corpus, Tokenizer tokenizer, int length, TokenSequences.Layout layout) throws IOException {
        var written = new MemorySegment[1];
        try {
            AtomicFile.write(file, channel -> {
                writeRows(channel, corpus, tokenizer, length, layout);
                corpus.requireUnchanged(); // or these would be the tokens of another text than the key's
                written[0] = rows(channel, length);
                if (written[0] == null) {
                    throw new IOException("what is there is not what was written");
                }
            });
            return written[0];
        } catch (IOException | UncheckedIOException e) {
            throw new IOException("Writing the tokens of the corpus to " + file + " failed: " + Reason.of(e) + ". Look at that disk and make room there, or"
                    + " name another folder in MNEME_CACHE.", e);
        }
    }

    private static void writeRows(FileChannel channel, TextCorpus corpus, Tokenizer tokenizer, int length, TokenSequences.Layout layout)
            throws IOException {
        long[] rows = {0};
        MessageDigest digest = Sha256.digest();
        try (Stream<String> lines = corpus.lines()) {
            channel.position(HEADER);
            var out = new BufferedOutputStream(Channels.newOutputStream(channel), 1 << 20);
            ByteBuffer bytes = ByteBuffer.allocate(Math.toIntExact(TokenSequences.rowBytes(length))).order(ByteOrder.nativeOrder());
            TokenSequences.fill(lines.iterator(), tokenizer, length, layout, row -> {
                bytes.clear();
                bytes.asIntBuffer().put(row);
                digest.update(bytes.array());
                try {
                    out.write(bytes.array());
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
                rows[0]++;
            });
            out.flush();
        }
        channel.write(ByteBuffer.wrap(header(rows[0], length, Sha256.hex(digest))), 0);
    }

    /// A file that a run has mapped stays readable when its name is gone.
    private static void deleteOld(Path folder) throws IOException {
        List<Path> files;
        try (Stream<Path> all = Files.list(folder)) {
            files = all.filter(file -> file.getFileName().toString().matches("[0-9a-f]{32}")).toList();
        }
        files.stream().sorted(Comparator.comparing(TokenFile::lastUsed).reversed()).skip(KEPT).forEach(file -> {
            try {
                Files.deleteIfExists(file);
            } catch (IOException e) {
                // Another process may be at it; the next call tries again.
            }
        });
    }

    private static Instant lastUsed(Path file) {
        try {
            return Files.getLastModifiedTime(file).toInstant();
        } catch (IOException e) {
            return Instant.MAX; // deleted meanwhile
        }
    }

    private TokenFile() {}
}
