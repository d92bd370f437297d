package dev.mneme.models.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.mneme.models.base.InputException;
import dev.mneme.models.zoo.bert.BertConfig;
import dev.mneme.models.zoo.bert.BertForMaskedLM;
import dev.mneme.models.zoo.gpt.GptConfig;
import dev.mneme.models.zoo.gpt.GptForCausalLM;
import dev.mneme.models.zoo.transformer.MemoryConfig;
import dev.mneme.models.zoo.transformer.ModelSize;
import dev.mneme.pkm.ProductKeyConfig;
import dev.mneme.torch.DType;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ModelSizeTest {
    @ParameterizedTest
    @CsvSource({"2000000000, 768, 1000, 10", "2000000000, 1, 5, 1", "1, 2147483647, 5, 1", "1, 65536, 2147483647, 1", "1, 4096, 10, 2147483647"})
    void aModelThatNoMachineHoldsIsRefusedBeforeItIsAllocated(int layers, int width, int vocabulary, int positions) {
        var bert = BertConfig.of(vocabulary, width, layers, 1, 4, positions);
        String message = assertThrows(InputException.class, () -> new BertForMaskedLM(bert, 1).close()).getMessage();
        assertTrue(message.matches("build a model of .* layers of width .*: it takes [0-9.]+ GiB of memory, and [0-9.]+ GiB are to be had; .*"), message);
        var gpt = new GptConfig(vocabulary, positions, width, layers, 1, 4, 0, 0, 0, 1e-5, 0.02, null);
        assertThrows(InputException.class, () -> new GptForCausalLM(gpt, 1).close());
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void tablesOfValuesCount(boolean shared) {
        var memory = new MemoryConfig(MemoryConfig.Mode.RESIDUAL, List.of(0, 1), 1, 46_340, 1, 2, ProductKeyConfig.QueryNorm.NONE,
                ProductKeyConfig.ValueInit.ZERO, DType.FLOAT32, shared, ProductKeyConfig.Gate.NONE);
        ModelSize size = BertConfig.of(5, 512, 2, 1, 4, 4).withMemory(memory).size();
        double table = 46_340.0 * 46_340 * 512 * 4;
        assertEquals((shared ? 1 : 2) * table, size.rows() * size.width() * size.valueBytes());
        ValueConfig lazy = ValueConfig.of(1e-3);
        assertTrue(lazy.trainingBytes(size, true) > size.bytes() + 2 * (shared ? 1 : 2) * table);
        assertTrue(lazy.withTraining(ValueConfig.Training.FROZEN).trainingBytes(size, true) < size.bytes() + table);
        assertThrows(InputException.class, () -> new BertForMaskedLM(BertConfig.of(5, 512, 2, 1, 4, 4).withMemory(memory), 1).close());
    }

    @Test
    void aModelNeverTakesLessThanIsReckoned() {
        var memory = new MemoryConfig(MemoryConfig.Mode.REPLACE, List.of(1), 2, 6, 4, 8, ProductKeyConfig.QueryNorm.BATCH,
                ProductKeyConfig.ValueInit.NORMAL);
        var bert = BertConfig.of(60, 24, 3, 3, 48, 20);
        for (BertConfig each : List.of(bert, bert.withMemory(memory), bert.withMemory(memory.withMode(MemoryConfig.Mode.RESIDUAL)))) {
            try (var model = new BertForMaskedLM(each, 1)) {
                ModelSize size = each.size();
                double elements = model.parameterCount();
                double reckoned = size.parameters() + size.rows() * size.width();
                assertTrue(reckoned <= elements && reckoned > 0.9 * elements, reckoned + " of " + elements);
            }
        }
        var gpt = new GptConfig(60, 20, 24, 3, 3, 48, 0, 0, 0, 1e-5, 0.02, null);
        try (var model = new GptForCausalLM(gpt, 1)) {
            assertTrue(gpt.size().parameters() <= model.parameterCount() && gpt.size().parameters() > 0.9 * model.parameterCount());
        }
    }
}
