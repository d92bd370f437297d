package dev.mneme.tests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.mneme.torch.Native;
import dev.mneme.torch.testing.Golden;
import dev.mneme.torch.testing.NoLeaks;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/// The example of the README is compiled and run as it stands there.
@ExtendWith(NoLeaks.class)
class ReadmeTest {
    @Test
    void theExampleCompilesAndLearns(@TempDir Path folder) throws Exception {
        Native.setThreads(1); // ops this small only wait for a second thread
        String readme = Files.readString(Golden.file("").getParent().getParent().getParent().resolve("README.md"));
        Matcher example = Pattern.compile("<!-- example -->\\s+```java\n(.*?)```", Pattern.DOTALL).matcher(readme);
        assertTrue(example.find(), "README.md has no example");
        Path source = Files.writeString(folder.resolve("Example.java"), example.group(1));
        var messages = new ByteArrayOutputStream();
        int status = ToolProvider.getSystemJavaCompiler().run(null, messages, messages, "--release", "22", "-d", folder.toString(),
                "-cp", System.getProperty("java.class.path"), source.toString());
        assertEquals(0, status, messages::toString);

        var printed = new ByteArrayOutputStream();
        PrintStream out = System.out;
        try (var loader = new URLClassLoader(new URL[] {folder.toUri().toURL()})) {
            System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
            loader.loadClass("Example").getMethod("main", String[].class).invoke(null, (Object) new String[0]);
        } finally {
            System.setOut(out);
        }
        double[] losses = Pattern.compile("loss ([0-9.]+)").matcher(printed.toString(StandardCharsets.UTF_8)).results()
                .mapToDouble(m -> Double.parseDouble(m.group(1))).toArray();
        assertEquals(20, losses.length);
        assertTrue(losses[19] < losses[0], "the loss went from " + losses[0] + " to " + losses[19]);
    }
}
