package dev.mneme.pkm;

import dev.mneme.torch.Op;
import dev.mneme.torch.Tensor;

/// The memory's ops in libmneme. Their schemas, with shapes and dtypes, are in native/src/memory/ops.cpp.
final class MemoryOps {
    private static final Op TOPK = Op.find("mneme::product_key_topk");
    private static final Op BAG = Op.find("mneme::memory_bag");
    private static final Op BAG_COMPACT = Op.find("mneme::memory_bag_compact");
    private static final Op BAG_ADAM = Op.find("mneme::memory_bag_adam");
    private static final Op SPARSE_ADAM = Op.find("mneme::sparse_adam_");
    private static final Op USAGE = Op.find("mneme::memory_usage_");

    /// @param queries (B, H, dk)
    /// @param keys (H, 2, n, dk/2)
    static Hits topk(Tensor queries, Tensor keys, int k) {
        var results = TOPK.call(queries, keys, k);
        return new Hits((Tensor) results.get(0), (Tensor) results.get(1));
    }

    /// @param hits (B, H, k)
    /// @param values (K, D)
    /// @return (B, D)
    static Tensor bag(Hits hits, Tensor values) {
        return (Tensor) BAG.call(hits.ids(), hits.weights(), values).getFirst();
    }

    /// The same; the backward pass leaves the gradient of the rows hit in a leaf (K, D).
    static Tensor bagCompact(Hits hits, Tensor values, Tensor leaf) {
        return (Tensor) BAG_COMPACT.call(hits.ids(), hits.weights(), values, leaf).getFirst();
    }

    /// The same; the backward pass updates the table.
    static Tensor bagAdam(Hits hits, Tensor values, SparseAdam adam) {
        SparseAdam.Config c = adam.config();
        return (Tensor) BAG_ADAM.call(hits.ids(), hits.weights(), values, adam.expAvg(), adam.expAvgSq(), adam.rowSteps(), adam.steps(),
                adam.rate(), c.beta1(), c.beta2(), c.eps(), c.weightDecay(), c.perRowCorrection(), c.seed()).getFirst();
    }

    /// @param rows (U), int64, distinct
    /// @param gradients (U, D)
    static void sparseAdam(Tensor rows, Tensor gradients, Tensor values, SparseAdam adam) {
        SparseAdam.Config c = adam.config();
        SPARSE_ADAM.call(rows, gradients, values, adam.expAvg(), adam.expAvgSq(), adam.rowSteps(), adam.steps(), adam.rate(),
                c.beta1(), c.beta2(), c.eps(), c.weightDecay(), c.perRowCorrection(), c.seed());
    }

    /// @param counts (K), int64
    /// @param mass (K), float64
    /// @param top1 (H, K), int64
    static void usage(Tensor counts, Tensor mass, Tensor top1, Hits hits) {
        USAGE.call(counts, mass, top1, hits.ids(), hits.weights());
    }

    private MemoryOps() {}
}
