package dev.mneme.models.train.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Expected values are counted by hand, by the rules of conlleval.
class TaggingMetricsTest {
    @Test
    void anEntityIsRightIfItsTypeStartAndEndAre() {
        // Gold: PER 0-2, LOC 3-4, ORG 5-7. Predicted: PER 0-2 is right, MISC 3-4 has another type, ORG 5-6 another end.
        assertScores("B-PER I-PER O B-MISC O B-ORG O", "B-PER I-PER O B-LOC O B-ORG I-ORG", 5 / 7.0, 1 / 3.0, 1 / 3.0, 1 / 3.0);
    }

    @Test
    void anInsideTagThatContinuesNothingBeginsAnEntity() {
        assertScores("O I-PER I-PER", "O B-PER I-PER", 2 / 3.0, 1, 1, 1); // after O
        assertScores("I-PER O", "B-PER O", 1 / 2.0, 1, 1, 1); // first
        assertScores("B-PER I-LOC I-LOC", "B-PER B-LOC I-LOC", 2 / 3.0, 1, 1, 1); // after another type
        assertScores("I-PER I-PER", "I-PER I-PER", 1, 1, 1, 1); // one entity on both sides
    }

    @Test
    void aBeginTagAlwaysBeginsAnEntity() {
        // Gold: 0-1 and 1-3. Predicted: 0-3.
        assertScores("B-PER I-PER I-PER", "B-PER B-PER I-PER", 2 / 3.0, 0, 0, 0);
        // One of three predicted is right, and one of two gold is found: 2 * 1 / (3 + 2).
        assertScores("B-PER B-PER B-PER", "B-PER B-PER I-PER", 2 / 3.0, 1 / 3.0, 1 / 2.0, 2 / 5.0);
    }

    @Test
    void anEntityEndsWithItsSentence() {
        // Gold: 0-2 of the first sentence and 0-1 of the second. The same tags in one sentence would be one entity.
        List<List<String>> gold = List.of(List.of("B-PER", "I-PER"), List.of("I-PER", "O"), List.of());
        List<List<String>> predicted = List.of(List.of("B-PER", "I-PER"), List.of("O", "B-PER"), List.of());
        assertEquals(new TaggingMetrics(2 / 4.0, 1 / 2.0, 1 / 2.0, 1 / 2.0), TaggingMetrics.of(predicted, gold));
    }

    @Test
    void aTypeMayBeAnythingOrNothing() {
        assertScores("B-A-B I-A-B B I", "B-A-B I-A-B B I", 1, 1, 1, 1);
        assertScores("B-A I-A-B", "B-A I-A", 1 / 2.0, 0, 0, 0); // A-B is not A: predicted 0-1 and 1-2, gold 0-2
        assertScores("B I-A", "B I", 1 / 2.0, 0, 0, 0);
    }

    @Test
    void withoutEntitiesThereIsNothingRight() {
        assertScores("O O", "O O", 1, 0, 0, 0);
        assertScores("B-PER O", "O O", 1 / 2.0, 0, 0, 0);
        assertScores("O O", "B-PER O", 1 / 2.0, 0, 0, 0);
    }

    @Test
    void tagsThatDoNotAlignAreRefused() {
        List<String> one = List.of("O");
        List<String> two = List.of("O", "B-PER");
        Cases.assertRefused("Entity F1: 1 predicted sentences for 2 gold ones. Give one for each.",
                () -> TaggingMetrics.of(List.of(one), List.of(one, one)));
        Cases.assertRefused("Entity F1: sentence 1 has 2 predicted tags for 1 gold ones. Give one for each.",
                () -> TaggingMetrics.of(List.of(one, two), List.of(one, one)));
        Cases.assertRefused("Entity F1: there are no sentences. Give at least one.", () -> TaggingMetrics.of(List.of(), List.of()));
        Cases.assertRefused("Entity F1: there are no tags. Give at least one.",
                () -> TaggingMetrics.of(List.of(List.of()), List.of(List.of())));
    }

    @Test
    void tagsOfOtherSchemesAreRefused() {
        for (String tag : new String[] {"E-PER", "PER", "BPER", "", "o"}) {
            Cases.assertRefused("Entity F1: \"" + tag + "\" is not an IOB2 tag. Give O, B-type or I-type, type being any name.",
                    () -> TaggingMetrics.of(List.of(List.of(tag)), List.of(List.of("O"))));
        }
    }

    /// Tags of one sentence, parted by spaces.
    private static void assertScores(String predicted, String gold, double accuracy, double precision, double recall, double f1) {
        assertEquals(new TaggingMetrics(accuracy, precision, recall, f1), TaggingMetrics.of(
                List.of(Arrays.asList(predicted.split(" "))), List.of(Arrays.asList(gold.split(" ")))));
    }
}
