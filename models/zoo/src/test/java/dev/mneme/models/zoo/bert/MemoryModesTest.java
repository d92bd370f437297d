package dev.mneme.models.zoo.bert;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.mneme.models.base.InputException;
import dev.mneme.models.base.internal.Json;
import dev.mneme.models.zoo.transformer.MemoryConfig;
import dev.mneme.models.zoo.transformer.MemoryConfig.Mode;
import dev.mneme.pkm.Hits;
import dev.mneme.pkm.ProductKeyConfig.QueryNorm;
import dev.mneme.pkm.ProductKeyConfig.ValueInit;
import dev.mneme.torch.DType;
import dev.mneme.torch.Native;
import dev.mneme.torch.NoGrad;
import dev.mneme.torch.Tensor;
import dev.mneme.torch.TensorScope;
import dev.mneme.torch.io.Safetensors;
import dev.mneme.torch.nn.Module;
import dev.mneme.torch.testing.Golden;
import dev.mneme.torch.testing.NoLeaks;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Memories in a model of two layers that starts from the golden weights of Hugging Face's BertForMaskedLM.
@ExtendWith(NoLeaks.class)
class MemoryModesTest {
    private static final String FILE = "bert/model.safetensors";

    private static MemoryConfig memory(Mode mode, ValueInit init, Integer... layers) {
        return new MemoryConfig(mode, List.of(layers), 2, 6, 4, 8, QueryNorm.BATCH, init);
    }

    /// @param memory null for none
    private static BertForMaskedLM model(MemoryConfig memory) throws IOException {
        return new BertForMaskedLM(BertConfig.read(Golden.file("bert/config.json")).withMemory(memory), 3);
    }

    private static BertForMaskedLM started(MemoryConfig memory) throws IOException {
        BertForMaskedLM model = model(memory);
        try (var scope = TensorScope.open()) {
            model.startFrom(Golden.tensors(FILE));
        }
        return model;
    }

    /// Of the golden batch, in the innermost scope.
    private static Tensor logits(BertForMaskedLM model, boolean padded) {
        Map<String, Tensor> golden = Golden.tensors("bert/expected_f32.safetensors");
        Tensor mask = padded ? golden.get("attention_mask").ne(0L) : null;
        return model.logits(model.forward(golden.get("input_ids"), golden.get("token_type_ids"), mask), null);
    }

    /// The bits of a contiguous float32 tensor: where equal() takes 0 for -0, this does not.
    private static int[] bits(Tensor tensor) {
        assertEquals(DType.FLOAT32, tensor.dtype());
        try (var scope = TensorScope.open(); var arena = Arena.ofConfined()) {
            return tensor.detach().segment(arena).toArray(ValueLayout.JAVA_INT);
        }
    }

    private static Map<String, double[]> values(Module module) {
        var values = new LinkedHashMap<String, double[]>();
        module.state().forEach((name, tensor) -> values.put(name, tensor.toDoubles()));
        return values;
    }

    @Test
    void atStepZeroAResidualOfZerosIsThePretrainedModelBitForBit() throws IOException {
        try (var plain = started(null); var residual = started(memory(Mode.RESIDUAL, ValueInit.ZERO, 0, 1));
                var drawn = started(memory(Mode.RESIDUAL, ValueInit.NORMAL, 0, 1))) {
            for (boolean training : new boolean[] {true, false}) { // without dropout in this model
                for (boolean padded : new boolean[] {true, false}) {
                    try (var scope = TensorScope.open()) {
                        List.of(plain, residual, drawn).forEach(model -> model.train(training));
                        int[] expected = bits(logits(plain, padded));
                        assertArrayEquals(expected, bits(logits(residual, padded)));
                        assertFalse(Arrays.equals(expected, bits(logits(drawn, padded))), "a memory that is not zero is heard");
                    }
                }
            }
        }
    }

