package dev.mneme.models.train.tasks;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mneme.models.base.InputException;
import dev.mneme.models.base.internal.Json;
import dev.mneme.models.text.Tokenizer;
import dev.mneme.models.text.Vocabulary;
import dev.mneme.models.text.tasks.Question;
import dev.mneme.models.train.tasks.Targets.Target;
import dev.mneme.models.zoo.transformer.Architecture;
import dev.mneme.torch.testing.Golden;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/// Sequences, windows and answers against the tokenizers of transformers and the rules of its reference example for SQuAD.
class InputEncoderTest {
    private static final int POSITIONS = 512;

    private static Tokenizer tokenizer(Architecture architecture) throws IOException {
        return architecture == Architecture.BERT ? Tokenizer.of(Vocabulary.load(Golden.file("tasks/vocab.txt")))
                : Tokenizer.inFolder(Golden.file("checkpoints/roberta"));
    }

    private static JsonNode golden(Architecture architecture) throws IOException {
        return Json.read(Golden.file("tasks/" + architecture.modelType() + ".json"));
    }

    private static int[] ints(JsonNode list) {
        return StreamSupport.stream(list.spliterator(), false).mapToInt(JsonNode::asInt).toArray();
    }

    private static List<String> texts(JsonNode list) {
        return StreamSupport.stream(list.spliterator(), false).map(JsonNode::asText).toList();
    }

    @ParameterizedTest
    @EnumSource(names = {"BERT", "ROBERTA"})
    void textsAndPairsAreCutAsByTransformers(Architecture architecture) throws IOException {
        try (Tokenizer tokenizer = tokenizer(architecture)) {
            assertEquals(72, golden(architecture).path("pairs").size());
            for (JsonNode each : golden(architecture).path("pairs")) {
                var encoder = new InputEncoder(tokenizer, architecture, 2, each.path("max_length").asInt(), POSITIONS);
                Input input = encoder.encode(each.path("first").asText(), each.path("second").isNull() ? null : each.path("second").asText());
                assertArrayEquals(ints(each.path("ids")), input.ids(), each.toString());
                assertArrayEquals(ints(each.path("types")), input.types(), each.toString());
            }
        }
    }

