package dev.mneme.models.text;

import dev.mneme.models.base.InputException;
import java.util.Arrays;
import java.util.BitSet;
import java.util.random.RandomGenerator;

/// Puts sequences together to a batch and hides some of their tokens.
///
/// Each token (each word with `wholeWord`) is chosen independently, so the number chosen varies from batch to batch.
/// Special tokens, padding and `[UNK]` included, are never chosen; a batch that has any other token always has at least
/// one chosen. Immutable, so it may be shared by threads.
public final class MlmCollator implements Collator {

    private final MlmConfig config;
    private final boolean[] special;
    private final int mask;

    /// @throws InputException if the vocabulary holds nothing but special tokens
    public MlmCollator(MlmConfig config, Vocabulary vocabulary) {
        if (vocabulary.size() == Vocabulary.SPECIALS.size()) {
            throw new InputException("mask tokens", "the vocabulary has only special tokens", "train it on text, or load another");
        }
        this.config = config;
        this.special = vocabulary.specials();
        this.mask = vocabulary.mask();
    }

    public MlmConfig config() {
        return config;
    }

    /// A batch of the given sequences with all their columns.
    public MaskedBatch collate(TokenSequences sequences, int[] indices, RandomGenerator random) {
        return collate(sequences, indices, sequences.length(), random);
    }

    @Override
    public MaskedBatch collate(TokenSequences sequences, int[] indices, int length, RandomGenerator random) {
        return collate(sequences, indices, length, random, true);
    }

    /// @param some whether one is chosen of those that are not special where chance chose none
    MaskedBatch collate(TokenSequences sequences, int[] indices, int length, RandomGenerator random, boolean some) {
        int size = indices.length;
        int[] ids = new int[size * length]; // (B, S)
        boolean[] real = new boolean[ids.length];
        BitSet starts = new BitSet(ids.length);
        int realTokens = 0;
        for (int b = 0; b < size; b++) {
            int n = sequences.realTokens(indices[b]);
            if (n > length) {
                throw new IllegalArgumentException("collate into " + length + " columns: sequence " + indices[b] + " has " + n
                        + " tokens; give at least as many columns");
            }
            sequences.copy(indices[b], ids, b * length, length);
            Arrays.fill(real, b * length, b * length + n, true);
            for (int i = 0; i < n; i++) {
                if (sequences.wordStart(indices[b], i)) {
                    starts.set(b * length + i);
                }
            }
            realTokens += n;
        }
        int[] positions = choose(ids, starts, random, some);
        int[] labels = hide(ids, positions, random);
        return new MaskedBatch(size, length, ids, real, positions, labels, realTokens);
    }

    private int[] choose(int[] ids, BitSet starts, RandomGenerator random, boolean some) {
        int[] positions = new int[ids.length];
        int count = 0;
        boolean chosen = false;
        for (int i = 0; i < ids.length; i++) {
            if (special[ids[i]]) {
                chosen = false;
                continue;
            }
            if (!config.wholeWord() || starts.get(i)) {
                chosen = random.nextDouble() < config.maskProbability();
            }
            if (chosen) {
                positions[count++] = i;
            }
        }
        return count > 0 || !some ? Arrays.copyOf(positions, count) : chooseOne(ids, starts, random);
    }

    /// One token or word, each equally likely; none if there are only special tokens.
    private int[] chooseOne(int[] ids, BitSet starts, RandomGenerator random) {
        int[] candidates = new int[ids.length];
        int count = 0;
        for (int i = 0; i < ids.length; i++) {
            if (!special[ids[i]] && (!config.wholeWord() || starts.get(i))) {
                candidates[count++] = i;
            }
        }
        if (count == 0) {
            return new int[0];
        }
        int start = candidates[random.nextInt(count)];
        int end = start + 1;
        while (config.wholeWord() && end < ids.length && !special[ids[end]] && !starts.get(end)) {
            end++;
        }
        int[] positions = new int[end - start];
        Arrays.setAll(positions, i -> start + i);
        return positions;
    }

    /// Replaces the tokens at the positions, and returns what they were.
    private int[] hide(int[] ids, int[] positions, RandomGenerator random) {
        int[] labels = new int[positions.length];
        for (int m = 0; m < positions.length; m++) {
            int at = positions[m];
            labels[m] = ids[at];
            double draw = random.nextDouble();
            if (draw < config.maskShare()) {
                ids[at] = mask;
            } else if (draw < config.maskShare() + config.randomShare()) {
                ids[at] = ordinary(random);
            }
        }
        return labels;
    }

    private int ordinary(RandomGenerator random) {
        int id = random.nextInt(special.length);
        while (special[id]) {
            id = random.nextInt(special.length);
        }
        return id;
    }
}
