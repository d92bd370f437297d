package dev.mneme.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.mneme.models.text.MaskedBatch;
import dev.mneme.models.train.LanguageObjective;
import dev.mneme.models.train.TrainConfig;
import dev.mneme.models.train.Trainer;
import dev.mneme.models.zoo.bert.BertConfig;
import dev.mneme.models.zoo.bert.BertForMaskedLM;
import dev.mneme.models.zoo.transformer.MemoryConfig;
import dev.mneme.pkm.ProductKeyConfig.QueryNorm;
import dev.mneme.pkm.ProductKeyConfig.ValueInit;
import dev.mneme.torch.Native;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/// A long training run keeps its native tensors and its memory constant. It waits for another process, so other tests may run
/// beside it.
@Execution(ExecutionMode.CONCURRENT)
class LeakTest {
    private static final int WARM_UP = 4_000;
    private static final int STEPS = 20_000; // the warm-up included

    /// In a JVM of its own, with a heap that is fixed and touched at the start, so that only native memory can grow.
    @Test
    void twentyThousandStepsGrowTheProcessByLessThanOnePercent(@TempDir Path folder) throws Exception {
        try (Mneme training = Mneme.java(folder, List.of("-Xms96m", "-Xmx96m", "-XX:+AlwaysPreTouch"), Training.class)) {
            Mneme.Ended ended = training.ended();
            assertEquals(0, ended.status(), ended.err());
            MatchResult said = Pattern.compile("handles (\\d+) (\\d+) rss (\\d+) (\\d+)").matcher(ended.out()).results().findFirst()
                    .orElseThrow();
            assertEquals(said.group(1), said.group(2), "live handles");
            double before = Double.parseDouble(said.group(3));
            double after = Double.parseDouble(said.group(4));
            assertTrue(after < 1.01 * before, "resident memory went from " + before + " to " + after + " kB");
        }
    }

    /// What the other JVM runs.
    static final class Training {
        public static void main(String[] arguments) throws Exception {
            Native.setThreads(1);
            var memory = new MemoryConfig(MemoryConfig.Mode.RESIDUAL, List.of(0), 1, 4, 2, 4, QueryNorm.BATCH, ValueInit.NORMAL);
            try (var model = new BertForMaskedLM(BertConfig.of(30, 8, 1, 1, 8, 8).withMemory(memory), 1);
                    var trainer = new Trainer<>(new LanguageObjective(model), TrainConfig.constant(1e-3, 1e-3, 10, 0.01, 1), 1)) {
                var random = new Random(1);
                train(trainer, random, WARM_UP);
                long handles = Native.liveHandles();
                long before = residentKilobytes();
                train(trainer, random, STEPS - WARM_UP);
                System.out.printf(Locale.ROOT, "handles %d %d rss %d %d%n", handles, Native.liveHandles(), before, residentKilobytes());
            }
        }

        private static void train(Trainer<MaskedBatch> trainer, Random random, int steps) {
            for (int i = 0; i < steps; i++) {
                trainer.step(batch(random));
            }
        }

        /// Two sequences of eight tokens; the second has padding of varying length.
        private static MaskedBatch batch(Random random) {
            int[] ids = random.ints(16, 5, 30).toArray();
            var real = new boolean[16];
            int tokens = 12 + random.nextInt(5);
            Arrays.fill(real, 0, tokens, true);
            Arrays.fill(ids, tokens, 16, 0);
            return new MaskedBatch(2, 8, ids, real, new int[] {1, 9}, new int[] {ids[1], ids[9]}, tokens);
        }

        private static long residentKilobytes() throws Exception {
            System.gc();
            return Files.readAllLines(Path.of("/proc/self/status")).stream().filter(line -> line.startsWith("VmRSS:"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", ""))).findFirst().orElseThrow();
        }
    }
}
