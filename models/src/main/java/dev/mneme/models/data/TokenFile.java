package dev.mneme.models.data;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;

/// Tokenised corpora in files, `tokens/<key>` in the [NativeCache]: the key is a hash of all that the tokens depend on, so one that is there
/// is right. The files are mapped into memory and hold the rows of [TokenSequences] in the machine's byte order, after a line of text that
/// says how many there are.
final class TokenFile {
    private static final int HEADER = 64; // bytes
    private static final int KEPT = 16; // files, the last used

    /// The sequences of a corpus: of the file where there is one, else of one that is made.
    static TokenSequences of(TextCorpus corpus, Tokenizer tokenizer, int length, TokenSequences.Layout layout) throws IOException {
        Path folder = Files.createDirectories(NativeCache.folder().resolve("tokens"));
        Path file = folder.resolve(key(corpus, tokenizer, length, layout));
        MemorySegment rows = Files.exists(file) ? rows(file, length) : null;
        if (rows == null) {
            write(file, corpus, tokenizer, length, layout);
            rows = rows(file, length);
            deleteOld(folder);
        } else {
            Files.setLastModifiedTime(file, FileTime.from(Instant.now()));
        }
        return new TokenSequences(length, rows);
    }

    /// What the tokens are a function of: the tokenizer, the layout, and the corpus's files as their names, sizes and times tell them apart.
    private static String key(TextCorpus corpus, Tokenizer tokenizer, int length, TokenSequences.Layout layout) throws IOException {
        var inputs = new StringBuilder("rows 1\n").append(ByteOrder.nativeOrder()).append('\n').append(length).append('\n').append(layout)
                .append('\n').append(corpus.column()).append('\n');
        for (Path file : corpus.files()) {
            inputs.append(file.toAbsolutePath()).append('\n').append(Files.size(file)).append('\n').append(Files.getLastModifiedTime(file))
                    .append('\n');
        }
        inputs.append(tokenizer.description());
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(inputs.toString().getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(hash, 0, 16);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    private static String header(long rows, int length) {
        return String.format("%-" + (HEADER - 1) + "s\n", "mneme tokens: " + rows + " rows of " + length);
    }

    /// The rows of a file, or null where it is none, or not whole.
    private static MemorySegment rows(Path file, int length) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            long bytes = channel.size() - HEADER;
            if (bytes < 0 || bytes % TokenSequences.rowBytes(length) != 0) {
                return null;
            }
            ByteBuffer header = ByteBuffer.allocate(HEADER);
            channel.read(header, 0);
            String expected = header(bytes / TokenSequences.rowBytes(length), length);
            return !new String(header.array(), StandardCharsets.US_ASCII).equals(expected) ? null
                    : channel.map(FileChannel.MapMode.READ_ONLY, HEADER, bytes, Arena.ofAuto());
        }
    }

    /// Beside its place first, so that it is whole or not there.
    private static void write(Path file, TextCorpus corpus, Tokenizer tokenizer, int length, TokenSequences.Layout layout) throws IOException {
        Path part = Files.createTempFile(file.getParent(), "writing", ".part");
        try {
            long[] rows = {0};
            try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(part), 1 << 20); Stream<String> lines = corpus.lines()) {
                out.write(new byte[HEADER]);
                ByteBuffer bytes = ByteBuffer.allocate(Math.toIntExact(TokenSequences.rowBytes(length))).order(ByteOrder.nativeOrder());
                TokenSequences.fill(lines.iterator(), tokenizer, length, layout, row -> {
                    bytes.clear();
                    bytes.asIntBuffer().put(row);
                    try {
                        out.write(bytes.array());
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                    rows[0]++;
                });
            }
            try (FileChannel channel = FileChannel.open(part, StandardOpenOption.WRITE)) {
                channel.write(ByteBuffer.wrap(header(rows[0], length).getBytes(StandardCharsets.US_ASCII)), 0);
                channel.force(true);
            }
            Files.move(part, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException | UncheckedIOException e) {
            throw new IOException("Writing the tokens of the corpus to " + file + " failed: " + e.getMessage()
                    + ". Make room on that disk, or name a folder elsewhere with -Dmneme.cache in JAVA_TOOL_OPTIONS.", e);
        } finally {
            Files.deleteIfExists(part);
        }
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
            return Instant.EPOCH; // deleted meanwhile
        }
    }

    private TokenFile() {}
}
