package dev.mneme.bench;

import dev.mneme.models.base.internal.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// Makes some steps of a BERT-base and prints the most memory that the process had: `peak_bytes`; `model_bytes`, of the weights, their
/// gradients and two moments; `flops_per_second`; one line of JSON.
public final class BaseMemory {
    public static void main(String[] args) throws IOException {
        try (var step = new BaseStep(StepBenchmark.Arm.valueOf(args[0]))) {
            for (int i = 0; i < 3; i++) {
                step.next();
            }
            String peak = Files.readAllLines(Path.of("/proc/self/status")).stream().filter(line -> line.startsWith("VmHWM")).findFirst()
                    .orElseThrow().replaceAll("\\D", "");
            System.out.println(Json.line(Json.object().put("peak_bytes", 1024 * Long.parseLong(peak))
                    .put("model_bytes", 16 * step.model().parameterCount()).put("flops_per_second", step.flopsPerSecond())));
        }
    }

    private BaseMemory() {}
}
