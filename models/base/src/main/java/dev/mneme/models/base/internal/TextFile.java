package dev.mneme.models.base.internal;

import dev.mneme.models.base.InputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// Text files that are read at once.
public final class TextFile {
    /// More than the largest vocabulary has.
    private static final long MAX_BYTES = 1 << 28;
    private static final String MARK = "\uFEFF";

    /// The text of a file in UTF-8 that is small enough to be held in memory, without a byte order mark.
    ///
    /// @param asked for messages: `load the vocabulary a.txt`
    /// @throws InputException if it is missing, cannot be read, or is no such text
    public static String read(String asked, Path file) {
        try {
            if (Files.size(file) > MAX_BYTES) {
                throw new InputException(asked, "it has " + Files.size(file) + " bytes, which no such file has", "check the path");
            }
            String text = Files.readString(file);
            return text.startsWith(MARK) ? text.substring(1) : text;
        } catch (IOException e) {
            throw InputException.unreadable(asked, e);
        }
    }

    private TextFile() {}
}
