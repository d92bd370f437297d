package dev.mneme.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.mneme.torch.TensorScope;
import dev.mneme.torch.io.Safetensors;
import dev.mneme.torch.testing.Golden;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/// Each mistake of a user's ends `mneme` with status 2 and one line that says what was asked, what was found and what to do,
/// before anything is written.
class BadInputTest {
    /// Makes what a case needs in its folder.
    interface Given {
        void in(Path folder) throws IOException;
    }

    /// @param given files of the case; `corpus.txt` is good text unless they replace it
    /// @param arguments of `mneme`; `@` is the case's folder
    /// @param says parts of the message, in their order
    record Case(String name, Given given, String arguments, List<String> says) {}

    /// Those that run in a process of their own as well: one of each kind, since each starts a JVM.
    private static final Set<String> FORKED = Set.of("a corpus that is not UTF-8", "a setting that does not exist",
            "a flag that does not exist, after the corpus", "a folder that holds a run");

    private static final List<Case> CASES = List.of(
            corpus("an empty corpus", "", "read a corpus from ", "there is no text in it", "give files with at least one line"),
            corpus("a binary corpus", "text\n\0", "read ", "byte 5 (line 2) is NUL", "give plain text"),
            corpus("a corpus that is not UTF-8", "text\nna\u00efve\n", "read ", "byte 7 (line 2, value 0xEF) is not valid UTF-8",
                    "convert the file, for example with iconv"),
            corpus("one endless line", "word ".repeat(250_000), "read ", "line 1, which begins at byte 0, is longer than 1048576 bytes",
                    "break it into lines"),
            new Case("a corpus too small to hold anything out", folder -> Files.writeString(folder.resolve("corpus.txt"), "one line\n"),
                    "pretrain --corpus @/corpus.txt --out @/out", List.of("of 1 sequences", "nothing left to train on", "give more text")),
            new Case("a missing corpus", folder -> {}, "pretrain --corpus @/nowhere.txt --out @/out",
                    List.of("@/nowhere.txt as text", "there is no such file", "check the path")),
            new Case("no corpus", folder -> {}, "pretrain --out @/out", List.of("pretrain", "no --corpus", "name at least one text file")),
            config("a setting that does not exist", "{\"hiden_size\": 64}", "read @/settings.json", "unknown name hiden_size",
                    "choose among [batch_size, ", "hidden_size", "whole_word]"),
            config("more neighbours than sub-keys", "{\"memory_mode\": \"residual\", \"memory_sub_keys\": 8, \"memory_neighbours\": 9}",
                    "memory", "9 neighbours were asked for, and there are 8 sub-keys", "at most as many neighbours as sub-keys"),
            new Case("a flag that does not exist, after the corpus", folder -> {},
                    "pretrain --corpus @/corpus.txt --hiden-size 64 --out @/out",
                    List.of("Unknown option", "--hiden-size", "see mneme pretrain --help")),
            new Case("a flag with a value that is none", folder -> {}, "pretrain --corpus @/corpus.txt --steps many --out @/out",
                    List.of("set --steps to many", "that is no integer", "give one, or leave the flag out")),
            new Case("a learning rate below zero", folder -> {}, "pretrain --corpus @/corpus.txt --learning-rate -1 --out @/out",
                    List.of("train with learning_rate -1.0", "it is not above 0", "give a positive one")),
            new Case("the settings of a memory without one", folder -> {}, "pretrain --corpus @/corpus.txt --memory-sub-keys 8 --value-learning-rate 1 --out @/out",
                    List.of("pretrain without a memory", "[memory_sub_keys, value_learning_rate] were given", "memory_mode was not", "leave them out")),
            new Case("a learning rate of frozen values", folder -> {}, "pretrain --corpus @/corpus.txt --memory-mode residual --value-training frozen"
                    + " --value-learning-rate 1 --out @/out", List.of("pretrain", "[value_learning_rate] were given", "value_training is frozen", "leave them out")),
            new Case("too many threads", folder -> {}, "pretrain --corpus @/corpus.txt --threads 3000 --out @/out",
                    List.of("train with threads 3000", "have not the stack for so many", "give at most 1024")),
            new Case("the values of a memory that is not there", BadInputTest::pretrained, "finetune --from @/model --task cola --train @/corpus.txt"
                    + " --dev @/corpus.txt --value-learning-rate 1 --out @/out",
                    List.of("fine-tune @/model", "[value_learning_rate] were given", "the model has no memory", "leave them out")),
            new Case("weights that float16 cannot hold", folder -> {
                pretrained(folder);
                try (var scope = TensorScope.open(); var file = Safetensors.open(Golden.file("bert/model.safetensors"))) {
                    var weights = new LinkedHashMap<>(file.tensors());
                    weights.get("bert.encoder.layer.0.output.dense.bias").fill_(1e5);
                    Safetensors.write(folder.resolve("model/model.safetensors"), weights, Map.of());
                }
            }, "convert --from @/model --to @/out --dtype float16",
                    List.of("write weights of dtype float16", "bert.encoder.layer.0.output.dense.bias has values up to 100000.0", "choose bfloat16 or float32")),
            new Case("workers that are none", folder -> Files.writeString(folder.resolve("e.json"), "{}"), "experiment @/e.json --workers -3",
                    List.of("make an experiment with --workers -3", "nobody would train", "give at least 1")),
            new Case("masks for a causal model", folder -> {}, "pretrain --corpus @/corpus.txt --objective causal --whole-word true --out @/out",
                    List.of("pretrain by the objective causal", "[whole_word] were given", "nothing is masked", "leave them out")),
            new Case("a command that does not exist", folder -> {}, "pretrian",
                    List.of("Unmatched argument", "'pretrian'", "mneme --help")),
            new Case("a folder that holds a run", folder -> {
                Files.createDirectory(folder.resolve("out"));
                Files.writeString(folder.resolve("out/run.json"), "{}");
            }, "pretrain --corpus @/corpus.txt --out @/out",
                    List.of("start a run in @/out", "it already holds a run", "--resume, or choose another folder with --out")),
            new Case("a folder that holds checkpoints", folder -> Files.createDirectories(folder.resolve("out/checkpoint-00000100")),
                    "pretrain --corpus @/corpus.txt --out @/out",
                    List.of("start a run in @/out", "it already holds a run", "choose another folder")),
            new Case("a file where the folder should be", folder -> Files.writeString(folder.resolve("out"), "mine"),
                    "pretrain --corpus @/corpus.txt --out @/out",
                    List.of("write to the folder @/out", "is a file", "choose another with --out")),
            new Case("a file above the demo's folder", folder -> Files.writeString(folder.resolve("out"), "mine"),
                    "demo --quick --out @/out/demo",
                    List.of("write to the folder @/out/demo", "@/out is a file", "choose another with --out")),
            new Case("nothing to resume", folder -> {}, "pretrain --resume --out @/out",
                    List.of("resume the run in @/out", "it holds no run", "give the folder of a run with --out")),
            new Case("settings for a run that has its own", folder -> {}, "pretrain --resume --out @/out --learning-rate 1e-4",
                    List.of("resume the run in @/out", "[--learning-rate] were given as well", "leave them out")),
            new Case("a start from a folder without a model", folder -> Files.createDirectory(folder.resolve("model")),
                    "pretrain --corpus @/corpus.txt --from @/model --out @/out",
                    List.of("read a model from @/model", "there is no config.json with weights (model.safetensors, ", "give the folder of a model")),
            new Case("sizes beside those of the pretrained model", BadInputTest::pretrained,
                    "pretrain --corpus @/corpus.txt --from @/model --hidden-size 24 --out @/out",
                    List.of("start from @/model", "the settings [hidden_size] were given as well", "leave them out")),
            new Case("sequences longer than the pretrained model has positions for", BadInputTest::pretrained,
                    "pretrain --corpus @/corpus.txt --from @/model --sequence-length 21 --out @/out",
                    List.of("sequences of 21 tokens", "has 20 positions", "give at most as many")),
            new Case("a memory in a layer that the pretrained model lacks", BadInputTest::pretrained,
                    "pretrain --corpus @/corpus.txt --from @/model --memory-mode residual --memory-layers 2 --out @/out",
                    List.of("put a memory into layer 2", "the model has layers 0 to 1", "choose one of these")),
            new Case("a model that no machine holds", folder -> {
                pretrained(folder);
                Path config = folder.resolve("model/config.json");
                Files.writeString(config, Files.readString(config).replace("\"num_hidden_layers\": 2", "\"num_hidden_layers\": 2000000000"));
            }, "convert --from @/model --to @/out", List.of("build a model of 2000000000 layers of width 24 over 60 tokens: it takes ", " GiB of memory, and ",
                    " GiB are to be had; give smaller sizes")),
            new Case("a memory that no machine holds, with its optimizer", folder -> {},
                    "pretrain --corpus @/corpus.txt --memory-mode residual --memory-layers 0 --memory-sub-keys 46340 --hidden-size 512 --out @/out",
                    List.of("train a model of these sizes: it takes 12", " GiB of memory, and ")),
            new Case("a model whose pickle runs a program", folder -> {
                pretrained(folder);
                Path model = folder.resolve("model");
                Files.delete(model.resolve("model.safetensors"));
                try (var zip = new ZipOutputStream(Files.newOutputStream(model.resolve("pytorch_model.bin")))) {
                    byte[] pickle = "\u0080\u0002cos\nsystem\nX\u0005\0\0\0false\u0085R.".getBytes(StandardCharsets.ISO_8859_1);
                    var entry = new ZipEntry("model/data.pkl");
                    entry.setMethod(ZipEntry.STORED);
                    entry.setSize(pickle.length);
                    var crc = new CRC32();
                    crc.update(pickle);
                    entry.setCrc(crc.getValue());
                    zip.putNextEntry(entry);
                    zip.write(pickle);
                }
            }, "convert --from @/model --to @/out", List.of("Reading @/model/pytorch_model.bin", "it asks for Python's os.system", "Remedy: ")),
            new Case("a conversion into a folder that is used", BadInputTest::pretrained, "convert --from @/model --to @/model",
                    List.of("write a model to @/model", "there is something in it", "give a new or empty folder")),
            new Case("a text without a mask", BadInputTest::pretrained, "fill-mask --model @/model word7",
                    List.of("fill the masks of a text", "it has no [MASK]", "write [MASK]")),
            new Case("a page of usage where a folder is", folder -> Files.createDirectory(folder.resolve("page")),
                    "usage --model @/model --corpus @/corpus.txt --html @/page",
                    List.of("write the file @/page", "it is a folder", "choose another with --html")),
            new Case("a page of usage in a folder that does not exist", folder -> {},
                    "usage --model @/model --corpus @/corpus.txt --html @/nowhere/usage.html",
                    List.of("write the file @/nowhere/usage.html", "there is no folder @/nowhere", "make the folder, or choose another with --html")),
            new Case("the usage of a memory that is not there", BadInputTest::pretrained, "usage --model @/model --corpus @/corpus.txt",
                    List.of("measure the memories of @/model", "the model has none", "train one with mneme pretrain --memory-mode residual")));

