package dev.mneme.bench;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mneme.models.base.Versions;
import dev.mneme.models.base.internal.Json;
import dev.mneme.models.text.MaskedBatch;
import dev.mneme.torch.Tensor;
import dev.mneme.torch.TensorScope;
import dev.mneme.torch.io.Safetensors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/// Writes what peers/step.py needs to make the same steps as [StepBenchmark], and the losses it must get. For each of the
/// arms that are named, into a folder of that name:
///
/// - `config.json`, the model's sizes; `model.safetensors`, its weights before the first step
/// - `batches.safetensors`: `ids.i`, `real.i`, `positions.i`, `labels.i`
/// - `step.json`: `train` (rates and so on), `batches` and `threads` (how many), `losses` of the first steps, `versions`
public final class ExportStep {
    public static void main(String[] args) throws IOException {
        for (String name : args[1].split(",")) {
            StepBenchmark.Arm arm = StepBenchmark.Arm.valueOf(name);
            Path folder = Files.createDirectories(Path.of(args[0]).resolve(arm.name().toLowerCase(Locale.ROOT)));
            try (var work = StepWork.of(arm)) {
                work.model().save(folder);
                writeBatches(work, folder.resolve("batches.safetensors"));
                ObjectNode step = Json.object();
                step.set("train", Json.tree(work.train()));
                step.put("batches", work.batches().size()).put("threads", StepWork.THREADS);
                step.set("versions", Json.tree(Versions.all()));
                ArrayNode losses = step.putArray("losses");
                for (int i = 0; i < work.compared(); i++) {
                    losses.add(work.next());
                }
                Json.write(folder.resolve("step.json"), step);
            }
        }
    }

    private static void writeBatches(StepWork work, Path file) throws IOException {
        try (var scope = TensorScope.open()) {
            var tensors = new LinkedHashMap<String, Tensor>();
            for (int i = 0; i < work.batches().size(); i++) {
                MaskedBatch batch = work.batches().get(i);
                tensors.put("ids." + i, Tensor.of(batch.ids(), batch.size(), batch.length()));
                tensors.put("real." + i, Tensor.of(batch.real(), batch.size(), batch.length()));
                tensors.put("positions." + i, Tensor.of(batch.maskedPositions(), batch.masked()));
                tensors.put("labels." + i, Tensor.of(batch.labels(), batch.masked()));
            }
            Safetensors.write(file, tensors, Map.of());
        }
    }

    private ExportStep() {}
}
