package dev.mneme.models.zoo.gpt;

import dev.mneme.models.zoo.transformer.Group;
import dev.mneme.models.zoo.transformer.Layer;
import dev.mneme.models.zoo.transformer.MemoryConfig;
import dev.mneme.pkm.ProductKeyMemory;
import dev.mneme.pkm.ValueTable;
import dev.mneme.torch.Tensor;
import dev.mneme.torch.Torch;
import dev.mneme.torch.nn.Dropout;
import dev.mneme.torch.nn.LayerNorm;
import dev.mneme.torch.nn.Module;

/// One decoder layer, pre-norm: attention to what came before, then the feed-forward block, a memory in its place, or both.
///
///     none      x + FFN(LN(x))
///     replace   x + PKM(LN(x))                Lample et al. 2019, section 3.3
///     residual  x + FFN(LN(x)) + PKM(LN(x))
///
/// The names are Hugging Face's; the memory is `memory`.
final class GptBlock extends Module implements Layer {
    private final long heads;
    private final long width;
    private final LayerNorm attentionNorm;
    private final Conv1D attend;
    private final Conv1D attended;
    private final LayerNorm norm;
    private final Conv1D up; // null where a memory replaces the feed-forward block
    private final Conv1D down;
    private final ProductKeyMemory memory; // null where there is none
    private final Dropout dropout;
    private final double attentionDropout;

    /// @param values of a memory before it, where they are shared; else null
    GptBlock(GptConfig config, int index, ValueTable values) {
        width = config.nEmbd();
        heads = config.nHead();
        dropout = new Dropout(config.residPdrop());
        attentionDropout = config.attnPdrop();
        attentionNorm = part("ln_1", new LayerNorm(width, config.layerNormEpsilon()));
        Group attention = part("attn", new Group());
        attend = attention.add("c_attn", new Conv1D(width, 3 * width));
        attended = attention.add("c_proj", new Conv1D(width, width));
        norm = part("ln_2", new LayerNorm(width, config.layerNormEpsilon()));
        boolean hasMemory = config.hasMemory(index);
        boolean replaced = hasMemory && config.memory().mode() == MemoryConfig.Mode.REPLACE;
        Group mlp = replaced ? null : part("mlp", new Group());
        up = replaced ? null : mlp.add("c_fc", new Conv1D(width, config.nInner()));
        down = replaced ? null : mlp.add("c_proj", new Conv1D(config.nInner(), width));
        memory = hasMemory ? part("memory", new ProductKeyMemory(config.memory().ofWidth(config.nEmbd()), values)) : null;
        part("dropout", dropout);
    }

    /// @param mask (B, 1, S, S) bool, true where a token sees another; null where each sees all up to itself
    @Override
    public Tensor forward(Tensor x, Tensor mask, Tensor real) {
        Tensor h = x.add(dropout.forward(attended.forward(attention(attentionNorm.forward(x), mask))));
        Tensor normed = norm.forward(h);
        Tensor sum = h;
        if (up != null) {
            sum = sum.add(dropout.forward(down.forward(up.forward(normed).gelu("tanh"))));
        }
        if (memory != null) {
            sum = sum.add(dropout.forward(memory.forward(normed, real)));
        }
        return sum;
    }

    private Tensor attention(Tensor x, Tensor mask) {
        long batch = x.size(0);
        long length = x.size(1);
        Tensor all = attend.forward(x).view(batch, length, 3, heads, width / heads).permute(2, 0, 3, 1, 4); // (3, B, heads, S, d/heads)
        Tensor seen = Torch.scaledDotProductAttention(all.select(0, 0), all.select(0, 1), all.select(0, 2), mask,
                isTraining() ? attentionDropout : 0, mask == null);
        return seen.transpose(1, 2).reshape(batch, length, width);
    }

    @Override
    public ProductKeyMemory memory() {
        return memory;
    }
}
