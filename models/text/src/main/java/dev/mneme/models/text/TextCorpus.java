package dev.mneme.models.text;

import dev.mneme.models.base.InputException;
import dev.mneme.torch.internal.Reason;
import dev.mneme.torch.internal.Sha256;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.function.Consumer;
import java.util.regex.PatternSyntaxException;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/// Files of text, read in the order given, strictly and without holding more than a line in memory. A file's name says what it is:
///
/// - `.jsonl`, `.ndjson`: a JSON object on each line, one string of which is the text;
/// - `.parquet`: a table, one column of which has the texts;
/// - anything else: UTF-8 text, whose lines end with LF or CRLF; a byte order mark at its start is skipped;
/// - the first and the last also packed, `.gz` or `.zst`.
///
/// Blank texts are left out, and line ends inside a text become spaces. Every departure ends the reading with an [InputException] that
/// names the file, the byte or the line, and the remedy: text that silently lost characters would train a model on something else than
/// the user's data.
///
/// A corpus may be read any number of times and by several threads; each reading opens the files anew.
public final class TextCorpus {

    /// The longest line accepted by default, in bytes.
    public static final int MAX_LINE_BYTES = 1 << 20;

    /// What a text is called where a file has more than texts.
    public static final String DEFAULT_COLUMN = "text";

    private final List<Path> files;
    private final String column;
    private final int maxLineBytes;
    private List<String> hashes; // or null until they are asked for

    private TextCorpus(List<Path> files, String column, int maxLineBytes) {
        this.files = List.copyOf(files);
        this.column = column;
        this.maxLineBytes = maxLineBytes;
    }

    /// Opens text files as one corpus, with lines of at most [#MAX_LINE_BYTES]. A path that is no file and has `*`, `?`, `[` or `{` in its
    /// last part stands for the files that it matches, sorted.
    ///
    /// Every file is looked at, and the text is read up to its first line that is not blank.
    ///
    /// @throws InputException if a file is missing, is not a regular file or cannot be read, if there is no text at all,
    ///     or if the part that was read is not plain UTF-8 text
    public static TextCorpus open(List<Path> files) {
        return open(files, DEFAULT_COLUMN, MAX_LINE_BYTES);
    }

    /// @param column what the text is called in JSON and Parquet
    public static TextCorpus open(List<Path> files, String column) {
        return open(files, column, MAX_LINE_BYTES);
    }

    /// As [#open(List)], with another limit on the bytes of a line.
    static TextCorpus open(List<Path> patterns, String column, int maxLineBytes) {
        if (patterns.isEmpty()) {
            throw new InputException("read a corpus", "no file was named", "name one or more UTF-8 text files");
        }
        List<Path> files = patterns.stream().flatMap(each -> matching(each).stream()).toList();
        for (Path file : files) {
            check(file);
        }
        TextCorpus corpus = new TextCorpus(files, column, maxLineBytes);
        try (Stream<String> lines = corpus.lines()) {
            if (lines.findFirst().isEmpty()) {
                throw new InputException("read a corpus from " + names(files), "there is no text in "
                        + (files.size() == 1 ? "it" : "any of them"), "give files with at least one line that is not blank");
            }
        }
        return corpus;
    }

    /// What the text is called in JSON lines and Parquet.
    String column() {
        return column;
    }

    /// The files, in reading order.
    public List<Path> files() {
        return files;
    }

    /// The SHA-256 of each file, in reading order, as it was when it was first asked for.
    public synchronized List<String> hashes() throws IOException {
        if (hashes == null) {
            hashes = hashed();
        }
        return hashes;
    }

    /// The same by the files.
    public Map<Path, String> fingerprints() throws IOException {
        var found = new LinkedHashMap<Path, String>();
        for (int i = 0; i < files.size(); i++) {
            found.put(files.get(i), hashes().get(i));
        }
        return found;
    }

    /// @throws InputException if a file has changed since [#hashes] was first asked for
    void requireUnchanged() throws IOException {
        List<String> now = hashed();
        for (int i = 0; i < files.size(); i++) {
            if (!now.get(i).equals(hashes().get(i))) {
                throw new InputException("read " + files.get(i) + " as text", "it was changed while it was read", "start again when nothing writes to it");
            }
        }
    }

    private List<String> hashed() throws IOException {
        var found = new ArrayList<String>();
        for (Path file : files) {
            found.add(Sha256.of(file));
        }
        return List.copyOf(found);
    }

    /// Calls `action` with every text that is not blank.
    ///
    /// @throws InputException at the first byte that is not plain UTF-8 text, and at a line that is too long
    public void forEachLine(Consumer<String> action) {
        try (Stream<String> lines = lines()) {
            lines.forEachOrdered(action);
        }
    }

    /// The texts that are not blank, as a sequential stream which the caller closes. Reading throws as
    /// [#forEachLine] does.
    public Stream<String> lines() {
        Lines lines = new Lines();
        return StreamSupport.stream(
                        Spliterators.spliteratorUnknownSize(lines, Spliterator.ORDERED | Spliterator.NONNULL), false)
                .onClose(lines::close);
    }

    private static List<Path> matching(Path pattern) {
        String name = String.valueOf(pattern.getFileName());
        if (Files.exists(pattern) || name.chars().noneMatch(c -> "*?[{".indexOf(c) >= 0)) {
            return List.of(pattern);
        }
        Path folder = pattern.toAbsolutePath().getParent();
        List<Path> found = new ArrayList<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder, name)) {
            entries.forEach(found::add);
        } catch (IOException | PatternSyntaxException e) {
            throw new InputException("read " + pattern + " as text", "the folder " + folder + " cannot be searched for it (" + Reason.of(e) + ")",
                    "check the path", e);
        }
        if (found.isEmpty()) {
            throw new InputException("read " + pattern + " as text", "no file of " + folder + " matches", "check the pattern");
        }
        found.sort(null);
        return found;
    }

    /// @throws InputException unless this is a regular file that can be read
    static void check(Path file) {
        String asked = "read " + file + " as text";
        if (!Files.exists(file)) {
            throw new InputException(asked, "there is no such file or folder",
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

    private TextSource source(Path file) {
        String name = Compression.unpackedName(file);
        if (name.endsWith(".parquet")) {
            return new ParquetTexts(file, column);
        }
        return name.endsWith(".jsonl") || name.endsWith(".ndjson") ? new JsonLines(file, column, maxLineBytes) : new LineReader(file, maxLineBytes);
    }

    /// The texts of all files, one file open at a time.
    private final class Lines implements Iterator<String> {

        private final Iterator<Path> rest = files.iterator();
        private TextSource reader;
        private String next;

        @Override
        public boolean hasNext() {
            while (next == null) {
                if (reader == null) {
                    if (!rest.hasNext()) {
                        return false;
                    }
                    reader = source(rest.next());
                }
                String line = reader.next();
                if (line == null) {
                    close();
                } else if (!line.isBlank()) {
                    next = line.indexOf('\n') < 0 && line.indexOf('\r') < 0 ? line : line.replace('\n', ' ').replace('\r', ' ');
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
