package dev.mneme.models;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mneme.models.bert.Architecture;
import dev.mneme.models.bert.BertConfig;
import dev.mneme.models.bert.BertForMaskedLM;
import dev.mneme.models.bert.BertForTask;
import dev.mneme.models.bert.TaskHead;
import dev.mneme.models.data.Tokenizer;
import dev.mneme.models.gpt.GptConfig;
import dev.mneme.models.gpt.GptForCausalLM;
import dev.mneme.torch.nn.Initial;
import java.io.IOException;
import java.io.PrintStream;
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

    /// The tokenizer of a model's folder. The model may have more word embeddings than it has tokens, as where their number was rounded up;
    /// these are trained and scored like all others, and never read.
    ///
    /// @param out is told of such a difference
    /// @throws InputException if there is none, or the model has no embeddings for some of its tokens
    public static Tokenizer tokenizer(Path folder, PrintStream out) throws IOException {
        Path file = folder.resolve(PretrainedModel.CONFIG);
        int embeddings = architecture(folder) == Architecture.GPT2 ? GptConfig.read(file).vocabSize() : BertConfig.read(file).vocabSize();
        Tokenizer tokenizer = Tokenizer.inFolder(folder);
        int tokens = tokenizer.vocabulary().size();
        if (tokens > embeddings) {
            tokenizer.close();
            throw new InputException("use the model in " + folder, "its tokenizer has " + tokens + " tokens, and vocab_size in its config.json is "
                    + embeddings, "give the two that belong together");
        }
        if (tokens < embeddings) {
            out.println("The tokenizer in " + folder + " has " + tokens + " tokens, and the model " + embeddings + " embeddings: the last "
                    + (embeddings - tokens) + " are never read");
        }
        return tokenizer;
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
