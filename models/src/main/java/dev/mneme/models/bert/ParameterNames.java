package dev.mneme.models.bert;

import java.util.Map;
import java.util.Set;

/// The names of parameters in files of transformers, and here. Here they are those of its BERT classes.
final class ParameterNames {
    /// Prefixes of RoBERTa, and of BERT for the same.
    private static final Map<String, String> ROBERTA = Map.of(
            "roberta.", "bert.",
            "lm_head.dense.", "cls.predictions.transform.dense.",
            "lm_head.layer_norm.", "cls.predictions.transform.LayerNorm.",
            "lm_head.bias", "cls.predictions.bias");

    private static final String GPT2 = "transformer.";

    /// The name here, or null for what is computed or stored elsewhere: positions counted up, and the word embeddings once more.
    ///
    /// @param all the names in the file: a base model's begin at once with `embeddings` and `encoder`
    static String here(String name, Architecture architecture, Set<String> all) {
        if (name.endsWith(".position_ids") || name.endsWith("embeddings.token_type_ids") || name.startsWith("cls.predictions.decoder.")
                || name.startsWith("lm_head.decoder.")) {
            return null;
        }
        if (architecture == Architecture.GPT2) {
            boolean headed = all.stream().anyMatch(each -> each.startsWith(GPT2));
            return name.equals("lm_head.weight") || name.endsWith(".attn.bias") || name.endsWith(".attn.masked_bias") ? null
                    : headed || !name.matches("(wte|wpe|h|ln_f)\\..*") ? name : GPT2 + name;
        }
        String here = name;
        boolean base = all.stream().noneMatch(each -> each.startsWith(architecture.modelType() + "."));
        if (base && (name.startsWith("embeddings.") || name.startsWith("encoder.") || name.startsWith("pooler."))) {
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
    static String inFile(String name, Architecture architecture) {
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
