package dev.mneme.torch.cache;

import dev.mneme.torch.internal.AtomicFile;
import java.io.IOException;
import java.io.InputStream;
import java.net.JarURLConnection;
import java.net.URL;
import java.net.URLConnection;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.zip.CRC32;

/// A native library in a jar, which the dynamic linker cannot open there: it is unpacked to the [CacheFolder].
public final class BundledLibrary {
    private static final String PART = ".part";

    /// Held while a library is unpacked: literals are one object for all class loaders of a JVM, and file locks are its as a whole.
    private static final Object THIS_JVM = "dev.mneme.torch.cache.BundledLibrary";

    /// Size and checksum, which a jar has of each entry.
    private record Print(long bytes, long crc) {
        static Print of(InputStream in) throws IOException {
            var crc = new CRC32();
            var buffer = new byte[1 << 16];
            long bytes = 0;
            for (int n; (n = in.read(buffer)) > 0; bytes += n) {
                crc.update(buffer, 0, n);
            }
            return new Print(bytes, crc.getValue());
        }

        static Print of(URL resource) throws IOException {
            URLConnection connection = open(resource);
            if (connection instanceof JarURLConnection jar && jar.getJarEntry().getCrc() >= 0 && jar.getJarEntry().getSize() >= 0) {
                Print print = new Print(jar.getJarEntry().getSize(), jar.getJarEntry().getCrc());
                connection.getInputStream().close(); // and the jar with it
                return print;
            }
            try (InputStream in = connection.getInputStream()) {
                return of(in);
            }
        }

        boolean isOf(Path file) throws IOException {
            if (!Files.isRegularFile(file) || Files.size(file) != bytes) {
                return false;
            }
            try (InputStream in = Files.newInputStream(file)) {
                return equals(of(in));
            }
        }
    }

    /// The library's file in the cache, whose bytes are those of the resource: one that is missing or damaged is written. It appears by a
    /// rename when all of it is on the disk, so that no process ever sees half of it.
    ///
    /// @param resource where the class path has the library
    /// @param place of the file below the cache folder, such as `shim/1f6c.../libmneme.so`
    /// @throws IOException if the resource cannot be read or the cache not written
    public static Path unpacked(URL resource, Path place) throws IOException {
        Print whole = Print.of(resource);
        Path there = CacheFolder.path().resolve(place);
        if (whole.isOf(there)) {
            return there;
        }
        Path cache = CacheFolder.writable();
        Path file = cache.resolve(place);
        synchronized (THIS_JVM) {
            try (FileChannel channel = FileChannel.open(cache.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                    FileLock lock = channel.lock()) {
                if (!whole.isOf(file)) {
                    Files.createDirectories(file.getParent());
                    deleteParts(file.getParent());
                    write(resource, file);
                }
            }
        }
        return file;
    }

    /// A copy for one class loader: JNI lets no two of them load the same file.
    ///
    /// @return a file that may be deleted when it is loaded
    public static Path copy(URL resource, String name) throws IOException {
        Path copy = Files.createTempFile(CacheFolder.writable(), name, PART);
        try (InputStream in = open(resource).getInputStream()) {
            Files.copy(in, copy, StandardCopyOption.REPLACE_EXISTING);
        }
        return copy;
    }

    /// What a killed process left: whoever writes parts holds the lock.
    private static void deleteParts(Path folder) throws IOException {
        try (DirectoryStream<Path> parts = Files.newDirectoryStream(folder, "*" + PART)) {
            for (Path part : parts) {
                Files.deleteIfExists(part);
            }
        }
    }

    private static void write(URL resource, Path file) throws IOException {
        try (InputStream in = open(resource).getInputStream()) {
            AtomicFile.write(file, channel -> in.transferTo(Channels.newOutputStream(channel)));
        }
    }

    /// All of a resource.
    public static byte[] bytes(URL resource) throws IOException {
        try (InputStream in = open(resource).getInputStream()) {
            return in.readAllBytes();
        }
    }

    private static URLConnection open(URL resource) throws IOException {
        URLConnection connection = resource.openConnection();
        connection.setUseCaches(false); // which would keep the jar open after its class loader is closed
        return connection;
    }

    private BundledLibrary() {}
}
