package dev.mneme.models.text.tasks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.mneme.models.text.tasks.Question.Answer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SquadTest {
    private static final String ONE = "{'version': '1.1', 'data': [{'title': 'Ada', 'paragraphs': [{'context': 'Ada flew.', 'qas': ["
            + "{'id': 'q1', 'question': 'Who?', 'answers': [{'text': 'Ada', 'answer_start': 0}]}]}]}]}";

    @TempDir
    Path folder;

    @Test
    void version11HasSeveralAnswersToAQuestion() throws IOException {
        Path file = write("{'data': [{'title': 'T', 'paragraphs': [{'context': ' a b', 'qas': [{'answers': [{'answer_start': 1, 'text': 'a'},"
                + " {'answer_start': 0, 'text': ' a b'}], 'question': 'Q?', 'id': 'x'}]}, {'context': 'c', 'qas': []}]}], 'version': '1.1'}");
        assertEquals(List.of(new Question("x", "T", " a b", "Q?", List.of(new Answer("a", 1), new Answer(" a b", 0)), false)), Bare.questions(Squad.read(file)));
    }

    @Test
    void version20HasImpossibleQuestions() throws IOException {
        Path file = write("{'version': 'v2.0', 'data': [{'title': 'T', 'paragraphs': [{'qas': [{'question': 'Q?', 'id': 'x', 'is_impossible': true,"
                + " 'answers': [], 'plausible_answers': [{'text': 'no', 'answer_start': 99}]},"
                + " {'question': 'R?', 'id': 'y', 'is_impossible': false, 'answers': [{'text': 'c', 'answer_start': 0}]}], 'context': 'c'}]}]}");
        List<Question> questions = Bare.questions(Squad.read(file));
        assertEquals(List.of(new Question("x", "T", "c", "Q?", List.of(), true), new Question("y", "T", "c", "R?", List.of(new Answer("c", 0)), false)),
                questions);
        assertTrue(questions.getFirst().labelled());
    }

    @Test
    void questionsMayHaveNoKnownAnswers() throws IOException {
        Question question = Bare.questions(Squad.read(write("{'data': [{'paragraphs': [{'context': 'c', 'qas': [{'question': 'Q?', 'id': 'x'}]}]}]}")))
                .getFirst();
        assertEquals(new Question("x", "", "c", "Q?", List.of(), false), question);
        assertFalse(question.labelled());
    }

    @Test
    void anIdMayBeANumber() throws IOException {
        assertEquals("17", Squad.read(write(ONE.replace("'id': 'q1'", "'id': 17"))).getFirst().id());
    }

    /// The file counts 😀 and 𝒜 once, as Python does; a Java string has two units for each.
    @Test
    void startsAreCodePointsInTheFileAndUnitsInTheAnswer() throws IOException {
        Answer answer = Squad.read(write("{'data': [{'paragraphs': [{'context': '😀é \\ud83d\\ude00 𝒜da flew', 'qas': [{'question': 'Who?',"
                + " 'id': 'x', 'answers': [{'text': '𝒜da', 'answer_start': 5}]}]}]}]}")).getFirst().answers().getFirst();
        assertEquals(new Answer("𝒜da", 7), answer);
        assertEquals(11, answer.end());
    }

    @Test
    void aMarkAtTheStartAndPackingAreNoHindrance() throws IOException {
        Path file = folder.resolve("a.json.gz");
        var bytes = new ByteArrayOutputStream();
        try (var out = new GZIPOutputStream(bytes)) {
            out.write(("\uFEFF" + ONE.replace('\'', '"')).getBytes(StandardCharsets.UTF_8));
        }
        Files.write(file, bytes.toByteArray());
        assertEquals("Ada", Squad.read(file).getFirst().title());
        Files.write(file, Arrays.copyOf(bytes.toByteArray(), bytes.size() - 12));
        String message = Refusal.of(() -> Squad.read(file)).getMessage();
        assertTrue(message.startsWith("read " + file + " as UTF-8 text: its compressed data are damaged after "), message);
    }

    @Test
    void anAnswerThatTheContextDoesNotHaveThereIsRefused() throws IOException {
        for (String start : List.of("1", "-1", "9", "10", "2147483647")) {
            refused("article 1, paragraph 1, question 1 (id q1), answer 1 is \"Ada\", which the context does not have at answer_start " + start
                            + "; count answer_start in code points from the context's first character, white space included",
                    ONE.replace("'answer_start': 0", "'answer_start': " + start));
        }
        refused("article 1, paragraph 1, question 1 (id q1), answer 1 is empty; give the part of the context that answers, or set is_impossible"
                + " to true", ONE.replace("'text': 'Ada'", "'text': ''"));
    }

    @Test
    void whatIsMissingIsNamedWithItsPlace() throws IOException {
        String question = "article 1, paragraph 1, question 1";
        refused("it has no \"data\"; give a file with { \"data\": [ … ] }", ONE.replace("'data'", "'date'"));
        refused("its \"data\" is no array; give a file with { \"data\": [ … ] }", "{'data': {'paragraphs': []}}");
        refused("article 1 has no array \"paragraphs\"; give it one", ONE.replace("'paragraphs'", "'p'"));
        refused("article 1 has no array \"paragraphs\"; give it one", "{'data': [3]}");
        refused("article 1 has no string \"title\"; give it one", ONE.replace("'title': 'Ada'", "'title': 1"));
        refused("article 1, paragraph 1 has no string \"context\"; give it one", ONE.replace("'context'", "'c'"));
        refused("article 1, paragraph 1 has no array \"qas\"; give it one", ONE.replace("'qas'", "'q'"));
        refused(question + " has no string \"id\"; give it one", ONE.replace("'id': 'q1'", "'id': 1.5"));
        refused(question + " (id q1) has no string \"question\"; give it one", ONE.replace("'question'", "'q'"));
        refused(question + " (id q1) has no array \"answers\"; give it one", ONE.replace("'answers': [", "'answers': null, 'b': ["));
        refused(question + " (id q1), answer 1 has no string \"text\"; give it one", ONE.replace("'text'", "'t'"));
        refused(question + " (id q1), answer 1 has no whole number \"answer_start\"; give it one", ONE.replace("'answer_start': 0", "'answer_start': 0.0"));
        refused(question + " (id q1), answer 1 has no whole number \"answer_start\"; give it one", ONE.replace("'answer_start': 0", "'answer_start': 1e99"));
        refused(question + " (id q1) has no truth value \"is_impossible\"; give it one", ONE.replace("'id'", "'is_impossible': 'no', 'id'"));
        refused(question + " (id q1) is impossible and has answers; leave them out, or set is_impossible to false",
                ONE.replace("'id'", "'is_impossible': true, 'id'"));
        refused("it has no questions; give a file with at least one", "{'data': []}");
    }

    @Test
    void idsAreUnique() throws IOException {
        String article = ONE.substring(ONE.indexOf("[") + 1, ONE.length() - 2);
        refused("article 2, paragraph 1, question 1 (id q1) has the id of another question; give each question an id of its own",
                "{'data': [" + article + ", " + article + "]}");
    }

    @Test
    void whatIsNoJsonIsRefusedWithLineAndColumn() throws IOException {
        for (int length = 1; length < ONE.length(); length++) {
            Path file = write(ONE.substring(0, length));
            String message = Refusal.of(() -> Squad.read(file)).getMessage();
            assertTrue(message.startsWith("read " + file + " as SQuAD: it is not JSON at line 1, column ")
                    && message.endsWith("; mend it there, or copy the file again"), message);
        }
        Path file = write("{'data':\n[}");
        String message = Refusal.of(() -> Squad.read(file)).getMessage();
        assertTrue(message.startsWith("read " + file + " as SQuAD: it is not JSON at line 2, column "), message);
        refused("it is no JSON object; give a file with { \"data\": [ … ] }", "");
        refused("it is no JSON object; give a file with { \"data\": [ … ] }", "[" + ONE + "]");
        refused("it goes on after its JSON object; give each object a file of its own", ONE + "\n" + ONE);
    }

    @Test
    void nestingWithoutEndAndNamesGivenTwiceAreRefused() throws IOException {
        for (String bad : List.of("{'data': [" + "[".repeat(100_000), "{'x': " + "[".repeat(100_000), ONE.replace("'title'", "'title': 'a', 'title'"))) {
            Path file = write(bad);
            String message = Refusal.of(() -> Squad.read(file)).getMessage();
            assertTrue(message.startsWith("read " + file + " as SQuAD: it is not JSON"), message);
        }
    }

    @Test
    void predictionsHaveTheOfficialForm() throws IOException {
        Map<String, String> answers = new LinkedHashMap<>();
        answers.put("startId", "Ada \"é😀\"");
        answers.put("a", "");
        Path file = folder.resolve("predictions.json");
        Squad.writePredictions(file, answers);
        assertEquals(answers, new ObjectMapper().readValue(file.toFile(), Map.class));
        Squad.writeNBest(file, Map.of("startId", List.of(new Squad.Candidate("Ada", 0.75, 2.5, -1), new Squad.Candidate("", 0.25, 0, 0))));
        assertEquals(Map.of("startId", List.of(Map.of("text", "Ada", "probability", 0.75, "start_logit", 2.5, "end_logit", -1.0),
                Map.of("text", "", "probability", 0.25, "start_logit", 0.0, "end_logit", 0.0))), new ObjectMapper().readValue(file.toFile(), Map.class));
        assertThrows(IllegalArgumentException.class, () -> new Squad.Candidate("", Double.NaN, 0, 0));
    }

    private void refused(String found, String json) throws IOException {
        Path file = write(json);
        Refusal.of("read " + file + " as SQuAD: " + found, () -> Squad.read(file));
    }

    private Path write(String json) throws IOException {
        return Files.writeString(folder.resolve("a.json"), json.replace('\'', '"'));
    }
}
