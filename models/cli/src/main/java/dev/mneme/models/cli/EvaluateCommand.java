package dev.mneme.models.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mneme.models.base.InputException;
import dev.mneme.models.base.internal.Json;
import dev.mneme.models.text.BatchSource;
import dev.mneme.models.text.TextCorpus;
import dev.mneme.models.text.TokenSequences;
import dev.mneme.models.text.Tokenizer;
import dev.mneme.models.train.Checkpoint;
import dev.mneme.models.train.Evaluation;
import dev.mneme.models.train.Evaluator;
import dev.mneme.models.train.tasks.FineTuneConfig;
import dev.mneme.models.train.tasks.MissingLabels;
import dev.mneme.models.train.tasks.TaskMeasurement;
import dev.mneme.models.zoo.AutoModel;
import dev.mneme.models.zoo.transformer.LanguageModel;
import dev.mneme.torch.Native;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(name = "evaluate", mixinStandardHelpOptions = true, sortOptions = false,
        customSynopsis = {"mneme evaluate --model <folder> --data <file or folder> [--task <task>] [settings]",
            "mneme evaluate --model <folder> --corpus <file>..."},
        description = "Measure a model: a fine-tuned one by its task's metrics, a language model by its loss and perplexity on text.")
final class EvaluateCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Mixin
    private TaskOptions options;

    @Option(names = "--data", paramLabel = "<path>", description = "a file with answers, or the folder with GLUE's files")
    private Path data;

    @Option(names = "--corpus", arity = "1..*", paramLabel = "<file>", description = "text, JSON lines or Parquet, for a language model")
    private List<Path> corpus;

    @Option(names = "--missing-labels", paramLabel = "<policy>", defaultValue = "refuse",
            description = "what becomes of examples without a label: ${COMPLETION-CANDIDATES} (${DEFAULT-VALUE}); those that are skipped are counted")
    private MissingLabels missing;

    @Option(names = "--json", description = "print JSON")
    private boolean json;

    @Override
    public Integer call() throws Exception {
        if ((data == null) == (corpus == null)) {
            throw new InputException("measure " + options.model, (data == null ? "neither" : "both") + " of --data and --corpus "
                    + (data == null ? "was" : "were") + " given", "give one of them");
        }
        Native.load();
        ObjectNode node = Json.object();
        if (data != null) {
            TaskOptions.Resolved task = options.resolve(spec.commandLine().getParseResult(), FineTuneConfig::isForMeasuring);
            TaskMeasurement.Measured measured = TaskMeasurement.evaluate(task.task(), options.model, data, task.settings(), missing);
            node.put("task", task.task().toString()).put("loss", measured.evaluation().loss());
            node.setAll(Json.tree(measured.evaluation().metrics()));
            measured.undefined().forEach(node::putNull);
            if (missing == MissingLabels.SKIP) {
                node.put("unlabelled", measured.unlabelled());
            }
        } else {
            options.requireNoTask(spec.commandLine().getParseResult());
            Evaluation result = language();
            if (Double.isNaN(result.loss())) {
                throw new InputException("measure " + options.model + " on " + corpus, "none of its tokens is to be predicted", "give more text");
            }
            node.put("loss", result.loss()).put("perplexity", Double.isFinite(result.perplexity()) ? (Double) result.perplexity() : null);
        }
        if (json) {
            System.out.println(Json.text(node));
        } else {
            node.properties().forEach(each -> System.out.println(String.format(Locale.ROOT, "%-24s ", each.getKey())
                    + (each.getValue().isNumber() ? String.format(Locale.ROOT, "%.4f", each.getValue().doubleValue())
                            : each.getValue().isNull() ? "not defined" : each.getValue().asText())));
        }
        return 0;
    }

    private Evaluation language() throws Exception {
        Path folder = Checkpoint.modelFolder(options.model);
        TextCorpus text = TextCorpus.open(corpus, options.textColumn(spec.commandLine().getParseResult()));
        try (Tokenizer tokenizer = AutoModel.tokenizer(folder, System.err); LanguageModel model = AutoModel.readLanguageModel(folder)) {
            TokenSequences sequences = TokenSequences.of(text, tokenizer, model.positions(), TokenSequences.Layout.PACKED);
            var batches = new BatchSource(sequences, Evaluator.collator(model, tokenizer.vocabulary()), 64, 1);
            return new Evaluator(batches, null).evaluate(model, Checkpoint.stale(folder));
        }
    }
}
