package dev.mneme.models.text;

import dev.mneme.models.base.InputException;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.function.Consumer;

/// A tokenised corpus as N sequences of S tokens: `[CLS]` … `[SEP]`, then padding.
///
/// A sequence is a row of S + 1 int32: how many of its tokens are real, then the tokens, whose highest bit says that a word begins there. The
/// rows are an array, or a file that is mapped into memory ([TokenFile]), so that a corpus may be larger than memory. Immutable, so it may be
/// shared by threads.
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

    static final int WORD_START = 1 << 31;

    private final int length;
    private final MemorySegment rows; // (N, 1 + S) of the whole corpus, int32
    private final int[] order; // which of them are in this part, by index

    /// @param rows as above
    TokenSequences(int length, MemorySegment rows) {
        this(length, rows, new int[Math.toIntExact(rows.byteSize() / rowBytes(length))]);
        Arrays.setAll(order, i -> i);
    }

    private TokenSequences(int length, MemorySegment rows, int[] order) {
        this.length = length;
        this.rows = rows;
        this.order = order;
    }

    static long rowBytes(int length) {
        return 4L * (length + 1);
    }

    /// Tokenises a corpus into sequences of `length` tokens, in the order of its lines; or finds what an earlier call made of the same
    /// files with the same tokenizer ([TokenFile]).
    ///
    /// @throws IOException if the file of tokens cannot be written, such as for a full disk
    public static TokenSequences of(TextCorpus corpus, Tokenizer tokenizer, int length, Layout layout) throws IOException {
        requireLength(length);
        return TokenFile.of(corpus, tokenizer, length, layout);
    }

    /// Tokenises lines of text into sequences of `length` tokens, in their order.
    public static TokenSequences of(List<String> lines, Tokenizer tokenizer, int length, Layout layout) {
        requireLength(length);
        var all = new int[] {0};
        var array = new int[][] {new int[64 * (length + 1)]};
        fill(lines.iterator(), tokenizer, length, layout, row -> {
            if (all[0] + row.length > array[0].length) {
                array[0] = Arrays.copyOf(array[0], Math.multiplyExact(2, array[0].length));
            }
            System.arraycopy(row, 0, array[0], all[0], row.length);
            all[0] += row.length;
        });
        return new TokenSequences(length, MemorySegment.ofArray(Arrays.copyOf(array[0], all[0])));
    }

    private static void requireLength(int length) {
        if (length < 3) {
            throw new InputException("make sequences of " + length + " tokens", "[CLS] and [SEP] leave no room for text",
                    "choose at least 3; 64 to 512 is usual");
        }
    }

    /// @param rows gets each row; the array is used again
    static void fill(Iterator<String> lines, Tokenizer tokenizer, int length, Layout layout, Consumer<int[]> rows) {
        Builder builder = new Builder(tokenizer.vocabulary(), length, layout, rows);
        List<String> some = new ArrayList<>(LINES_AT_ONCE);
        while (lines.hasNext()) {
            some.add(lines.next());
            if (some.size() == LINES_AT_ONCE || !lines.hasNext()) {
                tokenizer.encodeAll(some).forEach(builder::add);
                some.clear();
            }
        }
        builder.end();
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
        return rows.getAtIndex(ValueLayout.JAVA_INT, row(sequence));
    }

    /// Where the row of a sequence begins, in int32.
    private long row(int sequence) {
        return (long) order[sequence] * (length + 1);
    }

    /// The tokens of all sequences that are not padding.
    public long realTokens() {
        long sum = 0;
        for (int i = 0; i < order.length; i++) {
            sum += realTokens(i);
        }
        return sum;
    }

    /// The tokens of a sequence, a copy of S elements.
    public int[] tokens(int sequence) {
        var tokens = new int[length];
        copy(sequence, tokens, 0, length);
        return tokens;
    }

    /// Whether the token begins a word. The first one of a sequence's text counts as such even where a word was cut.
    public boolean wordStart(int sequence, int token) {
        return rows.getAtIndex(ValueLayout.JAVA_INT, row(sequence) + 1 + token) < 0;
    }

    /// Copies the first `n` tokens of a sequence to `target`, beginning at `at`.
    void copy(int sequence, int[] target, int at, int n) {
        MemorySegment.copy(rows, ValueLayout.JAVA_INT, 4 * (row(sequence) + 1), target, at, n);
        for (int i = at; i < at + n; i++) {
            target[i] &= ~WORD_START;
        }
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
        return new TokenSequences(length, rows, chosen);
    }

    /// Lays tokens out in one row after another. The row is open while it holds anything.
    private static final class Builder {
        private final int cls;
        private final int sep;
        private final int pad;
        private final int length;
        private final Layout layout;
        private final Consumer<int[]> rows;
        private final int[] row; // the number of real tokens, and the tokens
        private int at; // tokens in the row

        Builder(Vocabulary vocabulary, int length, Layout layout, Consumer<int[]> rows) {
            cls = vocabulary.cls();
            sep = vocabulary.sep();
            pad = vocabulary.pad();
            this.length = length;
            this.layout = layout;
            this.rows = rows;
            row = new int[length + 1];
        }

        void add(Tokenizer.Encoded line) {
            int n = line.ids().length;
            if (n == 0) {
                return;
            }
            if (layout == Layout.LINES) {
                n = Math.min(n, length - 2);
            } else if (at > 0) {
                if (room() < 2) {
                    finish(); // no room for a separator and a token after it
                } else {
                    put(sep, true);
                }
            }
            for (int i = 0; i < n; i++) {
                if (at > 0 && room() == 0) {
                    finish();
                }
                boolean first = at == 0;
                if (first) {
                    put(cls, true);
                }
                put(line.ids()[i], first || line.wordStart()[i]);
            }
            if (layout == Layout.LINES) {
                finish();
            }
        }

        void end() {
            if (at > 0) {
                finish();
            }
        }

        /// How many tokens fit before the closing `[SEP]`.
        private int room() {
            return length - 1 - at;
        }

        private void put(int id, boolean start) {
            row[++at] = start ? id | WORD_START : id;
        }

        private void finish() {
            put(sep, true);
            row[0] = at;
            Arrays.fill(row, at + 1, row.length, pad);
            rows.accept(row);
            at = 0;
        }
    }
}
