package dev.mneme.models.text;

import com.github.luben.zstd.ZstdInputStream;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import org.apache.commons.compress.compressors.gzip.GzipCompressorInputStream;

/// How a file is packed, which its name says.
public enum Compression {
    NONE(""), GZIP(".gz"), ZSTD(".zst");

    private static final int BUFFER = 1 << 16;

    private final String suffix;

    Compression(String suffix) {
        this.suffix = suffix;
    }

    static Compression of(Path file) {
        String name = file.getFileName().toString().toLowerCase(Locale.ROOT);
        return name.endsWith(GZIP.suffix) ? GZIP : name.endsWith(ZSTD.suffix) ? ZSTD : NONE;
    }

    /// The name of a file without what says that it is packed, in lower case.
    public static String unpackedName(Path file) {
        String name = file.getFileName().toString().toLowerCase(Locale.ROOT);
        return name.substring(0, name.length() - of(file).suffix.length());
    }

    /// What the file unpacks to.
    InputStream open(Path file) throws IOException {
        InputStream in = Files.newInputStream(file);
        try {
            return switch (this) {
                case NONE -> in;
                case GZIP -> new GzipCompressorInputStream(new BufferedInputStream(in, BUFFER), true); // Java's own ends at a damaged part, in silence
                case ZSTD -> {
                    CodecLibraries.useCache();
                    yield new ZstdInputStream(in);
                }
            };
        } catch (IOException e) {
            in.close();
            throw e;
        }
    }
}
