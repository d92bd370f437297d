package dev.mneme.models.train;

import dev.mneme.models.text.MaskedBatch;
import dev.mneme.torch.Tensor;
import java.util.Arrays;

/// A batch as tensors, in the innermost scope.
///
/// @param ids (B, S) int32
/// @param mask (B, S) bool, or null where every token is real
/// @param positions (M) int64 indices into (B·S)
/// @param labels (M) int64
record BatchTensors(Tensor ids, Tensor mask, Tensor positions, Tensor labels) {
    static BatchTensors of(MaskedBatch batch) {
        boolean padded = batch.realTokens() < batch.ids().length;
        return new BatchTensors(
                Tensor.of(batch.ids(), batch.size(), batch.length()),
                padded ? Tensor.of(batch.real(), batch.size(), batch.length()) : null,
                Tensor.of(widened(batch.maskedPositions()), batch.masked()),
                Tensor.of(widened(batch.labels()), batch.masked()));
    }

    private static long[] widened(int[] values) {
        return Arrays.stream(values).asLongStream().toArray();
    }
}
