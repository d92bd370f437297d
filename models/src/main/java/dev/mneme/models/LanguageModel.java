package dev.mneme.models;

import dev.mneme.models.bert.Architecture;
import dev.mneme.models.bert.BertForMaskedLM;
import dev.mneme.models.bert.PretrainedWeights;
import dev.mneme.models.gpt.GptForCausalLM;
import dev.mneme.torch.Tensor;
import java.io.IOException;
import java.nio.file.Path;

/// A model that predicts tokens: those that were hidden, or the next ones.
public abstract class LanguageModel extends PretrainedModel {
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
    public abstract PretrainedWeights.Differences startFrom(Path folder) throws IOException;

    /// The model of a folder in Hugging Face's layout.
    ///
    /// @throws InputException if it has no weights, or they lack a part of the model
    public static LanguageModel read(Path folder) throws IOException {
        return isCausal(folder) ? GptForCausalLM.read(folder) : BertForMaskedLM.read(folder);
    }

    /// Whether a folder's model predicts the next token.
    public static boolean isCausal(Path folder) throws IOException {
        return Json.read(folder.resolve(CONFIG)).path("model_type").asText().equals(Architecture.GPT2.modelType());
    }
}
