package dev.mneme.models.base.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.fasterxml.jackson.databind.node.ObjectNode;
import org.junit.jupiter.api.Test;

/// JSON has no NaN and no infinity: none is written, and none is taken for a setting.
class JsonNumbersTest {
    private record Figures(double a, Double b, double[] c, float d) {}

    @Test
    void whatIsNotFiniteIsWrittenAsNull() {
        var figures = new Figures(Double.NaN, Double.POSITIVE_INFINITY, new double[] {1, Double.NEGATIVE_INFINITY}, Float.NaN);
        String expected = "{\"a\":null,\"b\":null,\"c\":[1.0,null],\"d\":null}";
        assertEquals(expected, Json.text(figures).replaceAll("\\s", ""));
        ObjectNode tree = Json.object().put("a", Double.NaN).put("b", Double.POSITIVE_INFINITY);
        tree.putArray("c").add(1.0).add(Double.NEGATIVE_INFINITY);
        tree.put("d", Float.NaN);
        assertEquals(expected, Json.line(tree));
        assertEquals(expected, Json.text(tree).replaceAll("\\s", ""));
    }

    @Test
    void aModelWhoseAnswersAreNoNumbersIsAFailure() {
        assertEquals(1.5, Finite.require("the loss", 1.5));
        for (double value : new double[] {Double.NaN, Double.NEGATIVE_INFINITY}) {
            String message = assertThrows(IllegalStateException.class, () -> Finite.require("a score", new float[] {1, (float) value})).getMessage();
            assertEquals("Reading a model's answers: a score is " + value + ". Its weights are damaged, or diverged in training; take those of an"
                    + " earlier checkpoint.", message);
        }
    }
}
