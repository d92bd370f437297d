package dev.mneme.torch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.mneme.torch.ffi.core_h;
import dev.mneme.torch.ffi.ops_h;
import dev.mneme.torch.testing.Golden;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/// The written interface agrees with both its sides: libtorch below, and jextract's classes above.
class SchemaTest {
    private static final Path ROOT = Golden.file("../../..").normalize();
    private static final Path HEADERS = ROOT.resolve("native/include/mneme");

    /// Character by character, but for the spelling of defaults: PyTorch's sources have `'none'`, `1e-05`, `Mean` and `long`
    /// where libtorch prints `"none"`, `1.0000000000000001e-05` (or not, by version), `1` and `4`.
    @Test
    void everySchemaIsTheOneThatLibtorchReports() throws IOException {
        List<String> lines = Files.readAllLines(ROOT.resolve("native/ops.schema")).stream()
                .map(String::strip).filter(line -> !line.isEmpty() && !line.startsWith("#")).toList();
        var different = new ArrayList<String>();
        for (String line : lines) {
            String reported = Op.find(line.substring(0, line.indexOf('('))).schema();
            if (!canonical(line).equals(canonical(reported))) {
                different.add(line + "\n  is, in libtorch " + Native.libtorchVersion() + ": " + reported);
            }
        }
        assertEquals(List.of(), different);
        assertTrue(lines.size() >= 150, lines.size() + " ops");
        assertEquals(lines.size(), lines.stream().distinct().count(), "a line twice");
    }

    private static final Map<String, String> NAMED_DEFAULTS = Map.of("Mean", "1", "long", "4", "contiguous_format", "0");

    private static String canonical(String schema) {
        return Pattern.compile("=([^,)\\[]+)").matcher(schema.replaceAll("\\s", "")).replaceAll(match -> {
            String value = match.group(1).replace('\'', '"');
            value = NAMED_DEFAULTS.getOrDefault(value, value);
            return "=" + (value.matches("-?[0-9.].*") ? Double.toString(Double.parseDouble(value)) : value);
        });
    }

    @Test
    void theSpellingOfADefaultIsNoDifferenceAndItsValueIs() {
        assertEquals(canonical("f(str a='none', float b=1e-05, int c=Mean)"), canonical("f(str a=\"none\", float b=1.0000000000000001e-05, int c=1)"));
        for (String other : List.of("f(float b=1e-06)", "f(float b=None)", "f(float? b=1e-05)", "f(int b=1e-05)", "f(float b)", "f(float c=1e-05)")) {
            assertNotEquals(canonical("f(float b=1e-05)"), canonical(other));
        }
    }

    @Test
    void jextractBoundTheFunctionsOfTheHeadersAndNoOthers() throws IOException {
        assertEquals(declared("core.h"), bound(core_h.class));
        assertEquals(declared("ops.h"), bound(ops_h.class));
    }

    /// What returns nothing can tell of no failure: these have none.
    @Test
    void onlyWhatCannotFailReturnsNothing() throws IOException {
        List<String> nothing = declared("core.h").entrySet().stream().filter(f -> f.getValue().startsWith("[void")).map(Map.Entry::getKey).toList();
        assertEquals(List.of("mn_generator_release", "mn_on_warning", "mn_op_take_results", "mn_release", "mn_release_one", "mn_storage_release", "mn_take_results"), nothing);
    }

    @Test
    void theHeaderHashIsThatOfTheHeaders() throws IOException, GeneralSecurityException {
        MessageDigest digest = MessageDigest.getInstance("SHA-256");
        digest.update(Files.readAllBytes(HEADERS.resolve("core.h")));
        digest.update(Files.readAllBytes(HEADERS.resolve("ops.h")));
        String hash = HexFormat.of().formatHex(digest.digest()).substring(0, 16);
        assertEquals(hash, HeaderHash.VALUE);
        assertEquals(hash, Native.stamp().get("headers"), "the shim that is loaded");
    }

    /// Names of the functions that a header declares, with the Java types that C's stand for, the result first.
    private static Map<String, String> declared(String header) throws IOException {
        String text = Files.readString(HEADERS.resolve(header)).replaceAll("//[^\n]*", "").replaceAll("(?m)^#.*$", "");
        var function = Pattern.compile("([\\w ]+[ *]+)(mn_\\w+)\\((.*)\\)\\s*MN_NOEXCEPT", Pattern.DOTALL);
        var functions = new TreeMap<String, String>();
        for (String statement : text.split(";")) {
            var match = function.matcher(statement);
            if (match.find()) {
                String parameters = match.group(3).replaceAll("\\(\\*\\w+\\)\\([^)]*\\)", "* callback").strip();
                var types = new ArrayList<String>(List.of(javaType(match.group(1).replaceAll("\\bextern\\b|\"C\"|\\{", ""))));
                if (!parameters.equals("void")) {
                    Arrays.stream(parameters.split(",")).map(SchemaTest::javaType).forEach(types::add);
                }
                functions.put(match.group(2), types.toString());
            } else {
                assertTrue(!statement.contains("MN_NOEXCEPT"), "not understood: " + statement);
            }
        }
        return functions;
    }

    private static String javaType(String declaration) {
        if (declaration.contains("*")) {
            return MemorySegment.class.getSimpleName();
        }
        return switch (declaration.strip().replaceAll("^const ", "").split("\\s+")[0]) {
            case "int64_t", "mn_tensor", "mn_generator", "mn_op" -> "long";
            case "int32_t", "mn_status" -> "int";
            case "bool" -> "boolean";
            case "double" -> "double";
            case "void" -> "void";
            default -> throw new AssertionError("a C type that the bindings do not use: " + declaration);
        };
    }

    private static Map<String, String> bound(Class<?> header) {
        var functions = new TreeMap<String, String>();
        for (Method method : header.getDeclaredMethods()) {
            if (Modifier.isPublic(method.getModifiers()) && method.getName().startsWith("mn_") && !method.getName().contains("$")) {
                var types = new ArrayList<String>(List.of(method.getReturnType().getSimpleName()));
                Arrays.stream(method.getParameterTypes()).map(Class::getSimpleName).forEach(types::add);
                functions.put(method.getName(), types.toString());
            }
        }
        return functions;
    }
}
