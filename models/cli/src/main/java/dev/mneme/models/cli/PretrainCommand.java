package dev.mneme.models.cli;

import dev.mneme.models.base.InputException;
import dev.mneme.models.train.Checkpoint;
import dev.mneme.models.train.PretrainConfig;
import dev.mneme.models.train.Pretraining;
import dev.mneme.models.train.ValueConfig;
import dev.mneme.models.zoo.AutoModel;
import dev.mneme.models.zoo.bert.BertConfig;
import dev.mneme.models.zoo.gpt.GptConfig;
import dev.mneme.models.zoo.transformer.LanguageModel;
import dev.mneme.models.zoo.transformer.TransformerModel;
import dev.mneme.torch.Native;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(name = "pretrain", mixinStandardHelpOptions = true, sortOptions = false,
        customSynopsis = {"mneme pretrain --corpus <file>... [--config <file>] [--from <folder>] [--out <folder>] [settings]",
            "mneme pretrain --resume [--out <folder>]"},
        description = {"Pretrain a BERT on your own text, with or without product-key memory.", "Trains by masked language"
            + " modelling, from scratch or from a model trained without memory. The settings from --seed on can stand in",
            "the --config file too, with _ for - and without the leading --."})
final class PretrainCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Option(names = "--corpus", arity = "1..*", paramLabel = "<file>", description = "text, a document or sentence a line; JSON lines (.jsonl) or Parquet; also packed (.gz, .zst)")
    private List<Path> corpus;

    @Option(names = "--config", paramLabel = "<file>", description = "settings as JSON; flags go before it")
    private Path config;

    @Option(names = "--from", paramLabel = "<folder>", description = "start from this pretrained model or run")
    private Path from;

    @Option(names = "--out", paramLabel = "<folder>", defaultValue = "${sys:mneme.runs:-runs}/pretrain",
            description = "where checkpoints and reports go (${DEFAULT-VALUE})")
    private Path out;

    @Option(names = "--resume", description = "go on with the run in --out")
    private boolean resume;

    @Override
    public Integer call() throws Exception {
        OutFolder.check(out);
        Native.load();
        Pretraining pretraining = resume ? resumed() : started();
        try (var interruption = new Interruption()) {
            boolean finished = pretraining.run(interruption);
            if (!finished) {
                System.out.println("Go on with: mneme pretrain --resume --out " + out);
            }
            return 0;
        }
    }

    private Pretraining resumed() throws Exception {
        OutFolder.requireAlone(spec.commandLine().getParseResult(), out);
        return Pretraining.resume(out, System.out);
    }

    private static PretrainConfig sizesOf(Path folder) throws Exception {
        Path file = folder.resolve(TransformerModel.CONFIG);
        return AutoModel.isCausal(folder) ? PretrainConfig.DEFAULT.withSizesOf(GptConfig.read(file))
                : PretrainConfig.DEFAULT.withSizesOf(BertConfig.read(file));
    }

    /// What would be passed over without a word, most likely because something else was forgotten.
    private static void requireUsed(PretrainConfig settings, Set<String> given) {
        if (settings.memory().isNone() && !given.contains("memory_mode")) {
            var ofMemories = new TreeSet<>(given);
            ofMemories.removeIf(name -> !name.startsWith("memory_") && !name.startsWith("value_"));
            SettingFlags.requireUsed("pretrain without a memory", ofMemories, "memory_mode was not");
        }
        if (settings.values().training() == ValueConfig.Training.FROZEN) {
            var ofValues = new TreeSet<>(given);
            ofValues.removeIf(name -> !name.startsWith("value_") || name.equals("value_training"));
            SettingFlags.requireUsed("pretrain", ofValues, "value_training is frozen");
        }
        if (settings.model().isCausal()) {
            var ofMasks = new TreeSet<>(List.of("mask_probability", "masking", "whole_word"));
            ofMasks.retainAll(given);
            SettingFlags.requireUsed("pretrain by the objective causal", ofMasks, "nothing is masked");
        }
    }

    private Pretraining started() throws Exception {
        if (corpus == null) {
            throw new InputException("pretrain", "no --corpus was given", "name at least one text file");
        }
        Set<String> given = new TreeSet<>();
        PretrainConfig defaults = from == null ? PretrainConfig.DEFAULT
                : sizesOf(Checkpoint.modelFolder(from));
        PretrainConfig settings = SettingFlags.merge(defaults, config, spec.commandLine().getParseResult(), given);
        if (from != null) {
            Set<String> fixed = new TreeSet<>(List.of("hidden_size", "num_hidden_layers", "num_attention_heads",
                    "intermediate_size", "vocabulary_size", "dropout", "initializer_range"));
            fixed.retainAll(given);
            if (!fixed.isEmpty()) {
                throw new InputException("start from " + from, "the settings " + fixed + " were given as well",
                        "leave them out: they are the pretrained model's");
            }
        }
        requireUsed(settings, given);
        List<Path> files = corpus.stream().map(Path::toAbsolutePath).toList();
        return Pretraining.start(out, new Pretraining.Request(files, from == null ? null : from.toAbsolutePath(), settings), System.out);
    }
}
