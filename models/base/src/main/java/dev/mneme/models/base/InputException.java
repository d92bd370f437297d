package dev.mneme.models.base;

import dev.mneme.torch.internal.Reason;
import java.io.CharConversionException;
import java.io.EOFException;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.NoSuchFileException;
import java.util.Locale;
import java.util.zip.ZipException;

/// A mistake in what the user gave: a file, a flag, a configuration.
///
/// Its message is one line of three parts: what was asked, what was found, and what to do about it. The command line
/// prints the message without a trace and exits with status 2; every other exception is a failure and exits with 1.
public final class InputException extends IllegalArgumentException {

    private static final long serialVersionUID = 1;

    private final String asked;
    private final String found;
    private final String remedy;

    /// @param asked what was asked for, without a full stop: `read notes.txt as UTF-8 text`
    /// @param found what stood in the way: `byte 17 (line 2) is not UTF-8`
    /// @param remedy what the user can do: `convert the file with iconv`
    public InputException(String asked, String found, String remedy) {
        this(asked, found, remedy, null);
    }

    /// As above, keeping the exception that revealed the mistake, or null.
    public InputException(String asked, String found, String remedy, Throwable cause) {
        super(line(asked + ": " + found + "; " + remedy), cause);
        this.asked = asked;
        this.found = found;
        this.remedy = remedy;
    }

    /// One line without control characters, whatever names and values of the user's are in it.
    private static String line(String text) {
        if (text.chars().noneMatch(InputException::isControl)) {
            return text;
        }
        var line = new StringBuilder();
        text.chars().forEach(c -> line.append(isControl(c) ? String.format(Locale.ROOT, "\\u%04x", c) : String.valueOf((char) c)));
        return line.toString();
    }

    private static boolean isControl(int c) {
        return Character.isISOControl(c) || c == '\u2028' || c == '\u2029';
    }

    /// What the system, or what unpacks a file, says when reading fails, in words.
    ///
    /// @param asked as of the constructor
    public static InputException unreadable(String asked, IOException e) {
        return new InputException(asked, Reason.why(e), e instanceof NoSuchFileException ? "check the path"
                : e instanceof CharacterCodingException || e instanceof CharConversionException ? "write it in UTF-8"
                : e instanceof ZipException || e instanceof EOFException ? "copy it again" : "check that the file can be read", e);
    }

    public String asked() {
        return asked;
    }

    public String found() {
        return found;
    }

    public String remedy() {
        return remedy;
    }
}
