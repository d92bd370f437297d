package dev.mneme.tests;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.mneme.torch.testing.Golden;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Where libtorch comes from on a machine that has none: two indexes on this machine, one that pip is configured with and PyTorch's, and a
/// small wheel.
class LibtorchDownloadTest {
    private static final Path CMAKE = Golden.file("../../../cmake").normalize();
    private static final String NAME = "torch-9.9.9+cpu-cp311-cp311-manylinux_2_28_x86_64.whl";

    @TempDir
    private Path folder;
    private Path target;
    private byte[] wheel;
    private HttpServer server;
    private final List<String> requests = new CopyOnWriteArrayList<>();
    private volatile boolean configuredHasIt;
    private volatile boolean pytorchHasIt = true;
    private volatile boolean breaksOnce;

    @BeforeEach
    void start() throws IOException {
        target = folder.resolve("le cache à moi/libtorch-9.9.9");
        wheel = wheel();
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", this::answer);
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    private static byte[] wheel() throws IOException {
        var noise = new byte[300_000];
        new Random(1).nextBytes(noise);
        var bytes = new ByteArrayOutputStream();
        try (var zip = new ZipOutputStream(bytes)) {
            for (var file : Map.of("torch/lib/libtorch_cpu.so", noise, "torch/include/torch/headeronly/version.h", ("#define TORCH_VERSION_MAJOR 2\n"
                    + "#define TORCH_VERSION_MINOR 13\n#define TORCH_VERSION_PATCH 0\n").getBytes(StandardCharsets.US_ASCII), "torch/nn/functional.py", new byte[10],
                    "torch-9.9.9+cpu.dist-info/METADATA", "Metadata-Version: 2.1\nName: torch\nVersion: 9.9.9+cpu\n".getBytes(StandardCharsets.US_ASCII),
                    "torch-9.9.9+cpu.dist-info/WHEEL", ("Wheel-Version: 1.0\nRoot-Is-Purelib: false\nTag: cp311-cp311-manylinux_2_28_x86_64\n")
                            .getBytes(StandardCharsets.US_ASCII)).entrySet()) {
                zip.putNextEntry(new ZipEntry(file.getKey()));
                zip.write(file.getValue());
            }
        }
        return bytes.toByteArray();
    }

    private void answer(HttpExchange exchange) throws IOException {
        String path = exchange.getRequestURI().getPath();
        String range = exchange.getRequestHeaders().getFirst("Range");
        requests.add(path + (range == null ? "" : " " + range));
        boolean has = path.startsWith("/configured") ? configuredHasIt : pytorchHasIt;
        if (has && path.endsWith("/torch/")) {
            String name = NAME.replace("+", "%2B");
            send(exchange, 200, ("<html><a href=\"" + name.replace("311", "312") + "\">x</a> <a href=\"../files/" + name + "\">x</a></html>").getBytes(StandardCharsets.UTF_8));
        } else if (has && path.endsWith("/files/" + NAME)) {
            int start = range == null ? 0 : Integer.parseInt(range.replaceAll("\\D", ""));
            byte[] rest = Arrays.copyOfRange(wheel, start, wheel.length);
            if (breaksOnce) {
                breaksOnce = false;
                exchange.sendResponseHeaders(200, rest.length);
                OutputStream out = exchange.getResponseBody();
                out.write(rest, 0, rest.length / 2);
                out.flush();
                exchange.close(); // before all of it was sent
            } else {
                send(exchange, start == 0 ? 200 : 206, rest);
            }
        } else {
            send(exchange, 404, new byte[0]);
        }
    }

    private static void send(HttpExchange exchange, int status, byte[] body) throws IOException {
        exchange.getResponseHeaders().set("Content-Type", "text/html");
        exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }

    private String index(String name) {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/" + name).toString();
    }

    /// The environment of a user whose pip, if there is one, has one index, and who has no torch.
    private Map<String, String> environment(boolean pip) throws IOException {
        var environment = new HashMap<String, String>();
        System.getenv().keySet().stream().filter(name -> name.startsWith("PIP_") || name.toLowerCase(Locale.ROOT).endsWith("_proxy"))
                .forEach(name -> environment.put(name, ""));
        environment.putAll(Map.of("LC_ALL", "C", "LIBTORCH", "", "PIP_CONFIG_FILE", "/dev/null", "PIP_INDEX_URL", index("configured"), "MNEME_TORCH_INDEX",
                index("pytorch") + "/", "MNEME_CACHE", target.getParent().toString()));
        Path bin = folder.resolve("bin");
        if (!pip) {
            Shell.script(bin.resolve("python3"), "exit 1");
            Shell.script(bin.resolve("pip"), "exit 1");
        }
        environment.put("PATH", Shell.path(bin));
        return environment;
    }

    private Mneme.Ended download(boolean pip, String sha256) throws Exception {
        return Shell.run(folder, environment(pip), List.of(CMAKE.resolve("download-libtorch").toString(), "9.9.9", sha256, target.toString()));
    }

    private void assertThere(Mneme.Ended ended) throws IOException {
        assertEquals(0, ended.status(), ended.err());
        assertTrue(ended.out().contains("libtorch: unpacking to " + target), ended.out());
        assertTrue(Files.exists(target.resolve("lib/libtorch_cpu.so")) && Files.exists(target.resolve("include/torch/headeronly/version.h")));
        assertFalse(Files.exists(target.resolve("nn")), "only what C++ needs");
        try (var files = Files.list(target.getParent())) {
            assertEquals(List.of("libtorch-9.9.9", "libtorch-9.9.9.lock"), files.map(f -> f.getFileName().toString()).sorted().toList());
        }
    }

    @Test
    void theIndexThatPipIsConfiguredWithComesFirst() throws Exception {
        configuredHasIt = true;
        assertThere(download(true, ""));
        assertEquals(List.of(), requests.stream().filter(path -> path.startsWith("/pytorch")).toList());
    }

    @Test
    void thenPyTorchsOwn() throws Exception {
        assertThere(download(true, HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(wheel))));
        assertTrue(requests.indexOf("/configured/torch/") < requests.indexOf("/pytorch/torch/"), requests.toString());
    }

