package dev.mneme.torch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.mneme.torch.testing.BindingsJar;
import dev.mneme.torch.testing.Forked;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Where a program finds libtorch on a machine that did not build it: a JVM with the jar, an environment, and nothing else.
class FindingLibtorchTest {
    private static final String VERSION = Native.libtorchVersion();
    private static final String LIBTORCH = Native.libtorchFolder().getParent().toString();

    @TempDir
    private Path folder;
    private Path jar;
    private Path home;
    private Path path;
    private final List<Path> links = new ArrayList<>();

    static final class Use {
        public static void main(String[] args) {
            try {
                Native.load();
                System.out.println(Native.libtorchFolder());
            } catch (UnsatisfiedLinkError e) {
                System.out.println(e.getMessage());
            }
        }
    }

    @BeforeEach
    void machine() throws IOException {
        jar = BindingsJar.make(folder.resolve("bindings.jar"), FindingLibtorchTest.class);
        home = Files.createDirectories(folder.resolve("home"));
        path = Files.createDirectories(folder.resolve("bin"));
        python(""); // which imports no torch
    }

    /// A python3 that finds its torch in a folder.
    private void python(String torch) throws IOException {
        Path python = Files.writeString(path.resolve("python3"), "#!/bin/sh\necho '" + torch.replace("'", "'\\''") + "'\n");
        assertTrue(python.toFile().setExecutable(true));
    }

    /// A folder that looks like the libtorch of this test.
    private void link(Path to) throws IOException {
        Files.createDirectories(to.getParent());
        links.add(Files.createSymbolicLink(to, Path.of(LIBTORCH)));
    }

    @AfterEach
    void unlink() throws IOException {
        for (Path link : links) {
            Files.delete(link);
        }
    }

    private String run(Map<String, String> environment, String... options) throws IOException {
        var all = new HashMap<>(Map.of("HOME", home.toString(), "PATH", path.toString(), "LIBTORCH", "", "MNEME_CACHE", "", "XDG_CACHE_HOME", ""));
        all.putAll(environment);
        Forked run = Forked.run(Files.createTempDirectory(folder, "run"), jar.toString(), Use.class, all, options);
        assertEquals(0, run.exit(), run.output());
        return run.output();
    }

    private static void assertFound(String output) {
        assertEquals(LIBTORCH + "/lib\n", output);
    }

    @Test
    void libtorchIsWhereTheVariableSays() throws IOException {
        assertFound(run(Map.of("LIBTORCH", LIBTORCH)));
    }

    @Test
    void elseItIsTheTorchOfPython() throws IOException {
        python(LIBTORCH);
        assertFound(run(Map.of()));
    }

    @Test
    void elseItIsInTheCache() throws IOException {
        link(home.resolve(".cache/mneme/libtorch-" + VERSION));
        assertFound(run(Map.of()));
        link(folder.resolve("named/libtorch-" + VERSION));
        assertFound(run(Map.of("MNEME_CACHE", folder.resolve("named").toString(), "HOME", "/dev/null")));
        link(folder.resolve("xdg/mneme/libtorch-" + VERSION));
        assertFound(run(Map.of("XDG_CACHE_HOME", folder.resolve("xdg").toString(), "HOME", "/dev/null")));
    }

    @Test
    void aVariableThatNamesNoneIsNotPassedOver() throws IOException {
        python(LIBTORCH);
        String output = run(Map.of("LIBTORCH", "/no/libtorch"));
        assertTrue(output.contains("Tried: the environment variable LIBTORCH: /no/libtorch: no such folder."), output);
    }

    @Test
    void anotherVersionIsPassedOverAndTold() throws IOException {
        Path other = folder.resolve("torch");
        Path header = other.resolve("include/torch/headeronly/version.h");
        Files.createDirectories(header.getParent());
        Files.writeString(header, "#define TORCH_VERSION_MAJOR 1\n#define TORCH_VERSION_MINOR 2\n#define TORCH_VERSION_PATCH 3\n");
        Files.createDirectories(other.resolve("lib"));
        Files.writeString(other.resolve("lib/libtorch_cpu.so"), "");
        python(other.toString());
        String output = run(Map.of());
        for (String part : new String[] {"libtorch " + VERSION + ", which ", "libmneme.so was built against, was not found. Tried: "
                + "the environment variable LIBTORCH: not set; the torch that python3 imports: " + other + ": it is version 1.2.3; the cache: "
                + home.resolve(".cache/mneme/libtorch-" + VERSION) + ": no such folder. Set LIBTORCH to its folder"}) {
            assertTrue(output.contains(part), output);
        }
        link(home.resolve(".cache/mneme/libtorch-" + VERSION));
        assertFound(run(Map.of()));
    }

    @Test
    void aLibtorchThatIsCutShortIsRefused() throws IOException {
        Path cut = Files.createDirectories(folder.resolve("cut/lib"));
        byte[] start = new byte[1 << 20];
        try (var in = Files.newInputStream(Path.of(LIBTORCH, "lib/libtorch_cpu.so"))) {
            assertEquals(start.length, in.readNBytes(start, 0, start.length));
        }
        Files.write(cut.resolve("libtorch_cpu.so"), start);
        String output = run(Map.of("LIBTORCH", cut.getParent().toString()));
        assertTrue(output.contains("Loading libtorch from " + cut + " failed: " + cut.resolve("libtorch_cpu.so") + " is cut short: it has 1048576 bytes"),
                output);
    }

    /// What the library needs of its folder is mapped with it.
    @Test
    void aLibtorchIsRefusedOfWhichAnyPartIsCutShort() throws IOException {
        Path whole = Path.of(LIBTORCH, "lib");
        for (String part : List.of("libc10.so", "libgomp.so.1")) {
            Path cut = Files.createDirectories(folder.resolve(part + "-cut/lib"));
            for (String each : List.of("libtorch_cpu.so", "libc10.so", "libgomp.so.1")) {
                if (!each.equals(part)) {
                    Files.createSymbolicLink(cut.resolve(each), whole.resolve(each));
                }
            }
            byte[] bytes = Files.readAllBytes(whole.resolve(part));
            Files.write(cut.resolve(part), Arrays.copyOf(bytes, bytes.length / 2));
            String output = run(Map.of("LIBTORCH", cut.getParent().toString()));
            assertTrue(output.contains(cut.resolve(part) + " is cut short: it has " + bytes.length / 2 + " bytes"), output);
        }
    }
}
