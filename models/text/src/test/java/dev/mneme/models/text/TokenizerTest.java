package dev.mneme.models.text;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.mneme.models.base.InputException;
import dev.mneme.models.base.internal.Json;
import dev.mneme.torch.testing.Golden;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TokenizerTest {

    private static final Vocabulary VOCABULARY = Testing.vocabulary(
            "un", "##aff", "##able", "a", "b", "c", "e", "x", "##a", "##b", "##c", "##e", "##x", "want", "##ed", ",", ".", "!", "[", "]",
            "中", "'", "-", "–", "1", "##1");

    @Test
    void wordsBecomePiecesWithTheirStartsMarked() {
        try (Tokenizer tokenizer = Tokenizer.of(VOCABULARY)) {
            Tokenizer.Encoded encoded = tokenizer.encode("UNaffable, wánted!");
            // "unaffable" and "wanted" are the examples of BERT's own tokenization_test.py
            assertEquals(List.of("un", "##aff", "##able", ",", "want", "##ed", "!"), Testing.tokens(VOCABULARY, encoded.ids()));
            assertArrayEquals(new boolean[] {true, false, false, true, true, false, true}, encoded.wordStart());
        }
    }

    @Test
    void wordsWithoutPiecesAndOverlongOnesAreUnknown() {
        try (Tokenizer tokenizer = Tokenizer.of(VOCABULARY)) {
            assertEquals(List.of("[UNK]", "a", "[UNK]"), Testing.tokens(VOCABULARY, tokenizer.encode("zzz a " + "a".repeat(101)).ids()));
            assertEquals(100, tokenizer.encode("a".repeat(100)).ids().length);
        }
    }

    @Test
    void specialTokensWrittenOutAreRecognised() {
        try (Tokenizer tokenizer = Tokenizer.of(VOCABULARY)) {
            Tokenizer.Encoded encoded = tokenizer.encode("a [MASK], b[SEP]b");
            assertEquals(List.of("a", "[MASK]", ",", "b", "[SEP]", "b"), Testing.tokens(VOCABULARY, encoded.ids()));
            assertArrayEquals(new boolean[] {true, true, true, true, true, true}, encoded.wordStart());
        }
    }

    @Test
    void cuttingInJavaGivesWhatTheLibraryGives() {
        // An added token without a bracket makes a tokenizer that sends whole lines to the library: the reference.
        String json = VOCABULARY.tokenizerJson().replace("\"added_tokens\":[", "\"added_tokens\":[{\"id\":" + VOCABULARY.size()
                + ",\"content\":\"~never~\",\"single_word\":false,\"lstrip\":false,\"rstrip\":false,\"normalized\":false,\"special\":false},");
        String[] parts = {"a", "b", "C", "X", "é", "É", "e\u0301", "\u0301", " ", " ", "\t", "\n", "\u00A0", "\u2028", "\u3000", "\u200B",
            "\u0000", "\u000B", "\u007F", "\uFFFD", ",", ".", "!", "[", "]", "[MASK]", "[sep]", "'", "-", "–", "中", "1", "😀", "İ", "Σ", "z",
            "want", "unaffable", "$", "`", "ﬀ", "가", "\uE000"};
        RandomGenerator random = Seeds.random(3);
        List<String> texts = new ArrayList<>();
        for (int i = 0; i < 3000; i++) {
            StringBuilder text = new StringBuilder();
            for (int n = random.nextInt(30); n > 0; n--) {
                text.append(parts[random.nextInt(parts.length)]);
            }
            texts.add(text.toString());
        }
        try (Tokenizer byWord = Tokenizer.of(VOCABULARY);
                Tokenizer whole = Tokenizer.ofJson(json)) {
            List<Tokenizer.Encoded> expected = whole.encodeAll(texts);
            List<Tokenizer.Encoded> actual = byWord.encodeAll(texts);
            for (int i = 0; i < texts.size(); i++) {
                assertArrayEquals(expected.get(i).ids(), actual.get(i).ids(), texts.get(i));
                assertArrayEquals(expected.get(i).wordStart(), actual.get(i).wordStart(), texts.get(i));
            }
        }
    }

    @Test
    void aTokenizerJsonGivesItsVocabularyAndIgnoresItsPaddingAndTruncation() {
        String json = VOCABULARY.tokenizerJson()
                .replace("\"truncation\":null",
                        "\"truncation\":{\"direction\":\"Right\",\"max_length\":2,\"strategy\":\"LongestFirst\",\"stride\":0}")
                .replace("\"padding\":null", "\"padding\":{\"strategy\":{\"Fixed\":9},\"direction\":\"Right\",\"pad_to_multiple_of\":null,"
                        + "\"pad_id\":0,\"pad_type_id\":0,\"pad_token\":\"[PAD]\"}");
        try (Tokenizer tokenizer = Tokenizer.ofJson(json)) {
            assertEquals(VOCABULARY.tokens(), tokenizer.vocabulary().tokens());
            assertEquals(4, tokenizer.encode("a b c e").ids().length);
        }
    }

    @Test
    void casedTextKeepsItsCase() {
        Vocabulary cased = Testing.vocabulary("A", "a");
        try (Tokenizer tokenizer = Tokenizer.of(cased, false)) {
            assertEquals(List.of("A", "a", "[UNK]"), Testing.tokens(cased, tokenizer.encode("A a á").ids()));
        }
    }

    @Test
    void decodingJoinsPieces() {
        try (Tokenizer tokenizer = Tokenizer.of(VOCABULARY)) {
            assertEquals("unaffable, wanted!", tokenizer.decode(tokenizer.encode("unaffable, wanted!").ids()));
        }
    }

    @Test
    void whatIsNotATokenizerJsonIsRefused() {
        refused("read a tokenizer.json: it is not JSON at line 1, column 2 (", "[PAD]\n[UNK]");
        refused("read a tokenizer.json: it has no model.vocab object; give a WordPiece or byte-level BPE tokenizer", "{}");
        refused("read a tokenizer.json: it has no [PAD], [UNK], [CLS], [SEP], [MASK]; ", "{\"model\":{\"vocab\":{\"a\":0}}}");
        refused("read a tokenizer.json: 'a' and 'b' both have id 0; ", "{\"model\":{\"vocab\":{\"a\":0,\"b\":0}}}");
        refused("read a tokenizer.json: its 2 ids are not 0 to 1; ", "{\"model\":{\"vocab\":{\"a\":0,\"b\":2}}}");
        refused("read a tokenizer.json: Hugging Face's tokenizers refuse it: ",
                VOCABULARY.tokenizerJson().replace("\"version\":\"1.0\"", "\"version\":\"2.0\""));
    }

    @ParameterizedTest
    @ValueSource(strings = {"bert", "roberta", "roberta-prefixed"})
    void tokensStandWhereTheLibrarySaysWhateverTheTextHas(String name) throws IOException {
        JsonNode golden = Json.read(Golden.file("offsets.json")).path(name);
        Path folder = Golden.file(name.equals("bert") ? "tasks" : "checkpoints/roberta");
        String json = name.equals("bert") ? null : Files.readString(folder.resolve("tokenizer.json"));
        try (Tokenizer tokenizer = json == null ? Tokenizer.inFolder(folder)
                : Tokenizer.ofJson(name.endsWith("prefixed") ? json.replace("\"add_prefix_space\": false", "\"add_prefix_space\": true") : json)) {
            for (JsonNode each : golden) {
                String text = each.path("text").asText();
                for (String same : new String[] {text, text.replace('\uFFFD', '\uD800'), text.replace('\uFFFD', '\uDC00')}) {
                    if (!Tokenizer.whole(same).equals(text)) {
                        continue; // the halves of two characters have met
                    }
                    Tokenizer.Located located = tokenizer.locate(same);
                    assertEquals(each.path("ids").size(), located.ids().length, text);
                    for (int i = 0; i < located.ids().length; i++) {
                        assertEquals(each.path("ids").get(i).asInt(), located.ids()[i], text);
                        assertEquals(text.offsetByCodePoints(0, each.path("offsets").get(i).get(0).asInt()), located.from()[i], text);
                        assertEquals(text.offsetByCodePoints(0, each.path("offsets").get(i).get(1).asInt()), located.to()[i], text);
                    }
                }
            }
        }
    }

    @Test
    void aClosedTokenizerSaysSo() {
        Tokenizer tokenizer = Tokenizer.of(VOCABULARY);
        tokenizer.close();
        tokenizer.close();
        assertEquals("encode with a tokenizer: it is closed; keep it open for as long as it is used",
                assertThrows(IllegalStateException.class, () -> tokenizer.encode("a")).getMessage());
    }

    private static void refused(String beginning, String json) {
        String message = assertThrows(InputException.class, () -> Tokenizer.ofJson(json)).getMessage();
        assertTrue(message.startsWith(beginning), message);
    }
}
