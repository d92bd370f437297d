package dev.mneme.models.text;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.mneme.models.base.InputException;
import java.util.Comparator;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class FactEvaluationTest {

    private static final Vocabulary VOCABULARY = Testing.vocabulary("ann", "lives", "in", "bo", "##sto", "##n", "since", "1", "##9", ".");
    private static final String TEXT = "Ann lives in Boston since 19.";

    /// Out of order on purpose: the year first.
    private static final List<FactQuery> QUERIES = List.of(
            new FactQuery(0, "year", TEXT, 26, 28), new FactQuery(0, "city", TEXT, 13, 19), new FactQuery(1, "city", "Ann in bon", 7, 10));

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
    void exactlyTheValuesTokensAreMaskedAndGrouped() {
        FactEvaluation evaluation = new FactEvaluation(QUERIES, tokenizer, 64, 8, FactEvaluation.Masking.TOGETHER);
        assertEquals(1, evaluation.batches());
        assertEquals(3, evaluation.facts());
        FactBatch facts = evaluation.batch(0);
        MaskedBatch batch = facts.batch();
        assertEquals(2, batch.size());
        assertEquals(16, batch.length()); // 12 tokens, rounded up to a multiple of 8
        assertEquals("[CLS] ann lives in [MASK] [MASK] [MASK] since [MASK] [MASK] . [SEP] [PAD] [PAD] [PAD] [PAD]"
                        + " [CLS] ann in [MASK] [MASK] [SEP]" + " [PAD]".repeat(10),
                String.join(" ", Testing.tokens(VOCABULARY, batch.ids())));
        assertArrayEquals(new int[] {4, 5, 6, 8, 9, 19, 20}, batch.maskedPositions());
        assertEquals(List.of("bo", "##sto", "##n", "1", "##9", "bo", "##n"), Testing.tokens(VOCABULARY, batch.labels()));
        assertEquals(18, batch.realTokens());
        assertArrayEquals(new int[] {0, 0, 0, 1, 1, 2, 2}, facts.group());
        assertArrayEquals(new String[] {"city", "year", "city"}, facts.attribute());
    }

    @Test
    void factsAskedApartLeaveTheOthersInView() {
        FactEvaluation evaluation = new FactEvaluation(QUERIES, tokenizer, 12, 2, FactEvaluation.Masking.APART);
        assertEquals(2, evaluation.batches());
        FactBatch facts = evaluation.batch(0);
        assertEquals("[CLS] ann lives in bo ##sto ##n since [MASK] [MASK] . [SEP]"
                        + " [CLS] ann lives in [MASK] [MASK] [MASK] since 1 ##9 . [SEP]",
                String.join(" ", Testing.tokens(VOCABULARY, facts.batch().ids())));
        assertArrayEquals(new int[] {0, 0, 1, 1, 1}, facts.group());
        assertArrayEquals(new String[] {"year", "city"}, facts.attribute());
        assertEquals(1, evaluation.batch(1).batch().size());
    }

    @Test
    void aValueIsRightOnlyIfAllItsTokensAre() {
        FactBatch facts = new FactEvaluation(QUERIES, tokenizer, 64, 8, FactEvaluation.Masking.TOGETHER).batch(0);
        int[] predicted = facts.batch().labels().clone();
        assertArrayEquals(new boolean[] {true, true, true}, facts.right(predicted));
        predicted[1] = VOCABULARY.id(".");
        assertArrayEquals(new boolean[] {false, true, true}, facts.right(predicted));
        assertThrows(IllegalArgumentException.class, () -> facts.right(new int[2]));
    }

    @Test
    void theBiographiesQuestionsMaskEachPersonsEightValues() {
        Biographies biographies = new Biographies(BiographyConfig.DEFAULT.withPersons(50));
        Vocabulary vocabulary = WordPieceTrainer.train(biographies.trainingLines(2), 300);
        try (Tokenizer pieces = Tokenizer.of(vocabulary)) {
            FactEvaluation evaluation = new FactEvaluation(biographies.queries(), pieces, 256, 50, FactEvaluation.Masking.TOGETHER);
            FactBatch facts = evaluation.batch(0);
            assertEquals(400, facts.attribute().length);
            int m = 0;
            for (int row = 0; row < 50; row++) {
                List<FactQuery> asked = biographies.facts(row).stream().sorted(Comparator.comparingInt(FactQuery::start)).toList();
                for (int q = 0; q < 8; q++) {
                    int[] value = pieces.encode(asked.get(q).value()).ids();
                    assertEquals(asked.get(q).attribute(), facts.attribute()[8 * row + q]);
                    for (int id : value) {
                        assertEquals(id, facts.batch().labels()[m]);
                        assertEquals(8 * row + q, facts.group()[m++]);
                    }
                }
            }
            assertEquals(facts.batch().masked(), m);
        }
    }

    @Test
    void aTextThatIsTooLongIsRefused() {
        assertEquals("evaluate facts in sequences of 11 tokens: a text has 12 tokens, [CLS] and [SEP] included; allow at least 12 tokens",
                assertThrows(InputException.class, () -> new FactEvaluation(QUERIES, tokenizer, 11, 8, FactEvaluation.Masking.APART)).getMessage());
    }

    @Test
    void spansThatSplitWordsOrOverlapAreRefused() {
        for (List<FactQuery> wrong : List.of(
                List.of(new FactQuery(0, "city", TEXT, 13, 15)),
                List.of(new FactQuery(0, "year", TEXT, 26, 27)),
                List.of(new FactQuery(0, "city", TEXT, 13, 19), new FactQuery(0, "place", TEXT, 13, 19)))) {
            String message = assertThrows(IllegalArgumentException.class,
                    () -> new FactEvaluation(wrong, tokenizer, 64, 8, FactEvaluation.Masking.TOGETHER)).getMessage();
            assertTrue(message.endsWith("splits a word or two questions overlap; give spans of whole words, each asked once"), message);
        }
    }
}
