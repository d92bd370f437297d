package dev.mneme.models.zoo.transformer;

import java.util.List;
import java.util.Map;
import java.util.Set;

/// The names of parameters in files of transformers, and here. Here they are those of its BERT classes.
public final class ParameterNames {
    /// Prefixes of RoBERTa, and of BERT for the same.
    private static final Map<String, String> ROBERTA = Map.of(
            "roberta.", "bert.",
            "lm_head.dense.", "cls.predictions.transform.dense.",
            "lm_head.layer_norm.", "cls.predictions.transform.LayerNorm.",
            "lm_head.bias", "cls.predictions.bias");

    private static final String GPT2 = "transformer.";

    /// Whether names are those of a model with a head; a base model's begin at once with `embeddings` and `encoder`.
    static boolean headed(Set<String> all, Architecture architecture) {
        String prefix = architecture == Architecture.GPT2 ? GPT2 : architecture.modelType() + ".";
        return all.stream().anyMatch(each -> each.startsWith(prefix));
    }

    /// What wrappers of PyTorch put before each name: `DataParallel`, and `torch.compile`.
    private static final List<String> WRAPPERS = List.of("module.", "_orig_mod.");

    /// What all names begin with that belongs to no model, or nothing.
    static String wrapper(Set<String> all) {
        String wrapper = "";
        for (boolean more = !all.isEmpty(); more; ) {
            more = false;
            for (String each : WRAPPERS) {
                String longer = wrapper + each;
                if (all.stream().allMatch(name -> name.startsWith(longer))) {
                    wrapper = longer;
                    more = true;
                    break;
                }
            }
        }
        return wrapper;
    }

    /// The parameter here that a name in a file is a second name of, or null: the output matrix is the word embeddings, and its bias has two.
    static String tied(String name) {
        return switch (name) {
            case "cls.predictions.decoder.weight", "lm_head.decoder.weight" -> "bert.embeddings.word_embeddings.weight";
            case "cls.predictions.decoder.bias", "lm_head.decoder.bias" -> "cls.predictions.bias";
            case "lm_head.weight" -> GPT2 + "wte.weight";
            default -> null;
        };
    }

    /// The name here, or null for what is computed, as positions counted up, and for what [#tied] names.
    ///
    /// @param headed whether the file has names of a model with a head, see [#headed]
    static String here(String name, Architecture architecture, boolean headed) {
        if (name.endsWith(".position_ids") || name.endsWith("embeddings.token_type_ids") || tied(name) != null) {
            return null;
        }
        if (architecture == Architecture.GPT2) {
            return name.endsWith(".attn.bias") || name.endsWith(".attn.masked_bias") ? null
                    : headed || !name.matches("(wte|wpe|h|ln_f)\\..*") ? name : GPT2 + name;
        }
        String here = name;
        if (!headed && (name.startsWith("embeddings.") || name.startsWith("encoder.") || name.startsWith("pooler."))) {
            here = "bert." + name;
        }
        if (architecture == Architecture.ROBERTA) {
            for (Map.Entry<String, String> each : ROBERTA.entrySet()) {
                if (here.startsWith(each.getKey())) {
                    here = each.getValue() + here.substring(each.getKey().length());
                    break;
                }
            }
        }
        // Checkpoints converted from TensorFlow have its names for these.
        return here.replaceFirst("LayerNorm\\.gamma$", "LayerNorm.weight").replaceFirst("LayerNorm\\.beta$", "LayerNorm.bias");
    }

    /// The name in a file, of one here.
    public static String inFile(String name, Architecture architecture) {
        if (architecture == Architecture.ROBERTA) {
            for (Map.Entry<String, String> each : ROBERTA.entrySet()) {
                if (name.startsWith(each.getValue())) {
                    return each.getKey() + name.substring(each.getValue().length());
                }
            }
        }
        return name;
    }

    private ParameterNames() {}
}
