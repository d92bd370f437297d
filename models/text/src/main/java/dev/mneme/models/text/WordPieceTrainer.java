package dev.mneme.models.text;

import dev.mneme.models.base.InputException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// Learns a WordPiece vocabulary for uncased text, as Hugging Face's `WordPieceTrainer` does: by merging pairs.
///
/// Words are cut and normalised as BERT does and counted. The vocabulary begins with the special tokens, then every
/// character `c`, then every `##c` that can continue a word, both by code point. Then the most frequent pair of adjacent
/// tokens is merged into one token, again and again, until the size is reached or no pair is left; of equally frequent
/// pairs the one with the smallest left id goes first, then the smallest right id. So the result depends on the counts
/// alone, not on the order of the lines.
///
/// Two differences from Hugging Face: every character that can stand inside a word has its `##c`, whether seen there or
/// not, so no word of known characters is `[UNK]`; and words with a character beyond the alphabet's limit are left out
/// whole rather than joined across the gap.
///
/// One trainer counts lines for one thread; [#train] may be called any number of times.
public final class WordPieceTrainer {

    /// How many distinct characters are kept, the most frequent ones.
    public static final int MAX_ALPHABET = 1000;

    /// Longer words are `[UNK]` to a WordPiece tokenizer, so nothing is learned from them.
    private static final int MAX_WORD = 100;
    private static final int MAX_TABLE = 1 << 20;
    private static final int MAX_PIECE = 64;

    private final WordTable pieces = new WordTable();
    private long[] pieceCounts = new long[1 << 11];
    private final Map<String, Long> counts = new HashMap<>();

    /// Learns a vocabulary of at most `size` tokens from all lines of a corpus.
    public static Vocabulary train(TextCorpus corpus, int size) {
        WordPieceTrainer trainer = new WordPieceTrainer();
        corpus.forEachLine(trainer::add);
        return trainer.train(size);
    }

    /// Learns a vocabulary of at most `size` tokens from lines of text.
    public static Vocabulary train(Iterable<String> lines, int size) {
        WordPieceTrainer trainer = new WordPieceTrainer();
        lines.forEach(trainer::add);
        return trainer.train(size);
    }

    /// Counts the words of a line. Memory grows with the number of distinct words only.
    public void add(String line) {
        BertWords.scan(line, (start, end) -> {
            if (end - start > MAX_PIECE) {
                count(line.substring(start, end), 1);
                return;
            }
            if (pieces.size() == MAX_TABLE) {
                flush();
            }
            int number = pieces.number(line, start, end);
            if (number == pieceCounts.length) {
                pieceCounts = Arrays.copyOf(pieceCounts, 2 * number);
            }
            pieceCounts[number]++;
        });
    }

    /// Learns a vocabulary from the words counted so far, with at most [#MAX_ALPHABET] characters.
    ///
    /// @param size the number of tokens, special ones included; fewer come out if all words have become single tokens
    /// @throws InputException if the special tokens and the characters alone are more than `size`, or no word was counted
    public Vocabulary train(int size) {
        return train(size, MAX_ALPHABET);
    }

    /// As [#train(int)], keeping at most `maxAlphabet` characters, the most frequent ones (of equals, the first by code point).
    public Vocabulary train(int size, int maxAlphabet) {
        flush();
        if (counts.isEmpty()) {
            throw new InputException("train a vocabulary of " + size + " tokens", "there are no words to learn from",
                    "give text with letters in it");
        }
        List<Integer> alphabet = alphabet(maxAlphabet);
        List<String> tokens = new ArrayList<>(Vocabulary.SPECIALS);
        Map<Integer, Integer> first = new HashMap<>();
        Map<Integer, Integer> continuing = new HashMap<>();
        for (int c : alphabet) {
            first.put(c, tokens.size());
            tokens.add(Character.toString(c));
        }
        for (int c : alphabet) {
            if (BertWords.joins(c)) {
                continuing.put(c, tokens.size());
                tokens.add(Vocabulary.CONTINUATION + Character.toString(c));
            }
        }
        if (tokens.size() > size) {
            throw new InputException("train a vocabulary of " + size + " tokens",
                    "the special tokens and the " + alphabet.size() + " characters of the text need " + tokens.size(),
                    "ask for at least that many; a few thousand is usual");
        }
        PairMerges merges = new PairMerges(tokens);
        counts.forEach((word, count) -> {
            int[] symbols = symbols(word, first, continuing);
            if (symbols.length > 1) {
                merges.add(symbols, count);
            }
        });
        merges.run(size);
        return Vocabulary.of(tokens);
    }

    /// The characters kept, by code point.
    private List<Integer> alphabet(int limit) {
        Map<Integer, Long> characters = new TreeMap<>();
        counts.forEach((word, count) -> word.codePoints().forEach(c -> characters.merge(c, count, Long::sum)));
        return characters.entrySet().stream()
                .sorted(Map.Entry.<Integer, Long>comparingByValue(Comparator.reverseOrder()).thenComparing(Map.Entry.comparingByKey()))
                .limit(limit)
                .map(Map.Entry::getKey)
                .sorted()
                .toList();
    }

    /// The ids of a word's characters, or none if one of them was not kept.
    private static int[] symbols(String word, Map<Integer, Integer> first, Map<Integer, Integer> continuing) {
        int[] characters = word.codePoints().toArray();
        int[] symbols = new int[characters.length];
        for (int i = 0; i < characters.length; i++) {
            Integer id = (i == 0 ? first : continuing).get(characters[i]);
            if (id == null) {
                return new int[0];
            }
            symbols[i] = id;
        }
        return symbols;
    }

    private void flush() {
        for (int number = 0; number < pieces.size(); number++) {
            count(pieces.word(number), pieceCounts[number]);
        }
        Arrays.fill(pieceCounts, 0);
        pieces.clear();
    }

    private void count(String piece, long times) {
        for (String word : BertWords.normalize(piece)) {
            if (word.codePointCount(0, word.length()) <= MAX_WORD) {
                counts.merge(word, times, Long::sum);
            }
        }
    }
}
