package dev.mneme.models.train.tasks;

import dev.mneme.models.base.InputException;
import dev.mneme.models.text.PairTemplate;
import dev.mneme.models.text.Tokenizer;
import dev.mneme.models.text.Vocabulary;
import dev.mneme.models.zoo.transformer.Architecture;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Puts texts into the sequences of their tokenizer; of one that does not say, into those that the model was pretrained on (see [PairTemplate]).
final class InputEncoder {
    /// A part of a context, with a question before it.
    ///
    /// @param input the sequence
    /// @param offset where in the sequence the context's part begins
    /// @param from for each of its tokens the index of its first UTF-16 unit in the context
    /// @param to the index after its last
    record Window(Input input, int offset, int[] from, int[] to) {}

    private final Tokenizer tokenizer;
    private final Vocabulary vocabulary;
    private final int maxLength;
    private final int between; // special tokens between two texts
    private final int secondType;

    /// @param tokenTypes how many the model knows: of one, types 0 are all it can be given
    /// @param maxLength the most tokens of a sequence
    /// @throws InputException if they leave no room for text, or are more than the model's positions, or if the tokenizer makes other sequences
    InputEncoder(Tokenizer tokenizer, Architecture architecture, int tokenTypes, int maxLength, int positions) {
        this.tokenizer = tokenizer;
        this.maxLength = maxLength;
        vocabulary = tokenizer.vocabulary();
        PairTemplate own = tokenizer.template();
        PairTemplate template = own != null ? own : architecture == Architecture.ROBERTA ? PairTemplate.ROBERTA : PairTemplate.BERT;
        between = template.between();
        secondType = Math.min(template.secondType(), tokenTypes - 1);
        if (maxLength > positions) {
            throw new InputException("read sequences of " + maxLength + " tokens", "the model has " + positions + " positions",
                    "give at most as many as max_length");
        }
        if (maxLength < specials(true) + 2) {
            throw new InputException("read sequences of " + maxLength + " tokens", "special tokens leave no room for text",
                    "give at least " + (specials(true) + 2) + " as max_length");
        }
    }

    private int specials(boolean pair) {
        return pair ? 2 + between : 2;
    }

    /// One text, or two; what is too long is cut at the end, of the longer first (truncation `longest_first` of tokenizers, from release 0.23 on: a text
    /// is read word by word, and no further once it has maxLength tokens; so which of two is the longer is asked of what was read).
    ///
    /// @param second null or empty for one
    Input encode(String first, String second) {
        Tokenizer.Encoded whole = tokenizer.encode(first);
        int[] a = whole.ids();
        if (second == null || second.isEmpty()) {
            return join(a, Math.min(a.length, maxLength - specials(false)), null, 0, 0);
        }
        Tokenizer.Encoded wholeSecond = tokenizer.encode(second);
        int[] b = wholeSecond.ids();
        int room = maxLength - specials(true);
        int keptA = read(whole);
        int keptB = read(wholeSecond);
        if (keptA + keptB > room) {
            int shorter = Math.min(keptA, keptB);
            int longer = Math.max(shorter, room - shorter);
            if (shorter + longer > room) {
                shorter = room / 2;
                longer = room - shorter;
            }
            boolean swap = keptA > keptB;
            keptA = swap ? longer : shorter;
            keptB = swap ? shorter : longer;
        }
        return join(a, keptA, b, 0, keptB);
    }

    /// The tokens of whole words until there are maxLength.
    private int read(Tokenizer.Encoded text) {
        int n = Math.min(maxLength, text.ids().length);
        while (n < text.ids().length && !text.wordStart()[n]) {
            n++;
        }
        return n;
    }

    private Input join(int[] a, int keptA, int[] b, int fromB, int keptB) {
        var ids = new int[keptA + (b == null ? specials(false) : keptB + specials(true))];
        var types = new int[ids.length];
        int at = 0;
        ids[at++] = vocabulary.cls();
        System.arraycopy(a, 0, ids, at, keptA);
        at += keptA;
        ids[at++] = vocabulary.sep();
        if (b != null) {
            for (int i = 1; i < between; i++) {
                ids[at++] = vocabulary.sep();
            }
            Arrays.fill(types, at, types.length, secondType);
            System.arraycopy(b, fromB, ids, at, keptB);
            at += keptB;
            ids[at] = vocabulary.sep();
        }
        return new Input(ids, types);
    }

    /// Words one after another, each cut into tokens by itself.
    ///
    /// @param firsts gets for each token the number of the word it begins, or -1: an array as long as the input
    /// @return the input; words that are too many are left out
    Input encodeWords(List<String> words, List<int[]> firsts) {
        List<Tokenizer.Encoded> pieces = tokenizer.encodeAll(tokenizer.spacedWords()
                ? words.stream().map(word -> word.isEmpty() ? word : " " + word).toList() : words);
        var ids = new int[maxLength];
        var first = new int[maxLength];
        Arrays.fill(first, -1);
        ids[0] = vocabulary.cls();
        int at = 1;
        for (int word = 0; word < pieces.size(); word++) {
            int[] own = pieces.get(word).ids();
            if (own.length > 0 && at < maxLength - 1) {
                first[at] = word;
            }
            for (int i = 0; i < own.length && at < maxLength - 1; i++) {
                ids[at++] = own[i];
            }
        }
        ids[at++] = vocabulary.sep();
        firsts.add(Arrays.copyOf(first, at));
        return new Input(Arrays.copyOf(ids, at), new int[at]);
    }

    /// A question, cut to a number of tokens, with each part of its context: windows of the length that is left, each of which shares
    /// `stride` tokens with the one before.
    ///
    /// @throws InputException if the shared tokens leave nothing new in a window
    List<Window> windows(String question, String context, int maxQuestion, int stride) {
        int[] asked = tokenizer.encode(question).ids();
        asked = Arrays.copyOf(asked, Math.min(asked.length, maxQuestion));
        Tokenizer.Located located = tokenizer.locate(context);
        int n = located.ids().length;
        int room = maxLength - specials(true) - asked.length;
        if (room <= stride) {
            throw new InputException("read contexts in windows that share " + stride + " tokens", "a question of " + asked.length
                    + " tokens leaves " + Math.max(room, 0) + " of max_length " + maxLength, "give a larger max_length or a smaller doc_stride");
        }
        var windows = new ArrayList<Window>();
        for (int start = 0; start == 0 || start < n; start += room - stride) {
            int end = Math.min(start + room, n);
            Input input = join(asked, asked.length, located.ids(), start, end - start);
            windows.add(new Window(input, 1 + asked.length + between, Arrays.copyOfRange(located.from(), start, end),
                    Arrays.copyOfRange(located.to(), start, end)));
            if (end == n) {
                break;
            }
        }
        return windows;
    }

    int padding() {
        return vocabulary.pad();
    }
}
