package dev.mneme.torch.nn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.mneme.torch.DType;
import dev.mneme.torch.Device;
import dev.mneme.torch.Native;
import dev.mneme.torch.Steps;
import dev.mneme.torch.Tensor;
import dev.mneme.torch.TensorScope;
import dev.mneme.torch.optim.AdamW;
import dev.mneme.torch.testing.Expect;
import dev.mneme.torch.testing.NoLeaks;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.function.Executable;

@ExtendWith(NoLeaks.class)
class ModuleTest {
    /// Two layers, one of them two levels deep, and a scale of its own.
    private static final class Net extends Module {
        final Tensor scale;
        final Block block = part("block", new Block());
        final Linear head = part("head", new Linear(3, 2));

        Net() {
            scale = parameter("scale", Tensor.ones(DType.FLOAT32, 2));
        }
    }

    private static final class Block extends Module {
        final BatchNorm norm = part("norm", new BatchNorm(3));
        final Dropout dropout = part("dropout", new Dropout(0.5));
    }

    private static final List<String> NAMES = List.of("scale", "block.norm.weight", "block.norm.bias", "block.norm.running_mean",
            "block.norm.running_var", "block.norm.num_batches_tracked", "head.weight", "head.bias");

    private TensorScope scope;
    private Net net;

    @BeforeEach
    void open() {
        scope = TensorScope.open();
        net = new Net();
    }

    @AfterEach
    void close() {
        net.close();
        scope.close();
    }

    /// Values of the right names and shapes: all sevens.
    private Map<String, Tensor> sevens() {
        var values = new LinkedHashMap<String, Tensor>();
        net.state().forEach((name, tensor) -> values.put(name, tensor.detach().fullLike(7)));
        return values;
    }

    private void assertUntouched(Runnable mistake) {
        var before = new LinkedHashMap<String, double[]>();
        net.state().forEach((name, tensor) -> before.put(name, tensor.toDoubles()));
        mistake.run();
        net.state().forEach((name, tensor) -> assertArrayEquals(before.get(name), tensor.toDoubles(), name));
    }

    @Test
    void stateIsNamedAsInPyTorch() {
        assertEquals(NAMES, new ArrayList<>(net.state().keySet()));
        assertEquals(List.of("scale", "block.norm.weight", "block.norm.bias", "head.weight", "head.bias"), new ArrayList<>(net.namedParameters().keySet()));
        assertEquals(List.of("block.norm.running_mean", "block.norm.running_var", "block.norm.num_batches_tracked"), new ArrayList<>(net.namedBuffers().keySet()));
        assertEquals(List.of("", "block", "block.norm", "block.dropout", "head"), new ArrayList<>(net.namedModules().keySet()));
        assertSame(net.head, net.namedModules().get("head"));
        assertSame(net.scale, net.state().get("scale"));
        assertEquals(2 + 3 + 3 + 6 + 2, net.parameterCount());
    }

    /// A weight under two names, and a module under two.
    private static final class Tied extends Module {
        final Linear first = part("first", new Linear(3, 3));
        final Block block = part("block", new Block());

        Tied() {
            part("second", new Module() {{
                parameter("weight", first.weight());
            }});
            part("again", block);
        }
    }

    /// The names are PyTorch's, of the same modules.
    @Test
    void whatIsTiedIsTrainedCountedAndClosedOnceAndSavedUnderEachName() {
        long before = Native.liveHandles();
        var tied = new Tied();
        assertEquals(List.of("first.weight", "first.bias", "block.norm.weight", "block.norm.bias"), new ArrayList<>(tied.namedParameters().keySet()));
        assertEquals(List.of("block.norm.running_mean", "block.norm.running_var", "block.norm.num_batches_tracked"), new ArrayList<>(tied.namedBuffers().keySet()));
        assertEquals(List.of("", "first", "block", "block.norm", "block.dropout", "second"), new ArrayList<>(tied.namedModules().keySet()));
        assertEquals(4, tied.parameters().size());
        assertEquals(9 + 3 + 3 + 3, tied.parameterCount());
        assertEquals(2 + 5 + 1 + 5, tied.state().size());
        assertSame(tied.state().get("first.weight"), tied.state().get("second.weight"));
        tied.train(false);
        assertFalse(tied.block.norm.isTraining());
        tied.close();
        tied.close();
        assertEquals(before, Native.liveHandles());
    }

