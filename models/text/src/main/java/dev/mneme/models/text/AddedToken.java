package dev.mneme.models.text;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mneme.models.base.InputException;
import dev.mneme.models.base.internal.Json;

/// A token that is looked for in a text before it is cut, as `AddedToken` of Hugging Face's tokenizers.
///
/// @param singleWord whether it is none inside a word
/// @param lstrip whether it takes the white space before it
/// @param rstrip whether it takes the white space behind it
/// @param saidNormalized whether it is looked for in the normalised text; null where nothing says so: then one that is not special is
/// @param special whether it is no text
record AddedToken(String content, boolean singleWord, boolean lstrip, boolean rstrip, Boolean saidNormalized, boolean special) {
    static AddedToken special(String content) {
        return new AddedToken(content, false, false, false, false, true);
    }

    AddedToken asSpecial() {
        return new AddedToken(content, singleWord, lstrip, rstrip, saidNormalized, true);
    }

    boolean normalized() {
        return saidNormalized != null ? saidNormalized : !special;
    }

    /// @param special what stands for an absent `special`
    /// @throws InputException if it is none
    static AddedToken of(JsonNode node, boolean special, String asked) {
        if (!node.path("content").isTextual()) {
            throw new InputException(asked, node + " is no token", "give it a content");
        }
        boolean isSpecial = flag(node, "special", special, asked);
        return new AddedToken(node.path("content").asText(), flag(node, "single_word", false, asked), flag(node, "lstrip", false, asked),
                flag(node, "rstrip", false, asked), node.has("normalized") ? (Boolean) flag(node, "normalized", false, asked) : null, isSpecial);
    }

    private static boolean flag(JsonNode node, String name, boolean otherwise, String asked) {
        JsonNode value = node.path(name);
        if (!value.isMissingNode() && !value.isBoolean()) {
            throw new InputException(asked, name + " of the token " + node.path("content") + " is " + value, "give true or false");
        }
        return value.asBoolean(otherwise);
    }

    ObjectNode json(int id) {
        return Json.object().put("id", id).put("content", content).put("single_word", singleWord).put("lstrip", lstrip).put("rstrip", rstrip)
                .put("normalized", normalized()).put("special", special);
    }
}
