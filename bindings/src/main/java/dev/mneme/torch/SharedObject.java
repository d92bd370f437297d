package dev.mneme.torch;

import dev.mneme.torch.internal.Reason;
import java.io.BufferedReader;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.foreign.Arena;
import java.lang.foreign.SymbolLookup;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/// A shared object in this process. It is opened with the dynamic linker itself, because JNI would bind it to one class loader and unload it
/// with that; so it stays until the process ends.
final class SharedObject {
    /// @throws UnsatisfiedLinkError with the dynamic linker's reason
    static void open(Path file) {
        requireWhole(file, new HashSet<>());
        try {
            SymbolLookup.libraryLookup(file, Arena.global());
        } catch (IllegalArgumentException e) {
            System.load(file.toString()); // fails as well, and says why
        }
    }

    /// Of a file that is cut short, the linker maps pages that are not there, and the process dies when it touches them; so it is, and what it
    /// needs of its own folder and others that it names, looked at first.
    private static void requireWhole(Path file, Set<Path> seen) {
        if (!seen.add(file)) {
            return;
        }
        ElfFile elf;
        try {
            elf = ElfFile.read(file);
        } catch (IOException e) {
            throw new UnsatisfiedLinkError(file + " cannot be read: " + Reason.why(e));
        }
        if (elf == null) {
            return; // the linker says so
        }
        if (elf.end() > elf.bytes()) {
            throw new UnsatisfiedLinkError(file + " is cut short: it has " + elf.bytes() + " bytes, and should have " + elf.end() + " at least");
        }
        for (String name : elf.needed()) {
            elf.folders().stream().map(folder -> folder.resolve(name)).filter(Files::isRegularFile).findFirst().ifPresent(found -> requireWhole(found, seen));
        }
    }

    /// The file of that name which is mapped into this process.
    static Optional<Path> loaded(String name) {
        // A file that was deleted meanwhile has " (deleted)" after its name.
        var names = Charset.forName(System.getProperty("sun.jnu.encoding")); // of other files they may be in any other
        try (var maps = new BufferedReader(new InputStreamReader(new FileInputStream("/proc/self/maps"), names))) {
            return maps.lines().filter(line -> line.endsWith("/" + name) || line.endsWith("/" + name + " (deleted)"))
                    .map(line -> Path.of(line.substring(line.indexOf('/')))).findFirst();
        } catch (IOException e) {
            throw new UnsatisfiedLinkError("/proc/self/maps, which says what this process has loaded, cannot be read: " + Reason.why(e));
        }
    }

    private SharedObject() {}
}
