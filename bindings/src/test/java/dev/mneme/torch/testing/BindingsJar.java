package dev.mneme.torch.testing;

import dev.mneme.torch.Native;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;

/// The bindings as a user's application has them: in a jar, with the shim inside.
public final class BindingsJar {
    /// @param main a class of the tests that goes into the jar as well, with its nested classes
    /// @param appended to the shim's bytes, which makes it another build
    public static Path make(Path jar, Class<?> main, byte... appended) throws IOException {
        try (var out = new JarOutputStream(Files.newOutputStream(jar))) {
            copy(classes(Native.class), "dev/", out);
            copy(classes(main), main.getName().replace('.', '/'), out);
            String shim = "native/linux-x86_64/libmneme.so";
            out.putNextEntry(new JarEntry(shim));
            try (var in = Native.class.getResourceAsStream("/" + shim)) {
                in.transferTo(out);
            }
            out.write(appended);
        }
        return jar;
    }

    private static Path classes(Class<?> of) {
        try {
            return Path.of(of.getProtectionDomain().getCodeSource().getLocation().toURI());
        } catch (URISyntaxException e) {
            throw new AssertionError(e);
        }
    }

    private static void copy(Path classes, String prefix, JarOutputStream jar) throws IOException {
        try (Stream<Path> files = Files.walk(classes)) {
            for (Path file : (Iterable<Path>) files.filter(Files::isRegularFile)::iterator) {
                String name = classes.relativize(file).toString();
                if (name.startsWith(prefix)) {
                    jar.putNextEntry(new JarEntry(name));
                    Files.copy(file, jar);
                }
            }
        }
    }

    private BindingsJar() {}
}
