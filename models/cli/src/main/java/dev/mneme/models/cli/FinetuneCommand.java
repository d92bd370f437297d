package dev.mneme.models.cli;

import dev.mneme.models.base.InputException;
import dev.mneme.models.base.internal.Json;
import dev.mneme.models.train.Checkpoint;
import dev.mneme.models.train.ValueConfig;
import dev.mneme.models.train.tasks.FineTuneConfig;
import dev.mneme.models.train.tasks.FineTuning;
import dev.mneme.models.train.tasks.Task;
import dev.mneme.models.zoo.transformer.MemoryConfig;
import dev.mneme.models.zoo.transformer.TransformerModel;
import dev.mneme.torch.Native;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(name = "finetune", mixinStandardHelpOptions = true, sortOptions = false,
        customSynopsis = {"mneme finetune --from <folder> --task <task> --data <folder> [--config <file>] [--out <folder>] [settings]",
            "mneme finetune --from <folder> --task <task> --train <file> --dev <file> [--config <file>] [--out <folder>] [settings]",
            "mneme finetune --resume [--out <folder>]"},
        description = {"Fine-tune a pretrained model, with or without memory, for a task.", "GLUE: cola, sst2, mrpc, stsb, qqp, mnli, qnli,"
            + " rte, wnli, from the folder with their official files.", "SQuAD: squad and squad2, from their JSON files.",
            "Your own: classification, regression or tagging, from CSV, TSV or JSON lines (.gz, .zst).",
            "The settings from --seed on can stand in the --config file too, with _ for - and without the leading --."})
final class FinetuneCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Option(names = "--from", paramLabel = "<folder>", description = "a pretrained model or a run")
    private Path from;

    @Option(names = "--task", paramLabel = "<task>", description = "what to fine-tune for: ${COMPLETION-CANDIDATES}")
    private Task task;

    @Option(names = "--data", paramLabel = "<folder>", description = "with GLUE's files of the task")
    private Path data;

    @Option(names = "--train", paramLabel = "<file>", description = "to train on")
    private Path train;

    @Option(names = "--dev", paramLabel = "<file>", description = "to choose the best model by")
    private Path dev;

    @Option(names = "--config", paramLabel = "<file>", description = "settings as JSON; flags go before it")
    private Path config;

    @Option(names = "--out", paramLabel = "<folder>", defaultValue = "${sys:mneme.runs:-runs}/finetune",
            description = "where checkpoints and reports go (${DEFAULT-VALUE})")
    private Path out;

    @Option(names = "--resume", description = "go on with the run in --out")
    private boolean resume;

    @Override
    public Integer call() throws Exception {
        OutFolder.check(out);
        Native.load();
        FineTuning tuning = resume ? resumed() : started();
        try (var interruption = new Interruption()) {
            if (!tuning.run(interruption)) {
                System.out.println("Go on with: mneme finetune --resume --out " + out);
            } else {
                System.out.println("The best model: " + out.resolve("best"));
            }
            return 0;
        }
    }

    private FineTuning resumed() throws Exception {
        OutFolder.requireAlone(spec.commandLine().getParseResult(), out);
        return FineTuning.resume(out, System.out);
    }

    private void requireUsed(Set<String> given, FineTuneConfig settings) throws Exception {
        var ofMemories = new TreeSet<>(Set.of("value_training", "value_learning_rate", "frequent_share"));
        ofMemories.retainAll(given);
        Path file = Checkpoint.modelFolder(from).resolve(TransformerModel.CONFIG);
        if (MemoryConfig.read(file, Json.read(file)) == null) {
            SettingFlags.requireUsed("fine-tune " + from, ofMemories, "the model has no memory");
        }
        if (settings.valueTraining() == ValueConfig.Training.FROZEN && given.contains("value_learning_rate")) {
            SettingFlags.requireUsed("fine-tune for " + task, Set.of("value_learning_rate"), "value_training is frozen");
        }
    }

    private FineTuning started() throws Exception {
        if (from == null || task == null) {
            throw new InputException("fine-tune", (from == null ? "no --from" : "no --task") + " was given", "give the "
                    + (from == null ? "folder of a pretrained model" : "task"));
        }
        if ((data == null) == (train == null && dev == null) || data == null && (train == null || dev == null)) {
            throw new InputException("fine-tune for " + task, "the data is not named once", "give --data with a folder, or both --train and --dev");
        }
        if (data != null && !task.hasFolder()) {
            throw new InputException("fine-tune for " + task + " on " + data, "only GLUE's tasks have a folder of files", "give --train and --dev");
        }
        if (data != null && !Files.isDirectory(data)) {
            throw new InputException("fine-tune for " + task + " on " + data, Files.exists(data) ? "it is no folder" : "there is no such folder",
                    "give the folder of GLUE's files, or both --train and --dev");
        }
        var given = new TreeSet<String>();
        FineTuneConfig settings = SettingFlags.merge(FineTuneConfig.DEFAULT, config, spec.commandLine().getParseResult(), given);
        SettingFlags.requireUsed("fine-tune for " + task, FineTuneConfig.unused(task, given), "this task has no use for them");
        if (settings.valueTraining() != ValueConfig.Training.FREQUENT && given.contains("frequent_share")) {
            SettingFlags.requireUsed("fine-tune for " + task, Set.of("frequent_share"), "value_training is not frequent");
        }
        requireUsed(given, settings);
        Path training = (data == null ? train : data).toAbsolutePath();
        Path measuring = (data == null ? dev : data).toAbsolutePath();
        return FineTuning.start(out, new FineTuning.Request(task, from.toAbsolutePath(), training, measuring, settings), System.out);
    }
}
