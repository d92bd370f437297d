package dev.mneme.models.train;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import dev.mneme.models.base.InputException;
import dev.mneme.models.report.Modelling;
import dev.mneme.models.text.MlmConfig;
import dev.mneme.models.text.TextCorpus;
import dev.mneme.models.zoo.bert.BertConfig;
import dev.mneme.models.zoo.gpt.GptConfig;
import dev.mneme.models.zoo.transformer.Architecture;
import dev.mneme.models.zoo.transformer.MemoryConfig;
import dev.mneme.models.zoo.transformer.OlderGate;
import dev.mneme.pkm.ProductKeyConfig;
import dev.mneme.torch.DType;
import java.util.List;
import java.util.Locale;

/// The settings of `mneme pretrain`: in a JSON file in snake case, or as flags of the same names.
public record PretrainConfig(
        @JsonPropertyDescription("seed of everything random") long seed,
        @JsonPropertyDescription("what is learnt: masked (a BERT) or causal (a GPT-2) language modelling") Objective objective,
        @JsonPropertyDescription("training steps") long steps,
        @JsonPropertyDescription("sequences per batch") int batchSize,
        @JsonPropertyDescription("tokens per sequence, [CLS] and [SEP] included") int sequenceLength,
        @JsonPropertyDescription("whether lines are joined to fill sequences; otherwise a line is a sequence") boolean packed,
        @JsonPropertyDescription("what the text is called in JSON lines and Parquet") String textColumn,
        @JsonPropertyDescription("tokens of the vocabulary that is trained on the corpus") int vocabularySize,
        @JsonPropertyDescription("share of the sequences that is held out for evaluation") double heldOutShare,
        @JsonPropertyDescription("share of the tokens that is masked") double maskProbability,
        @JsonPropertyDescription("whether words are masked as a whole") boolean wholeWord,
        @JsonPropertyDescription("whether masks are drawn anew each time: dynamic, or once for each sequence: static") Masking masking,
        @JsonPropertyDescription("width of the model") int hiddenSize,
        @JsonPropertyDescription("encoder layers") int numHiddenLayers,
        @JsonPropertyDescription("attention heads") int numAttentionHeads,
        @JsonPropertyDescription("width of the feed-forward blocks") int intermediateSize,
        @JsonPropertyDescription("dropout of hidden states and attention") double dropout,
        @JsonPropertyDescription("standard deviation of the initial matrices") double initializerRange,
        @JsonPropertyDescription("product-key memory: none, replace or residual") MemoryMode memoryMode,
        @JsonPropertyDescription("layers with a memory, from 0") List<Integer> memoryLayers,
        @JsonPropertyDescription("heads of a memory") int memoryHeads,
        @JsonPropertyDescription("sub-keys per half of a memory; it has their square in slots") int memorySubKeys,
        @JsonPropertyDescription("slots read by each head") int memoryNeighbours,
        @JsonPropertyDescription("width of each head's query") int memoryQueryWidth,
        @JsonPropertyDescription("normalisation of the queries: batch, layer or none") ProductKeyConfig.QueryNorm memoryQueryNorm,
        @JsonPropertyDescription("start of the values: normal or zero") ProductKeyConfig.ValueInit memoryValueInit,
        @JsonPropertyDescription("dtype of the values: float32 or bfloat16") DType memoryValueDtype,
        @JsonPropertyDescription("whether all memories share one table of values") boolean memorySharedValues,
        @JsonPropertyDescription("how memories are gated and projected: none, silu or memory_plus")
        @JsonDeserialize(using = OlderGate.class) ProductKeyConfig.Gate memoryGated,
        @JsonPropertyDescription("learning rate of the dense parameters") double learningRate,
        @JsonPropertyDescription("how values are trained: lazy (SparseAdam, the rows hit) or dense (AdamW, all rows)") ValueConfig.Optimizer valueOptimizer,
        @JsonPropertyDescription("learning rate of the memory's values") double valueLearningRate,
        @JsonPropertyDescription("learning rate of the values over the steps: constant, linear or cosine") TrainConfig.Decay valueSchedule,
        @JsonPropertyDescription("decoupled weight decay of the value rows hit in a step") double valueWeightDecay,
        @JsonPropertyDescription("whether the values' second moment is one number a row") boolean valueRowWise,
        @JsonPropertyDescription("whether bias corrections of values count the row's updates instead of all steps") boolean valuePerRowCorrection,
        @JsonPropertyDescription("which values are trained: all or frozen") ValueConfig.Training valueTraining,
        @JsonPropertyDescription("steps over which the learning rate rises") long warmupSteps,
        @JsonPropertyDescription("learning rate after the warm-up: constant, linear or cosine") TrainConfig.Decay schedule,
        @JsonPropertyDescription("weight decay of the dense matrices") double weightDecay,
        @JsonPropertyDescription("largest global gradient norm, 0 for no clipping") double clipNorm,
        @JsonPropertyDescription("batches whose gradients make a step together") int gradientAccumulationSteps,
        @JsonPropertyDescription("of matrix products: float32, or bfloat16 by autocast") TrainConfig.Precision precision,
        @JsonPropertyDescription("whether activations are computed again in the backward pass instead of kept") boolean recompute,
        @JsonPropertyDescription("a step whose loss or gradient is not finite: stop the run, or skip the step") TrainConfig.OnNonfinite onNonfinite,
        @JsonPropertyDescription("steps between evaluations") long evaluateEvery,
        @JsonPropertyDescription("steps between checkpoints") long checkpointEvery,
        @JsonPropertyDescription("threads that libtorch uses, 0 for all cores") int threads) {

    public enum Objective {
        MASKED(Modelling.MASKED), CAUSAL(Modelling.CAUSAL);

        private final Modelling modelling;

        Objective(Modelling modelling) {
            this.modelling = modelling;
        }

        /// What reports call it.
        public Modelling modelling() {
            return modelling;
        }
    }

    public enum Masking { DYNAMIC, STATIC }

    public enum MemoryMode { NONE, REPLACE, RESIDUAL }

    /// Sizes for a first run on two cores.
    public static final PretrainConfig DEFAULT = new PretrainConfig(
            1, Objective.MASKED, 2000, 32, 64, true, TextCorpus.DEFAULT_COLUMN, 8000, 0.02, 0.15, false, Masking.DYNAMIC,
            128, 4, 4, 512, 0.0, 0.02,
            MemoryMode.NONE, List.of(2), 4, 128, 32, 128, ProductKeyConfig.QueryNorm.BATCH, ProductKeyConfig.ValueInit.NORMAL,
            DType.FLOAT32, false, ProductKeyConfig.Gate.NONE, 1e-3, ValueConfig.Optimizer.LAZY, 1e-3, TrainConfig.Decay.CONSTANT, 0, false, false, ValueConfig.Training.ALL, 100,
            TrainConfig.Decay.LINEAR, 0.01, 1.0, 1, TrainConfig.Precision.FLOAT32, false, TrainConfig.OnNonfinite.STOP, 200, 500, 0);

    public PretrainConfig {
        textColumn = textColumn == null ? TextCorpus.DEFAULT_COLUMN : textColumn;
        objective = objective == null ? Objective.MASKED : objective;
        masking = masking == null ? Masking.DYNAMIC : masking;
        memoryGated = memoryGated == null ? ProductKeyConfig.Gate.NONE : memoryGated;
        valueOptimizer = valueOptimizer == null ? ValueConfig.Optimizer.LAZY : valueOptimizer;
        valueSchedule = valueSchedule == null ? TrainConfig.Decay.CONSTANT : valueSchedule; // absent from an older run.json
        valueTraining = valueTraining == null ? ValueConfig.Training.ALL : valueTraining;
        precision = precision == null ? TrainConfig.Precision.FLOAT32 : precision;
        onNonfinite = onNonfinite == null ? TrainConfig.OnNonfinite.STOP : onNonfinite;
        atLeast("steps", steps, 1);
        atLeast("batch_size", batchSize, 1);
        atLeast("sequence_length", sequenceLength, 3);
        atLeast("vocabulary_size", vocabularySize, 6);
        atLeast("evaluate_every", evaluateEvery, 1);
        atLeast("checkpoint_every", checkpointEvery, 1);
        atLeast("threads", threads, 0);
        if (!(heldOutShare > 0 && heldOutShare < 1)) {
            throw new InputException("train with held_out_share " + heldOutShare, "that leaves nothing to train or to measure",
                    "give a share between 0 and 1, such as 0.02");
        }
        if (memoryMode != MemoryMode.NONE && (memoryLayers == null || memoryLayers.isEmpty())) {
            throw new InputException("train with memory_mode " + memoryMode.name().toLowerCase(Locale.ROOT), "memory_layers names no layer",
                    "name one, such as " + numHiddenLayers / 2);
        }
        if (valueTraining == ValueConfig.Training.FREQUENT) {
            throw new InputException("train with value_training frequent", "only finetune counts which rows are frequent", "give all or frozen");
        }
        if (valueOptimizer == ValueConfig.Optimizer.DENSE && memoryMode != MemoryMode.NONE && memoryValueDtype != DType.FLOAT32) {
            throw new InputException("train with value_optimizer dense and memory_value_dtype bfloat16", "its moments would be bfloat16 too",
                    "give float32, or value_optimizer lazy");
        }
        mlm(maskProbability, wholeWord); // all three check themselves
        new TrainConfig(learningRate, warmupSteps, schedule, steps, weightDecay, clipNorm, gradientAccumulationSteps,
                new ValueConfig(valueOptimizer, valueLearningRate, valueSchedule, valueWeightDecay, valueRowWise, valuePerRowCorrection, valueTraining),
                precision, recompute, onNonfinite);
        bert(5, numHiddenLayers, hiddenSize, numAttentionHeads, intermediateSize, sequenceLength, dropout, initializerRange,
                memory(memoryMode, memoryLayers, memoryHeads, memorySubKeys, memoryNeighbours, memoryQueryWidth, memoryQueryNorm,
                        memoryValueInit, memoryValueDtype, memorySharedValues, memoryGated));
    }

    private static void atLeast(String name, long value, long least) {
        if (value < least) {
            throw new InputException("train with " + name + " " + value, "that is too few", "give at least " + least);
        }
    }

    private static MlmConfig mlm(double maskProbability, boolean wholeWord) {
        return new MlmConfig(maskProbability, MlmConfig.DEFAULT.maskShare(), MlmConfig.DEFAULT.randomShare(), wholeWord);
    }

    private static MemoryConfig memory(MemoryMode mode, List<Integer> layers, int heads, int subKeys, int neighbours,
            int queryWidth, ProductKeyConfig.QueryNorm norm, ProductKeyConfig.ValueInit init, DType dtype, boolean shared, ProductKeyConfig.Gate gated) {
        return mode == MemoryMode.NONE ? null : new MemoryConfig(MemoryConfig.Mode.valueOf(mode.name()), layers, heads, subKeys,
                neighbours, queryWidth, norm, init, dtype, shared, gated);
    }

    private static BertConfig bert(int vocabulary, int layers, int width, int heads, int intermediate, int positions,
            double dropout, double range, MemoryConfig memory) {
        return new BertConfig(Architecture.BERT, vocabulary, width, layers, heads, intermediate, positions, 2, dropout, dropout, 1e-12, range, 0, memory);
    }

    /// The decoder for a vocabulary of that size.
    public GptConfig gpt(int vocabulary) {
        return new GptConfig(vocabulary, sequenceLength, hiddenSize, numHiddenLayers, numAttentionHeads, intermediateSize, dropout, dropout,
                dropout, 1e-5, initializerRange, memory());
    }

    /// The same with the sizes of a decoder.
    public PretrainConfig withSizesOf(GptConfig model) {
        return withSizes(Objective.CAUSAL, Math.min(sequenceLength, model.nPositions()), model.vocabSize(), model.nEmbd(), model.nLayer(),
                model.nHead(), model.nInner(), model.residPdrop(), model.initializerRange(), model.memory());
    }

    /// The same with the sizes of a model, and its memory where it has one, as a run that starts from it has them; sequences are cut to its positions.
    public PretrainConfig withSizesOf(BertConfig model) {
        return withSizes(Objective.MASKED, Math.min(sequenceLength, model.positions()), model.vocabSize(), model.hiddenSize(),
                model.numHiddenLayers(), model.numAttentionHeads(), model.intermediateSize(), model.hiddenDropoutProb(), model.initializerRange(),
                model.memory());
    }

    private PretrainConfig withSizes(Objective of, int length, int vocabulary, int width, int layers, int heads, int intermediate, double drop,
            double range, MemoryConfig m) {
        boolean none = m == null;
        return new PretrainConfig(seed, of, steps, batchSize, length, packed, textColumn, vocabulary, heldOutShare, maskProbability, wholeWord,
                masking, width, layers, heads, intermediate, drop, range,
                none ? memoryMode : MemoryMode.valueOf(m.mode().name()), none ? memoryLayers : m.layers(), none ? memoryHeads : m.heads(),
                none ? memorySubKeys : m.subKeys(), none ? memoryNeighbours : m.neighbours(), none ? memoryQueryWidth : m.queryWidth(),
                none ? memoryQueryNorm : m.queryNorm(), none ? memoryValueInit : m.valueInit(), none ? memoryValueDtype : m.valueDtype(),
                none ? memorySharedValues : m.sharedValues(), none ? memoryGated : m.gated(),
                learningRate, valueOptimizer, valueLearningRate, valueSchedule, valueWeightDecay, valueRowWise, valuePerRowCorrection,
                valueTraining, warmupSteps, schedule, weightDecay, clipNorm, gradientAccumulationSteps, precision, recompute, onNonfinite, evaluateEvery,
                checkpointEvery, threads);
    }

    public MlmConfig mlm() {
        return mlm(maskProbability, wholeWord);
    }

    /// The memory that was asked for, or null.
    public MemoryConfig memory() {
        return memory(memoryMode, memoryLayers, memoryHeads, memorySubKeys, memoryNeighbours, memoryQueryWidth, memoryQueryNorm,
                memoryValueInit, memoryValueDtype, memorySharedValues, memoryGated);
    }

    /// The model for a vocabulary of that size.
    public BertConfig bert(int vocabulary) {
        return bert(vocabulary, numHiddenLayers, hiddenSize, numAttentionHeads, intermediateSize, sequenceLength, dropout,
                initializerRange, memory());
    }

    public TrainConfig train() {
        return new TrainConfig(learningRate, warmupSteps, schedule, steps, weightDecay, clipNorm, gradientAccumulationSteps,
                new ValueConfig(valueOptimizer, valueLearningRate, valueSchedule, valueWeightDecay, valueRowWise, valuePerRowCorrection, valueTraining),
                precision, recompute, onNonfinite);
    }
}
