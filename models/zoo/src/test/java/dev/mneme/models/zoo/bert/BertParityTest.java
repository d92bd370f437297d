package dev.mneme.models.zoo.bert;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.mneme.models.base.InputException;
import dev.mneme.torch.DType;
import dev.mneme.torch.Device;
import dev.mneme.torch.Tensor;
import dev.mneme.torch.TensorScope;
import dev.mneme.torch.nn.Functions;
import dev.mneme.torch.testing.Golden;
import dev.mneme.torch.testing.NoLeaks;
import java.io.IOException;
import java.util.Map;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Against Hugging Face's BertForMaskedLM, from the files that it saved. Three sequences of 12, 9 and 5 real tokens, two
/// token types, six labels.
@ExtendWith(NoLeaks.class)
class BertParityTest {

    private static BertForMaskedLM model(DType dtype) throws IOException {
        var model = new BertForMaskedLM(BertConfig.read(Golden.file("bert/config.json")), 0);
        try (var scope = TensorScope.open()) {
            model.to(Device.CPU, dtype);
            model.load(Golden.tensors("bert/model.safetensors"));
        }
        return model;
    }

    /// Two layers of sums of at most a hundred terms leave about 1e-14 in float64 and 1e-6 in float32.
    @ParameterizedTest
    @CsvSource({"FLOAT64, f64, 1e-10", "FLOAT32, f32, 1e-4"})
    void logitsLossAndGradientsAreThoseOfTransformers(DType dtype, String precision, double tolerance) throws IOException {
        try (var scope = TensorScope.open(); var model = model(dtype)) {
            Map<String, Tensor> golden = Golden.tensors("bert/expected_" + precision + ".safetensors");
            Tensor hidden = model.forward(golden.get("input_ids"), golden.get("token_type_ids"),
                    golden.get("attention_mask").ne(0L));
            Tensor logits = model.logits(hidden, null);
            Golden.assertClose(golden.get("logits"), logits, tolerance, "logits");
            Tensor loss = Functions.crossEntropy(logits.reshape(-1, 60), golden.get("labels").reshape(-1), -100, 0);
            Golden.assertClose(golden.get("loss"), loss, tolerance, "loss");

            loss.backward();
            var expected = new TreeSet<>(golden.keySet());
            expected.removeIf(name -> !name.startsWith("grad."));
            var names = new TreeSet<String>();
            model.namedParameters().forEach((name, parameter) -> {
                names.add("grad." + name);
                Golden.assertClose(golden.get("grad." + name), parameter.grad(), tolerance, "gradient of " + name);
            });
            assertEquals(expected, names);
        }
    }

    @Test
    void scoresOfChosenPositionsAreThoseOfAll() throws IOException {
        try (var scope = TensorScope.open(); var model = model(DType.FLOAT32)) {
            Map<String, Tensor> golden = Golden.tensors("bert/expected_f32.safetensors");
            Tensor hidden = model.forward(golden.get("input_ids"), golden.get("token_type_ids"),
                    golden.get("attention_mask").ne(0L));
            Tensor positions = golden.get("labels").reshape(-1).ne(-100L).nonzero().squeeze(1);
            Tensor chosen = model.logits(hidden, positions);
            assertArrayEquals(new long[] {6, 60}, chosen.shape());
            // Matrix products of other sizes may sum in another order.
            Golden.assertClose(golden.get("logits").reshape(-1, 60).indexSelect(0, positions), chosen, 1e-4, "logits");
        }
    }

    @Test
    void absentTypesAreZerosAndAnAbsentMaskIsAllTrue() throws IOException {
        try (var scope = TensorScope.open(); var model = model(DType.FLOAT64)) {
            Tensor ids = Golden.tensors("bert/expected_f64.safetensors").get("input_ids");
            Tensor plain = model.forward(ids, null, null);
            Tensor types = ids.zerosLike();
            Tensor mask = types.eq(0L);
            Golden.assertClose(plain, model.forward(ids, types, mask), 1e-12, "hidden states"); // other kernels, other order
            assertTrue(plain.equal(model.forward(ids.to(DType.INT32), null, null)), "ids of either width");
        }
    }

    @Test
    void whatStandsInPaddingHasNoInfluenceOnRealTokens() throws IOException {
        try (var scope = TensorScope.open(); var model = model(DType.FLOAT32)) {
            Map<String, Tensor> golden = Golden.tensors("bert/expected_f32.safetensors");
            Tensor mask = golden.get("attention_mask").ne(0L);
            Tensor real = mask.reshape(-1).nonzero().squeeze(1);
            Tensor ids = golden.get("input_ids");
            Tensor others = ids.maskedFill(mask.logicalNot(), 7L);
            assertTrue(ids.ne(others).countNonzero().itemLong() > 0);
            Tensor a = model.logits(model.forward(ids, null, mask), real);
            assertTrue(a.equal(model.logits(model.forward(others, null, mask), real)));
        }
    }

    @Test
    void sequencesLongerThanThePositionsAreRefused() throws IOException {
        try (var scope = TensorScope.open(); var model = model(DType.FLOAT32)) {
            assertArrayEquals(new long[] {1, 20, 24}, model.forward(Tensor.ones(DType.INT64, 1, 20), null, null).shape());
            var e = assertThrows(InputException.class, () -> model.forward(Tensor.ones(DType.INT64, 1, 21), null, null));
            assertEquals("encode sequences of 21 tokens: the model has 20 positions; give shorter sequences", e.getMessage());
        }
    }
}
