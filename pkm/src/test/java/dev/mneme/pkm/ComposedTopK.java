package dev.mneme.pkm;

import dev.mneme.torch.DType;
import dev.mneme.torch.Tensor;
import dev.mneme.torch.ValuesIndices;

/// Finds the k best of n² slots by comparing half-queries with 2n sub-keys (Lample et al. 2019, section 3.1).
///
/// A slot's score is the sum of its two sub-key scores. With each half's k best sorted, the pair of ranks (a, b), counted
/// from 1, has a·b - 1 pairs at least as good as itself, so only pairs with a·b <= k can be among the k best: the
/// staircase, 119 pairs instead of 1,024 for k = 32.
///
/// Composed of libtorch ops: the reference for mneme::product_key_topk. Gradients reach the queries and keys through the selected scores.
final class ComposedTopK {
    private final int neighbours;
    private final int subKeys;
    private final long[][] stairs; // the C candidates' ranks in the first half, and in the second

    ComposedTopK(int neighbours, int subKeys) {
        this.neighbours = neighbours;
        this.subKeys = subKeys;
        stairs = staircase(neighbours);
    }

    /// The ranks, from 0, of the candidates in the two halves: all pairs with (a + 1)(b + 1) <= k.
    static long[][] staircase(int k) {
        int count = 0;
        for (int a = 1; a <= k; a++) {
            count += k / a;
        }
        var ranks = new long[2][count];
        int i = 0;
        for (int a = 1; a <= k; a++) {
            for (int b = 1; a * b <= k; b++) {
                ranks[0][i] = a - 1;
                ranks[1][i++] = b - 1;
            }
        }
        return ranks;
    }

    /// @param queries (R, H, dk)
    /// @param keys (H, 2, n, dk/2)
    Hits topk(Tensor queries, Tensor keys) {
        long half = keys.size(3);
        Tensor byHead = queries.transpose(0, 1); // (H, R, dk)
        ValuesIndices left = half(byHead.narrow(2, 0, half), keys.select(1, 0)); // (H, R, k)
        ValuesIndices right = half(byHead.narrow(2, half, half), keys.select(1, 1));

        Tensor first = Tensor.of(stairs[0]).to(queries.device(), DType.INT64); // (C)
        Tensor second = Tensor.of(stairs[1]).to(queries.device(), DType.INT64);
        Tensor sums = left.values().indexSelect(2, first).add(right.values().indexSelect(2, second)); // (H, R, C)
        ValuesIndices best = sums.topk(neighbours); // (H, R, k)
        Tensor slots = left.indices().mul(subKeys).indexSelect(2, first).add(right.indices().indexSelect(2, second));
        Tensor ids = slots.gather(2, best.indices());

        DType dtype = sums.dtype() == DType.FLOAT64 ? DType.FLOAT64 : DType.FLOAT32;
        Tensor weights = best.values().softmax(-1, dtype);
        return new Hits(weights.transpose(0, 1).contiguous(), ids.transpose(0, 1).contiguous());
    }

    /// The k best sub-keys of one half, descending.
    private ValuesIndices half(Tensor queries, Tensor keys) {
        return queries.bmm(keys.transpose(1, 2)).topk(neighbours); // scores (H, R, n)
    }
}
