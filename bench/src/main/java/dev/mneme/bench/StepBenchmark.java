package dev.mneme.bench;

import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/// How long does a training step of the demo's model, or of a BERT-base, take, from a batch of Java arrays to updated weights, on two threads?
///
/// A good result is no slower than peers/step.py, the same step in PyTorch, for each arm. It is invalid if the two sides'
/// losses differ (`bench/run step` compares them first), if another process uses the cores, or if the sides were not
/// timed in turns.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(value = 1, jvmArgsAppend = {"--enable-native-access=ALL-UNNAMED", "-XX:+UseSerialGC"}) // as ./mneme runs it
public class StepBenchmark {
    /// The demo's model without memory, and the one with the residual memory; a BERT-base, pretraining and fine-tuning.
    public enum Arm { NONE, RESIDUAL, BASE, CLASSIFY }

    @Param({"NONE", "RESIDUAL"})
    private Arm arm;

    private StepWork work;

    @Setup
    public void setUp() {
        work = StepWork.of(arm);
    }

    @TearDown
    public void tearDown() {
        work.close();
    }

    /// Forward, loss, backward, clipping, optimizers.
    @Benchmark
    public double step() {
        return work.next();
    }
}
