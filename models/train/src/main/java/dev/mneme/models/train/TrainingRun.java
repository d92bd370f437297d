package dev.mneme.models.train;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mneme.models.base.InputException;
import dev.mneme.models.base.internal.Json;
import dev.mneme.models.base.internal.WriteLock;
import dev.mneme.models.text.Tokenizer;
import dev.mneme.models.zoo.transformer.ModelWeights;
import dev.mneme.models.zoo.transformer.TransformerModel;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BooleanSupplier;

/// A training in a folder of its own: `run.json` with what was asked, the last two checkpoints, and the best model.
public final class TrainingRun implements AutoCloseable {
    private static final String REQUEST = "run.json";
    private static final String REPORT = "report.json";
    private static final String FINGERPRINTS = "fingerprints";
    private static final String ELSEWHERE = "choose another folder with --out";

    private final Path folder;
    private final WriteLock lock;
    private final Optional<Checkpoint> last;
    private final PrintStream out;
    private Map<String, String> fingerprints = Map.of(); // of the files that are read, by their paths

    private TrainingRun(Path folder, WriteLock lock, Optional<Checkpoint> last, PrintStream out) {
        this.folder = folder;
        this.lock = lock;
        this.last = last;
        this.out = out;
    }

    /// @throws InputException if the folder has a run already, or what a run would write over or be lost with
    public static void requireNew(Path folder) throws IOException {
        String asked = "start a run in " + folder;
        if (Files.exists(folder.resolve(REQUEST)) || Checkpoint.any(folder)) {
            throw new InputException(asked, "it already holds a run", "go on with it by --resume, or choose another folder with --out");
        }
        if (Files.exists(folder.resolve(REPORT))) {
            throw new InputException(asked, "it holds the report of something else", ELSEWHERE);
        }
        for (Path each = folder.toAbsolutePath().normalize(); each != null; each = each.getParent()) {
            if (Files.exists(each.resolve(TransformerModel.CONFIG)) && ModelWeights.areIn(each)) {
                throw new InputException(asked, each + " is the folder of a model", ELSEWHERE);
            }
        }
    }

    /// What the run in a folder was asked, or nothing where it holds none of this kind.
    ///
    /// @param own a name that requests of this kind have, and no others
    public static <R> Optional<R> find(Path folder, Class<R> type, String own) throws IOException {
        Path file = folder.resolve(REQUEST);
        if (!Files.isRegularFile(file)) {
            return Optional.empty();
        }
        ObjectNode request = Json.read(file);
        request.remove(FINGERPRINTS);
        return request.has(own) ? Optional.of(Json.convert(request, type, file.toString())) : Optional.empty();
    }

    /// What the run in a folder was asked.
    ///
    /// @throws InputException if it has none, or one of another kind
    public static <R> R request(Path folder, Class<R> type, String own) throws IOException {
        String asked = "resume the run in " + folder;
        if (!Files.exists(folder.resolve(REQUEST))) {
            throw new InputException(asked, "it holds no run", "give the folder of a run with --out");
        }
        return find(folder, type, own).orElseThrow(() -> new InputException(asked, "it is one of another command (its " + REQUEST + " has no " + own
                + ")", "resume it with the command that it was started with"));
    }

    /// A run that is about to train, from where it was left. Until it is closed nobody else writes to its folder.
    ///
    /// @param isNew whether there must be none yet
    /// @throws InputException if somebody else writes to it, or there is a run where there must be none
    public static TrainingRun open(Path folder, boolean isNew, PrintStream out) throws IOException {
        WriteLock lock = WriteLock.in(folder);
        try {
            if (isNew) {
                requireNew(folder);
            }
            Optional<Checkpoint> last = Checkpoint.latest(folder);
            Checkpoint.recover(folder);
            return new TrainingRun(folder, lock, last, out);
        } catch (IOException | RuntimeException e) {
            lock.close();
            throw e;
        }
    }

    @Override
    public void close() throws IOException {
        lock.close();
    }

    /// Keeps with the run what the files hold that it reads.
    ///
    /// @param files their hashes, by their paths
    /// @throws InputException if the run began with other files, or with others of these names
    public void reads(Map<Path, String> files) throws IOException {
        var now = new TreeMap<String, String>();
        files.forEach((path, hash) -> now.put(path.toAbsolutePath().toString(), hash));
        JsonNode kept = fingerprints(folder);
        if (kept.isObject()) { // a run from before there were fingerprints has none
            var before = new TreeMap<String, String>();
            kept.properties().forEach(each -> before.put(each.getKey(), each.getValue().asText()));
            var paths = new TreeSet<>(before.keySet());
            paths.addAll(now.keySet());
            paths.removeIf(path -> Objects.equals(before.get(path), now.get(path)));
            if (!paths.isEmpty()) {
                throw new InputException("resume the run in " + folder, "it would read what it did not begin with: " + paths + " changed",
                        "put back what was there, or start another run with --from " + folder);
            }
        }
        fingerprints = now;
    }

