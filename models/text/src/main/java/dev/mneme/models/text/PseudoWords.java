package dev.mneme.models.text;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.random.RandomGenerator;

/// Makes up pronounceable words of two or three syllables, never the same one twice.
final class PseudoWords {

    private static final String CONSONANTS = "bdfghjklmnprstvwz";
    private static final String VOWELS = "aeiou";
    private static final String ENDINGS = "lmnrst";

    private final RandomGenerator random;
    private final Set<String> used;

    /// @param reserved words never to make, in lower case
    PseudoWords(RandomGenerator random, Collection<String> reserved) {
        this.random = random;
        this.used = new HashSet<>(reserved);
    }

    /// That many new words.
    List<String> draw(int count, boolean capital) {
        List<String> words = new ArrayList<>(count);
        while (words.size() < count) {
            String word = word();
            if (used.add(word)) {
                words.add(capital ? word.substring(0, 1).toUpperCase(Locale.ROOT) + word.substring(1) : word);
            }
        }
        return words;
    }

    private String word() {
        StringBuilder word = new StringBuilder();
        int syllables = 2 + random.nextInt(2);
        for (int i = 0; i < syllables; i++) {
            word.append(pick(CONSONANTS)).append(pick(VOWELS));
        }
        if (random.nextInt(2) == 0) {
            word.append(pick(ENDINGS));
        }
        return word.toString();
    }

    private char pick(String letters) {
        return letters.charAt(random.nextInt(letters.length()));
    }
}
