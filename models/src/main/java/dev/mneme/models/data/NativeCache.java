package dev.mneme.models.data;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// Where native libraries are unpacked to out of their jars: `~/.cache/mneme`, or what the system property `mneme.cache` names.
final class NativeCache {
    static Path folder() {
        return Path.of(System.getProperty("mneme.cache", Path.of(System.getProperty("user.home"), ".cache", "mneme").toString()));
    }

    /// Has zstd's and Snappy's libraries unpacked there too, unless their own properties say where.
    static void useForCodecs() throws IOException {
        Path codecs = Files.createDirectories(folder().resolve("codecs"));
        for (String property : new String[] {"ZstdTempFolder", "org.xerial.snappy.tempdir"}) {
            if (System.getProperty(property) == null) {
                System.setProperty(property, codecs.toString());
            }
        }
    }

    private NativeCache() {}
}
