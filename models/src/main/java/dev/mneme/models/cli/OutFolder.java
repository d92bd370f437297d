package dev.mneme.models.cli;

import dev.mneme.models.InputException;
import java.nio.file.Files;
import java.nio.file.Path;

/// Where a command writes: looked at before the work, so that a mistake costs no time.
final class OutFolder {
    /// @throws InputException if it is a file, or cannot be made or written to
    static void check(Path folder) {
        Path existing = folder.toAbsolutePath();
        while (!Files.exists(existing)) {
            existing = existing.getParent();
        }
        String asked = "write to the folder " + folder;
        if (!Files.isDirectory(existing)) {
            throw new InputException(asked, existing + " is a file", "choose another with --out");
        }
        if (!Files.isWritable(existing)) {
            throw new InputException(asked, "permission is denied at " + existing, "choose another with --out");
        }
    }

    private OutFolder() {}
}
