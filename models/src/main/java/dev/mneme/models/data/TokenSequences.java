package dev.mneme.models.data;

import dev.mneme.models.InputException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Iterator;
import java.util.List;
import java.util.stream.Stream;

/// A tokenised corpus as N sequences of S tokens, held in memory: `[CLS]` … `[SEP]`, then padding.
///
/// The tokens are one flat array with one bit per token for word starts, about 4.1 bytes per token (100 MB of English
/// is some 25 million tokens). Immutable, so it may be shared by threads.
public final class TokenSequences {

    /// How lines become sequences.
    public enum Layout {
        /// Each line is a sequence; what exceeds the length is left out.
        LINES,
        /// Lines follow one another with `[SEP]` between them, cut wherever a sequence is full. Only the last sequence is
        /// padded, and by one token those in which a line ends just short of the end.
        PACKED
    }

    /// A part to train on, and a part that training never sees.
    public record Split(TokenSequences train, TokenSequences heldOut) {}

    private static final int LINES_AT_ONCE = 1024;

    private final int length;
    private final int[] ids; // (N, S) of the whole corpus
    private final BitSet starts;
    private final int[] realTokens; // (N)
    private final int[] order; // which of them are in this part, by index

    private TokenSequences(int length, int[] ids, BitSet starts, int[] realTokens, int[] order) {
        this.length = length;
        this.ids = ids;
        this.starts = starts;
        this.realTokens = realTokens;
        this.order = order;
    }

    /// Tokenises a corpus into sequences of `length` tokens, in the order of its lines.
    public static TokenSequences of(TextCorpus corpus, Tokenizer tokenizer, int length, Layout layout) {
        try (Stream<String> lines = corpus.lines()) {
            return of(lines.iterator(), tokenizer, length, layout);
        }
    }

    /// Tokenises lines of text into sequences of `length` tokens, in their order.
    public static TokenSequences of(List<String> lines, Tokenizer tokenizer, int length, Layout layout) {
        return of(lines.iterator(), tokenizer, length, layout);
    }

    private static TokenSequences of(Iterator<String> lines, Tokenizer tokenizer, int length, Layout layout) {
        if (length < 3) {
            throw new InputException("make sequences of " + length + " tokens", "[CLS] and [SEP] leave no room for text",
                    "choose at least 3; 64 to 512 is usual");
        }
        Builder builder = new Builder(tokenizer.vocabulary(), length, layout);
        List<String> some = new ArrayList<>(LINES_AT_ONCE);
        while (lines.hasNext()) {
            some.add(lines.next());
            if (some.size() == LINES_AT_ONCE || !lines.hasNext()) {
                tokenizer.encodeAll(some).forEach(builder::add);
                some.clear();
            }
        }
        return builder.build();
    }

    /// N, the number of sequences.
    public int size() {
        return order.length;
    }

    /// S, the number of tokens in each, padding included.
    public int length() {
        return length;
    }

    /// The tokens of a sequence that are not padding; they come first.
    public int realTokens(int sequence) {
        return realTokens[order[sequence]];
    }

    /// The tokens of all sequences that are not padding.
    public long realTokens() {
        long sum = 0;
        for (int i : order) {
            sum += realTokens[i];
        }
        return sum;
    }

    /// The tokens of a sequence, a copy of S elements.
    public int[] tokens(int sequence) {
        int from = order[sequence] * length;
        return Arrays.copyOfRange(ids, from, from + length);
    }

    /// Whether the token begins a word. The first one of a sequence's text counts as such even where a word was cut.
    public boolean wordStart(int sequence, int token) {
        return starts.get(order[sequence] * length + token);
    }

    /// Copies the first `n` tokens of a sequence to `target`, beginning at `at`.
    void copy(int sequence, int[] target, int at, int n) {
        System.arraycopy(ids, order[sequence] * length, target, at, n);
    }

    /// Divides the sequences at random. The parts share this object's memory and keep its order.
    ///
    /// @param share the share to hold out; rounded to a number of sequences, but at least one of each part
    /// @throws InputException if the share is not between 0 and 1, or there are fewer than two sequences
    public Split split(double share, long seed) {
        String asked = "hold out a share " + share + " of " + size() + " sequences";
        if (!(share > 0 && share < 1)) {
            throw new InputException(asked, "the share is not between 0 and 1", "choose a share such as 0.05");
        }
        if (size() < 2) {
            throw new InputException(asked, "there is nothing left to train on", "give more text, or shorter sequences");
        }
        int held = Math.clamp(Math.round(share * size()), 1, size() - 1);
        int[] shuffled = Seeds.permutation(size(), Seeds.random(seed, Seeds.SPLIT, 0));
        return new Split(part(shuffled, held, size()), part(shuffled, 0, held));
    }

    private TokenSequences part(int[] shuffled, int from, int to) {
        int[] chosen = Arrays.copyOfRange(shuffled, from, to);
        Arrays.sort(chosen);
        for (int i = 0; i < chosen.length; i++) {
            chosen[i] = order[chosen[i]];
        }
        return new TokenSequences(length, ids, starts, realTokens, chosen);
    }

    /// Lays tokens out. `at` is where the next one goes; a sequence is open while `at` is not at the start of a row.
    private static final class Builder {

        private final int cls;
        private final int sep;
        private final int pad;
        private final int length;
        private final Layout layout;
        private int[] ids;
        private int[] realTokens = new int[1024];
        private final BitSet starts = new BitSet();
        private int size;
        private int at;

        Builder(Vocabulary vocabulary, int length, Layout layout) {
            cls = vocabulary.cls();
            sep = vocabulary.sep();
            pad = vocabulary.pad();
            this.length = length;
            this.layout = layout;
            ids = new int[64 * length];
        }

        void add(Tokenizer.Encoded line) {
            int n = line.ids().length;
            if (n == 0) {
                return;
            }
            if (layout == Layout.LINES) {
                n = Math.min(n, length - 2);
            } else if (at % length != 0) {
                if (room() < 2) {
                    finish(); // no room for a separator and a token after it
                } else {
                    put(sep, true);
                }
            }
            for (int i = 0; i < n; i++) {
                if (at % length != 0 && room() == 0) {
                    finish();
                }
                boolean first = at % length == 0;
                if (first) {
                    open();
                }
                put(line.ids()[i], first || line.wordStart()[i]);
            }
            if (layout == Layout.LINES) {
                finish();
            }
        }

        TokenSequences build() {
            if (at % length != 0) {
                finish();
            }
            int[] order = new int[size];
            Arrays.setAll(order, i -> i);
            return new TokenSequences(length, Arrays.copyOf(ids, size * length), starts, Arrays.copyOf(realTokens, size), order);
        }

        /// How many tokens fit before the closing `[SEP]`.
        private int room() {
            return length - 1 - at % length;
        }

        private void open() {
            if (at + length > ids.length) {
                if (2L * ids.length > Integer.MAX_VALUE - 8) {
                    throw new InputException("hold the corpus in memory", "it has more than " + at + " tokens",
                            "train on a part of it; about 500 million tokens can be held");
                }
                ids = Arrays.copyOf(ids, 2 * ids.length);
            }
            put(cls, true);
        }

        private void put(int id, boolean start) {
            starts.set(at, start);
            ids[at++] = id;
        }

        private void finish() {
            put(sep, true);
            if (size == realTokens.length) {
                realTokens = Arrays.copyOf(realTokens, 2 * size);
            }
            int end = (size + 1) * length;
            realTokens[size++] = length - (end - at);
            Arrays.fill(ids, at, end, pad);
            at = end;
        }
    }
}
