package dev.mneme.models.text;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mneme.models.base.InputException;
import dev.mneme.models.base.internal.Json;
import java.util.ArrayList;
import java.util.List;

/// How texts are put into a sequence, as the post-processor of a `tokenizer.json` says:
///
///     BERT      [CLS] a [SEP]       [CLS] a [SEP] b [SEP]         types 0 … 0 1 … 1
///     RoBERTa   <s> a </s>          <s> a </s> </s> b </s>        types 0
///
/// @param between special tokens between two texts, 1 or 2
/// @param secondType token type of the second text and of what ends it, 0 or 1
public record PairTemplate(int between, int secondType) {
    public static final PairTemplate BERT = new PairTemplate(1, 1);
    public static final PairTemplate ROBERTA = new PairTemplate(2, 0);

    /// A post-processor that does the same, for a tokenizer that transformers would give one.
    static ObjectNode bert() {
        return Json.object().put("type", "BertProcessing");
    }

    /// What a post-processor says, or null where it says nothing of special tokens.
    ///
    /// @throws InputException if it makes other sequences than these
    static PairTemplate of(JsonNode post, Roles roles, String asked) {
        switch (post.path("type").asText()) {
            case "", "ByteLevel" -> {
                return null;
            }
            case "BertProcessing" -> {
                return checked(BERT, post, roles, asked);
            }
            case "RobertaProcessing" -> {
                return checked(ROBERTA, post, roles, asked);
            }
            case "TemplateProcessing" -> {
                return ofTemplate(post, roles, asked);
            }
            case "Sequence" -> {
                PairTemplate found = null;
                for (JsonNode each : post.path("processors")) {
                    PairTemplate one = of(each, roles, asked);
                    if (one != null && found != null) {
                        throw refused(post, roles, asked);
                    }
                    found = one == null ? found : one;
                }
                return found;
            }
            default -> throw refused(post, roles, asked);
        }
    }

    private static PairTemplate checked(PairTemplate template, JsonNode post, Roles roles, String asked) {
        if (post.has("cls") && !(post.path("cls").path(0).asText().equals(roles.cls()) && post.path("sep").path(0).asText().equals(roles.sep()))) {
            throw refused(post, roles, asked);
        }
        return template;
    }

    private static PairTemplate ofTemplate(JsonNode post, Roles roles, String asked) {
        String begin = roles.cls() + ":0 A:0 " + roles.sep() + ":0";
        String pair = pieces(post.path("pair"));
        if (pieces(post.path("single")).equals(begin)) {
            for (int between = 1; between <= 2; between++) {
                for (int type = 0; type <= 1; type++) {
                    if (pair.equals(begin + (" " + roles.sep() + ":0").repeat(between - 1) + " B:" + type + " " + roles.sep() + ":" + type)) {
                        return new PairTemplate(between, type);
                    }
                }
            }
        }
        throw refused(post, roles, asked);
    }

    private static String pieces(JsonNode template) {
        List<String> all = new ArrayList<>();
        for (JsonNode piece : template) {
            JsonNode named = piece.has("Sequence") ? piece.path("Sequence") : piece.path("SpecialToken");
            all.add(named.path("id").asText() + ":" + named.path("type_id").asText());
        }
        return String.join(" ", all);
    }

    private static InputException refused(JsonNode post, Roles roles, String asked) {
        String shown = post.path("type").asText().equals("TemplateProcessing") ? "'" + pieces(post.path("single")) + "' and '" + pieces(post.path("pair")) + "'"
                : "what a " + post.path("type").asText() + " makes";
        return new InputException(asked, "its post_processor makes sequences of " + shown, "give one that makes '" + roles.cls() + " $A " + roles.sep()
                + "' and '" + roles.cls() + " $A " + roles.sep() + " $B " + roles.sep() + "', with one or two " + roles.sep() + " between two texts");
    }
}
