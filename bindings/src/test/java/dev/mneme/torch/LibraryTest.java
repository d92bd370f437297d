package dev.mneme.torch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.mneme.torch.testing.Forked;
import dev.mneme.torch.testing.Golden;
import java.io.IOException;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What happens at load, each time in a JVM of its own.
class LibraryTest {
    private static final Path SHIMS = Golden.file("../../..").normalize().resolve("native/target/test-lib");
    private static final String RESOURCE = "native/linux-x86_64/libmneme.so";

    @TempDir
    private Path folder;

    /// Uses tensors, and once more after a failure: the reason must not be lost to a "Could not initialize class".
    static final class Use {
        public static void main(String[] args) {
            try {
                Native.load();
            } catch (UnsatisfiedLinkError first) {
                try {
                    Native.load();
                } catch (UnsatisfiedLinkError second) {
                    System.out.println(first.getMessage().equals(second.getMessage()) ? "the same again" : "something else: " + second);
                }
                throw first;
            }
            try (var scope = TensorScope.open()) {
                System.out.println("sum " + Tensor.of(new float[] {1, 2, 3}).sum().item());
            }
        }
    }

    private void assertRefused(String library, String... parts) {
        Forked run = Forked.run(folder, Use.class, "-D" + Native.LIBRARY_PROPERTY + "=" + library);
        assertEquals(1, run.exit(), run.output());
        assertFalse(run.crashed(), run.output());
        assertTrue(run.output().contains("java.lang.UnsatisfiedLinkError: "), run.output());
        assertTrue(run.output().contains("the same again"), run.output());
        for (String part : parts) {
            assertTrue(run.output().contains(part), "\"" + part + "\" is missing in: " + run.output());
        }
    }

    @Test
    void aNameOfNoFileIsRefused() {
        assertRefused("no/such/file.so", "-Dmneme.library=no/such/file.so names no file", "Give the path of libmneme.so");
    }

    @Test
    void aFileThatIsNoLibraryIsRefused() throws IOException {
        Path text = Files.writeString(folder.resolve("text.so"), "not a library");
        assertRefused(text.toString(), "Loading " + text + " failed", "Build again where libtorch is");
    }

    @Test
    void aLibraryThatIsNotTheShimIsRefused() {
        Path other = SHIMS.resolve("libmneme_test.so");
        assertRefused(other.toString(), other + " is not Mneme's shim", "mn_stamp", "Give the path of libmneme.so");
    }

    @Test
    void aShimOfOtherHeadersIsRefused() {
        Path shim = SHIMS.resolve("libmneme_other_header.so");
        assertRefused(shim.toString(), "made from headers " + HeaderHash.VALUE, shim + " from headers 0000000000000000", "Build both from the same sources");
    }

    @Test
    void aShimOfAnotherLibtorchIsRefused() {
        Path shim = SHIMS.resolve("libmneme_other_libtorch.so");
        assertRefused(shim.toString(), shim + " was built against libtorch 2.10.0", "and libtorch " + Native.libtorchVersion() + " is loaded",
                "set LIBTORCH to its folder");
    }

    @Test
    void aShimWithoutItsLibtorchIsRefused() {
        Path shim = SHIMS.resolve("libmneme_without_libtorch.so");
        assertRefused(shim.toString(), "Loading " + shim + " failed", "libtorch_absent.so", "set LIBTORCH to its folder and build again");
    }

    @Test
    void theRightShimMayBeNamed() throws URISyntaxException {
        Path shim = Path.of(Native.class.getResource("/" + RESOURCE).toURI());
        Forked run = Forked.run(folder, Use.class, "-D" + Native.LIBRARY_PROPERTY + "=" + shim);
        assertEquals("sum 6.0\n", run.output());
        assertEquals(0, run.exit());
    }

    /// As a user's application has it: the bindings in a jar, the shim inside, unpacked to ~/.cache/mneme on first use.
    @Test
    void theShimInAJarIsUnpackedOnce() throws IOException, URISyntaxException {
        Path jar = folder.resolve("bindings.jar");
        try (var out = new JarOutputStream(Files.newOutputStream(jar))) {
            copy(Path.of(Native.class.getProtectionDomain().getCodeSource().getLocation().toURI()), "dev/", out);
            copy(Path.of(Use.class.getProtectionDomain().getCodeSource().getLocation().toURI()), "dev/mneme/torch/LibraryTest", out);
            URL shim = Native.class.getResource("/" + RESOURCE);
            out.putNextEntry(new JarEntry(RESOURCE));
            try (var in = shim.openStream()) {
                in.transferTo(out);
            }
        }
        for (String run : List.of("first", "second")) {
            Forked forked = Forked.run(Files.createDirectory(folder.resolve(run)), jar.toString(), Use.class, "-Duser.home=" + folder);
            assertEquals("sum 6.0\n", forked.output());
        }
        try (Stream<Path> unpacked = Files.walk(folder.resolve(".cache"))) {
            assertEquals(List.of("libmneme.so"), unpacked.filter(Files::isRegularFile).map(f -> f.getFileName().toString()).toList());
        }
    }

    private static void copy(Path classes, String prefix, JarOutputStream jar) throws IOException {
        try (Stream<Path> files = Files.walk(classes)) {
            for (Path file : (Iterable<Path>) files.filter(Files::isRegularFile)::iterator) {
                String name = classes.relativize(file).toString();
                if (name.startsWith(prefix)) {
                    jar.putNextEntry(new JarEntry(name));
                    Files.copy(file, jar);
                }
            }
        }
    }
}