    @Test
    void withoutPipJavaGoesOnWhereTheConnectionBroke() throws Exception {
        breaksOnce = true;
        Mneme.Ended ended = download(false, "");
        assertThere(ended);
        assertTrue(ended.out().contains("going on from "), ended.out());
        assertTrue(requests.getLast().matches(".*whl bytes=[1-9]\\d*-"), requests.toString());
    }

    @Test
    void whatAnEarlierRunGotIsKept() throws Exception {
        Path part = Files.createDirectories(target.getParent()).resolve("libtorch-9.9.9.whl.part");
        Files.write(part, Arrays.copyOf(wheel, 1000));
        assertThere(download(false, ""));
        assertEquals("/pytorch/files/" + NAME + " bytes=1000-", requests.getLast());
    }

    @Test
    void partsThatDoNotFitAreFetchedAgain() throws Exception {
        Files.write(Files.createDirectories(target.getParent()).resolve("libtorch-9.9.9.whl.part"), new byte[1000]);
        assertThere(download(false, HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(wheel))));
        assertEquals("/pytorch/files/" + NAME, requests.getLast());
    }

    @Test
    void aWheelWithOtherBytesIsNotUnpacked() throws Exception {
        configuredHasIt = true;
        for (boolean pip : new boolean[] {true, false}) {
            Mneme.Ended ended = download(pip, "0".repeat(64));
            assertEquals(1, ended.status());
            String found = HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(wheel));
            assertEquals(pip ? 3 : 1, ended.err().lines().filter(line -> line.endsWith(": what arrived is not that wheel: its SHA-256 is " + found + ", and should be "
                    + "0".repeat(64))).count(), ended.err());
            assertFalse(Files.exists(target));
        }
    }

    @Test
    void aRelativeCacheFolderIsRefused() throws Exception {
        Map<String, String> environment = environment(false);
        environment.put("MNEME_CACHE", "relative");
        Mneme.Ended ended = Shell.run(folder, environment, configure());
        assertEquals(1, ended.status());
        assertTrue(ended.err().replaceAll("\\s+", " ").contains("MNEME_CACHE=relative is not an absolute path. Give one that begins with /, or unset it."), ended.err());
    }

    private List<String> configure() throws IOException {
        Path project = Files.createDirectory(folder.resolve("project"));
        Files.writeString(project.resolve("CMakeLists.txt"), "cmake_minimum_required(VERSION 3.22)\nproject(none LANGUAGES NONE)\ninclude(" + CMAKE + "/LibTorch.cmake)\n");
        return List.of("cmake", "-S", project.toString(), "-B", folder.resolve("build").toString(), "-DMNEME_LIBTORCH_VERSION=9.9.9");
    }

    /// What CMake says, which the launcher shows.
    @Test
    void whenAllFailsTheWaysOutAreTold() throws Exception {
        pytorchHasIt = false;
        List<String> configure = configure();
        Mneme.Ended failed = Shell.run(folder, environment(false), configure);
        assertEquals(1, failed.status());
        for (String part : List.of("the torch that python3 imports: python3 found none", "the cache: " + target + ": it has no lib/libtorch_cpu.so",
                "pip download torch==9.9.9+cpu: there is no pip", index("pytorch") + "/torch, without pip: it has no " + NAME + " (HTTP status 404)", "Three ways out:",
                "set LIBTORCH=DIR in the environment", "python3 -m pip install torch", "in pip's configuration or in MNEME_TORCH_INDEX")) {
            assertTrue(failed.err().contains(part), "\"" + part + "\" is missing in: " + failed.err());
        }

        pytorchHasIt = true;
        Mneme.Ended found = Shell.run(folder, environment(false), configure);
        assertEquals(0, found.status(), found.err());
        assertTrue(found.out().contains("-- libtorch 2.13.0: " + target), found.out());
        assertArrayEquals(new String[0], found.err().lines().toArray());
    }
}
