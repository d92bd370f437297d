package dev.mneme.models.text;

import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/// Hides the same tokens of a sequence whenever it is read: what is hidden is a function of the seed and the sequence, not of the step
/// (static masking; drawing anew each time is dynamic masking, Liu et al. 2019, section 4.1).
public final class StaticCollator implements Collator {
    private final MlmCollator each;
    private final long seed;

    /// @param each collates a sequence by itself; a short one may then have nothing that is hidden
    public StaticCollator(MlmCollator each, long seed) {
        this.each = each;
        this.seed = seed;
    }

    @Override
    public MaskedBatch collate(TokenSequences sequences, int[] indices, int length, RandomGenerator random) {
        List<MaskedBatch> alone = new ArrayList<>(indices.length);
        for (int index : indices) {
            alone.add(each.collate(sequences, new int[] {index}, length, Seeds.random(seed, Seeds.STATIC_MASK, index), false));
        }
        return MaskedBatch.join(alone);
    }
}
