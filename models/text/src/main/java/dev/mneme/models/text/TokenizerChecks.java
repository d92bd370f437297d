package dev.mneme.models.text;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mneme.models.base.InputException;
import dev.mneme.models.base.internal.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/// What Hugging Face's tokenizers take for granted of a `tokenizer.json`.
///
/// An error inside the library, at the first text or at the millionth, ends the process: it is a panic of Rust in a native method. So what can
/// lead to one is refused before the library sees it, and what does not decide the ids of a text without special tokens is taken out.
final class TokenizerChecks {
    private static final String AGAIN = "give the file as Hugging Face's tokenizers save it";
    /// How many times longer normalising may make a text; the library keeps 17 bytes for each of its bytes.
    private static final int MAX_GROWTH = 64;
    private static final int MAX_WORD = 1000;
    private static final Set<String> NORMALIZERS = Set.of("BertNormalizer", "StripAccents", "NFC", "NFD", "NFKC", "NFKD", "Lowercase", "Nmt",
            "Strip", "ByteLevel");
    private static final Set<String> CUTTERS = Set.of("BertPreTokenizer", "ByteLevel", "Whitespace", "WhitespaceSplit", "Punctuation", "Digits",
            "Metaspace", "CharDelimiterSplit");
    private static final Set<String> DECODERS = Set.of("WordPiece", "ByteLevel", "BPEDecoder", "Metaspace");
    /// GPT-2's own: it is known to end soon.
    private static final String GPT2_WORDS = "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+";

    private final String asked;

    private TokenizerChecks(String asked) {
        this.asked = asked;
    }

    /// Checks a file, and takes out of it what no text without special tokens depends on.
    ///
    /// @param root changed
    /// @throws InputException if the library could fail on a text
    static void make(ObjectNode root, String asked) {
        var checks = new TokenizerChecks(asked);
        checks.model(root.path("model"));
        if (checks.growth(root.path("normalizer")) > MAX_GROWTH) {
            throw checks.refused("its normalizer can make a text more than " + MAX_GROWTH + " times longer", "give one that does not");
        }
        checks.cutter(root.path("pre_tokenizer"));
        root.putNull("truncation");
        root.putNull("padding");
        JsonNode trimming = trimming(root.path("post_processor"));
        root.set("post_processor", trimming == null ? root.nullNode() : Json.object().put("type", "ByteLevel")
                .put("add_prefix_space", trimming.path("add_prefix_space").asBoolean(true)).put("trim_offsets", true).put("use_regex", true));
        if (!DECODERS.contains(root.path("decoder").path("type").asText())) {
            root.putNull("decoder");
        }
    }

    private InputException refused(String found, String remedy) {
        return new InputException(asked, found, remedy);
    }

    /// Which model a file has; older files do not say.
    static String type(JsonNode model) {
        return model.path("type").asText(model.has("merges") ? "BPE" : model.has("continuing_subword_prefix") ? "WordPiece" : "WordLevel");
    }

    private void model(JsonNode model) {
        String type = type(model);
        if (!Set.of("WordPiece", "WordLevel", "BPE").contains(type)) {
            throw refused("its model is a " + type, "give a WordPiece, a WordLevel or a BPE");
        }
        JsonNode unknown = model.path("unk_token");
        boolean none = Json.isAbsent(unknown);
        if (none ? !type.equals("BPE") : !unknown.isTextual() || !model.path("vocab").has(unknown.asText())) {
            throw refused("its model has " + (none ? "no unk_token" : "the unk_token " + unknown + ", which is not in its vocab"),
                    "name a token of the vocab, which words it lacks get");
        }
        if (model.path("max_input_chars_per_word").asDouble() > MAX_WORD) {
            throw refused("max_input_chars_per_word is " + model.path("max_input_chars_per_word"), "give at most " + MAX_WORD);
        }
        if (type.equals("BPE")) {
            pairs(model);
        }
    }

    private void pairs(JsonNode model) {
        if (model.path("dropout").asDouble() != 0) {
            throw refused("its dropout is " + model.path("dropout") + ", so the same text has other tokens each time", "leave it out");
        }
        String prefix = model.path("continuing_subword_prefix").asText("");
        for (JsonNode merge : model.path("merges")) {
            String[] pair = merge(merge, asked);
            if (!pair[1].startsWith(model.path("continuing_subword_prefix").isNull() ? "" : prefix)) {
                throw refused("the merge " + merge + " does not go on with the continuing_subword_prefix '" + prefix + "'", AGAIN);
            }
        }
    }