    /// What uses the tokenizer of a model's folder.
    private static final List<String> USES = List.of("pretrain --corpus @/corpus.txt --from @/model --out @/out",
            "finetune --from @/model --task cola --train @/corpus.txt --dev @/corpus.txt --out @/out", "evaluate --model @/model --corpus @/corpus.txt",
            "evaluate --model @/model --task cola --data @/corpus.txt", "predict --model @/model --task cola --data @/corpus.txt --to @/out",
            "usage --model @/model --corpus @/corpus.txt", "fill-mask --model @/model [MASK]", "convert --from @/model --to @/out");

    private static Case tooManyTokens(String use) {
        return new Case(use, folder -> {
            pretrained(folder);
            Files.writeString(folder.resolve("model/vocab.txt"), "more\n", StandardOpenOption.APPEND);
        }, use, List.of("use the model in ", "its tokenizer has 61 tokens, and vocab_size in its config.json is 60", "give the two that belong together"));
    }

    private static Case corpus(String name, String text, String... says) {
        return new Case(name, folder -> Files.write(folder.resolve("corpus.txt"), text.getBytes(StandardCharsets.ISO_8859_1)),
                "pretrain --corpus @/corpus.txt --out @/out", List.of(says));
    }

    private static Case config(String name, String json, String... says) {
        return new Case(name, folder -> Files.writeString(folder.resolve("settings.json"), json),
                "pretrain --corpus @/corpus.txt --config @/settings.json --out @/out", List.of(says));
    }

