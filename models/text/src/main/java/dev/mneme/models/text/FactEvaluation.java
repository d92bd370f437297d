package dev.mneme.models.text;

import dev.mneme.models.base.InputException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/// Turns questions about facts into batches in which exactly the values' tokens are hidden, always by `[MASK]`.
public final class FactEvaluation {

    /// What of a text is hidden at once.
    public enum Masking {
        /// All facts asked about a text: the model has the name and the sentences to go by. One row per text.
        TOGETHER,
        /// One fact, the others of the text staying in view. One row per question.
        APART
    }

    private record Row(int[] ids, int[] masked, int[] labels, int[] group, List<String> attributes) {}

    private final List<Row> rows = new ArrayList<>();
    private final int batchSize;
    private final int length;
    private final int pad;
    private int facts;

    /// @param queries the questions; with [Masking#TOGETHER] those about one text must follow one another
    /// @param maxLength the most tokens that the model takes; batches have as many columns as the longest text needs,
    ///     rounded up to a multiple of 8
    /// @throws InputException if there are no questions, or a text is longer than `maxLength`
    public FactEvaluation(List<FactQuery> queries, Tokenizer tokenizer, int maxLength, int batchSize, Masking masking) {
        if (queries.isEmpty() || batchSize < 1) {
            throw new InputException("evaluate " + queries.size() + " facts in batches of " + batchSize, "there is nothing to ask",
                    "give at least one question and a positive batch size");
        }
        this.batchSize = batchSize;
        Vocabulary vocabulary = tokenizer.vocabulary();
        pad = vocabulary.pad();
        int longest = 0;
        for (int from = 0, to; from < queries.size(); from = to) {
            to = from + 1;
            while (masking == Masking.TOGETHER && to < queries.size() && queries.get(to).text().equals(queries.get(from).text())) {
                to++;
            }
            Row row = row(queries.subList(from, to), tokenizer);
            rows.add(row);
            facts += to - from;
            longest = Math.max(longest, row.ids().length);
        }
        if (longest > maxLength) {
            throw new InputException("evaluate facts in sequences of " + maxLength + " tokens",
                    "a text has " + longest + " tokens, [CLS] and [SEP] included", "allow at least " + longest + " tokens");
        }
        length = Math.min(maxLength, Math.ceilDiv(longest, 8) * 8);
    }

    /// How many facts are asked in all.
    public int facts() {
        return facts;
    }

    /// How many batches there are; the last may be smaller.
    public int batches() {
        return Math.ceilDiv(rows.size(), batchSize);
    }

    /// The batch at `index`, always the same.
    public FactBatch batch(int index) {
        List<Row> some = rows.subList(index * batchSize, Math.min(rows.size(), (index + 1) * batchSize));
        int masked = some.stream().mapToInt(row -> row.masked().length).sum();
        int[] ids = new int[some.size() * length]; // (B, S)
        boolean[] real = new boolean[ids.length];
        int[] positions = new int[masked];
        int[] labels = new int[masked];
        int[] group = new int[masked];
        List<String> attributes = new ArrayList<>();
        Arrays.fill(ids, pad);
        int m = 0;
        int realTokens = 0;
        for (int b = 0; b < some.size(); b++) {
            Row row = some.get(b);
            int n = row.ids().length;
            System.arraycopy(row.ids(), 0, ids, b * length, n);
            Arrays.fill(real, b * length, b * length + n, true);
            realTokens += n;
            for (int i = 0; i < row.masked().length; i++, m++) {
                positions[m] = b * length + row.masked()[i];
                labels[m] = row.labels()[i];
                group[m] = attributes.size() + row.group()[i];
            }
            attributes.addAll(row.attributes());
        }
        MaskedBatch batch = new MaskedBatch(some.size(), length, ids, real, positions, labels, realTokens);
        return new FactBatch(batch, group, attributes.toArray(String[]::new));
    }

    /// Tokenises a text in parts, so that the values' tokens are known; the parts together must give the text's tokens.
    private static Row row(List<FactQuery> asked, Tokenizer tokenizer) {
        Vocabulary vocabulary = tokenizer.vocabulary();
        List<FactQuery> queries = asked.stream().sorted(Comparator.comparingInt(FactQuery::start)).toList();
        String text = queries.getFirst().text();
        int[] whole = tokenizer.encode(text).ids();
        int[] ids = new int[whole.length + 2];
        int[] masked = new int[whole.length];
        int[] group = new int[whole.length];
        ids[0] = vocabulary.cls();
        System.arraycopy(whole, 0, ids, 1, whole.length);
        ids[ids.length - 1] = vocabulary.sep();
        int count = 0;
        int token = 1;
        int at = 0;
        for (int q = 0; q < queries.size(); q++) {
            FactQuery query = queries.get(q);
            token = match(tokenizer, text, at, query.start(), ids, token);
            int first = token;
            token = match(tokenizer, text, query.start(), query.end(), ids, token);
            for (int i = first; i < token; i++) {
                masked[count] = i;
                group[count++] = q;
            }
            at = query.end();
        }
        if (match(tokenizer, text, at, text.length(), ids, token) != ids.length - 1) {
            throw notWords(text, at, text.length());
        }
        int[] labels = new int[count];
        for (int i = 0; i < count; i++) {
            labels[i] = ids[masked[i]];
            ids[masked[i]] = vocabulary.mask();
        }
        return new Row(ids, Arrays.copyOf(masked, count), labels, Arrays.copyOf(group, count),
                queries.stream().map(FactQuery::attribute).toList());
    }

    /// The token after those of text[start, end), which must stand in `ids` from `token` on.
    private static int match(Tokenizer tokenizer, String text, int start, int end, int[] ids, int token) {
        int[] part = start < end ? tokenizer.encode(text.substring(start, end)).ids() : new int[0];
        int next = token + part.length;
        if (start > end || next > ids.length || !Arrays.equals(part, 0, part.length, ids, token, next)) {
            throw notWords(text, start, end);
        }
        return next;
    }

    private static IllegalArgumentException notWords(String text, int start, int end) {
        return new IllegalArgumentException("mask facts in '" + text + "': cutting it at characters " + start + " and " + end
                + " splits a word or two questions overlap; give spans of whole words, each asked once");
    }
}
