package dev.mneme.bench;

import dev.mneme.bench.ffi.loop_h;
import dev.mneme.torch.DType;
import dev.mneme.torch.Native;
import dev.mneme.torch.NoGrad;
import dev.mneme.torch.Tensor;
import dev.mneme.torch.TensorScope;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/// What does Java add to an op of libtorch? One add of two one-element float tensors without grad, its result released.
///
/// A good result is [#oneScope] at most 1.3 times [#cppLoop], the same adds in a C++ loop over the same libtorch, and
/// [#hundredInScope], as real code uses scopes, nearer still. It is invalid if [#cppLoop] is not from the same run (the
/// machine's clock moves more than the difference), if the two load different libtorchs, or if the live handles grow
/// (the last two end the run).
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 1, jvmArgsAppend = {"--enable-native-access=ALL-UNNAMED", "-XX:+UseSerialGC"})
public class AddBenchmark {
    private static final int HUNDRED = 100;
    private static final int LOOP = 10_000; // adds in one call of the C++ loop: its own two tensors and clock vanish

    private Tensor a;
    private Tensor b;
    private NoGrad noGrad;
    private long handles;

    @Setup
    public void setUp() {
        Native.load();
        TestLibrary.load();
        noGrad = NoGrad.open();
        a = Tensor.ones(DType.FLOAT32, 1);
        b = Tensor.ones(DType.FLOAT32, 1);
        handles = Native.liveHandles();
    }

    @TearDown
    public void tearDown() {
        if (Native.liveHandles() != handles) {
            throw new IllegalStateException("The adds left " + (Native.liveHandles() - handles)
                    + " handles behind, so they were not released in the time that was measured.");
        }
        a.close();
        b.close();
        noGrad.close();
    }

    /// A scope is opened and closed around each add.
    @Benchmark
    public Tensor oneScope() {
        try (var scope = TensorScope.open()) {
            return a.add(b);
        }
    }

    /// A scope is opened and closed around a hundred adds.
    @Benchmark
    @OperationsPerInvocation(HUNDRED)
    public Tensor hundredInScope() {
        try (var scope = TensorScope.open()) {
            Tensor sum = null;
            for (int i = 0; i < HUNDRED; i++) {
                sum = a.add(b);
            }
            return sum;
        }
    }

    /// The reference: the loop of native/test/loop.cpp.
    @Benchmark
    @OperationsPerInvocation(LOOP)
    public long cppLoop() {
        return loop_h.mn_test_add_loop(LOOP);
    }
}
