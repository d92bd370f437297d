package dev.mneme.torch.cache;

import dev.mneme.torch.internal.Reason;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;

/// Where Mneme keeps what it can make again: unpacked libraries, tokenised corpora, a downloaded libtorch.
///
/// It is what the system property `mneme.cache` or the environment variable `MNEME_CACHE` names, else `mneme` in `XDG_CACHE_HOME`, else
/// `~/.cache/mneme`. `cmake/LibTorch.cmake` looks in the same place.
public final class CacheFolder {
    /// Names the folder, before any variable of the environment does.
    public static final String PROPERTY = "mneme.cache";

    private static final String VARIABLE = "MNEME_CACHE";
    private static final int OTHERS_WRITE = 022; // permissions of group and others

    /// Where to look for what was made before: the folder may not exist.
    ///
    /// @throws IllegalArgumentException if `MNEME_CACHE` or the property is a relative path, which would mean another folder to each program
    /// @throws IOException if it would be one under `java.io.tmpdir` that others can write to
    public static Path path() throws IOException {
        Path named = named();
        Path usual = named != null ? named : usual(System.getenv(), System.getProperty("user.home"));
        if (usual != null) {
            return usual;
        }
        Path own = ownTemporary();
        requireOurs(own, "");
        return own;
    }

    /// The folder, made if it is not there. Where nobody named one and the usual one cannot be written (a read-only home, or none), it is
    /// one under `java.io.tmpdir` that is this user's alone.
    ///
    /// @throws IOException if the folder that was named cannot be written, or none can
    public static Path writable() throws IOException {
        Path named = named();
        Path usual = named != null ? named : usual(System.getenv(), System.getProperty("user.home"));
        String why = usual == null ? null : whyNotWritable(usual);
        if (usual != null && why == null) {
            return usual;
        }
        if (named != null) {
            throw new IOException("the cache folder " + named + " cannot be written (" + why + "); name another in " + VARIABLE);
        }
        String others = usual == null ? "" : usual + " cannot be written (" + why + "), and ";
        Path own = ownTemporary();
        try {
            Files.createDirectory(own, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        } catch (FileAlreadyExistsException e) {
            // Of an earlier run; or of somebody else who guessed the name.
        } catch (IOException e) {
            throw new IOException("there is no cache folder: " + others + own + " cannot be made (" + Reason.why(e) + "); name one in " + VARIABLE, e);
        }
        requireOurs(own, others);
        return own;
    }

    private static Path named() {
        String property = System.getProperty(PROPERTY);
        return property != null && !property.isEmpty() ? absolute("-D" + PROPERTY, property) : absolute(VARIABLE, System.getenv(VARIABLE));
    }

    private static Path absolute(String name, String path) {
        if (path == null || path.isEmpty()) {
            return null;
        }
        if (!path.startsWith("/")) {
            throw new IllegalArgumentException(name + "=" + path + " is not an absolute path. Give one that begins with /, or unset it.");
        }
        return Path.of(path);
    }

    /// The XDG base directory specification has relative paths ignored. A user without an entry in the password file has the home `?`.
    static Path usual(Map<String, String> environment, String userHome) {
        String xdg = environment.getOrDefault("XDG_CACHE_HOME", "");
        if (xdg.startsWith("/")) {
            return Path.of(xdg, "mneme");
        }
        String home = environment.getOrDefault("HOME", "");
        home = home.startsWith("/") ? home : userHome;
        return home.startsWith("/") ? Path.of(home, ".cache", "mneme") : null;
    }

    private static String whyNotWritable(Path folder) {
        try {
            Files.createDirectories(folder);
            if (!Files.isWritable(folder)) {
                Files.delete(Files.createTempFile(folder, "try", ".part")); // fails, and says why
            }
            return null;
        } catch (IOException e) {
            return Reason.why(e);
        }
    }

    private static Path ownTemporary() {
        return Path.of(System.getProperty("java.io.tmpdir"), "mneme-" + user());
    }

    private static Object user() {
        try {
            return Files.getAttribute(Path.of("/proc/self"), "unix:uid");
        } catch (IOException | UnsupportedOperationException e) {
            return System.getProperty("user.name");
        }
    }

    /// What is loaded from there runs as this user, so nobody else may be able to put it there.
    private static void requireOurs(Path folder, String others) throws IOException {
        if (!Files.exists(folder, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        var is = Files.readAttributes(folder, "unix:uid,mode,isDirectory", LinkOption.NOFOLLOW_LINKS);
        if (!is.get("uid").equals(user()) || !(boolean) is.get("isDirectory") || ((int) is.get("mode") & OTHERS_WRITE) != 0) {
            throw new IOException("there is no cache folder: " + others + folder + " is not a folder that only this user can write to; name one in "
                    + VARIABLE);
        }
    }

    private CacheFolder() {}
}
