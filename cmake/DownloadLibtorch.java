import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.ProxySelector;
import java.net.URI;
import java.net.URLDecoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/// DownloadLibtorch VERSION SHA256 FOLDER: the CPU wheel of torch, unpacked to FOLDER (lib, include and share only). The wheel is asked for at
/// the indexes that pip is configured with, then at PyTorch's own (MNEME_TORCH_INDEX names another), by pip and at last by Java. All or
/// nothing: FOLDER appears by a rename when it is whole. What arrives is told on standard output; what failed on standard error, an attempt
/// a line, with status 1. SHA256 may be empty: then the one that the index gives is checked, where it gives one.
///
/// Only one wheel of a version is asked for, whatever Python is there: the library in it does not depend on that.
final class DownloadLibtorch {
    private static final String PYTORCH = "https://download.pytorch.org/whl/cpu";
    private static final String PYTHON = "311";
    private static final String PLATFORM = "manylinux_2_28_x86_64";
    private static final Pattern LINK = Pattern.compile("href=[\"']([^\"']+)[\"']");
    private static final int TRIES = 5;
    private static final long STEP = 20_000_000; // bytes from one line of progress to the next
    private static final long STALLED = TimeUnit.SECONDS.toNanos(60);

    private final String version;
    private final String pinned;
    private final Path folder;
    private final String index = Optional.ofNullable(System.getenv("MNEME_TORCH_INDEX")).filter(s -> !s.isEmpty()).orElse(PYTORCH).replaceAll("/+$", "");

    private DownloadLibtorch(String version, String pinned, Path folder) {
        this.version = version;
        this.pinned = pinned;
        this.folder = folder;
    }

    public static void main(String[] args) throws Exception {
        List<String> failed;
        try {
            failed = new DownloadLibtorch(args[0], args[1], Path.of(args[2]).toAbsolutePath()).run();
        } catch (IOException e) {
            failed = List.of("writing to " + args[2] + ": " + reason(e) + " (another cache folder can be named in MNEME_CACHE)");
        }
        failed.forEach(System.err::println);
        System.exit(failed.isEmpty() ? 0 : 1);
    }

    private interface Attempt {
        Path wheel() throws IOException, InterruptedException;
    }

    private Path beside(String what) {
        return folder.resolveSibling(folder.getFileName() + what);
    }

    /// @return what failed, an attempt an element; empty if the folder is there
    private List<String> run() throws IOException, InterruptedException {
        Files.createDirectories(folder.getParent());
        try (FileChannel lock = FileChannel.open(beside(".lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            if (lock.tryLock() == null) {
                System.out.println("libtorch: waiting for another download to end");
                lock.lock();
            }
            if (Files.exists(folder.resolve("lib/libtorch_cpu.so"))) {
                return List.of(); // of that other download
            }
            var failed = new ArrayList<String>();
            Optional<List<String>> pip = pip();
            if (pip.isEmpty()) {
                failed.add("pip download torch==" + version + "+cpu: there is no pip");
            } else if (attempt("pip download torch==" + version + "+cpu", () -> byPip(pip.get(), List.of()), failed)
                    || attempt("pip download --index-url " + index + " torch==" + version + "+cpu",
                            () -> byPip(pip.get(), List.of("--index-url", index)), failed)) {
                return List.of();
            }
            return attempt(index + "/torch, without pip", this::byJava, failed) ? List.of() : failed;
        }
    }

    private boolean attempt(String what, Attempt attempt, List<String> failed) throws IOException, InterruptedException {
        System.out.println("libtorch: " + what + " (about 190 MB)");
        try {
            unpack(attempt.wheel());
            return true;
        } catch (IOException | IllegalArgumentException e) {
            failed.add(what + ": " + reason(e));
            return false;
        } finally {
            delete(beside(".work"));
            delete(beside(".unpacking"));
        }
    }

    private static String reason(Exception e) {
        return e.getMessage() == null || !e.getMessage().contains(" ") ? e.toString() : e.getMessage();
    }

    private static Optional<List<String>> pip() throws InterruptedException {
        for (List<String> pip : List.of(List.of("python3", "-m", "pip"), List.of("pip"))) {
            var command = new ArrayList<>(pip);
            command.add("--version");
            try {
                if (new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.DISCARD).start().waitFor() == 0) {
                    return Optional.of(pip);
                }
            } catch (IOException e) {
                // There is no such command.
            }
        }
        return Optional.empty();
    }

