package dev.mneme.models.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.mneme.models.base.internal.Json;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ReadingTest {
    @ParameterizedTest
    @ValueSource(strings = {"null", "\"NaN\""})
    void aFigureThatWasNotMeasuredIsReadBackAsNone(String loss) {
        String text = "{\"steps\": 1, \"memory_steps\": 0, \"mlm_loss\": " + loss + ", \"fact_accuracy\": null, \"usage\": []}";
        Reading reading = Json.convert(Json.parse(text, "read", "mend"), Reading.class, "a report");
        assertEquals(new Reading(1, 0, Double.NaN, null, List.of()), reading);
        assertTrue(Json.text(reading).contains("\"mlm_loss\" : null"), Json.text(reading));
    }
}
