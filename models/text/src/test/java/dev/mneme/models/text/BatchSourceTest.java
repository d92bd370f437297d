package dev.mneme.models.text;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.mneme.models.base.InputException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class BatchSourceTest {

    private static final int N = 10;

    /// Sequence i is the words w0 and wi, so a batch shows which sequences it took.
    private static final Vocabulary VOCABULARY =
            Testing.vocabulary(IntStream.range(0, N).mapToObj(i -> "w" + i).toArray(String[]::new));

    private static BatchSource source(int batchSize, long seed) {
        List<String> lines = IntStream.range(0, N).mapToObj(i -> "w0 w" + i).toList();
        try (Tokenizer tokenizer = Tokenizer.of(VOCABULARY)) {
            TokenSequences sequences = TokenSequences.of(lines, tokenizer, 16, TokenSequences.Layout.LINES);
            return new BatchSource(sequences, new MlmCollator(MlmConfig.DEFAULT, VOCABULARY), batchSize, seed);
        }
    }

    @Test
    void eachEpochHasEverySequenceOnceInANewOrder() {
        BatchSource source = source(4, 1);
        List<Integer> taken = new ArrayList<>();
        for (int step = 0; step < 5; step++) { // 20 sequences: two epochs, with a batch across the border
            taken.addAll(sequencesOf(source.batch(step)));
        }
        List<Integer> everyOne = IntStream.range(0, N).boxed().toList();
        assertEquals(everyOne, taken.subList(0, N).stream().sorted().toList());
        assertEquals(everyOne, taken.subList(N, 2 * N).stream().sorted().toList());
        assertFalse(taken.subList(0, N).equals(taken.subList(N, 2 * N)));
    }

    @Test
    void aBatchIsAFunctionOfSeedAndStepAlone() {
        BatchSource forwards = source(4, 7);
        List<MaskedBatch> batches = new ArrayList<>();
        for (int step = 0; step < 30; step++) {
            batches.add(forwards.batch(step));
        }
        List<Integer> steps = new ArrayList<>(IntStream.range(0, 30).boxed().toList());
        Collections.reverse(steps);
        BatchSource backwards = source(4, 7);
        for (int step : steps) {
            same(batches.get(step), backwards.batch(step));
        }
        steps.parallelStream().forEach(step -> same(batches.get(step), backwards.batch(step)));
        same(batches.get(29), source(4, 7).batch(29));
        assertFalse(Arrays.equals(batches.get(0).ids(), source(4, 8).batch(0).ids()));
    }

    @Test
    void theSameSequencesAreMaskedAnewInEachEpoch() {
        BatchSource source = source(N, 1);
        assertFalse(Arrays.equals(
                source.batch(0).maskedPositions(), source.batch(1).maskedPositions()));
    }

    @Test
    void aBatchMayBeLargerThanTheCorpus() {
        List<Integer> taken = sequencesOf(source(25, 1).batch(0));
        for (int i = 0; i < N; i++) {
            int n = Collections.frequency(taken, i);
            assertEquals(2.5, n, 0.5, "two whole epochs and half of a third");
        }
    }

    @Test
    void anOrderedPassHasEverySequenceOnceAndAlwaysTheSameMasks() {
        BatchSource source = source(4, 1);
        List<Integer> taken = new ArrayList<>();
        assertEquals(3, source.orderedBatches());
        for (int i = 0; i < 3; i++) {
            taken.addAll(sequencesOf(source.ordered(i)));
            same(source.ordered(i), source.ordered(i));
        }
        assertEquals(2, source.ordered(2).size());
        assertEquals(IntStream.range(0, N).boxed().toList(), taken);
    }

    @Test
    void aTrimmedBatchIsAsLongAsItsLongestSequenceRoundedUpToEight() {
        BatchSource wide = source(4, 1);
        BatchSource trimmed = new BatchSource(wide.sequences(), new MlmCollator(MlmConfig.DEFAULT, VOCABULARY), 4, 1, true);
        assertEquals(16, wide.batch(3).length());
        assertEquals(8, trimmed.batch(3).length());
        assertArrayEquals(wide.batch(3).labels(), trimmed.batch(3).labels(), "padding draws no random numbers");
    }

    @Test
    void impossibleBatchesAreRefused() {
        assertEquals("make batches of 0 sequences: that is none; choose at least 1",
                assertThrows(InputException.class, () -> source(0, 1)).getMessage());
        assertThrows(IllegalArgumentException.class, () -> source(1, 1).batch(-1));
    }

    /// Which sequences a batch holds: their second word, unmasked again.
    private static List<Integer> sequencesOf(MaskedBatch batch) {
        int[] ids = batch.ids().clone();
        for (int m = 0; m < batch.masked(); m++) {
            ids[batch.maskedPositions()[m]] = batch.labels()[m];
        }
        List<Integer> taken = new ArrayList<>();
        for (int b = 0; b < batch.size(); b++) {
            taken.add(ids[b * batch.length() + 2] - VOCABULARY.id("w0"));
        }
        return taken;
    }

    private static void same(MaskedBatch expected, MaskedBatch actual) {
        assertArrayEquals(expected.ids(), actual.ids());
        assertArrayEquals(expected.real(), actual.real());
        assertArrayEquals(expected.maskedPositions(), actual.maskedPositions());
        assertArrayEquals(expected.labels(), actual.labels());
    }
}
