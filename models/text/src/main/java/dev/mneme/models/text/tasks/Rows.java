package dev.mneme.models.text.tasks;

import dev.mneme.models.base.InputException;
import java.util.Collection;
import java.util.List;

/// The rows of one file, whose values have names. One thread only.
sealed interface Rows extends AutoCloseable permits SeparatedRows, JsonRows {

    /// Goes to the next row; false after the last one.
    ///
    /// @throws InputException where the file is not what it should be
    boolean next();

    /// The text that the row has under a name.
    String text(String column);

    /// The id that the row has under a name: where the format has types, a number or truth value too.
    String value(String column);

    /// The words that the row has under a name.
    List<String> words(String column);

    /// The label that the row has under a name, or null where that is blank or missing.
    String label(String column);

    /// The label of each word, or null where there are none, or one of them is blank.
    List<String> labels(String column);

    /// @param column that has the row's label, or null
    Origin origin(String column);

    /// A mistake in this row.
    ///
    /// @param found what is wrong, as said of a line: `has no label`
    InputException bad(String found, String remedy);

    @Override
    void close();

    /// Whether a text has nothing but white space, that of Unicode included.
    static boolean blank(String text) {
        return text.codePoints().allMatch(c -> Character.isWhitespace(c) || Character.isSpaceChar(c));
    }

    /// The names as a message shows them, so that it stays one line that can be read.
    static String shown(Collection<String> names) {
        return shown(names.toString());
    }

    static String shown(String text) {
        String line = text.replaceAll("\\R", " ");
        return line.length() > 200 ? line.substring(0, 200) + "…" : line;
    }
}
