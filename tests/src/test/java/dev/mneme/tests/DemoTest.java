package dev.mneme.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.mneme.models.Json;
import dev.mneme.models.demo.Demo;
import dev.mneme.models.demo.DemoConfig;
import dev.mneme.models.report.Arm;
import dev.mneme.models.report.Report;
import dev.mneme.torch.Native;
import dev.mneme.torch.testing.NoLeaks;
import java.io.OutputStream;
import java.io.PrintStream;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// The demo, cut to a few steps.
@ExtendWith(NoLeaks.class)
class DemoTest {
    private static final int PRETRAIN = 6;
    private static final int MEMORY = 4;

    /// One thread: models so small gain nothing from two, and lose much where other processes want the cores.
    @BeforeAll
    static void oneThread() {
        Native.setThreads(1);
    }

    @AfterAll
    static void allThreads() {
        Native.setThreads(Runtime.getRuntime().availableProcessors());
    }

    private static Report run(Long... seeds) throws Exception {
        var quiet = new PrintStream(OutputStream.nullOutputStream());
        return new Demo(DemoConfig.QUICK.withSteps(PRETRAIN, MEMORY, 4), quiet, () -> false).run(List.of(seeds));
    }

    @Test
    void everyArmIsReportedOncePerSeedAtTheSameTotalSteps() throws Exception {
        Report report = run(1L, 2L);
        for (long seed : List.of(1L, 2L)) {
            Map<String, Arm> arms = report.arms().stream().filter(arm -> arm.seed() == seed)
                    .collect(Collectors.toMap(Arm::name, Function.identity())); // a second one of a name would throw
            assertEquals(List.of("none", "replace-pretrained", "replace-scratch", "residual-pretrained", "residual-scratch", "wide"),
                    arms.keySet().stream().sorted().toList());
            arms.values().forEach(arm -> assertEquals(PRETRAIN + MEMORY, arm.steps(), arm.name()));
            arms.values().forEach(arm -> assertEquals(PRETRAIN + MEMORY, arm.curve().getLast().step(), arm.name()));
            arms.forEach((name, arm) -> assertEquals(
                    name.endsWith("-scratch") ? PRETRAIN + MEMORY : name.endsWith("-pretrained") ? MEMORY : 0, arm.memorySteps(), name));
            arms.forEach((name, arm) -> assertEquals(name.contains("-") ? 1 : 0, arm.usage().size(), name));
            for (String scratch : List.of("replace-scratch", "residual-scratch")) {
                assertNotNull(arms.get(scratch).equalMemorySteps());
                assertEquals(MEMORY, arms.get(scratch).equalMemorySteps().steps());
            }
            assertNull(arms.get("residual-pretrained").equalMemorySteps());
            double matched = arms.get("wide").parameters() / (double) arms.get("residual-scratch").parameters();
            assertEquals(1, matched, 0.02, "parameters of wide over those of residual");
        }
        assertNotEquals(report.arms().getFirst().mlmLoss(), report.arms().getLast().mlmLoss());
    }

    @Test
    void theSameSeedGivesTheSameFigures() throws Exception {
        String first = figures(run(3L));
        assertTrue(first.contains("\"mlm_loss\""));
        assertEquals(first, figures(run(3L)));
    }

    /// The arms as JSON, without what depends on the clock.
    private static String figures(Report report) {
        return Json.text(report.arms()).replaceAll("\"tokens_per_second\" : [0-9.E]+", "");
    }
}
