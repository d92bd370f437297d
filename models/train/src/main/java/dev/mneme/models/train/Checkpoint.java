package dev.mneme.models.train;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mneme.models.base.InputException;
import dev.mneme.models.base.internal.Folders;
import dev.mneme.models.base.internal.Json;
import dev.mneme.models.text.Tokenizer;
import dev.mneme.models.zoo.transformer.ModelWeights;
import dev.mneme.models.zoo.AutoModel;
import dev.mneme.models.zoo.transformer.TransformerModel;
import dev.mneme.torch.Tensor;
import dev.mneme.torch.TensorScope;
import dev.mneme.torch.internal.Reason;
import dev.mneme.torch.internal.Sha256;
import dev.mneme.torch.io.Safetensors;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// A folder `checkpoint-<step>` in a run's folder: a model in Hugging Face's layout (`config.json`, `model.safetensors`,
/// the tokenizer), `optimizer.safetensors`, `training.json`, and `manifest.json` with the size and SHA-256 of each.
///
/// It is written beside its place, flushed to the disk, and renamed, so that it is whole or not there. The last two stay.
public final class Checkpoint {
    private static final String PREFIX = "checkpoint-";
    private static final String MANIFEST = "manifest.json";
    private static final String TRAINING = "training.json";
    private static final String OPTIMIZER = "optimizer.safetensors";
    private static final Pattern ROW_STEPS = Pattern.compile("memory\\.(\\d{1,9})\\.row_steps"); // as Trainer names them
    private static final Pattern NAME = Pattern.compile(PREFIX + "\\d{1,18}");
    private static final Pattern LEFT = Pattern.compile("\\.(" + NAME + "|best|step-\\d+)\\.(part|before)|[\\w-]+\\.(json|html|safetensors)\\.[0-9a-f]{16}\\.part");
    private static final List<String> REQUIRED = List.of(TransformerModel.CONFIG, "model.safetensors", OPTIMIZER, TRAINING);
    private static final int KEPT = 2;
    static final String BEST = "best";

    private final Path folder;

    private Checkpoint(Path folder) {
        this.folder = folder;
    }

    /// Saves a run after the step that the trainer has reached.
    ///
    /// @param training what else the run needs to go on, as JSON
    /// @throws IOException naming the folder and the cause, such as a full disk; earlier checkpoints are untouched then
    public static Checkpoint save(Path run, Trainer<?> trainer, Tokenizer tokenizer, ObjectNode training) throws IOException {
        Path folder = run.resolve(PREFIX + String.format(Locale.ROOT, "%08d", trainer.steps()));
        Path part = run.resolve("." + folder.getFileName() + ".part");
        if (Files.exists(folder) && damage(folder) == null) { // after a resume without a step: the same state
            return new Checkpoint(folder);
        }
        try {
            Folders.delete(part);
            Files.createDirectories(part);
            try (var scope = TensorScope.open()) {
                AutoModel.save(trainer.model(), tokenizer, part);
                Safetensors.write(part.resolve(OPTIMIZER), trainer.optimizerState(), Map.of());
            }
            Json.write(part.resolve(TRAINING), training);
            writeManifest(part);
            Folders.delete(folder);
            Files.move(part, folder, StandardCopyOption.ATOMIC_MOVE);
            sync(run);
        } catch (IOException | UncheckedIOException e) {
            deleteQuietly(part);
            throw new IOException("Saving the checkpoint " + folder + " failed: " + Reason.of(e)
                    + ". Earlier checkpoints are untouched: make room on that disk and resume.", e);
        }
        List<Path> all = list(run).toList();
        int saved = all.indexOf(folder); // those of later steps are damaged: the run was resumed from before them
        for (int i = 0; i < all.size(); i++) {
            if (i < saved || i >= saved + KEPT) {
                Folders.delete(all.get(i));
            }
        }
        return new Checkpoint(folder);
    }

