package dev.mneme.models.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.mneme.models.base.InputException;
import java.io.EOFException;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.MalformedInputException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.util.Map;
import java.util.zip.ZipException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What a user is told of exceptions whose own messages are the name of a file, or nothing.
class MessagesTest {
    @Test
    void whatCannotBeReadIsToldWithWhatToDo() {
        Map<IOException, String> told = Map.of(
                new NoSuchFileException("a"), "there is no such file or folder; check the path",
                new AccessDeniedException("a"), "permission is denied; check that the file can be read",
                new FileSystemException("a", null, "Too many open files"), "Too many open files; check that the file can be read",
                new ZipException("invalid stored block lengths"), "it is damaged (invalid stored block lengths); copy it again",
                new EOFException(), "it ends early; copy it again",
                new MalformedInputException(1), "it is not UTF-8 text; write it in UTF-8",
                new IOException(), "no reason is given (IOException); check that the file can be read");
        told.forEach((e, rest) -> assertEquals("read a: " + rest, InputException.unreadable("read a", e).getMessage()));
    }

    @Test
    void aMessageIsOneLineWhateverIsInIt() {
        assertEquals("read a\\u000ab: it has \\u001b[31m\\u2028; mend it", new InputException("read a\nb", "it has \u001b[31m\u2028", "mend it").getMessage());
        assertEquals("read \u00e9\ud83d\ude00: x; y", new InputException("read \u00e9\ud83d\ude00", "x", "y").getMessage());
    }

    @ParameterizedTest
    @CsvSource({"usage --model m --corpus c --seed,\u0967\u0968", "usage --model m --corpus c --seed,99999999999999999999", "usage --model m --corpus c --seed,1.5",
        "usage --model m --corpus c --seed,0x10", "fill-mask --model m --top,3000000000", "experiment e.json --workers,\uff11", "demo --seeds,1_0"})
    void aFlagThatIsToBeAnIntegerTakesNothingElse(String command, String value) {
        String err = err((command + " " + value).split(" "));
        assertTrue(err.contains("'" + value + "' is no integer"), err);
        assertFalse(err.contains("Exception"), err);
    }

    @Test
    void anIntegerOutOfRangeIsToldTheRange() {
        String err = err("fill-mask --model m --top -99999999999".split(" "));
        assertTrue(err.contains("'-99999999999' is no integer from -2147483648 to 2147483647"), err);
    }

    @ParameterizedTest
    @ValueSource(strings = {"usage --corpus c --model a\0b", "pretrain --out o --corpus a\0b", "predict --model m --data d --to a\0b",
        "convert --to a\0b", "experiment a\0b"})
    void aPathThatCannotBeIsRefusedByItsFlag(String command) {
        String err = err(command.split(" "));
        assertTrue(err.contains("'a\\0b' is no path (Nul character not allowed)"), err);
        assertFalse(err.contains("Exception"), err);
    }

    private static String err(String[] arguments) {
        var err = new StringWriter();
        assertEquals(2, Main.commandLine().setErr(new PrintWriter(err, true)).execute(arguments), err.toString());
        assertEquals(1, err.toString().lines().count(), err.toString());
        return err.toString();
    }
}
