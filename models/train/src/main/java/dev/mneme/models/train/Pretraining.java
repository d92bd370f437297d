package dev.mneme.models.train;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mneme.models.base.InputException;
import dev.mneme.models.base.Versions;
import dev.mneme.models.base.internal.Json;
import dev.mneme.models.base.internal.MachineMemory;
import dev.mneme.models.report.Arm;
import dev.mneme.models.report.HtmlReport;
import dev.mneme.models.report.Report;
import dev.mneme.models.report.Throughput;
import dev.mneme.models.text.BatchSource;
import dev.mneme.models.text.CausalCollator;
import dev.mneme.models.text.Collator;
import dev.mneme.models.text.FactEvaluation;
import dev.mneme.models.text.MlmCollator;
import dev.mneme.models.text.Seeds;
import dev.mneme.models.text.StaticCollator;
import dev.mneme.models.text.TextCorpus;
import dev.mneme.models.text.TokenSequences;
import dev.mneme.models.text.Tokenizer;
import dev.mneme.models.text.Vocabulary;
import dev.mneme.models.text.WordPieceTrainer;
import dev.mneme.models.zoo.AutoModel;
import dev.mneme.models.zoo.bert.BertConfig;
import dev.mneme.models.zoo.bert.BertForMaskedLM;
import dev.mneme.models.zoo.gpt.GptConfig;
import dev.mneme.models.zoo.gpt.GptForCausalLM;
import dev.mneme.models.zoo.transformer.LanguageModel;
import dev.mneme.models.zoo.transformer.ModelSize;
import dev.mneme.models.zoo.transformer.TransformerModel;
import dev.mneme.torch.Native;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Function;

/// Pretrains a model on the user's own text: corpus -> vocabulary -> sequences -> training -> checkpoints and reports, all in
/// one folder. `run.json` there holds what is needed to resume.
public final class Pretraining {
    /// What a run was asked to do.
    ///
    /// @param from the folder of a pretrained model to start from, or null
    /// @param tokenizer the folder of the tokenizer of a new model; null for a vocabulary trained on the corpus
    /// @param earlierSteps of the model that it starts from: batches, and the steps of the curve, go on from there
    /// @param earlierMemorySteps those of them that were made with a memory; absent from older files
    /// @param keepAt steps of this run whose model is kept, in the folder `step-<n>`
    public record Request(List<Path> corpus, Path from, Path tokenizer, long earlierSteps, Long earlierMemorySteps, Set<Long> keepAt,
            PretrainConfig config) {
        /// @throws InputException if the corpus or the settings are missing: from a file
        public Request {
            TrainingRun.requirePresent("corpus", corpus == null || corpus.isEmpty() || corpus.stream().anyMatch(Objects::isNull) ? null : corpus);
            TrainingRun.requirePresent("config", config);
            earlierMemorySteps = earlierMemorySteps == null ? 0 : earlierMemorySteps;
            keepAt = keepAt == null ? Set.of() : Set.copyOf(keepAt);
        }

        public Request(List<Path> corpus, Path from, PretrainConfig config) {
            this(corpus, from, null, 0, 0L, Set.of(), config);
        }
    }

    private final Path folder;
    private final Request request;
    private final boolean isNew;
    private final PrintStream out;

    private Pretraining(Path folder, Request request, boolean isNew, PrintStream out) {
        this.folder = folder;
        this.request = request;
        this.isNew = isNew;
        this.out = out;
    }

    /// A new run in a folder that has none yet.
    public static Pretraining start(Path folder, Request request, PrintStream out) throws IOException {
        TrainingRun.requireNew(folder);
        return new Pretraining(folder, request, true, out);
    }

    /// The run that a folder holds.
    public static Pretraining resume(Path folder, PrintStream out) throws IOException {
        return new Pretraining(folder, TrainingRun.request(folder, Request.class, "corpus"), false, out);
    }

    /// Trains to the end, or until `stop` says so; saves a checkpoint either way.
    ///
    /// @return whether the end was reached
    public boolean run(BooleanSupplier stop) throws IOException {
        return run(stop, tokenizer -> null);
    }