    /// Keeps the model as it is in a folder of a run: the model in Hugging Face's layout, and `evaluation.json`.
    ///
    /// @throws IOException naming the folder and the cause; what was in the folder stays then
    static void saveModel(Path run, String name, Trainer<?> trainer, Tokenizer tokenizer, ObjectNode evaluation) throws IOException {
        Path folder = run.resolve(name);
        Path part = run.resolve("." + name + ".part");
        Path before = run.resolve("." + name + ".before");
        try {
            Folders.delete(part);
            Folders.delete(before);
            Files.createDirectories(part);
            try (var scope = TensorScope.open()) {
                AutoModel.save(trainer.model(), tokenizer, part);
            }
            Json.write(part.resolve("evaluation.json"), evaluation);
            syncFiles(part);
            if (Files.exists(folder)) {
                Files.move(folder, before, StandardCopyOption.ATOMIC_MOVE);
            }
            Files.move(part, folder, StandardCopyOption.ATOMIC_MOVE);
            sync(run);
            Folders.delete(before);
        } catch (IOException | UncheckedIOException e) {
            deleteQuietly(part);
            throw new IOException("Saving the model " + folder + " failed: " + Reason.of(e)
                    + ". Checkpoints are untouched: make room on that disk and resume.", e);
        }
    }

    /// Tidies up after a process that was killed: puts back a model whose place another was about to take, and removes what
    /// was half written.
    static void recover(Path run) throws IOException {
        List<Path> left;
        try (Stream<Path> files = Files.list(run)) {
            left = files.filter(file -> LEFT.matcher(file.getFileName().toString()).matches()).toList();
        }
        for (Path file : left) {
            String name = file.getFileName().toString();
            Path of = run.resolve(name.substring(1).replace(".before", ""));
            if (name.endsWith(".before") && !Files.exists(of)) {
                Files.move(file, of, StandardCopyOption.ATOMIC_MOVE);
                continue;
            }
            Folders.delete(file);
        }
    }

    /// The newest checkpoint of a run that is whole, or nothing where the run has none.
    ///
    /// @throws InputException if there are some and all are damaged
    public static Optional<Checkpoint> latest(Path run) throws IOException {
        List<Path> folders = Files.isDirectory(run) ? list(run).toList() : List.of();
        String damage = null;
        for (Path folder : folders) {
            String wrong = damage(folder);
            if (wrong == null) {
                return Optional.of(new Checkpoint(folder));
            }
            System.err.println("Passing over " + folder + ": " + wrong + ".");
            damage = wrong;
        }
        if (damage != null) {
            throw new InputException("resume from " + run, "none of its checkpoints is whole (" + damage + ")",
                    "start the run again in another folder");
        }
        return Optional.empty();
    }

    /// Whether a run has checkpoints, whole or not.
    static boolean any(Path run) throws IOException {
        return Files.isDirectory(run) && list(run).findAny().isPresent();
    }

    /// A model's folder: the given one if it holds a `config.json`, else the newest checkpoint in it.
    public static Path modelFolder(Path path) throws IOException {
        if (Files.isRegularFile(path.resolve(TransformerModel.CONFIG)) && ModelWeights.areIn(path)) {
            requireWhole(path);
            return path;
        }
        return latest(path).map(Checkpoint::folder).orElseThrow(() -> new InputException("read a model from " + path,
                "there is no config.json with weights (" + String.join(", ", ModelWeights.FILES) + "), and no checkpoint", "give the folder of a model or of a run"));
    }

    /// A checkpoint that is named itself has no other before it to fall back to.
    private static void requireWhole(Path folder) throws IOException {
        String weights = "model.safetensors";
        if (Files.isRegularFile(folder.resolve(MANIFEST)) && Json.read(folder.resolve(MANIFEST)).path(weights).isObject()) {
            String damage = damage(folder, weights, Json.read(folder.resolve(MANIFEST)).path(weights));
            if (damage != null) {
                throw new InputException("read the checkpoint " + folder, damage, "give another, or the folder of its run, whose last whole one is taken");
            }
        }
    }

