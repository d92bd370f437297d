package dev.mneme.models.train.demo;

import dev.mneme.models.base.Versions;
import dev.mneme.models.base.internal.Futures;
import dev.mneme.models.report.Arm;
import dev.mneme.models.report.CurvePoint;
import dev.mneme.models.report.Reading;
import dev.mneme.models.report.Report;
import dev.mneme.models.text.BatchSource;
import dev.mneme.models.text.Biographies;
import dev.mneme.models.text.FactEvaluation;
import dev.mneme.models.text.FactQuery;
import dev.mneme.models.text.MaskedBatch;
import dev.mneme.models.text.MlmCollator;
import dev.mneme.models.text.MlmConfig;
import dev.mneme.models.text.Seeds;
import dev.mneme.models.text.TokenSequences;
import dev.mneme.models.text.Tokenizer;
import dev.mneme.models.text.Vocabulary;
import dev.mneme.models.text.WordPieceTrainer;
import dev.mneme.models.train.Evaluation;
import dev.mneme.models.train.Evaluator;
import dev.mneme.models.train.LanguageObjective;
import dev.mneme.models.train.Progress;
import dev.mneme.models.train.Trainer;
import dev.mneme.models.train.TrainingLoop;
import dev.mneme.models.zoo.bert.BertForMaskedLM;
import dev.mneme.torch.Native;
import java.io.IOException;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;

/// The paper in a few minutes: how much of a corpus of facts a small BERT holds, without memory, with a wider feed-forward
/// block, and with a product-key memory that replaces it or is added to it, from scratch or from a pretrained model.
public final class Demo {
    private static final int MASK_DRAWS = 3; // one draw on so few texts would be noisy

    private final DemoConfig config;
    private final int workers;
    private final PrintStream out;
    private final BooleanSupplier stop;
    private final Object drawing = new Object(); // the lock on libtorch's default generator, which all arms draw their weights from
    private volatile boolean failed;

    /// @param workers arms that are trained at the same time, each on one thread; the figures do not depend on it
    /// @param stop asked before each step: true ends the demo early, with the arms finished so far
    public Demo(DemoConfig config, int workers, PrintStream out, BooleanSupplier stop) {
        this.config = config;
        this.workers = workers;
        this.out = out;
        this.stop = stop;
    }

    /// What all arms of a seed share.
    private record Data(Vocabulary vocabulary, BatchSource batches, Evaluator evaluator, long seed, Progress progress) {}

    /// Trains all arms of all seeds. Sets libtorch's threads to one: ops as small as the demo's lose time when cores share one.
    public Report run(List<Long> seeds) throws IOException {
        long start = System.nanoTime();
        Native.setThreads(1);
        var biographies = new Biographies(config.biographies());
        List<String> lines = biographies.trainingLines(config.textsPerPerson());
        Vocabulary vocabulary = WordPieceTrainer.train(lines, config.vocabularySize());
        try (Tokenizer tokenizer = Tokenizer.of(vocabulary)) {
            TokenSequences train = TokenSequences.of(lines, tokenizer, config.sequenceLength(), TokenSequences.Layout.LINES);
            out.printf(Locale.ROOT, "%d people, %d facts, %d training texts, vocabulary of %d; training %d arms at a time%n",
                    biographies.people().size(), biographies.queries().size(), lines.size(), vocabulary.size(), workers);
            Evaluator evaluator = evaluator(biographies, tokenizer);
            try (var progress = Progress.open(out, "demo", 0, seeds.size() * stepsOfOneSeed());
                    ExecutorService pool = Executors.newFixedThreadPool(workers, Thread.ofPlatform().name("arm-", 1).factory())) {
                var started = new ArrayList<Seed>();
                for (long seed : seeds) {
                    var batches = new BatchSource(train, new MlmCollator(config.mlm(), vocabulary), config.batchSize(), seed);
                    started.add(start(new Data(vocabulary, batches, evaluator, seed, progress), pool));
                }
                List<Arm> arms = finished(started);
                return new Report("Product-key memory: the demo", (System.nanoTime() - start) * 1e-9, Versions.all(), config, arms);
            }
        }
    }

