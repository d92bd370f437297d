package dev.mneme.models.train.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.fasterxml.jackson.databind.JsonNode;
import dev.mneme.models.base.internal.Json;
import dev.mneme.torch.testing.Golden;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.function.Executable;

/// What tests/golden/metrics.py wrote.
final class Cases {
    /// Sums of some hundred terms near 1 are rounded in another order than in the reference.
    static final double TOLERANCE = 1e-12;

    static JsonNode read(String name) {
        return Json.read(Golden.file("metrics/" + name + ".json"));
    }

    static int[] ints(JsonNode array) {
        return StreamSupport.stream(array.spliterator(), false).mapToInt(JsonNode::intValue).toArray();
    }

    static double[] doubles(JsonNode array) {
        return StreamSupport.stream(array.spliterator(), false).mapToDouble(JsonNode::doubleValue).toArray();
    }

    /// Null stands for NaN.
    static void assertClose(JsonNode expected, double actual, String what) {
        assertEquals(expected.isNull() ? Double.NaN : expected.doubleValue(), actual, TOLERANCE, what);
    }

    static void assertRefused(String message, Executable call) {
        assertEquals(message, assertThrows(IllegalArgumentException.class, call).getMessage());
    }

    private Cases() {}
}
