package dev.mneme.bench;

import dev.mneme.models.text.BatchSource;
import dev.mneme.models.text.Biographies;
import dev.mneme.models.text.MaskedBatch;
import dev.mneme.models.text.MlmCollator;
import dev.mneme.models.text.MlmConfig;
import dev.mneme.models.text.TokenSequences;
import dev.mneme.models.text.Tokenizer;
import dev.mneme.models.text.Vocabulary;
import dev.mneme.models.text.WordPieceTrainer;
import dev.mneme.models.train.LanguageObjective;
import dev.mneme.models.train.TrainConfig;
import dev.mneme.models.train.Trainer;
import dev.mneme.models.train.demo.DemoConfig;
import dev.mneme.models.zoo.bert.BertConfig;
import dev.mneme.models.zoo.bert.BertForMaskedLM;
import dev.mneme.models.zoo.transformer.Architecture;
import dev.mneme.torch.Native;
import java.util.List;
import java.util.stream.LongStream;

/// The demo's training steps: its sizes, its model with random weights, its trainer, and its first batches, which are used
/// in turn. The same for the same arm in every process.
final class DemoStep implements StepWork {
    private static final int BATCHES = 128;
    private static final long SEED = 1;

    private final DemoConfig demo = DemoConfig.FULL;
    private final BertForMaskedLM model;
    private final Trainer<MaskedBatch> trainer;
    private final List<MaskedBatch> batches;

    DemoStep(StepBenchmark.Arm arm) {
        Native.setThreads(THREADS);
        List<String> lines = new Biographies(demo.biographies()).trainingLines(demo.textsPerPerson());
        Vocabulary vocabulary = WordPieceTrainer.train(lines, demo.vocabularySize());
        batches = batches(lines, vocabulary);
        model = new BertForMaskedLM(bert(arm, vocabulary.size()), SEED);
        trainer = new Trainer<>(new LanguageObjective(model), train(), SEED);
    }

    // As the demo makes them; its own methods are not public.

    private List<MaskedBatch> batches(List<String> lines, Vocabulary vocabulary) {
        var mlm = new MlmConfig(demo.maskProbability(), MlmConfig.DEFAULT.maskShare(), MlmConfig.DEFAULT.randomShare(), false);
        try (Tokenizer tokenizer = Tokenizer.of(vocabulary)) {
            TokenSequences sequences = TokenSequences.of(lines, tokenizer, demo.sequenceLength(), TokenSequences.Layout.LINES);
            var source = new BatchSource(sequences, new MlmCollator(mlm, vocabulary), demo.batchSize(), SEED);
            return LongStream.range(0, BATCHES).mapToObj(source::batch).toList();
        }
    }

    private BertConfig bert(StepBenchmark.Arm arm, int vocabulary) {
        return new BertConfig(Architecture.BERT, vocabulary, demo.hiddenSize(), demo.numHiddenLayers(), demo.numAttentionHeads(),
                demo.intermediateSize(), demo.sequenceLength(), 2, 0, 0, 1e-12, demo.initializerRange(), 0,
                arm == StepBenchmark.Arm.RESIDUAL ? demo.memory() : null);
    }

    @Override
    public TrainConfig train() {
        return TrainConfig.constant(demo.learningRate(), demo.valueLearningRate(), demo.warmupSteps(), demo.weightDecay(), demo.clipNorm());
    }

    @Override
    public double next() {
        return trainer.step(batches.get((int) (trainer.steps() % batches.size())));
    }

    @Override
    public BertForMaskedLM model() {
        return model;
    }

    @Override
    public int compared() {
        return 20; // enough that a difference in any optimizer shows
    }

    @Override
    public List<MaskedBatch> batches() {
        return batches;
    }

    @Override
    public void close() {
        trainer.close();
        model.close();
    }
}
