package dev.mneme.models.data;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.mneme.models.InputException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// What is read from a `tokenizer.json` besides what Hugging Face's library makes of it.
///
/// @param vocabulary its tokens, added ones included
/// @param bertWords whether [BertWords#scan] may cut its text: its words are BERT's, and a special token can only stand in
///     a stretch with an opening bracket
record TokenizerJson(Vocabulary vocabulary, boolean bertWords) {

    /// @throws InputException if the text is not a tokenizer.json, or if it lacks special tokens
    static TokenizerJson parse(String json) {
        String asked = "read a tokenizer.json";
        JsonNode root;
        try {
            root = new ObjectMapper().readTree(json);
        } catch (JsonProcessingException e) {
            throw new InputException(asked, "it is not JSON: " + e.getOriginalMessage(), "give the file as Hugging Face's tokenizers save it", e);
        }
        JsonNode vocab = root.path("model").path("vocab");
        if (!vocab.isObject()) {
            throw new InputException(asked, "it has no model.vocab object",
                    "give a WordPiece or byte-level BPE tokenizer, such as a BERT's or a RoBERTa's, or a vocab.txt");
        }
        TreeMap<Integer, String> byId = new TreeMap<>();
        for (Map.Entry<String, JsonNode> token : vocab.properties()) {
            put(byId, token.getValue(), token.getKey(), asked);
        }
        boolean bracketed = true;
        for (JsonNode added : root.path("added_tokens")) {
            String content = added.path("content").asText();
            if (!content.equals(byId.get(added.path("id").asInt(-1)))) {
                put(byId, added.path("id"), content, asked);
            }
            bracketed &= content.indexOf('[') >= 0 && content.chars().noneMatch(Character::isWhitespace)
                    && !added.path("lstrip").asBoolean() && !added.path("rstrip").asBoolean();
        }
        List<String> tokens = new ArrayList<>(byId.values());
        if (tokens.isEmpty() || byId.lastKey() != tokens.size() - 1) {
            throw new InputException(asked, "its " + tokens.size() + " ids are not 0 to " + (tokens.size() - 1),
                    "save the tokenizer again with Hugging Face's tokenizers");
        }
        boolean bert = root.path("normalizer").path("type").asText().equals("BertNormalizer")
                && root.path("normalizer").path("clean_text").asBoolean()
                && root.path("pre_tokenizer").path("type").asText().equals("BertPreTokenizer");
        return new TokenizerJson(Vocabulary.of(tokens, asked), bert && bracketed);
    }

    private static void put(TreeMap<Integer, String> byId, JsonNode id, String token, String asked) {
        if (!id.canConvertToInt() || id.asInt() < 0) {
            throw new InputException(asked, "the id of '" + token + "' is " + id, "give the file as Hugging Face's tokenizers save it");
        }
        String other = byId.put(id.asInt(), token);
        if (other != null) {
            throw new InputException(asked, "'" + other + "' and '" + token + "' both have id " + id.asInt(),
                    "give the file as Hugging Face's tokenizers save it");
        }
    }
}
