import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;

/// Writes what follows from native/ops.schema: the C header, the C++ of the shim, and the Java op methods.
///
/// Run it by `mvn -Pgenerate -pl bindings generate-sources`, which runs jextract next. The output is committed,
/// so that a build needs neither.
final class GenerateOps {
    private static final int FILES = 4; // so that a compiler with several cores has something to share

    public static void main(String[] arguments) throws Exception {
        Path root = Path.of(arguments[0]);
        List<Schema> ops = read(root.resolve("native/ops.schema"));

        Path header = root.resolve("native/include/mneme/ops.h");
        write(header, CEmitter.header(ops));
        for (int i = 0; i < FILES; i++) {
            List<Schema> part = ops.subList(ops.size() * i / FILES, ops.size() * (i + 1) / FILES);
            write(root.resolve("native/src/generated/ops_" + (i + 1) + ".cpp"), CEmitter.source(part));
        }
        Path java = root.resolve("bindings/src/main/java/dev/mneme/torch");
        write(java.resolve("TensorOps.java"), JavaEmitter.tensorOps(ops));
        write(java.resolve("Torch.java"), JavaEmitter.torch(ops));
        String hash = hash(root.resolve("native/include/mneme/core.h"), header);
        write(java.resolve("HeaderHash.java"), JavaEmitter.headerHash(hash));
        System.out.printf(Locale.ROOT, "%d ops, headers %s%n", ops.size(), hash);
    }

    private static List<Schema> read(Path file) throws IOException {
        var ops = new ArrayList<Schema>();
        for (String line : Files.readAllLines(file)) {
            if (!line.isBlank() && !line.startsWith("#")) {
                ops.add(Schema.parse(line));
            }
        }
        return ops;
    }

    /// SHA-256 over the bytes of both headers; CMake computes the same for the shim (native/CMakeLists.txt).
    private static String hash(Path... headers) throws Exception {
        var digest = MessageDigest.getInstance("SHA-256");
        for (Path header : headers) {
            digest.update(Files.readAllBytes(header));
        }
        return HexFormat.of().formatHex(digest.digest()).substring(0, 16);
    }

    private static void write(Path file, String text) throws IOException {
        Files.createDirectories(file.getParent());
        Files.writeString(file, text, StandardCharsets.UTF_8);
    }

    private GenerateOps() {}
}
