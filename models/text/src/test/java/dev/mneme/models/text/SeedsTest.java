package dev.mneme.models.text;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

class SeedsTest {

    @Test
    void theGeneratorIsSplitMix64() {
        // The published test vector of the C reference implementation (Vigna, prng.di.unimi.it/splitmix64.c), seed 1234567.
        RandomGenerator random = Seeds.random(1234567);
        assertEquals(6457827717110365317L, random.nextLong());
        assertEquals(3203168211198807973L, random.nextLong());
        assertEquals(Long.parseUnsignedLong("9817491932198370423"), random.nextLong());
    }

    @Test
    void seedsOfDifferentStreamsAndStepsDiffer() {
        Set<Long> seen = new HashSet<>();
        for (long seed = 0; seed < 20; seed++) {
            for (long stream = 0; stream < 20; stream++) {
                for (long step = 0; step < 20; step++) {
                    seen.add(Seeds.of(seed, stream, step));
                }
            }
        }
        assertEquals(8000, seen.size());
    }

    @Test
    void boundedNumbersAreUniform() {
        int[] counts = new int[7];
        RandomGenerator random = Seeds.random(1, 2, 3);
        for (int i = 0; i < 70_000; i++) {
            counts[random.nextInt(7)]++;
        }
        // Binomial(70000, 1/7): mean 10000, deviation 92.6; within five deviations.
        for (int count : counts) {
            assertEquals(10_000, count, 463);
        }
        assertThrows(IllegalArgumentException.class, () -> random.nextInt(0));
    }

    @Test
    void aPermutationHasEachNumberOnceAndEveryOrderIsAsLikely() {
        int[] sorted = Seeds.permutation(1000, Seeds.random(5));
        Arrays.sort(sorted);
        for (int i = 0; i < 1000; i++) {
            assertEquals(i, sorted[i]);
        }
        int[] orders = new int[27];
        RandomGenerator random = Seeds.random(6);
        for (int i = 0; i < 60_000; i++) {
            int[] p = Seeds.permutation(3, random);
            orders[9 * p[0] + 3 * p[1] + p[2]]++;
        }
        // 6 orders, Binomial(60000, 1/6): mean 10000, deviation 91.3; within five deviations.
        assertEquals(6, Arrays.stream(orders).filter(n -> n > 0).count());
        assertTrue(Arrays.stream(orders).filter(n -> n > 0).allMatch(n -> Math.abs(n - 10_000) < 457));
    }

    @Test
    void theSameNamesGiveTheSameNumbers() {
        assertArrayEquals(Seeds.permutation(50, Seeds.random(1, 2, 3)), Seeds.permutation(50, Seeds.random(1, 2, 3)));
    }
}
