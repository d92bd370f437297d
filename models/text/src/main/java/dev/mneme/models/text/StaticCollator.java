package dev.mneme.models.text;

import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/// Hides the same tokens of a sequence whenever it is read: what is hidden is a function of the seed and the sequence, not of the step
/// (static masking; drawing anew each time is dynamic masking, Liu et al. 2019, section 4.1).
public final class StaticCollator implements Collator {
    private final Collator each;
    private final long seed;

    /// @param each collates a sequence by itself
    public StaticCollator(Collator each, long seed) {
        this.each = each;
        this.seed = seed;
    }

    @Override
    public MaskedBatch collate(TokenSequences sequences, int[] indices, int length, RandomGenerator random) {
        List<MaskedBatch> alone = new ArrayList<>(indices.length);
        for (int index : indices) {
            alone.add(each.collate(sequences, new int[] {index}, length, Seeds.random(seed, Seeds.STATIC_MASK, index)));
        }
        return MaskedBatch.join(alone);
    }
}
