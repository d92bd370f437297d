package dev.mneme.models.train.experiment;

import dev.mneme.models.base.InputException;
import dev.mneme.models.base.Versions;
import dev.mneme.models.base.internal.Futures;
import dev.mneme.models.base.internal.Json;
import dev.mneme.models.base.internal.WriteLock;
import dev.mneme.models.report.Arm;
import dev.mneme.models.report.CurvePoint;
import dev.mneme.models.report.HtmlReport;
import dev.mneme.models.report.LayerUsage;
import dev.mneme.models.report.Reading;
import dev.mneme.models.report.Report;
import dev.mneme.models.text.TextCorpus;
import dev.mneme.models.text.Tokenizer;
import dev.mneme.models.text.WordPieceTrainer;
import dev.mneme.models.train.Checkpoint;
import dev.mneme.models.train.DataSettings;
import dev.mneme.models.train.ModelSettings;
import dev.mneme.models.train.PretrainConfig;
import dev.mneme.models.train.Pretraining;
import dev.mneme.models.train.TrainingRun;
import dev.mneme.models.train.experiment.ExperimentConfig.ArmConfig;
import dev.mneme.torch.Native;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;

/// Trains every arm from every seed, each in a folder of its own (`<arm>/seed-<n>`), and writes the report on them. What is finished stays
/// finished: called again it goes on where it stopped.
public final class Experiment {
    private static final String CONFIG = "experiment.json";
    private static final String TOKENIZER = "tokenizer";
    private static final String REPORT = "report.json";

    private final ExperimentConfig config;
    private final Path folder;
    private final int workers;
    private final PrintStream out;
    private final BooleanSupplier stop;
    private final boolean begun; // by an earlier call
    private volatile boolean failed;

    /// @param folder of the experiment: a new one, or that of the same experiment, begun
    /// @param workers arms that are trained at the same time; the figures do not depend on it
    /// @param stop asked between steps: true ends the experiment early
    /// @throws InputException if the folder has another experiment
    public Experiment(ExperimentConfig config, Path folder, int workers, PrintStream out, BooleanSupplier stop) throws IOException {
        this.config = config;
        this.folder = folder;
        this.workers = workers;
        this.out = out;
        this.stop = stop;
        config.arms().forEach(this::check);
        Path kept = folder.resolve(CONFIG);
        begun = Files.exists(kept);
        if (begun && !Json.convert(Json.read(kept), ExperimentConfig.class, kept.toString()).equals(config)) {
            throw new InputException("go on with the experiment in " + folder, "it was begun with other settings",
                    "choose another folder with --out");
        }
    }

    /// Before hours of training, what would end them without a report.
    private void check(ArmConfig arm) {
        PretrainConfig settings = config.settings(arm, 1); // looks at them
        if (settings.model().objective() != config.settings(config.arms().getFirst(), 1).model().objective()) {
            throw new InputException("compare " + arm.name() + " with " + config.arms().getFirst().name(),
                    "one learns masked language modelling and the other causal, whose losses say nothing of each other",
                    "give all arms the same objective");
        }
        requireComparable(arm, settings);
        if (settings.model().dropout() > 0 && workers > 1) {
            throw new InputException("train " + workers + " arms at a time with dropout " + settings.model().dropout(),
                    "they would draw their masks from one generator", "give --workers 1");
        }
        if (arm.from() != null && arm.fromStep() > config.settings(config.arm(arm.from()), 1).run().steps()) {
            throw new InputException("start " + arm.name() + " from step " + arm.fromStep() + " of " + arm.from(),
                    "it makes " + config.settings(config.arm(arm.from()), 1).run().steps(), "give one of these as from_step");
        }
        if (arm.readAt() != null && !isMeasured(arm.readAt() - config.start(arm).steps(), settings)) {
            throw new InputException("read " + arm.name() + " at step " + arm.readAt(), "no evaluation is made there",
                    "give a multiple of evaluate_every, " + settings.run().evaluateEvery() + ", among its " + settings.run().steps()
                    + " steps as read_at");
        }
        if (config.downstream() != null && arm.from() == null && config.fineTuning(1).maxLength() > settings.data().sequenceLength()) {
            throw new InputException("fine-tune " + arm.name() + " on sequences of " + config.fineTuning(1).maxLength() + " tokens",
                    "it has " + settings.data().sequenceLength() + " positions", "give at most as many as max_length of downstream");
        }
    }

