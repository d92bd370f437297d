package dev.mneme.models.text;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;

/// Merges the most frequent pair of adjacent tokens, over and over.
///
/// Pair counts are kept up to date: a merge visits only the words that have (or once had) the pair, and changes only the
/// counts of the pairs beside it. The queue may hold outdated counts; an entry is checked when it comes up, and put back
/// with the true count if that is lower. Whenever a count grows, a new entry is added, so the true maximum always comes
/// first.
final class PairMerges {

    private final List<String> tokens;
    private final Map<String, Integer> ids = new HashMap<>();
    private final List<Word> words = new ArrayList<>();
    private final Map<Long, Pair> pairs = new HashMap<>();
    private final PriorityQueue<Entry> queue = new PriorityQueue<>();

    private static final class Word {
        final long count;
        int[] symbols;
        int length;

        Word(int[] symbols, long count) {
            this.symbols = symbols;
            this.length = symbols.length;
            this.count = count;
        }
    }

    /// A pair of token ids, and the words it was ever seen in.
    private static final class Pair {
        final int left;
        final int right;
        long count;
        boolean grown;
        int[] words = new int[4];
        int seen;

        Pair(int left, int right) {
            this.left = left;
            this.right = right;
        }

        void see(int word) {
            if (seen > 0 && words[seen - 1] == word) {
                return;
            }
            if (seen == words.length) {
                words = Arrays.copyOf(words, 2 * seen);
            }
            words[seen++] = word;
        }
    }

    /// Higher counts first; of equal counts, the smaller left id, then the smaller right id.
    private record Entry(long count, Pair pair) implements Comparable<Entry> {
        @Override
        public int compareTo(Entry other) {
            int order = Long.compare(other.count, count);
            if (order == 0) {
                order = Integer.compare(pair.left, other.pair.left);
            }
            return order != 0 ? order : Integer.compare(pair.right, other.pair.right);
        }
    }

    /// @param tokens the tokens so far, to which merged ones are added
    PairMerges(List<String> tokens) {
        this.tokens = tokens;
        for (int id = 0; id < tokens.size(); id++) {
            ids.put(tokens.get(id), id);
        }
    }

    void add(int[] symbols, long count) {
        int number = words.size();
        words.add(new Word(symbols, count));
        for (int i = 1; i < symbols.length; i++) {
            Pair pair = pair(symbols[i - 1], symbols[i]);
            pair.count += count;
            pair.see(number);
        }
    }

    /// Merges until there are `size` tokens or no pairs are left.
    void run(int size) {
        for (Pair pair : pairs.values()) {
            queue.add(new Entry(pair.count, pair));
        }
        List<Pair> grown = new ArrayList<>();
        while (tokens.size() < size && !queue.isEmpty()) {
            Entry best = queue.poll();
            Pair pair = best.pair();
            if (pair.count != best.count()) {
                if (pair.count > 0 && pair.count < best.count()) {
                    queue.add(new Entry(pair.count, pair));
                }
                continue; // if it is higher, an entry was added when it grew
            }
            if (pair.count > 0) {
                int merged = token(pair);
                for (int i = 0; i < pair.seen; i++) {
                    merge(pair, merged, pair.words[i], grown);
                }
                for (Pair p : grown) {
                    p.grown = false;
                    queue.add(new Entry(p.count, p));
                }
                grown.clear();
            }
        }
    }

    /// The id of the pair's joined token, which another pair may already have made.
    private int token(Pair pair) {
        String right = tokens.get(pair.right);
        String joined = tokens.get(pair.left)
                + (right.startsWith(Vocabulary.CONTINUATION) ? right.substring(Vocabulary.CONTINUATION.length()) : right);
        Integer known = ids.putIfAbsent(joined, tokens.size());
        if (known != null) {
            return known;
        }
        tokens.add(joined);
        return tokens.size() - 1;
    }

    private void merge(Pair pair, int merged, int number, List<Pair> grown) {
        Word word = words.get(number);
        int[] s = word.symbols;
        int out = 0;
        for (int i = 0; i < word.length; i++) {
            if (i + 1 == word.length || s[i] != pair.left || s[i + 1] != pair.right) {
                s[out++] = s[i];
                continue;
            }
            pair.count -= word.count;
            if (out > 0) {
                pair(s[out - 1], s[i]).count -= word.count;
                grow(pair(s[out - 1], merged), number, word.count, grown);
            }
            if (i + 2 < word.length) {
                pair(s[i + 1], s[i + 2]).count -= word.count;
                grow(pair(merged, s[i + 2]), number, word.count, grown);
            }
            s[out++] = merged;
            i++;
        }
        word.length = out;
    }

    private static void grow(Pair pair, int word, long count, List<Pair> grown) {
        pair.count += count;
        pair.see(word);
        if (!pair.grown) {
            pair.grown = true;
            grown.add(pair);
        }
    }

    private Pair pair(int left, int right) {
        return pairs.computeIfAbsent((long) left << 32 | right, key -> new Pair(left, right));
    }
}
