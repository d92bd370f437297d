package dev.mneme.models;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mneme.models.bert.Architecture;
import dev.mneme.models.bert.BertConfig;
import dev.mneme.models.bert.BertForMaskedLM;
import dev.mneme.models.bert.BertForTask;
import dev.mneme.models.bert.TaskHead;
import dev.mneme.models.gpt.GptConfig;
import dev.mneme.models.gpt.GptForCausalLM;
import dev.mneme.torch.nn.Initial;
import java.io.IOException;
import java.nio.file.Path;

/// Which model a folder in Hugging Face's layout has.
public final class Models {
    /// The model of a folder, of whatever kind.
    ///
    /// @throws InputException if it is none of those that are offered here, or lacks a part
    public static PretrainedModel read(Path folder) throws IOException {
        return PretrainedModel.loaded(() -> unloaded(folder), folder);
    }

    /// The model that `config.json` describes, without its weights: [dev.mneme.models.bert.PretrainedWeights] is to give all of them.
    ///
    /// @throws InputException if it is none of those that are offered here
    public static PretrainedModel unloaded(Path folder) throws IOException {
        Path file = folder.resolve(PretrainedModel.CONFIG);
        try (var skipped = Initial.skip()) {
            return switch (architecture(folder)) {
                case GPT2 -> new GptForCausalLM(GptConfig.read(file), 0);
                case BERT, ROBERTA -> isForTask(file) ? new BertForTask(BertConfig.read(file), TaskHead.read(file), 0)
                        : new BertForMaskedLM(BertConfig.read(file), 0);
            };
        }
    }

    /// @throws InputException if it is none of those that are offered here
    public static Architecture architecture(Path folder) throws IOException {
        Path file = folder.resolve(PretrainedModel.CONFIG);
        ObjectNode config = Json.read(file);
        String type = config.path("model_type").asText(Architecture.BERT.modelType());
        for (Architecture each : Architecture.values()) {
            if (each.modelType().equals(type)) {
                return each;
            }
        }
        throw new InputException("read " + file, "model_type is " + type, "give a model whose model_type is bert, roberta or gpt2");
    }

    private static boolean isForTask(Path file) throws IOException {
        String name = Json.read(file).path("architectures").path(0).asText();
        return name.endsWith("Classification") || name.endsWith("QuestionAnswering");
    }

    private Models() {}
}
