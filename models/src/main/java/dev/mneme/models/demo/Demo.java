package dev.mneme.models.demo;

import dev.mneme.models.Versions;
import dev.mneme.models.bert.BertForMaskedLM;
import dev.mneme.models.data.BatchSource;
import dev.mneme.models.data.Biographies;
import dev.mneme.models.data.FactEvaluation;
import dev.mneme.models.data.FactQuery;
import dev.mneme.models.data.MlmCollator;
import dev.mneme.models.data.MlmConfig;
import dev.mneme.models.data.Seeds;
import dev.mneme.models.data.TokenSequences;
import dev.mneme.models.data.Tokenizer;
import dev.mneme.models.data.Vocabulary;
import dev.mneme.models.data.WordPieceTrainer;
import dev.mneme.models.report.Arm;
import dev.mneme.models.report.CurvePoint;
import dev.mneme.models.report.Reading;
import dev.mneme.models.report.Report;
import dev.mneme.models.train.Evaluator;
import dev.mneme.models.train.Progress;
import dev.mneme.models.train.Trainer;
import dev.mneme.models.train.TrainingLoop;
import java.io.IOException;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;

/// The paper in a few minutes: how much of a corpus of facts a small BERT holds, without memory, with a wider feed-forward
/// block, and with a product-key memory that replaces it or is added to it, from scratch or from a pretrained model.
public final class Demo {
    private static final int MASK_DRAWS = 3; // one draw on so few texts would be noisy

    private final DemoConfig config;
    private final PrintStream out;
    private final BooleanSupplier stop;

    /// @param stop asked before each step: true ends the demo early, with the arms finished so far
    public Demo(DemoConfig config, PrintStream out, BooleanSupplier stop) {
        this.config = config;
        this.out = out;
        this.stop = stop;
    }

    /// What all arms of a seed share.
    private record Data(Vocabulary vocabulary, BatchSource batches, Evaluator evaluator) {}

    public Report run(List<Long> seeds) throws IOException {
        long start = System.nanoTime();
        var biographies = new Biographies(config.biographies());
        List<String> lines = biographies.trainingLines(config.textsPerPerson());
        Vocabulary vocabulary = WordPieceTrainer.train(lines, config.vocabularySize());
        var arms = new ArrayList<Arm>();
        try (Tokenizer tokenizer = Tokenizer.of(vocabulary)) {
            TokenSequences train = TokenSequences.of(lines, tokenizer, config.sequenceLength(), TokenSequences.Layout.LINES);
            out.printf("%d people, %d facts, %d training texts, vocabulary of %d%n", biographies.people().size(),
                    biographies.queries().size(), lines.size(), vocabulary.size());
            for (long seed : seeds) {
                if (!stop.getAsBoolean()) {
                    var batches = new BatchSource(train, new MlmCollator(config.mlm(), vocabulary), config.batchSize(), seed);
                    arms.addAll(arms(new Data(vocabulary, batches, evaluator(biographies, tokenizer)), seed));
                }
            }
        }
        return new Report("Product-key memory: the demo", (System.nanoTime() - start) * 1e-9, Versions.all(), config, arms);
    }

    /// Held-out texts, each with several draws of the usual masks, and the facts of some people, each masked alone.
    private Evaluator evaluator(Biographies biographies, Tokenizer tokenizer) {
        List<String> texts = IntStream.range(0, MASK_DRAWS * biographies.people().size())
                .mapToObj(i -> biographies.heldOutText(i % biographies.people().size())).toList();
        TokenSequences heldOut = TokenSequences.of(texts, tokenizer, config.sequenceLength(), TokenSequences.Layout.LINES);
        var masked = new BatchSource(heldOut, new MlmCollator(MlmConfig.DEFAULT, tokenizer.vocabulary()), 128,
                Seeds.of(0, Seeds.EVALUATION, 0));
        int[] people = Seeds.permutation(biographies.people().size(), Seeds.random(0, Seeds.EVALUATION, 1));
        Set<Integer> asked = new HashSet<>();
        IntStream.range(0, Math.min(config.askedPersons(), people.length)).forEach(i -> asked.add(people[i]));
        List<FactQuery> queries = biographies.queries().stream().filter(q -> asked.contains(q.person())).toList();
        return new Evaluator(masked,
                new FactEvaluation(queries, tokenizer, config.sequenceLength(), 256, FactEvaluation.Masking.APART));
    }

    private List<Arm> arms(Data data, long seed) throws IOException {
        var arms = new ArrayList<Arm>();
        try (Training base = new Training(DemoArm.NONE, data, seed, 0)) {
            base.run(config.pretrainSteps());
            for (DemoArm arm : DemoArm.values()) {
                if (arm.pretrained() && !stop.getAsBoolean()) {
                    try (Training training = new Training(arm, data, seed, config.pretrainSteps())) {
                        training.model.startFrom(base.model.state());
                        training.loop.curve().addAll(base.loop.curve());
                        arms.add(training.finish());
                    }
                }
            }
            arms.add(base.finish());
        }
        for (DemoArm arm : List.of(DemoArm.WIDE, DemoArm.REPLACE_SCRATCH, DemoArm.RESIDUAL_SCRATCH)) {
            if (!stop.getAsBoolean()) {
                try (Training training = new Training(arm, data, seed, 0)) {
                    arms.add(training.finish());
                }
            }
        }
        arms.removeIf(arm -> arm.steps() < config.pretrainSteps() + config.memorySteps()); // they were cut short
        arms.sort(Comparator.comparing(arm -> IntStream.range(0, DemoArm.values().length)
                .filter(i -> DemoArm.values()[i].label().equals(arm.name())).findFirst().orElseThrow()));
        return arms;
    }

    /// One model on its way.
    private final class Training implements AutoCloseable {
        private final DemoArm arm;
        private final long seed;
        private final long earlier;
        private final BertForMaskedLM model;
        private final Trainer trainer;
        private final TrainingLoop loop;

        Training(DemoArm arm, Data data, long seed, long earlier) {
            this.arm = arm;
            this.seed = seed;
            this.earlier = earlier;
            model = new BertForMaskedLM(config.bert(arm, data.vocabulary().size()), seed);
            trainer = new Trainer(model, config.train(), seed);
            loop = new TrainingLoop(trainer, data.batches(), data.evaluator(), config.evaluateEvery(), earlier);
        }

        Evaluator.Result run(long until) throws IOException {
            try (var progress = new Progress(out, arm.label() + " seed " + seed, trainer.steps(), until)) {
                return loop.run(until, stop, progress, step -> {});
            }
        }

        /// Trains to the equal total steps; an arm with memory from scratch is also read after T1 steps.
        Arm finish() throws IOException {
            Reading reading = null;
            boolean memory = arm.mode() != null;
            if (memory && !arm.pretrained()) {
                Evaluator.Result early = run(config.memorySteps());
                reading = new Reading(trainer.steps(), trainer.steps(), early.mlmLoss(), early.factAccuracy(), early.usage());
            }
            Evaluator.Result result = run(config.pretrainSteps() + config.memorySteps() - earlier);
            List<CurvePoint> curve = Collections.unmodifiableList(loop.curve());
            return new Arm(arm.label(), seed, earlier + trainer.steps(), memory ? trainer.steps() : 0, model.parameterCount(),
                    result.mlmLoss(), result.factAccuracy(), trainer.tokensPerSecond(), curve, result.usage(), reading);
        }

        @Override
        public void close() {
            trainer.close();
            model.close();
        }
    }
}
