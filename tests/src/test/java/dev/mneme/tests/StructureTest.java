package dev.mneme.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.mneme.torch.testing.Golden;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// What must hold of the sources as a whole.
class StructureTest {
    private static final List<String> DOWNCALLS = List.of("downcallHandle", "FunctionDescriptor", "Linker.nativeLinker");

    @Test
    void downcallsAreMadeByJextractOnly() throws IOException {
        List<Path> written = sources().filter(file -> !file.toString().contains("/ffi/")).toList();
        assertTrue(written.size() > 50, "found only " + written.size() + " sources");
        assertEquals(List.of(), written.stream().filter(StructureTest::bindsByHand).toList());
    }

    @Test
    void theSearchWouldSeeADowncall() throws IOException {
        assertTrue(sources().filter(file -> file.toString().contains("/ffi/")).anyMatch(StructureTest::bindsByHand));
    }

    private static Stream<Path> sources() throws IOException {
        Path root = Golden.file("").getParent().getParent().getParent();
        return Stream.of("bindings", "pkm", "models", "bench").flatMap(module -> {
            try {
                return Files.walk(root.resolve(module).resolve("src/main/java")).filter(file -> file.toString().endsWith(".java"));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
    }

    private static boolean bindsByHand(Path file) {
        try {
            String text = Files.readString(file);
            return DOWNCALLS.stream().anyMatch(text::contains);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
