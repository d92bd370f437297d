package dev.mneme.models.text;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.mneme.torch.testing.Forked;
import java.io.IOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The tokenizers library in the cache, and in more than one class loader.
class NativeTokenizersTest {
    @TempDir
    private Path folder;

    public static final class Use implements Supplier<String> {
        @Override
        public String get() {
            try (Tokenizer tokenizer = Tokenizer.of(Vocabulary.of(List.of("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "a", "b")))) {
                return Arrays.toString(tokenizer.encode("a b").ids());
            }
        }
    }

    static final class Twice {
        public static void main(String[] args) throws Exception {
            URL[] path = Stream.of(System.getProperty("java.class.path").split(":")).map(Twice::url).toArray(URL[]::new);
            for (int i = 0; i < 2; i++) {
                var loader = new URLClassLoader(path, ClassLoader.getPlatformClassLoader());
                System.out.println(((Supplier<?>) loader.loadClass(Use.class.getName()).getDeclaredConstructor().newInstance()).get());
            }
        }

        private static URL url(String file) {
            try {
                return Path.of(file).toUri().toURL();
            } catch (MalformedURLException e) {
                throw new AssertionError(e);
            }
        }
    }

    private List<Path> cached() throws IOException {
        try (Stream<Path> files = Files.walk(folder.resolve("cache"))) {
            return files.filter(Files::isRegularFile).filter(file -> !file.endsWith("lock")).toList();
        }
    }

    private void assertRuns(String name) throws IOException {
        Forked run = Forked.run(Files.createDirectory(folder.resolve(name)), Twice.class, "-Dmneme.cache=" + folder.resolve("cache"));
        assertEquals("[5, 6]\n[5, 6]\n", run.output());
        assertEquals(0, run.exit());
    }

    @Test
    void aLibraryThatIsCutShortIsMended() throws IOException {
        assertRuns("first");
        Path library = cached().getFirst();
        byte[] whole = Files.readAllBytes(library);
        Files.write(library, Arrays.copyOf(whole, 4096));
        Files.write(library.resolveSibling("left.part"), new byte[1]);
        assertRuns("second");
        assertEquals(List.of(library), cached()); // and the copy of the second class loader is gone
        assertEquals(whole.length, Files.size(library));
    }
}
