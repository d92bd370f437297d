package dev.mneme.models.train.demo;

import dev.mneme.models.text.BiographyConfig;
import dev.mneme.models.text.MlmConfig;
import dev.mneme.models.train.TrainConfig;
import dev.mneme.models.zoo.bert.BertConfig;
import dev.mneme.models.zoo.transformer.Architecture;
import dev.mneme.models.zoo.transformer.MemoryConfig;
import dev.mneme.pkm.ProductKeyConfig;
import dev.mneme.torch.DType;
import java.util.List;

/// The sizes of the demo.
///
/// @param biographies the people and facts that the corpus is about
/// @param textsPerPerson training texts about each
/// @param askedPersons how many people's facts are asked for in an evaluation
/// @param wideIntermediateSize of the parameter-matched model's feed-forward blocks
/// @param pretrainSteps T0, of the memory-free model that the pretrained arms start from
/// @param memorySteps T1, that the pretrained arms train with memory; T0 + T1 are the equal total steps
public record DemoConfig(
        BiographyConfig biographies, int textsPerPerson, int askedPersons, int vocabularySize, int sequenceLength, int batchSize,
        double maskProbability, int hiddenSize, int numHiddenLayers, int numAttentionHeads, int intermediateSize,
        int wideIntermediateSize, double initializerRange, MemoryConfig memory, double learningRate, double valueLearningRate,
        long warmupSteps, double weightDecay, double clipNorm, long pretrainSteps, long memorySteps, long evaluateEvery) {

    /// Chosen so that the memory-free model is short of capacity: its one layer has a narrow feed-forward block, and its curve has
    /// bent well below all facts when the memory comes (PERFORMANCE.md has the search).
    public static final DemoConfig FULL = new DemoConfig(
            new BiographyConfig(324, 18, 18, 100, 100, 50, 50, 50, 1940, 1999, false, 1), 64, 150, 2000, 34, 32, 0.4, 64, 1, 2, 16, 573, 0.05,
            new MemoryConfig(MemoryConfig.Mode.RESIDUAL, List.of(0), 2, 32, 8, 32, ProductKeyConfig.QueryNorm.BATCH,
                    ProductKeyConfig.ValueInit.NORMAL),
            4e-3, 1e-2, 150, 0.01, 1.0, 7000, 3000, 500);

    /// The same road in half a minute: for a first look and for continuous integration. Too short to show anything.
    public static final DemoConfig QUICK = FULL.withSteps(120, 60, 60);

    public DemoConfig withSteps(long pretrain, long memory, long evaluate) {
        return new DemoConfig(biographies, textsPerPerson, askedPersons, vocabularySize, sequenceLength, batchSize,
                maskProbability, hiddenSize, numHiddenLayers, numAttentionHeads, intermediateSize, wideIntermediateSize,
                initializerRange, this.memory, learningRate, valueLearningRate, warmupSteps, weightDecay, clipNorm, pretrain,
                memory, evaluate);
    }

    public DemoConfig withValueDtype(DType valueDtype) {
        return new DemoConfig(biographies, textsPerPerson, askedPersons, vocabularySize, sequenceLength, batchSize,
                maskProbability, hiddenSize, numHiddenLayers, numAttentionHeads, intermediateSize, wideIntermediateSize,
                initializerRange, memory.withValueDtype(valueDtype), learningRate, valueLearningRate, warmupSteps, weightDecay, clipNorm,
                pretrainSteps, memorySteps, evaluateEvery);
    }

    /// The model of an arm.
    BertConfig bert(DemoArm arm, int vocabulary) {
        return new BertConfig(Architecture.BERT, vocabulary, hiddenSize, numHiddenLayers, numAttentionHeads,
                arm == DemoArm.WIDE ? wideIntermediateSize : intermediateSize, sequenceLength, 2, 0, 0, 1e-12,
                initializerRange, 0, arm.mode() == null ? null : memory.withMode(arm.mode()));
    }

    TrainConfig train() {
        return TrainConfig.constant(learningRate, valueLearningRate, warmupSteps, weightDecay, clipNorm);
    }

    MlmConfig mlm() {
        return new MlmConfig(maskProbability, MlmConfig.DEFAULT.maskShare(), MlmConfig.DEFAULT.randomShare(), false);
    }
}
