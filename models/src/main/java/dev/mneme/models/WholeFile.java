package dev.mneme.models;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/// Text files that are whole or not there.
public final class WholeFile {
    /// Writes a file in UTF-8 beside its place and renames it, over any earlier one.
    public static void write(Path file, String text) throws IOException {
        Path part = file.resolveSibling(file.getFileName() + ".part");
        try {
            Files.writeString(part, text);
            try (var channel = FileChannel.open(part, StandardOpenOption.WRITE)) {
                channel.force(true); // before the name, or a power cut may leave the name without the text
            }
            Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            Files.deleteIfExists(part);
            throw e;
        }
    }

    private WholeFile() {}
}
