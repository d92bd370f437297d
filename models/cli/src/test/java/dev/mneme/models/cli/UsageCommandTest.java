package dev.mneme.models.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.mneme.models.zoo.bert.BertConfig;
import dev.mneme.models.zoo.bert.BertForMaskedLM;
import dev.mneme.models.zoo.bert.BertForTask;
import dev.mneme.models.zoo.bert.TaskHead;
import dev.mneme.models.zoo.gpt.GptConfig;
import dev.mneme.models.zoo.gpt.GptForCausalLM;
import dev.mneme.models.zoo.transformer.MemoryConfig;
import dev.mneme.pkm.ProductKeyConfig.QueryNorm;
import dev.mneme.pkm.ProductKeyConfig.ValueInit;
import dev.mneme.torch.Tensor;
import dev.mneme.torch.TensorScope;
import dev.mneme.torch.io.Safetensors;
import dev.mneme.torch.testing.NoLeaks;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/// What `mneme usage` prints and writes, of a model of two layers whose second has a memory of 36 slots.
@ExtendWith(NoLeaks.class)
class UsageCommandTest {
    private record Ended(int status, String out, String err) {}

    @TempDir
    Path folder;

    private Ended usage(String... more) throws IOException {
        var arguments = new ArrayList<>(List.of("usage", "--model", folder.resolve("model").toString(), "--corpus",
                folder.resolve("corpus.txt").toString()));
        arguments.addAll(List.of(more));
        var err = new StringWriter();
        var out = new ByteArrayOutputStream();
        PrintStream before = System.out;
        try (var here = new PrintStream(out, true, StandardCharsets.UTF_8)) {
            System.setOut(here);
            int status = Main.commandLine().setErr(new PrintWriter(err, true)).execute(arguments.toArray(String[]::new));
            return new Ended(status, out.toString(StandardCharsets.UTF_8), err.toString());
        } finally {
            System.setOut(before);
        }
    }

    private void model() throws IOException {
        Path model = Files.createDirectory(folder.resolve("model"));
        var config = BertConfig.of(20, 8, 2, 2, 16, 12).withMemory(
                new MemoryConfig(MemoryConfig.Mode.RESIDUAL, List.of(1), 2, 6, 3, 4, QueryNorm.BATCH, ValueInit.NORMAL));
        try (var scope = TensorScope.open(); var bert = new BertForMaskedLM(config, 1)) {
            bert.save(model);
        }
        var tokens = new ArrayList<>(List.of("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"));
        IntStream.range(tokens.size(), 20).forEach(i -> tokens.add("word" + i));
        Files.write(model.resolve("vocab.txt"), tokens);
        Files.write(folder.resolve("corpus.txt"), Collections.nCopies(30, "word7 word8 word9 word10 word11 word12 word13"));
    }

    /// As a checkpoint has it: updates counted per slot, of which 9 of 36 were never updated.
    private void optimizer() throws IOException {
        try (var scope = TensorScope.open()) {
            Tensor steps = Tensor.of(IntStream.range(0, 36).mapToLong(i -> i % 4).toArray(), 36);
            Safetensors.write(folder.resolve("model/optimizer.safetensors"), Map.of("memory.1.row_steps", steps, "bert.pooler.step",
                    Tensor.of(new long[] {0}, 1)), Map.of());
        }
    }

    @Test
    void thePageHasTheFiguresThatJsonHas() throws Exception {
        model();
        optimizer();
        Path page = folder.resolve("usage.html");
        Ended ended = usage("--json", "--html", page.toString());
        assertEquals(0, ended.status(), ended.err());
        JsonNode use = new ObjectMapper().readTree(ended.out()).get("usage").get(0);
        assertEquals(1, use.get("layer").asInt());
        assertEquals(0.25, use.get("stale").asDouble());
        String html = Files.readString(page);
        assertTrue(html.contains("<td>stale, %</td><td>25.0</td>"), html);
        assertTrue(html.contains("<td>top-50</td><td>" + use.get("top50").asLong() + "</td>"), html);
        assertTrue(html.contains("<td>queries Q</td><td>" + use.get("queries").asLong() + "</td>"), html);
        assertTrue(html.contains("<td>slots K</td><td>36</td>"), html);
        assertEquals(2, html.split("<figure>").length - 1);
    }

