package dev.mneme.models.text;

import java.util.Arrays;

/// A batch of questions about facts. A fact is known only if every token of its value is predicted right.
///
/// @param batch the texts, with all tokens of the values asked for replaced by `[MASK]`
/// @param group for each masked position which of the batch's facts it belongs to, 0 to G - 1, (M)
/// @param attribute for each fact which kind it is, as [Fact#label] writes it, (G)
public record FactBatch(MaskedBatch batch, int[] group, String[] attribute) {

    public FactBatch {
        if (group.length != batch.masked()) {
            throw new IllegalArgumentException("batch of facts: " + group.length + " groups for " + batch.masked()
                    + " masked positions; give one for each");
        }
    }

    /// Which facts are answered right by the tokens predicted at the masked positions, (M) -> (G).
    public boolean[] right(int[] predicted) {
        if (predicted.length != group.length) {
            throw new IllegalArgumentException("judge " + predicted.length + " predictions: there are " + group.length
                    + " masked positions; give one prediction for each");
        }
        boolean[] right = new boolean[attribute.length];
        Arrays.fill(right, true);
        for (int m = 0; m < predicted.length; m++) {
            right[group[m]] &= predicted[m] == batch.labels()[m];
        }
        return right;
    }
}
