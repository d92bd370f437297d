package dev.mneme.models.zoo.gpt;

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

/// The sizes of a GPT-2, with the names and the defaults of Hugging Face's `config.json` (in camel case here).
///
/// @param nInner width of the feed-forward blocks
/// @param memory the product-key memories, or null for none
public record GptConfig(
        int vocabSize, int nPositions, int nEmbd, int nLayer, int nHead, int nInner, double residPdrop, double embdPdrop, double attnPdrop,
        double layerNormEpsilon, double initializerRange, MemoryConfig memory) {

    public GptConfig {
        memory = memory == null ? null : memory.orNull();
        ModelSize.requireDeviation(initializerRange);
        int[] sizes = {vocabSize, nPositions, nEmbd, nLayer, nHead, nInner};
        String[] names = {"vocab_size", "n_positions", "n_embd", "n_layer", "n_head", "n_inner"};
        for (int i = 0; i < sizes.length; i++) {
            if (sizes[i] < 1) {
                throw new InputException("build a model with " + names[i] + " " + sizes[i], "that is none", "give at least 1");
            }
        }
        if (nEmbd % nHead != 0) {
            throw new InputException("build a model with n_head " + nHead, "they share n_embd " + nEmbd + ", which they do not divide",
                    "choose a number of heads that divides the width");
        }
        for (double p : new double[] {residPdrop, embdPdrop, attnPdrop}) {
            if (!(p >= 0 && p < 1)) {
                throw new InputException("build a model with dropout " + p, "that is no probability of loss", "give one from 0 to below 1");
            }
        }
        if (memory != null) {
            memory.requireIn(nEmbd, nLayer);
        }
    }

    public GptConfig withMemory(MemoryConfig other) {
        return new GptConfig(vocabSize, nPositions, nEmbd, nLayer, nHead, nInner, residPdrop, embdPdrop, attnPdrop, layerNormEpsilon,
                initializerRange, other);
    }

    /// What a model of these sizes takes.
    public ModelSize size() {
        return ModelSize.of((double) vocabSize + nPositions, nLayer, nEmbd, nInner, memory);
    }

    /// @throws InputException if the machine has not the memory for its weights
    void requireMemory() {
        MachineMemory.require("build a model of " + nLayer + " layers of width " + nEmbd + " over " + vocabSize + " tokens", size().bytes());
    }

    boolean hasDropout() {
        return residPdrop > 0 || embdPdrop > 0 || attnPdrop > 0;
    }

    boolean hasMemory(int layer) {
        return memory != null && memory.layers().contains(layer);
    }

    /// Whether a parameter of a memory-free model is one of a block that a memory takes the place of.
    boolean isReplaced(String name) {
        return memory != null && memory.mode() == MemoryConfig.Mode.REPLACE
                && memory.layers().stream().anyMatch(i -> name.startsWith("transformer.h." + i + ".mlp."));
    }

    /// Reads a Hugging Face `config.json`. Names that do not concern the decoder are passed over.
    ///
    /// @throws InputException if it is no GPT-2, or asks for something that is not offered here
    public static GptConfig read(Path file) throws IOException {
        JsonNode node = Json.read(file);
        String type = node.path("model_type").asText();
        if (!type.equals(Architecture.GPT2.modelType())) {
            throw new InputException("read " + file, "model_type is " + type, "give a model whose model_type is gpt2");
        }
        Architecture.requireFloats(file, node);
        Json.only(file, node, "activation_function", "gelu_new");
        Json.only(file, node, "scale_attn_weights", "true");
        Json.only(file, node, "scale_attn_by_inverse_layer_idx", "false");
        Json.only(file, node, "add_cross_attention", "false");
        Json.only(file, node, "is_causal", "true");
        Json.only(file, node, "tie_word_embeddings", "true");
        int width = size(file, node, "n_embd", "hidden_size", 768);
        return new GptConfig(Json.whole(file, node, "vocab_size", 50257), size(file, node, "n_positions", "max_position_embeddings", 1024), width,
                size(file, node, "n_layer", "num_hidden_layers", 12), size(file, node, "n_head", "num_attention_heads", 12),
                Json.whole(file, node, "n_inner", (int) Math.min(Integer.MAX_VALUE, 4L * width)),
                Json.number(file, node, "resid_pdrop", 0.1), Json.number(file, node, "embd_pdrop", 0.1), Json.number(file, node, "attn_pdrop", 0.1),
                Json.number(file, node, "layer_norm_epsilon", 1e-5), Json.number(file, node, "initializer_range", 0.02),
                MemoryConfig.read(file, node));
    }

    /// A size by GPT-2's name for it or by that of other models, which transformers takes too.
    private static int size(Path file, JsonNode node, String name, String common, int otherwise) {
        int size = Json.whole(file, node, name, Json.whole(file, node, common, otherwise));
        if (size != Json.whole(file, node, common, size)) {
            throw new InputException("read " + file, name + " is " + size + ", and " + common + ", which means the same, is "
                    + Json.whole(file, node, common, size), "leave one of them out");
        }
        return size;
    }

    /// Writes it as Hugging Face's `config.json`.
    void write(Path file) throws IOException {
        ObjectNode node = Json.tree(this);
        node.remove("memory");
        node.putArray("architectures").add(Architecture.GPT2.className(GptForCausalLM.CLASS));
        node.put("model_type", Architecture.GPT2.modelType()).put("activation_function", "gelu_new").put("tie_word_embeddings", true);
        if (memory != null) {
            memory.describe(node);
        }
        Json.write(file, node);
    }

    /// Floating-point operations of a forward pass, as [dev.mneme.models.zoo.transformer.LanguageModel#forwardFlops].
    double forwardFlops(long tokens, long length, long predictions) {
        return MemoryConfig.flops(memory, nLayer, nEmbd, nInner, tokens, length) + 2.0 * predictions * nEmbd * vocabSize;
    }
}
