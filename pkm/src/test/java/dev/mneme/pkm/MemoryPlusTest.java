package dev.mneme.pkm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.mneme.pkm.ProductKeyConfig.Gate;
import dev.mneme.pkm.ProductKeyConfig.QueryNorm;
import dev.mneme.pkm.ProductKeyConfig.ValueInit;
import dev.mneme.torch.DType;
import dev.mneme.torch.Device;
import dev.mneme.torch.NoGrad;
import dev.mneme.torch.Tensor;
import dev.mneme.torch.TensorScope;
import dev.mneme.torch.testing.Golden;
import dev.mneme.torch.testing.NoLeaks;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// Memories that are gated, that share their values, and of which only some rows are trained.
@ExtendWith(NoLeaks.class)
class MemoryPlusTest {
    private static ProductKeyConfig config(Gate gate) {
        return new ProductKeyConfig(6, 2, 5, 3, 4, QueryNorm.LAYER, ValueInit.NORMAL, DType.FLOAT32, gate);
    }

    private static Tensor tokens(int rows) {
        return Tensor.empty(DType.FLOAT32, rows, 6).normal_();
    }

    /// y' = W2 (y · silu(W1 x)) with y of the same memory without a gate (Berges et al. 2024, section 3.2).
    @Test
    void aGatedMemoryProjectsWhatTheTokenLetsThrough() {
        try (var scope = TensorScope.open(); var plain = new ProductKeyMemory(config(Gate.NONE)); var gated = new ProductKeyMemory(config(Gate.SILU))) {
            plain.to(Device.CPU, DType.FLOAT64);
            gated.to(Device.CPU, DType.FLOAT64);
            gated.loadPresent(plain.state());
            Tensor x = tokens(7).to(DType.FLOAT64);
            Map<String, Tensor> state = gated.state();
            Tensor gate = x.matmul(state.get("gate.weight").transpose(0, 1));
            Tensor through = plain.forward(x, null).mul(gate).mul(gate.sigmoid());
            Golden.assertClose(through.matmul(state.get("output.weight").transpose(0, 1)), gated.forward(x, null), 1e-12, "y");
            assertEquals(plain.parameterCount() + 2 * 6 * 6, gated.parameterCount());
            assertFalse(state.containsKey("gate.bias"));
        }
    }

    /// tests/golden/make.py has the formula of Berges et al., section 3.2, over a full search: two layers that read one table, one after the
    /// other, without query norm. float64; at most a hundred terms of order 1 are summed.
    @Test
    void aMemoryPlusIsThatOfBergesEtAl() {
        try (var scope = TensorScope.open()) {
            Map<String, Tensor> golden = Golden.tensors("pkm/expected_plus_f64.safetensors");
            var config = new ProductKeyConfig(20, 2, 6, 4, 8, QueryNorm.NONE, ValueInit.NORMAL, DType.FLOAT32, Gate.MEMORY_PLUS);
            try (var first = new ProductKeyMemory(config); var second = new ProductKeyMemory(config, first.values())) {
                for (var each : List.of(first, second)) {
                    each.to(Device.CPU, DType.FLOAT64);
                    String layer = each == first ? "0." : "1.";
                    var weights = new LinkedHashMap<String, Tensor>();
                    golden.forEach((name, tensor) -> {
                        if (name.startsWith(layer)) {
                            weights.put(name.substring(2), tensor);
                        }
                    });
                    weights.put("values.weight", golden.get("values"));
                    assertTrue(each.loadPresent(weights).containsAll(each.namedParameters().keySet()));
                }
                Tensor x = golden.get("x").copy().requiresGrad(true);
                Tensor between = first.forward(x, null);
                Tensor y = second.forward(x.add(between), null);
                y.mul(golden.get("g")).sum().backward();
                Golden.assertClose(golden.get("y"), y, 1e-12, "y");
                Golden.assertClose(golden.get("grad.x"), x.grad(), 1e-12, "grad.x");
                Golden.assertClose(golden.get("grad.values"), dense(first.values()), 1e-12, "grad.values");
                for (var each : List.of(first, second)) {
                    each.namedParameters().forEach((name, parameter) -> Golden.assertClose(
                            golden.get("grad." + (each == first ? "0." : "1.") + name), parameter.grad(), 1e-12, name));
                }
                first.values().clearGradient();
            }
        }
    }

    /// The bounds and deviations that Berges et al.'s code draws with. With 32,768 draws or more the largest is within 1% of its bound and
    /// the deviation within 2%: about five standard errors.
    @Test
    void aMemoryPlusIsDrawnAsTheirs() {
        int d = 192;
        int dk = 64;
        int n = 64;
        var config = new ProductKeyConfig(d, 4, n, 4, dk, QueryNorm.NONE, ValueInit.NORMAL, DType.FLOAT32, Gate.MEMORY_PLUS);
        try (var scope = TensorScope.open(); var noGrad = NoGrad.open(); var memory = new ProductKeyMemory(config)) {
            assertEquals(1, memory.keys().abs().max().item() * Math.sqrt(dk), 0.01);
            Map<String, Tensor> state = memory.state();
            assertEquals(1, state.get("query.weight").abs().max().item() / Math.sqrt(6.0 / (d + 4 * dk)), 0.01);
            for (String name : List.of("gate.weight", "output.weight", "values.weight")) {
                Tensor drawn = state.get(name);
                assertEquals(1, Math.sqrt(drawn.mul(drawn).mean().item() * d), 0.02, name);
                assertTrue(drawn.abs().max().item() * Math.sqrt(d) > 3, name + " is normal");
            }
            for (String name : List.of("query.bias", "gate.bias", "output.bias")) {
                double most = state.get(name).abs().max().item() * Math.sqrt(d);
                assertTrue(most > 0.9 && most <= 1, name + ": " + most);
            }
        }
    }