    /// The two halves of a merge, which is a list of two or a text with a space.
    static String[] merge(JsonNode merge, String asked) {
        String[] pair = merge.isTextual() ? merge.asText().split(" ", -1) : new String[merge.size()];
        for (int i = 0; i < merge.size(); i++) {
            pair[i] = merge.get(i).asText();
        }
        if (pair.length != 2) {
            throw new InputException(asked, "the merge " + merge + " is no pair", AGAIN);
        }
        return pair;
    }

    /// How many times longer a normalizer can make a text, with an upper bound that does not overflow.
    private double growth(JsonNode normalizer) {
        if (Json.isAbsent(normalizer)) {
            return 1;
        }
        String type = normalizer.path("type").asText();
        switch (type) {
            case "Sequence" -> {
                double product = 1;
                for (JsonNode each : list(normalizer, "normalizers")) {
                    product *= growth(each);
                }
                return product;
            }
            case "Prepend" -> {
                return 1 + normalizer.path("prepend").asText().length();
            }
            case "Replace" -> {
                double pattern = pattern(normalizer.path("pattern"));
                return Math.max(1, normalizer.path("content").asText().length() / pattern);
            }
            default -> {
                if (!NORMALIZERS.contains(type)) {
                    throw refused("its normalizer is " + shown(normalizer, type), "give one of " + sorted(NORMALIZERS, "Sequence", "Prepend", "Replace"));
                }
                return 1;
            }
        }
    }

    /// The least number of characters that a pattern stands for.
    private double pattern(JsonNode pattern) {
        String text = pattern.path("String").asText(pattern.path("Regex").asText());
        if (text.isEmpty()) {
            throw refused("the pattern " + pattern + " is empty", "give one that stands for something");
        }
        if (!pattern.has("Regex")) {
            return text.length();
        }
        // Without groups and alternatives, and with one repetition, no text takes more than the square of its length.
        long repetitions = text.chars().filter(c -> "*+?{".indexOf(c) >= 0).count();
        if (!text.equals(GPT2_WORDS) && (repetitions > 1 || text.indexOf('(') >= 0 || text.indexOf('|') >= 0 || text.matches(".*([*?]|\\{0?,).*"))) {
            throw refused("the regular expression " + pattern.path("Regex") + " may take for ever, or stand for nothing",
                    "give one without groups and alternatives, with at most one + or {n,}");
        }
        return 1;
    }

    private void cutter(JsonNode cutter) {
        if (Json.isAbsent(cutter)) {
            return;
        }
        String type = cutter.path("type").asText();
        if (type.equals("Sequence")) {
            list(cutter, "pretokenizers").forEach(this::cutter);
        } else if (type.equals("Split")) {
            pattern(cutter.path("pattern"));
        } else if (!CUTTERS.contains(type)) {
            throw refused("its pre_tokenizer is " + shown(cutter, type), "give one of " + sorted(CUTTERS, "Sequence", "Split"));
        }
    }

    private List<JsonNode> list(JsonNode node, String name) {
        if (!node.path(name).isArray()) {
            throw refused("a Sequence has no " + name, AGAIN);
        }
        List<JsonNode> all = new ArrayList<>();
        node.path(name).forEach(all::add);
        return all;
    }

    private static String shown(JsonNode node, String type) {
        return type.isEmpty() ? node.toString().substring(0, Math.min(80, node.toString().length())) : "a " + type;
    }

    private static List<String> sorted(Set<String> some, String... more) {
        var all = new ArrayList<>(some);
        all.addAll(List.of(more));
        return all.stream().sorted().toList();
    }

    /// The step that takes white space out of tokens' places, or null.
    private static JsonNode trimming(JsonNode post) {
        String type = post.path("type").asText();
        if ((type.equals("ByteLevel") || type.equals("RobertaProcessing")) && post.path("trim_offsets").asBoolean(true)) {
            return post;
        }
        for (JsonNode each : post.path("processors")) {
            JsonNode found = trimming(each);
            if (found != null) {
                return found;
            }
        }
        return null;
    }
}
