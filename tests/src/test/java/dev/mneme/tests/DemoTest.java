package dev.mneme.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.mneme.models.base.internal.Json;
import dev.mneme.models.report.Arm;
import dev.mneme.models.report.Report;
import dev.mneme.models.train.demo.Demo;
import dev.mneme.models.train.demo.DemoConfig;
import dev.mneme.torch.testing.NoLeaks;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// The demo, cut to a few people and steps.
@ExtendWith(NoLeaks.class)
class DemoTest {
    private static final int PRETRAIN = 6;
    private static final int MEMORY = 4;
    private static final List<String> NAMES =
            List.of("none", "wide", "replace-scratch", "residual-scratch", "replace-pretrained", "residual-pretrained");

    private static Report report; // of seeds 1 and 2

    /// The model, memory and optimizer of the demo, on 40 people with eight texts each.
    private static DemoConfig config() {
        DemoConfig quick = DemoConfig.QUICK.withSteps(PRETRAIN, MEMORY, 4);
        return new DemoConfig(quick.biographies().withPersons(40), 8, 10, quick.vocabularySize(), quick.sequenceLength(), quick.batchSize(),
                quick.maskProbability(), quick.hiddenSize(), quick.numHiddenLayers(), quick.numAttentionHeads(), quick.intermediateSize(),
                quick.wideIntermediateSize(), quick.initializerRange(), quick.memory(), quick.learningRate(), quick.valueLearningRate(),
                quick.warmupSteps(), quick.weightDecay(), quick.clipNorm(), PRETRAIN, MEMORY, quick.evaluateEvery());
    }

    private static Report run(int workers, BooleanSupplier stop, Long... seeds) throws IOException {
        return new Demo(config(), workers, new PrintStream(OutputStream.nullOutputStream()), stop).run(List.of(seeds));
    }

    @BeforeAll
    static void runTwoSeeds() throws IOException {
        report = run(2, () -> false, 1L, 2L);
    }

    private static Map<String, Arm> arms(long seed) {
        return report.arms().stream().filter(arm -> arm.seed() == seed)
                .collect(Collectors.toMap(Arm::name, Function.identity())); // a second one of a name would throw
    }

    @Test
    void everyArmIsReportedOncePerSeedAtTheSameTotalSteps() {
        assertEquals(NAMES, report.arms().stream().filter(arm -> arm.seed() == 1).map(Arm::name).toList());
        assertEquals(NAMES, report.arms().stream().filter(arm -> arm.seed() == 2).map(Arm::name).toList());
        assertEquals(2 * NAMES.size(), report.arms().size());
        for (Arm arm : report.arms()) {
            assertEquals(PRETRAIN + MEMORY, arm.steps(), arm.name());
            assertEquals(PRETRAIN + MEMORY, arm.curve().getLast().step(), arm.name());
            assertEquals(arm.mlmLoss(), arm.curve().getLast().mlmLoss(), arm.name());
            long memorySteps = arm.name().endsWith("-scratch") ? PRETRAIN + MEMORY : arm.name().endsWith("-pretrained") ? MEMORY : 0;
            assertEquals(memorySteps, arm.memorySteps(), arm.name());
        }
    }

    @Test
    void armsFromScratchAreAlsoReadAtEqualStepsWithMemory() {
        for (Arm arm : report.arms()) {
            if (arm.name().endsWith("-scratch")) {
                assertEquals(MEMORY, arm.equalMemorySteps().steps(), arm.name());
                assertEquals(MEMORY, arm.equalMemorySteps().memorySteps(), arm.name());
            } else {
                assertNull(arm.equalMemorySteps(), arm.name());
            }
        }
    }

    @Test
    void theWideModelHasAsManyParametersAsTheOneWithAResidualMemory() {
        double matched = arms(1).get("wide").parameters() / (double) arms(1).get("residual-scratch").parameters();
        assertEquals(1, matched, 0.02);
        assertEquals(arms(1).get("residual-scratch").parameters(), arms(1).get("residual-pretrained").parameters());
        assertTrue(arms(1).get("none").parameters() < arms(1).get("wide").parameters());
    }

