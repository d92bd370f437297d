package dev.mneme.models.train;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mneme.models.InputException;
import dev.mneme.models.Json;
import dev.mneme.models.data.Tokenizer;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;

/// A training in a folder of its own: `run.json` with what was asked, the last two checkpoints, and the best model.
public final class TrainingRun {
    private static final String REQUEST = "run.json";
    private static final String REPORT = "report.json";

    private final Path folder;
    private final Optional<Checkpoint> last;
    private final PrintStream out;

    private TrainingRun(Path folder, Optional<Checkpoint> last, PrintStream out) {
        this.folder = folder;
        this.last = last;
        this.out = out;
    }

    /// @throws InputException if the folder has a run already
    public static void requireNew(Path folder) throws IOException {
        if (Files.exists(folder.resolve(REQUEST)) || Checkpoint.any(folder)) {
            throw new InputException("start a run in " + folder, "it already holds a run",
                    "go on with it by --resume, or choose another folder with --out");
        }
    }

    /// What the run in a folder was asked.
    ///
    /// @param own a name that requests of this kind have, and no others
    /// @throws InputException if it has none, or one of another kind
    public static <R> R request(Path folder, Class<R> type, String own) throws IOException {
        Path file = folder.resolve(REQUEST);
        if (!Files.exists(file)) {
            throw new InputException("resume the run in " + folder, "it holds no run", "give the folder of a run with --out");
        }
        ObjectNode request = Json.read(file);
        if (!request.has(own)) {
            throw new InputException("resume the run in " + folder, "it is one of another command (its " + REQUEST + " has no " + own + ")",
                    "resume it with the command that it was started with");
        }
        return Json.convert(request, type, file.toString());
    }

    /// A run that is about to train, from where it was left.
    public static TrainingRun open(Path folder, PrintStream out) throws IOException {
        return new TrainingRun(folder, Checkpoint.latest(folder), out);
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
            Checkpoint.restoreBest(folder);
            out.printf(Locale.ROOT, "Resuming at step %d from %s%n", trainer.steps(), last.get().folder());
        } else {
            Files.createDirectories(folder);
            Json.write(folder.resolve(REQUEST), request);
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
        }
    }

    private <B> void saveIfBest(TrainingLoop<B> loop, Trainer<B> trainer, Tokenizer tokenizer) throws IOException {
        if (loop.isBest()) {
            Checkpoint.saveModel(folder, Checkpoint.BEST, trainer, tokenizer, Json.tree(loop.curve().getLast()));
        }
    }
}
