package dev.mneme.models.train;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import dev.mneme.models.base.InputException;
import dev.mneme.models.base.internal.MachineMemory;
import dev.mneme.models.zoo.bert.BertConfig;
import dev.mneme.models.zoo.gpt.GptConfig;
import dev.mneme.models.zoo.transformer.Architecture;
import dev.mneme.models.zoo.transformer.MemoryConfig;
import dev.mneme.torch.DType;
import java.util.Locale;

/// The settings of `mneme pretrain`. In a JSON file they are flat and in snake case, and flags have the same names; those of `memory` begin with
/// `memory_` there, and those of `values` with `value_`.
public record PretrainConfig(
        @JsonUnwrapped RunSettings run, @JsonUnwrapped DataSettings data, @JsonUnwrapped ModelSettings model,
        @JsonUnwrapped(prefix = "memory_") MemoryConfig memory, @JsonUnwrapped OptimizerSettings optimizer,
        @JsonUnwrapped(prefix = "value_") ValueConfig values) {

    private static final double TOKEN_BYTES = 2 * 3 * Integer.BYTES; // its id, label and mask, in this step's batches and the next's

    /// Sizes for a first run on two cores.
    public static final PretrainConfig DEFAULT = new PretrainConfig(RunSettings.DEFAULT, DataSettings.DEFAULT, ModelSettings.DEFAULT,
            MemoryConfig.DEFAULT, OptimizerSettings.DEFAULT, ValueConfig.DEFAULT);

    public PretrainConfig {
        if (values.training() == ValueConfig.Training.FREQUENT) {
            throw new InputException("train with value_training frequent", "only finetune counts which rows are frequent", "give all or frozen");
        }
        if (values.optimizer() == ValueConfig.Optimizer.DENSE && !memory.isNone() && memory.valueDtype() != DType.FLOAT32) {
            throw new InputException("train with value_optimizer dense and memory_value_dtype bfloat16", "its moments would be bfloat16 too",
                    "give float32, or value_optimizer lazy");
        }
        bert(5, data, model, memory); // checks the sizes
        requireBatches("train with batch_size " + data.batchSize() + ", sequence_length " + data.sequenceLength() + " and gradient_accumulation_steps "
                + optimizer.gradientAccumulationSteps(), data.batchSize(), data.sequenceLength(), optimizer.gradientAccumulationSteps());
    }

    /// @throws InputException if the batches of a step have more tokens than an array, or Java's memory, holds
    public static void requireBatches(String asked, double batchSize, double length, double accumulation) {
        if (batchSize * length > Integer.MAX_VALUE - 8) {
            throw new InputException(asked, String.format(Locale.ROOT, "a batch would have %.0f tokens", batchSize * length), "give at most "
                    + (Integer.MAX_VALUE - 8));
        }
        MachineMemory.requireHeap(asked, batchSize * length * accumulation * TOKEN_BYTES);
    }

    static void atLeast(String name, long value, long least) {
        if (value < least) {
            throw new InputException("train with " + name + " " + value, "that is too few", "give at least " + least);
        }
    }

    private static BertConfig bert(int vocabulary, DataSettings data, ModelSettings model, MemoryConfig memory) {
        return new BertConfig(Architecture.BERT, vocabulary, model.hiddenSize(), model.numHiddenLayers(), model.numAttentionHeads(),
                model.intermediateSize(), data.sequenceLength(), 2, model.dropout(), model.dropout(), 1e-12, model.initializerRange(), 0, memory);
    }

    /// The encoder for a vocabulary of that size.
    public BertConfig bert(int vocabulary) {
        return bert(vocabulary, data, model, memory);
    }

    /// The decoder for a vocabulary of that size.
    public GptConfig gpt(int vocabulary) {
        return new GptConfig(vocabulary, data.sequenceLength(), model.hiddenSize(), model.numHiddenLayers(), model.numAttentionHeads(),
                model.intermediateSize(), model.dropout(), model.dropout(), model.dropout(), 1e-5, model.initializerRange(), memory);
    }

    /// The same with the sizes of a decoder, and its memory where it has one, as a run that starts from it has them; sequences are cut to its positions.
    public PretrainConfig withSizesOf(GptConfig of) {
        return withSizes(data.of(of.vocabSize(), of.nPositions()), new ModelSettings(ModelSettings.Objective.CAUSAL, of.nEmbd(), of.nLayer(), of.nHead(),
                of.nInner(), of.residPdrop(), of.initializerRange()), of.memory());
    }

    /// As above, of an encoder.
    public PretrainConfig withSizesOf(BertConfig of) {
        return withSizes(data.of(of.vocabSize(), of.positions()), new ModelSettings(ModelSettings.Objective.MASKED, of.hiddenSize(), of.numHiddenLayers(),
                of.numAttentionHeads(), of.intermediateSize(), of.hiddenDropoutProb(), of.initializerRange()), of.memory());
    }

    private PretrainConfig withSizes(DataSettings otherData, ModelSettings otherModel, MemoryConfig otherMemory) {
        return new PretrainConfig(run, otherData, otherModel, otherMemory == null ? memory : otherMemory, optimizer, values);
    }

    public TrainConfig train() {
        return optimizer.train(run.steps(), values);
    }
}
