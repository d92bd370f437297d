package dev.mneme.tests;

import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import dev.mneme.torch.testing.Golden;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What must hold of the sources as a whole.
class StructureTest {
    private static final Path ROOT = Golden.file("").getParent().getParent().getParent();

    private static final JavaClasses CLASSES = new ClassFileImporter().withImportOption(new ImportOption.DoNotIncludeTests())
            .withImportOption(location -> !location.contains("test-classes") && !location.contains("-tests.jar")).importPackages("dev.mneme");

    private static final List<String> DOWNCALLS = List.of("downcallHandle", "FunctionDescriptor", "Linker.nativeLinker");

    private static final Pattern FORMATTED = Pattern.compile("(String\\.format|\\.printf)\\(\\s*(?!Locale\\.ROOT)"
            + "|\\.formatted\\(|::formatted|(?<!Character)\\.to(Low|Upp)erCase\\((?!Locale\\.ROOT)|::to(Low|Upp)erCase|DecimalFormat|NumberFormat\\.get|new Formatter\\(");

    @Test
    void downcallsAreMadeByJextractOnly() {
        List<Path> written = sources().filter(file -> !file.toString().contains("/ffi/")).toList();
        assertTrue(written.size() > 50, "found only " + written.size() + " sources");
        assertEquals(List.of(), written.stream().filter(StructureTest::bindsByHand).toList());
    }

    @Test
    void theSearchWouldSeeADowncall() {
        assertTrue(sources().filter(file -> file.toString().contains("/ffi/")).anyMatch(StructureTest::bindsByHand));
    }

    /// `%08d` has other digits in Egypt, and `I` in lower case no dot in Turkey: files are not found again, and messages differ.
    @Test
    void nothingIsFormattedForTheLocaleOfTheMachine() {
        List<String> found = files("bindings", "pkm", "models", "bench", "tests", "native/generator")
                .filter(file -> !file.toString().contains("/ffi/") && !file.endsWith("StructureTest.java"))
                .flatMap(file -> FORMATTED.matcher(text(file)).results().map(match -> file.getFileName() + ": " + match.group())).toList();
        assertEquals(List.of(), found);
    }

    @ParameterizedTest
    @ValueSource(strings = {"String.format(\"%d\", 1)", "out.printf(\n    format, 1)", "\"%d\".formatted(1)", "x.toLowerCase()", "String::toUpperCase",
        "new DecimalFormat(\"0\")"})
    void theSearchWouldSeeAFormatOfTheLocale(String code) {
        assertTrue(FORMATTED.matcher(code).find());
    }

    /// Modules look down because Maven builds them in that order; packages of one module could still lean on each other.
    @Test
    void noPackageNeedsItselfThroughOthers() {
        assertTrue(CLASSES.size() > 300, "found only " + CLASSES.size() + " classes");
        slices().matching("dev.mneme.(**)").should().beFreeOfCycles().check(CLASSES);
    }

    /// What a module is called is what its packages are called: `models/text` has `dev.mneme.models.text` and what is below it.
    @Test
    void packagesAreNamedAfterTheirModules() {
        Map<String, String> packages = Map.of("bindings", "dev/mneme/torch/", "pkm", "dev/mneme/pkm/", "bench", "dev/mneme/bench/");
        assertEquals(List.of(), sources().map(file -> ROOT.relativize(file).toString().replace('\\', '/'))
                .filter(file -> {
                    String module = file.substring(0, file.indexOf("/src/main/java/"));
                    String wanted = packages.getOrDefault(module, "dev/mneme/" + module + "/");
                    return !file.substring(module.length() + "/src/main/java/".length()).startsWith(wanted);
                }).toList());
    }

    private static Stream<Path> sources() {
        return files("bindings", "pkm", "models", "bench").filter(file -> file.toString().contains("/src/main/java/"));
    }

    /// The Java files below folders of the checkout, without what builds make.
    private static Stream<Path> files(String... folders) {
        return Stream.of(folders).flatMap(folder -> {
            try {
                return Files.walk(ROOT.resolve(folder)).filter(file -> file.toString().endsWith(".java") && !file.toString().contains("/target/"));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
    }

    private static boolean bindsByHand(Path file) {
        return DOWNCALLS.stream().anyMatch(text(file)::contains);
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
