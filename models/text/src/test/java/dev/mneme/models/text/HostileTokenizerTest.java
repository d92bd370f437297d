package dev.mneme.models.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mneme.models.base.InputException;
import dev.mneme.models.base.internal.Json;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Files on which Hugging Face's library panics, which ends the process, or takes all memory: they are refused before it has them. Where one
/// passed the checks, this JVM would end in the middle of the test.
class HostileTokenizerTest {
    private static final Vocabulary VOCABULARY = Testing.vocabulary("a", "b", "ab", "##b");
    private static final List<String> TEXTS = List.of("a b ab", "zz \u4e2d", "\ud83d\ude00", "x".repeat(200), "", " ", "\ud800", "[MASK]\u0000");

    private static ObjectNode tree() {
        return Json.parse(VOCABULARY.tokenizerJson(), "read", "mend");
    }

    private static String json(String path, String value) {
        ObjectNode root = tree();
        ObjectNode at = root;
        String[] names = path.split("\\.");
        for (int i = 0; i + 1 < names.length; i++) {
            at = (ObjectNode) at.path(names[i]);
        }
        at.set(names[names.length - 1], Json.parse("{\"it\":" + value + "}", "read", "mend").path("it"));
        return root.toString();
    }

    private static void refused(String found, String json) {
        String message = assertThrows(InputException.class, () -> {
            try (Tokenizer tokenizer = Tokenizer.ofJson(json)) {
                TEXTS.forEach(tokenizer::encode);
            }
        }).getMessage();
        assertTrue(message.startsWith("read a tokenizer.json: ") && message.contains(found), message);
    }

    private static void survives(String json) {
        try (Tokenizer tokenizer = Tokenizer.ofJson(json)) {
            for (String text : TEXTS) {
                assertNotNull(tokenizer.encode(text));
                assertNotNull(tokenizer.locate(text));
            }
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"WordPiece | \"[NONE]\"", "WordLevel | \"[NONE]\"", "BPE | \"[NONE]\"", "WordPiece | null", "WordLevel | null",
        "WordPiece | 7"})
    void theUnknownTokenIsInTheVocabulary(String type, String unknown) {
        ObjectNode root = Json.parse(json("model.unk_token", unknown), "read", "mend");
        ((ObjectNode) root.path("model")).put("type", type).putArray("merges");
        refused(unknown.equals("null") ? "no unk_token" : "the unk_token " + unknown + ", which is not in its vocab", root.toString());
    }

    @Test
    void anOlderFileNeedNotSayWhichModelItHas() {
        ObjectNode root = tree();
        ((ObjectNode) root.path("model")).remove("type");
        survives(root.toString());
        ((ObjectNode) root.path("model")).put("unk_token", "[NONE]");
        refused("the unk_token \"[NONE]\"", root.toString());
    }

    @Test
    void mergesGoOnWithThePrefix() {
        Consumer<ObjectNode> pairs = model -> model.put("type", "BPE").put("continuing_subword_prefix", "####").putArray("merges").add("a b");
        ObjectNode root = tree();
        pairs.accept((ObjectNode) root.path("model"));
        refused("the merge \"a b\" does not go on with the continuing_subword_prefix '####'", root.toString());
        ((ObjectNode) root.path("model")).put("continuing_subword_prefix", "");
        survives(root.toString());
        ((ObjectNode) root.path("model")).putArray("merges").add("a b c");
        refused("the merge \"a b c\" is no pair", root.toString());
        ((ObjectNode) root.path("model")).putArray("merges").add("b a");
        refused("Hugging Face's tokenizers refuse it", root.toString()); // "ba" is no token
        ((ObjectNode) root.path("model")).put("dropout", 0.5).putArray("merges");
        refused("its dropout is 0.5", root.toString());
    }