    /// Adam's first step moves each weight by the learning rate, whatever the gradient; twice, it would by two.
    @Test
    void aTiedParameterIsClippedAndMovedOnce() {
        var tied = new Tied();
        try (var optimizer = new AdamW(tied.namedParameters(), new AdamW.Config(0.9, 0.999, 1e-12, 0))) {
            double before = tied.first.weight().select(0, 0).select(0, 0).item();
            tied.first.weight().sum().mul(2).backward();
            assertEquals(Math.sqrt(9 * 4), Steps.clipGradNorm(tied.parameters(), 100), 1e-5);
            optimizer.step(0.25);
            assertEquals(before - 0.25, tied.first.weight().select(0, 0).select(0, 0).item(), 1e-6);
        }
        Expect.message(IllegalArgumentException.class, () -> new AdamW(tied.state(), AdamW.Config.DEFAULT), "first.weight and second.weight", "one parameter");
        tied.close();
    }

    @Test
    void aNameIsGivenOnce() {
        for (String taken : List.of("w", "b", "p")) {
            var module = new Module() {
                void addAll() {
                    parameter("w", Tensor.ones(DType.FLOAT32, 1));
                    buffer("b", Tensor.ones(DType.FLOAT32, 1));
                    part("p", new Dropout(0.5));
                }

                void again() {
                    Tensor other = Tensor.zeros(DType.FLOAT32, 1);
                    for (Executable mistake : new Executable[] {() -> parameter(taken, other), () -> buffer(taken, other), () -> part(taken, new Dropout(0.5))}) {
                        Expect.message(IllegalArgumentException.class, mistake, "it has " + taken + " already", "another name");
                    }
                    for (String name : List.of("", "a.b")) {
                        Expect.message(IllegalArgumentException.class, () -> parameter(name, other), "\"" + name + "\"", "no dots");
                        Expect.message(IllegalArgumentException.class, () -> part(name, new Dropout(0.5)), "\"" + name + "\"", "no dots");
                    }
                    Expect.message(IllegalArgumentException.class, () -> part("self", this), "itself");
                    assertFalse(other.isClosed() || other.requiresGrad());
                }
            };
            module.addAll();
            module.again();
            assertEquals(List.of("w", "b"), new ArrayList<>(module.state().keySet()));
            assertEquals(1, module.state().get("w").item());
            module.close();
        }
    }

    @Test
    void parametersRequireGradAndBuffersDoNot() {
        assertTrue(net.parameters().stream().allMatch(p -> p.requiresGrad() && p.isLeaf()));
        assertTrue(net.namedBuffers().values().stream().noneMatch(Tensor::requiresGrad));
    }

    @Test
    void aModuleOwnsItsTensorsBeyondEveryScope() {
        long before = Native.liveHandles();
        var inner = TensorScope.open();
        var linear = new Linear(2, 2);
        inner.close();
        assertEquals(4, linear.weight().numel());
        linear.close();
        linear.close();
        assertTrue(linear.weight().isClosed() && linear.bias().isClosed());
        assertEquals(before, Native.liveHandles());
    }

    @Test
    void trainingIsSwitchedForAllParts() {
        net.train(false);
        assertTrue(net.namedModules().values().stream().noneMatch(Module::isTraining));
        net.block.train(true);
        assertTrue(net.block.norm.isTraining() && net.block.dropout.isTraining());
        assertFalse(net.isTraining() || net.head.isTraining());
    }

