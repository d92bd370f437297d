package dev.mneme.bench;

import dev.mneme.torch.Native;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Warmup;

/// What does it cost to go from Java to the shim and back, when the shim does next to nothing (it reads one counter)?
///
/// A good result is under 15 ns, a hundredth of any op: then no op is slow because of the crossing. It is invalid if
/// native access is not enabled, or if the JIT has not compiled the downcall (too short a warm-up).
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 1, jvmArgsAppend = {"--enable-native-access=ALL-UNNAMED", "-XX:+UseSerialGC"})
public class CrossingBenchmark {
    @Benchmark
    public long emptyCrossing() {
        return Native.liveHandles();
    }
}
