package dev.mneme.models.text;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mneme.models.base.InputException;
import dev.mneme.models.base.internal.Json;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/// A `tokenizer.json` that Hugging Face's library can be given, and what is read from it besides.
///
/// @param vocabulary its tokens, added ones included
/// @param bertWords whether [BertWords#scan] may cut its text: its words are BERT's, and a special token can only stand in
///     a stretch with an opening bracket
/// @param json for the library: it cannot fail on a text
/// @param sequences its post-processor: how texts are put into sequences (see [PairTemplate])
/// @param types whether a model is given the token types of these sequences
record TokenizerJson(Vocabulary vocabulary, boolean bertWords, String json, JsonNode sequences, boolean types) {
    static final String ASKED = "read a tokenizer.json";
    private static final String AGAIN = "give the file as Hugging Face's tokenizers save it";

    /// @throws InputException if the text is not a tokenizer.json, if it lacks special tokens, or if the library could fail on a text
    static TokenizerJson parse(String json) {
        ObjectNode root = tree(json, ASKED);
        List<AddedToken> tokens = added(root, ASKED);
        return of(root, tokens, declared(root, ASKED), Map.of(), ASKED);
    }

    static ObjectNode tree(String json, String asked) {
        ObjectNode root = Json.parse(json, asked, AGAIN);
        if (!root.path("model").path("vocab").isObject()) {
            throw new InputException(asked, "it has no model.vocab object",
                    "give a WordPiece or byte-level BPE tokenizer, such as a BERT's or a RoBERTa's, or a vocab.txt");
        }
        return root;
    }

    /// The added tokens of a file, in their order, which is that of their ids.
    static List<AddedToken> added(ObjectNode root, String asked) {
        List<AddedToken> tokens = new ArrayList<>();
        root.path("added_tokens").forEach(each -> tokens.add(AddedToken.of(each, false, asked)));
        return tokens;
    }

    /// The ids that a file gives its added tokens.
    static Map<String, JsonNode> declared(ObjectNode root, String asked) {
        Map<String, JsonNode> ids = new LinkedHashMap<>();
        root.path("added_tokens").forEach(each -> ids.put(each.path("content").asText(), each.path("id")));
        return ids;
    }

    /// @param root with a model; gets the rest, and is changed
    /// @param added the tokens to add, in their order
    /// @param declared the ids that files say some of these have
    /// @param named special tokens by their names, such as `cls_token`; empty where only the vocabulary is known
    static TokenizerJson of(ObjectNode root, Collection<AddedToken> added, Map<String, JsonNode> declared, Map<String, String> named, String asked) {
        TreeMap<Integer, String> byId = new TreeMap<>();
        Set<String> all = new HashSet<>();
        for (Map.Entry<String, JsonNode> token : root.path("model").path("vocab").properties()) {
            put(byId, token.getValue(), token.getKey(), asked);
            all.add(token.getKey());
        }
        ArrayNode listed = root.putArray("added_tokens");
        boolean bracketed = true;
        Map<String, AddedToken> seen = new LinkedHashMap<>();
        int free = all.size(); // as the library counts
        for (AddedToken token : added) {
            AddedToken before = seen.putIfAbsent(token.content(), token);
            if (before != null && !before.json(0).equals(token.json(0))) {
                throw new InputException(asked, "it has two tokens '" + token.content() + "', of different kinds", "give it one of them");
            }
            if (token.content().isEmpty() || before != null) {
                continue;
            }
            requireVisible(token, asked);
            JsonNode known = root.path("model").path("vocab").path(token.content());
            int id = known.isMissingNode() ? free++ : known.asInt();
            JsonNode said = declared.get(token.content());
            if (said != null && said.asInt(-1) != id) {
                throw new InputException(asked, "the added token '" + token.content() + "' is said to have id " + said + ", and Hugging Face's"
                        + " tokenizers give it " + id, "say so, or give it its place in the vocabulary");
            }
            if (known.isMissingNode()) {
                put(byId, Json.object().put("id", id).path("id"), token.content(), asked);
                all.add(token.content());
            }
            listed.add(token.json(id));
            bracketed &= token.content().indexOf('[') >= 0 && token.content().chars().noneMatch(Character::isWhitespace)
                    && !token.lstrip() && !token.rstrip();
        }
        List<String> tokens = new ArrayList<>(byId.values());
        if (tokens.isEmpty() || byId.lastKey() != tokens.size() - 1) {
            throw new InputException(asked, "its " + tokens.size() + " ids are not 0 to " + (tokens.size() - 1),
                    "save the tokenizer again with Hugging Face's tokenizers");
        }
        Roles roles = named.isEmpty() ? Roles.byName(all, asked) : Roles.named(named, all, asked);
        JsonNode sequences = root.path("post_processor").deepCopy();
        TokenizerChecks.make(root, asked);
        boolean bert = root.path("normalizer").path("type").asText().equals("BertNormalizer")
                && root.path("normalizer").path("clean_text").asBoolean()
                && root.path("pre_tokenizer").path("type").asText().equals("BertPreTokenizer");
        return new TokenizerJson(Vocabulary.of(tokens, roles, asked), bert && bracketed, Json.line(root), sequences, true);
    }

    TokenizerJson withoutTypes() {
        return new TokenizerJson(vocabulary, bertWords, json, sequences, false);
    }

    /// A token of which normalising leaves nothing would be found everywhere.
    private static void requireVisible(AddedToken token, String asked) {
        if (token.normalized() && token.content().codePoints().noneMatch(c -> switch (Character.getType(c)) {
            case Character.CONTROL, Character.FORMAT, Character.PRIVATE_USE, Character.SURROGATE, Character.NON_SPACING_MARK,
                    Character.ENCLOSING_MARK, Character.COMBINING_SPACING_MARK, Character.SPACE_SEPARATOR, Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR, Character.UNASSIGNED -> false;
            default -> c != 0xFFFD;
        })) {
            throw new InputException(asked, "normalising leaves nothing of the added token '" + token.content() + "'", "make it one that is not normalized");
        }
    }

    private static void put(TreeMap<Integer, String> byId, JsonNode id, String token, String asked) {
        if (!id.canConvertToInt() || !id.isIntegralNumber() || id.asInt() < 0) {
            throw new InputException(asked, "the id of '" + token + "' is " + id, AGAIN);
        }
        if (!Tokenizer.whole(token).equals(token)) {
            throw new InputException(asked, "the token with id " + id + " has half of a character", AGAIN);
        }
        String other = byId.put(id.asInt(), token);
        if (other != null) {
            throw new InputException(asked, "'" + other + "' and '" + token + "' both have id " + id.asInt(), AGAIN);
        }
    }
}
