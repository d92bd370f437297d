package dev.mneme.torch;

import dev.mneme.torch.cache.CacheFolder;
import dev.mneme.torch.internal.Reason;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/// Finds the libtorch that a shim was built against, in the order in which `cmake/LibTorch.cmake` looks for one to build against.
final class Libtorch {
    private static final String LIBRARY = "libtorch_cpu.so";
    private static final Pattern VERSION = Pattern.compile("define TORCH_VERSION_(?:MAJOR|MINOR|PATCH) (\\d+)");
    // Only looks where the module is: importing torch would take seconds.
    private static final String FIND_MODULE =
            "import importlib.util as u; s = u.find_spec('torch'); print(s.submodule_search_locations[0] if s else '')";

    /// Loads libtorch, unless this process has one already.
    ///
    /// @throws UnsatisfiedLinkError if there is none that will do, with what was tried
    static void load(Path shim, Shim.Stamp stamp) {
        if (loaded().isPresent()) {
            return; // the linker takes it for whatever needs one
        }
        Path lib = find(shim, stamp).resolve("lib").toAbsolutePath();
        try {
            SharedObject.open(lib.resolve(LIBRARY)); // and with it what it needs: libc10, OpenMP
            if (stamp.hasCuda()) {
                SharedObject.open(lib.resolve("libc10_cuda.so"));
                SharedObject.open(lib.resolve("libtorch_cuda.so"));
            }
        } catch (UnsatisfiedLinkError e) {
            throw new UnsatisfiedLinkError("Loading libtorch from " + lib + " failed: " + e.getMessage()
                    + ". Set LIBTORCH to the folder of another " + stamp.libtorch() + ", or remove that one and build again.");
        }
    }

    /// The file that is in this process.
    static Optional<Path> loaded() {
        return SharedObject.loaded(LIBRARY);
    }

    private static Path find(Path shim, Shim.Stamp stamp) {
        var tried = new ArrayList<String>();
        String named = System.getenv("LIBTORCH");
        if (named != null && !named.isEmpty()) {
            if (fits("the environment variable LIBTORCH", named, stamp, tried)) {
                return Path.of(named);
            }
        } else {
            tried.add("the environment variable LIBTORCH: not set");
            String module = pythonModule();
            if (module.isEmpty()) {
                tried.add("the torch that python3 imports: python3 found none");
            } else if (fits("the torch that python3 imports", module, stamp, tried)) {
                return Path.of(module);
            }
            try {
                Path cached = CacheFolder.path().resolve("libtorch-" + stamp.libtorch());
                if (fits("the cache", cached.toString(), stamp, tried)) {
                    return cached;
                }
            } catch (IOException | IllegalArgumentException e) {
                tried.add("the cache: " + Reason.of(e));
            }
        }
        throw new UnsatisfiedLinkError("libtorch " + stamp.libtorch() + (stamp.hasCuda() ? " with CUDA" : "") + ", which " + shim
                + " was built against, was not found. Tried: " + String.join("; ", tried)
                + ". Set LIBTORCH to its folder, or build against the libtorch that is to be used: set LIBTORCH and run mvn package.");
    }

    /// Whether the folder holds the libtorch that is needed; otherwise notes why not.
    private static boolean fits(String how, String folder, Shim.Stamp stamp, List<String> tried) {
        String wrong;
        try {
            wrong = wrong(Path.of(folder), stamp);
        } catch (InvalidPathException e) {
            wrong = "cannot be named in this locale (" + e.getReason() + "); use one with UTF-8, such as LC_ALL=C.UTF-8";
        }
        if (wrong != null) {
            tried.add(how + ": " + folder + ": " + wrong);
        }
        return wrong == null;
    }

    private static String wrong(Path folder, Shim.Stamp stamp) {
        if (!Files.isDirectory(folder)) {
            return "no such folder";
        }
        for (String library : stamp.hasCuda() ? List.of(LIBRARY, "libc10_cuda.so", "libtorch_cuda.so") : List.of(LIBRARY)) {
            if (!Files.isRegularFile(folder.resolve("lib").resolve(library))) {
                return "it has no lib/" + library;
            }
        }
        String version = version(folder);
        // One without headers is taken: which version is loaded is checked in any case.
        return version.isEmpty() || version.equals(stamp.libtorch()) ? null : "it is version " + version;
    }

    private static String version(Path folder) {
        Path header = folder.resolve("include/torch/headeronly/version.h");
        if (!Files.exists(header)) {
            header = folder.resolve("include/torch/csrc/api/include/torch/version.h");
        }
        try {
            return String.join(".", VERSION.matcher(Files.readString(header, StandardCharsets.ISO_8859_1)).results().map(m -> m.group(1)).toList());
        } catch (IOException e) {
            return "";
        }
    }

    private static String pythonModule() {
        try {
            Process python = new ProcessBuilder("python3", "-c", FIND_MODULE).redirectError(ProcessBuilder.Redirect.DISCARD).start();
            python.getOutputStream().close();
            return new String(python.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        } catch (IOException e) {
            return ""; // there is no python3
        }
    }

    private Libtorch() {}
}
