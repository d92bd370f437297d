package dev.mneme.models.train.tasks;

import dev.mneme.models.train.tasks.Targets.Target;
import java.util.Arrays;
import java.util.List;

/// B sequences of S tokens, padded, with what they are to be answered with.
///
/// @param ids (B, S) flattened
/// @param types (B, S)
/// @param real for each token whether it is one, rather than padding, (B, S)
/// @param targets null where the answers are not known
record TaskBatch(int size, int length, int[] ids, int[] types, boolean[] real, int realTokens, Targets targets) {
    private static final int MULTIPLE = 8; // of which lengths are: kernels like them, and shapes repeat

    /// Pads to the longest, rounded up to a multiple of 8 where the model's positions allow.
    ///
    /// @param targets as many as inputs, or null
    static TaskBatch of(List<Input> inputs, List<Target> targets, int padding, int positions) {
        int longest = inputs.stream().mapToInt(Input::length).max().orElseThrow();
        int length = Math.min(positions, Math.ceilDiv(longest, MULTIPLE) * MULTIPLE);
        int size = inputs.size();
        var ids = new int[size * length];
        var types = new int[ids.length];
        var real = new boolean[ids.length];
        Arrays.fill(ids, padding);
        int realTokens = 0;
        for (int b = 0; b < size; b++) {
            Input input = inputs.get(b);
            System.arraycopy(input.ids(), 0, ids, b * length, input.length());
            System.arraycopy(input.types(), 0, types, b * length, input.length());
            Arrays.fill(real, b * length, b * length + input.length(), true);
            realTokens += input.length();
        }
        return new TaskBatch(size, length, ids, types, real, realTokens, targets == null ? null : Targets.join(targets, length));
    }
}
