package dev.mneme.models.train.tasks;

import dev.mneme.models.base.InputException;
import dev.mneme.models.base.Versions;
import dev.mneme.models.base.internal.Json;
import dev.mneme.models.base.internal.MachineMemory;
import dev.mneme.models.report.CurvePoint;
import dev.mneme.models.report.Throughput;
import dev.mneme.models.text.Tokenizer;
import dev.mneme.models.text.tasks.GlueTask.Split;
import dev.mneme.models.train.Checkpoint;
import dev.mneme.models.train.Evaluation;
import dev.mneme.models.train.MatrixPeak;
import dev.mneme.models.train.ModelUsage;
import dev.mneme.models.train.TrainConfig;
import dev.mneme.models.train.Trainer;
import dev.mneme.models.train.TrainingLoop;
import dev.mneme.models.train.TrainingRun;
import dev.mneme.models.train.ValueConfig;
import dev.mneme.models.zoo.AutoModel;
import dev.mneme.models.zoo.bert.BertConfig;
import dev.mneme.models.zoo.bert.BertForTask;
import dev.mneme.models.zoo.bert.TaskHead;
import dev.mneme.models.zoo.transformer.TransformerModel;
import dev.mneme.torch.Native;
import dev.mneme.torch.NoGrad;
import dev.mneme.torch.Tensor;
import dev.mneme.torch.TensorScope;
import dev.mneme.torch.io.Safetensors;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;

/// Fine-tunes a pretrained model for a task: examples -> sequences -> training -> checkpoints, the best model, and a report, all in one
/// folder. `run.json` there holds what is needed to resume.
public final class FineTuning {
    /// What a run was asked to do.
    ///
    /// @param from the folder of the pretrained model, or of its run
    /// @param train a file, or the folder of GLUE's task
    /// @param dev the same, to choose the best model by
    public record Request(Task task, Path from, Path train, Path dev, FineTuneConfig config) {
        /// @throws InputException if one of them is missing: from a file
        public Request {
            TrainingRun.requirePresent("task", task);
            TrainingRun.requirePresent("from", from);
            TrainingRun.requirePresent("train", train);
            TrainingRun.requirePresent("dev", dev);
            TrainingRun.requirePresent("config", config);
        }
    }

    /// What a run measured: `report.json`.
    ///
    /// @param request as `run.json` has it
    /// @param skippedSteps those of the steps that changed nothing, because their loss or gradient was not finite
    /// @param loss and metrics of the dev set at the end
    /// @param best metrics of the best model, which the folder `best` has
    public record Report(Map<String, String> versions, Request request, long steps, long skippedSteps, double loss, Map<String, Double> metrics,
            Map<String, Double> best, Throughput throughput, List<CurvePoint> curve) {}

    private static final String ROWS = "trained-rows.safetensors";

    private final Path folder;
    private final Request request;
    private final boolean isNew;
    private final PrintStream out;

    private FineTuning(Path folder, Request request, boolean isNew, PrintStream out) {
        this.folder = folder;
        this.request = request;
        this.isNew = isNew;
        this.out = out;
    }

    /// A new run in a folder that has none yet.
    public static FineTuning start(Path folder, Request request, PrintStream out) throws IOException {
        TrainingRun.requireNew(folder);
        return new FineTuning(folder, request, true, out);
    }

    /// The run that a folder holds.
    public static FineTuning resume(Path folder, PrintStream out) throws IOException {
        return new FineTuning(folder, TrainingRun.request(folder, Request.class, "task"), false, out);
    }

    /// Trains to the end, or until `stop` says so; saves a checkpoint either way.
    ///
    /// @return whether the end was reached
    public boolean run(BooleanSupplier stop) throws IOException {
        FineTuneConfig config = request.config();
        if (config.threads() > 0) {
            Native.setThreads(config.threads());
        }
        try (TrainingRun run = TrainingRun.open(folder, isNew, out)) {
            return train(run, stop);
        }
    }

    private boolean train(TrainingRun run, BooleanSupplier stop) throws IOException {
        FineTuneConfig config = request.config();
        // What the run started from may have changed since: an interrupted run has all in its checkpoint.
        Path from = run.last().isPresent() ? run.last().get().folder() : Checkpoint.modelFolder(request.from());
        TaskFiles files = TaskFiles.toTrain(request.task(), config, out);
        BertConfig sizes = BertConfig.read(from.resolve(TransformerModel.CONFIG));
        MachineMemory.require("fine-tune " + from, config.train(1).values().trainingBytes(sizes.size(), !config.freezeEncoder()));
        try (Tokenizer tokenizer = AutoModel.tokenizer(from, out)) {
            var encoder = new InputEncoder(tokenizer, sizes.architecture(), sizes.typeVocabSize(), config.maxLength(), sizes.positions());
            TaskFiles.Training training = files.training(request.train(), encoder, labels(from));
            TaskHead head = training.head();
            TaskData train = training.data();
            Map<String, TaskData> dev = files.data(request.dev(), Split.DEV, encoder, head);
            run.reads(files.fingerprints(request.train(), request.dev()));
            var batches = new TaskBatches(train, config.batchSize(), config.gradientAccumulationSteps(), config.seed(), encoder.padding(), sizes.positions());
            long perEpoch = batches.stepsPerEpoch();
            long steps = (long) Math.ceil(config.epochs() * perEpoch);
            out.printf(Locale.ROOT, "%s: %d sequences to train on, %d to measure, %d steps%n", request.task(), train.inputs().size(),
                    dev.get("").inputs().size(), steps);
            try (BertForTask model = model(from, sizes, head); var trainer = trainer(model, config.train(steps), batches, run.last().isPresent())) {
                var evaluator = new TaskEvaluator(dev, request.task().metrics().getFirst(), config.measuredBatchSize(), encoder.padding());
                var loop = new TrainingLoop<>(trainer, batches::step, stale -> evaluator.evaluate(model, stale),
                        config.evaluateEvery() > 0 ? config.evaluateEvery() : perEpoch, 0, 0);
                return run.train(loop, trainer, tokenizer, request, "finetune " + request.task(), steps,
                        config.checkpointEvery() > 0 ? config.checkpointEvery() : perEpoch, Set.of(), stop,
                        result -> report(loop, trainer, result));
            }
        }
    }

