package dev.mneme.pkm;

import dev.mneme.torch.Construction;
import dev.mneme.torch.DType;
import dev.mneme.torch.NoGrad;
import dev.mneme.torch.Tensor;
import dev.mneme.torch.TensorScope;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Counts how a memory is used over any number of batches, in int64 and float64 (docs/method.md; Lample et al. 2019,
/// section 4.5). Add the hits of a whole evaluation split, in evaluation mode, then ask for the report. Several threads may add at a time.
public final class MemoryUsage implements AutoCloseable {
    /// What the hits added so far come to.
    ///
    /// @param queries lookups counted: tokens times heads
    /// @param topk share of slots read at least once
    /// @param top1Pooled share of slots that were the best match of at least one query of any head
    /// @param top1PerHead the same for each head's own queries
    /// @param weighted inequality of the summed softmax weights per slot
    /// @param counts inequality of the numbers of reads per slot
    public record Report(
            long queries, double topk, double top1Pooled, double[] top1PerHead, Inequality weighted, Inequality counts) {}

    /// How unevenly a histogram z over K slots, normalised to sum 1, is spread.
    ///
    /// @param used share of slots with z > 0
    /// @param kl ln K + Σ z ln z, in nats: 0 when all slots are used alike, -ln u when a share u is
    /// @param gini 0 when all are used alike, 1 - 1/K when one is
    /// @param top50 the fewest slots that hold half of the use; top90 and top99 likewise
    public record Inequality(double used, double kl, double gini, long top50, long top90, long top99) {
        /// @param use one number per slot, none negative, not all zero
        public static Inequality of(double[] use) {
            int slots = use.length;
            double[] ascending = use.clone();
            double sum = Arrays.stream(ascending).sum();
            Arrays.sort(ascending);
            int zeros = 0;
            double entropy = 0;
            double ranked = 0;
            for (int i = 0; i < slots; i++) {
                double z = ascending[i] / sum;
                ranked += (2.0 * (i + 1) - slots - 1) * z;
                if (z > 0) {
                    entropy -= z * Math.log(z);
                } else {
                    zeros++;
                }
            }
            return new Inequality((slots - zeros) / (double) slots, Math.log(slots) - entropy, ranked / slots,
                    holding(ascending, 0.5 * sum), holding(ascending, 0.9 * sum), holding(ascending, 0.99 * sum));
        }

        /// The use is added up as it was counted, not normalised: counts add without rounding, so a share hit exactly is found.
        private static long holding(double[] ascending, double enough) {
            double held = 0;
            int n = 0;
            while (held < enough && n < ascending.length) {
                held += ascending[ascending.length - ++n];
            }
            return n;
        }
    }

    private final int heads;
    private final Tensor counts; // (K), int64
    private final Tensor mass; // (K), float64
    private final Tensor top1; // (H, K), int64
    private long queries;

    public MemoryUsage(int heads, int slots) {
        this.heads = heads;
        try (var construction = Construction.open()) {
            counts = Tensor.zeros(DType.INT64, slots).keep();
            mass = Tensor.zeros(DType.FLOAT64, slots).keep();
            top1 = Tensor.zeros(DType.INT64, heads, slots).keep();
            construction.complete();
        }
    }

    public static MemoryUsage of(ProductKeyMemory memory) {
        return new MemoryUsage(memory.config().heads(), memory.config().slots());
    }

    /// Adds the hits of one lookup.
    public synchronized void add(Hits hits) {
        try (var noGrad = NoGrad.open()) {
            MemoryOps.usage(counts, mass, top1, hits);
        }
        queries += hits.ids().size(0) * heads;
    }

    /// The slots that were read most, most first: at most `count`, and none that was never read.
    ///
    /// @param together the usage of the memories that read one table, whose reads are summed
    /// @return int64, in the current scope
    public static Tensor mostRead(List<MemoryUsage> together, int count) {
        if (together.isEmpty()) {
            throw new IllegalArgumentException("MemoryUsage.mostRead: no usage was given. Give at least one.");
        }
        try (var scope = TensorScope.open()) {
            Tensor reads = together.stream().map(usage -> usage.counts).reduce(Tensor::add).orElseThrow(); // (K)
            long used = reads.countNonzero().itemLong();
            return scope.escape(reads.topk(Math.min(count, used), 0, true, true).indices());
        }
    }

    /// @throws IllegalStateException if nothing was added
    public synchronized Report report() {
        checkCounted();
        try (var scope = TensorScope.open()) {
            double slots = counts.numel();
            var perHead = new double[heads];
            for (int h = 0; h < heads; h++) {
                perHead[h] = top1.select(0, h).countNonzero().itemLong() / slots;
            }
            Inequality byCounts = Inequality.of(counts.toDoubles());
            return new Report(queries, byCounts.used(), top1.sum(0L).countNonzero().itemLong() / slots, perHead,
                    Inequality.of(mass.toDoubles()), byCounts);
        }
    }

    /// The same hits for pictures.
    ///
    /// @throws IllegalStateException if nothing was added, or the slots are not n² for some n
    public synchronized UsageDetail detail() {
        checkCounted();
        int subKeys = (int) Math.round(Math.sqrt(counts.numel()));
        if ((long) subKeys * subKeys != counts.numel()) {
            throw new IllegalStateException("MemoryUsage: " + counts.numel() + " slots are to be laid out by two sub-keys, and are no"
                    + " square. Count the slots of a product-key memory.");
        }
        var best = new ArrayList<UsageDetail.HeatMap>();
        try (var scope = TensorScope.open()) {
            for (int h = 0; h < heads; h++) {
                best.add(UsageDetail.HeatMap.of(top1.select(0, h).toLongs(), subKeys)); // a head at a time, since K numbers are copied
            }
        }
        return new UsageDetail(subKeys, UsageDetail.SortedUse.of(mass.toDoubles()), UsageDetail.SortedUse.of(counts.toDoubles()), best);
    }

    /// Whether nothing was counted.
    public synchronized boolean isEmpty() {
        return queries == 0;
    }

    private void checkCounted() {
        if (queries == 0) {
            throw new IllegalStateException("MemoryUsage: no lookups were counted. Run the model over some text first.");
        }
    }

    @Override
    public void close() {
        counts.close();
        mass.close();
        top1.close();
    }
}
