package dev.mneme.torch;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.mneme.torch.testing.BindingsJar;
import dev.mneme.torch.testing.Forked;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.lang.ref.WeakReference;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Two applications in one JVM, each with a class loader that has the bindings.
class ClassLoadersTest {
    @TempDir
    private Path folder;

    /// What an application does: an op of libtorch, one of ours, and a tensor over memory of Java's.
    public static final class Application implements Supplier<String> {
        @Override
        public String get() {
            try (TensorScope scope = TensorScope.open()) {
                Tensor ids = Tensor.of(new long[] {0, 1, 1}, 1, 3);
                Object bag = Op.find("mneme::memory_bag").call(ids, Tensor.ones(DType.FLOAT32, 1, 3), Tensor.ones(DType.FLOAT32, 2, 4)).get(0);
                double shared = Tensor.of(Arena.ofAuto().allocateFrom(ValueLayout.JAVA_FLOAT, 1, 2, 3), DType.FLOAT32, 3).sum().item();
                return "bag " + ((Tensor) bag).sum().item() + " shared " + shared;
            } catch (UnsatisfiedLinkError e) {
                return e.getMessage();
            }
        }
    }

    /// Runs the application of each jar on its class path in turn, in class loaders that have nothing in common but the JDK.
    static final class Container {
        public static void main(String[] args) throws Exception {
            WeakReference<ClassLoader> last = null;
            for (String jar : System.getProperty("jars").split(":")) {
                last = new WeakReference<>(run(jar));
            }
            System.gc();
            System.out.println(last == null ? "nothing ran" : "done");
        }

        private static ClassLoader run(String jar) throws Exception {
            try (var loader = new URLClassLoader(new URL[] {Path.of(jar).toUri().toURL()}, ClassLoader.getPlatformClassLoader())) {
                var application = (Supplier<?>) loader.loadClass(Application.class.getName()).getDeclaredConstructor().newInstance();
                System.out.println(application.get());
                return loader;
            }
        }
    }

    private Forked run(Path... jars) {
        return Forked.run(folder, System.getProperty("java.class.path"), Container.class,
                Map.of("LIBTORCH", Native.libtorchFolder().getParent().toString(), "MNEME_CACHE", folder.resolve("cache").toString()),
                "-Djars=" + String.join(":", Arrays.stream(jars).map(Path::toString).toList()));
    }

    @Test
    void classLoadersOfTheSameBuildShareTheShim() throws IOException {
        Path jar = BindingsJar.make(folder.resolve("a.jar"), Application.class);
        Path same = BindingsJar.make(folder.resolve("b.jar"), Application.class);
        Forked run = run(jar, same, jar);
        assertEquals("bag 12.0 shared 6.0\n".repeat(3) + "done\n", run.output());
        assertEquals(0, run.exit());
    }

    @Test
    void anotherBuildOfTheShimIsRefused() throws IOException {
        Path jar = BindingsJar.make(folder.resolve("a.jar"), Application.class);
        Path other = BindingsJar.make(folder.resolve("b.jar"), Application.class, (byte) 0);
        Forked run = run(jar, other, jar);
        String[] lines = run.output().split("\n");
        assertEquals("bag 12.0 shared 6.0", lines[0], run.output());
        assertEquals("bag 12.0 shared 6.0", lines[2], run.output());
        String refused = lines[1].replaceAll("shim/[0-9a-f]{16}", "shim/HASH");
        String shim = folder.resolve("cache/shim/HASH/libmneme.so").toString();
        assertEquals("This process has another build of Mneme's shim, " + shim + ", and can have one only, so " + shim + " was not loaded. Use the same"
                + " build of Mneme in all applications of this JVM, or run them in JVMs of their own.", refused);
        assertEquals(0, run.exit());
    }
}
