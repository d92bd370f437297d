package dev.mneme.tests;

import dev.mneme.models.cli.Main;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.lang.reflect.Method;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import picocli.CommandLine;

/// The command line in a JVM of its own, with this JVM's class path and the launcher's options.
///
/// What it prints goes to files outside the folder it runs in, so that nothing but its own work changes that folder.
final class Mneme implements AutoCloseable {
    private static final long LIMIT_SECONDS = 120; // many times what any test needs on a quiet machine

    /// @param status the exit status; 128 and the number of the signal where one ended it
    record Ended(int status, String out, String err) {}

    private final Process process;
    private final Path out;
    private final Path err;

    private Mneme(Path folder, List<String> command) throws IOException {
        out = Files.createTempFile("mneme", ".out");
        err = Files.createTempFile("mneme", ".err");
        process = new ProcessBuilder(command).directory(folder.toFile()).redirectOutput(out.toFile()).redirectError(err.toFile())
                .start();
    }

    /// Starts `mneme` in a folder.
    static Mneme start(Path folder, String... arguments) throws IOException {
        return start(folder, List.of(), arguments);
    }

    /// @param options of the JVM
    static Mneme start(Path folder, List<String> options, String... arguments) throws IOException {
        return java(folder, options, Main.class, arguments);
    }

    /// Starts another main class the same way.
    static Mneme java(Path folder, List<String> options, Class<?> main, String... arguments) throws IOException {
        var command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"));
        command.addAll(options);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
        command.addAll(List.of(arguments));
        return new Mneme(folder, command);
    }

    /// Runs `mneme` to its end.
    static Ended run(Path folder, String... arguments) throws Exception {
        try (Mneme mneme = start(folder, arguments)) {
            return mneme.ended();
        }
    }

    /// Runs `mneme` in this JVM, up to where `main` would end it with the status.
    static Ended here(Path folder, String... arguments) throws Exception {
        Method commandLine = Main.class.getDeclaredMethod("commandLine");
        commandLine.setAccessible(true);
        PrintStream out = System.out;
        PrintStream err = System.err;
        var said = new ByteArrayOutputStream();
        var complained = new ByteArrayOutputStream();
        System.setOut(new PrintStream(said, true, StandardCharsets.UTF_8));
        System.setErr(new PrintStream(complained, true, StandardCharsets.UTF_8));
        try {
            int status = ((CommandLine) commandLine.invoke(null)).execute(arguments);
            return new Ended(status, said.toString(StandardCharsets.UTF_8), complained.toString(StandardCharsets.UTF_8));
        } finally {
            System.setOut(out);
            System.setErr(err);
        }
    }

    /// Waits for something that the process does.
    ///
    /// @throws AssertionError if it ends, or the limit passes, before that is so
    void await(String what, BooleanSupplier happened) throws Exception {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(LIMIT_SECONDS);
        while (!happened.getAsBoolean()) {
            if (!process.isAlive() || System.nanoTime() > end) {
                throw new AssertionError("waited in vain for " + what + "; it said: " + said());
            }
            Thread.sleep(2);
        }
    }

    /// As Ctrl-C or `kill` do it: the process may tidy up.
    void interrupt() {
        process.destroy();
    }

    /// As `kill -9` or a power cut.
    void kill() {
        process.destroyForcibly();
    }

    Ended ended() throws Exception {
        if (!process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
            throw new AssertionError("still running after " + LIMIT_SECONDS + " s; it said: " + said());
        }
        return new Ended(process.exitValue(), Files.readString(out), Files.readString(err));
    }

    private String said() throws IOException {
        return Files.readString(out) + Files.readString(err);
    }

    @Override
    public void close() throws Exception {
        process.destroyForcibly().waitFor();
        Files.delete(out);
        Files.delete(err);
    }
}
