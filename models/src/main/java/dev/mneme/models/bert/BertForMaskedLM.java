package dev.mneme.models.bert;

import dev.mneme.models.InputException;
import dev.mneme.pkm.ProductKeyMemory;
import dev.mneme.torch.NoGrad;
import dev.mneme.torch.Tensor;
import dev.mneme.torch.TensorScope;
import dev.mneme.torch.Native;
import dev.mneme.torch.io.Safetensors;
import dev.mneme.torch.nn.LayerNorm;
import dev.mneme.torch.nn.Module;
import java.io.IOException;
import java.nio.file.Path;
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
    private static final String CONFIG = "config.json";

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

    /// The model of a folder in Hugging Face's layout.
    ///
    /// @throws InputException if it has no weights, or they lack a part of the model
    public static BertForMaskedLM read(Path folder) throws IOException {
        var model = new BertForMaskedLM(BertConfig.read(folder.resolve(CONFIG)), 0);
        try {
            model.load(folder);
            return model;
        } catch (IOException | RuntimeException e) {
            model.close();
            throw e;
        }
    }

    /// Loads the weights of a folder. What other heads have besides is passed over.
    ///
    /// @throws InputException if a part of the model is missing
    public void load(Path folder) throws IOException {
        try (var weights = PretrainedWeights.open(folder, config.architecture())) {
            PretrainedWeights.Differences found = weights.load(this);
            if (!found.missing().isEmpty()) {
                throw new InputException("read the model in " + folder, "it lacks " + found.missing() + " and has the unexpected "
                        + found.unexpected(), "give a whole " + config.architecture().className("ForMaskedLM"));
            }
        }
    }

    /// Writes `config.json` and `model.safetensors` as transformers would.
    public void save(Path folder) throws IOException {
        config.write(folder.resolve(CONFIG), "ForMaskedLM");
        var renamed = new LinkedHashMap<String, Tensor>();
        state().forEach((name, tensor) -> renamed.put(ParameterNames.inFile(name, config.architecture()), tensor));
        Safetensors.write(folder.resolve(PretrainedWeights.FILES.getFirst()), renamed, Map.of("format", "pt"));
    }

    /// As [#startFrom(Map)], from a folder in Hugging Face's layout. A base model's masked-language-modelling head stays as it was drawn;
    /// heads of other tasks are passed over.
    ///
    /// @return what the folder has besides, or lacks
    public PretrainedWeights.Differences startFrom(Path folder) throws IOException {
        try (var weights = PretrainedWeights.open(folder, config.architecture())) {
            PretrainedWeights.Differences found = weights.load(this);
            found.missing().removeIf(name -> name.contains(".memory."));
            found.unexpected().removeIf(this::isReplaced);
            if (found.missing().stream().anyMatch(name -> !name.startsWith("cls.")) || found.unexpected().stream().anyMatch(
                    name -> name.startsWith("bert.e"))) { // the embeddings' and the encoder's
                throw new InputException("start from " + folder, "it lacks " + found.missing() + " and has the unexpected "
                        + found.unexpected(), "give a model with the same sizes");
            }
            return found;
        }
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
