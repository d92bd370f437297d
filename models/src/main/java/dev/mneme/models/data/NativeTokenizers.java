package dev.mneme.models.data;

import ai.djl.huggingface.tokenizers.jni.TokenizersLibrary;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Locale;
import java.util.Properties;

/// Loads Hugging Face's tokenizers library out of DJL's jar.
///
/// DJL's own loader looks for CUDA first, through JNA: that unpacks a library into `~/.cache/JNA`, starts `ldconfig`, and
/// takes longer than all the rest. So the library is unpacked here, once, to `tokenizers/<version>` in the [NativeCache], and DJL's binding
/// of it is used directly.
final class NativeTokenizers {

    private static final String ROOT = "/native/lib/";

    private NativeTokenizers() {}

    /// The binding, loaded on first use.
    static TokenizersLibrary library() {
        return Loaded.LIBRARY;
    }

    private static final class Loaded {
        static final TokenizersLibrary LIBRARY = load();
    }

    private static TokenizersLibrary load() {
        String name = System.mapLibraryName("tokenizers");
        String resource = ROOT + platform() + "/cpu/" + name;
        Path file = NativeCache.folder().resolve("tokenizers").resolve(version()).resolve(platform()).resolve(name).toAbsolutePath();
        try {
            if (!Files.exists(file)) {
                unpack(resource, file);
            }
            System.load(file.toString());
        } catch (IOException | UnsatisfiedLinkError e) {
            throw new IllegalStateException("load the tokenizers library " + file + ": " + e.getMessage()
                    + "; see that the folder can be written and has 20 MB left, then delete it and try again", e);
        }
        return TokenizersLibrary.LIB;
    }

    /// Unpacks to a file beside the target and renames it, so that no other process ever loads half a library.
    private static void unpack(String resource, Path file) throws IOException {
        Files.createDirectories(file.getParent());
        Path partial = Files.createTempFile(file.getParent(), "unpacking", ".tmp");
        try (InputStream in = open(resource)) {
            Files.copy(in, partial, StandardCopyOption.REPLACE_EXISTING);
            Files.move(partial, file, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(partial);
        }
    }

    private static String version() {
        Properties properties = new Properties();
        try (InputStream in = open(ROOT + "tokenizers.properties")) {
            properties.load(in);
        } catch (IOException e) {
            throw new UncheckedIOException("read " + ROOT + "tokenizers.properties: " + e.getMessage(), e);
        }
        return properties.getProperty("version");
    }

    private static InputStream open(String resource) throws IOException {
        InputStream in = TokenizersLibrary.class.getResourceAsStream(resource);
        if (in == null) {
            throw new IOException("the jar of ai.djl.huggingface:tokenizers has no " + resource
                    + " (it has libraries for Linux on x86-64 and aarch64, and for macOS on aarch64)");
        }
        return in;
    }

    private static String platform() {
        String os = System.getProperty("os.name").toLowerCase(Locale.ROOT);
        String arch = System.getProperty("os.arch");
        return (os.startsWith("mac") ? "osx" : os.startsWith("windows") ? "win" : os) + "-" + (arch.equals("amd64") ? "x86_64" : arch);
    }
}
