package dev.mneme.models.cli;

import dev.mneme.models.base.InputException;
import dev.mneme.models.train.TrainingRun;
import dev.mneme.models.train.tasks.FineTuneConfig;
import dev.mneme.models.train.tasks.FineTuning;
import dev.mneme.models.train.tasks.Task;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.TreeSet;
import java.util.function.Predicate;
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

    /// A language model has no task.
    ///
    /// @throws InputException if anything was given that only a fine-tuned model has a use for
    void requireNoTask(ParseResult flags) {
        var unused = new TreeSet<String>();
        for (var option : flags.matchedOptions()) {
            String name = option.longestName().substring(2);
            if (name.equals("task") || name.equals("config") || FineTuneConfig.isForMeasuring(name.replace('-', '_')) && !name.equals("text-column")) {
                unused.add(name.replace('-', '_'));
            }
        }
        SettingFlags.requireUsed("measure " + model + " on a corpus", unused, "only the data of a task has a use for them");
    }

    /// @param used whether the command uses a setting, by its name
    Resolved resolve(ParseResult flags, Predicate<String> used) throws IOException {
        if (!Files.isDirectory(model)) {
            throw new InputException("use the model in " + model, "there is no such folder", "give the folder of a fine-tuned model or of its run");
        }
        FineTuning.Request request = null;
        for (Path folder : new Path[] {model, model.toAbsolutePath().normalize().getParent()}) { // of a run, or of a model in it
            if (request == null && folder != null) {
                request = TrainingRun.find(folder, FineTuning.Request.class, "task").orElse(null);
            }
        }
        Task resolved = task != null ? task : request != null ? request.task() : null;
        if (resolved == null) {
            throw new InputException("use the model in " + model, "it is no run, which would know its task", "name it with --task");
        }
        FineTuneConfig defaults = request == null ? FineTuneConfig.DEFAULT : request.config();
        var given = new TreeSet<String>();
        FineTuneConfig settings = SettingFlags.merge(defaults, config, flags, given);
        String asked = "use the model in " + model + " for " + resolved;
        SettingFlags.requireUsed(asked, FineTuneConfig.unused(resolved, given), "this task has no use for them");
        given.removeIf(used);
        SettingFlags.requireUsed(asked, given, "only finetune has a use for them");
        return new Resolved(resolved, settings);
    }
}
