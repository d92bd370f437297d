package dev.mneme.models.train.tasks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mneme.models.base.InputException;
import dev.mneme.models.base.internal.Json;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FineTuneConfigTest {
    @ParameterizedTest
    @ValueSource(strings = {"\"NaN\"", "\"Infinity\"", "\"1e-3\"", "\"\"", "null", "true", "[]"})
    void aSettingIsANumberOrRefused(String value) {
        ObjectNode settings = Json.tree(FineTuneConfig.DEFAULT);
        settings.set("learning_rate", Json.parse("{\"x\": " + value + "}", "read", "mend").get("x"));
        String message = assertThrows(InputException.class, () -> Json.convert(settings, FineTuneConfig.class, "a.json")).getMessage();
        assertEquals("read a.json: learning_rate is " + value + "; give a number", message);
    }
}
