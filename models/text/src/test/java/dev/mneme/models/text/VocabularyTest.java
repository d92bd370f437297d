package dev.mneme.models.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.mneme.models.base.InputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VocabularyTest {

    private static final String SPECIALS = "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\n";

    @TempDir
    Path folder;

    @Test
    void savingAndLoadingGivesTheSameTokens() throws IOException {
        Vocabulary vocabulary = Testing.vocabulary("a", "##b", "é", "\"\\");
        Path file = folder.resolve("vocab.txt");
        vocabulary.save(file);
        assertEquals(SPECIALS + "a\n##b\né\n\"\\\n", Files.readString(file));
        assertEquals(vocabulary.tokens(), Vocabulary.load(file).tokens());
    }

    @Test
    void specialTokensMayStandAnywhere() throws IOException {
        Vocabulary vocabulary = Vocabulary.load(write("a\r\n[MASK]\r\n[SEP]\r\n[UNK]\r\n[PAD]\r\n[CLS]\r\n"));
        assertEquals(6, vocabulary.size());
        assertEquals(List.of(4, 3, 5, 2, 1),
                List.of(vocabulary.pad(), vocabulary.unk(), vocabulary.cls(), vocabulary.sep(), vocabulary.mask()));
        assertFalse(vocabulary.specials()[0]);
        assertTrue(vocabulary.specials()[5]);
    }

    @Test
    void anUnknownTokenHasTheIdOfUnk() {
        Vocabulary vocabulary = Testing.vocabulary("a");
        assertEquals(5, vocabulary.id("a"));
        assertEquals(1, vocabulary.id("b"));
        assertFalse(vocabulary.contains("b"));
    }

    @Test
    void aRepeatedTokenIsRefused() throws IOException {
        refused("line 7 repeats 'a' of line 6; remove one of them; the ids of a trained model depend on the line,"
                + " so check which it was trained with", write(SPECIALS + "a\na\n"));
    }

    @Test
    void missingSpecialTokensAreNamed() throws IOException {
        refused("it has no [SEP], [MASK]; give the vocabulary of a BERT model, with one token a line", write("[PAD]\n[UNK]\n[CLS]\na\n"));
    }

    @Test
    void anEmptyFileIsRefused() throws IOException {
        refused("it is empty; give one token a line, [[PAD], [UNK], [CLS], [SEP], [MASK]] among them", write(""));
    }

    @Test
    void anEmptyLineIsRefused() throws IOException {
        refused("line 6 is empty; remove it, or put its token there", write(SPECIALS + "\na\n"));
    }

    @Test
    void aMissingFileAndOneThatIsNotTextAreRefused() throws IOException {
        Path absent = folder.resolve("absent.txt");
        refused("it cannot be read (" + absent + ": there is no such file or folder); check the path; it was looked for as " + absent, absent);
        Path binary = Files.write(folder.resolve("binary.txt"), new byte[] {(byte) 0xFF, 1});
        refused("it is not UTF-8 text; give a vocab.txt with one token a line", binary);
    }

    @Test
    void theTokenizerJsonHasWhatHuggingFaceReads() throws IOException {
        JsonNode json = new ObjectMapper().readTree(Testing.vocabulary("a", "##b", "\"").tokenizerJson());
        assertEquals("1.0", json.at("/version").asText());
        assertEquals("BertNormalizer", json.at("/normalizer/type").asText());
        assertTrue(json.at("/normalizer/lowercase").asBoolean());
        assertEquals("BertPreTokenizer", json.at("/pre_tokenizer/type").asText());
        assertEquals("WordPiece", json.at("/model/type").asText());
        assertEquals("##", json.at("/model/continuing_subword_prefix").asText());
        assertEquals(100, json.at("/model/max_input_chars_per_word").asInt());
        assertEquals(8, json.at("/model/vocab").size());
        assertEquals(7, json.at("/model/vocab").get("\"").asInt());
        assertEquals(5, json.at("/added_tokens").size());
        assertEquals("[MASK]", json.at("/added_tokens/4/content").asText());
        assertTrue(json.at("/added_tokens/4/special").asBoolean());
    }

    private void refused(String rest, Path file) {
        assertEquals("load the vocabulary " + file + ": " + rest,
                assertThrows(InputException.class, () -> Vocabulary.load(file)).getMessage());
    }

    private Path write(String text) throws IOException {
        return Files.writeString(folder.resolve("vocab.txt"), text);
    }
}
