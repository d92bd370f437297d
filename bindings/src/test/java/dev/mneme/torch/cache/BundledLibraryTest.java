package dev.mneme.torch.cache;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import java.io.IOException;
import java.net.URI;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BundledLibraryTest {
    private static final Path PLACE = Path.of("some", "library.so");

    @TempDir
    private Path folder;
    private final byte[] bytes = new byte[300_000];
    private URL resource;

    @BeforeEach
    void pack() throws IOException {
        System.setProperty(CacheFolder.PROPERTY, folder.resolve("cache").toString());
        new Random(1).nextBytes(bytes);
        Path jar = folder.resolve("library.jar");
        try (var out = new JarOutputStream(Files.newOutputStream(jar))) {
            out.putNextEntry(new JarEntry("library.so"));
            out.write(bytes);
        }
        resource = URI.create("jar:" + jar.toUri() + "!/library.so").toURL();
    }

    @AfterEach
    void forget() {
        System.clearProperty(CacheFolder.PROPERTY);
    }

    private void assertWhole(Path file) throws IOException {
        assertEquals(folder.resolve("cache").resolve(PLACE), file);
        assertArrayEquals(bytes, Files.readAllBytes(file));
        try (Stream<Path> files = Files.list(file.getParent())) {
            assertEquals(List.of(file), files.toList());
        }
    }

    @Test
    void itIsWrittenOnce() throws IOException {
        Path file = BundledLibrary.unpacked(resource, PLACE);
        assertWhole(file);
        Files.setLastModifiedTime(file, FileTime.fromMillis(1000));
        assertWhole(BundledLibrary.unpacked(resource, PLACE));
        assertEquals(1000, Files.getLastModifiedTime(file).toMillis());
    }

    @Test
    void aDamagedFileIsWrittenAgain() throws IOException {
        Path file = BundledLibrary.unpacked(resource, PLACE);
        Object first = Files.getAttribute(file, "unix:ino");
        Files.write(file, java.util.Arrays.copyOf(bytes, 1000)); // cut short
        assertWhole(BundledLibrary.unpacked(resource, PLACE));
        assertNotEquals(first, Files.getAttribute(file, "unix:ino")); // by a rename: whoever has mapped the old one keeps it
        byte[] flipped = bytes.clone();
        flipped[200_000] ^= 1;
        Files.write(file, flipped);
        assertWhole(BundledLibrary.unpacked(resource, PLACE));
        Files.delete(file);
        assertWhole(BundledLibrary.unpacked(resource, PLACE));
    }

    @Test
    void whatAKilledProcessLeftIsRemoved() throws IOException {
        Path left = folder.resolve("cache/some/library.so.part");
        Files.createDirectories(left.getParent());
        Files.write(left, new byte[10]);
        Files.write(left.resolveSibling("libmneme123.part"), new byte[10]);
        assertWhole(BundledLibrary.unpacked(resource, PLACE));
    }

    @Test
    void manyMayUnpackAtOnce() throws Exception {
        try (var threads = Executors.newFixedThreadPool(4)) {
            Callable<Path> unpack = () -> BundledLibrary.unpacked(resource, PLACE);
            for (Future<Path> file : threads.invokeAll(List.of(unpack, unpack, unpack, unpack))) {
                assertWhole(file.get());
            }
        }
    }

    /// A read-only cache that somebody else filled.
    @Test
    void aWholeFileIsUsedWhereNothingCanBeWritten() throws IOException {
        Path file = BundledLibrary.unpacked(resource, PLACE);
        Path lock = folder.resolve("cache/lock");
        Files.delete(lock);
        Files.createDirectory(lock); // so that opening it fails
        assertWhole(BundledLibrary.unpacked(resource, PLACE));
        assertEquals(file, BundledLibrary.unpacked(resource, PLACE));
    }
}
