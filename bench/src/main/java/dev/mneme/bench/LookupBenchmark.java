package dev.mneme.bench;

import dev.mneme.torch.DType;
import dev.mneme.torch.NoGrad;
import dev.mneme.torch.Tensor;
import dev.mneme.torch.TensorScope;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/// How long do the parts of a memory lookup take, on two threads: finding slots, reading them, counting their use, and a whole training
/// step of the memory?
///
/// `topk` is good near `scores`, the matrix products that it cannot do without; `bag` and `step` near the time that their bytes take at the
/// rate of `copy`. `bench/run lookup` counts those and compares with peers/lookup.py. Invalid if the two sides' results differ (it looks
/// first), or if another process uses the cores.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 2, time = 1)
@Measurement(iterations = 3, time = 1)
@Fork(value = 1, jvmArgsAppend = {"--enable-native-access=ALL-UNNAMED", "-XX:+UseSerialGC"}) // as ./mneme runs it
public class LookupBenchmark {
    /// UNIFORM: every token is new. ZIPF: tokens repeat as words do, the r-th most frequent of 20,000 with a share of 1/r; noise keeps their
    /// queries apart.
    public enum Queries { UNIFORM, ZIPF }

    private static final long COPIED = 128L << 20; // elements

    @Param({"512", "2048", "8192"})
    private int tokens;

    @Param
    private Queries queries;

    private Lookup lookup;
    private Tensor query; // (B, H, dk)
    private Tensor weights; // (B, H, k)
    private Tensor ids;
    private Tensor scores; // (2H, B, n)
    private Tensor counts;
    private Tensor mass;
    private Tensor top1;
    private Tensor source;
    private Tensor target;

    @Setup
    public void setUp() {
        lookup = new Lookup(tokens, queries);
        try (var scope = TensorScope.open(); var noGrad = NoGrad.open()) {
            query = lookup.queries().keep();
            List<Object> hits = lookup.topk(query);
            weights = ((Tensor) hits.get(0)).keep();
            ids = ((Tensor) hits.get(1)).keep();
            scores = Tensor.zeros(DType.FLOAT32, 2L * Lookup.CONFIG.heads(), tokens, Lookup.CONFIG.subKeys()).keep();
            counts = Tensor.zeros(DType.INT64, Lookup.CONFIG.slots()).keep();
            mass = Tensor.zeros(DType.FLOAT64, Lookup.CONFIG.slots()).keep();
            top1 = Tensor.zeros(DType.INT64, Lookup.CONFIG.heads(), Lookup.CONFIG.slots()).keep();
            source = Tensor.ones(DType.FLOAT32, COPIED).keep();
            target = Tensor.zeros(DType.FLOAT32, COPIED).keep();
        }
    }

    @TearDown(Level.Trial)
    public void tearDown() {
        List.of(query, weights, ids, scores, counts, mass, top1, source, target).forEach(Tensor::close);
        lookup.close();
    }

    @Benchmark
    public void topk() {
        try (var scope = TensorScope.open(); var noGrad = NoGrad.open()) {
            lookup.topk(query);
        }
    }

    @Benchmark
    public void scores() {
        try (var scope = TensorScope.open(); var noGrad = NoGrad.open()) {
            lookup.scores(query, scores);
        }
    }

    @Benchmark
    public void bag() {
        try (var scope = TensorScope.open(); var noGrad = NoGrad.open()) {
            lookup.bag(ids, weights);
        }
    }

    @Benchmark
    public void usage() {
        try (var noGrad = NoGrad.open()) {
            lookup.count(counts, mass, top1, ids, weights);
        }
    }

    @Benchmark
    public double step() {
        return lookup.step();
    }

    /// 512 MiB read and 512 MiB written.
    @Benchmark
    public void copy() {
        try (var scope = TensorScope.open(); var noGrad = NoGrad.open()) {
            target.copy_(source);
        }
    }
}