    /// @param facts to be asked for at each evaluation: made with the run's tokenizer
    public boolean run(BooleanSupplier stop, Function<Tokenizer, FactEvaluation> facts) throws IOException {
        PretrainConfig config = request.config();
        if (config.run().threads() > 0) {
            Native.setThreads(config.run().threads());
        }
        TextCorpus corpus = TextCorpus.open(request.corpus(), config.data().textColumn());
        try (TrainingRun run = TrainingRun.open(folder, isNew, out)) {
            run.reads(corpus.fingerprints());
            return train(run, corpus, stop, facts);
        }
    }

    private boolean train(TrainingRun run, TextCorpus corpus, BooleanSupplier stop, Function<Tokenizer, FactEvaluation> facts) throws IOException {
        PretrainConfig config = request.config();
        try (Tokenizer tokenizer = tokenizer(corpus, run.last())) {
            Vocabulary vocabulary = tokenizer.vocabulary();
            MachineMemory.require("train a model of these sizes", config.train().values().trainingBytes(size(vocabulary, run.last()), true));
            TokenSequences all = TokenSequences.of(corpus, tokenizer, config.data().sequenceLength(),
                    config.data().packed() ? TokenSequences.Layout.PACKED : TokenSequences.Layout.LINES);
            TokenSequences.Split split = all.split(config.data().heldOutShare(), config.run().seed());
            out.printf(Locale.ROOT, "%d sequences of %d tokens to train on, %d held out, vocabulary of %d%n", split.train().size(),
                    config.data().sequenceLength(), split.heldOut().size(), vocabulary.size());
            var batches = new BatchSource(split.train(), collator(vocabulary), config.data().batchSize(), config.run().seed(), !config.data().packed());
            try (LanguageModel model = model(vocabulary, run.last());
                    var trainer = new Trainer<>(new LanguageObjective(model), config.train(), config.run().seed())) {
                var heldOut = new BatchSource(split.heldOut(), Evaluator.collator(model, vocabulary),
                        Math.max(config.data().batchSize(), 64), Seeds.of(config.run().seed(), Seeds.EVALUATION, 0), !config.data().packed());
                var evaluator = new Evaluator(heldOut, facts.apply(tokenizer));
                var loop = new TrainingLoop<>(trainer, TrainingLoop.accumulated(batches::batch, config.train().accumulation()), stale -> evaluator.evaluate(model, stale), config.run().evaluateEvery(),
                        request.earlierSteps(), request.earlierMemorySteps());
                return run.train(loop, trainer, tokenizer, request, "pretrain", config.run().steps(), config.run().checkpointEvery(), request.keepAt(), stop,
                        result -> report(loop, trainer, result));
            }
        }
    }

    /// The one of an interrupted run, the pretrained model's own, the one that was asked for, or one of a vocabulary trained on the corpus.
    private Tokenizer tokenizer(TextCorpus corpus, Optional<Checkpoint> last) throws IOException {
        if (last.isPresent()) {
            return AutoModel.tokenizer(last.get().folder(), out);
        }
        if (request.from() != null) {
            return AutoModel.tokenizer(Checkpoint.modelFolder(request.from()), out);
        }
        return request.tokenizer() != null ? Tokenizer.inFolder(request.tokenizer())
                : Tokenizer.of(WordPieceTrainer.train(corpus, request.config().data().vocabularySize()));
    }

    private ModelSize size(Vocabulary vocabulary, Optional<Checkpoint> last) throws IOException {
        PretrainConfig config = request.config();
        boolean causal = config.model().isCausal();
        if (request.from() == null) {
            return causal ? config.gpt(vocabulary.size()).size() : config.bert(vocabulary.size()).size();
        }
        Path from = last.isPresent() ? last.get().folder() : Checkpoint.modelFolder(request.from());
        Path file = from.resolve(TransformerModel.CONFIG);
        return AutoModel.isCausal(from) ? GptConfig.read(file).withMemory(config.memory()).size()
                : BertConfig.read(file).withMemory(config.memory()).size();
    }

