package dev.mneme.tests;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.mneme.models.train.Checkpoint;
import dev.mneme.torch.TensorScope;
import dev.mneme.torch.io.Safetensors;
import dev.mneme.torch.testing.NoLeaks;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/// Which weights fine-tuning changes, bit for bit.
@ExtendWith(NoLeaks.class)
class FinetuneValuesTest {
    private static final int SLOTS = 64;

    @TempDir
    private static Path folder;

    private static Path from;
    private static Path data;

    @BeforeAll
    static void pretrain() throws IOException {
        from = TaskSamples.pretrained(folder);
        data = TaskSamples.sst2(folder);
    }

    private static Map<String, float[]> tensors(Path run) throws IOException {
        var all = new LinkedHashMap<String, float[]>();
        try (var scope = TensorScope.open(); var file = Safetensors.open(Checkpoint.modelFolder(run).resolve("model.safetensors"))) {
            file.tensors().forEach((name, tensor) -> {
                if (tensor.dtype().isFloatingPoint()) {
                    all.put(name, tensor.reshape(-1).toFloats());
                }
            });
        }
        return all;
    }

    private static Map<String, float[]> finetuned(Path run, String... more) throws Exception {
        var arguments = new ArrayList<>(List.of("--data", data.toString(), "--epochs", "1"));
        arguments.addAll(List.of(more));
        Mneme.Ended ended = Mneme.here(folder, TaskSamples.finetune(from, "sst2", run, arguments.toArray(String[]::new)));
        assertEquals(0, ended.status(), ended.err());
        return tensors(run);
    }

    private static String valuesName(Map<String, float[]> tensors) {
        Set<String> names = tensors.keySet().stream().filter(name -> name.contains(".memory.values")).collect(Collectors.toSet());
        assertEquals(1, names.size(), tensors.keySet().toString());
        return names.iterator().next();
    }

    /// How many of the value rows differ from those of the start.
    private static int changedRows(Map<String, float[]> tuned) throws IOException {
        Map<String, float[]> start = tensors(from);
        float[] before = start.get(valuesName(start));
        float[] after = tuned.get(valuesName(start));
        int width = before.length / SLOTS;
        return (int) IntStream.range(0, SLOTS)
                .filter(row -> !Arrays.equals(before, row * width, (row + 1) * width, after, row * width, (row + 1) * width)).count();
    }

    @Test
    void frozenValuesStayAsTheyWere(@TempDir Path runs) throws Exception {
        Map<String, float[]> tuned = finetuned(runs.resolve("run"), "--value-training", "frozen");
        assertEquals(0, changedRows(tuned));
        Map<String, float[]> start = tensors(from);
        String query = start.keySet().stream().filter(name -> name.contains(".memory.") && name.contains("keys")).findFirst().orElseThrow();
        assertFalse(Arrays.equals(start.get(query), tuned.get(query)), "the keys are trained: " + query);
    }

    /// A quarter of 64 rows; without a decay of the values a row that is not read stays.
    @Test
    void onlyFrequentValuesChangeAndAllIsMore(@TempDir Path runs) throws Exception {
        int frequent = changedRows(finetuned(runs.resolve("frequent"), "--value-training", "frequent", "--frequent-share", "0.25"));
        int all = changedRows(finetuned(runs.resolve("all"), "--value-training", "all"));
        assertTrue(frequent > 0 && frequent <= SLOTS / 4, frequent + " rows");
        assertTrue(all > frequent, all + " and " + frequent + " rows");
    }

    @Test
    void frequentValuesThatLayersShareAreSaidToBeTheirs(@TempDir Path runs) throws Exception {
        Path shared = runs.resolve("shared");
        Samples.train(shared, Samples.corpus(runs), Samples.withMemory(Samples.settings("steps", 1, "num_hidden_layers", 2))
                .put("memory_shared_values", true).set("memory_layers", new ObjectMapper().createArrayNode().add(0).add(1)));
        Mneme.Ended ended = Mneme.here(runs, TaskSamples.finetune(shared, "sst2", runs.resolve("run"), "--data", data.toString(), "--epochs", "1",
                "--value-training", "frequent", "--frequent-share", "0.25"));
        assertEquals(0, ended.status(), ended.err());
        assertTrue(ended.out().contains("Layers 0 and 1, which share their values: training 16 of 64 value rows"), ended.out());
    }

    @Test
    void aFrozenEncoderStaysAsItWas(@TempDir Path runs) throws Exception {
        Map<String, float[]> start = tensors(from);
        Map<String, float[]> tuned = finetuned(runs.resolve("run"), "--freeze-encoder", "true");
        int compared = 0;
        for (String name : start.keySet()) {
            if ((name.startsWith("bert.embeddings.") || name.startsWith("bert.encoder.")) && !name.contains(".memory.")) {
                assertArrayEquals(start.get(name), tuned.get(name), name);
                compared++;
            }
        }
        assertEquals(5 + 16, compared, "tensors of the embeddings and of one layer");
        assertTrue(changedRows(tuned) > 0, "the memory is trained");
    }

    @Test
    void anEncoderThatIsNotFrozenChanges(@TempDir Path runs) throws Exception {
        Map<String, float[]> start = tensors(from);
        Map<String, float[]> tuned = finetuned(runs.resolve("run"));
        String name = "bert.embeddings.word_embeddings.weight";
        assertFalse(Arrays.equals(start.get(name), tuned.get(name)));
    }
}