    private long stepsOfOneSeed() {
        long whole = config.pretrainSteps() + config.memorySteps();
        return Arrays.stream(DemoArm.values()).mapToLong(arm -> arm.pretrained() ? config.memorySteps() : whole).sum();
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

    /// The arms of a seed on their way: those that go on from the pretrained model are known once there is one.
    private record Seed(Future<Map<DemoArm, Future<Arm>>> pretrained, Map<DemoArm, Future<Arm>> scratch) {}

    private Seed start(Data data, ExecutorService pool) {
        Future<Map<DemoArm, Future<Arm>>> pretrained = pool.submit(() -> pretrain(data, pool));
        var scratch = new EnumMap<DemoArm, Future<Arm>>(DemoArm.class);
        for (DemoArm arm : List.of(DemoArm.RESIDUAL_SCRATCH, DemoArm.REPLACE_SCRATCH, DemoArm.WIDE)) { // the longest first
            scratch.put(arm, pool.submit(() -> new Training(arm, data, 0).finish()));
        }
        return new Seed(pretrained, scratch);
    }

    private Map<DemoArm, Future<Arm>> pretrain(Data data, ExecutorService pool) throws IOException {
        var trainings = new EnumMap<DemoArm, Training>(DemoArm.class);
        try {
            Training none = new Training(DemoArm.NONE, data, 0);
            trainings.put(DemoArm.NONE, none);
            none.run(config.pretrainSteps());
            for (DemoArm arm : List.of(DemoArm.RESIDUAL_PRETRAINED, DemoArm.REPLACE_PRETRAINED)) {
                var training = new Training(arm, data, config.pretrainSteps());
                trainings.put(arm, training);
                training.model.startFrom(none.model.state());
                training.loop.curve().addAll(none.loop.curve());
            }
        } catch (IOException | RuntimeException e) {
            failed = true;
            trainings.values().forEach(Training::close);
            throw e;
        }
        var arms = new EnumMap<DemoArm, Future<Arm>>(DemoArm.class);
        trainings.forEach((arm, training) -> arms.put(arm, pool.submit(training::finish)));
        return arms;
    }

    /// Waits for all arms, in the order of seeds and of [DemoArm], and leaves out those that were cut short.
    private List<Arm> finished(List<Seed> seeds) throws IOException {
        var arms = new ArrayList<Arm>();
        for (Seed seed : seeds) {
            var all = new EnumMap<>(seed.scratch);
            all.putAll(result(seed.pretrained));
            for (Future<Arm> each : all.values()) {
                Arm arm = result(each);
                if (arm != null) {
                    arms.add(arm);
                }
            }
        }
        return arms;
    }

    private boolean stopped() {
        return failed || stop.getAsBoolean();
    }

    private <T> T result(Future<T> future) throws IOException {
        try {
            return Futures.result(future);
        } catch (IOException | RuntimeException | Error e) {
            failed = true; // so that the others stop
            throw e;
        }
    }

    /// One model on its way.
    private final class Training implements AutoCloseable {
        private final DemoArm arm;
        private final Data data;
        private final long earlier;
        private final BertForMaskedLM model;
        private final Trainer<MaskedBatch> trainer;
        private final TrainingLoop<MaskedBatch> loop;
        private final Progress progress;

        Training(DemoArm arm, Data data, long earlier) {
            this.arm = arm;
            this.data = data;
            this.earlier = earlier;
            synchronized (drawing) {
                model = new BertForMaskedLM(config.bert(arm, data.vocabulary().size()), data.seed());
            }
            trainer = new Trainer<>(new LanguageObjective(model), config.train(), data.seed());
            loop = new TrainingLoop<>(trainer, TrainingLoop.accumulated(data.batches()::batch, 1), stale -> data.evaluator().evaluate(model, stale), config.evaluateEvery(), earlier, 0);
            progress = data.progress().part(arm.label() + " seed " + data.seed(), total() - earlier);
        }

        private long total() {
            return config.pretrainSteps() + config.memorySteps();
        }

        Evaluation run(long until) throws IOException {
            return loop.run(until, Demo.this::stopped, progress, step -> {});
        }

        /// Trains to the equal total steps; an arm with memory from scratch is also read after T1 steps. Closes itself.
        ///
        /// @return null if it was cut short
        Arm finish() throws IOException {
            try (this) {
                if (stopped()) {
                    return null;
                }
                Reading reading = null;
                boolean memory = arm.mode() != null;
                if (memory && !arm.pretrained()) {
                    Evaluation early = run(config.memorySteps());
                    reading = new Reading(trainer.steps(), trainer.steps(), early.loss(), early.factAccuracy(), early.usage());
                }
                Evaluation result = run(total() - earlier);
                if (earlier + trainer.steps() < total()) {
                    return null;
                }
                List<CurvePoint> curve = Collections.unmodifiableList(loop.curve());
                return new Arm(arm.label(), data.seed(), earlier + trainer.steps(), memory ? trainer.steps() : 0,
                        model.parameterCount(), result.loss(), result.factAccuracy(), trainer.tokensPerSecond(), curve,
                        result.usage(), reading);
            } catch (IOException | RuntimeException e) {
                failed = true; // nobody waits for the others any more
                throw e;
            }
        }

        @Override
        public void close() {
            trainer.close();
            model.close();
        }
    }
}
