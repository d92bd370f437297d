package dev.mneme.models.train.tasks;

import java.util.Arrays;
import java.util.List;

/// What a batch of B sequences is to be answered with.
sealed interface Targets {
    /// A class for each sequence, (B).
    record Classes(int[] ids) implements Targets {}

    /// A number for each sequence, (B).
    record Scores(float[] values) implements Targets {}

    /// A class for each token, (B, S) flattened, or [#IGNORED].
    record Tags(int[] ids) implements Targets {}

    /// The tokens where the answer begins and ends, (B) each; the first token where there is none.
    record Spans(int[] starts, int[] ends) implements Targets {}

    int IGNORED = -100;

    /// What a single sequence is to be answered with; a batch joins them.
    sealed interface Target {
        record OfClass(int id) implements Target {}

        record Score(float value) implements Target {}

        /// @param ids one for each token of the input
        record OfTokens(int[] ids) implements Target {}

        record Span(int start, int end) implements Target {}
    }

    /// @param length S
    static Targets join(List<Target> targets, int length) {
        int n = targets.size();
        return switch (targets.getFirst()) {
            case Target.OfClass first -> new Classes(targets.stream().mapToInt(t -> ((Target.OfClass) t).id()).toArray());
            case Target.Score first -> {
                var values = new float[n];
                for (int i = 0; i < n; i++) {
                    values[i] = ((Target.Score) targets.get(i)).value();
                }
                yield new Scores(values);
            }
            case Target.OfTokens first -> {
                var ids = new int[n * length];
                Arrays.fill(ids, IGNORED);
                for (int i = 0; i < n; i++) {
                    int[] own = ((Target.OfTokens) targets.get(i)).ids();
                    System.arraycopy(own, 0, ids, i * length, own.length);
                }
                yield new Tags(ids);
            }
            case Target.Span first -> new Spans(targets.stream().mapToInt(t -> ((Target.Span) t).start()).toArray(),
                    targets.stream().mapToInt(t -> ((Target.Span) t).end()).toArray());
        };
    }
}
