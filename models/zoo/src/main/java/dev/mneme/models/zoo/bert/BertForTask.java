package dev.mneme.models.zoo.bert;

import dev.mneme.models.base.InputException;
import dev.mneme.models.zoo.transformer.Architecture;
import dev.mneme.models.zoo.transformer.Group;
import dev.mneme.models.zoo.transformer.LayerStack;
import dev.mneme.models.zoo.transformer.ModelWeights;
import dev.mneme.models.zoo.transformer.TransformerModel;
import dev.mneme.pkm.ProductKeyMemory;
import dev.mneme.torch.Construction;
import dev.mneme.torch.Tensor;
import dev.mneme.torch.TensorScope;
import dev.mneme.torch.nn.Dropout;
import dev.mneme.torch.nn.Linear;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;

/// An encoder with the head of a task, named as BertForSequenceClassification, BertForTokenClassification and BertForQuestionAnswering of
/// transformers, or the same of RoBERTa.
public final class BertForTask extends TransformerModel {
    private final BertConfig config;
    private final TaskHead head;
    private final BertModel bert;
    private final Dropout dropout;
    private final Linear dense; // RoBERTa's, in the place of BERT's pooler; or null
    private final Linear output;

    /// A model with random weights, as [BertForMaskedLM]'s.
    ///
    /// @param seed of libtorch's default generators, which this sets unless drawing is skipped ([dev.mneme.torch.nn.Initial])
    public BertForTask(BertConfig config, TaskHead head, long seed) {
        this.config = config;
        this.head = head;
        config.requireMemory();
        int d = config.hiddenSize();
        seed(seed);
        boolean whole = head.kind() == TaskHead.Kind.CLASSIFICATION || head.kind() == TaskHead.Kind.REGRESSION;
        boolean roberta = config.architecture() == Architecture.ROBERTA;
        try (var construction = Construction.open()) {
            bert = part("bert", new BertModel(config, whole && !roberta));
            dropout = new Dropout(head.dropout() == null ? config.hiddenDropoutProb() : head.dropout());
            if (head.kind() == TaskHead.Kind.SPANS) {
                dense = null;
                output = part("qa_outputs", new Linear(d, head.outputs()));
            } else if (whole && roberta) {
                Group classifier = part("classifier", new Group());
                dense = classifier.add("dense", new Linear(d, d));
                output = classifier.add("out_proj", new Linear(d, head.outputs()));
            } else {
                dense = null;
                output = part("classifier", new Linear(d, head.outputs()));
            }
            part("dropout", dropout);
            bert.initialise(this);
            construction.complete();
        }
    }

    @Override
    protected Tensor encode(Tensor ids, Tensor types, Tensor mask) {
        return bert.forward(ids, types, mask);
    }

    /// @param ids (B, S) int32 or int64
    /// @param types (B, S) token types, or null where all are 0
    /// @param mask (B, S) bool, true at real tokens, or null where all are
    /// @return (B, labels) for CLASSIFICATION, (B, 1) for REGRESSION, (B, S, labels) for TAGGING, and for SPANS (B, S, 2), where an answer
    ///     begins and where it ends
    public Tensor logits(Tensor ids, Tensor types, Tensor mask) {
        try (var scope = TensorScope.open()) {
            return scope.escape(scores(forward(ids, types, mask)));
        }
    }

    /// @param hidden (B, S, d)
    private Tensor scores(Tensor hidden) {
        return switch (head.kind()) {
            case SPANS -> output.forward(hidden);
            case TAGGING -> output.forward(dropout.forward(hidden));
            case CLASSIFICATION, REGRESSION -> {
                Tensor pooled = dense == null ? bert.pooled(hidden) : dense.forward(dropout.forward(hidden.select(1, 0))).tanh(); // (B, d)
                yield output.forward(dropout.forward(pooled));
            }
        };
    }

    public BertConfig config() {
        return config;
    }

    public TaskHead head() {
        return head;
    }

    /// Keeps training from the embeddings and the encoder, but not from the memories' queries, keys and values, and not from the head.
    public void freezeEncoder() {
        namedParameters().forEach((name, parameter) ->
                parameter.requiresGrad(!ModelWeights.isEncoders(name) || name.contains(".memory.")));
    }

    @Override
    public Map<Integer, ProductKeyMemory> memories() {
        return bert.layers().memories();
    }

    @Override
    public boolean hasDropout() {
        return config.hasDropout() || head.dropout() != null && head.dropout() > 0;
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
    /// @throws InputException if it is none for a task, or lacks a part
    public static BertForTask read(Path folder) throws IOException {
        Path file = folder.resolve(CONFIG);
        BertConfig config = BertConfig.read(file);
        TaskHead head = TaskHead.read(file);
        return loaded(() -> new BertForTask(config, head, 0), folder);
    }

    @Override
    public void load(Path folder) throws IOException {
        ModelWeights.loadWhole(folder, this, config.architecture(), head.kind().task());
    }

    @Override
    protected void write(Path folder) throws IOException {
        config.write(folder.resolve(CONFIG), head.kind().task(), head.describe());
        ModelWeights.save(folder, this, config.architecture());
    }

    /// Starts from a pretrained model: its encoder, with its memories where it has them, and of the head what it has.
    ///
    /// @return which parts stay as they were drawn, and what the folder has besides
    /// @throws InputException if a part of the encoder is missing
    public ModelWeights.Differences startFrom(Path folder) throws IOException {
        return ModelWeights.start(folder, this, config.architecture(), config::isReplaced);
    }
}
