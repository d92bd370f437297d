package dev.mneme.models.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mneme.models.base.internal.Json;
import dev.mneme.models.text.Tokenizer;
import dev.mneme.models.train.Checkpoint;
import dev.mneme.models.zoo.AutoModel;
import dev.mneme.models.zoo.bert.BertForMaskedLM;
import dev.mneme.models.zoo.bert.FillMask;
import dev.mneme.torch.Native;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(name = "fill-mask", mixinStandardHelpOptions = true, sortOptions = false,
        description = "Say which tokens a model puts in the place of the masks of a text.")
final class FillMaskCommand implements Callable<Integer> {
    @Option(names = "--model", required = true, paramLabel = "<folder>", description = "a model or a run")
    private Path model;

    @Option(names = "--top", defaultValue = "5", paramLabel = "<N>", description = "tokens for each mask (${DEFAULT-VALUE})")
    private int top;

    @Option(names = "--json", description = "print JSON: predictions, best first; a list for each mask where there are several")
    private boolean json;

    @Parameters(arity = "1", paramLabel = "<text>", description = "with [MASK], or what the model's mask is, where a token is wanted")
    private String text;

    @Override
    public Integer call() throws Exception {
        Native.load();
        Path folder = Checkpoint.modelFolder(model);
        try (Tokenizer tokenizer = AutoModel.tokenizer(folder, System.err); BertForMaskedLM bert = BertForMaskedLM.read(folder)) {
            List<List<FillMask.Prediction>> masks = new FillMask(bert, tokenizer).fill(text, top);
            if (json) {
                printJson(masks);
            } else {
                print(masks);
            }
            return 0;
        }
    }

    private static void printJson(List<List<FillMask.Prediction>> masks) {
        ObjectNode node = Json.object();
        ArrayNode predictions = node.putArray("predictions");
        if (masks.size() == 1) {
            masks.getFirst().forEach(predictions::addPOJO);
        } else {
            masks.forEach(each -> {
                ArrayNode inner = predictions.addArray();
                each.forEach(inner::addPOJO);
            });
        }
        System.out.println(Json.text(node));
    }

    private static void print(List<List<FillMask.Prediction>> masks) {
        for (int m = 0; m < masks.size(); m++) {
            if (masks.size() > 1) {
                System.out.printf(Locale.ROOT, "mask %d%n", m + 1);
            }
            for (FillMask.Prediction each : masks.get(m)) {
                System.out.printf(Locale.ROOT, "%7.4f  %-20s %d%n", each.probability(), each.token(), each.id());
            }
        }
    }
}
