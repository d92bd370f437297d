package dev.mneme.torch.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AtomicFileTest {
    @TempDir
    Path folder;

    /// Each reader sees one writer's bytes, all of them, at any moment.
    @Test
    void ofSeveralWritersEachWritesAllOfIt() throws Exception {
        Path file = folder.resolve("file.bin");
        AtomicFile.write(file, text('a'));
        var done = new ArrayList<Future<?>>();
        try (var pool = Executors.newFixedThreadPool(4)) {
            for (char letter : "abc".toCharArray()) {
                done.add(pool.submit(() -> {
                    for (int i = 0; i < 30; i++) {
                        AtomicFile.write(file, channel -> { // in pieces, so that others come in between
                            for (byte[] each : List.of(text(letter).substring(0, 40_000).getBytes(), text(letter).substring(40_000).getBytes())) {
                                AtomicFile.writeFully(channel, ByteBuffer.wrap(each));
                                Thread.yield();
                            }
                        });
                    }
                    return null;
                }));
            }
            while (!done.stream().allMatch(Future::isDone)) {
                String read = Files.readString(file);
                assertEquals(text(read.charAt(0)), read);
            }
            for (Future<?> each : done) {
                each.get();
            }
        }
        assertEquals(List.of("file.bin"), names());
    }

    private static String text(char letter) {
        return String.valueOf(letter).repeat(100_000);
    }

    @Test
    void whatFailsLeavesTheEarlierFile() throws IOException {
        Path file = folder.resolve("file.bin");
        AtomicFile.write(file, "before");
        assertThrows(IllegalStateException.class, () -> AtomicFile.write(file, channel -> {
            AtomicFile.writeFully(channel, ByteBuffer.wrap(new byte[10]));
            throw new IllegalStateException("half way");
        }));
        assertEquals("before", Files.readString(file));
        assertEquals(List.of("file.bin"), names());
        IOException nowhere = assertThrows(IOException.class, () -> AtomicFile.write(folder.resolve("none/file.bin"), "x"));
        assertTrue(nowhere.getMessage().contains("none"), nowhere.getMessage());
    }

    /// Of this file; a name may have what globs take for something else.
    @Test
    void whatKilledWritersLeftGoes() throws IOException {
        Path file = folder.resolve("a[1]{b}*?.bin");
        Path left = Files.createFile(folder.resolve(file.getFileName() + ".0123456789abcdef.part"));
        Path living = Files.createFile(folder.resolve(file.getFileName() + ".1123456789abcdef.part"));
        Path others = Files.createFile(folder.resolve("b.bin.0123456789abcdef.part"));
        for (Path each : List.of(left, others)) {
            Files.setLastModifiedTime(each, FileTime.from(Instant.now().minus(2, ChronoUnit.HOURS)));
        }
        AtomicFile.write(file, "text");
        assertEquals(Stream.of(file, living, others).map(each -> each.getFileName().toString()).sorted().toList(), names());
    }

    private List<String> names() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(each -> each.getFileName().toString()).sorted().toList();
        }
    }
}