    @Test
    void normalisersThatMultiplyTheTextAreRefused() {
        String bomb = "{\"type\":\"Replace\",\"pattern\":{\"String\":\"a\"},\"content\":\"" + "a".repeat(16) + "\"}";
        refused("more than 64 times longer", json("normalizer", "{\"type\":\"Sequence\",\"normalizers\":[" + (bomb + ",").repeat(6) + bomb + "]}"));
        refused("more than 64 times longer", json("normalizer", "{\"type\":\"Sequence\",\"normalizers\":[{\"type\":\"Sequence\",\"normalizers\":[" + bomb
                + "]}," + bomb + "]}"));
        refused("more than 64 times longer", json("normalizer", "{\"type\":\"Prepend\",\"prepend\":\"" + "a".repeat(100) + "\"}"));
        refused("is empty", json("normalizer", "{\"type\":\"Replace\",\"pattern\":{\"String\":\"\"},\"content\":\"a\"}"));
        survives(json("normalizer", "{\"type\":\"Sequence\",\"normalizers\":[{\"type\":\"NFKC\"}," + bomb + ",{\"type\":\"Lowercase\"}]}"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"(a+)+b", "(a|a)*b", "a*a*a*b", "a*", "a?", "x{,3}"})
    void regularExpressionsThatMayTakeForEverAreRefused(String pattern) {
        refused("the regular expression", json("normalizer", "{\"type\":\"Replace\",\"pattern\":{\"Regex\":\"" + pattern + "\"},\"content\":\"a\"}"));
        refused("the regular expression",
                json("pre_tokenizer", "{\"type\":\"Split\",\"pattern\":{\"Regex\":\"" + pattern + "\"},\"behavior\":\"Isolated\",\"invert\":false}"));
    }

    @Test
    void ordinaryRegularExpressionsAreTaken() {
        for (String each : List.of(" {2,}", "\\\\s+", "'s|'t|'re|'ve|'m|'ll|'d| ?\\\\p{L}+| ?\\\\p{N}+| ?[^\\\\s\\\\p{L}\\\\p{N}]+|\\\\s+(?!\\\\S)|\\\\s+")) {
            survives(json("pre_tokenizer", "{\"type\":\"Split\",\"pattern\":{\"Regex\":\"" + each + "\"},\"behavior\":\"Isolated\",\"invert\":false}"));
        }
    }

    @Test
    void stepsThatAreNotKnownHereAreRefusedByName() {
        refused("its normalizer is a Precompiled", json("normalizer", "{\"type\":\"Precompiled\",\"precompiled_charsmap\":\"AAAA\"}"));
        refused("its pre_tokenizer is a UnicodeScripts", json("pre_tokenizer", "{\"type\":\"UnicodeScripts\"}"));
        refused("its normalizer is {\"a\":1}", json("normalizer", "{\"a\":1}"));
        refused("a Sequence has no normalizers", json("normalizer", "{\"type\":\"Sequence\"}"));
        refused("its model is a Unigram", json("model.type", "\"Unigram\""));
        refused("max_input_chars_per_word is 1000000", json("model.max_input_chars_per_word", "1000000"));
    }

    @Test
    void whatDoesNotDecideTheIdsCannotDoHarm() {
        survives(json("post_processor", "{\"type\":\"TemplateProcessing\",\"single\":[{\"SpecialToken\":{\"id\":\"[NONE]\",\"type_id\":0}}],\"pair\":[],"
                + "\"special_tokens\":{\"[NONE]\":{\"id\":\"[NONE]\",\"ids\":[999999],\"tokens\":[]}}}"));
        survives(json("post_processor", "{\"type\":\"BertProcessing\",\"sep\":[\"[SEP]\",9999999],\"cls\":[\"[CLS]\",9999999]}"));
        survives(json("truncation", "{\"direction\":\"Right\",\"max_length\":2,\"strategy\":\"LongestFirst\",\"stride\":9}"));
        survives(json("padding", "{\"strategy\":{\"Fixed\":1000000000000},\"direction\":\"Right\",\"pad_to_multiple_of\":0,\"pad_id\":9999999,"
                + "\"pad_type_id\":0,\"pad_token\":\"[NONE]\"}"));
        survives(json("decoder", "{\"type\":\"CTC\",\"pad_token\":\"\",\"word_delimiter_token\":\"\",\"cleanup\":true}"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"-1 | the id of 'c' is -1", "1e18 | the id of 'c' is 1", "0.5 | the id of 'c' is 0.5", "null | the id of 'c' is null",
        "0 | '[PAD]' and 'c' both have id 0", "4000000000 | the id of 'c' is 4000000000", "100 | its 10 ids are not 0 to 9"})
    void idsAreThoseOfAVocabulary(String id, String found) {
        refused(found, json("model.vocab.c", id));
    }

    @Test
    void addedTokensHaveTheIdsThatTheLibraryGivesThem() {
        ObjectNode root = tree();
        int n = VOCABULARY.size();
        root.withArray("added_tokens").add(AddedToken.special("<one>").json(n + 1)).add(AddedToken.special("<two>").json(n));
        refused("'<one>' is said to have id " + (n + 1) + ", and Hugging Face's tokenizers give it " + n, root.toString());
        root = tree();
        root.withArray("added_tokens").add(AddedToken.special("a").json(n));
        refused("'a' is said to have id " + n, root.toString());
        root = tree();
        root.withArray("added_tokens").add(new AddedToken("\u0301", false, false, false, true, false).json(n));
        refused("normalising leaves nothing of the added token", root.toString());
        root = tree();
        root.withArray("added_tokens").add(AddedToken.special("").json(n));
        survives(root.toString());
    }

    @Test
    void halvesOfCharactersAreNoTokens() {
        ObjectNode root = tree();
        ((ObjectNode) root.path("model").path("vocab")).put("\ud800", VOCABULARY.size());
        refused("has half of a character", root.toString());
    }

    @Test
    void aTextIsCutAsIfHalvesOfCharactersWereReplaced() {
        try (Tokenizer tokenizer = Tokenizer.of(VOCABULARY)) {
            assertEquals(tokenizer.encode("a\ufffdb").ids().length, tokenizer.encode("a\udc00b").ids().length);
        }
    }
}
