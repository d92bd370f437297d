package dev.mneme.models.train.metrics;

import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.ToDoubleBiFunction;
import java.util.function.ToDoubleFunction;
import java.util.regex.Pattern;

/// Scores of answers to questions, as the official evaluation scripts of SQuAD 1.1 and 2.0 count them (Rajpurkar et al. 2016;
/// 2018): exact match and the F1 of the answers' words, both after [#normalize], each the best over a question's answers.
///
/// Predictions and probabilities are found by the question's id; those of other ids are ignored.
public final class SquadMetrics {
    /// @param answers that count as right; none if the question is unanswerable
    public record Question(String id, List<String> answers) {
        public Question {
            answers = List.copyOf(answers);
        }

        boolean answerable() {
            return !answers.isEmpty();
        }
    }

    /// Percentages, 0 to 100, over `total` questions.
    public record Score(double exact, double f1, int total) {}

    /// @param score the best percentage that a threshold reaches, 0 to 100
    /// @param threshold questions with a higher no-answer probability are left unanswered to reach it
    public record Best(double score, double threshold) {}

    /// What the script of SQuAD 2.0 prints, under shorter names.
    ///
    /// @param all `exact`, `f1` and `total`, of the predictions as they are
    /// @param hasAnswer `HasAns_*`: the same of the answerable questions, or null if there are none
    /// @param noAnswer `NoAns_*`: the same of the unanswerable questions, or null if there are none
    /// @param bestExact `best_exact` and `best_exact_thresh`
    /// @param bestF1 `best_f1` and `best_f1_thresh`
    public record Evaluation(Score all, Score hasAnswer, Score noAnswer, Best bestExact, Best bestF1) {}

    // Python's str.lower(), by the Unicode Standard (3.13, Final_Sigma); String.toLowerCase asks for the ends of words instead. The
    // signs are those that break no word: Word_Break's MidLetter, MidNumLet and Single_Quote.
    private static final String IGNORED = "\\p{Mn}\\p{Me}\\p{Cf}\\p{Lm}\\p{Sk}'.:·\u0387\u055F\u05F4‘’․‧︓﹒﹕＇．：";
    private static final String CASED = "[\\p{IsLowercase}\\p{IsUppercase}\\p{Lt}&&[^" + IGNORED + "]]";
    private static final Pattern FINAL_SIGMA =
            Pattern.compile("(" + CASED + "[" + IGNORED + "]*+)Σ(?![" + IGNORED + "]*+" + CASED + ")");
    private static final Pattern PUNCTUATION = Pattern.compile("\\p{Punct}"); // ASCII's 32, Python's string.punctuation
    // Python's \w+. In Java accents that stand for themselves are part of a word too, and superscript digits are not.
    private static final Pattern WORD = Pattern.compile("[\\p{L}\\p{N}_]+");
    private static final Set<String> ARTICLES = Set.of("a", "an", "the");
    // Python's str.split() also splits at the four ASCII separators, which Unicode does not call white space.
    private static final Pattern SPACES = Pattern.compile("[\\s\\x1C-\\x1F]+", Pattern.UNICODE_CHARACTER_CLASS);

    /// The text in lower case, without ASCII punctuation, without the words a, an and the, its words parted by single spaces.
    public static String normalize(String text) {
        return String.join(" ", words(text));
    }

    /// Whether the two are the same once normalised.
    public static boolean exact(String predicted, String gold) {
        return normalize(predicted).equals(normalize(gold));
    }

    /// F1 of the normalised words, 0 to 1, each counted as often as it occurs in both; as in SQuAD 2.0, where a side without
    /// words scores 1 against another such side and 0 against all others.
    public static double f1(String predicted, String gold) {
        List<String> ours = words(predicted);
        List<String> theirs = words(gold);
        if (ours.isEmpty() || theirs.isEmpty()) {
            return ours.equals(theirs) ? 1 : 0;
        }
        var left = new HashMap<String, Integer>();
        theirs.forEach(word -> left.merge(word, 1, Integer::sum));
        int shared = 0;
        for (String word : ours) {
            shared += left.merge(word, -1, Integer::sum) >= 0 ? 1 : 0;
        }
        if (shared == 0) {
            return 0;
        }
        double precision = shared / (double) ours.size();
        double recall = shared / (double) theirs.size();
        return 2 * precision * recall / (precision + recall);
    }

