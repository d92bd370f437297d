package dev.mneme.models.train.tasks;

import dev.mneme.models.text.tasks.Question;
import dev.mneme.models.text.tasks.Squad;
import dev.mneme.models.train.metrics.SquadMetrics;
import dev.mneme.models.train.tasks.InputEncoder.Window;
import dev.mneme.models.train.tasks.Targets.Target;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Questions about contexts: each is as many inputs as its context has windows.
final class QuestionData implements TaskData {
    private final List<Question> questions;
    private final Answers.Rules rules;
    private final List<List<Window>> windows = new ArrayList<>();
    private final List<Input> inputs = new ArrayList<>();
    private final List<Target> targets; // null where answers are not known

    /// @param stride tokens that windows share
    QuestionData(List<Question> questions, InputEncoder encoder, int maxQuestion, int stride, Answers.Rules rules) {
        this.questions = questions;
        this.rules = rules;
        boolean known = questions.stream().allMatch(Question::labelled);
        targets = known ? new ArrayList<>() : null;
        for (Question question : questions) {
            List<Window> own = encoder.windows(question.question(), question.context(), maxQuestion, stride);
            windows.add(own);
            for (Window window : own) {
                inputs.add(window.input());
                if (known) {
                    targets.add(span(question, window));
                }
            }
        }
    }

    /// The tokens of the first answer, or the first token where the window does not have all of it.
    private static Target span(Question question, Window window) {
        int last = window.from().length - 1;
        if (question.impossible() || last < 0) {
            return new Target.Span(0, 0);
        }
        int from = question.answers().getFirst().start();
        int to = question.answers().getFirst().end();
        if (window.from()[0] > from || window.to()[last] < to) {
            return new Target.Span(0, 0);
        }
        int start = 0;
        while (start < last && window.from()[start + 1] <= from) {
            start++;
        }
        int end = last;
        while (end > 0 && window.to()[end - 1] >= to) {
            end--;
        }
        return new Target.Span(window.offset() + start, window.offset() + end);
    }

    @Override
    public List<Input> inputs() {
        return inputs;
    }

    @Override
    public List<Target> targets() {
        return targets;
    }

    @Override
    public Predictions predict(List<float[]> scores) {
        var answers = new ArrayList<Answers.Answer>();
        int at = 0;
        for (int q = 0; q < questions.size(); q++) {
            int n = windows.get(q).size();
            answers.add(Answers.find(questions.get(q).context(), windows.get(q), scores.subList(at, at + n), rules));
            at += n;
        }
        return new Found(answers);
    }

    private final class Found implements Predictions {
        private final List<Answers.Answer> answers;

        Found(List<Answers.Answer> answers) {
            this.answers = answers;
        }

        @Override
        public Map<String, Double> metrics() {
            if (targets == null) {
                throw new IllegalStateException("the right answers are not known");
            }
            var golds = new ArrayList<SquadMetrics.Question>();
            var texts = new LinkedHashMap<String, String>();
            var answered = new LinkedHashMap<String, String>(); // whatever the threshold
            var noAnswer = new LinkedHashMap<String, Double>();
            for (int q = 0; q < questions.size(); q++) {
                Question question = questions.get(q);
                golds.add(new SquadMetrics.Question(question.id(), question.answers().stream().map(Question.Answer::text).toList()));
                texts.put(question.id(), answers.get(q).text());
                answered.put(question.id(), answers.get(q).nBest().stream().map(Answers.Candidate::text).filter(t -> !t.isEmpty()).findFirst().orElse(""));
                noAnswer.put(question.id(), answers.get(q).nullMargin());
            }
            var metrics = new LinkedHashMap<String, Double>();
            if (!rules.withNull()) {
                SquadMetrics.Score score = SquadMetrics.v1(golds, texts);
                metrics.put("f1", score.f1() / 100);
                metrics.put("exact_match", score.exact() / 100);
                return metrics;
            }
            SquadMetrics.Evaluation found = SquadMetrics.v2(golds, texts, noAnswer);
            SquadMetrics.Evaluation best = SquadMetrics.v2(golds, answered, noAnswer);
            metrics.put("f1", found.all().f1() / 100);
            metrics.put("exact_match", found.all().exact() / 100);
            put(metrics, "has_answer_", found.hasAnswer());
            put(metrics, "no_answer_", found.noAnswer());
            metrics.put("best_f1", best.bestF1().score() / 100);
            putMargin(metrics, "best_f1_threshold", best.bestF1().threshold(), noAnswer.values());
            metrics.put("best_exact_match", best.bestExact().score() / 100);
            putMargin(metrics, "best_exact_match_threshold", best.bestExact().threshold(), noAnswer.values());
            return metrics;
        }

        /// One of the margins; nothing where it is best to answer nothing, or all.
        private static void putMargin(Map<String, Double> metrics, String name, double margin, Collection<Double> margins) {
            if (Double.isFinite(margin) && margins.contains(margin)) {
                metrics.put(name, margin);
            }
        }

        private static void put(Map<String, Double> metrics, String prefix, SquadMetrics.Score score) {
            if (score != null && score.total() > 0) {
                metrics.put(prefix + "f1", score.f1() / 100);
                metrics.put(prefix + "exact_match", score.exact() / 100);
            }
        }

        /// The official form: the answer by the question's id. The candidates go to a file beside it, `<name>.nbest.json`.
        @Override
        public int write(Path file) throws IOException {
            var texts = new LinkedHashMap<String, String>();
            var candidates = new LinkedHashMap<String, List<Squad.Candidate>>();
            for (int q = 0; q < questions.size(); q++) {
                texts.put(questions.get(q).id(), answers.get(q).text());
                candidates.put(questions.get(q).id(), answers.get(q).nBest().stream()
                        .map(c -> new Squad.Candidate(c.text(), c.probability(), c.start(), c.end())).toList());
            }
            String name = file.getFileName().toString().replaceFirst("\\.json$", "");
            Squad.writeNBest(file.resolveSibling(name + ".nbest.json"), candidates);
            Squad.writePredictions(file, texts);
            return texts.size();
        }
    }
}
