package dev.mneme.models.train.tasks;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/// Finds the answers to a question in the scores of its windows, as the reference example of transformers for SQuAD does: the best pairs of
/// the likeliest beginnings and ends, those that end before they begin or are too long left out.
final class Answers {
    /// A candidate.
    ///
    /// @param text a part of the context; empty for no answer
    /// @param probability among the candidates of the question
    record Candidate(String text, double probability, double start, double end) {
        double score() {
            return start + end;
        }
    }

    /// @param nBest best first, at least one
    /// @param nullMargin how much more the score of no answer is than that of the best answer
    /// @param text what is answered
    record Answer(String text, List<Candidate> nBest, double nullMargin) {}

    /// @param nBest how many beginnings and ends are paired, and how many candidates are kept, no answer apart where it is none of these
    /// @param maxLength the most tokens of an answer
    /// @param withNull whether "no answer" is one
    /// @param nullThreshold the margin above which nothing is answered
    record Rules(int nBest, int maxLength, boolean withNull, double nullThreshold) {}

    private record Span(int from, int to, double start, double end) {}

    /// @param scores for each window (S, 2) flattened, S at least the length of its input
    static Answer find(String context, List<InputEncoder.Window> windows, List<float[]> scores, Rules rules) {
        var spans = new ArrayList<Span>();
        double nullStart = Double.POSITIVE_INFINITY;
        double nullEnd = Double.POSITIVE_INFINITY;
        for (int w = 0; w < windows.size(); w++) {
            float[] own = scores.get(w);
            if (own[0] + (double) own[1] < nullStart + nullEnd) {
                nullStart = own[0];
                nullEnd = own[1];
            }
            collect(windows.get(w), own, rules, spans);
        }
        spans.sort(Comparator.comparingDouble((Span span) -> -(span.start() + span.end())));
        var candidates = new ArrayList<Candidate>();
        for (Span span : spans.subList(0, Math.min(rules.nBest(), spans.size()))) {
            candidates.add(new Candidate(context.substring(span.from(), Math.max(span.from(), span.to())), 0, span.start(), span.end()));
        }
        Candidate best = candidates.stream().filter(c -> !c.text().isEmpty()).findFirst().orElse(null);
        var none = new Candidate("", 0, nullStart, nullEnd);
        if (rules.withNull()) { // one of the n best, or one more than those
            candidates.add(none);
            candidates.sort(Comparator.comparingDouble(c -> -c.score()));
            if (candidates.size() > rules.nBest() && candidates.getLast() != none) {
                candidates.removeLast();
            }
        }
        if (candidates.isEmpty()) { // no pair was allowed
            candidates.add(none);
        }
        double margin = best == null ? Double.POSITIVE_INFINITY : nullStart + nullEnd - best.score();
        boolean nothing = best == null || rules.withNull() && margin > rules.nullThreshold();
        return new Answer(nothing ? "" : best.text(), withProbabilities(candidates), margin);
    }

    private static void collect(InputEncoder.Window window, float[] scores, Rules rules, List<Span> spans) {
        int tokens = window.input().length();
        int[] starts = best(scores, 0, tokens, rules.nBest());
        int[] ends = best(scores, 1, tokens, rules.nBest());
        for (int start : starts) {
            for (int end : ends) {
                int from = start - window.offset();
                int to = end - window.offset();
                if (from >= 0 && to >= from && to < window.from().length && to - from + 1 <= rules.maxLength()) {
                    spans.add(new Span(window.from()[from], window.to()[to], scores[2 * start], scores[2 * end + 1]));
                }
            }
        }
    }

    /// The tokens with the highest scores, best first.
    private static int[] best(float[] scores, int which, int tokens, int count) {
        var order = new ArrayList<Integer>(tokens);
        for (int i = 0; i < tokens; i++) {
            order.add(i);
        }
        order.sort(Comparator.comparingDouble(i -> -scores[2 * i + which]));
        return order.stream().limit(count).mapToInt(i -> i).toArray();
    }

    /// The softmax over the candidates' scores.
    private static List<Candidate> withProbabilities(List<Candidate> candidates) {
        double most = candidates.stream().mapToDouble(Candidate::score).max().orElseThrow();
        double sum = candidates.stream().mapToDouble(c -> Math.exp(c.score() - most)).sum();
        return candidates.stream().map(c -> new Candidate(c.text(), Math.exp(c.score() - most) / sum, c.start(), c.end())).toList();
    }

    private Answers() {}
}
