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
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Tokenizers as other programs leave them, with what transformers makes of them (`tests/golden/tokenizers_of_others.py`).
class TokenizersOfOthersTest {
    @TempDir
    private Path folder;

    private static JsonNode golden() throws IOException {
        return Json.read(Golden.file("tokenizers.json"));
    }

    static Stream<String> cases() throws IOException {
        return golden().properties().stream().filter(each -> each.getValue().has("ids")).map(Map.Entry::getKey);
    }

    private Path write(JsonNode files, String name) throws IOException {
        Path made = Files.createDirectories(folder.resolve(name));
        for (Map.Entry<String, JsonNode> each : files.properties()) {
            Files.writeString(made.resolve(each.getKey()), each.getValue().isTextual() ? each.getValue().asText() : each.getValue().toString());
        }
        return made;
    }

    @ParameterizedTest
    @MethodSource("cases")
    void idsAndSpecialTokensAreThoseOfTransformers(String name) throws IOException {
        JsonNode expected = golden().path(name);
        compare(expected, write(expected.path("files"), "from"));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void aCopyIsMadeOfTheSameFiles(String name) throws IOException {
        JsonNode expected = golden().path(name);
        Path to = write(Json.object().set("config.json", expected.path("files").path("config.json")), "to");
        try (Tokenizer tokenizer = Tokenizer.inFolder(write(expected.path("files"), "from"))) {
            tokenizer.save(to);
        }
        compare(expected, to);
        for (Map.Entry<String, JsonNode> each : expected.path("files").properties()) {
            assertEquals(Files.readString(folder.resolve("from").resolve(each.getKey())), Files.readString(to.resolve(each.getKey())));
        }
    }

    private static void compare(JsonNode expected, Path from) throws IOException {
        try (Tokenizer tokenizer = Tokenizer.inFolder(from)) {
            List<String> texts = StreamSupport.stream(golden().path("texts").spliterator(), false).map(JsonNode::asText).toList();
            for (int i = 0; i < texts.size(); i++) {
                int[] ids = StreamSupport.stream(expected.path("ids").get(i).spliterator(), false).mapToInt(JsonNode::asInt).toArray();
                assertArrayEquals(ids, tokenizer.encode(texts.get(i)).ids(), texts.get(i));
                assertArrayEquals(ids, tokenizer.locate(texts.get(i)).ids(), texts.get(i));
            }
            Vocabulary vocabulary = tokenizer.vocabulary();
            assertEquals(expected.path("vocabulary").asInt(), vocabulary.size());
            JsonNode specials = expected.path("specials");
            for (String role : List.of("pad", "unk", "cls", "sep", "mask")) {
                if (specials.path(role + "_token").isTextual()) {
                    assertEquals(specials.path(role + "_token").asText(), vocabulary.token(switch (role) {
                        case "pad" -> vocabulary.pad();
                        case "unk" -> vocabulary.unk();
                        case "cls" -> vocabulary.cls();
                        case "sep" -> vocabulary.sep();
                        default -> vocabulary.mask();
                    }), role);
                }
            }
        }
    }

    @Test
    void aGpt2HasOneSpecialTokenForAllAndNoMask() throws IOException {
        JsonNode files = golden().path("GPT-2 as it was first given out").path("files");
        try (Tokenizer tokenizer = Tokenizer.inFolder(write(files, "from"))) {
            Vocabulary vocabulary = tokenizer.vocabulary();
            int end = vocabulary.size() - 1;
            assertEquals("<|endoftext|>", vocabulary.token(end));
            assertArrayEquals(new int[] {end, end, end}, new int[] {vocabulary.cls(), vocabulary.sep(), vocabulary.pad()});
            assertEquals("hide tokens: the tokenizer has no mask_token; give a model whose tokenizer has one",
                    assertThrows(InputException.class, vocabulary::mask).getMessage());
        }
    }

    @Test
    void whatWouldGiveOtherIdsIsRefusedByItsName() throws IOException {
        int number = 0;
        for (JsonNode each : golden().path("refused")) {
            Path from = write(each.path("files"), "refused-" + number++);
            String message = assertThrows(InputException.class, () -> Tokenizer.inFolder(from).close(), each.path("names").asText()).getMessage();
            assertTrue(message.contains(each.path("names").asText()), message);
        }
    }

    @Test
    void aByteOrderMarkIsNoPartOfATokenAndWhiteSpaceAfterOneNeither() throws IOException {
        Path from = write(golden().path("vocab.txt alone").path("files"), "from");
        Path file = from.resolve("vocab.txt");
        Files.writeString(file, "\uFEFF" + Files.readString(file).replace("\n", " \u2028\r\n"));
        compare(golden().path("vocab.txt alone"), from);
    }

    @Test
    void aTokenizerJsonAloneIsTakenAsItIs() throws IOException {
        JsonNode expected = golden().path("tokenizer.json of a cased BERT");
        Path from = write(expected.path("files"), "from");
        Files.delete(from.resolve("tokenizer_config.json"));
        Files.delete(from.resolve("vocab.txt"));
        compare(expected, from);
        Path to = Files.createDirectory(folder.resolve("to"));
        try (Tokenizer tokenizer = Tokenizer.inFolder(from)) {
            tokenizer.save(to);
        }
        compare(expected, to);
        assertEquals("PreTrainedTokenizerFast", Json.read(to.resolve("tokenizer_config.json")).path("tokenizer_class").asText());
    }

    /// config.json is another in a copy, which is a model's own.
    @Test
    void aClassThatConfigJsonNamesGoesWithACopy() throws IOException {
        JsonNode files = golden().path("a BERT's tokenizer in a RoBERTa").path("files");
        Path from = write(files, "from");
        Files.writeString(from.resolve("config.json"), "{\"model_type\": \"roberta\", \"tokenizer_class\": \"BertTokenizer\"}");
        Files.writeString(from.resolve("tokenizer_config.json"), "{\"do_lower_case\": false}");
        Path to = write(Json.object().set("config.json", files.path("config.json")), "to");
        try (Tokenizer tokenizer = Tokenizer.inFolder(from)) {
            tokenizer.save(to);
            try (Tokenizer copy = Tokenizer.inFolder(to)) {
                assertArrayEquals(tokenizer.encode("the Café THE").ids(), copy.encode("the Café THE").ids());
            }
        }
        assertEquals("BertTokenizer", Json.read(to.resolve("tokenizer_config.json")).path("tokenizer_class").asText());
    }
}