    /// Hugging Face's model of two layers and 20 positions, with a vocabulary of its 60 tokens.
    private static void pretrained(Path folder) throws IOException {
        Path model = Files.createDirectory(folder.resolve("model"));
        for (String file : List.of("config.json", "model.safetensors")) {
            Files.copy(Golden.file("bert").resolve(file), model.resolve(file));
        }
        var tokens = new ArrayList<>(List.of("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"));
        IntStream.range(tokens.size(), 60).forEach(i -> tokens.add("word" + i));
        Files.write(model.resolve("vocab.txt"), tokens);
    }

    /// In this JVM, which goes on with the next case whatever happens in this one.
    @TestFactory
    Stream<DynamicTest> eachMistakeIsToldInOneLineAndLeavesNothingBehind(@TempDir Path temporary) {
        return Stream.concat(CASES.stream(), USES.stream().map(BadInputTest::tooManyTokens))
                .map(each -> DynamicTest.dynamicTest(each.name(), () -> check(each, temporary, Mneme::here)));
    }

    /// As a user runs it: the status is that of the process, and nothing else gets onto standard error.
    @TestFactory
    Stream<DynamicTest> aProcessEndsWithTheStatusAndTheLine(@TempDir Path temporary) {
        return CASES.stream().filter(each -> FORKED.contains(each.name()))
                .map(each -> DynamicTest.dynamicTest(each.name(), () -> check(each, temporary, Mneme::run)));
    }

