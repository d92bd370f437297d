package dev.mneme.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.mneme.torch.testing.Golden;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `./mneme` itself, in clones whose names have a space and an accent, in the plainest of locales.
class LauncherTest {
    private static final Path ROOT = Golden.file("../../..").normalize();
    private static final Map<String, String> PLAIN = Map.of("LC_ALL", "C", "LANG", "", "LC_CTYPE", "", "MNEME_JVM_OPTIONS", "-XX:TieredStopAtLevel=1");

    @TempDir
    private Path folder;
    private final List<Path> links = new ArrayList<>();

    @AfterEach
    void unlink() throws IOException {
        for (Path link : links) {
            Files.delete(link);
        }
    }

    /// A clone with the launcher alone, or with all that is built here.
    private Path clone(boolean built) throws IOException {
        Path clone = Files.createDirectory(folder.resolve("clône à moi"));
        Files.copy(ROOT.resolve("mneme"), clone.resolve("mneme"), StandardCopyOption.COPY_ATTRIBUTES);
        for (String name : built ? List.of("cmake", "pom.xml", "CMakeLists.txt", "native", "bindings", "pkm", "models") : List.of("cmake")) {
            links.add(Files.createSymbolicLink(clone.resolve(name), ROOT.resolve(name)));
        }
        return clone;
    }

    private Mneme.Ended mneme(Path clone, String... arguments) throws Exception {
        var command = new ArrayList<>(List.of(clone.resolve("mneme").toString()));
        command.addAll(List.of(arguments));
        Path home = Files.createDirectories(folder.resolve("home d'été"));
        var environment = new HashMap<>(PLAIN);
        environment.put("HOME", home.toString());
        return Shell.run(folder, environment, command);
    }

    @Test
    void pathsColumnsAndOutputAreRightInAnyLocale() throws Exception {
        Path clone = clone(true);
        Path text = Files.createDirectory(folder.resolve("œuvre")).resolve("naïf.jsonl");
        var lines = new ArrayList<String>();
        for (int i = 0; i < 40; i++) {
            lines.add("{\"überschrift\": \"une œuvre, nº " + i % 7 + ", 日本 œuf\"}");
        }
        Files.write(text, lines);
        Samples.write(folder.resolve("réglages.json"), Samples.settings("steps", 2));
        Mneme.Ended trained = mneme(clone, "pretrain", "--corpus", text.toString(), "--text-column", "überschrift", "--config", "réglages.json", "--out",
                "sortie d'été");
        assertEquals(0, trained.status(), trained.err());
        String run = Files.readString(folder.resolve("sortie d'été/run.json"));
        assertTrue(run.contains("/%C5%93uvre/na%C3%AFf.jsonl") && run.contains("überschrift"), run);
        List<String> vocabulary = Files.readAllLines(folder.resolve("sortie d'été/best/vocab.txt"));
        assertTrue(vocabulary.containsAll(List.of("œ", "日")), vocabulary.toString());

        Mneme.Ended filled = mneme(clone, "fill-mask", "--json", "--top", String.valueOf(vocabulary.size()), "--model", "sortie d'été", "une œuvre [MASK]");
        assertEquals(0, filled.status(), filled.err());
        assertTrue(filled.out().contains("\"œ\"") && filled.out().contains("\"日\""), filled.out());
        assertFalse(filled.out().contains("\"?") || filled.out().contains("\ufffd"), filled.out());

        Mneme.Ended missing = mneme(clone, "fill-mask", "--model", "modèle d'hiver", "a [MASK]");
        assertEquals(2, missing.status());
        assertTrue(missing.err().contains("modèle d'hiver"), missing.err());
    }

