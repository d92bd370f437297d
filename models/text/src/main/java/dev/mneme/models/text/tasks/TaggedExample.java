package dev.mneme.models.text.tasks;

import java.util.List;
import java.util.Objects;

/// One sentence whose words are to be tagged.
///
/// @param id what the file calls it, or the number of its row, from 0
/// @param tags one for each word; null where they are not known
public record TaggedExample(String id, List<String> words, List<String> tags, Origin origin) implements Example {
    public TaggedExample {
        Objects.requireNonNull(id, "id");
        words = List.copyOf(words);
        tags = tags == null ? null : List.copyOf(tags);
        if (tags != null && tags.size() != words.size()) {
            throw new IllegalArgumentException(words.size() + " words with " + tags.size() + " tags");
        }
    }

    /// From no file.
    public TaggedExample(String id, List<String> words, List<String> tags) {
        this(id, words, tags, Origin.none(id));
    }

    @Override
    public boolean labelled() {
        return tags != null;
    }
}
