package dev.mneme.models.base.internal;

import dev.mneme.models.base.InputException;
import dev.mneme.torch.internal.Reason;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// Says that somebody writes to a place, so that two do not mix their files. It is a lock of the system's on a file, which goes when the process
/// ends, however it ends; the file goes when the lock is closed.
public final class WriteLock implements AutoCloseable {
    /// Those of this process: to the system a process is one owner, which gives a lock up when it closes any channel of the file.
    private static final Set<Path> OWN = ConcurrentHashMap.newKeySet();

    private final Path file;
    private final Path above; // the nearest folder that was there before
    private final FileChannel channel;

    private WriteLock(Path file, Path above, FileChannel channel) {
        this.file = file;
        this.above = above;
        this.channel = channel;
    }

    /// On a folder, which is made where it is missing, and goes again if nothing was written to it.
    ///
    /// @throws InputException if somebody else has it
    public static WriteLock in(Path folder) throws IOException {
        return take(folder, folder.resolve(".lock"));
    }

    /// On a file or folder that is written as a whole at the end.
    ///
    /// @throws InputException if somebody else has it
    public static WriteLock beside(Path target) throws IOException {
        Path absolute = target.toAbsolutePath();
        return take(target, absolute.resolveSibling("." + absolute.getFileName() + ".lock"));
    }

    private static WriteLock take(Path target, Path lockFile) throws IOException {
        Path above = lockFile.toAbsolutePath().getParent();
        while (!Files.exists(above)) {
            above = above.getParent();
        }
        Path folder = Files.createDirectories(lockFile.toAbsolutePath().getParent()).toRealPath();
        Path file = folder.resolve(lockFile.getFileName());
        if (!OWN.add(file)) {
            throw taken(target, "another run of this process");
        }
        FileChannel channel = null;
        try {
            while (channel == null) {
                channel = lock(target, file);
            }
            sign(channel);
            return new WriteLock(file, above, channel);
        } catch (IOException | RuntimeException e) {
            OWN.remove(file);
            if (channel != null) {
                channel.close();
            }
            throw e;
        }
    }

    /// For the message of who comes second; a full disk has no room for it.
    private static void sign(FileChannel channel) {
        try {
            channel.truncate(0);
            channel.write(ByteBuffer.wrap(Long.toString(ProcessHandle.current().pid()).getBytes(StandardCharsets.US_ASCII)));
        } catch (IOException e) {
            // It is locked all the same.
        }
    }

    /// The channel that has the lock, or null where the file was replaced meanwhile: its last owner has just gone.
    private static FileChannel lock(Path target, Path file) throws IOException {
        Object before = key(file);
        FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
        boolean locked = false;
        try {
            try {
                if (channel.tryLock() == null) {
                    throw taken(target, "process " + owner(channel));
                }
            } catch (OverlappingFileLockException e) { // of another class loader
                throw taken(target, "this process");
            } catch (IOException e) {
                System.err.println("This file system has no locks (" + Reason.of(e) + "): let no other run write to " + target + ".");
            }
            locked = before != null && before.equals(key(file)); // a file that was just made is opened once more
            return locked ? channel : null;
        } finally {
            if (!locked) {
                channel.close();
            }
        }
    }

    /// Which file has the name, without opening it.
    private static Object key(Path file) throws IOException {
        try {
            Object key = Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS).fileKey();
            return key == null ? file : key; // a file system without keys
        } catch (NoSuchFileException e) {
            return null;
        }
    }

    private static String owner(FileChannel channel) throws IOException {
        ByteBuffer pid = ByteBuffer.allocate(20);
        channel.read(pid, 0);
        return new String(pid.array(), 0, pid.position(), StandardCharsets.US_ASCII);
    }

    private static InputException taken(Path target, String by) {
        return new InputException("write to " + target, by + " is writing to it", "wait for its end, or choose another place");
    }

    @Override
    public void close() throws IOException {
        try (channel) { // the name goes first: who waits for the lock then sees that it is another file's
            Files.deleteIfExists(file);
        } finally {
            OWN.remove(file);
        }
        deleteIfEmpty(file.getParent());
    }

    private void deleteIfEmpty(Path folder) throws IOException {
        for (Path each = folder; !Files.isSameFile(each, above); each = each.getParent()) {
            try (var inside = Files.list(each)) {
                if (inside.findAny().isPresent()) {
                    return;
                }
            }
            Files.delete(each);
        }
    }
}