    @Test
    void withoutOptimizerStateStaleSlotsAreNotKnown() throws Exception {
        model();
        Ended ended = usage("--html", folder.resolve("usage.html").toString());
        assertEquals(0, ended.status(), ended.err());
        assertEquals("-", ended.out().lines().toList().get(2).strip().split("\\s+")[9], ended.out());
        assertTrue(ended.out().endsWith("Page: " + folder.resolve("usage.html") + "\n"), ended.out());
        assertTrue(Files.readString(folder.resolve("usage.html")).contains("Stale slots are not known"));
        assertTrue(new ObjectMapper().readTree(usage("--json").out()).get("usage").get(0).get("stale").isNull());
    }

    /// A fine-tuned model reads the same text, unmasked, and has no loss.
    @Test
    void aFineTunedModelIsMeasuredWithoutALoss() throws Exception {
        model();
        JsonNode pretrained = new ObjectMapper().readTree(usage("--json").out()).get("usage").get(0);
        try (var scope = TensorScope.open(); var whole = new BertForTask(BertConfig.read(folder.resolve("model/config.json")),
                new TaskHead(TaskHead.Kind.CLASSIFICATION, List.of("no", "yes")), 1)) {
            whole.save(folder.resolve("model"));
        }
        Path page = folder.resolve("usage.html");
        Ended ended = usage("--json", "--html", page.toString());
        assertEquals(0, ended.status(), ended.err());
        JsonNode found = new ObjectMapper().readTree(ended.out());
        assertTrue(found.get("mlm_loss").isNull(), ended.out());
        JsonNode use = found.get("usage").get(0);
        assertEquals(pretrained.get("queries").asLong(), use.get("queries").asLong());
        assertTrue(use.get("top1_pooled").asDouble() > 0, ended.out());
        assertFalse(Files.readString(page).contains("MLM loss"));
        assertFalse(usage().out().contains("MLM loss"));
    }

    /// The same text, read by a GPT-2 with the same memory: every token after the first is predicted.
    @Test
    void theLossOfACausalModelIsNotCalledThatOfAMaskedOne() throws Exception {
        model();
        MemoryConfig memory = BertConfig.read(folder.resolve("model/config.json")).memory();
        try (var scope = TensorScope.open();
                var gpt = new GptForCausalLM(new GptConfig(20, 12, 8, 2, 2, 16, 0, 0, 0, 1e-5, 0.02, memory), 1)) {
            gpt.save(folder.resolve("model"));
        }
        Path page = folder.resolve("usage.html");
        Ended ended = usage("--html", page.toString());
        assertEquals(0, ended.status(), ended.err());
        assertTrue(ended.out().startsWith("LM loss "), ended.out());
        assertTrue(new ObjectMapper().readTree(usage("--json").out()).get("lm_loss").isNumber());
        assertFalse(Files.readString(page).contains("MLM") || Files.readString(page).contains("masked"), Files.readString(page));
        assertTrue(Files.readString(page).contains("LM loss "), Files.readString(page));
    }

    /// Refused before the model is looked for: there is none here.
    private void refused(Path page, String found) throws IOException {
        Ended ended = usage("--html", page.toString());
        assertEquals(2, ended.status());
        assertEquals("mneme: write the file " + page + ": " + found + "choose another with --html\n", ended.err());
    }

    @Test
    void aPageThatCannotBeWrittenIsRefusedBeforeTheWork() throws Exception {
        refused(folder, "it is a folder; ");
        refused(folder.resolve("nowhere/usage.html"), "there is no folder " + folder.resolve("nowhere") + "; make the folder, or ");
        Path file = Files.writeString(folder.resolve("file"), "mine");
        refused(file.resolve("usage.html"), file + " is a file; make the folder, or ");
        refused(Path.of("/dev/null"), "it is no ordinary file; ");
        assertEquals("mine", Files.readString(file));
    }

    @Test
    void aFolderWithoutPermissionIsRefused() throws Exception {
        Path locked = Files.createDirectory(folder.resolve("locked"), PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("r-xr-xr-x")));
        assumeFalse(Files.isWritable(locked), "root may write anywhere");
        refused(locked.resolve("usage.html"), "permission is denied at " + locked + "; ");
        assertFalse(Files.exists(locked.resolve("usage.html")));
    }
}
