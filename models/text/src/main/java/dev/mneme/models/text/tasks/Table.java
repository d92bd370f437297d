package dev.mneme.models.text.tasks;

import dev.mneme.models.base.InputException;
import dev.mneme.models.text.Compression;
import dev.mneme.models.text.TextCorpus;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.stream.Stream;

/// A user's own examples: a UTF-8 file with a row for each, of which columns are chosen by name. The file's name says what it is:
///
/// - `.csv`: RFC 4180 with a header; quoted fields may hold commas, line ends (which become LF) and doubled quotes;
/// - `.tsv`: lines with a header, separated by tabs; quotes are literal, as in GLUE;
/// - `.jsonl`, `.ndjson`: a JSON object on each line;
/// - each also packed, `.gz` or `.zst`.
///
/// Blank lines are passed over. A blank label, and in JSON null or none, is a missing one. A row of another length than the header, a value of another type, a line or a row of more than
/// [TextCorpus#MAX_LINE_BYTES], bytes that are not UTF-8 and NUL are refused, and so is a file without rows.
///
/// One row is in memory at a time. A table may be read any number of times, and by several threads.
public final class Table {

    /// The columns of examples that are texts.
    ///
    /// @param id null for the number of the row, from 0
    /// @param second null for single texts
    /// @param label null for examples without labels
    public record TextColumns(String id, String first, String second, String label) {
        public TextColumns {
            Objects.requireNonNull(first, "first");
        }
    }

    /// The columns of examples that are tagged words: arrays of strings in JSON, otherwise lists separated by white space.
    ///
    /// @param id null for the number of the row, from 0
    /// @param tags null for examples without tags
    public record TagColumns(String id, String words, String tags) {
        public TagColumns {
            Objects.requireNonNull(words, "words");
        }
    }

    private final Path file;
    private final int maxRowBytes;

    private Table(Path file, int maxRowBytes) {
        this.file = file;
        this.maxRowBytes = maxRowBytes;
    }

    /// Names a file; reading it opens it.
    public static Table of(Path file) {
        return of(file, TextCorpus.MAX_LINE_BYTES);
    }

    /// As [#of(Path)], with another limit on the bytes of a line and the characters of a row.
    static Table of(Path file, int maxRowBytes) {
        return new Table(file, maxRowBytes);
    }

    /// Calls `action` with every example, in the file's order.
    ///
    /// @throws InputException at the first mistake in the file
    public void forEachText(TextColumns columns, Consumer<TextExample> action) {
        forEach(wanted(columns.id, columns.first, columns.second, columns.label), (rows, row) -> {
            String id = columns.id == null ? Long.toString(row) : rows.value(columns.id);
            String second = columns.second == null ? null : rows.text(columns.second);
            String label = columns.label == null ? null : rows.label(columns.label);
            action.accept(new TextExample(id, rows.text(columns.first), second, label, rows.origin(columns.label)));
        });
    }

    /// All examples, as [#forEachText] gives them.
    public List<TextExample> texts(TextColumns columns) {
        List<TextExample> all = new ArrayList<>();
        forEachText(columns, all::add);
        return all;
    }

    /// Calls `action` with every example, in the file's order.
    ///
    /// @throws InputException at the first mistake in the file, which a row is whose words are none or not as many as its tags
    public void forEachTagged(TagColumns columns, Consumer<TaggedExample> action) {
        forEach(wanted(columns.id, columns.words, columns.tags), (rows, row) -> {
            String id = columns.id == null ? Long.toString(row) : rows.value(columns.id);
            List<String> words = rows.words(columns.words);
            List<String> tags = columns.tags == null ? null : rows.labels(columns.tags);
            if (words.isEmpty()) {
                throw rows.bad("has no words in \"" + columns.words + "\"", "leave the row out, or give its words");
            }
            if (tags != null && tags.size() != words.size()) {
                throw rows.bad("has " + words.size() + " words in \"" + columns.words + "\" and " + tags.size() + " tags in \"" + columns.tags
                        + "\"", "give each word one tag");
            }
            action.accept(new TaggedExample(id, words, tags, rows.origin(columns.tags)));
        });
    }

    /// All examples, as [#forEachTagged] gives them.
    public List<TaggedExample> tagged(TagColumns columns) {
        List<TaggedExample> all = new ArrayList<>();
        forEachTagged(columns, all::add);
        return all;
    }

    private interface Action {
        void accept(Rows rows, long row);
    }

    private void forEach(List<String> wanted, Action action) {
        try (Rows rows = open(wanted)) {
            long row = 0;
            for (; rows.next(); row++) {
                action.accept(rows, row);
            }
            if (row == 0) {
                throw new InputException("read examples from " + file, "it has no rows", "give a file with a row for each example");
            }
        }
    }

    private Rows open(List<String> wanted) {
        String name = Compression.unpackedName(file);
        if (name.endsWith(".csv")) {
            return separated("CSV", new CsvRecords(file, maxRowBytes), wanted);
        }
        if (name.endsWith(".tsv")) {
            return separated("TSV", new Records.Tabs(file, maxRowBytes), wanted);
        }
        if (name.endsWith(".jsonl") || name.endsWith(".ndjson")) {
            return new JsonRows(file, maxRowBytes);
        }
        throw new InputException("read examples from " + file, "its name does not say what it is",
                "name it .csv, .tsv, .jsonl or .ndjson, which .gz or .zst may follow");
    }

    private Rows separated(String format, Records records, List<String> wanted) {
        return new SeparatedRows("read " + file + " as " + format, records, null, wanted, "name a column that it has",
                SeparatedRows.Ragged.REFUSED);
    }

    private static List<String> wanted(String... columns) {
        return Stream.of(columns).filter(Objects::nonNull).toList();
    }
}
