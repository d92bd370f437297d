package dev.mneme.models.text;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.mneme.models.base.InputException;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class MlmCollatorTest {

    /// Ten ordinary tokens, so a random replacement is the token itself one time in ten.
    private static final Vocabulary VOCABULARY = Testing.vocabulary("a", "b", "c", "d", "e", "##a", "##b", "##c", "##d", "##e");
    private static Tokenizer tokenizer;

    @BeforeAll
    static void open() {
        tokenizer = Tokenizer.of(VOCABULARY);
    }

    @AfterAll
    static void close() {
        tokenizer.close();
    }

    @Test
    void aSmallBatchHasItsTokensPaddingAndLabelsInPlace() {
        TokenSequences sequences = lines(6, "a b", "c zz d");
        MaskedBatch batch = new MlmCollator(new MlmConfig(1, 1, 0, false), VOCABULARY)
                .collate(sequences, new int[] {1, 0}, Seeds.random(1));
        assertEquals(List.of("[CLS]", "[MASK]", "[UNK]", "[MASK]", "[SEP]", "[PAD]", "[CLS]", "[MASK]", "[MASK]", "[SEP]", "[PAD]", "[PAD]"),
                Testing.tokens(VOCABULARY, batch.ids()));
        assertArrayEquals(new int[] {1, 3, 7, 8}, batch.maskedPositions());
        assertEquals(List.of("c", "d", "a", "b"), Testing.tokens(VOCABULARY, batch.labels()));
        assertArrayEquals(new boolean[] {true, true, true, true, true, false, true, true, true, true, false, false}, batch.real());
        assertEquals(9, batch.realTokens());
    }

    @Test
    void tokensAreChosenAndReplacedAtTheConfiguredRates() {
        TokenSequences sequences = lines(102, Collections.nCopies(1000, "a b c d e ".repeat(20)).toArray(String[]::new));
        MaskedBatch batch = new MlmCollator(MlmConfig.DEFAULT, VOCABULARY)
                .collate(sequences, IntStream.range(0, 1000).toArray(), Seeds.random(2));
        int masked = 0;
        int kept = 0;
        for (int m = 0; m < batch.masked(); m++) {
            int id = batch.ids()[batch.maskedPositions()[m]];
            masked += id == VOCABULARY.mask() ? 1 : 0;
            kept += id == batch.labels()[m] ? 1 : 0;
        }
        int n = batch.masked();
        // Binomial(n, p) within five deviations 5 sqrt(n p (1 - p)), n being 100000 tokens, then about 15000 chosen ones.
        assertEquals(15_000, n, 5 * Math.sqrt(100_000 * 0.15 * 0.85));
        assertEquals(0.8 * n, masked, 5 * Math.sqrt(n * 0.8 * 0.2));
        assertEquals(0.11 * n, kept, 5 * Math.sqrt(n * 0.11 * 0.89)); // 10% kept, and a tenth of the 10% drawn at random
    }

    @Test
    void specialTokensAreNeitherChosenNorDrawnAndOthersStay() {
        TokenSequences sequences = lines(12, "a zz [MASK] b", "c d", "zz");
        MlmCollator collator = new MlmCollator(new MlmConfig(0.5, 0, 1, false), VOCABULARY);
        for (int seed = 0; seed < 500; seed++) {
            MaskedBatch batch = collator.collate(sequences, new int[] {0, 1, 2}, Seeds.random(seed));
            int m = 0;
            for (int i = 0; i < batch.ids().length; i++) {
                int original = sequences.tokens(i / 12)[i % 12];
                if (m < batch.masked() && batch.maskedPositions()[m] == i) {
                    assertEquals(original, batch.labels()[m++]);
                    assertTrue(original >= 5 && batch.ids()[i] >= 5);
                } else {
                    assertEquals(original, batch.ids()[i]);
                }
            }
            assertEquals(batch.masked(), m, "positions ascend");
        }
    }

    @Test
    void wholeWordsAreChosenTogether() {
        TokenSequences sequences = lines(12, "aab c abc", "bde a");
        MlmCollator collator = new MlmCollator(MlmConfig.DEFAULT.withWholeWord(true), VOCABULARY);
        int[][] words = {{1, 2, 3}, {4}, {5, 6, 7}, {13, 14, 15}, {16}};
        int chosen = 0;
        for (int seed = 0; seed < 20_000; seed++) {
            List<Integer> positions = IntStream.of(collator.collate(sequences, new int[] {0, 1}, Seeds.random(seed)).maskedPositions()).boxed().toList();
            for (int[] word : words) {
                long hit = IntStream.of(word).filter(positions::contains).count();
                assertTrue(hit == 0 || hit == word.length);
                chosen += hit > 0 ? 1 : 0;
            }
        }
        // Five words a batch at 0.15, and one more in the share 0.85^5 of batches that would have none: 0.75 + 0.4437
        // = 1.1937 a batch. The variance of a batch is E[X^2] - 1.1937^2 with E[X^2] = 5 * 0.1275 + 0.5625 + 0.4437
        // = 1.6437, which is 0.2188; within five deviations of the sum.
        assertEquals(20_000 * 1.1937, chosen, 5 * Math.sqrt(20_000 * 0.2188));
    }

    @Test
    void aBatchAlwaysHasAMaskIfItHasAnOrdinaryToken() {
        TokenSequences sequences = lines(6, "a", "zz", "ab");
        for (boolean wholeWord : new boolean[] {false, true}) {
            MlmCollator collator = new MlmCollator(new MlmConfig(1e-9, 0.8, 0.1, wholeWord), VOCABULARY);
            int[] hits = new int[18];
            for (int seed = 0; seed < 3000; seed++) {
                int[] positions = collator.collate(sequences, new int[] {0, 1, 2}, Seeds.random(seed)).maskedPositions();
                assertEquals(positions[0] == 13 && wholeWord ? 2 : 1, positions.length);
                hits[positions[0]]++;
            }
            // Three tokens, or two words, each equally likely: Binomial(3000, 1/3 or 1/2) within five deviations.
            double p = wholeWord ? 0.5 : 1.0 / 3;
            assertEquals(3000 * p, hits[1], 5 * Math.sqrt(3000 * p * (1 - p)));
            assertEquals(3000 * p, hits[13], 5 * Math.sqrt(3000 * p * (1 - p)));
            assertEquals(0, collator.collate(sequences, new int[] {1}, Seeds.random(1)).masked());
        }
    }

    @Test
    void wrongRatesAreRefused() {
        assertEquals("mask tokens with probability 0.0: it is not above 0 and at most 1; choose a probability such as 0.15",
                assertThrows(InputException.class, () -> new MlmConfig(0, 0.8, 0.1, false)).getMessage());
        assertEquals("replace a share 0.9 of the chosen tokens by [MASK] and 0.2 at random: the shares are negative or exceed 1 together;"
                        + " choose shares such as 0.8 and 0.1",
                assertThrows(InputException.class, () -> new MlmConfig(0.15, 0.9, 0.2, false)).getMessage());
        assertEquals("mask tokens: the vocabulary has only special tokens; train it on text, or load another",
                assertThrows(InputException.class, () -> new MlmCollator(MlmConfig.DEFAULT, Testing.vocabulary())).getMessage());
        assertFalse(MlmConfig.DEFAULT.wholeWord());
    }

    private static TokenSequences lines(int length, String... lines) {
        return TokenSequences.of(List.of(lines), tokenizer, length, TokenSequences.Layout.LINES);
    }

    /// Also of lines of one word, of which most are not hidden.
    @Test
    void masksThatStayHideTheSameShare() {
        var vocabulary = Vocabulary.of(Stream.concat(Vocabulary.SPECIALS.stream(), IntStream.range(0, 50).mapToObj(i -> "w" + i)).toList());
        List<String> lines = IntStream.range(0, 2000).mapToObj(i -> "w" + i % 50).toList();
        try (Tokenizer tokenizer = Tokenizer.of(vocabulary)) {
            TokenSequences sequences = TokenSequences.of(lines, tokenizer, 8, TokenSequences.Layout.LINES);
            MaskedBatch batch = new StaticCollator(new MlmCollator(MlmConfig.DEFAULT, vocabulary), 1)
                    .collate(sequences, IntStream.range(0, 2000).toArray(), 8, Seeds.random(1, Seeds.MASK, 0));
            // 2000 draws of probability 0.15: five standard deviations are 80
            assertEquals(0.15 * 2000, batch.maskedPositions().length, 80);
        }
    }
}
