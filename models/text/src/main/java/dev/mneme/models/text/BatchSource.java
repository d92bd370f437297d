package dev.mneme.models.text;

import dev.mneme.models.base.InputException;
import java.util.random.RandomGenerator;

/// The batches of a training run, or one pass over held-out sequences.
///
/// The batch at step s is a function of (seed, s) and nothing else: steps may be asked for in any order, by any thread,
/// in any process, so a run resumes exactly by asking for the next step. The sequences are shuffled anew for each epoch;
/// a batch at the end of an epoch is filled up from the beginning of the next.
public final class BatchSource {

    private final TokenSequences sequences;
    private final Collator collator;
    private final int batchSize;
    private final long seed;
    private final boolean trim;

    /// The last shuffle used, which most steps share. Replaced as a whole, so threads need no lock.
    private volatile Epoch cached;

    private record Epoch(long number, int[] order) {}

    /// Batches with all columns of the sequences.
    public BatchSource(TokenSequences sequences, Collator collator, int batchSize, long seed) {
        this(sequences, collator, batchSize, seed, false);
    }

    /// @param trim whether a batch is cut to its longest sequence, rounded up to a multiple of 8 columns: less work where
    ///     lines are shorter than the sequences, but shapes vary
    /// @throws InputException if there are no sequences, or the batch size is not positive
    public BatchSource(TokenSequences sequences, Collator collator, int batchSize, long seed, boolean trim) {
        if (batchSize < 1) {
            throw new InputException("make batches of " + batchSize + " sequences", "that is none", "choose at least 1");
        }
        if (sequences.size() == 0) {
            throw new InputException("make batches of " + batchSize + " sequences", "there are no sequences", "give some text");
        }
        this.sequences = sequences;
        this.collator = collator;
        this.batchSize = batchSize;
        this.seed = seed;
        this.trim = trim;
    }

    public TokenSequences sequences() {
        return sequences;
    }

    /// The training batch of step 0, 1, 2, …
    public MaskedBatch batch(long step) {
        if (step < 0) {
            throw new IllegalArgumentException("batch " + step + ": steps count from 0");
        }
        int n = sequences.size();
        long first = Math.multiplyExact(step, (long) batchSize);
        int[] indices = new int[batchSize];
        for (int b = 0; b < batchSize; b++) {
            indices[b] = order((first + b) / n)[(int) ((first + b) % n)];
        }
        return collate(indices, Seeds.random(seed, Seeds.MASK, step));
    }

    /// How many batches [#ordered] has.
    public int orderedBatches() {
        return Math.ceilDiv(sequences.size(), batchSize);
    }

    /// The batch at `index` of a pass over all sequences in their order, for evaluation: always with the same masks. The
    /// last one may be smaller.
    public MaskedBatch ordered(int index) {
        int from = Math.multiplyExact(index, batchSize);
        int[] indices = new int[Math.min(batchSize, sequences.size() - from)];
        for (int b = 0; b < indices.length; b++) {
            indices[b] = from + b;
        }
        return collate(indices, Seeds.random(seed, Seeds.EVALUATION, index));
    }

    private MaskedBatch collate(int[] indices, RandomGenerator random) {
        int length = sequences.length();
        if (trim) {
            int longest = 0;
            for (int i : indices) {
                longest = Math.max(longest, sequences.realTokens(i));
            }
            length = Math.min(length, Math.ceilDiv(longest, 8) * 8);
        }
        return collator.collate(sequences, indices, length, random);
    }

    private int[] order(long epoch) {
        Epoch known = cached;
        if (known == null || known.number() != epoch) {
            known = new Epoch(epoch, Seeds.permutation(sequences.size(), Seeds.random(seed, Seeds.SHUFFLE, epoch)));
            cached = known;
        }
        return known.order();
    }
}
