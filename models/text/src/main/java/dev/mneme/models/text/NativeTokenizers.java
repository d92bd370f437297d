package dev.mneme.models.text;

import ai.djl.huggingface.tokenizers.jni.TokenizersLibrary;
import dev.mneme.torch.cache.BundledLibrary;
import dev.mneme.torch.internal.Uninterrupted;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Properties;

/// Loads Hugging Face's tokenizers library out of DJL's jar.
///
/// DJL's own loader looks for CUDA first, through JNA: that unpacks a library into `~/.cache/JNA`, starts `ldconfig`, and
/// takes longer than all the rest. So the library is unpacked here, once, to `tokenizers/<version>` in the cache folder, and DJL's
/// binding of it is used directly.
final class NativeTokenizers {

    private static final String ROOT = "/native/lib/";

    private NativeTokenizers() {}

    private static boolean loaded;

    /// The binding, loaded on first use. What fails then may be mended, and is tried again.
    static synchronized TokenizersLibrary library() {
        if (!loaded) {
            Uninterrupted.run(NativeTokenizers::load);
            loaded = true;
        }
        return TokenizersLibrary.LIB;
    }

    private static void load() {
        String name = System.mapLibraryName("tokenizers");
        Path place = Path.of("tokenizers", version(), platform(), name);
        try {
            URL resource = resource(ROOT + platform() + "/cpu/" + name);
            Path file = BundledLibrary.unpacked(resource, place);
            try {
                System.load(file.toString());
            } catch (UnsatisfiedLinkError e) {
                if (!String.valueOf(e.getMessage()).contains("already loaded in another classloader")) {
                    throw e;
                }
                Path copy = BundledLibrary.copy(resource, name);
                try {
                    System.load(copy.toString());
                } finally {
                    Files.delete(copy);
                }
            }
        } catch (IOException | UnsatisfiedLinkError e) {
            throw new IllegalStateException("load the tokenizers library " + place + " in the cache folder: " + e.getMessage()
                    + "; see that the folder can be written and has 20 MB left, or name another in MNEME_CACHE", e);
        }
    }

    private static String version() {
        Properties properties = new Properties();
        try (InputStream in = resource(ROOT + "tokenizers.properties").openStream()) {
            properties.load(in);
        } catch (IOException e) {
            throw new UncheckedIOException("read " + ROOT + "tokenizers.properties: " + e.getMessage(), e);
        }
        return properties.getProperty("version");
    }

    private static URL resource(String name) throws IOException {
        URL resource = TokenizersLibrary.class.getResource(name);
        if (resource == null) {
            throw new IOException("the jar of ai.djl.huggingface:tokenizers has no " + name
                    + " (it has libraries for Linux on x86-64 and aarch64, and for macOS on aarch64)");
        }
        return resource;
    }

    private static String platform() {
        String os = System.getProperty("os.name").toLowerCase(Locale.ROOT);
        String arch = System.getProperty("os.arch");
        return (os.startsWith("mac") ? "osx" : os.startsWith("windows") ? "win" : os) + "-" + (arch.equals("amd64") ? "x86_64" : arch);
    }
}
