package dev.mneme.models.base.internal;

import dev.mneme.torch.internal.AtomicFile;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;

/// Folders that are written beside their places and renamed.
public final class Folders {
    /// Deletes a file, or a folder with all that is in it; of a link the link. Does nothing where there is none.
    public static void delete(Path folder) throws IOException {
        if (Files.exists(folder, LinkOption.NOFOLLOW_LINKS)) {
            try (Stream<Path> files = Files.walk(folder)) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            }
        }
    }

    /// Makes a folder beside another, under a name of the caller's own (`.model.1f0c….part`), and deletes what such callers left that were killed.
    ///
    /// @param whole whose lock the caller holds ([WriteLock#beside])
    public static Path part(Path whole) throws IOException {
        String name = "." + whole.getFileName();
        Files.createDirectories(whole.getParent());
        try (DirectoryStream<Path> left = Files.newDirectoryStream(whole.getParent(), AtomicFile.parts(name))) {
            for (Path each : left) {
                if (Files.isDirectory(each, LinkOption.NOFOLLOW_LINKS)) {
                    delete(each);
                }
            }
        }
        return Files.createDirectory(whole.resolveSibling(AtomicFile.part(name)));
    }

    private Folders() {}
}
