package dev.mneme.models.cli;

import dev.mneme.models.InputException;
import dev.mneme.models.Json;
import dev.mneme.models.tasks.FineTuneConfig;
import dev.mneme.models.tasks.FineTuning;
import dev.mneme.models.tasks.Task;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.TreeSet;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParseResult;

/// What evaluate and predict are told about a fine-tuned model. A run knows its task and settings; a model alone must be told.
final class TaskOptions {
    @Option(names = "--model", required = true, paramLabel = "<folder>", description = "a fine-tuned model or its run")
    Path model;

    @Option(names = "--task", paramLabel = "<task>", description = "what it was fine-tuned for, where it is no run: ${COMPLETION-CANDIDATES}")
    private Task task;

    @Option(names = "--config", paramLabel = "<file>", description = "settings as JSON; flags go before it")
    private Path config;

    /// The column of a corpus that has the text.
    String textColumn(ParseResult flags) {
        return flags.matchedOptionValue("--text-column", FineTuneConfig.DEFAULT.textColumn());
    }

    /// @param settings the run's, or defaults, with the file's and the flags' over them
    record Resolved(Task task, FineTuneConfig settings) {}

    Resolved resolve(ParseResult flags) throws IOException {
        if (!Files.isDirectory(model)) {
            throw new InputException("use the model in " + model, "there is no such folder", "give the folder of a fine-tuned model or of its run");
        }
        FineTuning.Request request = null;
        for (Path folder : new Path[] {model, model.toAbsolutePath().normalize().getParent()}) { // of a run, or of a model in it
            if (request == null && folder != null && Files.isRegularFile(folder.resolve("run.json"))
                    && Json.read(folder.resolve("run.json")).has("task")) {
                request = Json.convert(Json.read(folder.resolve("run.json")), FineTuning.Request.class, folder.resolve("run.json").toString());
            }
        }
        Task resolved = task != null ? task : request != null ? request.task() : null;
        if (resolved == null) {
            throw new InputException("use the model in " + model, "it is no run, which would know its task", "name it with --task");
        }
        FineTuneConfig defaults = request == null ? FineTuneConfig.DEFAULT : request.config();
        return new Resolved(resolved, SettingFlags.merge(defaults, config, flags, new TreeSet<>()));
    }
}