    /// Σ over all elements of y · g is moved in each weight by its gradient.
    @Test
    void theGateAndItsProjectionGetTheirGradients() {
        try (var scope = TensorScope.open(); var memory = new ProductKeyMemory(config(Gate.SILU))) {
            memory.to(Device.CPU, DType.FLOAT64);
            Tensor x = tokens(7).to(DType.FLOAT64);
            Tensor g = tokens(7).to(DType.FLOAT64);
            memory.forward(x, null).mul(g).sum().backward();
            for (String name : new String[] {"gate.weight", "output.weight"}) {
                Tensor weight = memory.state().get(name);
                double expected = weight.grad().select(0, 2).select(0, 3).item();
                double h = 1e-6;
                double up = moved(memory, weight, h, x, g);
                double down = moved(memory, weight, -2 * h, x, g);
                assertEquals((up - down) / (2 * h), expected, 1e-7, name);
            }
        }
    }

    private static double moved(ProductKeyMemory memory, Tensor weight, double by, Tensor x, Tensor g) {
        try (var noGrad = NoGrad.open()) {
            weight.select(0, 2).select(0, 3).add_(by);
            return memory.forward(x, null).mul(g).sum().item();
        }
    }

    @Test
    void sharedValuesBelongToOneMemoryAndSumTheGradientsOfBoth() {
        try (var scope = TensorScope.open(); var first = new ProductKeyMemory(config(Gate.NONE))) {
            try (var second = new ProductKeyMemory(config(Gate.NONE), first.values())) {
                assertTrue(first.state().containsKey("values.weight"));
                assertFalse(second.state().containsKey("values.weight"));
                assertEquals(first.parameterCount() - 25 * 6, second.parameterCount());
                first.to(Device.CPU, DType.FLOAT64);
                second.to(Device.CPU, DType.FLOAT64);
                Tensor x = tokens(7).to(DType.FLOAT64);
                Tensor alone = gradient(first, x).add(gradient(second, x));
                first.forward(x, null).sum().add(second.forward(x, null).sum()).backward();
                Golden.assertClose(alone, dense(first.values()), 1e-12, "gradient");
                first.values().clearGradient();
            }
            first.forward(tokens(3).to(DType.FLOAT64), null); // the table is still there
        }
    }

    private static Tensor gradient(ProductKeyMemory memory, Tensor x) {
        memory.forward(x, null).sum().backward();
        Tensor gradient = dense(memory.values());
        memory.values().clearGradient();
        return gradient;
    }

    private static Tensor dense(ValueTable table) {
        ValueTable.Gradient gradient = table.gradient();
        return table.weight().detach().zerosLike().indexCopy_(0, gradient.rows(), gradient.values());
    }

    @Test
    void valuesOfAnotherSizeAreNotShared() {
        try (var first = new ProductKeyMemory(config(Gate.NONE))) {
            var wider = new ProductKeyConfig(8, 2, 5, 3, 4, QueryNorm.LAYER, ValueInit.NORMAL);
            assertEquals("Product-key memory: shared values of shape [25, 6] were given, and 25 slots of width 8 are wanted. Share between"
                    + " memories of the same sizes.",
                    assertThrows(IllegalArgumentException.class, () -> {
                        try (var scope = TensorScope.open()) {
                            new ProductKeyMemory(wider, first.values()).close();
                        }
                    }).getMessage());
        }
    }

    /// Sparse memory fine-tuning: the other rows keep every bit, whatever hits them, and the chosen ones are trained as always.
    @Test
    void onlyTheChosenRowsAreTrained() {
        try (var scope = TensorScope.open(); var all = new ProductKeyMemory(config(Gate.NONE)); var some = new ProductKeyMemory(config(Gate.NONE))) {
            some.load(all.state());
            try (var adamOfAll = new SparseAdam(all.values(), SparseAdam.Config.DEFAULT, SparseAdam.Mode.COMPACT);
                    var adam = new SparseAdam(some.values(), SparseAdam.Config.DEFAULT, SparseAdam.Mode.COMPACT)) {
                Tensor before = some.values().weight().copy();
                some.values().trainOnly(Tensor.of(new long[] {3, 7, 11}, 3));
                for (int step = 0; step < 5; step++) {
                    Tensor x = tokens(9);
                    for (var each : Map.of(all, adamOfAll, some, adam).entrySet()) {
                        each.getValue().begin(0.01);
                        each.getKey().forward(x, null).sum().backward();
                        each.getValue().apply();
                    }
                }
                for (long row = 0; row < 25; row++) {
                    boolean chosen = row == 3 || row == 7 || row == 11;
                    Golden.assertClose((chosen ? all.values().weight() : before).select(0, row), some.values().weight().select(0, row), 0, "row " + row);
                }
                assertTrue(all.values().weight().sub(before).abs().sum().item() > 0);
                some.values().trainOnly(null);
            }
        }
    }

    @Test
    void someRowsAloneAreNotTrainedInTheBackwardPass() {
        try (var scope = TensorScope.open(); var memory = new ProductKeyMemory(config(Gate.NONE));
                var adam = new SparseAdam(memory.values(), SparseAdam.Config.DEFAULT)) {
            String message = assertThrows(IllegalStateException.class, () -> memory.values().trainOnly(Tensor.of(new long[] {1}, 1))).getMessage();
            assertEquals("ValueTable.trainOnly: its optimizer is in fused mode, which updates every row hit. Give it one in compact mode.", message);
        }
    }
}
