package dev.mneme.models.zoo.bert;

import dev.mneme.models.base.InputException;
import dev.mneme.models.zoo.transformer.Group;
import dev.mneme.models.zoo.transformer.LayerStack;
import dev.mneme.pkm.ProductKeyMemory;
import dev.mneme.torch.NoGrad;
import dev.mneme.torch.Tensor;
import dev.mneme.torch.nn.Initial;
import dev.mneme.torch.nn.LayerNorm;
import dev.mneme.torch.nn.Linear;
import dev.mneme.torch.nn.Module;
import java.util.Map;

/// The encoder that all heads stand on, named as Hugging Face's BertModel.
final class BertModel extends Module {
    private final BertConfig config;
    private final BertEmbeddings embeddings;
    private final LayerStack layers;
    private final Linear pooler; // or null

    BertModel(BertConfig config, boolean hasPooler) {
        this.config = config;
        embeddings = part("embeddings", new BertEmbeddings(config));
        Group layer = part("encoder", new Group()).add("layer", new Group());
        layers = new LayerStack(config.numHiddenLayers(), config.memory() != null && config.memory().sharedValues(), config.hasDropout(),
                (i, values) -> layer.add(Integer.toString(i), new BertLayer(config, i, values)));
        pooler = hasPooler ? part("pooler", new Group()).add("dense", new Linear(config.hiddenSize(), config.hiddenSize())) : null;
    }

    /// Draws the weights of a whole model as BERT does: N(0, initializer_range) for matrices, 0 for biases. Memories stay as
    /// [ProductKeyMemory] draws them.
    void initialise(Module whole) {
        if (Initial.isSkipped()) {
            return;
        }
        try (var noGrad = NoGrad.open()) {
            Map<String, Module> modules = whole.namedModules();
            whole.namedParameters().forEach((name, parameter) -> {
                Module owner = modules.get(name.substring(0, name.lastIndexOf('.')));
                if (name.contains(".memory.") || owner instanceof LayerNorm) {
                    return;
                }
                if (name.endsWith(".weight")) {
                    parameter.normal_(0, config.initializerRange());
                } else {
                    parameter.zero_();
                }
            });
            words().select(0, config.padTokenId()).zero_();
        }
    }

    /// @param ids (B, S) int32 or int64
    /// @param types (B, S) token types, or null where all are 0
    /// @param mask (B, S) bool, true at real tokens, or null where all are
    /// @return the last hidden states (B, S, d)
    /// @throws InputException if S exceeds the positions that the model has
    Tensor forward(Tensor ids, Tensor types, Tensor mask) {
        if (ids.size(1) > config.positions()) {
            throw new InputException("encode sequences of " + ids.size(1) + " tokens",
                    "the model has " + config.positions() + " positions", "give shorter sequences");
        }
        Tensor attention = null;
        Tensor real = null;
        if (mask != null) {
            attention = mask.unsqueeze(1).unsqueeze(1); // (B, 1, 1, S)
            real = config.memory() == null ? null : mask.reshape(-1).nonzero().squeeze(1); // (R)
        }
        return layers.forward(embeddings.forward(ids, types), attention, real, isTraining());
    }

    LayerStack layers() {
        return layers;
    }

    /// @param hidden (B, S, d)
    /// @return what the pooler makes of the first token, (B, d)
    Tensor pooled(Tensor hidden) {
        return pooler.forward(hidden.select(1, 0)).tanh();
    }

    /// The word embeddings (vocabulary, d).
    Tensor words() {
        return embeddings.words().weight();
    }
}