    /// Whether there is a run in a folder that read other files than those of these hashes, wherever they were.
    public static boolean readOthers(Path folder, Collection<String> hashes) throws IOException {
        JsonNode kept = fingerprints(folder);
        return kept.isObject() && !kept.properties().stream().map(each -> each.getValue().asText()).sorted().toList().equals(hashes.stream().sorted().toList());
    }

    private static JsonNode fingerprints(Path folder) throws IOException {
        Path file = folder.resolve(REQUEST);
        JsonNode kept = Files.exists(file) ? Json.read(file).path(FINGERPRINTS) : MissingNode.getInstance();
        if (!kept.isMissingNode() && !kept.isObject()) {
            throw new InputException("resume the run in " + folder, FINGERPRINTS + " in " + file + " is " + kept, "put back what the run wrote there");
        }
        return kept;
    }

    /// @throws InputException if what a run was asked lacks something
    public static void requirePresent(String name, Object value) {
        if (value == null) {
            throw new InputException("make a run", "it has no " + name, "give it, or put back the " + REQUEST + " that the run wrote");
        }
    }

    /// The newest checkpoint, where there was one at the opening.
    public Optional<Checkpoint> last() {
        return last;
    }

    /// The name of the folder of a model that was kept.
    static String kept(long step) {
        return "step-" + step;
    }

    /// Called when the last step was made.
    @FunctionalInterface
    public interface Finish {
        void accept(Evaluation result) throws IOException;
    }

    /// Trains to the end, or until `stop` says so; saves a checkpoint either way, and the best model on the way.
    ///
    /// @param request to be kept in `run.json`
    /// @param task what the progress is called
    /// @param keepAt steps whose model is kept
    /// @return whether the end was reached
    public <B> boolean train(TrainingLoop<B> loop, Trainer<B> trainer, Tokenizer tokenizer, Record request, String task, long steps,
            long checkpointEvery, Set<Long> keepAt, BooleanSupplier stop, Finish finish) throws IOException {
        if (last.isPresent()) {
            loop.restore(last.get());
            if (trainer.steps() > steps) {
                throw new InputException("resume the run in " + folder, "it made " + trainer.steps() + " steps, and its " + REQUEST + " asks for " + steps,
                        "put back the " + REQUEST + " that the run wrote");
            }
            out.printf(Locale.ROOT, "Resuming at step %d from %s%n", trainer.steps(), last.get().folder());
        } else {
            ObjectNode asked = Json.tree(request);
            asked.set(FINGERPRINTS, Json.tree(fingerprints));
            Json.write(folder.resolve(REQUEST), asked);
        }
        // Of a run that was at its end already, the report has the speed; this one would have none.
        boolean reported = trainer.steps() == steps && Files.exists(folder.resolve(REPORT));
        try (var progress = Progress.open(out, task, trainer.steps(), steps)) {
            if (last.isEmpty()) {
                loop.evaluate(progress); // where it starts: before any step
                saveIfBest(loop, trainer, tokenizer);
            }
            Evaluation result = loop.run(steps, stop, progress, step -> {
                saveIfBest(loop, trainer, tokenizer);
                if (keepAt.contains(step)) {
                    Checkpoint.saveModel(folder, kept(step), trainer, tokenizer, Json.object().put("step", step));
                }
                if (step % checkpointEvery == 0 && step < steps) {
                    Checkpoint.save(folder, trainer, tokenizer, loop.state());
                }
            });
            Checkpoint saved = Checkpoint.save(folder, trainer, tokenizer, loop.state());
            boolean finished = trainer.steps() == steps;
            if (finished && !reported) {
                finish.accept(result);
            }
            progress.close();
            out.printf(Locale.ROOT, finished ? "Saved %s%n" : "Stopped; saved %s%n", saved.folder());
            return finished;
        } catch (DivergedException e) {
            throw new DivergedException(e, trainer.steps() == 0 ? "Nothing was trained yet: look at the model that it started from, and at the data that is"
                    + " measured, whose numbers may be too large." : wayOut(trainer.config()));
        }
    }

    private String wayOut(TrainConfig config) throws IOException {
        Optional<Checkpoint> good = Checkpoint.latest(folder);
        return (good.isPresent() ? "The last checkpoint is " + good.get().folder() + ": start another run from it, with --from and another --out,"
                : "There is no checkpoint before: start again with another --out,")
                + " and a lower learning_rate or value_learning_rate, a longer warm-up or a clip_norm"
                + (config.onNonfinite() == TrainConfig.OnNonfinite.STOP ? ", or with on_nonfinite skip." : ".")
                + " Resuming would come to the same step again.";
    }

    private <B> void saveIfBest(TrainingLoop<B> loop, Trainer<B> trainer, Tokenizer tokenizer) throws IOException {
        if (loop.isBest()) {
            Checkpoint.saveModel(folder, Checkpoint.BEST, trainer, tokenizer, Json.tree(loop.curve().getLast()));
        }
    }
}
