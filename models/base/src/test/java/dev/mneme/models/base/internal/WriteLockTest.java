package dev.mneme.models.base.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.mneme.models.base.InputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Two writers never have the same place, and a dead one keeps nobody out.
class WriteLockTest {
    @TempDir
    Path folder;

    /// Takes a lock, says so, and waits to be killed.
    static final class Holder {
        public static void main(String[] arguments) throws IOException {
            try (var lock = WriteLock.in(Path.of(arguments[0]))) {
                System.out.println("locked");
                System.in.read();
            }
        }
    }

    private List<String> names() throws IOException {
        try (var files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).toList();
        }
    }

    @Test
    void anotherRunOfThisProcessIsRefusedUntilTheFirstEnds() throws IOException {
        for (int i = 0; i < 3; i++) {
            try (var lock = WriteLock.in(folder)) {
                for (int j = 0; j < 2; j++) { // a refused one does not set the first one's lock free
                    InputException mistake = assertThrows(InputException.class, () -> WriteLock.in(folder.resolve("..").resolve(folder.getFileName())));
                    assertEquals("another run of this process is writing to it", mistake.found());
                }
            }
            assertEquals(List.of(), names());
        }
    }

    @Test
    void anotherProcessIsRefusedUntilTheFirstDies() throws Exception {
        Process first = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-cp",
                System.getProperty("java.class.path"), Holder.class.getName(), folder.toString()).redirectError(ProcessBuilder.Redirect.INHERIT).start();
        try {
            assertEquals("locked", first.inputReader().readLine());
            for (int i = 0; i < 2; i++) {
                InputException mistake = assertThrows(InputException.class, () -> WriteLock.in(folder));
                assertEquals("write to " + folder + ": process " + first.pid() + " is writing to it; wait for its end, or choose another place",
                        mistake.getMessage());
            }
        } finally {
            first.destroyForcibly().waitFor();
        }
        assertEquals(List.of(".lock"), names());
        WriteLock.in(folder).close();
        assertEquals(List.of(), names());
    }

    @Test
    void aFolderThatWasMadeForNothingGoes() throws IOException {
        Path deep = folder.resolve("a/b");
        WriteLock.in(deep).close();
        assertEquals(List.of(), names());
        try (var lock = WriteLock.in(deep)) {
            Files.createFile(deep.resolve("result"));
        }
        assertTrue(Files.exists(deep.resolve("result")));
    }

    @Test
    void aFileThatIsWrittenAtTheEndIsLockedBesideIt() throws IOException {
        try (var lock = WriteLock.beside(folder.resolve("answers.tsv")); var other = WriteLock.beside(folder.resolve("others.tsv"))) {
            assertThrows(InputException.class, () -> WriteLock.beside(folder.resolve("answers.tsv")));
        }
        assertEquals(List.of(), names());
    }
}
