package dev.mneme.models.train.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.mneme.models.train.metrics.SquadMetrics.Best;
import dev.mneme.models.train.metrics.SquadMetrics.Evaluation;
import dev.mneme.models.train.metrics.SquadMetrics.Question;
import dev.mneme.models.train.metrics.SquadMetrics.Score;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SquadMetricsTest {
    @Test
    void textsAreNormalisedAsByTheScript() {
        JsonNode squad = Cases.read("squad");
        for (int i = 0; i < squad.get("texts").size(); i++) {
            String text = squad.get("texts").get(i).textValue();
            assertEquals(squad.get("normalized").get(i).textValue(), SquadMetrics.normalize(text), text);
        }
    }

    @Test
    void scoresAreThoseOfTheScript() {
        JsonNode squad = Cases.read("squad");
        var questions = new ArrayList<Question>();
        var predictions = new HashMap<String, String>();
        var noAnswer = new HashMap<String, Double>();
        for (JsonNode question : squad.get("questions")) {
            var answers = new ArrayList<String>();
            question.get("answers").forEach(answer -> answers.add(answer.textValue()));
            questions.add(new Question(question.get("id").textValue(), answers));
        }
        squad.get("predictions").properties().forEach(entry -> predictions.put(entry.getKey(), entry.getValue().textValue()));
        squad.get("no_answer").properties().forEach(entry -> noAnswer.put(entry.getKey(), entry.getValue().doubleValue()));
        Evaluation evaluation = SquadMetrics.v2(questions, predictions, noAnswer);
        JsonNode expected = squad.get("evaluation");
        assertScore(expected, "", evaluation.all());
        assertScore(expected, "HasAns_", evaluation.hasAnswer());
        assertScore(expected, "NoAns_", evaluation.noAnswer());
        Cases.assertClose(expected.get("best_exact"), evaluation.bestExact().score(), "best exact");
        Cases.assertClose(expected.get("best_exact_thresh"), evaluation.bestExact().threshold(), "its threshold");
        Cases.assertClose(expected.get("best_f1"), evaluation.bestF1().score(), "best F1");
        Cases.assertClose(expected.get("best_f1_thresh"), evaluation.bestF1().threshold(), "its threshold");
    }

    private static void assertScore(JsonNode expected, String prefix, Score score) {
        Cases.assertClose(expected.get(prefix + "exact"), score.exact(), prefix + "exact");
        Cases.assertClose(expected.get(prefix + "f1"), score.f1(), prefix + "f1");
        assertEquals(expected.get(prefix + "total").intValue(), score.total(), prefix + "total");
    }

    @Test
    void caseArticlesAsciiPunctuationAndSpacesDoNotCount() {
        assertTrue(SquadMetrics.exact("THE  cat's\u3000Hat!", "a cats hat"));
        assertTrue(SquadMetrics.exact("CAFÉ", "café"));
        assertFalse(SquadMetrics.exact("cafe", "café"), "accents count");
        assertFalse(SquadMetrics.exact("“red”", "red"), "only ASCII is punctuation");
        assertFalse(SquadMetrics.exact("theatre", "atre"), "an article is a whole word");
        assertFalse(SquadMetrics.exact("I", "ı"), "i is not the dotless one, in whatever country this runs");
    }

    @Test
    void f1CountsAWordAsOftenAsBothHaveIt() {
        // Two of the three b are matched, and c: 3 of 4 predicted, 3 of 5 gold. 2 * 3 / (4 + 5).
        assertEquals(6 / 9.0, SquadMetrics.f1("b b b c", "b b c d e"), Cases.TOLERANCE);
        assertEquals(0, SquadMetrics.f1("b", "c"));
        assertEquals(1, SquadMetrics.f1("the b", "B."));
    }

    @Test
    void withoutWordsF1IsOneOnlyAgainstNone() {
        assertEquals(1, SquadMetrics.f1("", "the"));
        assertEquals(0, SquadMetrics.f1("", "b"));
        assertEquals(0, SquadMetrics.f1("b", "..."));
    }

    @Test
    void theBestOfSeveralAnswersCounts() {
        List<Question> questions = List.of(new Question("q", List.of("red hat", "blue hat box", "green")));
        // With "red hat" 1 word of 2 and 2, with "blue hat box" 2 words of 2 and 3.
        Score part = SquadMetrics.v1(questions, Map.of("q", "blue hat"));
        assertEquals(0, part.exact());
        assertEquals(100 * 2 * 2 / 5.0, part.f1(), 1e-10); // a percentage
        assertEquals(new Score(100, 100, 1), SquadMetrics.v1(questions, Map.of("q", "The Green.")));
    }

    @Test
    void inTheFirstVersionWhatIsNotAnsweredScoresZeroAndOtherIdsAreIgnored() {
        List<Question> questions = List.of(new Question("a", List.of("b")), new Question("c", List.of("d")));
        assertEquals(new Score(50, 50, 2), SquadMetrics.v1(questions, Map.of("a", "b", "x", "d")));
    }

    @Test
    void inTheFirstVersionNoWordsMatchNoWordsExactlyButWithoutF1() {
        assertEquals(new Score(100, 0, 1), SquadMetrics.v1(List.of(new Question("q", List.of("The"))), Map.of("q", "a")));
    }

    @Test
    void inTheSecondVersionAnswersWithoutWordsAreDropped() {
        var dropped = new Question("q", List.of("the", "b"));
        assertEquals(new Score(0, 0, 1), SquadMetrics.v2(List.of(dropped), Map.of("q", ""), Map.of("q", 0.0)).all());
        // If none is left the right answer is none, yet the question counts as answerable.
        Evaluation evaluation = SquadMetrics.v2(List.of(new Question("q", List.of("the"))), Map.of("q", ""), Map.of("q", 0.0));
        assertEquals(new Score(100, 100, 1), evaluation.hasAnswer());
        assertNull(evaluation.noAnswer());
    }

    @Test
    void anUnanswerableQuestionIsAnsweredByNothing() {
        List<Question> questions = List.of(new Question("a", List.of()), new Question("b", List.of()));
        Evaluation evaluation = SquadMetrics.v2(questions, Map.of("a", "", "b", "red"), Map.of("a", 0.5, "b", 0.5));
        assertEquals(new Score(50, 50, 2), evaluation.all());
        assertEquals(new Score(50, 50, 2), evaluation.noAnswer());
        assertNull(evaluation.hasAnswer());
    }

    @Test
    void theBestThresholdIsFoundByWalkingFromTheSurestAnswer() {
        List<Question> questions = List.of(new Question("none", List.of()), new Question("sure", List.of("b c")),
                new Question("unsure", List.of("d")), new Question("silent", List.of()));
        Map<String, String> predictions = Map.of("none", "x", "sure", "b", "unsure", "d", "silent", "");
        // From 2 unanswerable: sure adds 0 exact and 2/3 F1 at 0.1, silent nothing at 0.2, none takes 1 at 0.6, unsure adds 1 at 0.7.
        // Exact goes 2, 2, 2, 1, 2, never above 2, so the threshold stays 0; F1 goes 2 2/3, 2 2/3, 1 2/3, 2 2/3.
        Evaluation evaluation = SquadMetrics.v2(questions, predictions, Map.of("none", 0.6, "sure", 0.1, "unsure", 0.7, "silent", 0.2));
        assertEquals(new Best(50, 0), evaluation.bestExact());
        assertEquals(100 * 8 / 12.0, evaluation.bestF1().score(), 1e-10); // a percentage
        assertEquals(0.1, evaluation.bestF1().threshold());
        assertEquals(50, evaluation.all().exact()); // unsure and silent: the threshold is not applied
    }

    @Test
    void questionsOfOneProbabilityAreWalkedInTheirOrder() {
        var answerable = new Question("a", List.of("b"));
        var unanswerable = new Question("u", List.of());
        Map<String, String> predictions = Map.of("a", "b", "u", "x");
        Map<String, Double> noAnswer = Map.of("a", 0.5, "u", 0.5);
        assertEquals(new Best(100, 0.5), SquadMetrics.v2(List.of(answerable, unanswerable), predictions, noAnswer).bestExact());
        assertEquals(new Best(50, 0), SquadMetrics.v2(List.of(unanswerable, answerable), predictions, noAnswer).bestExact());
    }

    @Test
    void whatCannotBeScoredIsRefused() {
        List<Question> questions = List.of(new Question("q7", List.of()));
        Cases.assertRefused("SQuAD 1.1: there are no questions. Give at least one.", () -> SquadMetrics.v1(List.of(), Map.of()));
        Cases.assertRefused("SQuAD 2.0: there are no questions. Give at least one.",
                () -> SquadMetrics.v2(List.of(), Map.of(), Map.of()));
        Cases.assertRefused("SQuAD 1.1: question q7 has no answers. Leave it out, or score by the rules of SQuAD 2.0.",
                () -> SquadMetrics.v1(questions, Map.of("q7", "b")));
        Cases.assertRefused("SQuAD 2.0: question q7 has no prediction. Give every question one, \"\" to leave it unanswered.",
                () -> SquadMetrics.v2(questions, Map.of(), Map.of("q7", 0.5)));
        Cases.assertRefused("SQuAD 2.0: question q7 has the no-answer score null. Give every question a number.",
                () -> SquadMetrics.v2(questions, Map.of("q7", ""), Map.of()));
        Cases.assertRefused("SQuAD 2.0: question q7 has the no-answer score NaN. Give every question a number.",
                () -> SquadMetrics.v2(questions, Map.of("q7", ""), Map.of("q7", Double.NaN)));
    }

    /// Margins of scores, which no probability tells apart: the script's walk, by hand. Answering q1 alone is best, and its margin is the threshold.
    @Test
    void largeMarginsAreToldApart() {
        List<Question> questions = List.of(new Question("q0", List.of()), new Question("q1", List.of("right")));
        var found = SquadMetrics.v2(questions, Map.of("q0", "wrong", "q1", "right"), Map.of("q0", 50.0, "q1", 40.0));
        assertEquals(new Best(100, 40), found.bestF1());
        assertEquals(new Best(100, 40), found.bestExact());
    }
}
