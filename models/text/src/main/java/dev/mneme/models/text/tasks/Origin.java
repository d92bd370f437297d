package dev.mneme.models.text.tasks;

import dev.mneme.models.base.InputException;

/// Where an example was read, for what is found wrong with it later.
///
/// @param asked what was asked of its file: `read a.csv as CSV`
/// @param place in the file: `line 7`
/// @param column that has its label, or null
public record Origin(String asked, String place, String column) {
    /// Of an example that is from no file.
    static Origin none(String id) {
        return new Origin("take example " + id, "it", null);
    }

    /// A mistake in the example.
    ///
    /// @param found as said of it: `has no words`
    public InputException bad(String found, String remedy) {
        return new InputException(asked, place + " " + found, remedy);
    }

    /// A mistake in the example's label.
    ///
    /// @param found as said of it: `which is no number`
    public InputException badLabel(String label, String found, String remedy) {
        return bad("has the label \"" + Rows.shown(label) + "\"" + in() + ", " + found, remedy);
    }

    /// That the example has no label.
    public InputException unlabelled(String remedy) {
        return bad("has no label" + in(), remedy);
    }

    private String in() {
        return column == null ? "" : " in \"" + Rows.shown(column) + "\"";
    }
}
