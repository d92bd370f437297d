package dev.mneme.models.text;

import java.util.List;

/// A batch for masked language modelling: B sequences of S tokens, some of which were hidden.
///
/// Arrays are row-major, (B, S) flattened. They are the batch's own: whoever receives it may keep them, and nobody
/// changes them.
///
/// @param size B, the number of sequences
/// @param length S, the tokens of a sequence, padding included
/// @param ids what the model reads, (B * S)
/// @param real for each token whether it is one, rather than padding, (B * S)
/// @param maskedPositions the indices into `ids` whose token is to be predicted, ascending, (M)
/// @param labels the tokens that stood there, (M)
/// @param realTokens how many elements of `real` are true
public record MaskedBatch(
        int size, int length, int[] ids, boolean[] real, int[] maskedPositions, int[] labels, int realTokens) {

    public MaskedBatch {
        if (ids.length != size * length || real.length != ids.length || labels.length != maskedPositions.length) {
            throw new IllegalArgumentException("batch of " + size + " x " + length + ": ids " + ids.length + ", real "
                    + real.length + ", masked " + maskedPositions.length + ", labels " + labels.length
                    + "; the first two must have size * length elements, the others as many as each other");
        }
    }

    /// Batches of the same length, one below the other.
    static MaskedBatch join(List<MaskedBatch> batches) {
        int length = batches.getFirst().length();
        int size = batches.stream().mapToInt(MaskedBatch::size).sum();
        var ids = new int[size * length];
        var real = new boolean[ids.length];
        var positions = new int[batches.stream().mapToInt(MaskedBatch::masked).sum()];
        var labels = new int[positions.length];
        int at = 0;
        int masked = 0;
        for (MaskedBatch each : batches) {
            System.arraycopy(each.ids, 0, ids, at, each.ids.length);
            System.arraycopy(each.real, 0, real, at, each.ids.length);
            for (int m = 0; m < each.masked(); m++) {
                positions[masked] = at + each.maskedPositions[m];
                labels[masked++] = each.labels[m];
            }
            at += each.ids.length;
        }
        return new MaskedBatch(size, length, ids, real, positions, labels, batches.stream().mapToInt(MaskedBatch::realTokens).sum());
    }

    /// M, the number of tokens to predict.
    public int masked() {
        return maskedPositions.length;
    }
}
