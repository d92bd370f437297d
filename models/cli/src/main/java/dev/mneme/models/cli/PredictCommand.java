package dev.mneme.models.cli;

import dev.mneme.models.base.internal.WriteLock;
import dev.mneme.models.train.tasks.FineTuneConfig;
import dev.mneme.models.train.tasks.TaskMeasurement;
import dev.mneme.torch.Native;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(name = "predict", mixinStandardHelpOptions = true, sortOptions = false,
        customSynopsis = "mneme predict --model <folder> --data <file or folder> --to <file> [--task <task>] [settings]",
        description = {"Let a fine-tuned model answer.", "GLUE's tasks and tables of texts: a TSV of index and prediction, as GLUE takes it. SQuAD:"
            + " its JSON, with the candidates in a file beside it. Tagging: JSON lines."})
final class PredictCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Mixin
    private TaskOptions options;

    @Option(names = "--data", required = true, paramLabel = "<path>", description = "a file, or the folder with GLUE's files: its test set")
    private Path data;

    @Option(names = "--to", required = true, paramLabel = "<file>", description = "where the answers go: a file, or a folder for the files of GLUE's server")
    private Path to;

    @Override
    public Integer call() throws Exception {
        if (!Files.isDirectory(to)) {
            OutFile.check(to, "--to");
        }
        Native.load();
        TaskOptions.Resolved task = options.resolve(spec.commandLine().getParseResult(), FineTuneConfig::isForAnswering);
        try (var lock = Files.isDirectory(to) ? WriteLock.in(to) : WriteLock.beside(to)) {
            int answers = TaskMeasurement.predict(task.task(), options.model, data, task.settings(), to);
            System.out.printf(Locale.ROOT, "%d answers: %s%n", answers, to);
            return 0;
        }
    }
}
