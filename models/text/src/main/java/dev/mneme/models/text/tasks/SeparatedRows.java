package dev.mneme.models.text.tasks;

import dev.mneme.models.base.InputException;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Records with a header, which names their fields.
final class SeparatedRows implements Rows {

    /// What becomes of a record that has not as many fields as the header.
    enum Ragged { REFUSED, SKIPPED }

    private final String asked;
    private final Records records;
    private final Ragged ragged;
    private final Map<String, Integer> columns = new HashMap<>();
    private List<String> fields;
    private int skipped;

    /// Takes the records, and closes them if it fails.
    ///
    /// @param asked for messages: `read a.tsv as TSV`
    /// @param header the names of the fields; null where the first record has them
    /// @param wanted those that there must be
    /// @param remedy what the user can do where one is missing
    SeparatedRows(String asked, Records records, List<String> header, Collection<String> wanted, String remedy, Ragged ragged) {
        this.asked = asked;
        this.records = records;
        this.ragged = ragged;
        try {
            List<String> names = header == null ? records.next() : header;
            if (names == null) {
                throw new InputException(asked, "it is empty", "give a file whose first line names the columns");
            }
            for (String name : names) {
                if (columns.put(name, columns.size()) != null) {
                    throw new InputException(asked, "its header has the column \"" + Rows.shown(name) + "\" twice", "rename one of them");
                }
            }
            for (String name : wanted) {
                if (!columns.containsKey(name)) {
                    throw new InputException(asked, "it has no column \"" + name + "\", but " + Rows.shown(names), remedy);
                }
            }
        } catch (InputException e) {
            records.close();
            throw e;
        }
    }

    @Override
    public boolean next() {
        while ((fields = records.next()) != null) {
            if (fields.size() == columns.size()) {
                return true;
            }
            if (ragged == Ragged.REFUSED) {
                throw bad("has " + fields.size() + (fields.size() == 1 ? " field" : " fields") + " instead of " + columns.size(),
                        "give every row a field for each column");
            }
            skipped++;
        }
        return false;
    }

    /// Whether the header has such a column.
    boolean has(String column) {
        return columns.containsKey(column);
    }

    /// How many records were passed over for their number of fields.
    int skipped() {
        return skipped;
    }

    @Override
    public String text(String column) {
        return fields.get(columns.get(column));
    }

    @Override
    public String value(String column) {
        return text(column);
    }

    @Override
    public List<String> words(String column) {
        String text = text(column).strip();
        return text.isEmpty() ? List.of() : List.of(text.split("\\s+"));
    }

    @Override
    public String label(String column) {
        return Rows.blank(text(column)) ? null : text(column);
    }

    @Override
    public List<String> labels(String column) {
        return Rows.blank(text(column)) ? null : words(column);
    }

    @Override
    public Origin origin(String column) {
        return new Origin(asked, "line " + records.line(), column);
    }

    @Override
    public InputException bad(String found, String remedy) {
        return origin(null).bad(found, remedy);
    }

    @Override
    public void close() {
        records.close();
    }
}
