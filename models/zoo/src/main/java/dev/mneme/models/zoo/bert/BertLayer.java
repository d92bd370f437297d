package dev.mneme.models.zoo.bert;

import dev.mneme.models.zoo.transformer.Group;
import dev.mneme.models.zoo.transformer.Layer;
import dev.mneme.models.zoo.transformer.MemoryConfig;
import dev.mneme.pkm.ProductKeyMemory;
import dev.mneme.pkm.ValueTable;
import dev.mneme.torch.Tensor;
import dev.mneme.torch.nn.Dropout;
import dev.mneme.torch.nn.Functions;
import dev.mneme.torch.nn.LayerNorm;
import dev.mneme.torch.nn.Linear;
import dev.mneme.torch.nn.Module;

/// One encoder layer, post-norm: attention, then the feed-forward block, a memory in its place, or both (docs/method.md).
///
///     none      LN(x + FFN(x))
///     replace   LN(x + PKM(x))
///     residual  LN(x + FFN(x) + PKM(x))
///
/// The names are Hugging Face's; the memory is `memory`.
final class BertLayer extends Module implements Layer {
    private final long heads;
    private final Linear query;
    private final Linear key;
    private final Linear value;
    private final Linear attended;
    private final LayerNorm attentionNorm;
    private final Linear up; // null where a memory replaces the feed-forward block
    private final Linear down;
    private final LayerNorm norm;
    private final ProductKeyMemory memory; // null where there is none
    private final Dropout dropout;
    private final double attentionDropout;

    /// @param values of a memory before it, where they are shared; else null
    BertLayer(BertConfig config, int index, ValueTable values) {
        int d = config.hiddenSize();
        heads = config.numAttentionHeads();
        dropout = new Dropout(config.hiddenDropoutProb());
        attentionDropout = config.attentionProbsDropoutProb();

        Group attention = part("attention", new Group());
        Group self = attention.add("self", new Group());
        query = self.add("query", new Linear(d, d));
        key = self.add("key", new Linear(d, d));
        value = self.add("value", new Linear(d, d));
        Group output = attention.add("output", new Group());
        attended = output.add("dense", new Linear(d, d));
        attentionNorm = output.add("LayerNorm", new LayerNorm(d, config.layerNormEps()));

        boolean hasMemory = config.hasMemory(index);
        boolean replaced = hasMemory && config.memory().mode() == MemoryConfig.Mode.REPLACE;
        up = replaced ? null : part("intermediate", new Group()).add("dense", new Linear(d, config.intermediateSize()));
        Group feedForward = part("output", new Group());
        down = replaced ? null : feedForward.add("dense", new Linear(config.intermediateSize(), d));
        norm = feedForward.add("LayerNorm", new LayerNorm(d, config.layerNormEps()));
        memory = hasMemory ? part("memory", new ProductKeyMemory(config.memory().ofWidth(d), values)) : null;
        part("dropout", dropout);
    }

    /// @param x (B, S, d)
    /// @param mask (B, 1, 1, S) bool, true at real tokens, or null
    /// @param real (R), the indices of the real tokens in (B·S), or null
    @Override
    public Tensor forward(Tensor x, Tensor mask, Tensor real) {
        Tensor h = attentionNorm.forward(x.add(dropout.forward(attended.forward(attend(x, mask)))));
        Tensor sum = h;
        if (up != null) {
            sum = sum.add(dropout.forward(down.forward(up.forward(h).gelu())));
        }
        if (memory != null) {
            sum = sum.add(dropout.forward(memory.forward(h, real)));
        }
        return norm.forward(sum);
    }

    private Tensor attend(Tensor x, Tensor mask) {
        long batch = x.size(0);
        long length = x.size(1);
        Tensor seen = Functions.attention(split(query.forward(x), batch, length), split(key.forward(x), batch, length),
                split(value.forward(x), batch, length), mask, isTraining() ? attentionDropout : 0);
        return seen.transpose(1, 2).reshape(batch, length, -1);
    }

    /// (B, S, d) -> (B, heads, S, d / heads)
    private Tensor split(Tensor x, long batch, long length) {
        return x.view(batch, length, heads, -1).transpose(1, 2);
    }

    @Override
    public ProductKeyMemory memory() {
        return memory;
    }
}
