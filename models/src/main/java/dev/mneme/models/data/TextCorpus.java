package dev.mneme.models.data;

import dev.mneme.models.InputException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.function.Consumer;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/// UTF-8 text files, read line by line in the order given, strictly and without holding more than a line in memory.
///
/// A line ends with LF or CRLF; a byte order mark at the start of a file is skipped; blank lines are left out. Every
/// departure from plain text ends the reading with an [InputException] that names the file, the byte or the line, and
/// the remedy: text that silently lost characters would train a model on something else than the user's data.
///
/// A corpus may be read any number of times and by several threads; each reading opens the files anew.
public final class TextCorpus {

    /// The longest line accepted by default, in bytes.
    public static final int MAX_LINE_BYTES = 1 << 20;

    private final List<Path> files;
    private final int maxLineBytes;

    private TextCorpus(List<Path> files, int maxLineBytes) {
        this.files = List.copyOf(files);
        this.maxLineBytes = maxLineBytes;
    }

    /// Opens text files as one corpus, with lines of at most [#MAX_LINE_BYTES].
    ///
    /// Every file is looked at, and the text is read up to its first line that is not blank.
    ///
    /// @throws InputException if a file is missing, is not a regular file or cannot be read, if there is no text at all,
    ///     or if the part that was read is not plain UTF-8 text
    public static TextCorpus open(List<Path> files) {
        return open(files, MAX_LINE_BYTES);
    }

    /// As [#open(List)], with another limit on the bytes of a line.
    public static TextCorpus open(List<Path> files, int maxLineBytes) {
        if (files.isEmpty()) {
            throw new InputException("read a corpus", "no file was named", "name one or more UTF-8 text files");
        }
        for (Path file : files) {
            check(file);
        }
        TextCorpus corpus = new TextCorpus(files, maxLineBytes);
        try (Stream<String> lines = corpus.lines()) {
            if (lines.findFirst().isEmpty()) {
                throw new InputException("read a corpus from " + names(files), "there is no text in "
                        + (files.size() == 1 ? "it" : "any of them"), "give files with at least one line that is not blank");
            }
        }
        return corpus;
    }

    /// The files, in reading order.
    public List<Path> files() {
        return files;
    }

    /// Calls `action` with every line that is not blank, without its line end.
    ///
    /// @throws InputException at the first byte that is not plain UTF-8 text, and at a line that is too long
    public void forEachLine(Consumer<String> action) {
        try (Stream<String> lines = lines()) {
            lines.forEachOrdered(action);
        }
    }

    /// The lines that are not blank, as a sequential stream which the caller closes. Reading throws as
    /// [#forEachLine] does.
    public Stream<String> lines() {
        Lines lines = new Lines();
        return StreamSupport.stream(
                        Spliterators.spliteratorUnknownSize(lines, Spliterator.ORDERED | Spliterator.NONNULL), false)
                .onClose(lines::close);
    }

    private static void check(Path file) {
        String asked = "read " + file + " as text";
        if (!Files.exists(file)) {
            throw new InputException(asked, "there is no such file",
                    "check the path; it was looked for as " + file.toAbsolutePath());
        }
        if (Files.isDirectory(file)) {
            throw new InputException(asked, "it is a directory", "name the text files in it, as in " + file.resolve("*.txt"));
        }
        if (!Files.isRegularFile(file)) {
            throw new InputException(asked, "it is not a regular file", "copy it to a file: a corpus is read more than once");
        }
        if (!Files.isReadable(file)) {
            throw new InputException(asked, "permission is denied", "make it readable, as in chmod u+r " + file);
        }
    }

    private static String names(List<Path> files) {
        List<String> names = new ArrayList<>();
        for (Path file : files.subList(0, Math.min(3, files.size()))) {
            names.add(file.toString());
        }
        return String.join(", ", names) + (files.size() > 3 ? " and " + (files.size() - 3) + " more" : "");
    }

    /// The lines of all files, one file open at a time.
    private final class Lines implements Iterator<String> {

        private final Iterator<Path> rest = files.iterator();
        private LineReader reader;
        private String next;

        @Override
        public boolean hasNext() {
            while (next == null) {
                if (reader == null) {
                    if (!rest.hasNext()) {
                        return false;
                    }
                    reader = new LineReader(rest.next(), maxLineBytes);
                }
                String line = reader.next();
                if (line == null) {
                    close();
                } else if (!line.isBlank()) {
                    next = line;
                }
            }
            return true;
        }

        @Override
        public String next() {
            if (!hasNext()) {
                throw new NoSuchElementException();
            }
            String line = next;
            next = null;
            return line;
        }

        void close() {
            if (reader != null) {
                reader.close();
                reader = null;
            }
        }
    }
}
