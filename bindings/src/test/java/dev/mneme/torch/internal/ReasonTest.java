package dev.mneme.torch.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.CharConversionException;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.MalformedInputException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.zip.ZipException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A failure of the file system is told with the path and the reason.
class ReasonTest {
    private interface Work {
        void run() throws IOException;
    }

    private static String reason(Work work) {
        return Reason.of(assertThrows(IOException.class, work::run));
    }

    @Test
    void aPathComesWithItsReason(@TempDir Path folder) throws IOException {
        Path file = Files.writeString(folder.resolve("file"), "text");
        Path none = folder.resolve("none");
        assertEquals(none + ": there is no such file or folder", reason(() -> Files.readString(none)));
        assertEquals(file + ": something of that name is there already", reason(() -> Files.createDirectory(file)));
        assertEquals(file + ": it is not a folder", reason(() -> Files.list(file).close()));
        assertEquals(folder + ": the folder is not empty", reason(() -> Files.delete(folder)));
        assertEquals(file.resolve("below") + ": Not a directory", reason(() -> Files.writeString(file.resolve("below"), "text")));
        assertEquals(none + " -> " + file + ": there is no such file or folder",
                reason(() -> Files.move(none, file, StandardCopyOption.ATOMIC_MOVE)));
        assertEquals("file: permission is denied", Reason.of(new UncheckedIOException(new AccessDeniedException("file"))));
        assertEquals("file: No space left on device", Reason.of(new FileSystemException("file", null, "No space left on device")));
    }

    @Test
    void aFailureWithoutWordsGetsSome() {
        assertEquals("it ends early", Reason.of(new EOFException()));
        assertEquals("no reason is given (IllegalStateException)", Reason.of(new IllegalStateException()));
        assertEquals("it is damaged (invalid block type)", Reason.of(new ZipException("invalid block type")));
        assertEquals("it is not UTF-8 text", Reason.of(new CharConversionException("odd number of bytes")));
        assertEquals("it is not UTF-8 text", Reason.of(new MalformedInputException(1)));
        assertEquals("what went wrong", Reason.of(new IOException("what went wrong")));
    }
}