    /// For each memory of the model in a folder the share of its slots that the run's training never updated; empty where there is
    /// no optimizer state beside the model.
    public static Map<Integer, Double> stale(Path folder) throws IOException {
        Path file = folder.resolve(OPTIMIZER);
        var stale = new TreeMap<Integer, Double>();
        if (Files.isRegularFile(file)) {
            try (var scope = TensorScope.open(); var state = Safetensors.open(file)) {
                for (String name : state.entries().keySet()) {
                    Matcher rowSteps = ROW_STEPS.matcher(name);
                    if (rowSteps.matches()) {
                        Tensor steps = state.tensor(name); // (K)
                        stale.put(Integer.valueOf(rowSteps.group(1)), 1 - steps.countNonzero().itemLong() / (double) steps.numel());
                    }
                }
            }
        }
        return stale;
    }

    public Path folder() {
        return folder;
    }

    /// What was saved beside the tensors.
    public ObjectNode training() throws IOException {
        return Json.read(folder.resolve(TRAINING));
    }

    /// Loads weights and optimizer state into a trainer whose model has the same configuration.
    public void restore(Trainer<?> trainer, long step) throws IOException {
        try (var scope = TensorScope.open(); var optimizer = Safetensors.open(folder.resolve(OPTIMIZER))) {
            trainer.model().load(folder);
            trainer.restore(optimizer.tensors(), step);
        } catch (IllegalArgumentException e) {
            throw new InputException("resume from " + folder, e.getMessage(), "resume with the configuration of the run", e);
        }
    }

    private static void writeManifest(Path folder) throws IOException {
        ObjectNode manifest = Json.object();
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.sorted().toList()) {
                manifest.putObject(file.getFileName().toString()).put("bytes", Files.size(file)).put("sha256", Sha256.of(file));
            }
        }
        Json.write(folder.resolve(MANIFEST), manifest);
        syncFiles(folder);
    }

    /// What is wrong with a checkpoint, or null.
    private static String damage(Path folder) {
        if (!Files.isRegularFile(folder.resolve(MANIFEST))) {
            return "it has no " + MANIFEST;
        }
        try {
            JsonNode manifest = Json.read(folder.resolve(MANIFEST));
            for (String name : REQUIRED) {
                if (!manifest.has(name)) {
                    return "its " + MANIFEST + " does not name " + name;
                }
            }
            for (Map.Entry<String, JsonNode> each : manifest.properties()) {
                String damage = damage(folder, each.getKey(), each.getValue());
                if (damage != null) {
                    return damage;
                }
            }
            return null;
        } catch (InputException e) {
            return e.found();
        } catch (IOException | RuntimeException e) { // whatever stands there, the checkpoint before may be whole
            return "it cannot be read (" + Reason.of(e) + ")";
        }
    }

    private static String damage(Path folder, String name, JsonNode expected) throws IOException {
        if (!name.matches("[\\w.-]+")) {
            return "its " + MANIFEST + " names a file that is none of a checkpoint's";
        }
        Path file = folder.resolve(name);
        if (!Files.isRegularFile(file)) {
            return name + " is missing";
        } else if (Files.size(file) != expected.path("bytes").asLong(-1)) {
            return name + " has " + Files.size(file) + " bytes instead of " + expected.path("bytes");
        } else if (!Sha256.of(file).equals(expected.path("sha256").asText())) {
            return name + " is not what was written (its SHA-256 differs)";
        }
        return null;
    }

    /// The checkpoints of a run, newest first.
    private static Stream<Path> list(Path run) throws IOException {
        try (Stream<Path> files = Files.list(run)) {
            return files.filter(f -> NAME.matcher(f.getFileName().toString()).matches())
                    .sorted(Comparator.comparingLong(
                            (Path f) -> Long.parseLong(f.getFileName().toString().substring(PREFIX.length()))).reversed())
                    .toList().stream();
        }
    }

    private static void syncFiles(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.toList()) {
                sync(file);
            }
        }
        sync(folder);
    }

    private static void sync(Path path) throws IOException {
        try (var channel = FileChannel.open(path, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    private static void deleteQuietly(Path folder) {
        try {
            Folders.delete(folder);
        } catch (IOException e) {
            System.err.println("Removing " + folder + " failed: " + Reason.of(e) + ". It can be deleted by hand.");
        }
    }
}
