package dev.mneme.bench;

import dev.mneme.models.base.Versions;
import dev.mneme.models.base.internal.Json;
import dev.mneme.torch.NoGrad;
import dev.mneme.torch.Tensor;
import dev.mneme.torch.TensorScope;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/// Prints one line of JSON on a lookup of [LookupBenchmark]: `rows`, the distinct rows that are hit; what peers/lookup.py must get, the sum of
/// squares of the weights (`topk`), of the result (`bag`) and of the result of the third step (`step`); and `extra_bytes`, by how much the
/// process grows at the most in a step that follows others.
public final class DescribeLookup {
    public static void main(String[] args) throws IOException {
        int tokens = Integer.parseInt(args[0]);
        var queries = LookupBenchmark.Queries.valueOf(args[1]);
        var json = Json.object();
        try (var lookup = new Lookup(tokens, queries)) {
            try (var scope = TensorScope.open(); var noGrad = NoGrad.open()) {
                List<Object> hits = lookup.topk(lookup.queries());
                Tensor weights = (Tensor) hits.get(0);
                Tensor ids = (Tensor) hits.get(1);
                json.put("topk", weights.square().sum().item());
                json.put("bag", lookup.bag(ids, weights).square().sum().item());
                json.put("rows", Arrays.stream(ids.toLongs()).distinct().count());
            }
            for (int i = 0; i < 3; i++) {
                json.put("step", lookup.step());
            }
            Files.writeString(Path.of("/proc/self/clear_refs"), "5"); // the peak starts again from here
            long before = kilobytes("VmRSS");
            lookup.step();
            json.put("extra_bytes", 1024 * (kilobytes("VmHWM") - before));
            json.set("versions", Json.tree(Versions.all()));
        }
        System.out.println(json);
    }

    private static long kilobytes(String name) throws IOException {
        return Files.readAllLines(Path.of("/proc/self/status")).stream().filter(line -> line.startsWith(name + ":"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D+", ""))).findFirst().orElseThrow();
    }

    private DescribeLookup() {}
}
