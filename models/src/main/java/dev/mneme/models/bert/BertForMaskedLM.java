package dev.mneme.models.bert;

import dev.mneme.models.InputException;
import dev.mneme.pkm.ProductKeyMemory;
import dev.mneme.torch.NoGrad;
import dev.mneme.torch.Tensor;
import dev.mneme.torch.TensorScope;
import dev.mneme.torch.Native;
import dev.mneme.torch.nn.LayerNorm;
import dev.mneme.torch.nn.Module;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/// BERT with its masked-language-modelling head, and product-key memories where the configuration has them.
///
/// Parameters are named as in Hugging Face's BertForMaskedLM (`bert.…`, `cls.predictions.…`; the output matrix is the word
/// embeddings and is not stored twice). A memory of layer i is `bert.encoder.layer.i.memory.…`: see [ProductKeyMemory].
public final class BertForMaskedLM extends Module {
    private final BertConfig config;
    private final BertEmbeddings embeddings;
    private final List<BertLayer> layers = new ArrayList<>();
    private final MlmHead head;

    /// A model with random weights: N(0, initializer_range) for matrices, 0 for biases, as BERT; memories as
    /// [ProductKeyMemory] draws them.
    ///
    /// @param seed of libtorch's default generators, which this sets
    public BertForMaskedLM(BertConfig config, long seed) {
        this.config = config;
        Native.manualSeed(seed);
        try (var scope = TensorScope.open()) {
            Group bert = part("bert", new Group());
            embeddings = bert.add("embeddings", new BertEmbeddings(config));
            Group encoder = bert.add("encoder", new Group());
            Group layer = encoder.add("layer", new Group());
            for (int i = 0; i < config.numHiddenLayers(); i++) {
                layers.add(layer.add(Integer.toString(i), new BertLayer(config, i)));
            }
            Group cls = part("cls", new Group());
            head = cls.add("predictions", new MlmHead(config, embeddings.words().weight()));
            initialise();
        }
    }

    private void initialise() {
        try (var noGrad = NoGrad.open()) {
            Map<String, Module> modules = namedModules();
            namedParameters().forEach((name, parameter) -> {
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
            embeddings.words().weight().select(0, config.padTokenId()).zero_();
        }
    }

    /// @param ids (B, S) int32 or int64
    /// @param types (B, S) token types, or null where all are 0
    /// @param mask (B, S) bool, true at real tokens, or null where all are
    /// @return the last hidden states (B, S, d)
    /// @throws InputException if S exceeds the positions that the model has
    public Tensor forward(Tensor ids, Tensor types, Tensor mask) {
        if (ids.size(1) > config.maxPositionEmbeddings()) {
            throw new InputException("encode sequences of " + ids.size(1) + " tokens",
                    "the model has " + config.maxPositionEmbeddings() + " positions", "give shorter sequences");
        }
        Tensor attention = null;
        Tensor real = null;
        if (mask != null) {
            attention = mask.unsqueeze(1).unsqueeze(1); // (B, 1, 1, S)
            real = config.memory() == null ? null : mask.reshape(-1).nonzero().squeeze(1); // (R)
        }
        Tensor x = embeddings.forward(ids, types);
        for (BertLayer layer : layers) {
            x = layer.forward(x, attention, real);
        }
        return x;
    }

    /// The scores of all tokens of the vocabulary.
    ///
    /// @param hidden (B, S, d)
    /// @param positions (M) indices into (B·S), or null for all
    /// @return (M, vocabulary), or (B, S, vocabulary)
    public Tensor logits(Tensor hidden, Tensor positions) {
        return head.forward(positions == null ? hidden
                : hidden.reshape(-1, config.hiddenSize()).indexSelect(0, positions));
    }

    public BertConfig config() {
        return config;
    }

    /// The memories by the number of their layer.
    public Map<Integer, ProductKeyMemory> memories() {
        var memories = new LinkedHashMap<Integer, ProductKeyMemory>();
        for (int i = 0; i < layers.size(); i++) {
            if (layers.get(i).memory() != null) {
                memories.put(i, layers.get(i).memory());
            }
        }
        return memories;
    }

    /// Starts from a model trained without memory (Kim & Jung 2020, section 3): every weight that exists comes from it, and
    /// only memories stay as they were drawn. Under REPLACE the feed-forward blocks of those layers are left behind.
    ///
    /// @throws InputException if anything but a memory would be missing, or anything but a replaced block left over
    public void startFrom(Map<String, Tensor> pretrained) {
        var missing = new TreeSet<>(state().keySet());
        missing.removeAll(pretrained.keySet());
        missing.removeIf(name -> name.contains(".memory."));
        var left = new TreeSet<>(pretrained.keySet());
        left.removeAll(state().keySet());
        left.removeIf(this::isReplaced);
        if (!missing.isEmpty() || !left.isEmpty()) {
            throw new InputException("start from a pretrained model", "it lacks " + missing + " and has the unexpected " + left,
                    "give a model with the same sizes");
        }
        try {
            loadPresent(pretrained);
        } catch (IllegalArgumentException e) {
            throw new InputException("start from a pretrained model", e.getMessage(), "give a model with the same sizes", e);
        }
    }

    private boolean isReplaced(String name) {
        return config.memory() != null && config.memory().mode() == MemoryConfig.Mode.REPLACE
                && config.memory().layers().stream().anyMatch(i ->
                        name.startsWith("bert.encoder.layer." + i + ".intermediate.dense.")
                                || name.startsWith("bert.encoder.layer." + i + ".output.dense."));
    }
}