    /// Losses are compared over the same held-out sequences; and a setting that an arm would pass over is no difference between arms.
    private void requireComparable(ArmConfig arm, PretrainConfig settings) {
        PretrainConfig others = config.settings(config.arms().getFirst(), 1);
        DataSettings own = settings.data();
        if (own.sequenceLength() != others.data().sequenceLength() || own.packed() != others.data().packed()
                || own.heldOutShare() != others.data().heldOutShare() || own.vocabularySize() != others.data().vocabularySize()
                || !own.textColumn().equals(others.data().textColumn())) {
            throw new InputException("compare " + arm.name() + " with " + config.arms().getFirst().name(),
                    "they would not be measured on the same sequences of the same tokens",
                    "give sequence_length, packed, held_out_share, vocabulary_size and text_column in the settings that all share");
        }
        if (arm.from() != null) {
            ModelSettings sizes = config.settings(config.arm(arm.from()), 1).model();
            if (!settings.model().equals(sizes)) {
                throw new InputException("start " + arm.name() + " from " + arm.from(), "its settings describe another model (" + settings.model()
                        + ") than the one it starts from (" + sizes + ")", "leave these settings of its out");
            }
        }
    }

    /// @param step of the arm's own
    private static boolean isMeasured(long step, PretrainConfig settings) {
        return step >= 0 && step <= settings.run().steps() && (step % settings.run().evaluateEvery() == 0 || step == settings.run().steps());
    }

    /// How the arms differ, for a terminal.
    ///
    /// @throws InputException if no arm has that name
    public static String differences(Report report, String reference) {
        List<String> names = report.arms().stream().map(Arm::name).distinct().toList();
        if (!names.contains(reference)) {
            throw new InputException("compare arms with " + reference, "there is no such arm", "name one of " + names + " with --reference");
        }
        return Differences.text(report, reference);
    }

    private record Run(ArmConfig arm, long seed) {}

    /// Each arm has one thread of libtorch's, or as many as its setting `threads` names: sums over several are rounded otherwise.
    ///
    /// @return the report; nothing where it was stopped early
    /// @throws InputException if somebody else writes to the folder
    public Optional<Report> run() throws IOException {
        try (var lock = WriteLock.in(folder)) {
            return train();
        }
    }

    private Optional<Report> train() throws IOException {
        long start = System.nanoTime();
        Native.setThreads(1);
        var corpora = new Corpora(config.corpus(), folder.resolve("corpus"));
        PretrainConfig settings = config.settings(config.arms().getFirst(), 1);
        TextCorpus text = TextCorpus.open(corpora.files(), settings.data().textColumn());
        for (Run run : inOrder()) {
            if (TrainingRun.readOthers(folder(run), text.fingerprints().values())) {
                throw new InputException("go on with the experiment in " + folder, run.arm().name() + " seed " + run.seed() + " has read another corpus",
                        "put back what was there, or choose another folder with --out");
            }
        }
        if (!begun) { // what was wrong with the corpus is not kept
            Json.write(folder.resolve(CONFIG), config);
        }
        makeTokenizer(text, settings.data().vocabularySize());
        var futures = new HashMap<Run, Future<Boolean>>();
        try (ExecutorService pool = Executors.newFixedThreadPool(workers, Thread.ofPlatform().name("arm-", 1).factory())) {
            for (Run run : inOrder()) { // what others start from begins before them, so nobody waits for what has no thread
                Future<Boolean> source = run.arm().from() == null ? null : futures.get(new Run(config.arm(run.arm().from()), run.seed()));
                futures.put(run, pool.submit(() -> train(run, source, corpora)));
            }
            boolean ended = true;
            for (Future<Boolean> each : futures.values()) {
                ended &= result(each); // all are looked at: one that failed stops the others, which do not fail
            }
            if (!ended) {
                return Optional.empty();
            }
        }
        Report report = report(begun ? earlierSeconds() : (Double) ((System.nanoTime() - start) * 1e-9));
        Json.write(folder.resolve(REPORT), report);
        HtmlReport.write(folder.resolve("report.html"), report, Differences.html(report, config.reference()));
        return Optional.of(report);
    }

    /// Sources first, then the longest.
    private List<Run> inOrder() {
        Set<String> sources = config.arms().stream().map(ArmConfig::from).filter(Objects::nonNull).collect(Collectors.toSet());
        var runs = new ArrayList<Run>();
        config.seeds().forEach(seed -> config.arms().forEach(arm -> runs.add(new Run(arm, seed))));
        runs.sort(Comparator.comparing((Run run) -> !sources.contains(run.arm().name())).thenComparing(run -> run.arm().from() != null));
        return runs;
    }

    private void makeTokenizer(TextCorpus text, int vocabularySize) throws IOException {
        Path target = folder.resolve(TOKENIZER);
        if (Files.isDirectory(target)) {
            return;
        }
        Path part = folder.resolve("." + TOKENIZER + ".part");
        Files.createDirectories(part);
        try (Tokenizer tokenizer = Tokenizer.of(WordPieceTrainer.train(text, vocabularySize))) {
            tokenizer.save(part);
        }
        Files.move(part, target, StandardCopyOption.ATOMIC_MOVE);
    }

