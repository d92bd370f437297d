package dev.mneme.models.text;

/// A question about one fact: which word stood in the text from `start` to `end`?
///
/// @param person whom it is about
/// @param attribute which fact, as [Fact#label] writes it
/// @param text a text that a model was not trained on, value included
/// @param start the value's first character in the text, an index of UTF-16 units as in [String#substring]
/// @param end the index after its last one
public record FactQuery(int person, String attribute, String text, int start, int end) {

    /// The right answer.
    public String value() {
        return text.substring(start, end);
    }
}
