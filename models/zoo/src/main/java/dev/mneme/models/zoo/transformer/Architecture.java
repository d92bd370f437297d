package dev.mneme.models.zoo.transformer;

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

    /// The name of a class of transformers, such as `BertForMaskedLM`.
    public String className(String task) {
        return classPrefix + task;
    }
}
