package dev.mneme.models.zoo;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mneme.models.base.InputException;
import dev.mneme.models.base.internal.Json;
import dev.mneme.models.text.Tokenizer;
import dev.mneme.models.text.Vocabulary;
import dev.mneme.models.zoo.bert.BertConfig;
import dev.mneme.models.zoo.bert.BertForMaskedLM;
import dev.mneme.models.zoo.bert.BertForTask;
import dev.mneme.models.zoo.bert.TaskHead;
import dev.mneme.models.zoo.gpt.GptConfig;
import dev.mneme.models.zoo.gpt.GptForCausalLM;
import dev.mneme.models.zoo.transformer.Architecture;
import dev.mneme.models.zoo.transformer.LanguageModel;
import dev.mneme.models.zoo.transformer.TransformerModel;
import dev.mneme.torch.nn.Initial;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;

/// Which model a folder in Hugging Face's layout has.
public final class AutoModel {
    /// The model of a folder, of whatever kind, in evaluation mode.
    ///
    /// @throws InputException if it is none of those that are offered here, or lacks a part
    public static TransformerModel read(Path folder) throws IOException {
        return TransformerModel.loaded(() -> unloaded(folder), folder);
    }

    /// The language model of a folder, in evaluation mode.
    ///
    /// @throws InputException if it has no weights, or they lack a part of the model
    public static LanguageModel readLanguageModel(Path folder) throws IOException {
        return isCausal(folder) ? GptForCausalLM.read(folder) : BertForMaskedLM.read(folder);
    }

    /// Whether a folder's model predicts the next token.
    public static boolean isCausal(Path folder) throws IOException {
        return Json.read(folder.resolve(TransformerModel.CONFIG)).path("model_type").asText().equals(Architecture.GPT2.modelType());
    }

    /// The model that `config.json` describes, without its weights: [dev.mneme.models.zoo.transformer.ModelWeights] is to give all of them.
    ///
    /// @throws InputException if it is none of those that are offered here
    public static TransformerModel unloaded(Path folder) throws IOException {
        Path file = folder.resolve(TransformerModel.CONFIG);
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
        Path file = folder.resolve(TransformerModel.CONFIG);
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

    /// Writes a model and its tokenizer as transformers would, in Hugging Face's layout.
    public static void save(TransformerModel model, Tokenizer tokenizer, Path folder) throws IOException {
        model.save(folder);
        tokenizer.save(folder);
        if (architecture(folder) != Architecture.BERT) { // which has no tokens of these names; by a GPT-2's, `generate` knows where a text ends
            Path file = folder.resolve(TransformerModel.CONFIG);
            Vocabulary vocabulary = tokenizer.vocabulary();
            Json.write(file, Json.read(file).put("bos_token_id", vocabulary.cls()).put("eos_token_id", vocabulary.sep()));
        }
    }

    /// @throws InputException if it is none of those that are offered here
    public static Architecture architecture(Path folder) throws IOException {
        Path file = folder.resolve(TransformerModel.CONFIG);
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

    private AutoModel() {}
}
