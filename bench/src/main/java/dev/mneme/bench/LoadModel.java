package dev.mneme.bench;

import dev.mneme.models.base.internal.Json;
import dev.mneme.models.zoo.bert.BertConfig;
import dev.mneme.models.zoo.bert.BertForMaskedLM;
import dev.mneme.torch.TensorScope;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// Times reading a BERT-base of 440 MB out of a folder: `make FOLDER` writes one, `time FOLDER N` prints the nanoseconds of N reads, after
/// one that does not count, as one line of JSON.
public final class LoadModel {
    public static void main(String[] args) throws IOException {
        Path folder = Path.of(args[1]);
        if (args[0].equals("make")) {
            try (var model = new BertForMaskedLM(BertConfig.of(30522, 768, 12, 12, 3072, 512), 1); var scope = TensorScope.open()) {
                model.save(Files.createDirectories(folder));
            }
            return;
        }
        var times = Json.object().putArray("ns");
        for (int i = -1; i < Integer.parseInt(args[2]); i++) {
            long start = System.nanoTime();
            BertForMaskedLM.read(folder).close();
            if (i >= 0) {
                times.add(System.nanoTime() - start);
            }
        }
        System.out.println(Json.line(times));
    }

    private LoadModel() {}
}
