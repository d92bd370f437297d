package dev.mneme.pkm;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/// What pictures of a memory's use show: small however many slots there are.
///
/// @param subKeys n: the memory has n² slots
/// @param weighted the summed softmax weights per slot, sorted
/// @param counts the numbers of reads per slot, sorted
/// @param best for each head, where among the slots its queries had their best match
public record UsageDetail(int subKeys, SortedUse weighted, SortedUse counts, List<HeatMap> best) {
    public UsageDetail {
        best = List.copyOf(best);
    }

    /// The use of the slots in descending order, at ranks that are evenly spaced in their logarithm, the first and the last
    /// used slot included. Two of these are equal only if they share the arrays.
    ///
    /// @param slots K
    /// @param used slots with any use
    /// @param ranks ascending, from 1 to `used`, no two alike
    /// @param shares of all use, of the slot at each rank: exact, not a mean over the ranks between
    public record SortedUse(long slots, long used, long[] ranks, double[] shares) {
        static final int POINTS = 256;

        /// @param use one number per slot, none negative, not all zero
        public static SortedUse of(double[] use) {
            double[] ascending = use.clone();
            Arrays.sort(ascending);
            double sum = Arrays.stream(use).sum();
            long used = Arrays.stream(use).filter(z -> z > 0).count();
            if (used == 0) { // all weights were 0
                return new SortedUse(use.length, 0, new long[0], new double[0]);
            }
            long[] ranks = IntStream.range(0, POINTS).mapToLong(i -> Math.round(Math.pow(used, i / (POINTS - 1.0)))).distinct()
                    .toArray();
            double[] shares = Arrays.stream(ranks).mapToDouble(rank -> ascending[Math.toIntExact(use.length - rank)] / sum).toArray();
            return new SortedUse(use.length, used, ranks, shares);
        }
    }

    /// Counts of slots laid out by their two sub-keys: slot i·n + j stands in row i, of the first half's sub-keys, and column j.
    /// Each cell is the sum over a block of slots. Two of these are equal only if they share the array.
    ///
    /// @param block slots along a cell's side; a last row and column have fewer where it does not divide n
    /// @param cells [row][column], at most 64 either way, as many rows as columns
    public record HeatMap(int block, long[][] cells) {
        static final int MOST_CELLS = 64;

        /// @param counts (n²), one per slot
        /// @param subKeys n
        public static HeatMap of(long[] counts, int subKeys) {
            int block = Math.ceilDiv(subKeys, MOST_CELLS);
            int side = Math.ceilDiv(subKeys, block);
            var cells = new long[side][side];
            for (int i = 0; i < subKeys; i++) {
                for (int j = 0; j < subKeys; j++) {
                    cells[i / block][j / block] += counts[i * subKeys + j];
                }
            }
            return new HeatMap(block, cells);
        }

        public long sum() {
            return Arrays.stream(cells).flatMapToLong(Arrays::stream).sum();
        }
    }
}
