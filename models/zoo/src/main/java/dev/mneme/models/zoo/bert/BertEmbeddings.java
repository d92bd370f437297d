package dev.mneme.models.zoo.bert;

import dev.mneme.models.zoo.transformer.Architecture;
import dev.mneme.torch.DType;
import dev.mneme.torch.Tensor;
import dev.mneme.torch.nn.Dropout;
import dev.mneme.torch.nn.Embedding;
import dev.mneme.torch.nn.LayerNorm;
import dev.mneme.torch.nn.Module;

/// Word, position and token-type vectors, added and normalised.
final class BertEmbeddings extends Module {
    private final Embedding words;
    private final Embedding positions;
    private final Embedding tokenTypes;
    private final LayerNorm norm;
    private final Dropout dropout;
    private final BertConfig config;

    BertEmbeddings(BertConfig config) {
        this.config = config;
        words = part("word_embeddings", new Embedding(config.vocabSize(), config.hiddenSize(), config.padTokenId()));
        positions = part("position_embeddings", new Embedding(config.maxPositionEmbeddings(), config.hiddenSize(),
                config.architecture() == Architecture.ROBERTA ? config.padTokenId() : -1));
        tokenTypes = part("token_type_embeddings", new Embedding(config.typeVocabSize(), config.hiddenSize()));
        norm = part("LayerNorm", new LayerNorm(config.hiddenSize(), config.layerNormEps()));
        dropout = part("dropout", new Dropout(config.hiddenDropoutProb()));
    }

    /// @param ids (B, S)
    /// @param types (B, S), or null where all tokens are of type 0
    /// @return (B, S, d)
    Tensor forward(Tensor ids, Tensor types) {
        Tensor position = config.architecture() == Architecture.ROBERTA ? positions.forward(afterPadding(ids)) // (B, S, d)
                : positions.weight().narrow(0, 0, ids.size(1)); // (S, d)
        Tensor type = types == null ? tokenTypes.weight().select(0, 0) : tokenTypes.forward(types); // (d) or (B, S, d)
        return dropout.forward(norm.forward(words.forward(ids).add(type).add(position)));
    }

    /// RoBERTa's positions: tokens are counted from the padding's id + 1, and padding stays there.
    private Tensor afterPadding(Tensor ids) {
        Tensor real = ids.ne((long) config.padTokenId()).to(DType.INT64);
        return real.cumsum(1, DType.INT64).mul(real).add((long) config.padTokenId());
    }

    Embedding words() {
        return words;
    }
}
