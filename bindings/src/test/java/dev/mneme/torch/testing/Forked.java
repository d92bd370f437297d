package dev.mneme.torch.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/// A main class in a JVM of its own: for what holds from the start of a JVM to its end.
///
/// @param exit the exit status
/// @param output standard output and standard error together
/// @param crashed whether the JVM left a crash report
public record Forked(int exit, String output, boolean crashed) {
    private static final long LIMIT_SECONDS = 60;

    /// With the class path of this JVM.
    ///
    /// @param folder to run in
    /// @param options for the JVM, such as `-Dmneme.trace=true`
    public static Forked run(Path folder, Class<?> main, String... options) {
        return run(folder, System.getProperty("java.class.path"), main, options);
    }

    /// As above, with another class path.
    public static Forked run(Path folder, String classPath, Class<?> main, String... options) {
        return run(folder, classPath, main, Map.of(), options);
    }

    /// As above, with variables of the environment; those with empty values are unset.
    public static Forked run(Path folder, String classPath, Class<?> main, Map<String, String> environment, String... options) {
        var command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-XX:ErrorFile=" + folder.resolve("hs_err.log")));
        command.addAll(List.of(options));
        command.addAll(List.of("-cp", classPath, main.getName()));
        try {
            Path output = Files.createFile(folder.resolve("output"));
            var builder = new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true).redirectOutput(output.toFile());
            builder.environment().putAll(environment);
            builder.environment().values().removeIf(String::isEmpty);
            Process process = builder.start();
            if (!process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new AssertionError(command + " ran for more than " + LIMIT_SECONDS + " s: " + Files.readString(output));
            }
            return new Forked(process.exitValue(), Files.readString(output), Files.exists(folder.resolve("hs_err.log")));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException("interrupted while a JVM ran", e);
        }
    }
}
