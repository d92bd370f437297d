package dev.mneme.models.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.mneme.models.base.InputException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class TokenSequencesTest {

    private static final Vocabulary VOCABULARY = Testing.vocabulary("a", "b", "c", "d", "##a", "##b");
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
    void aLineIsASequenceCutOrPadded() {
        TokenSequences sequences = make(5, TokenSequences.Layout.LINES, "a b", "", "a b c d", "aab");
        assertEquals(List.of("[CLS] a b [SEP] [PAD]", "[CLS] a b c [SEP]", "[CLS] a ##a ##b [SEP]"), all(sequences));
        assertEquals(List.of(4, 5, 5), List.of(sequences.realTokens(0), sequences.realTokens(1), sequences.realTokens(2)));
        assertEquals(14, sequences.realTokens());
        assertTrue(sequences.wordStart(2, 1));
        assertFalse(sequences.wordStart(2, 2));
    }

    @Test
    void packedLinesFollowOneAnotherWithSeparators() {
        assertEquals(List.of("[CLS] a b [SEP] c d [SEP]", "[CLS] a b [SEP] [PAD] [PAD] [PAD]"),
                all(make(7, TokenSequences.Layout.PACKED, "a b", "c d", "a b")));
    }

    @Test
    void aLineThatExceedsThePackedSequenceGoesOnInTheNext() {
        TokenSequences sequences = make(5, TokenSequences.Layout.PACKED, "a b c d", "aab");
        assertEquals(List.of("[CLS] a b c [SEP]", "[CLS] d [SEP] a [SEP]", "[CLS] ##a ##b [SEP] [PAD]"), all(sequences));
        assertTrue(sequences.wordStart(2, 1), "the first token counts as a word's start");
        assertFalse(sequences.wordStart(2, 2));
    }

    @Test
    void aSeparatorNeverStandsBesideTheClosingOne() {
        assertEquals(List.of("[CLS] a b [SEP] [PAD]", "[CLS] c d [SEP] [PAD]"), all(make(5, TokenSequences.Layout.PACKED, "a b", "c d")));
        assertEquals(List.of("[CLS] a b c [SEP]", "[CLS] d [SEP] [PAD] [PAD]"), all(make(5, TokenSequences.Layout.PACKED, "a b c", "d")));
    }

    @Test
    void packingLosesNothing() {
        List<String> lines = new Biographies(BiographyConfig.DEFAULT.withPersons(200)).trainingLines(1);
        Vocabulary vocabulary = WordPieceTrainer.train(lines, 400);
        try (Tokenizer pieces = Tokenizer.of(vocabulary)) {
            List<Integer> expected = new ArrayList<>();
            pieces.encodeAll(lines).forEach(line -> {
                for (int id : line.ids()) {
                    expected.add(id);
                }
            });
            TokenSequences sequences = TokenSequences.of(lines, pieces, 32, TokenSequences.Layout.PACKED);
            List<Integer> actual = new ArrayList<>();
            for (int i = 0; i < sequences.size(); i++) {
                for (int id : sequences.tokens(i)) {
                    if (id >= Vocabulary.SPECIALS.size()) {
                        actual.add(id);
                    }
                }
            }
            assertEquals(expected, actual);
        }
    }

    @Test
    void theHeldOutPartIsAShareApartFromTheTrainingPart() {
        String[] lines = Collections.nCopies(100, "a b c").toArray(String[]::new);
        for (int i = 0; i < 100; i++) {
            lines[i] = "a b c d".substring(0, 1 + 2 * (i % 4));
        }
        TokenSequences sequences = make(8, TokenSequences.Layout.LINES, lines);
        TokenSequences.Split split = sequences.split(0.07, 1);
        assertEquals(7, split.heldOut().size());
        assertEquals(93, split.train().size());
        assertEquals(sequences.realTokens(), split.heldOut().realTokens() + split.train().realTokens());
        assertEquals(all(split.heldOut()), all(sequences.split(0.07, 1).heldOut()));
        Set<List<String>> seen = new HashSet<>();
        for (long seed = 0; seed < 10; seed++) {
            seen.add(all(sequences.split(0.07, seed).heldOut()));
        }
        assertTrue(seen.size() > 1, "another seed holds out others");
    }

    @Test
    void atLeastOneSequenceIsHeldOutAndOneLeft() {
        TokenSequences two = make(5, TokenSequences.Layout.LINES, "a", "b");
        assertEquals(1, two.split(0.001, 1).heldOut().size());
        assertEquals(1, two.split(0.999, 1).train().size());
    }

    @Test
    void impossibleRequestsAreRefused() {
        refused("make sequences of 2 tokens: [CLS] and [SEP] leave no room for text; choose at least 3; 64 to 512 is usual",
                () -> make(2, TokenSequences.Layout.LINES, "a"));
        refused("hold out a share 1.5 of 2 sequences: the share is not between 0 and 1; choose a share such as 0.05",
                () -> make(5, TokenSequences.Layout.LINES, "a", "b").split(1.5, 1));
        refused("hold out a share 0.5 of 1 sequences: there is nothing left to train on; give more text, or shorter sequences",
                () -> make(5, TokenSequences.Layout.LINES, "a").split(0.5, 1));
    }

    private static void refused(String message, Runnable action) {
        assertEquals(message, assertThrows(InputException.class, action::run).getMessage());
    }

    private static TokenSequences make(int length, TokenSequences.Layout layout, String... lines) {
        return TokenSequences.of(List.of(lines), tokenizer, length, layout);
    }

    private static List<String> all(TokenSequences sequences) {
        List<String> all = new ArrayList<>();
        for (int i = 0; i < sequences.size(); i++) {
            all.add(String.join(" ", Testing.tokens(VOCABULARY, sequences.tokens(i))));
        }
        return all;
    }
}