    interface Runner {
        Mneme.Ended run(Path folder, String... arguments) throws Exception;
    }

    static void check(Case expected, Path temporary, Runner runner) throws Exception {
        Path folder = Files.createTempDirectory(temporary, "case");
        Samples.corpus(folder);
        expected.given().in(folder);
        var before = Samples.contents(folder);
        Mneme.Ended ended = runner.run(folder, expected.arguments().replace("@", folder.toString()).split(" "));
        String err = ended.err();
        assertEquals(1, err.lines().count(), err);
        assertTrue(err.startsWith("mneme: "), err);
        int at = 0;
        for (String part : expected.says()) {
            String said = part.replace("@", folder.toString());
            int found = err.indexOf(said, at);
            assertTrue(found >= 0, "'" + said + "' is not said, or not in this place: " + err);
            at = found + said.length();
        }
        assertEquals(2, ended.status(), err);
        assertEquals(before, Samples.contents(folder), "something was written, a half-made run or a crash report");
    }

    @Test
    void aMissingShimIsAFailureInOneLine(@TempDir Path folder) throws Exception {
        try (Mneme mneme = Mneme.start(folder, List.of("-Dmneme.library=nowhere.so"), "pretrain", "--corpus", "corpus.txt")) {
            Mneme.Ended ended = mneme.ended();
            assertEquals(1, ended.status(), ended.err());
            assertEquals("mneme: -Dmneme.library=nowhere.so names no file. Give the path of libmneme.so, or leave the property out.\n",
                    ended.err());
        }
    }

    @Test
    void helpIsNoMistake(@TempDir Path folder) throws Exception {
        Mneme.Ended ended = Mneme.run(folder, "pretrain", "--help");
        assertEquals(0, ended.status(), ended.err());
        assertTrue(ended.out().contains("--memory-neighbours"), ended.out());
        assertFalse(Files.exists(folder.resolve("runs")));
    }
}
