package dev.mneme.torch;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.mneme.torch.testing.Golden;
import dev.mneme.torch.testing.NoLeaks;
import java.io.IOException;
import java.util.Locale;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

@ExtendWith(NoLeaks.class)
class PrintingTest {
    static Iterable<Arguments> printed() throws IOException {
        JsonNode cases = new ObjectMapper().readTree(Golden.file("printing.json").toFile());
        return StreamSupport.stream(cases.spliterator(), false)
                .map(each -> Arguments.of(each.path("name").asText(), each)).toList();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("printed")
    void aTensorPrintsAsInPyTorch(String name, JsonNode expected) {
        JsonNode data = expected.path("data");
        var values = new double[data.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = number(data.get(i));
        }
        var shape = new long[expected.path("shape").size()];
        for (int i = 0; i < shape.length; i++) {
            shape[i] = expected.path("shape").get(i).longValue();
        }
        DType dtype = DType.valueOf(expected.path("dtype").asText().toUpperCase(Locale.ROOT));
        try (var scope = TensorScope.open()) {
            Tensor tensor = Tensor.of(values, values.length).reshape(shape).to(dtype);
            assertEquals(expected.path("text").asText(), tensor.toString());
        }
    }

    private static double number(JsonNode value) {
        return switch (value.asText()) {
            case "nan" -> Double.NaN;
            case "inf" -> Double.POSITIVE_INFINITY;
            case "-inf" -> Double.NEGATIVE_INFINITY;
            default -> value.isBoolean() ? (value.booleanValue() ? 1 : 0) : value.doubleValue();
        };
    }

    /// PyTorch names the function, as in grad_fn=<MulBackward0>; these bindings only say that there is one.
    @Test
    void gradientsLeaveTheirMark() {
        try (var scope = TensorScope.open()) {
            Tensor x = Tensor.of(new float[] {1, 2}).requiresGrad(true);
            assertEquals("tensor([1., 2.], requires_grad=True)", x.toString());
            assertEquals("tensor([3., 6.], grad_fn=<...>)", x.mul(3).toString());
            assertEquals("tensor([1., 2.])", x.detach().toString());
        }
    }

    @Test
    void aViewPrintsItsOwnValues() {
        try (var scope = TensorScope.open()) {
            Tensor x = Tensor.of(new long[] {1, 2, 3, 4}, 2, 2);
            assertEquals("tensor([[1, 3],\n        [2, 4]])", x.t().toString());
            assertEquals("tensor([3, 4])", x.select(0, 1).toString());
        }
    }

    @Test
    void aClosedTensorSaysSo() {
        Tensor x = Tensor.of(new long[] {1});
        x.close();
        assertEquals("tensor(closed)", x.toString());
    }
}
