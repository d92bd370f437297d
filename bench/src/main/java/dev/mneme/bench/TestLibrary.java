package dev.mneme.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.stream.Collectors;

/// The shim's test library, which has the C++ loops that crossings are compared with.
final class TestLibrary {
    private static final String PROPERTY = "mneme.test.library";
    private static final Path BUILT = Path.of("native/target/test-lib/libmneme_test.so");

    /// Loads it from where `-Dmneme.test.library` says, or from where the build of this repository puts it.
    ///
    /// @throws UnsatisfiedLinkError if it is not there, or if it has brought a second libtorch into the process
    static void load() {
        Path library = Path.of(System.getProperty(PROPERTY, BUILT.toString())).toAbsolutePath();
        if (!Files.isRegularFile(library)) {
            throw new UnsatisfiedLinkError("The C++ loop was looked for at " + library
                    + ", and is not there. Build it (mvn package in the root), or name it with -D" + PROPERTY + "=FILE.");
        }
        System.load(library.toString());
        Set<String> libtorchs = libtorchs();
        if (libtorchs.size() != 1) {
            throw new UnsatisfiedLinkError("The C++ loop and the shim use different libtorchs: " + libtorchs
                    + ". Build both against the same one: mvn package in the root.");
        }
    }

    private static Set<String> libtorchs() {
        try (var lines = Files.lines(Path.of("/proc/self/maps"))) {
            return lines.filter(line -> line.endsWith("/libtorch_cpu.so")).map(line -> line.substring(line.indexOf('/')))
                    .collect(Collectors.toSet());
        } catch (IOException e) {
            throw new IllegalStateException("/proc/self/maps cannot be read: " + e.getMessage(), e);
        }
    }

    private TestLibrary() {}
}
