package dev.mneme.models.zoo.bert;

import dev.mneme.models.base.InputException;
import dev.mneme.models.base.internal.Json;
import dev.mneme.models.zoo.transformer.Group;
import dev.mneme.models.zoo.transformer.LanguageModel;
import dev.mneme.models.zoo.transformer.LayerStack;
import dev.mneme.models.zoo.transformer.ModelWeights;
import dev.mneme.pkm.ProductKeyMemory;
import dev.mneme.torch.Construction;
import dev.mneme.torch.Tensor;
import dev.mneme.torch.TensorScope;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeSet;

/// BERT with its masked-language-modelling head, and product-key memories where the configuration has them.
///
/// Parameters are named as in Hugging Face's BertForMaskedLM (`bert.…`, `cls.predictions.…`; the output matrix is the word
/// embeddings and is not stored twice). A memory of layer i is `bert.encoder.layer.i.memory.…`: see [ProductKeyMemory].
public final class BertForMaskedLM extends LanguageModel {
    private static final String CLASS = "ForMaskedLM";

    private final BertConfig config;
    private final BertModel bert;
    private final MlmHead head;

    /// A model with random weights: N(0, initializer_range) for matrices, 0 for biases, as BERT; memories as
    /// [ProductKeyMemory] draws them.
    ///
    /// @param seed of libtorch's default generators, which this sets unless drawing is skipped ([dev.mneme.torch.nn.Initial])
    public BertForMaskedLM(BertConfig config, long seed) {
        this.config = config;
        config.requireMemory();
        seed(seed);
        try (var construction = Construction.open()) {
            bert = part("bert", new BertModel(config, false));
            head = part("cls", new Group()).add("predictions", new MlmHead(config, bert.words()));
            bert.initialise(this);
            construction.complete();
        }
    }

    @Override
    protected Tensor encode(Tensor ids, Tensor types, Tensor mask) {
        return bert.forward(ids, types, mask);
    }

    @Override
    public Tensor logits(Tensor hidden, Tensor positions) {
        try (var scope = TensorScope.open()) {
            return scope.escape(head.forward(positions == null ? hidden : hidden.reshape(-1, config.hiddenSize()).indexSelect(0, positions)));
        }
    }

    @Override
    public boolean isCausal() {
        return false;
    }

    @Override
    public double forwardFlops(long tokens, long length, long predictions) {
        return config.encoderFlops(tokens, length) + config.vocabularyFlops(predictions);
    }

    public BertConfig config() {
        return config;
    }

    @Override
    public Map<Integer, ProductKeyMemory> memories() {
        return bert.layers().memories();
    }

    @Override
    public boolean hasDropout() {
        return config.hasDropout();
    }

    @Override
    protected LayerStack layers() {
        return bert.layers();
    }

    @Override
    public int positions() {
        return config.positions();
    }

    /// The model of a folder in Hugging Face's layout.
    ///
    /// @throws InputException if it has no weights, or they lack a part of the model
    public static BertForMaskedLM read(Path folder) throws IOException {
        BertConfig config = BertConfig.read(folder.resolve(CONFIG));
        return loaded(() -> new BertForMaskedLM(config, 0), folder);
    }

    /// Loads the weights of a folder. What other heads have besides is passed over.
    ///
    /// @throws InputException if a part of the model is missing
    @Override
    public void load(Path folder) throws IOException {
        ModelWeights.loadWhole(folder, this, config.architecture(), CLASS);
    }

    @Override
    protected void write(Path folder) throws IOException {
        config.write(folder.resolve(CONFIG), CLASS, Json.object().put("tie_word_embeddings", true));
        ModelWeights.save(folder, this, config.architecture());
    }

    @Override
    public ModelWeights.Differences startFrom(Path folder) throws IOException {
        return ModelWeights.start(folder, this, config.architecture(), config::isReplaced);
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
        left.removeIf(config::isReplaced);
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
}
