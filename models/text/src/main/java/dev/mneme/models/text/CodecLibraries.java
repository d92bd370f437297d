package dev.mneme.models.text;

import dev.mneme.torch.cache.CacheFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// Has zstd's and Snappy's libraries unpacked to the cache folder, unless their own properties say where.
final class CodecLibraries {
    static void useCache() throws IOException {
        Path codecs = Files.createDirectories(CacheFolder.writable().resolve("codecs"));
        for (String property : new String[] {"ZstdTempFolder", "org.xerial.snappy.tempdir"}) {
            if (System.getProperty(property) == null) {
                System.setProperty(property, codecs.toString());
            }
        }
    }

    private CodecLibraries() {}
}