    private Collator collator(Vocabulary vocabulary) {
        PretrainConfig config = request.config();
        if (config.model().isCausal()) {
            return new CausalCollator();
        }
        var drawn = new MlmCollator(config.data().mlm(), vocabulary);
        return config.data().masking() == DataSettings.Masking.STATIC ? new StaticCollator(drawn, config.run().seed()) : drawn;
    }

    /// A new model, with the weights of the pretrained one where there is one: on resuming, those of the last checkpoint, as what the
    /// run started from may have changed since.
    private LanguageModel model(Vocabulary vocabulary, Optional<Checkpoint> last) throws IOException {
        PretrainConfig config = request.config();
        if (request.from() == null) {
            synchronized (TransformerModel.DRAWING) {
                return config.model().isCausal() ? new GptForCausalLM(config.gpt(vocabulary.size()), config.run().seed())
                        : new BertForMaskedLM(config.bert(vocabulary.size()), config.run().seed());
            }
        }
        Path from = last.isPresent() ? last.get().folder() : Checkpoint.modelFolder(request.from());
        LanguageModel model;
        synchronized (TransformerModel.DRAWING) {
            model = drawn(from);
        }
        try {
            model.startFrom(from).tell(from, out);
            return model;
        } catch (IOException | RuntimeException e) {
            model.close();
            throw e;
        }
    }

    /// A model of the sizes of the one in a folder, and with the memories that were asked for.
    private LanguageModel drawn(Path from) throws IOException {
        PretrainConfig config = request.config();
        Path file = from.resolve(TransformerModel.CONFIG);
        if (AutoModel.isCausal(from) != config.model().isCausal()) {
            throw new InputException("start from " + from + " with the objective " + config.model().objective().name().toLowerCase(Locale.ROOT),
                    "it is a model of the other kind", "give the objective of the model");
        }
        if (config.model().isCausal()) {
            GptConfig sizes = GptConfig.read(file);
            requireRoom(from, sizes.nPositions());
            return new GptForCausalLM(sizes.withMemory(config.memory()), config.run().seed());
        }
        BertConfig sizes = BertConfig.read(file);
        requireRoom(from, sizes.positions());
        return new BertForMaskedLM(sizes.withMemory(config.memory()), config.run().seed());
    }

    private void requireRoom(Path from, int positions) {
        if (request.config().data().sequenceLength() > positions) {
            throw new InputException("train on sequences of " + request.config().data().sequenceLength() + " tokens", "the model in " + from + " has "
                    + positions + " positions", "give at most as many as sequence_length");
        }
    }

    private void report(TrainingLoop<?> loop, Trainer<?> trainer, Evaluation result) throws IOException {
        PretrainConfig config = request.config();
        boolean memory = !config.memory().isNone();
        String name = config.memory().mode().name().toLowerCase(Locale.ROOT)
                + (memory ? request.from() == null ? "-scratch" : "-pretrained" : "");
        var arm = new Arm(name, config.run().seed(), loop.steps(), loop.memorySteps(),
                trainer.model().parameterCount(), result.loss(), result.factAccuracy(), trainer.tokensPerSecond(), loop.curve(), result.usage(), null)
                .withSkippedSteps(loop.skipped());
        ObjectNode resolved = Json.tree(request);
        var throughput = new Throughput(trainer.tokensPerSecond(), trainer.flopsPerSecond(), MatrixPeak.flopsPerSecond(), loop.waitingShare());
        var report = new Report(null, null, Versions.all(), resolved, throughput, List.of(arm), config.model().objective().modelling());
        out.printf(Locale.ROOT, "Held-out loss %.4f, perplexity %.2f; %s%n", result.loss(), result.perplexity(), throughput.text());
        HtmlReport.write(folder.resolve("report.html"), report);
        Json.write(folder.resolve("report.json"), report); // the last: it says that all is there
    }
}
