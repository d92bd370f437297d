package dev.mneme.models.text;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.mneme.models.base.InputException;
import dev.mneme.models.base.internal.Json;
import dev.mneme.models.text.tasks.Squad;
import dev.mneme.models.text.tasks.Table;
import dev.mneme.torch.io.ShardedTensors;
import dev.mneme.torch.io.TensorFileException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/// Whatever reads JSON takes and refuses the same texts: RFC 8259's grammar, and RFC 7493's limits on names and numbers.
class JsonReadersTest {
    private interface Reading {
        void of(Path file) throws Exception;
    }

    /// @param whole a file that it reads, in which `@` stands for a value that it passes over
    private record Reader(String name, String file, String whole, Reading reading) {}

    private static final List<Reader> READERS = List.of(
            new Reader("settings, configurations and manifests", "a.json", "{\"x\": @}", Json::read),
            new Reader("JSON lines of texts", "a.jsonl", "{\"text\": \"a\", \"x\": @}", file -> TextCorpus.open(List.of(file)).forEachLine(line -> {})),
            new Reader("JSON lines of examples", "a.jsonl", "{\"text\": \"a\", \"x\": @}",
                    file -> Table.of(file).texts(new Table.TextColumns(null, "text", null, null))),
            new Reader("SQuAD", "a.json", "{\"x\": 1, \"data\": [{\"paragraphs\": [{\"context\": \"c\", \"qas\": "
                    + "[{\"id\": \"1\", \"question\": \"q\", \"x\": @}]}]}]}", Squad::read),
            new Reader("tokenizer.json", "tokenizer.json", "{\"version\": \"1.0\", \"added_tokens\": [], \"model\": {\"x\": @, \"type\": \"WordPiece\", \"unk_token\": \"[UNK]\","
                    + " \"continuing_subword_prefix\": \"##\", \"max_input_chars_per_word\": 100, \"vocab\": "
                    + "{\"[PAD]\": 0, \"[UNK]\": 1, \"[CLS]\": 2, \"[SEP]\": 3, \"[MASK]\": 4, \"a\": 5}}}",
                    file -> Tokenizer.inFolder(file.getParent()).close()));

    private static final Map<String, String> VALUES = Map.ofEntries(
            Map.entry("a name that is twice in an object", "{\"y\": 1, \"y\": 2}"),
            Map.entry("NaN", "NaN"), Map.entry("Infinity", "-Infinity"), Map.entry("a number beyond float64", "1e400"),
            Map.entry("a number with a leading zero", "01"), Map.entry("a number with a plus", "+1"), Map.entry("a hexadecimal number", "0x10"),
            Map.entry("a number without digits after its point", "1."), Map.entry("other digits", "\u0967\u0968"),
            Map.entry("a comment", "1 /* one */"), Map.entry("a comma that nothing follows", "[1,]"), Map.entry("single quotes", "'a'"),
            Map.entry("an unknown escape", "\"\\x41\""),
            Map.entry("a control character", "\"\u0001\""), Map.entry("a number of more than 1,000 digits", "1".repeat(1001)),
            Map.entry("values more than 1,000 deep", "[".repeat(1100) + "]".repeat(1100)),
            Map.entry("a name of more than 50,000 characters", "{\"" + "n".repeat(50_001) + "\": 1}"));

    @TempDir
    Path folder;

    @TestFactory
    Stream<DynamicTest> refused() {
        return READERS.stream().flatMap(reader -> Stream.concat(
                VALUES.entrySet().stream().map(value -> refused(reader, value.getKey(), bytes(reader.whole.replace("@", value.getValue())))),
                Stream.of(refused(reader, "a second value on the line", bytes(reader.whole.replace("@", "1") + " {\"text\": \"two\"}")),
                        refused(reader, "a text that is cut", bytes(reader.whole.substring(0, reader.whole.length() - 2).replace("@", "1"))),
                        refused(reader, "a text that is no object", bytes("[1]")), refused(reader, "nothing", new byte[0]),
                        refused(reader, "a byte that is not UTF-8", reader.whole.replace("@", "\"\u00e9\"").getBytes(StandardCharsets.ISO_8859_1)),
                        refused(reader, "NUL", bytes(reader.whole.replace("@", "\"\0\""))))));
    }

    private DynamicTest refused(Reader reader, String what, byte[] text) {
        return DynamicTest.dynamicTest(reader.name + ": " + what, () -> {
            Path file = Files.write(folder.resolve(reader.file), text);
            InputException refusal = assertThrows(InputException.class, () -> reader.reading.of(file));
            assertEquals(1, refusal.getMessage().lines().count(), refusal.getMessage());
            assertTrue(refusal.getMessage().length() < 700, refusal.getMessage());
            assertTrue(refusal.getMessage().contains(file.getFileName().toString()), refusal.getMessage());
        });
    }

    @TestFactory
    Stream<DynamicTest> read() {
        Stream<String> values = Stream.of("{\"y\": [1, -0.5e-3, true, null, \"\\u00e9\\ud83d\\ude00\u00e9\"]}", "1" + "0".repeat(300), "1e-400",
                "[".repeat(100) + "]".repeat(100));
        return values.flatMap(value -> READERS.stream().map(reader -> DynamicTest.dynamicTest(reader.name, () ->
                assertDoesNotThrow(() -> reader.reading.of(Files.writeString(folder.resolve(reader.file), reader.whole.replace("@", value)))))));
    }

    /// As for Python; the library of tokenizer.json is written in Rust, whose strings have none.
    @TestFactory
    Stream<DynamicTest> halfASurrogatePairIsACharacter() {
        return READERS.stream().filter(reader -> !reader.name.startsWith("tokenizer")).map(reader -> DynamicTest.dynamicTest(reader.name, () ->
                assertDoesNotThrow(() -> reader.reading.of(Files.writeString(folder.resolve(reader.file), reader.whole.replace("@", "\"\\ud83d a\""))))));
    }

    @TestFactory
    Stream<DynamicTest> aByteOrderMarkIsSkipped() {
        return READERS.stream().map(reader -> DynamicTest.dynamicTest(reader.name, () ->
                assertDoesNotThrow(() -> reader.reading.of(Files.writeString(folder.resolve(reader.file), "\uFEFF" + reader.whole.replace("@", "1"))))));
    }

    @Test
    void aMistakeIsToldByItsPlace() throws IOException {
        Path file = Files.writeString(folder.resolve("a.json"), "{\n  \"a\": 1,\n  \"a\": 2\n}");
        assertEquals("read " + file + ": it is not JSON at line 3, column 6 (Duplicate field 'a'); mend it there",
                assertThrows(InputException.class, () -> Json.read(file)).getMessage());
        Files.writeString(file, "{\"a\": 1e999}");
        assertEquals("read " + file + ": it is not JSON at line 1, column 7 (a number is too large); mend it there",
                assertThrows(InputException.class, () -> Json.read(file)).getMessage());
    }

    @Test
    void anIndexOfShardsIsReadAsStrictly() throws IOException {
        Path index = folder.resolve("model.safetensors.index.json");
        for (String bad : List.of("{\"weight_map\": {\"a\": \"x\", \"a\": \"y\"}}", "{\"weight_map\": {}} {}", "", "[".repeat(2000))) {
            Files.writeString(index, bad);
            assertThrows(TensorFileException.class, () -> ShardedTensors.open(index));
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
