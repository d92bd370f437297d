package dev.mneme.models.text;

import java.util.Arrays;
import java.util.random.RandomGenerator;

/// Batches for causal language modelling: every token that follows another is to be predicted, at the place of the one before. Nothing is
/// hidden; the model sees what came before only. Immutable, so it may be shared by threads.
public final class CausalCollator implements Collator {
    @Override
    public MaskedBatch collate(TokenSequences sequences, int[] indices, int length, RandomGenerator random) {
        var ids = new int[indices.length * length]; // (B, S)
        var real = new boolean[ids.length];
        var positions = new int[ids.length];
        var labels = new int[ids.length];
        int predicted = 0;
        int realTokens = 0;
        for (int b = 0; b < indices.length; b++) {
            int from = b * length;
            int n = sequences.realTokens(indices[b]);
            sequences.copy(indices[b], ids, from, length);
            Arrays.fill(real, from, from + n, true);
            realTokens += n;
            for (int i = 0; i + 1 < n; i++) {
                positions[predicted] = from + i;
                labels[predicted++] = ids[from + i + 1];
            }
        }
        return new MaskedBatch(indices.length, length, ids, real, Arrays.copyOf(positions, predicted), Arrays.copyOf(labels, predicted),
                realTokens);
    }
}
