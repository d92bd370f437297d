package dev.mneme.models.text.tasks;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import dev.mneme.models.base.InputException;
import dev.mneme.models.base.internal.Json;
import dev.mneme.models.text.Utf8Reader;
import dev.mneme.torch.io.StrictJson;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;

/// Questions in the format of SQuAD 1.1 and 2.0 (Rajpurkar et al., 2016 and 2018): JSON, `data[].paragraphs[].qas[]`.
///
/// The official files count an answer's start in Unicode code points; [Question.Answer] counts UTF-16 units. The context must have the
/// answer there, character for character, as it does in the official files where contexts keep the white space they begin with.
///
/// A title, `is_impossible` and the answers may be missing: an empty title, false, and a question whose answers are not known. Everything
/// else must be there. Unknown names, as `plausible_answers`, are passed over. An id may be a whole number too, as some tools write it.
public final class Squad {
    /// One of several answers that a model finds likely, as the official list of the n best has it.
    ///
    /// @param text empty for no answer
    public record Candidate(String text, double probability, double startLogit, double endLogit) {
        public Candidate {
            Objects.requireNonNull(text, "text");
            if (!Double.isFinite(probability) || !Double.isFinite(startLogit) || !Double.isFinite(endLogit)) {
                throw new IllegalArgumentException("JSON has no number for " + probability + ", " + startLogit + " or " + endLogit);
            }
        }
    }

    private final String asked;
    private final Set<String> ids = new HashSet<>();
    private final Consumer<Question> action;

    private Squad(Path file, Consumer<Question> action) {
        asked = "read " + file + " as SQuAD";
        this.action = action;
    }

    /// All questions, as [#forEach] gives them.
    public static List<Question> read(Path file) {
        List<Question> all = new ArrayList<>();
        forEach(file, all::add);
        return all;
    }

    /// Calls `action` with every question, in the file's order. One article is in memory at a time.
    ///
    /// @param file may be packed, `.gz` or `.zst`
    /// @throws InputException if the file is missing or has no questions, or at its first mistake
    public static void forEach(Path file, Consumer<Question> action) {
        Squad squad = new Squad(file, action);
        try (Reader text = Utf8Reader.open(file); JsonParser parser = StrictJson.parser(text)) {
            try {
                squad.articles(parser);
            } catch (JsonProcessingException e) {
                throw squad.bad(StrictJson.mistake(parser, e).getMessage(), "mend it there, or copy the file again", e);
            }
        } catch (IOException e) {
            throw InputException.unreadable(squad.asked, e);
        }
    }

    /// Writes answers as the official evaluation takes them: an object with a text for each question's id, empty for no answer.
    public static void writePredictions(Path file, Map<String, String> answers) throws IOException {
        Json.write(file, complete(answers));
    }

    /// Writes the n best answers of each question, best first: an object with a list for each question's id.
    public static void writeNBest(Path file, Map<String, List<Candidate>> best) throws IOException {
        Json.write(file, complete(best));
    }

    private static <V> Map<String, V> complete(Map<String, V> byId) {
        byId.forEach((id, value) -> Objects.requireNonNull(value, id)); // JSON would leave it out
        return byId;
    }

    private void articles(JsonParser parser) throws IOException {
        if (parser.nextToken() != JsonToken.START_OBJECT) {
            throw bad("it is no JSON object", "give a file with { \"data\": [ … ] }", null);
        }
        boolean found = false;
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            boolean data = parser.currentName().equals("data");
            JsonToken value = parser.nextToken();
            if (!data) {
                parser.skipChildren();
                continue;
            }
            if (value != JsonToken.START_ARRAY) {
                throw bad("its \"data\" is no array", "give a file with { \"data\": [ … ] }", null);
            }
            found = true;
            for (int n = 1; parser.nextToken() != JsonToken.END_ARRAY; n++) {
                article(StrictJson.tree(parser), "article " + n);
            }
        }
        if (!found) {
            throw bad("it has no \"data\"", "give a file with { \"data\": [ … ] }", null);
        }
        if (parser.nextToken() != null) {
            throw bad("it goes on after its JSON object", "give each object a file of its own", null);
        }
        if (ids.isEmpty()) {
            throw bad("it has no questions", "give a file with at least one", null);
        }
    }

    private void article(JsonNode article, String place) {
        JsonNode title = article.path("title");
        if (!title.isMissingNode() && !title.isTextual()) {
            throw lacks(place, "title", "string");
        }
        int n = 1;
        for (JsonNode paragraph : array(article, "paragraphs", place)) {
            String at = place + ", paragraph " + n++;
            String context = string(paragraph, "context", at);
            int q = 1;
            for (JsonNode question : array(paragraph, "qas", at)) {
                action.accept(question(question, title.asText(), context, at + ", question " + q++));
            }
        }
    }

    private Question question(JsonNode node, String title, String context, String place) {
        JsonNode name = node.path("id");
        if (!name.isTextual() && !name.isIntegralNumber()) {
            throw lacks(place, "id", "string");
        }
        String id = name.asText();
        String at = place + " (id " + Rows.shown(id) + ")";
        if (!ids.add(id)) {
            throw bad(at + " has the id of another question", "give each question an id of its own", null);
        }
        JsonNode impossible = node.path("is_impossible");
        if (!impossible.isMissingNode() && !impossible.isBoolean()) {
            throw lacks(at, "is_impossible", "truth value");
        }
        List<Question.Answer> answers = new ArrayList<>();
        if (node.has("answers")) {
            for (JsonNode answer : array(node, "answers", at)) {
                answers.add(answer(answer, context, at + ", answer " + (answers.size() + 1)));
            }
        }
        if (impossible.asBoolean() && !answers.isEmpty()) {
            throw bad(at + " is impossible and has answers", "leave them out, or set is_impossible to false", null);
        }
        return new Question(id, title, context, string(node, "question", at), answers, impossible.asBoolean(), new Origin(asked, at, "answers"));
    }

    private Question.Answer answer(JsonNode node, String context, String place) {
        String text = string(node, "text", place);
        JsonNode start = node.path("answer_start");
        if (!start.canConvertToInt() || !start.isIntegralNumber()) {
            throw lacks(place, "answer_start", "whole number");
        }
        if (text.isEmpty()) {
            throw bad(place + " is empty", "give the part of the context that answers, or set is_impossible to true", null);
        }
        int points = start.intValue();
        boolean inside = points >= 0 && points <= context.codePointCount(0, context.length());
        int units = inside ? context.offsetByCodePoints(0, points) : -1;
        if (!inside || !context.startsWith(text, units)) {
            throw bad(place + " is \"" + Rows.shown(text) + "\", which the context does not have at answer_start " + points,
                    "count answer_start in code points from the context's first character, white space included", null);
        }
        return new Question.Answer(text, units);
    }

    private JsonNode array(JsonNode node, String name, String place) {
        if (!node.path(name).isArray()) {
            throw lacks(place, name, "array");
        }
        return node.get(name);
    }

    private String string(JsonNode node, String name, String place) {
        if (!node.path(name).isTextual()) {
            throw lacks(place, name, "string");
        }
        return node.get(name).textValue();
    }

    private InputException lacks(String place, String name, String kind) {
        return bad(place + " has no " + kind + " \"" + name + "\"", "give it one", null);
    }

    private InputException bad(String found, String remedy, Exception cause) {
        return new InputException(asked, found, remedy, cause);
    }
}
