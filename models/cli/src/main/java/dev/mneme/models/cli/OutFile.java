package dev.mneme.models.cli;

import dev.mneme.models.base.InputException;
import java.nio.file.Files;
import java.nio.file.Path;

/// A file that a command writes: looked at before the work, so that a mistake costs no time.
final class OutFile {
    /// @param flag that named it
    /// @throws InputException if it is a folder or the like, has no folder, or may not be written
    static void check(Path file, String flag) {
        String asked = "write the file " + file;
        String remedy = "choose another with " + flag;
        Path folder = file.toAbsolutePath().getParent();
        if (Files.exists(file) && !Files.isRegularFile(file)) {
            throw new InputException(asked, "it is " + (Files.isDirectory(file) ? "a folder" : "no ordinary file"), remedy);
        }
        if (!Files.isDirectory(folder)) {
            throw new InputException(asked, Files.exists(folder) ? folder + " is a file" : "there is no folder " + folder,
                    "make the folder, or " + remedy);
        }
        for (Path each : Files.exists(file) ? new Path[] {folder, file} : new Path[] {folder}) {
            if (!Files.isWritable(each)) {
                throw new InputException(asked, "permission is denied at " + each, remedy);
            }
        }
    }

    private OutFile() {}
}
