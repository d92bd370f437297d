package dev.mneme.torch;

import dev.mneme.torch.cache.BundledLibrary;
import dev.mneme.torch.ffi.core_h;
import dev.mneme.torch.internal.Reason;
import dev.mneme.torch.internal.Sha256;
import java.io.IOException;
import java.net.URI;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Finds libmneme and loads it, once in a process: its ops are registered with libtorch, which takes them once. Class loaders that have
/// these classes from the same build share it.
final class Shim {
    private static final String NAME = "libmneme.so";
    private static final String RESOURCE = "/native/linux-x86_64/" + NAME;

    /// Held while it is loaded: literals are one object for all class loaders of a JVM.
    private static final Object THIS_JVM = "dev.mneme.torch.Shim";

    /// What a shim says of itself, read out of its file: the libtorch that it needs must be there before it is loaded.
    ///
    /// @param headers the hash of the headers that it was made from
    /// @param libtorch the version that it was built against
    /// @param cuda `none` if that has no CUDA
    record Stamp(String headers, String libtorch, String cuda) {
        private static final Pattern PATTERN = Pattern.compile("headers=([^;\0]*);libtorch=([^;\0]*);cuda=([^;\0]*);abi=");

        static Optional<Stamp> of(byte[] library) {
            Matcher stamp = PATTERN.matcher(new String(library, StandardCharsets.ISO_8859_1));
            return stamp.find() ? Optional.of(new Stamp(stamp.group(1), stamp.group(2), stamp.group(3))) : Optional.empty();
        }

        boolean hasCuda() {
            return !cuda.equals("none");
        }
    }

    /// @throws UnsatisfiedLinkError as [Native#load] says
    static void load() {
        Path library = locate();
        Stamp stamp = stamp(library);
        if (!HeaderHash.VALUE.equals(stamp.headers)) {
            throw new UnsatisfiedLinkError("These bindings were made from headers " + HeaderHash.VALUE + ", and " + library
                    + " from headers " + stamp.headers + ". Build both from the same sources: mvn package.");
        }
        synchronized (THIS_JVM) {
            Optional<Path> loaded = SharedObject.loaded(NAME);
            if (loaded.isPresent()) {
                checkSame(loaded.get(), library);
            } else {
                Libtorch.load(library, stamp);
                open(library);
            }
        }
        String libtorch = core_h.mn_libtorch_version().getString(0);
        if (!libtorch.equals(stamp.libtorch)) {
            throw new UnsatisfiedLinkError(library + " was built against libtorch " + stamp.libtorch
                    + ", and libtorch " + libtorch + " is loaded. Build again against the libtorch that is to be used: set LIBTORCH to its folder and run mvn package.");
        }
    }

    private static Stamp stamp(Path library) {
        try {
            return Stamp.of(Files.readAllBytes(library)).orElseThrow(() -> new UnsatisfiedLinkError(library
                    + " is not Mneme's shim: it does not say what it was made from. Give the path of " + NAME + ", or leave -D"
                    + Native.LIBRARY_PROPERTY + " out."));
        } catch (IOException e) {
            throw new UnsatisfiedLinkError(library + " cannot be read: " + Reason.why(e) + ". Give the path of " + NAME + ", or leave -D"
                    + Native.LIBRARY_PROPERTY + " out.");
        }
    }

    private static void checkSame(Path loaded, Path library) {
        boolean same;
        try {
            same = Files.exists(loaded) && Files.mismatch(loaded, library) == -1;
        } catch (IOException e) {
            same = false;
        }
        if (!same) {
            throw new UnsatisfiedLinkError("This process has another build of Mneme's shim, " + loaded + ", and can have one only, so " + library
                    + " was not loaded. Use the same build of Mneme in all applications of this JVM, or run them in JVMs of their own.");
        }
    }

    private static void open(Path library) {
        try {
            SharedObject.open(library);
        } catch (UnsatisfiedLinkError e) {
            throw new UnsatisfiedLinkError("Loading " + library + " failed: " + e.getMessage()
                    + ". Build again where libtorch is (./mneme doctor shows where it is looked for), or set LIBTORCH to its folder and build again.");
        }
    }

    private static Path locate() {
        String property = System.getProperty(Native.LIBRARY_PROPERTY);
        if (property != null) {
            Path library = Path.of(property).toAbsolutePath();
            if (!Files.isRegularFile(library)) {
                throw new UnsatisfiedLinkError("-D" + Native.LIBRARY_PROPERTY + "=" + property
                        + " names no file. Give the path of " + NAME + ", or leave the property out.");
            }
            return library;
        }
        URL resource = Shim.class.getResource(RESOURCE);
        if (resource == null) {
            throw new UnsatisfiedLinkError("The shim " + RESOURCE + " is not on the class path of "
                    + System.getProperty("os.name") + "/" + System.getProperty("os.arch")
                    + ". Build it with `mvn package`, or name it with -D" + Native.LIBRARY_PROPERTY + "=FILE.");
        }
        try {
            return resource.getProtocol().equals("file") ? Path.of(URI.create(resource.toString()))
                    : BundledLibrary.unpacked(resource, Path.of("shim", hash(resource), NAME));
        } catch (InvalidPathException e) {
            throw new UnsatisfiedLinkError("Unpacking the shim to the cache failed: " + e.getInput() + " cannot be named in this locale (" + e.getReason()
                    + "). Use one with UTF-8, such as LC_ALL=C.UTF-8.");
        } catch (IOException | IllegalArgumentException e) {
            String why = Reason.of(e);
            throw new UnsatisfiedLinkError("Unpacking the shim to the cache failed: " + why
                    + (why.contains("MNEME_CACHE") ? why.endsWith(".") ? "" : "." : ". Make room there, or name another folder in MNEME_CACHE."));
        }
    }

    /// Each build has a folder of its own.
    private static String hash(URL resource) throws IOException {
        MessageDigest digest = Sha256.digest();
        digest.update(BundledLibrary.bytes(resource));
        return Sha256.hex(digest).substring(0, 16);
    }

    private Shim() {}
}
