package dev.mneme.models.text;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mneme.models.base.InputException;
import dev.mneme.models.base.internal.Json;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/// The tokens that a tokenizer's files add to its vocabulary, in the order in which transformers adds them (`PreTrainedTokenizerBase`'s
/// `_from_pretrained`, `TokenizersBackend`'s `__init__`).
///
/// What the files say of a token comes from `added_tokens_decoder` of `tokenizer_config.json`; only where that is absent, from
/// `special_tokens_map.json`, `added_tokens.json` and `tokenizer.json`.
final class AddedTokens {
    static final String ADDED = "added_tokens.json";
    static final String SPECIAL = "special_tokens_map.json";

    private static final List<String> NAMES =
            List.of("bos_token", "eos_token", "unk_token", "sep_token", "pad_token", "cls_token", "mask_token");
    private static final String DECODER = "added_tokens_decoder";
    private static final String EXTRA = "extra_special_tokens";
    private static final String ADDITIONAL = "additional_special_tokens";

    private final String asked;
    private final Map<String, AddedToken> named = new LinkedHashMap<>(); // NAMES first, then names of the model's own
    private final TreeMap<Integer, AddedToken> known = new TreeMap<>();
    private final Map<String, JsonNode> declared = new LinkedHashMap<>();
    private final List<AddedToken> tokens = new ArrayList<>();

    /// @param settings tokenizer_config.json
    /// @param added added_tokens.json
    /// @param special special_tokens_map.json
    /// @param whole tokenizer.json, or null
    /// @param isWhole whether the tokenizer is that of tokenizer.json, with its tokens
    /// @param defaults special tokens by their names
    AddedTokens(ObjectNode settings, ObjectNode added, ObjectNode special, ObjectNode whole, boolean isWhole, Map<String, String> defaults,
            String asked) {
        this.asked = asked;
        Map<String, JsonNode> given = new LinkedHashMap<>();
        settings.properties().forEach(each -> given.put(each.getKey(), each.getValue()));
        if (isEmpty(given.get(EXTRA)) && given.containsKey(ADDITIONAL)) {
            given.put(EXTRA, given.remove(ADDITIONAL));
        }
        Map<String, JsonNode> own = ownNames(given);
        JsonNode decoder = given.get(DECODER);
        if (decoder == null) {
            special.properties().forEach(each -> merge(given, each.getKey(), each.getValue()));
            Map<String, JsonNode> later = ownNames(given); // the class's own come first
            own.forEach(later::putIfAbsent);
            own = later;
        }
        if (!given.containsKey(EXTRA) && given.containsKey(ADDITIONAL)) { // one that is there and empty keeps these away
            given.put(EXTRA, given.remove(ADDITIONAL));
        }
        defaults.forEach((name, content) -> given.putIfAbsent(name, Json.object().textNode(content)));
        if (isWhole && whole.path("padding").path("pad_token").isTextual()) {
            given.putIfAbsent("pad_token", whole.path("padding").path("pad_token"));
        }
        List<AddedToken> extra = extra(given.get(EXTRA));
        for (String name : NAMES) {
            JsonNode value = given.get(name);
            if (value != null && !value.isNull()) {
                named.put(name, token(name, value));
            } else if (defaults.containsKey(name)) {
                throw new InputException(asked, name + " is null", "name a token");
            }
        }
        own.forEach((name, value) -> this.named.put(name, token(name, value)));

        if (decoder != null) {
            decoder.properties().forEach(each -> know(each.getKey(), AddedToken.of(each.getValue(), false, asked)));
        } else {
            added.properties().forEach(each -> {
                boolean isSpecial = NAMES.stream().anyMatch(name -> named.containsKey(name) && named.get(name).content().equals(each.getKey()))
                        || extra.stream().anyMatch(token -> token.content().equals(each.getKey()));
                know(each.getValue().asText(), new AddedToken(each.getKey(), false, false, false, !isSpecial, isSpecial));
            });
            if (whole != null) {
                whole.path("added_tokens").forEach(each -> know(each.path("id").asText(), AddedToken.of(each, false, asked)));
            }
        }
        NAMES.forEach(name -> named.computeIfPresent(name, (same, token) -> known.values().stream()
                .filter(each -> each.content().equals(token.content())).reduce((first, last) -> last).orElse(token)));
        collect(extra, isWhole ? new LinkedHashSet<>(TokenizerJson.added(whole, asked)) : Set.of());
        if (isWhole) {
            TokenizerJson.declared(whole, asked).forEach(declared::putIfAbsent);
        }
    }