    private Path byPip(List<String> pip, List<String> options) throws IOException, InterruptedException {
        delete(beside(".work"));
        Path work = Files.createDirectories(beside(".work"));
        var command = new ArrayList<>(pip);
        // --no-cache-dir: nothing is written outside FOLDER.
        command.addAll(List.of("download", "--quiet", "--no-deps", "--no-cache-dir", "--retries", "0", "--disable-pip-version-check",
                "--python-version", PYTHON, "--implementation", "cp", "--only-binary", ":all:", "--platform", PLATFORM, "--dest",
                work.resolve("wheel").toString(), "torch==" + version + "+cpu"));
        command.addAll(options);
        Path errors = work.resolve("errors");
        var builder = new ProcessBuilder(command).redirectOutput(ProcessBuilder.Redirect.DISCARD).redirectError(errors.toFile());
        builder.environment().put("TMPDIR", Files.createDirectories(work.resolve("arriving")).toString());
        Process process = builder.start();
        Runtime.getRuntime().addShutdownHook(new Thread(process::destroy));
        var progress = new Progress(-1);
        while (!process.waitFor(200, TimeUnit.MILLISECONDS)) {
            progress.at(largest(work));
        }
        if (process.exitValue() != 0) {
            List<String> lines = Files.readAllLines(errors, StandardCharsets.ISO_8859_1);
            throw new IOException(lines.stream().filter(line -> line.startsWith("ERROR")).reduce((a, b) -> b)
                    .or(() -> lines.stream().reduce((a, b) -> b)).orElse("status " + process.exitValue()));
        }
        try (Stream<Path> wheels = Files.list(work.resolve("wheel"))) {
            Path wheel = wheels.findFirst().orElseThrow(() -> new IOException("pip left no wheel"));
            check(wheel, pinned);
            return wheel;
        }
    }

    /// In pieces, should the connection break, and from where an earlier run was stopped.
    private Path byJava() throws IOException, InterruptedException {
        HttpClient client = client();
        URI page = URI.create(index + "/torch/");
        HttpResponse<String> links = client.send(HttpRequest.newBuilder(page).timeout(Duration.ofSeconds(60)).build(), HttpResponse.BodyHandlers.ofString());
        String name = "torch-" + version + "+cpu-cp" + PYTHON + "-cp" + PYTHON + "-" + PLATFORM + ".whl";
        URI link = LINK.matcher(links.body()).results().map(found -> found.group(1).replace("&amp;", "&"))
                .filter(href -> URLDecoder.decode(href.replace("+", "%2B").replaceAll("[#?].*", ""), StandardCharsets.UTF_8).endsWith(name))
                .findFirst().map(links.uri()::resolve)
                .orElseThrow(() -> new IOException("it has no " + name + " (HTTP status " + links.statusCode() + ")"));
        String given = link.getFragment() != null && link.getFragment().startsWith("sha256=") ? link.getFragment().substring(7) : "";
        Path part = beside(".whl.part");
        for (int tries = 1; ; tries++) {
            long had = Files.exists(part) ? Files.size(part) : 0;
            try {
                get(client, link, part, had);
                check(part, pinned.isEmpty() ? given : pinned);
                return part;
            } catch (WrongBytes e) {
                Files.delete(part);
                if (had == 0) {
                    throw e;
                }
            } catch (IOException e) {
                if (tries == TRIES) {
                    throw e;
                }
                System.out.println("libtorch: " + reason(e) + "; going on from " + (Files.exists(part) ? Files.size(part) : 0) / 1_000_000 + " MB");
            }
        }
    }

    private static void get(HttpClient client, URI link, Path part, long had) throws IOException, InterruptedException {
        var request = HttpRequest.newBuilder(link).timeout(Duration.ofSeconds(60));
        if (had > 0) {
            request.header("Range", "bytes=" + had + "-");
        }
        var whole = new CompletableFuture<Long>();
        var response = client.sendAsync(request.build(), info -> {
            boolean more = info.statusCode() == 206;
            whole.complete(info.headers().firstValueAsLong("Content-Length").orElse(-1) + (more ? had : 0));
            return more ? HttpResponse.BodySubscribers.ofFile(part, StandardOpenOption.WRITE, StandardOpenOption.APPEND)
                    : info.statusCode() == 200 ? HttpResponse.BodySubscribers.ofFile(part, StandardOpenOption.CREATE, StandardOpenOption.WRITE,
                            StandardOpenOption.TRUNCATE_EXISTING)
                    : HttpResponse.BodySubscribers.replacing(part);
        });
        Progress progress = null;
        while (true) {
            try {
                int status = response.get(200, TimeUnit.MILLISECONDS).statusCode();
                if (status != 200 && status != 206 && status != 416) { // 416: all of it was there
                    throw new IOException("HTTP status " + status + " for " + link);
                }
                return;
            } catch (TimeoutException e) {
                if (whole.isDone()) {
                    progress = progress == null ? new Progress(whole.join()) : progress;
                    progress.at(Files.exists(part) ? Files.size(part) : 0);
                    if (progress.stalled()) {
                        response.cancel(true);
                        throw new IOException("nothing has arrived for a minute");
                    }
                }
            } catch (ExecutionException e) {
                throw e.getCause() instanceof IOException io ? io : new IOException(e.getCause());
            }
        }
    }

