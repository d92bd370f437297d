package dev.mneme.models.zoo.bert;

import dev.mneme.models.zoo.transformer.Group;
import dev.mneme.torch.DType;
import dev.mneme.torch.Tensor;
import dev.mneme.torch.Torch;
import dev.mneme.torch.nn.LayerNorm;
import dev.mneme.torch.nn.Linear;
import dev.mneme.torch.nn.Module;

/// Predicts tokens: a transform, then the word embeddings themselves as the output matrix, and a bias.
final class MlmHead extends Module {
    private final Linear dense;
    private final LayerNorm norm;
    private final Tensor bias;
    private final Tensor words; // the embeddings' own

    MlmHead(BertConfig config, Tensor words) {
        this.words = words;
        bias = parameter("bias", Tensor.zeros(DType.FLOAT32, config.vocabSize()));
        Group transform = part("transform", new Group());
        dense = transform.add("dense", new Linear(config.hiddenSize(), config.hiddenSize()));
        norm = transform.add("LayerNorm", new LayerNorm(config.hiddenSize(), config.layerNormEps()));
    }

    /// (..., d) -> (..., vocabulary)
    Tensor forward(Tensor hidden) {
        return Torch.linear(norm.forward(dense.forward(hidden).gelu()), words, bias);
    }
}
