package dev.mneme.models.text;

import java.util.random.RandomGenerator;

/// Puts sequences together to a batch, and says which tokens are to be predicted.
public interface Collator {
    /// A batch of the given sequences, cut to their first `length` columns, which must hold all their real tokens.
    ///
    /// @param random what all choices are drawn from, in the order of the tokens
    MaskedBatch collate(TokenSequences sequences, int[] indices, int length, RandomGenerator random);
}