    /// As pip does, through the proxy that the environment names.
    private HttpClient client() {
        var builder = HttpClient.newBuilder().followRedirects(HttpClient.Redirect.NORMAL).connectTimeout(Duration.ofSeconds(20));
        String scheme = URI.create(index).getScheme();
        String proxy = Stream.of(scheme + "_proxy", (scheme + "_proxy").toUpperCase(Locale.ROOT)).map(System::getenv)
                .filter(value -> value != null && !value.isEmpty()).findFirst().orElse("");
        String direct = Stream.of("no_proxy", "NO_PROXY").map(System::getenv).filter(value -> value != null).findFirst().orElse("");
        String host = URI.create(index).getHost();
        if (!proxy.isEmpty() && Stream.of(direct.split(",")).map(String::strip).noneMatch(end -> !end.isEmpty() && (end.equals("*") || host.endsWith(end)))) {
            URI address = URI.create(proxy.contains("://") ? proxy : "http://" + proxy);
            builder.proxy(ProxySelector.of(new InetSocketAddress(address.getHost(), address.getPort() < 0 ? 80 : address.getPort())));
        }
        return builder.build();
    }

    private static final class WrongBytes extends IOException {
        WrongBytes(String message) {
            super(message);
        }
    }

    private static void check(Path wheel, String sha256) throws IOException {
        if (sha256.isEmpty()) {
            return;
        }
        MessageDigest digest = sha256();
        try (var in = new DigestInputStream(Files.newInputStream(wheel), digest)) {
            in.transferTo(OutputStream.nullOutputStream());
        }
        String found = HexFormat.of().formatHex(digest.digest());
        if (!found.equals(sha256)) {
            throw new WrongBytes("what arrived is not that wheel: its SHA-256 is " + found + ", and should be " + sha256);
        }
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    private void unpack(Path wheel) throws IOException {
        System.out.println("libtorch: unpacking to " + folder);
        Path target = beside(".unpacking");
        delete(target);
        try (var zip = new ZipFile(wheel.toFile())) {
            for (ZipEntry entry : Collections.list(zip.entries())) {
                Path file = target.resolve(entry.getName()).normalize();
                if (entry.isDirectory() || !Stream.of("lib", "include", "share").anyMatch(part -> file.startsWith(target.resolve("torch").resolve(part)))) {
                    continue;
                }
                Files.createDirectories(file.getParent());
                try (InputStream in = zip.getInputStream(entry)) {
                    Files.copy(in, file);
                }
                if (file.startsWith(target.resolve("torch/lib"))) {
                    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
                        channel.force(true);
                    }
                }
            }
        }
        if (!Files.exists(target.resolve("torch/lib/libtorch_cpu.so"))) {
            throw new IOException("the wheel has no torch/lib/libtorch_cpu.so");
        }
        delete(folder); // one that was not whole
        Files.move(target.resolve("torch"), folder, StandardCopyOption.ATOMIC_MOVE);
        Files.deleteIfExists(wheel);
    }

    private static void delete(Path folder) throws IOException {
        if (Files.exists(folder)) {
            try (Stream<Path> all = Files.walk(folder)) {
                for (Path each : all.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(each);
                }
            }
        }
    }

    /// The size of the largest file below a folder, which is what arrives: pip writes it to one place and copies it to another.
    private static long largest(Path folder) {
        try (Stream<Path> all = Files.walk(folder)) {
            return all.mapToLong(file -> Files.isRegularFile(file) ? file.toFile().length() : 0).max().orElse(0);
        } catch (IOException | UncheckedIOException e) {
            return 0; // pip has just moved something
        }
    }

    private static final class Progress {
        private final long whole;
        private long bytes = -1;
        private long told;
        private long moved = System.nanoTime();

        /// @param whole all that is to arrive, or -1 where nobody says
        Progress(long whole) {
            this.whole = whole;
        }

        void at(long now) {
            if (now != bytes) {
                bytes = now;
                moved = System.nanoTime();
            }
            if (now >= told + STEP) {
                told = now;
                System.out.println("libtorch: " + now / 1_000_000 + (whole < 0 ? "" : " of " + whole / 1_000_000) + " MB");
            }
        }

        boolean stalled() {
            return System.nanoTime() - moved > STALLED;
        }
    }
}
