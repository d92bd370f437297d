package dev.mneme.models.cli;

import dev.mneme.models.base.InputException;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;

/// Where the locale is not UTF-8, as `LC_ALL=C`, Java has `?` for each letter of an argument that is not ASCII, and cannot name a file
/// that has one. The launcher gives it a locale that can; a JVM that was started by hand can only say so.
final class ArgumentLocale {
    private static final Path AS_GIVEN = Path.of("/proc/self/cmdline");
    static final Charset CHARSET = Charset.forName(System.getProperty("sun.jnu.encoding"));

    /// @throws InputException if the arguments were not what Java has of them
    static void check() {
        if (!readsAll() && Files.isReadable(AS_GIVEN)) {
            try {
                for (byte b : Files.readAllBytes(AS_GIVEN)) {
                    if (b < 0) {
                        throw refused("read the arguments", "one has letters that are not ASCII");
                    }
                }
            } catch (IOException e) {
                // The system does not tell.
            }
        }
    }

    static boolean readsAll() {
        return CHARSET.newEncoder().canEncode('\u00e9');
    }

    static InputException refused(String asked, String found) {
        return new InputException(asked, found + ", and Java cannot read them where the locale's charset is " + CHARSET,
                "start it by ./mneme, or with LC_ALL=C.UTF-8 in the environment");
    }

    private ArgumentLocale() {}
}