    @Test
    void aJvmStartedByHandRefusesWhatItCannotRead() throws Exception {
        Mneme.Ended refused = Shell.run(folder, PLAIN, List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-cp",
                System.getProperty("java.class.path"), "dev.mneme.models.cli.Main", "fill-mask", "--model", "modèle", "a [MASK]"));
        assertEquals(2, refused.status(), refused.err());
        assertEquals("mneme: read the arguments: one has letters that are not ASCII, and Java cannot read them where the locale's charset is US-ASCII;"
                + " start it by ./mneme, or with LC_ALL=C.UTF-8 in the environment\n", refused.err());
    }

    @Test
    void outputThatCannotBeWrittenIsAFailure() throws Exception {
        Path mneme = clone(true).resolve("mneme");
        for (String command : List.of("--version", "pretrain --help", "doctor")) {
            Mneme.Ended full = Shell.run(folder, PLAIN, List.of("bash", "-c", "\"$0\" " + command + " > /dev/full", mneme.toString()));
            assertEquals(1, full.status(), command);
            assertEquals("mneme: what was printed is not whole: writing to standard output failed: No space left on device. Make room where it goes,"
                    + " and run the command again.\n", full.err());
        }
    }

    /// As `head` does: no complaint, but no success.
    @Test
    void aReaderThatWentIsToldByTheStatus() throws Exception {
        Path mneme = clone(true).resolve("mneme");
        Mneme.Ended ended = Shell.run(folder, PLAIN, List.of("bash", "-c",
                "mkfifo gone; { read < gone; \"$0\" --help; echo $? > status; } | { exec < /dev/null; echo > gone; }", mneme.toString()));
        assertEquals("141", Files.readString(folder.resolve("status")).strip());
        assertEquals("", ended.err());
    }

    private Mneme.Ended buildThatFails(String... said) throws Exception {
        Path clone = clone(false);
        Files.write(folder.resolve("said"), List.of(said));
        Shell.script(folder.resolve("bin/mvn"), "cat '" + folder.resolve("said") + "'", "exit 1");
        var environment = new HashMap<>(PLAIN);
        environment.put("PATH", Shell.path(folder.resolve("bin")));
        Mneme.Ended ended = Shell.run(folder, environment, List.of(clone.resolve("mneme").toString(), "doctor"));
        assertEquals(1, ended.status(), ended.err());
        Path log = clone.resolve("models/cli/target/build.log");
        assertEquals(List.of(said), Files.readAllLines(log));
        String last = "mneme: the build failed; the whole account is in " + log + "\n";
        assertTrue(ended.err().startsWith("Building Mneme, once") && ended.err().endsWith(last), ended.err());
        return new Mneme.Ended(1, ended.out(), ended.err().substring(ended.err().indexOf('\n') + 1, ended.err().length() - last.length()));
    }

    @Test
    void whereLibtorchWasLookedForIsToldWithoutMavensTrace() throws Exception {
        Mneme.Ended ended = buildThatFails("[INFO] Scanning for projects...", "libtorch: 20 of 191 MB", "CMake Error at cmake/LibTorch.cmake:99 (message):",
                "  libtorch was not found.  Tried:", "", "    - the cache: it has none", "", "  Three ways out:", "", "    1. one;", "", "Call Stack (most recent call first):",
                "  CMakeLists.txt:15 (include)", "", "-- Configuring incomplete, errors occurred!", "[ERROR] Command execution failed.",
                "org.apache.commons.exec.ExecuteException: Process exited with an error: 1", "    at org.apache.commons.exec.DefaultExecutor (DefaultExecutor.java:404)",
                "[ERROR] Failed to execute goal org.codehaus.mojo:exec-maven-plugin -> [Help 1]");
        assertEquals("libtorch: 20 of 191 MB\n  libtorch was not found.  Tried:\n    - the cache: it has none\n  Three ways out:\n    1. one;\n", ended.err());
    }

    @Test
    void whatACompilerSaidIsToldWithoutMavensTrace() throws Exception {
        Mneme.Ended ended = buildThatFails("/clone/native/src/tensor.cpp:5:1: error: 'x' does not name a type", "make: *** [all] Error 2",
                "[ERROR] Command execution failed.", "    at org.apache.commons.exec.DefaultExecutor (DefaultExecutor.java:404)");
        assertEquals("/clone/native/src/tensor.cpp:5:1: error: 'x' does not name a type\n", ended.err());
    }

    @Test
    void elseMavensFirstErrorIsTold() throws Exception {
        Mneme.Ended ended = buildThatFails("[INFO] Scanning", "[ERROR] Plugin p could not be resolved: Unknown host -> [Help 1]", "[ERROR] ", "[ERROR] To see the full stack trace");
        assertEquals("Plugin p could not be resolved: Unknown host\n", ended.err());
    }
}
