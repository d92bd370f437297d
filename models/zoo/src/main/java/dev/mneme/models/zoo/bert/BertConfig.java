package dev.mneme.models.zoo.bert;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mneme.models.base.InputException;
import dev.mneme.models.base.internal.Json;
import dev.mneme.models.base.internal.MachineMemory;
import dev.mneme.models.zoo.transformer.Architecture;
import dev.mneme.models.zoo.transformer.MemoryConfig;
import dev.mneme.models.zoo.transformer.ModelSize;
import java.io.IOException;
import java.nio.file.Path;

/// The sizes of a BERT encoder, or of one built like it, with the names and the defaults of Hugging Face's `config.json` (in camel case here).
///
/// @param memory the product-key memories, or null for none
public record BertConfig(
        Architecture architecture, int vocabSize, int hiddenSize, int numHiddenLayers, int numAttentionHeads, int intermediateSize,
        int maxPositionEmbeddings, int typeVocabSize, double hiddenDropoutProb, double attentionProbsDropoutProb,
        double layerNormEps, double initializerRange, int padTokenId, MemoryConfig memory) {

    public BertConfig {
        memory = memory == null ? null : memory.orNull();
        ModelSize.requireDeviation(initializerRange);
        positive("vocab_size", vocabSize);
        positive("hidden_size", hiddenSize);
        positive("num_hidden_layers", numHiddenLayers);
        positive("num_attention_heads", numAttentionHeads);
        positive("intermediate_size", intermediateSize);
        positive("max_position_embeddings", maxPositionEmbeddings);
        positive("type_vocab_size", typeVocabSize);
        if (hiddenSize % numAttentionHeads != 0) {
            throw new InputException("build a model with num_attention_heads " + numAttentionHeads,
                    "they share hidden_size " + hiddenSize + ", which they do not divide",
                    "choose a number of heads that divides the hidden size");
        }
        if (architecture == null) {
            architecture = Architecture.BERT;
        }
        if (padTokenId < 0 || padTokenId >= vocabSize) {
            throw new InputException("build a model with pad_token_id " + padTokenId,
                    "the vocabulary has ids 0 to " + (vocabSize - 1), "choose one of these");
        }
        if (architecture == Architecture.ROBERTA && maxPositionEmbeddings - 2 < padTokenId) {
            throw new InputException("build a RoBERTa with max_position_embeddings " + maxPositionEmbeddings,
                    "the first " + (padTokenId + 1) + " are not for tokens", "give more");
        }
        probability("hidden_dropout_prob", hiddenDropoutProb);
        probability("attention_probs_dropout_prob", attentionProbsDropoutProb);
        if (memory != null) {
            memory.requireIn(hiddenSize, numHiddenLayers);
        }
    }

    private static void positive(String name, int value) {
        if (value < 1) {
            throw new InputException("build a model with " + name + " " + value, "that is none", "give at least 1");
        }
    }

    private static void probability(String name, double value) {
        if (!(value >= 0 && value < 1)) {
            throw new InputException("build a model with " + name + " " + value, "that is no probability of loss",
                    "give one from 0 to below 1");
        }
    }

    /// A small BERT without dropout, with the given vocabulary.
    public static BertConfig of(int vocabSize, int hiddenSize, int layers, int heads, int intermediateSize, int positions) {
        return new BertConfig(Architecture.BERT, vocabSize, hiddenSize, layers, heads, intermediateSize, positions, 2, 0, 0, 1e-12, 0.02, 0, null);
    }

    public BertConfig withMemory(MemoryConfig other) {
        return new BertConfig(architecture, vocabSize, hiddenSize, numHiddenLayers, numAttentionHeads, intermediateSize,
                maxPositionEmbeddings, typeVocabSize, hiddenDropoutProb, attentionProbsDropoutProb, layerNormEps,
                initializerRange, padTokenId, other);
    }

    public BertConfig withIntermediateSize(int other) {
        return new BertConfig(architecture, vocabSize, hiddenSize, numHiddenLayers, numAttentionHeads, other,
                maxPositionEmbeddings, typeVocabSize, hiddenDropoutProb, attentionProbsDropoutProb, layerNormEps,
                initializerRange, padTokenId, memory);
    }

    /// The longest sequence: a RoBERTa's positions begin after that of its padding.
    public int positions() {
        return maxPositionEmbeddings - firstPosition();
    }

    int firstPosition() {
        return architecture == Architecture.ROBERTA ? padTokenId + 1 : 0;
    }

    public boolean hasMemory(int layer) {
        return memory != null && memory.layers().contains(layer);
    }

    /// Floating-point operations of the encoder's matrix products, forward, over tokens in sequences of a length: two a multiplication.
    public double encoderFlops(long tokens, long length) {
        return MemoryConfig.flops(memory, numHiddenLayers, hiddenSize, intermediateSize, tokens, length);
    }

    /// The same of predicting tokens.
    public double vocabularyFlops(long predictions) {
        return 2.0 * predictions * hiddenSize * (hiddenSize + (double) vocabSize);
    }

    /// What a model of these sizes takes, its head left out.
    public ModelSize size() {
        return ModelSize.of((double) vocabSize + maxPositionEmbeddings + typeVocabSize, numHiddenLayers, hiddenSize, intermediateSize, memory);
    }

    /// @throws InputException if the machine has not the memory for its weights
    void requireMemory() {
        MachineMemory.require("build a model of " + numHiddenLayers + " layers of width " + hiddenSize + " over " + vocabSize + " tokens", size().bytes());
    }

    boolean hasDropout() {
        return hiddenDropoutProb > 0 || attentionProbsDropoutProb > 0;
    }

    /// Whether a parameter of a memory-free model is one of a block that a memory takes the place of.
    boolean isReplaced(String name) {
        return memory != null && memory.mode() == MemoryConfig.Mode.REPLACE && memory.layers().stream().anyMatch(i ->
                name.startsWith("bert.encoder.layer." + i + ".intermediate.dense.")
                        || name.startsWith("bert.encoder.layer." + i + ".output.dense."));
    }

    /// Reads a Hugging Face `config.json`. Names that do not concern the encoder are passed over.
    ///
    /// @throws InputException if it is no BERT, or asks for something that is not offered here
    public static BertConfig read(Path file) throws IOException {
        JsonNode node = Json.read(file);
        Architecture architecture = architecture(file, node);
        Architecture.requireFloats(file, node);
        Json.only(file, node, "hidden_act", "gelu");
        Json.only(file, node, "position_embedding_type", "absolute");
        Json.only(file, node, "is_decoder", "false");
        Json.only(file, node, "is_causal", "false");
        if (node.path("architectures").path(0).asText().matches(".*(ForMaskedLM|ForPreTraining)")) {
            Json.only(file, node, "tie_word_embeddings", "true");
        }
        return new BertConfig(architecture, Json.whole(file, node, "vocab_size", architecture == Architecture.ROBERTA ? 50265 : 30522), Json.whole(file, node, "hidden_size", 768),
                Json.whole(file, node, "num_hidden_layers", 12), Json.whole(file, node, "num_attention_heads", 12),
                Json.whole(file, node, "intermediate_size", 3072), Json.whole(file, node, "max_position_embeddings", 512),
                Json.whole(file, node, "type_vocab_size", 2), Json.number(file, node, "hidden_dropout_prob", 0.1),
                Json.number(file, node, "attention_probs_dropout_prob", 0.1), Json.number(file, node, "layer_norm_eps", 1e-12),
                Json.number(file, node, "initializer_range", 0.02), Json.whole(file, node, "pad_token_id", architecture == Architecture.ROBERTA ? 1 : 0),
                MemoryConfig.read(file, node));
    }

    private static Architecture architecture(Path file, JsonNode node) {
        String type = node.path("model_type").asText(Architecture.BERT.modelType());
        for (Architecture each : Architecture.values()) {
            if (each.modelType().equals(type) && each != Architecture.GPT2) {
                return each;
            }
        }
        throw new InputException("read " + file, "model_type is " + type, "give a model whose model_type is bert or roberta");
    }

    /// Writes it as Hugging Face's `config.json`.
    ///
    /// @param task the rest of the class's name in transformers, such as `ForMaskedLM`
    /// @param head what the file says of the head
    void write(Path file, String task, ObjectNode head) throws IOException {
        ObjectNode node = Json.tree(this);
        node.remove("memory");
        node.remove("architecture");
        node.putArray("architectures").add(architecture.className(task));
        node.put("model_type", architecture.modelType()).put("hidden_act", "gelu").put("position_embedding_type", "absolute");
        node.setAll(head);
        if (memory != null) {
            memory.describe(node);
        }
        Json.write(file, node);
    }
}
