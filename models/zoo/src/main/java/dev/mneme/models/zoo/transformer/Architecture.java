package dev.mneme.models.zoo.transformer;

import com.fasterxml.jackson.databind.JsonNode;
import dev.mneme.models.base.InputException;
import dev.mneme.models.base.internal.Json;
import java.nio.file.Path;

/// The models that are read: `model_type` in `config.json`.
public enum Architecture {
    BERT("bert", "Bert"),
    /// Positions begin after that of the padding token; otherwise a BERT with other names.
    ROBERTA("roberta", "Roberta"),
    /// A decoder: its layers are normalised before, and see what came before (package gpt).
    GPT2("gpt2", "GPT2");

    private final String modelType;
    private final String classPrefix;

    Architecture(String modelType, String classPrefix) {
        this.modelType = modelType;
        this.classPrefix = classPrefix;
    }

    public String modelType() {
        return modelType;
    }

    /// @throws InputException if a `config.json` says that the weights stand for numbers by a code (8-bit and 4-bit models)
    public static void requireFloats(Path file, JsonNode config) {
        if (!Json.isAbsent(config.path("quantization_config"))) {
            throw new InputException("read " + file, "it has a quantization_config", "give the model that was quantized, with weights of float32, float16 or bfloat16");
        }
    }

    /// The name of a class of transformers, such as `BertForMaskedLM`.
    public String className(String task) {
        return classPrefix + task;
    }
}