    /// The memory of the demo has 1,024 slots and two heads.
    @Test
    void usageIsReportedForEachMemoryWithinItsBounds() {
        JsonNode tree = Json.tree(report);
        for (JsonNode arm : tree.get("arms")) {
            assertEquals(arm.get("name").asText().contains("-") ? 1 : 0, arm.get("usage").size(), arm.get("name").asText());
            JsonNode last = arm.get("curve").get(arm.get("curve").size() - 1).get("usage");
            assertEquals(arm.get("usage").size(), last.size(), "followed to the end of the curve");
            for (JsonNode usage : arm.get("usage")) {
                String what = usage.toString();
                assertEquals(usage.get("top1_pooled"), last.get(0).get("top1_pooled"), what);
                assertEquals(0, usage.get("layer").asInt(), what);
                assertTrue(usage.get("queries").asLong() > 0 && usage.get("queries").asLong() % 2 == 0, what);
                double topk = usage.get("topk").asDouble();
                double top1 = usage.get("top1_pooled").asDouble();
                assertTrue(0 < top1 && top1 <= topk && topk <= 1, what);
                assertEquals(2, usage.get("top1_per_head").size(), what);
                double first = usage.get("top1_per_head").get(0).asDouble();
                double second = usage.get("top1_per_head").get(1).asDouble();
                assertTrue(Math.max(first, second) <= top1 && top1 <= first + second, what); // a union
                for (String kl : List.of("kl_weighted", "kl_counts")) {
                    assertTrue(usage.get(kl).asDouble() >= -1e-12 && usage.get(kl).asDouble() <= Math.log(1024), what);
                }
                assertTrue(usage.get("kl_counts").asDouble() >= -Math.log(topk) - 1e-12, what); // equal where all slots in use are used alike
                assertTrue(usage.get("gini").asDouble() >= 0 && usage.get("gini").asDouble() < 1, what);
                assertTrue(usage.get("stale").asDouble() >= 0 && usage.get("stale").asDouble() < 1, what);
            }
        }
    }

    /// Other tools read these names.
    @Test
    void theReportHasTheNamesThatOtherToolsRead() {
        JsonNode tree = Json.tree(report);
        List.of("versions", "config", "arms").forEach(name -> assertTrue(tree.has(name), name));
        for (JsonNode arm : tree.get("arms")) {
            List.of("name", "seed", "steps", "memory_steps", "parameters", "mlm_loss", "fact_accuracy", "tokens_per_second", "curve",
                    "usage").forEach(name -> assertTrue(arm.hasNonNull(name), name));
            assertTrue(arm.get("mlm_loss").asDouble() > 0 && arm.get("tokens_per_second").asDouble() > 0);
            assertTrue(arm.get("fact_accuracy").asDouble() >= 0 && arm.get("fact_accuracy").asDouble() <= 1);
            assertTrue(arm.get("curve").size() >= 2, "points on the curve");
            arm.get("usage").forEach(usage -> List.of("layer", "queries", "topk", "top1_pooled", "top1_per_head", "kl_weighted",
                    "kl_counts", "gini", "stale").forEach(name -> assertTrue(usage.hasNonNull(name), name)));
        }
    }

    @Test
    void theSameSeedGivesTheSameFiguresWhateverIsTrainedBesideItAndAnotherOneOthers() throws IOException {
        Report again = run(1, () -> false, 2L);
        assertEquals(figures(report.arms().subList(NAMES.size(), 2 * NAMES.size())), figures(again.arms()));
        assertNotEquals(arms(1).get("none").mlmLoss(), arms(2).get("none").mlmLoss());
    }

    /// The arms as JSON, without what depends on the clock.
    private static String figures(List<Arm> arms) {
        return Json.text(arms).replaceAll("\"tokens_per_second\" : [0-9.E]+", "");
    }

    /// One arm at a time: the memory-free model makes its T0 = 6 steps, then each arm from scratch its ten. It is asked before
    /// each of an arm's steps, and once before the arm.
    @Test
    void aStoppedDemoReportsTheArmsThatWereFinished() throws IOException {
        var asked = new AtomicInteger();
        Report stopped = run(1, () -> asked.incrementAndGet() > PRETRAIN + 1 + PRETRAIN + MEMORY, 1L, 2L);
        assertEquals(List.of("residual-scratch"), stopped.arms().stream().map(Arm::name).toList());
    }
}
