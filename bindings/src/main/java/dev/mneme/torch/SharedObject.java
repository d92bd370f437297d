package dev.mneme.torch;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.SymbolLookup;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/// A shared object in this process. It is opened with the dynamic linker itself, because JNI would bind it to one class loader and unload it
/// with that; so it stays until the process ends.
final class SharedObject {
    private static final int ELF_HEADER = 64; // bytes

    /// @throws UnsatisfiedLinkError with the dynamic linker's reason
    static void open(Path file) {
        String cut = cutShort(file);
        if (cut != null) {
            throw new UnsatisfiedLinkError(cut);
        }
        try {
            SymbolLookup.libraryLookup(file, Arena.global());
        } catch (IllegalArgumentException e) {
            System.load(file.toString()); // fails as well, and says why
        }
    }

    /// The file of that name which is mapped into this process.
    static Optional<Path> loaded(String name) {
        // A file that was deleted meanwhile has " (deleted)" after its name.
        var path = Charset.forName(System.getProperty("sun.jnu.encoding"));
        try (var maps = Files.lines(Path.of("/proc/self/maps"), path)) {
            return maps.filter(line -> line.endsWith("/" + name) || line.endsWith("/" + name + " (deleted)"))
                    .map(line -> Path.of(line.substring(line.indexOf('/')))).findFirst();
        } catch (IOException e) {
            throw new UncheckedIOException("/proc/self/maps cannot be read: " + e.getMessage(), e);
        }
    }

    /// What is wrong with the length of a library, or null: of one that is cut short, the linker maps pages that are not there, and the
    /// process dies when it touches them. The table of sections is at the end of a file.
    private static String cutShort(Path file) {
        ByteBuffer header = ByteBuffer.allocate(ELF_HEADER).order(ByteOrder.LITTLE_ENDIAN);
        try (FileChannel channel = FileChannel.open(file)) {
            channel.read(header, 0);
            boolean elf = header.position() == ELF_HEADER && header.getInt(0) == 0x464c457f;
            long end = header.getLong(0x28) + (long) header.getShort(0x3a) * header.getShort(0x3c); // e_shoff + e_shentsize · e_shnum
            return !elf || end <= channel.size() ? null
                    : file + " is cut short: it has " + channel.size() + " bytes, and should have " + end + " at least";
        } catch (IOException e) {
            return file + " cannot be read: " + e;
        }
    }

    private SharedObject() {}
}
