package dev.mneme.models.zoo.gpt;

import dev.mneme.models.base.InputException;
import dev.mneme.models.zoo.transformer.Architecture;
import dev.mneme.models.zoo.transformer.Group;
import dev.mneme.models.zoo.transformer.LanguageModel;
import dev.mneme.models.zoo.transformer.LayerStack;
import dev.mneme.models.zoo.transformer.ModelWeights;
import dev.mneme.pkm.ProductKeyMemory;
import dev.mneme.torch.Construction;
import dev.mneme.torch.DType;
import dev.mneme.torch.NoGrad;
import dev.mneme.torch.Tensor;
import dev.mneme.torch.TensorScope;
import dev.mneme.torch.Torch;
import dev.mneme.torch.nn.Dropout;
import dev.mneme.torch.nn.Embedding;
import dev.mneme.torch.nn.Initial;
import dev.mneme.torch.nn.LayerNorm;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;

/// GPT-2 as a language model, and product-key memories where the configuration has them.
///
/// Parameters are named as in Hugging Face's GPT2LMHeadModel (`transformer.…`; the output matrix is the word embeddings and is not stored
/// twice). A memory of layer i is `transformer.h.i.memory.…`: see [ProductKeyMemory].
public final class GptForCausalLM extends LanguageModel {
    static final String CLASS = "LMHeadModel";

    private final GptConfig config;
    private final Embedding words;
    private final Embedding positions;
    private final LayerStack blocks;
    private final LayerNorm norm;
    private final Dropout dropout;

    /// A model with random weights, as GPT-2: N(0, initializer_range) for matrices, smaller by the square root of the number of residual
    /// branches for those that end one; 0 for biases; memories as [ProductKeyMemory] draws them.
    ///
    /// @param seed of libtorch's default generators, which this sets unless drawing is skipped ([dev.mneme.torch.nn.Initial])
    public GptForCausalLM(GptConfig config, long seed) {
        this.config = config;
        config.requireMemory();
        seed(seed);
        try (var construction = Construction.open()) {
            Group transformer = part("transformer", new Group());
            words = transformer.add("wte", new Embedding(config.vocabSize(), config.nEmbd()));
            positions = transformer.add("wpe", new Embedding(config.nPositions(), config.nEmbd()));
            dropout = transformer.add("drop", new Dropout(config.embdPdrop()));
            Group h = transformer.add("h", new Group());
            blocks = new LayerStack(config.nLayer(), config.memory() != null && config.memory().sharedValues(), config.hasDropout(),
                    (i, values) -> h.add(Integer.toString(i), new GptBlock(config, i, values)));
            norm = transformer.add("ln_f", new LayerNorm(config.nEmbd(), config.layerNormEpsilon()));
            initialise();
            construction.complete();
        }
    }

    private void initialise() {
        if (Initial.isSkipped()) {
            return;
        }
        try (var noGrad = NoGrad.open()) {
            double branch = config.initializerRange() / Math.sqrt(2.0 * config.nLayer());
            namedParameters().forEach((name, parameter) -> {
                if (parameter.dim() > 1 && !name.contains(".memory.")) {
                    parameter.normal_(0, name.endsWith("c_proj.weight") ? branch : config.initializerRange());
                }
            });
        }
    }

    @Override
    protected Tensor encode(Tensor ids, Tensor types, Tensor mask) {
        if (ids.size(1) > config.nPositions()) {
            throw new InputException("read sequences of " + ids.size(1) + " tokens", "the model has " + config.nPositions() + " positions",
                    "give shorter sequences");
        }
        Tensor real = mask == null || config.memory() == null ? null : mask.reshape(-1).nonzero().squeeze(1); // (R)
        Tensor x = dropout.forward(words.forward(ids).add(positions.weight().narrow(0, 0, ids.size(1)))); // (B, S, d)
        Tensor attention = mask == null || comesLast(mask) ? null : attention(mask);
        return norm.forward(blocks.forward(x, attention, real, isTraining()));
    }

    /// Whether padding is at the end of all sequences, where no real token sees it.
    private static boolean comesLast(Tensor mask) {
        long length = mask.size(1);
        return length < 2 || mask.narrow(1, 1, length - 1).logicalAnd(mask.narrow(1, 0, length - 1).logicalNot()).countNonzero().itemLong() == 0;
    }

    /// What a token sees: real ones up to itself, and itself, so that padding sees something.
    ///
    /// @return (B, 1, S, S) bool
    private static Tensor attention(Tensor mask) {
        long length = mask.size(1);
        Tensor before = Torch.ones(new long[] {length, length}, DType.BOOL, mask.device()).tril(0); // (S, S)
        Tensor itself = Torch.eye(length, DType.BOOL, mask.device());
        return before.logicalAnd(mask.unsqueeze(1).unsqueeze(1)).logicalOr(itself);
    }

    @Override
    public Tensor logits(Tensor hidden, Tensor positions) {
        try (var scope = TensorScope.open()) {
            Tensor chosen = positions == null ? hidden : hidden.reshape(-1, config.nEmbd()).indexSelect(0, positions);
            return scope.escape(Torch.linear(chosen, words.weight(), null));
        }
    }

    @Override
    public boolean isCausal() {
        return true;
    }

    @Override
    public double forwardFlops(long tokens, long length, long predictions) {
        return config.forwardFlops(tokens, length, predictions);
    }

    public GptConfig config() {
        return config;
    }

    @Override
    public Map<Integer, ProductKeyMemory> memories() {
        return blocks.memories();
    }

    @Override
    public boolean hasDropout() {
        return config.hasDropout();
    }

    @Override
    public int positions() {
        return config.nPositions();
    }

    @Override
    protected LayerStack layers() {
        return blocks;
    }

    /// The model of a folder in Hugging Face's layout.
    ///
    /// @throws InputException if it has no weights, or they lack a part of the model
    public static GptForCausalLM read(Path folder) throws IOException {
        GptConfig config = GptConfig.read(folder.resolve(CONFIG));
        return loaded(() -> new GptForCausalLM(config, 0), folder);
    }

    @Override
    public void load(Path folder) throws IOException {
        ModelWeights.loadWhole(folder, this, Architecture.GPT2, CLASS);
    }

    @Override
    protected void write(Path folder) throws IOException {
        config.write(folder.resolve(CONFIG));
        ModelWeights.save(folder, this, Architecture.GPT2);
    }

    @Override
    public ModelWeights.Differences startFrom(Path folder) throws IOException {
        return ModelWeights.start(folder, this, Architecture.GPT2, config::isReplaced);
    }
}