    /// Of the head of the model that it starts from, where that is one for the same kind of task; else none.
    private List<String> labels(Path from) throws IOException {
        TaskHead head = TaskHead.find(from.resolve(TransformerModel.CONFIG)).orElse(null);
        return head == null || head.kind() != request.task().kind() ? List.of() : head.labels();
    }

    private BertForTask model(Path from, BertConfig sizes, TaskHead head) throws IOException {
        BertForTask model;
        synchronized (TransformerModel.DRAWING) {
            model = new BertForTask(sizes, head, request.config().seed());
        }
        try {
            model.startFrom(from).tell(from, out);
            if (request.config().freezeEncoder()) {
                model.freezeEncoder();
            }
            return model;
        } catch (IOException | RuntimeException e) {
            model.close();
            throw e;
        }
    }

    private Trainer<TaskBatch> trainer(BertForTask model, TrainConfig train, TaskBatches batches, boolean resumed) throws IOException {
        var trainer = new Trainer<>(new TaskObjective(model), train, request.config().seed());
        try {
            if (request.config().valueTraining() == ValueConfig.Training.FREQUENT) {
                trainOnlyFrequent(model, trainer, batches, resumed);
            }
            return trainer;
        } catch (IOException | RuntimeException e) {
            trainer.close();
            throw e;
        }
    }

    /// Trains the rows of each table that are read most in one pass over the training data (sparse memory fine-tuning), by all layers that
    /// share it: counted once, and kept with the run, for the model that reads them changes.
    private void trainOnlyFrequent(BertForTask model, Trainer<TaskBatch> trainer, TaskBatches batches, boolean resumed) throws IOException {
        if (model.memories().isEmpty()) {
            throw new InputException("train the frequent values of " + request.from(), "the model has no memory",
                    "leave value_training out, or give a model with one");
        }
        Path kept = folder.resolve(ROWS);
        try (var scope = TensorScope.open()) {
            if (!resumed) {
                Safetensors.write(kept, frequent(model, batches), Map.of());
            }
            try (var file = Safetensors.open(kept)) {
                var rows = new LinkedHashMap<Integer, Tensor>();
                Map<String, Tensor> tensors = file.tensors();
                for (List<Integer> layers : model.layersByTable()) {
                    int first = layers.getFirst();
                    Tensor some = tensors.get(String.valueOf(first));
                    if (some == null) {
                        throw new InputException("resume the run in " + folder, kept + " has no rows of layer " + first, "put back the file that the run wrote");
                    }
                    rows.put(first, some);
                    out.printf(Locale.ROOT, "%s: training %d of %d value rows%n", named(layers), some.numel(),
                            model.memories().get(first).config().slots());
                }
                trainer.trainOnly(rows);
            }
        }
    }

    /// "Layer 3", or "Layers 3, 7 and 11, which share their values".
    private static String named(List<Integer> layers) {
        if (layers.size() == 1) {
            return "Layer " + layers.getFirst();
        }
        String others = layers.subList(0, layers.size() - 1).stream().map(String::valueOf).collect(Collectors.joining(", "));
        return "Layers " + others + " and " + layers.getLast() + ", which share their values";
    }

    /// @return the rows of each table by the number of its first layer, in the current scope
    private Map<String, Tensor> frequent(BertForTask model, TaskBatches batches) {
        var objective = new TaskObjective(model);
        boolean training = model.isTraining();
        model.train(false);
        try (var noGrad = NoGrad.open(); var watch = new ModelUsage(model)) {
            for (long step = 0; step < batches.stepsPerEpoch(); step++) {
                try (var one = TensorScope.open()) {
                    batches.step(step).forEach(objective::logits);
                }
            }
            var rows = new LinkedHashMap<String, Tensor>();
            watch.mostRead(request.config().frequentShare()).forEach((layer, some) -> rows.put(layer.toString(), some));
            return rows;
        } finally {
            model.train(training);
        }
    }

    private void report(TrainingLoop<?> loop, Trainer<?> trainer, Evaluation result) throws IOException {
        var throughput = new Throughput(trainer.tokensPerSecond(), trainer.flopsPerSecond(), MatrixPeak.flopsPerSecond(), loop.waitingShare());
        String selecting = result.selecting();
        Map<String, Double> best = loop.curve().stream().filter(point -> point.step() > 0).map(CurvePoint::metrics)
                .max(Comparator.comparingDouble(metrics -> orLeast(metrics.get(selecting)))).orElseThrow();
        Json.write(folder.resolve("report.json"), new Report(Versions.all(), request, trainer.steps(), loop.skipped(), result.loss(), result.metrics(),
                best, throughput, loop.curve()));
        result.metrics().forEach((name, value) -> out.printf(Locale.ROOT, "%-24s %.4f   best %.4f%n", name, value, best.get(name)));
        out.println(throughput.text());
    }

    private static double orLeast(Double value) {
        return value == null ? Double.NEGATIVE_INFINITY : value;
    }
}
