package dev.mneme.models.text;

import java.util.ArrayList;
import java.util.List;

/// Small things that several tests need.
final class Testing {

    private Testing() {}

    /// The special tokens at ids 0 to 4, then the given tokens.
    static Vocabulary vocabulary(String... tokens) {
        List<String> all = new ArrayList<>(Vocabulary.SPECIALS);
        all.addAll(List.of(tokens));
        return Vocabulary.of(all);
    }

    static List<String> tokens(Vocabulary vocabulary, int[] ids) {
        List<String> tokens = new ArrayList<>();
        for (int id : ids) {
            tokens.add(vocabulary.token(id));
        }
        return tokens;
    }
}
