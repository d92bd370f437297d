package dev.mneme.models.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mneme.models.base.InputException;
import dev.mneme.models.base.internal.Json;
import dev.mneme.models.report.LayerUsage;
import dev.mneme.models.report.Modelling;
import dev.mneme.models.report.UsagePage;
import dev.mneme.models.report.UsageReport;
import dev.mneme.models.text.BatchSource;
import dev.mneme.models.text.TextCorpus;
import dev.mneme.models.text.TokenSequences;
import dev.mneme.models.text.Tokenizer;
import dev.mneme.models.train.Checkpoint;
import dev.mneme.models.train.Evaluation;
import dev.mneme.models.train.Evaluator;
import dev.mneme.models.zoo.AutoModel;
import dev.mneme.models.zoo.transformer.LanguageModel;
import dev.mneme.models.zoo.transformer.TransformerModel;
import dev.mneme.pkm.UsageDetail;
import dev.mneme.torch.Native;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(name = "usage", mixinStandardHelpOptions = true, sortOptions = false,
        description = "Measure how the memories of a model, pretrained or fine-tuned, are used while it reads text.")
final class UsageCommand implements Callable<Integer> {
    @Option(names = "--model", required = true, paramLabel = "<folder>", description = "a model or a run")
    private Path model;

    @Option(names = "--corpus", required = true, arity = "1..*", paramLabel = "<file>", description = "text, JSON lines or Parquet")
    private List<Path> corpus;

    @Option(names = "--text-column", defaultValue = TextCorpus.DEFAULT_COLUMN, paramLabel = "<name>",
            description = "what the text is called in JSON lines and Parquet (${DEFAULT-VALUE})")
    private String textColumn;

    @Option(names = "--seed", defaultValue = "1", description = "of the masks (${DEFAULT-VALUE})")
    private long seed;

    @Option(names = "--json", description = "print JSON")
    private boolean json;

    @Option(names = "--html", paramLabel = "<file>", description = "write a page: the metrics, sorted use, and a heat map per head")
    private Path html;

    @Override
    public Integer call() throws Exception {
        if (html != null) {
            OutFile.check(html, "--html");
        }
        Native.load();
        TextCorpus text = TextCorpus.open(corpus, textColumn);
        Path folder = Checkpoint.modelFolder(model);
        try (Tokenizer tokenizer = AutoModel.tokenizer(folder, System.err); TransformerModel read = AutoModel.read(folder)) {
            if (read.memories().isEmpty()) {
                throw new InputException("measure the memories of " + model, "the model has none",
                        "train one with mneme pretrain --memory-mode residual");
            }
            TokenSequences sequences = TokenSequences.of(text, tokenizer, read.positions(),
                    TokenSequences.Layout.PACKED);
            var batches = new BatchSource(sequences, Evaluator.collator(read, tokenizer.vocabulary()), 64, seed);
            var details = new HashMap<Integer, UsageDetail>();
            Evaluation result = new Evaluator(batches, null).evaluate(read, Checkpoint.stale(folder), (layer, counted) -> {
                if (html != null) {
                    details.put(layer, counted.detail());
                }
            });
            if (result.usage().isEmpty()) {
                throw new InputException("measure the memories of " + model, "no token of the text is read to predict something", "give another --corpus");
            }
            if (html != null) {
                UsagePage.write(html, new UsageReport(model.toString(), corpus.stream().map(Path::toString).toList(), modelling(read), loss(result),
                        result.usage().stream().map(u -> new UsageReport.Layer(u, details.get(u.layer()))).toList()));
            }
            if (json) {
                ObjectNode node = Json.object();
                node.put("model", folder.toString()).put(modelling(read) == Modelling.CAUSAL ? "lm_loss" : "mlm_loss", loss(result));
                result.usage().forEach(node.putArray("usage")::addPOJO);
                System.out.println(Json.text(node));
            } else {
                print(result, modelling(read));
                if (html != null) {
                    System.out.println("Page: " + html);
                }
            }
            return 0;
        }
    }

    /// Null for a model that predicts no tokens, or where there were none to predict.
    private static Double loss(Evaluation result) {
        return Double.isNaN(result.loss()) ? null : Double.valueOf(result.loss());
    }

    /// Null for a model that predicts no tokens.
    private static Modelling modelling(TransformerModel model) {
        return !(model instanceof LanguageModel language) ? null : language.isCausal() ? Modelling.CAUSAL : Modelling.MASKED;
    }

    private static void print(Evaluation result, Modelling modelling) {
        if (loss(result) != null) {
            System.out.printf(Locale.ROOT, "%s %.4f%n", modelling.lossName(), result.loss());
        }
        System.out.println("layer   queries   top-k  top-1  per head                 KL      KL counts  Gini   stale   slots holding 50/90/99%");
        for (LayerUsage u : result.usage()) {
            String perHead = Arrays.stream(u.top1PerHead()).mapToObj(h -> String.format(Locale.ROOT, "%.1f", 100 * h))
                    .collect(Collectors.joining(" "));
            String stale = u.stale() == null ? "-" : String.format(Locale.ROOT, "%.1f%%", 100 * u.stale());
            System.out.printf(Locale.ROOT, "%5d %9d  %5.1f%% %5.1f%%  %-22s %6.3f  %9.3f  %5.3f  %-6s  %d/%d/%d%n", u.layer(),
                    u.queries(), 100 * u.topk(), 100 * u.top1Pooled(), perHead, u.klWeighted(), u.klCounts(), u.gini(), stale,
                    u.top50(), u.top90(), u.top99());
        }
    }
}
