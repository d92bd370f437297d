package dev.mneme.models.zoo.transformer;

import dev.mneme.models.base.InputException;
import dev.mneme.torch.Tensor;
import java.io.IOException;
import java.nio.file.Path;

/// A model that predicts tokens: those that were hidden, or the next ones.
public abstract class LanguageModel extends TransformerModel {
    /// The scores of all tokens of the vocabulary.
    ///
    /// @param hidden (B, S, d)
    /// @param positions (M) indices into (B·S), or null for all
    /// @return (M, vocabulary), or (B, S, vocabulary)
    public abstract Tensor logits(Tensor hidden, Tensor positions);

    /// Whether it predicts the next token, rather than hidden ones.
    public abstract boolean isCausal();

    /// Floating-point operations of a forward pass: two for each multiplication in a matrix product.
    ///
    /// @param tokens in sequences of `length`
    /// @param predictions how many of them are to be predicted
    public abstract double forwardFlops(long tokens, long length, long predictions);

    /// Starts from a model trained without memory (Kim & Jung 2020, section 3), in a folder of Hugging Face's layout: every weight that
    /// exists comes from it, and only memories, and heads that it lacks, stay as they were drawn.
    ///
    /// @return what the folder has besides, or lacks
    /// @throws InputException if anything but these would be missing
    public abstract ModelWeights.Differences startFrom(Path folder) throws IOException;
}
