package dev.mneme.models.text;

import java.util.random.RandomGenerator;

/// Derives independent random streams from one seed.
///
/// A stream is named by `(seed, stream, step)` and by nothing else, so whatever is drawn at a step can be drawn again
/// without replaying the steps before it: this is what makes resuming a run exact. The generator is SplitMix64 (Steele,
/// Lea, Flood, *Fast splittable pseudorandom number generators*, OOPSLA 2014), written out here because the JDK does not
/// promise that its own generators give the same numbers in every release.
public final class Seeds {

    /// Which purpose a stream serves; two purposes never share numbers.
    public static final long SHUFFLE = 1, MASK = 2, SPLIT = 3, EVALUATION = 4, BIOGRAPHY = 5, DROPOUT = 6, ROUNDING = 7,
            STATIC_MASK = 8;

    private static final long GOLDEN = 0x9E3779B97F4A7C15L;

    private Seeds() {}

    /// A 64-bit seed for the given stream and step: three rounds of SplitMix64's finaliser, one for each argument.
    public static long of(long seed, long stream, long step) {
        long h = mix(seed + GOLDEN);
        h = mix((h ^ stream) + GOLDEN);
        return mix((h ^ step) + GOLDEN);
    }

    /// A generator for the given stream and step. It belongs to one thread.
    public static RandomGenerator random(long seed, long stream, long step) {
        return random(of(seed, stream, step));
    }

    /// A SplitMix64 generator started at `state`. It belongs to one thread.
    public static RandomGenerator random(long state) {
        return new SplitMix64(state);
    }

    /// The numbers 0 to n - 1 in a uniformly random order (Fisher and Yates).
    public static int[] permutation(int n, RandomGenerator random) {
        int[] order = new int[n];
        for (int i = 0; i < n; i++) {
            int j = random.nextInt(i + 1);
            order[i] = order[j];
            order[j] = i;
        }
        return order;
    }

    private static long mix(long z) {
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }

    private static final class SplitMix64 implements RandomGenerator {

        private long state;

        SplitMix64(long state) {
            this.state = state;
        }

        @Override
        public long nextLong() {
            return mix(state += GOLDEN);
        }

        @Override
        public int nextInt() {
            return (int) (nextLong() >>> 32);
        }

        /// Uniform in [0, bound) without bias (Lemire, *Fast random integer generation in an interval*, 2019).
        @Override
        public int nextInt(int bound) {
            if (bound <= 0) {
                throw new IllegalArgumentException("nextInt: bound " + bound + "; it must be positive");
            }
            long product = (nextLong() >>> 32) * bound;
            if ((product & 0xFFFFFFFFL) < bound) {
                long threshold = (1L << 32) % bound;
                while ((product & 0xFFFFFFFFL) < threshold) {
                    product = (nextLong() >>> 32) * bound;
                }
            }
            return (int) (product >>> 32);
        }

        /// Uniform in [0, 1) with 53 random bits.
        @Override
        public double nextDouble() {
            return (nextLong() >>> 11) * 0x1.0p-53;
        }
    }
}
