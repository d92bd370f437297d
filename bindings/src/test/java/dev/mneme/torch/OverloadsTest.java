package dev.mneme.torch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.mneme.torch.testing.Golden;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/// A call of a generated method means one thing: whichever overload Java takes, an argument goes to the parameter of the same name.
class OverloadsTest {
    private static final int MOST_ARGUMENTS = 6;
    private static final Path SOURCES = Golden.file("../../..").normalize().resolve("bindings/src/main/java/dev/mneme/torch");

    /// What a written argument can be given to. `1` is an int, which Java turns into a long, a double, or a boxed Integer, which is a Number.
    private enum Written {
        INT("long", "double", "Number", "long..."), DOUBLE("double", "Number"), FLAG("boolean", "Boolean"), TENSOR("Tensor"), LIST("long[]");

        private final List<String> types;

        Written(String... types) {
            this.types = List.of(types);
        }
    }

    private record Parameter(String type, String name) {}

    private static Map<String, List<List<Parameter>>> overloads(String source) throws IOException {
        var method = Pattern.compile("    (?:default|public static) \\S+ (\\w+)\\(([^)]*)\\) \\{");
        var overloads = new TreeMap<String, List<List<Parameter>>>();
        method.matcher(Files.readString(SOURCES.resolve(source))).results().forEach(match -> {
            var parameters = new ArrayList<Parameter>();
            for (String each : match.group(2).isEmpty() ? new String[0] : match.group(2).split(", ")) {
                parameters.add(new Parameter(each.substring(0, each.lastIndexOf(' ')), each.substring(each.lastIndexOf(' ') + 1)));
            }
            overloads.computeIfAbsent(match.group(1), name -> new ArrayList<>()).add(parameters);
        });
        return overloads;
    }

    /// The parameters that n arguments go to, or null where the overload does not take as many.
    private static List<Parameter> spread(List<Parameter> parameters, int n) {
        boolean variable = !parameters.isEmpty() && parameters.getLast().type().endsWith("...");
        if (!variable) {
            return parameters.size() == n ? parameters : null;
        }
        if (n < parameters.size()) {
            return null;
        }
        var spread = new ArrayList<>(parameters);
        while (spread.size() < n) {
            spread.add(parameters.getLast());
        }
        return spread;
    }

    private static boolean takesTheSame(Parameter a, Parameter b) {
        return a.type().equals(b.type()) || Arrays.stream(Written.values()).anyMatch(w -> w.types.contains(a.type()) && w.types.contains(b.type()));
    }

    private static List<String> ambiguities(Map<String, List<List<Parameter>>> methods) {
        var found = new ArrayList<String>();
        methods.forEach((name, overloads) -> {
            for (int n = 1; n <= MOST_ARGUMENTS; n++) {
                for (int i = 0; i < overloads.size(); i++) {
                    for (int j = 0; j < i; j++) {
                        List<Parameter> a = spread(overloads.get(i), n);
                        List<Parameter> b = spread(overloads.get(j), n);
                        if (a == null || b == null) {
                            continue;
                        }
                        boolean bothFit = true;
                        boolean sameNames = true;
                        for (int k = 0; k < n; k++) {
                            bothFit &= takesTheSame(a.get(k), b.get(k));
                            sameNames &= a.get(k).name().equals(b.get(k).name());
                        }
                        if (bothFit && !sameNames) {
                            found.add(name + overloads.get(i) + " and " + overloads.get(j));
                        }
                    }
                }
            }
        });
        return found;
    }

    @Test
    void noArgumentMeansAnotherThingInAnotherOverload() throws IOException {
        for (String source : List.of("TensorOps.java", "Torch.java")) {
            Map<String, List<List<Parameter>>> methods = overloads(source);
            assertTrue(methods.size() > 20, source + " has " + methods.size() + " methods");
            assertEquals(List.of(), ambiguities(methods), source);
        }
    }

    @Test
    void anOverloadThatTakesADimensionForACorrectionIsFound() {
        var dims = List.of(new Parameter("long...", "dim"));
        var corrected = List.of(new Parameter("long", "dim"), new Parameter("Number", "correction"));
        assertEquals(1, ambiguities(Map.of("var", List.of(dims, corrected))).size());
        assertEquals(List.of(), ambiguities(Map.of("sum", List.of(dims, List.of(new Parameter("long", "dim"), new Parameter("boolean", "keepdim"))))));
    }
}