    private Path folder(Run run) {
        return folder.resolve(run.arm().name()).resolve("seed-" + run.seed());
    }

    /// @return whether it came to its end
    private boolean train(Run run, Future<Boolean> source, Corpora corpora) throws IOException {
        try {
            if (source != null && !source.get() || stopped()) {
                return false;
            }
            Path own = folder(run);
            if (!Files.exists(own.resolve(REPORT))) {
                PretrainConfig settings = config.settings(run.arm(), run.seed());
                Native.setThreads(Math.max(1, settings.run().threads())); // another arm's may be this thread's
                Pretraining pretraining = Files.exists(own.resolve("run.json")) ? Pretraining.resume(own, lines(run))
                        : Pretraining.start(own, request(run, corpora, settings), lines(run));
                if (!pretraining.run(this::stopped, tokenizer -> corpora.facts(tokenizer, settings.data().sequenceLength()))) {
                    return false;
                }
            }
            return config.downstream() == null || Downstream.run(config.fineTuning(run.seed()), own, corpora, lines(run), this::stopped);
        } catch (IOException | RuntimeException | Error e) {
            failed = true;
            throw e;
        } catch (InterruptedException | ExecutionException e) {
            return false; // told by the source's own result
        }
    }

    private Pretraining.Request request(Run run, Corpora corpora, PretrainConfig settings) {
        ArmConfig arm = run.arm();
        Set<Long> keepAt = config.arms().stream().filter(other -> arm.name().equals(other.from())).map(ArmConfig::fromStep)
                .collect(Collectors.toSet());
        Path from = arm.from() == null ? null
                : folder(new Run(config.arm(arm.from()), run.seed())).resolve("step-" + arm.fromStep()).toAbsolutePath();
        ExperimentConfig.Start start = config.start(arm);
        return new Pretraining.Request(corpora.files(), from, from == null ? folder.resolve(TOKENIZER).toAbsolutePath() : null,
                start.steps(), start.memorySteps(), keepAt, settings);
    }

    /// What a run prints, each line under its name.
    private PrintStream lines(Run run) {
        String name = run.arm().name() + " seed " + run.seed() + ": ";
        return new PrintStream(new OutputStream() {
            private final ByteArrayOutputStream line = new ByteArrayOutputStream();

            @Override
            public void write(int b) {
                if (b == '\n') {
                    out.println(name + line.toString(StandardCharsets.UTF_8));
                    line.reset();
                } else {
                    line.write(b);
                }
            }
        }, true, StandardCharsets.UTF_8);
    }

    private boolean stopped() {
        return failed || stop.getAsBoolean();
    }

    private boolean result(Future<Boolean> future) throws IOException {
        try {
            return Futures.result(future);
        } catch (IOException | RuntimeException | Error e) {
            failed = true; // so that the others stop
            throw e;
        }
    }

    /// What the first report says; null where several calls made the experiment: nobody knows how long those took that were killed.
    private Double earlierSeconds() throws IOException {
        Path earlier = folder.resolve(REPORT);
        return Files.exists(earlier) ? Json.convert(Json.read(earlier), Report.class, earlier.toString()).seconds() : null;
    }

    private Report report(Double seconds) throws IOException {
        var arms = new ArrayList<Arm>();
        Map<Run, Arm> known = new HashMap<>();
        for (ArmConfig arm : config.arms()) {
            for (long seed : config.seeds()) {
                var run = new Run(arm, seed);
                Path own = folder(run);
                Arm measured = Json.convert(Json.read(own.resolve(REPORT)), Report.class, own.toString()).arms().getFirst();
                List<CurvePoint> before = arm.from() == null ? List.of()
                        : known.get(new Run(config.arm(arm.from()), seed)).curve().stream().filter(p -> p.step() < config.start(arm).steps()).toList();
                Arm whole = measured.within(arm.name(), before, reading(measured, arm.readAt()))
                        .withMetrics(config.downstream() == null ? Map.of() : Downstream.metrics(own));
                known.put(run, whole);
                arms.add(whole);
            }
        }
        return new Report(config.title(), seconds, Versions.all(), config, null, arms, config.settings(config.arms().getFirst(), 1).model().objective().modelling());
    }

    /// What the curve has at a step, or null.
    private static Reading reading(Arm arm, Long step) {
        return step == null ? null : arm.curve().stream().filter(point -> point.step() == step).findFirst()
                .map(point -> new Reading(point.step(), point.memorySteps(), point.mlmLoss(), point.factAccuracy(),
                        point.usage().stream().map(LayerUsage::of).toList()))
                .orElseThrow(); // looked at before
    }
}