    @Test
    void replaceDropsTheFeedForwardBlocksOfItsLayers() throws IOException {
        try (var plain = model(null); var replace = model(memory(Mode.REPLACE, ValueInit.NORMAL, 1));
                var residual = model(memory(Mode.RESIDUAL, ValueInit.NORMAL, 1))) {
            var gone = new TreeSet<>(plain.state().keySet());
            gone.removeAll(replace.state().keySet());
            assertEquals(Set.of("bert.encoder.layer.1.intermediate.dense.weight", "bert.encoder.layer.1.intermediate.dense.bias",
                    "bert.encoder.layer.1.output.dense.weight", "bert.encoder.layer.1.output.dense.bias"), gone);
            assertTrue(residual.state().keySet().containsAll(plain.state().keySet()));
        }
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NONE")
    void startingTakesEveryWeightThatExistsAndLeavesMemoriesAsDrawn(Mode mode) throws IOException {
        try (var scope = TensorScope.open(); var model = model(memory(mode, ValueInit.NORMAL, 1))) {
            Map<String, Tensor> pretrained = Golden.tensors(FILE);
            Map<String, double[]> before = values(model);
            model.startFrom(pretrained);
            values(model).forEach((name, now) -> assertArrayEquals(
                    name.contains(".memory.") ? before.get(name) : pretrained.get(name).toDoubles(), now, name));
        }
    }

    /// LN(x + PKM(x)): where the values are zero only LN(x) is left of the block, whatever the old one computed.
    @Test
    void replaceIsWithoutTheFeedForwardBlock() throws IOException {
        try (var scope = TensorScope.open(); var silent = started(null);
                var replace = started(memory(Mode.REPLACE, ValueInit.ZERO, 0, 1))) {
            try (var noGrad = NoGrad.open()) {
                silent.namedParameters().forEach((name, parameter) -> {
                    if (name.matches("bert\\.encoder\\.layer\\.\\d\\.output\\.dense\\..*")) {
                        parameter.zero_();
                    }
                });
            }
            assertArrayEquals(bits(logits(silent, true)), bits(logits(replace, true)));
        }
    }

    /// A memory of one slot answers every token with H · V[0], so LN(x + FFN(x) + PKM(x)) is the plain layer with that much
    /// more of an output bias. Logits of order 1 in float32, summed in another order: 1e-5.
    @Test
    void residualAddsTheMemoryToTheFeedForwardBlockBeforeTheNorm() throws IOException {
        var oneSlot = new MemoryConfig(Mode.RESIDUAL, List.of(1), 2, 1, 1, 8, QueryNorm.BATCH, ValueInit.NORMAL);
        try (var scope = TensorScope.open(); var plain = started(null); var residual = started(oneSlot)) {
            try (var noGrad = NoGrad.open()) {
                plain.state().get("bert.encoder.layer.1.output.dense.bias")
                        .add_(residual.memories().get(1).values().weight().select(0, 0), 2L);
                Golden.assertClose(logits(plain, false), logits(residual, false), 1e-5, "logits");
            }
        }
    }

    @Test
    void theMemoryReadsWhatTheFeedForwardBlockReads() throws IOException {
        try (var scope = TensorScope.open(); var noGrad = NoGrad.open();
                var replace = started(memory(Mode.REPLACE, ValueInit.NORMAL, 0));
                var residual = started(memory(Mode.RESIDUAL, ValueInit.NORMAL, 0))) {
            residual.loadPresent(replace.state());
            var ids = new ArrayList<long[]>();
            var weights = new ArrayList<int[]>();
            for (var model : List.of(replace, residual)) {
                model.memories().get(0).observe(hits -> {
                    ids.add(hits.ids().toLongs());
                    weights.add(bits(hits.weights()));
                });
            }
            assertFalse(logits(replace, true).equal(logits(residual, true)), "one has the block and one has not");
            assertArrayEquals(ids.get(0), ids.get(1));
            assertArrayEquals(weights.get(0), weights.get(1));
        }
    }

    @Test
    void aStartThatDoesNotFitIsRefusedAndChangesNothing() throws IOException {
        String bias = "bert.encoder.layer.0.attention.self.key.bias";
        String dropped = "bert.encoder.layer.0.output.dense.bias";
        refused(Mode.RESIDUAL, weights -> weights.remove(bias),
                "start from a pretrained model: it lacks [" + bias + "] and has the unexpected [];"
                        + " give a model with the same sizes");
        refused(Mode.RESIDUAL, weights -> weights.put("bert.encoder.layer.2.output.dense.bias", weights.get(bias)),
                "start from a pretrained model: it lacks [] and has the unexpected [bert.encoder.layer.2.output.dense.bias];"
                        + " give a model with the same sizes");
        refused(Mode.REPLACE, weights -> weights.put("bert.encoder.layer.11.output.dense.bias", weights.get(bias)),
                "start from a pretrained model: it lacks [] and has the unexpected [bert.encoder.layer.11.output.dense.bias];"
                        + " give a model with the same sizes");
        refused(Mode.REPLACE, weights -> weights.remove(dropped), // the memory is in layer 1: layer 0 keeps its block
                "start from a pretrained model: it lacks [" + dropped + "] and has the unexpected [];"
                        + " give a model with the same sizes");
        refused(Mode.RESIDUAL, weights -> weights.put("cls.predictions.bias", Tensor.zeros(DType.FLOAT32, 61)),
                "start from a pretrained model: load: cls.predictions.bias has shape [60] here, and [61] in the values."
                        + " Give values of a model with the same sizes.; give a model with the same sizes");
    }

    private static void refused(Mode mode, Consumer<Map<String, Tensor>> spoiled, String message)
            throws IOException {
        try (var scope = TensorScope.open(); var model = model(memory(mode, ValueInit.NORMAL, 1))) {
            Map<String, Tensor> pretrained = Golden.tensors(FILE);
            spoiled.accept(pretrained);
            Map<String, double[]> before = values(model);
            var e = assertThrows(InputException.class, () -> model.startFrom(pretrained));
            assertEquals(message, e.getMessage());
            values(model).forEach((name, now) -> assertArrayEquals(before.get(name), now, name));
        }
    }

    @Test
    void memoriesAreNamedAsDocumented() throws IOException {
        try (var plain = model(null); var model = model(memory(Mode.RESIDUAL, ValueInit.NORMAL, 0, 1))) {
            var added = new TreeSet<>(model.state().keySet());
            added.removeAll(plain.state().keySet());
            var expected = new TreeSet<String>();
            for (int layer = 0; layer < 2; layer++) {
                for (String name : List.of("query.weight", "query.bias", "norm.weight", "norm.bias", "norm.running_mean",
                        "norm.running_var", "norm.num_batches_tracked", "keys", "values.weight")) {
                    expected.add("bert.encoder.layer." + layer + ".memory." + name);
                }
            }
            assertEquals(expected, added);
            assertFalse(model.namedParameters().containsKey("bert.encoder.layer.0.memory.values.weight"));
        }
    }

    /// d = 24, H = 2, n = 6, dk = 8: Wq and bq, norm's two vectors, keys, and K = 36 values.
    @Test
    void parametersAreCountedWithTheValueTable() throws IOException {
        long memory = 16 * 24 + 16 + 2 * 16 + 2 * 2 * 6 * 4 + 36 * 24;
        long block = 48 * 24 + 48 + 24 * 48 + 24;
        try (var scope = TensorScope.open(); var plain = model(null); var one = model(memory(Mode.RESIDUAL, ValueInit.NORMAL, 1));
                var two = model(memory(Mode.RESIDUAL, ValueInit.NORMAL, 0, 1));
                var replace = model(memory(Mode.REPLACE, ValueInit.NORMAL, 1))) {
            long base = Golden.tensors(FILE).values().stream().mapToLong(Tensor::numel).sum();
            assertEquals(base, plain.parameterCount());
            assertEquals(base + memory, one.parameterCount());
            assertEquals(base + 2 * memory, two.parameterCount());
            assertEquals(base + memory - block, replace.parameterCount());
        }
    }

    @Test
    void eachLayerHasItsOwnMemoryAndShowsItsLookups() throws IOException {
        try (var scope = TensorScope.open(); var model = started(memory(Mode.RESIDUAL, ValueInit.NORMAL, 1, 0))) {
            assertEquals(List.of(0, 1), List.copyOf(model.memories().keySet()));
            assertFalse(model.memories().get(0).values().weight().equal(model.memories().get(1).values().weight()));
            var shapes = new LinkedHashMap<Integer, String>();
            model.memories().forEach((layer, memory) ->
                    memory.observe(hits -> shapes.put(layer, Arrays.toString(hits.ids().shape()))));
            logits(model, true).sum().backward();
            assertEquals("{0=[26, 2, 4], 1=[26, 2, 4]}", shapes.toString(), "26 of 36 tokens are real");
            model.memories().values().forEach(memory -> {
                assertTrue(memory.values().gradient().values().countNonzero().itemLong() > 0);
                assertTrue(memory.keys().grad().countNonzero().itemLong() > 0);
            });
        }
    }

    @Test
    void whatStandsInPaddingHasNoInfluenceOnRealTokensInTrainingEither() throws IOException {
        try (var scope = TensorScope.open(); var model = started(memory(Mode.RESIDUAL, ValueInit.NORMAL, 0, 1))) {
            Map<String, Tensor> golden = Golden.tensors("bert/expected_f32.safetensors");
            Tensor mask = golden.get("attention_mask").ne(0L);
            Tensor real = mask.reshape(-1).nonzero().squeeze(1);
            Tensor ids = golden.get("input_ids");
            Tensor others = ids.maskedFill(mask.logicalNot(), 7L);
            int[] expected = bits(model.logits(model.forward(ids, null, mask), real));
            assertArrayEquals(expected, bits(model.logits(model.forward(others, null, mask), real)));
        }
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NONE")
    void aSavedModelAnswersTheSameBitForBit(Mode mode, @TempDir Path folder) throws IOException {
        int[] expected;
        try (var scope = TensorScope.open(); var model = started(memory(mode, ValueInit.NORMAL, 0, 1))) {
            logits(model, true); // moves the running statistics
            model.train(false);
            expected = bits(logits(model, true));
            Safetensors.write(folder.resolve("model.safetensors"), model.state(), Map.of());
            model.config().write(folder.resolve("config.json"), "ForMaskedLM", Json.object());
        }
        try (var scope = TensorScope.open(); var file = Safetensors.open(folder.resolve("model.safetensors"));
                var model = new BertForMaskedLM(BertConfig.read(folder.resolve("config.json")), 77)) {
            model.train(false);
            assertFalse(Arrays.equals(expected, bits(logits(model, true))), "another seed, other weights");
            model.load(file.tensors());
            assertArrayEquals(expected, bits(logits(model, true)));
        }
    }

    @Test
    void aSeedDrawsTheSameModelAgain() throws IOException {
        try (var a = model(memory(Mode.RESIDUAL, ValueInit.NORMAL, 1)); var b = model(memory(Mode.RESIDUAL, ValueInit.NORMAL, 1))) {
            Map<String, double[]> again = values(b);
            values(a).forEach((name, drawn) -> assertArrayEquals(drawn, again.get(name), name));
        }
    }

    /// A forward pass that no backward pass follows, as of a step that is skipped, leaves the statistics free to move.
    @Test
    void statisticsMoveAgainAfterAForwardPassOfRecomputation() throws IOException {
        try (var scope = TensorScope.open(); var model = model(memory(Mode.RESIDUAL, ValueInit.NORMAL, 1))) {
            model.train(true);
            model.recompute(true);
            logits(model, true);
            model.recompute(false);
            List<double[]> before = model.statistics().stream().map(each -> each.to(DType.FLOAT64).flatten().toDoubles()).toList();
            logits(model, true);
            List<double[]> after = model.statistics().stream().map(each -> each.to(DType.FLOAT64).flatten().toDoubles()).toList();
            assertFalse(java.util.stream.IntStream.range(0, before.size()).allMatch(i -> Arrays.equals(before.get(i), after.get(i))));
        }
    }

    /// Two forward passes and one backward pass: the gradients of the first would be lost.
    @Test
    void recomputationTakesOnePassAtATime() throws IOException {
        try (var scope = TensorScope.open(); var model = model(memory(Mode.RESIDUAL, ValueInit.NORMAL, 1))) {
            model.train(true);
            model.recompute(true);
            var seen = new ArrayList<Hits>();
            try (var observation = model.memories().get(1).observe(seen::add)) {
                Tensor loss = logits(model, true).sum();
                assertTrue(assertThrows(IllegalStateException.class, () -> logits(model, true)).getMessage().contains("before the backward pass of the one before"));
                loss.backward();
                model.train(false);
                assertTrue(assertThrows(IllegalStateException.class, model::backward).getMessage().contains("evaluation mode"));
                model.train(true);
                model.backward();
                assertEquals(1, seen.size(), "an observer sees a lookup once");
            }
            Tensor other = logits(model, true).sum();
            model.forget();
            other.backward();
            assertTrue(assertThrows(IllegalStateException.class, model::backward).getMessage().contains("forgotten"));
            try (var failing = model.memories().get(1).observe(hits -> {
                throw new IllegalStateException("stop");
            })) {
                assertThrows(IllegalStateException.class, () -> logits(model, true));
            }
            logits(model, true).sum().backward(); // the pass that failed left nothing
            model.backward();
            try (var noGrad = NoGrad.open()) { // nothing to keep
                logits(model, true);
                logits(model, true);
            }
        }
    }

    @Test
    void masksAndTypesOfOtherShapesAndDtypesAreRefused() throws IOException {
        try (var scope = TensorScope.open(); var model = model(null)) {
            Tensor ids = Tensor.of(new long[] {1, 2, 3, 4, 5, 6}, 2, 3);
            Tensor mask = Tensor.ones(DType.BOOL, 2, 3);
            for (long[] shape : new long[][] {{1, 3}, {2, 1}, {1, 1}, {3}, {2, 3, 1}}) {
                String given = Arrays.toString(shape) + " for ids of shape [2, 3] was given. Give the same shape.";
                assertEquals("Model: a mask of shape " + given, assertThrows(IllegalArgumentException.class,
                        () -> model.forward(ids, null, Tensor.ones(DType.BOOL, shape))).getMessage());
                assertEquals("Model: types of shape " + given, assertThrows(IllegalArgumentException.class,
                        () -> model.forward(ids, Tensor.zeros(DType.INT64, shape), mask)).getMessage());
            }
            for (DType dtype : List.of(DType.FLOAT32, DType.INT64, DType.UINT8)) {
                assertEquals("Model: a mask of dtype " + dtype + " was given. Give BOOL, true at real tokens: mask.ne(0).",
                        assertThrows(IllegalArgumentException.class, () -> model.forward(ids, null, Tensor.ones(dtype, 2, 3))).getMessage());
            }
            assertThrows(IllegalArgumentException.class, () -> model.forward(ids.view(6), null, null));
        }
    }

    /// Outside of any scope: what a forward pass makes on the way is its own business.
    @Test
    void aForwardPassLeavesItsResultAndNothingElse() throws IOException {
        try (var noGrad = NoGrad.open(); var model = model(memory(Mode.RESIDUAL, ValueInit.NORMAL, 1)); var ids = Tensor.of(new long[] {1, 2, 3}, 1, 3)) {
            model.train(false);
            long before = Native.live().handles();
            Tensor hidden = model.forward(ids, null, null);
            Tensor logits = model.logits(hidden, null);
            assertEquals(2, Native.live().handles() - before);
            hidden.close();
            logits.close();
        }
    }

    /// Nothing is drawn where a file gives all weights.
    @Test
    void readingAModelLeavesTheGeneratorAlone() throws IOException {
        try (var scope = TensorScope.open()) {
            Native.manualSeed(77);
            double expected = Tensor.randn(null, DType.FLOAT64, 1).item();
            Native.manualSeed(77);
            BertForMaskedLM.read(Golden.file("bert")).close();
            assertEquals(expected, Tensor.randn(null, DType.FLOAT64, 1).item());
        }
    }

    /// A service reloads its model: one that cannot be loaded leaves it as it was.
    @Test
    void weightsThatLackAPartAreNotCopied(@TempDir Path folder) throws IOException {
        try (var scope = TensorScope.open(); var model = model(null); var other = started(null)) {
            other.save(folder);
            var weights = new LinkedHashMap<String, Tensor>();
            try (var file = Safetensors.open(folder.resolve("model.safetensors"))) {
                weights.putAll(file.tensors());
            }
            weights.remove("bert.encoder.layer.1.output.dense.weight");
            Safetensors.write(folder.resolve("model.safetensors"), weights, Map.of());
            Map<String, double[]> before = values(model);
            assertThrows(InputException.class, () -> model.load(folder));
            assertThrows(InputException.class, () -> model.startFrom(folder));
            values(model).forEach((name, now) -> assertArrayEquals(before.get(name), now, name));
        }
    }

    /// As save_pretrained of transformers leaves it: config.json describes a memory, and the weights have none.
    @Test
    void aMemoryThatIsDescribedAndMissingIsTold(@TempDir Path folder) throws IOException {
        try (var scope = TensorScope.open(); var source = model(memory(Mode.RESIDUAL, ValueInit.NORMAL, 1));
                var model = model(memory(Mode.RESIDUAL, ValueInit.NORMAL, 1))) {
            source.save(folder);
            var weights = new LinkedHashMap<String, Tensor>();
            try (var file = Safetensors.open(folder.resolve("model.safetensors"))) {
                weights.putAll(file.tensors());
            }
            weights.keySet().removeIf(name -> name.contains(".memory."));
            Safetensors.write(folder.resolve("model.safetensors"), weights, Map.of());
            assertTrue(model.startFrom(folder).missing().contains("bert.encoder.layer.1.memory.keys"));
        }
    }
}
