package dev.mneme.models.train.experiment;

import dev.mneme.models.base.internal.Json;
import dev.mneme.models.train.tasks.FineTuneConfig;
import dev.mneme.models.train.tasks.FineTuning;
import dev.mneme.models.train.tasks.MissingLabels;
import dev.mneme.models.train.tasks.Task;
import dev.mneme.models.train.tasks.TaskMeasurement;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.BooleanSupplier;

/// Fine-tunes a trained arm for the corpus's task, in the folder `downstream` of its run, and measures the best model on the test.
final class Downstream {
    private static final String FOLDER = "downstream";
    private static final String RESULT = "test.json";

    /// @return whether it came to its end
    static boolean run(FineTuneConfig config, Path run, Corpora corpora, PrintStream out, BooleanSupplier stop) throws IOException {
        Path own = run.resolve(FOLDER);
        if (Files.exists(own.resolve(RESULT))) {
            return true;
        }
        var request = new FineTuning.Request(Task.CLASSIFICATION, run.toAbsolutePath(), corpora.task("train"), corpora.task("dev"), config);
        FineTuning tuning = Files.exists(own.resolve("run.json")) ? FineTuning.resume(own, out) : FineTuning.start(own, request, out);
        if (!tuning.run(stop)) {
            return false;
        }
        Map<String, Double> metrics = TaskMeasurement.evaluate(Task.CLASSIFICATION, own.resolve("best"), corpora.task("test"), config, MissingLabels.REFUSE)
                .evaluation().metrics();
        metrics.forEach((name, value) -> out.printf(Locale.ROOT, "test %s %.4f%n", name, value));
        Json.write(own.resolve(RESULT), metrics);
        return true;
    }

    /// What [#run] measured.
    static Map<String, Double> metrics(Path run) throws IOException {
        var metrics = new LinkedHashMap<String, Double>();
        Json.read(run.resolve(FOLDER).resolve(RESULT)).properties().forEach(each -> metrics.put(each.getKey(), each.getValue().asDouble()));
        return metrics;
    }

    private Downstream() {}
}
