package dev.mneme.models.text.tasks;

import dev.mneme.models.text.LineReader;
import java.nio.file.Path;
import java.util.List;

/// The records of one file, as fields without names. One thread only.
sealed interface Records extends AutoCloseable permits CsvRecords, Records.Tabs {

    /// What the user can do about a record that is too long to be one.
    String TOO_LONG = "shorten its texts, or check that it is a table";

    /// The next record that is not blank, or null after the last one.
    List<String> next();

    /// The line that the record begins in, from 1.
    long line();

    @Override
    void close();

    /// Lines whose fields are separated by tabs. Quotes are characters as any other.
    final class Tabs implements Records {
        private final LineReader lines;

        Tabs(Path file, int maxBytes) {
            lines = LineReader.open(file, maxBytes, TOO_LONG);
        }

        @Override
        public List<String> next() {
            String line = lines.next();
            while (line != null && line.isEmpty()) {
                line = lines.next();
            }
            return line == null ? null : List.of(line.split("\t", -1));
        }

        @Override
        public long line() {
            return lines.lineNumber();
        }

        @Override
        public void close() {
            lines.close();
        }
    }
}
