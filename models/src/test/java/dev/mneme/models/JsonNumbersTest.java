package dev.mneme.models;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mneme.models.report.Reading;
import dev.mneme.models.tasks.FineTuneConfig;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

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

    @ParameterizedTest
    @ValueSource(strings = {"null", "\"NaN\""})
    void aFigureThatWasNotMeasuredIsReadBackAsNone(String loss) {
        String text = "{\"steps\": 1, \"memory_steps\": 0, \"mlm_loss\": " + loss + ", \"fact_accuracy\": null, \"usage\": []}";
        Reading reading = Json.convert(Json.parse(text, "read", "mend"), Reading.class, "a report");
        assertEquals(new Reading(1, 0, Double.NaN, null, List.of()), reading);
        assertTrue(Json.text(reading).contains("\"mlm_loss\" : null"), Json.text(reading));
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"NaN\"", "\"Infinity\"", "\"1e-3\"", "\"\"", "null", "true", "[]"})
    void aSettingIsANumberOrRefused(String value) {
        ObjectNode settings = Json.tree(FineTuneConfig.DEFAULT);
        settings.set("learning_rate", Json.parse("{\"x\": " + value + "}", "read", "mend").get("x"));
        String message = assertThrows(InputException.class, () -> Json.convert(settings, FineTuneConfig.class, "a.json")).getMessage();
        assertEquals("read a.json: learning_rate is " + value + "; give a number", message);
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