    private void collect(List<AddedToken> extra, Set<AddedToken> before) {
        tokens.addAll(before);
        known.values().stream().filter(each -> !before.contains(each)).map(each -> named.values().stream()
                .anyMatch(name -> name.content().equals(each.content())) ? each.asSpecial() : each).forEach(tokens::add);
        named.values().forEach(this::add);
        extra.stream().filter(token -> tokens.stream().noneMatch(each -> each.content().equals(token.content()))).forEach(this::add);
    }

    /// As transformers adds those with names once more at the end: of several with one text the last decides, at the place of the first.
    private void add(AddedToken token) {
        for (int i = 0; i < tokens.size(); i++) {
            if (tokens.get(i).content().equals(token.content())) {
                tokens.set(i, token.asSpecial());
                return;
            }
        }
        tokens.add(token.asSpecial());
    }

    private void know(String id, AddedToken token) {
        try {
            known.put(Integer.valueOf(id), token);
        } catch (NumberFormatException e) {
            throw new InputException(asked, "the id of the added token '" + token.content() + "' is " + id, "give a number", e);
        }
        declared.put(token.content(), Json.object().numberNode(Integer.parseInt(id)));
    }

    /// Takes out the special tokens that have names of the model's own: other names that end like those of all models.
    private Map<String, JsonNode> ownNames(Map<String, JsonNode> given) {
        Map<String, JsonNode> own = new LinkedHashMap<>();
        for (String name : List.copyOf(given.keySet())) {
            JsonNode value = given.get(name);
            if (name.endsWith("_token") && !NAMES.contains(name) && (value.isTextual() || isToken(value))) {
                own.put(name, given.remove(name));
            }
        }
        if (given.get(EXTRA) != null && given.get(EXTRA).isObject()) {
            given.remove(EXTRA).properties().forEach(each -> own.put(each.getKey(), each.getValue()));
        }
        return own;
    }

    private void merge(Map<String, JsonNode> given, String name, JsonNode value) {
        if (value.isObject() && !name.equals(EXTRA)) {
            given.put(name, ((ObjectNode) value).deepCopy().put("special", true).put("__type", "AddedToken"));
        } else if (value.isArray() && name.equals(EXTRA) && given.get(EXTRA) instanceof ArrayNode before) {
            value.forEach(before::add);
        } else {
            given.put(name, value);
        }
    }

    private List<AddedToken> extra(JsonNode value) {
        List<AddedToken> all = new ArrayList<>();
        if (value != null && !value.isNull()) {
            if (!value.isArray()) {
                throw new InputException(asked, EXTRA + " is " + value, "give a list of tokens");
            }
            value.forEach(each -> all.add(token(EXTRA, each)));
        }
        return all;
    }

    private AddedToken token(String name, JsonNode value) {
        if ((value.isTextual() ? value : value.path("content")).asText("-").isEmpty()) {
            throw new InputException(asked, name + " is empty", "name a token");
        }
        if (value.isTextual()) {
            return AddedToken.special(value.asText());
        }
        if (!isToken(value)) {
            throw new InputException(asked, name + " is " + value, "give a token's text, or an AddedToken of transformers");
        }
        return AddedToken.of(value, false, asked);
    }

    private static boolean isToken(JsonNode value) {
        return value.path("__type").asText().equals("AddedToken");
    }

    private static boolean isEmpty(JsonNode value) {
        return value == null || value.isNull() || value.isEmpty() && value.isContainerNode();
    }

    /// Special tokens by their names.
    Map<String, String> named() {
        Map<String, String> contents = new LinkedHashMap<>();
        named.forEach((name, token) -> contents.put(name, token.content()));
        return contents;
    }

    /// All of them, in the order in which they get their ids.
    Collection<AddedToken> tokens() {
        return tokens;
    }

    /// The ids that the files say they have.
    Map<String, JsonNode> declared() {
        return declared;
    }
}