    /// Whatever the model is: how two texts are put together is the tokenizer's.
    @Test
    void pairsAreThoseOfTheTokenizer(@TempDir Path folder) throws IOException {
        int compared = 0;
        JsonNode golden = Json.read(Golden.file("tokenizers.json"));
        for (Map.Entry<String, JsonNode> each : golden.properties()) {
            if (!each.getValue().has("pair")) {
                continue;
            }
            Path from = Files.createDirectory(folder.resolve(String.valueOf(compared++)));
            for (Map.Entry<String, JsonNode> file : each.getValue().path("files").properties()) {
                Files.writeString(from.resolve(file.getKey()), file.getValue().isTextual() ? file.getValue().asText() : file.getValue().toString());
            }
            for (Architecture architecture : List.of(Architecture.BERT, Architecture.ROBERTA)) {
                try (Tokenizer tokenizer = Tokenizer.inFolder(from)) {
                    if (tokenizer.template() == null) {
                        assertTrue(each.getKey().startsWith("tokenizer.json of no class"), each.getKey()); // its files say nothing of sequences
                        continue;
                    }
                    Input input = new InputEncoder(tokenizer, architecture, 2, 128, POSITIONS).encode(golden.path("texts").get(0).asText(),
                            golden.path("texts").get(3).asText());
                    assertArrayEquals(ints(each.getValue().path("pair")), input.ids(), each.getKey());
                    assertArrayEquals(ints(each.getValue().path("pair_types")), input.types(), each.getKey());
                }
            }
        }
        assertTrue(compared > 20);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "[CLS]:0 A:0 | [CLS]:0 A:0 [SEP]:0 B:1 [SEP]:1", "[CLS]:0 A:0 [SEP]:0 | [CLS]:0 A:0 [SEP]:0 B:1", "A:0 | A:0 B:1",
        "[CLS]:0 A:0 [SEP]:0 | [CLS]:0 B:1 [SEP]:1 A:0 [SEP]:0"})
    void otherSequencesAreRefused(String single, String pair) throws IOException {
        ObjectNode json = Json.parse(Vocabulary.load(Golden.file("tasks/vocab.txt")).tokenizerJson(), "read", "mend");
        ObjectNode post = json.putObject("post_processor").put("type", "TemplateProcessing");
        for (String[] each : new String[][] {{"single", single}, {"pair", pair}}) {
            ArrayNode pieces = post.putArray(each[0]);
            for (String piece : each[1].split(" ")) {
                String[] parts = piece.split(":");
                pieces.addObject().putObject(parts[0].length() == 1 ? "Sequence" : "SpecialToken").put("id", parts[0]).put("type_id", Integer.parseInt(parts[1]));
            }
        }
        try (Tokenizer tokenizer = Tokenizer.ofJson(Json.text(json))) {
            assertEquals("read a tokenizer.json: its post_processor makes sequences of '" + single + "' and '" + pair + "'; give one that makes '[CLS] $A [SEP]' and"
                            + " '[CLS] $A [SEP] $B [SEP]', with one or two [SEP] between two texts",
                    assertThrows(InputException.class, () -> new InputEncoder(tokenizer, Architecture.BERT, 2, 24, POSITIONS)).getMessage());
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"BERT", "ROBERTA"})
    void wordsKeepTheirPlaces(Architecture architecture) throws IOException {
        try (Tokenizer tokenizer = tokenizer(architecture)) {
            for (JsonNode each : golden(architecture).path("words")) {
                var encoder = new InputEncoder(tokenizer, architecture, 2, each.path("max_length").asInt(), POSITIONS);
                var firsts = new ArrayList<int[]>();
                Input input = encoder.encodeWords(texts(each.path("words")), firsts);
                assertArrayEquals(ints(each.path("ids")), input.ids(), each.toString());
                assertArrayEquals(ints(each.path("firsts")), firsts.getFirst(), each.toString());
            }
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"BERT", "ROBERTA"})
    void contextsAreReadInTheWindowsOfTransformers(Architecture architecture) throws IOException {
        try (Tokenizer tokenizer = tokenizer(architecture)) {
            for (JsonNode each : golden(architecture).path("questions")) {
                var encoder = new InputEncoder(tokenizer, architecture, 2, each.path("max_length").asInt(), POSITIONS);
                String context = each.path("context").asText();
                List<InputEncoder.Window> windows = encoder.windows(each.path("question").asText(), context, 64, each.path("stride").asInt());
                assertEquals(each.path("windows").size(), windows.size(), each.toString());
                int start = context.indexOf(each.path("answer").asText()); // in UTF-16 units: the file counts code points
                var question = new Question("1", "", context, each.path("question").asText(),
                        List.of(new Question.Answer(each.path("answer").asText(), start)), false);
                var data = new QuestionData(List.of(question), encoder, 64, each.path("stride").asInt(), new Answers.Rules(20, 30, false, 0));
                for (int w = 0; w < windows.size(); w++) {
                    JsonNode expected = each.path("windows").get(w);
                    assertArrayEquals(ints(expected.path("ids")), windows.get(w).input().ids(), each.toString());
                    var found = new ArrayList<String>();
                    for (int i = 0; i < windows.get(w).from().length; i++) {
                        found.add(context.substring(windows.get(w).from()[i], windows.get(w).to()[i]));
                    }
                    assertEquals(texts(expected.path("texts")), found);
                    assertEquals(new Target.Span(expected.path("first").asInt(), expected.path("last").asInt()), data.targets().get(w));
                }
            }
        }
    }

    @Test
    void answersAreFoundByTheRulesOfTheReference() throws IOException {
        JsonNode golden = Json.read(Golden.file("tasks/answers.json"));
        int nothing = 0;
        try (Tokenizer tokenizer = tokenizer(Architecture.BERT)) {
            var encoder = new InputEncoder(tokenizer, Architecture.BERT, 2, golden.path("max_length").asInt(), POSITIONS);
            for (JsonNode each : golden.path("cases")) {
                String context = each.path("context").asText();
                List<InputEncoder.Window> windows = encoder.windows(each.path("question").asText(), context, 64, golden.path("stride").asInt());
                var scores = new ArrayList<float[]>();
                for (JsonNode window : each.path("scores")) {
                    var own = new float[2 * window.get(0).size()];
                    for (int i = 0; i < own.length; i++) {
                        own[i] = window.get(i % 2).get(i / 2).floatValue();
                    }
                    scores.add(own);
                }
                Answers.Answer found = Answers.find(context, windows, scores, new Answers.Rules(golden.path("n_best").asInt(),
                        golden.path("longest").asInt(), each.path("with_null").asBoolean(), each.path("threshold").asDouble()));
                assertEquals(texts(each.path("texts")), found.nBest().stream().map(Answers.Candidate::text).toList());
                for (int i = 0; i < found.nBest().size(); i++) {
                    assertEquals(each.path("probabilities").get(i).doubleValue(), found.nBest().get(i).probability(), 1e-6);
                }
                if (each.path("margin").isNumber()) {
                    assertEquals(each.path("margin").doubleValue(), found.nullMargin(), 1e-6);
                }
                assertEquals(each.path("nothing").asBoolean(), found.text().isEmpty());
                nothing += found.text().isEmpty() ? 1 : 0;
            }
        }
        assertTrue(nothing > 0 && nothing < golden.path("cases").size());
    }

    @Test
    void lengthsWithoutRoomAreRefused() throws IOException {
        try (Tokenizer tokenizer = tokenizer(Architecture.BERT)) {
            assertEquals("read sequences of 600 tokens: the model has 512 positions; give at most as many as max_length", assertThrows(
                    InputException.class, () -> new InputEncoder(tokenizer, Architecture.BERT, 2, 600, POSITIONS)).getMessage());
            assertEquals("read sequences of 4 tokens: special tokens leave no room for text; give at least 5 as max_length", assertThrows(
                    InputException.class, () -> new InputEncoder(tokenizer, Architecture.BERT, 2, 4, POSITIONS)).getMessage());
            var encoder = new InputEncoder(tokenizer, Architecture.BERT, 2, 12, POSITIONS);
            assertEquals("read contexts in windows that share 8 tokens: a question of 4 tokens leaves 5 of max_length 12; give a larger"
                    + " max_length or a smaller doc_stride",
                    assertThrows(InputException.class, () -> encoder.windows("the the the the", "the", 4, 8)).getMessage());
        }
    }
}
