package dev.mneme.torch.cache;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.mneme.torch.testing.Forked;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CacheFolderTest {
    @TempDir
    private Path folder;

    static final class Show {
        public static void main(String[] args) {
            try {
                System.out.println(Boolean.getBoolean("onlyLook") ? CacheFolder.path() : CacheFolder.writable());
            } catch (IOException | IllegalArgumentException e) {
                System.out.println(e.getMessage());
            }
        }
    }

    private String show(Map<String, String> environment, String... options) throws IOException {
        var all = new HashMap<>(Map.of("MNEME_CACHE", "", "XDG_CACHE_HOME", ""));
        all.putAll(environment);
        Forked run = Forked.run(Files.createTempDirectory(folder, "run"), System.getProperty("java.class.path"), Show.class, all, options);
        assertEquals(0, run.exit(), run.output());
        return run.output().strip();
    }

    @Test
    void theUsualFolderIsThatOfTheXdgSpecification() {
        assertEquals(Path.of("/x/mneme"), CacheFolder.usual(Map.of("XDG_CACHE_HOME", "/x", "HOME", "/h"), "/u"));
        assertEquals(Path.of("/h/.cache/mneme"), CacheFolder.usual(Map.of("XDG_CACHE_HOME", "relative", "HOME", "/h"), "/u"));
        assertEquals(Path.of("/u/.cache/mneme"), CacheFolder.usual(Map.of("HOME", ""), "/u"));
        assertNull(CacheFolder.usual(Map.of(), "?"));
    }

    @Test
    void thePropertyComesBeforeTheVariableAndThatBeforeTheRest() throws IOException {
        Map<String, String> environment = Map.of("MNEME_CACHE", folder.resolve("variable").toString(), "XDG_CACHE_HOME", folder.resolve("xdg").toString());
        assertEquals(folder.resolve("variable").toString(), show(environment));
        assertEquals(folder.resolve("property").toString(), show(environment, "-Dmneme.cache=" + folder.resolve("property")));
    }

    @Test
    void aFolderThatWasNamedAndCannotBeWrittenIsAMistake() throws IOException {
        assertEquals("MNEME_CACHE=relative is not an absolute path. Give one that begins with /, or unset it.", show(Map.of("MNEME_CACHE", "relative")));
        String output = show(Map.of("MNEME_CACHE", "/dev/null/cache"));
        assertTrue(output.startsWith("the cache folder /dev/null/cache cannot be written (") && output.endsWith("); name another in MNEME_CACHE"), output);
    }

    @Test
    void withoutAHomeThatCanBeWrittenItIsAFolderOfTheUsersOwn() throws IOException {
        Path own = folder.resolve("mneme-" + Files.getAttribute(Path.of("/proc/self"), "unix:uid"));
        String temporary = "-Djava.io.tmpdir=" + folder;
        assertEquals(own.toString(), show(Map.of("HOME", "/dev/null"), temporary));
        assertEquals("rwx------", PosixFilePermissions.toString(Files.getPosixFilePermissions(own)));
        assertEquals(own.toString(), show(Map.of("HOME", ""), temporary, "-Duser.home=?"));
        assertFalse(Files.exists(Path.of("?")));

        Files.setPosixFilePermissions(own, PosixFilePermissions.fromString("rwxrwxrwx")); // anyone could put a library there
        String foreign = own + " is not a folder that only this user can write to; name one in MNEME_CACHE";
        String output = show(Map.of("HOME", "/dev/null"), temporary);
        assertTrue(output.startsWith("there is no cache folder: /dev/null/.cache/mneme cannot be written (") && output.endsWith(foreign), output);
        assertEquals("there is no cache folder: " + foreign, show(Map.of("HOME", ""), temporary, "-Duser.home=?"));
    }

    /// Also where nobody asks for one to write to: libtorch is looked for in it.
    @Test
    void withoutAHomeItIsMadeForTheUserAlone() throws IOException {
        Path own = folder.resolve("mneme-" + Files.getAttribute(Path.of("/proc/self"), "unix:uid"));
        String[] options = {"-Djava.io.tmpdir=" + folder, "-Duser.home=?"};
        assertEquals(own.toString(), show(Map.of("HOME", ""), options));
        assertEquals("rwx------", PosixFilePermissions.toString(Files.getPosixFilePermissions(own)));
        Files.setPosixFilePermissions(own, PosixFilePermissions.fromString("rwxr-xr-x")); // as earlier releases made it
        assertEquals(own.toString(), show(Map.of("HOME", ""), options));
        assertEquals(own.toString(), show(Map.of("HOME", ""), Stream.concat(Stream.of(options), Stream.of("-DonlyLook=true")).toArray(String[]::new)));
        Files.setPosixFilePermissions(own, PosixFilePermissions.fromString("rwxr-xrwx"));
        assertTrue(show(Map.of("HOME", ""), Stream.concat(Stream.of(options), Stream.of("-DonlyLook=true")).toArray(String[]::new))
                .endsWith("is not a folder that only this user can write to; name one in MNEME_CACHE"));
    }

    @Test
    void aPropertyThatIsRelativeIsAMistakeAndAnEmptyOneIsNone() throws IOException {
        assertEquals("-Dmneme.cache=a/b is not an absolute path. Give one that begins with /, or unset it.", show(Map.of(), "-Dmneme.cache=a/b"));
        assertEquals(folder.resolve("v").toString(), show(Map.of("MNEME_CACHE", folder.resolve("v").toString()), "-Dmneme.cache="));
    }
}