    /// SQuAD 1.1: a question without a prediction scores 0, and so does the F1 of a prediction without words.
    ///
    /// @throws IllegalArgumentException if there are no questions, or if one has no answers
    public static Score v1(List<Question> questions, Map<String, String> predictions) {
        Inputs.requireSome("SQuAD 1.1", "questions", questions.size());
        double exact = 0;
        double f1 = 0;
        for (Question question : questions) {
            if (!question.answerable()) {
                throw new IllegalArgumentException("SQuAD 1.1: question " + question.id()
                        + " has no answers. Leave it out, or score by the rules of SQuAD 2.0.");
            }
            String prediction = predictions.get(question.id());
            if (prediction != null) {
                exact += bestOf(prediction, question.answers(), (p, g) -> exact(p, g) ? 1 : 0);
                f1 += words(prediction).isEmpty() ? 0 : bestOf(prediction, question.answers(), SquadMetrics::f1);
            }
        }
        return new Score(100 * exact / questions.size(), 100 * f1 / questions.size(), questions.size());
    }

    /// SQuAD 2.0: answers without words do not count, and an unanswerable question is answered by no words. Questions of equal
    /// no-answer score are walked in their order here, so a best threshold may fall between them, as in the script.
    ///
    /// @param predictions the answer to every question, the best one that is not empty where a threshold is to be found
    /// @param noAnswer for every question a number that grows with how likely it is unanswerable: a probability, or a margin of scores
    /// @throws IllegalArgumentException if there are no questions, or if one has no prediction or no such number
    public static Evaluation v2(List<Question> questions, Map<String, String> predictions, Map<String, Double> noAnswer) {
        Inputs.requireSome("SQuAD 2.0", "questions", questions.size());
        List<Judged> judged = questions.stream().map(q -> judge(q, predictions.get(q.id()), noAnswer.get(q.id()))).toList();
        return new Evaluation(score(judged), score(judged.stream().filter(Judged::answerable).toList()),
                score(judged.stream().filter(j -> !j.answerable()).toList()),
                bestThreshold(judged, Judged::exact), bestThreshold(judged, Judged::f1));
    }

    /// A question of SQuAD 2.0 and its scores, 0 to 1.
    ///
    /// @param silent the prediction is the empty text
    private record Judged(boolean answerable, boolean silent, double noAnswer, double exact, double f1) {}

    private static Judged judge(Question question, String prediction, Double noAnswer) {
        if (prediction == null) {
            throw new IllegalArgumentException("SQuAD 2.0: question " + question.id()
                    + " has no prediction. Give every question one, \"\" to leave it unanswered.");
        }
        if (noAnswer == null || noAnswer.isNaN()) {
            throw new IllegalArgumentException("SQuAD 2.0: question " + question.id() + " has the no-answer score " + noAnswer
                    + ". Give every question a number.");
        }
        List<String> worded = question.answers().stream().filter(answer -> !words(answer).isEmpty()).toList();
        List<String> gold = worded.isEmpty() ? List.of("") : worded;
        return new Judged(question.answerable(), prediction.isEmpty(), noAnswer,
                bestOf(prediction, gold, (p, g) -> exact(p, g) ? 1 : 0), bestOf(prediction, gold, SquadMetrics::f1));
    }

    private static Score score(List<Judged> judged) {
        int total = judged.size();
        return total == 0 ? null : new Score(100 * judged.stream().mapToDouble(Judged::exact).sum() / total,
                100 * judged.stream().mapToDouble(Judged::f1).sum() / total, total);
    }

    /// The script's find_best_thresh. With nothing answered, the unanswerable questions score; then the questions are answered
    /// from the least probably unanswerable on, and each adds its score, or takes an unanswerable one's away.
    private static Best bestThreshold(List<Judged> judged, ToDoubleFunction<Judged> measure) {
        double score = judged.stream().filter(j -> !j.answerable()).count();
        double best = score;
        double threshold = 0;
        for (Judged j : judged.stream().sorted(Comparator.comparingDouble(Judged::noAnswer)).toList()) {
            score += j.answerable() ? measure.applyAsDouble(j) : j.silent() ? 0 : -1;
            if (score > best) {
                best = score;
                threshold = j.noAnswer();
            }
        }
        return new Best(100 * best / judged.size(), threshold);
    }

    private static double bestOf(String prediction, List<String> gold, ToDoubleBiFunction<String, String> measure) {
        return gold.stream().mapToDouble(answer -> measure.applyAsDouble(prediction, answer)).max().orElseThrow();
    }

    private static List<String> words(String text) {
        String plain = PUNCTUATION.matcher(lower(text)).replaceAll("");
        String bare = WORD.matcher(plain).replaceAll(word -> ARTICLES.contains(word.group()) ? " " : word.group());
        return Arrays.stream(SPACES.split(bare)).filter(word -> !word.isEmpty()).toList();
    }

    private static String lower(String text) {
        return FINAL_SIGMA.matcher(text).replaceAll("$1ς").replace('Σ', 'σ').toLowerCase(Locale.ROOT);
    }

    private SquadMetrics() {}
}
