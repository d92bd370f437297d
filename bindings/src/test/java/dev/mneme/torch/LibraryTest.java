package dev.mneme.torch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.mneme.torch.testing.Forked;
import dev.mneme.torch.testing.Golden;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
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
                } catch (UnsatisfiedLinkError second) { // another object, or try-with-resources could not suppress it
                    System.out.println(first != second && first.getMessage().equals(second.getMessage()) ? "the same again" : "something else: " + second);
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
        assertRefused(text.toString(), text + " is not Mneme's shim", "Give the path of libmneme.so");
    }

    @Test
    void aLibraryThatIsNotTheShimIsRefused() {
        Path other = SHIMS.resolve("libmneme_test.so");
        assertRefused(other.toString(), other + " is not Mneme's shim", "Give the path of libmneme.so");
    }

    @Test
    void aShimOfOtherHeadersIsRefused() {
        Path shim = SHIMS.resolve("libmneme_other_header.so");
        assertRefused(shim.toString(), "made from headers " + HeaderHash.VALUE, shim + " from headers 0000000000000000", "Build both from the same sources");
    }

    @Test
    void aShimOfAnotherLibtorchIsRefused() {
        Path shim = SHIMS.resolve("libmneme_other_libtorch.so");
        assertRefused(shim.toString(), "libtorch 2.10.0, which " + shim + " was built against, was not found", "Set LIBTORCH to its folder");
    }

    @Test
    void aShimThatIsCutShortIsRefused() throws IOException {
        byte[] whole = Files.readAllBytes(shim());
        Path cut = Files.write(folder.resolve("libmneme.so"), Arrays.copyOf(whole, whole.length - 4096));
        assertRefused(cut.toString(), "Loading " + cut + " failed", "is cut short");
    }

    @Test
    void aShimThatNeedsWhatIsNotThereIsRefused() {
        Path shim = SHIMS.resolve("libmneme_without_libtorch.so");
        assertRefused(shim.toString(), "Loading " + shim + " failed", "libtorch_absent.so", "set LIBTORCH to its folder and build again");
    }

    @Test
    void theRightShimMayBeNamed() {
        Forked run = Forked.run(folder, Use.class, "-D" + Native.LIBRARY_PROPERTY + "=" + shim());
        assertEquals("sum 6.0\n", run.output());
        assertEquals(0, run.exit());
    }

    private static Path shim() {
        try {
            return Path.of(Native.class.getResource("/" + RESOURCE).toURI());
        } catch (URISyntaxException e) {
            throw new AssertionError(e);
        }
    }

    /// A builder's folder in the library would be looked into on every other machine.
    @Test
    void theShimNamesNoFolder() throws Exception {
        Process readelf = new ProcessBuilder("readelf", "-d", shim().toString()).start();
        String dynamic = new String(readelf.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertTrue(dynamic.contains("[libtorch_cpu.so]"), dynamic);
        assertFalse(dynamic.contains("RUNPATH") || dynamic.contains("RPATH"), dynamic);
    }
}
