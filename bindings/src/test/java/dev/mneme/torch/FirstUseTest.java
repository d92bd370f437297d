package dev.mneme.torch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.mneme.torch.testing.BindingsJar;
import dev.mneme.torch.testing.Forked;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The first use of the bindings in a process, in its circumstances.
class FirstUseTest {
    @TempDir
    private Path folder;

    static final class Uses {
        public static void main(String[] args) throws Exception {
            var kept = new ArrayList<Object>();
            for (String each : args.length > 0 ? args : System.getProperty("uses").split(",")) {
                switch (each) {
                    case "interrupted" -> {
                        var thread = new Thread(() -> {
                            Thread.currentThread().interrupt();
                            use("interrupted");
                            System.out.println("still interrupted " + Thread.currentThread().isInterrupted());
                        });
                        thread.start();
                        thread.join();
                    }
                    case "map" -> { // a file whose name is Latin-1
                        try (FileChannel channel = FileChannel.open(Path.of("link"))) {
                            kept.add(channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size()));
                        }
                    }
                    case "mend" -> Files.delete(Path.of("cache"));
                    default -> use(each);
                }
            }
            kept.clear();
        }

        private static void use(String who) {
            try (var scope = TensorScope.open()) {
                System.out.println(who + " " + Tensor.ones(DType.FLOAT32, 2).sum().item());
            } catch (UnsatisfiedLinkError e) {
                System.out.println(who + " refused: " + e.getMessage().lines().findFirst().orElse(""));
            }
        }
    }

    private List<String> run(String uses) throws IOException {
        Path jar = BindingsJar.make(folder.resolve("bindings.jar"), Uses.class);
        Forked run = Forked.run(folder, jar.toString(), Uses.class, Map.of("LIBTORCH", Native.libtorchFolder().getParent().toString(),
                "MNEME_CACHE", folder.resolve("cache").toString(), "LC_ALL", "C.UTF-8"), "-Duses=" + uses);
        assertEquals(0, run.exit(), run.output());
        return run.output().lines().toList();
    }

    @Test
    void aThreadThatIsInterruptedCanBeTheFirst() throws IOException {
        assertEquals(List.of("interrupted 2.0", "still interrupted true", "main 2.0"), run("interrupted,main"));
    }

    @Test
    void whatStoodInTheWayMayBeMended() throws IOException {
        Files.writeString(folder.resolve("cache"), "not a folder");
        List<String> lines = run("first,mend,second");
        assertTrue(lines.getFirst().startsWith("first refused: Unpacking the shim to the cache failed: the cache folder "), lines.toString());
        assertEquals("second 2.0", lines.getLast());
    }

    @Test
    void namesOfOtherMappedFilesMayBeInAnyEncoding() throws Exception {
        String script = "printf x > \"$(printf 'caf\\351.bin')\" && ln -s \"$(printf 'caf\\351.bin')\" link";
        Process made = new ProcessBuilder("sh", "-c", script).directory(folder.toFile()).redirectErrorStream(true).start();
        String said = new String(made.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, made.waitFor(), said);
        assertEquals(List.of("main 2.0"), run("map,main"));
    }
}