    @Test
    void loadCopiesEveryValueAndKeepsDtypes() {
        Tensor weight = net.head.weight();
        Map<String, Tensor> values = sevens();
        values.replaceAll((name, tensor) -> tensor.to(DType.FLOAT64));
        net.load(values);
        net.state().forEach((name, tensor) -> assertEquals(7 * tensor.numel(), tensor.to(DType.FLOAT64).sum().item(), name));
        assertSame(weight, net.head.weight());
        assertEquals(DType.FLOAT32, weight.dtype());
        assertEquals(DType.INT64, net.state().get("block.norm.num_batches_tracked").dtype());
        assertTrue(weight.requiresGrad() && weight.isLeaf());
        values.get("head.weight").zero_();
        assertEquals(42, weight.sum().item(), "a copy");
    }

    @Test
    void loadRefusesMissingAndUnexpectedNames() {
        Map<String, Tensor> values = sevens();
        Tensor bias = values.remove("head.bias");
        values.put("head.bais", bias);
        assertUntouched(() -> Expect.message(IllegalArgumentException.class, () -> net.load(values),
                "load", "lack [head.bias]", "unexpected [head.bais]", "the same configuration"));
    }

    @Test
    void loadRefusesOtherShapes() {
        Map<String, Tensor> values = sevens();
        values.put("head.weight", Tensor.zeros(DType.FLOAT32, 3, 2));
        assertUntouched(() -> Expect.message(IllegalArgumentException.class, () -> net.load(values),
                "head.weight has shape [2, 3] here", "[3, 2] in the values", "the same sizes"));
    }

    @Test
    void loadPresentTakesWhatBothSidesHave() {
        Map<String, Tensor> values = Map.of("head.bias", Tensor.ones(DType.FLOAT32, 2), "other", Tensor.ones(DType.FLOAT32, 1));
        assertEquals(List.of("head.bias"), net.loadPresent(values));
        assertArrayEquals(new double[] {1, 1}, net.head.bias().toDoubles());
    }

    @Test
    void conversionKeepsTheTensorsAndLeavesIntegersAlone() {
        Map<String, Tensor> before = net.state();
        net.to(Device.CPU, DType.FLOAT64);
        net.state().forEach((name, tensor) -> {
            assertSame(before.get(name), tensor);
            assertEquals(name.endsWith("tracked") ? DType.INT64 : DType.FLOAT64, tensor.dtype(), name);
        });
        assertTrue(net.parameters().stream().allMatch(p -> p.requiresGrad() && p.isLeaf()));
        net.head.forward(Tensor.ones(DType.FLOAT64, 1, 3)).sum().backward();
        assertArrayEquals(new double[] {1, 1}, net.head.bias().grad().toDoubles());
    }

    /// PyTorch: "nn.Module.to only accepts floating point or complex dtypes".
    @Test
    void aModuleIsConvertedWithItsGradientsAndNotToIntegers() {
        try (var linear = new Linear(2, 3)) {
            linear.forward(Tensor.ones(DType.FLOAT32, 1, 2)).sum().backward();
            double[] before = linear.weight().flatten().toDoubles();
            Expect.message(IllegalArgumentException.class, () -> linear.to(Device.CPU, DType.INT8), "a module cannot be int8");
            assertArrayEquals(before, linear.weight().flatten().toDoubles());
            linear.to(Device.CPU, DType.FLOAT64);
            assertEquals(DType.FLOAT64, linear.weight().grad().dtype());
            try (var adam = new AdamW(linear.namedParameters(), AdamW.Config.DEFAULT)) {
                adam.step(1e-3);
            }
        }
    }

    /// PyTorch: "Cannot assign non-leaf Tensor to parameter", "can't optimize a non-leaf Tensor".
    @Test
    void whatGetsNoGradientIsNoParameter() {
        Tensor result = Tensor.ones(DType.FLOAT32, 2).requiresGrad(true).mul(2.0);
        class Wrong extends Module {
            Wrong() {
                parameter("a", result);
            }
        }
        Expect.message(IllegalArgumentException.class, Wrong::new, "its parameter a is the result of an op");
        Expect.message(IllegalArgumentException.class, () -> new AdamW(Map.of("a", result), AdamW.Config.DEFAULT), "AdamW: a is the result of an op");
    }
}
