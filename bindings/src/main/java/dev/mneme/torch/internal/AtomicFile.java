package dev.mneme.torch.internal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.concurrent.ThreadLocalRandom;

/// Files that are whole or not there: written beside their place under a name of the writer's own (`model.safetensors.1f0c….part`), flushed to the
/// disk, then renamed, over any earlier one; a link stays, and what it leads to is replaced. Of several that write one file at a time, each writes all of it, and the last rename stays.
public final class AtomicFile {
    /// Nothing was written to it for as long: its writer was killed.
    private static final Duration ABANDONED = Duration.ofHours(1);
    private static final String PART = ".part";
    /// The glob of the end of a part's name.
    public static final String ALL_PARTS = "." + "[0-9a-f]".repeat(16) + PART;

    /// What the file is to have.
    @FunctionalInterface
    public interface Content {
        /// @param channel at 0, to read from and write to; it is closed afterwards
        void writeTo(FileChannel channel) throws IOException;
    }

    /// @throws IOException naming the file, if the disk is full for instance; what was written so far is removed, an earlier file stays
    public static void write(Path asked, Content content) throws IOException {
        Path file = Files.isSymbolicLink(asked) && Files.exists(asked) ? asked.toRealPath() : asked;
        if (Files.exists(file) && !Files.isRegularFile(file)) {
            throw new FileSystemException(asked.toString(), null, Files.isDirectory(file) ? "a folder is there" : "it is no regular file");
        }
        Path part = file.resolveSibling(part(file.getFileName().toString()));
        try {
            try (var channel = FileChannel.open(part, StandardOpenOption.CREATE_NEW, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
                content.writeTo(channel);
                channel.force(true); // before the name, or a power cut may leave the name without the content
            }
            Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            Files.deleteIfExists(part);
            throw Reason.at(file, e);
        } catch (RuntimeException | Error e) {
            Files.deleteIfExists(part);
            throw e;
        }
        deleteAbandoned(file.toAbsolutePath().getParent(), parts(file.getFileName().toString()));
    }

    /// In UTF-8.
    public static void write(Path file, String text) throws IOException {
        write(file, channel -> writeFully(channel, ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8))));
    }

    public static void writeFully(FileChannel channel, ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }

    /// A name of the caller's own for what will be called so.
    public static String part(String name) {
        return name + "." + HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextLong()) + PART;
    }

    /// The glob of all such names.
    public static String parts(String name) {
        return name.replaceAll("[\\\\*?\\[\\]{}]", "?") + ALL_PARTS; // with ? for what a glob takes for something else
    }

    /// Deletes what writers that were killed have left. (A lock would say so at once, but a thread of the same process that looks at it gives it up.)
    ///
    /// @param names a glob of it: [#parts], or [#ALL_PARTS] after another
    public static void deleteAbandoned(Path folder, String names) {
        try (DirectoryStream<Path> parts = Files.newDirectoryStream(folder, names)) {
            for (Path part : parts) {
                if (isAbandoned(part)) {
                    Files.deleteIfExists(part);
                }
            }
        } catch (IOException | DirectoryIteratorException e) {
            // The folder may not be listed: the file that was asked for is there all the same.
        }
    }

    private static boolean isAbandoned(Path part) throws IOException {
        try {
            return Files.getLastModifiedTime(part).toInstant().isBefore(Instant.now().minus(ABANDONED));
        } catch (NoSuchFileException e) {
            return false; // renamed meanwhile
        }
    }

    private AtomicFile() {}
}
