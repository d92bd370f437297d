package dev.mneme.models.cli;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mneme.models.base.InputException;
import dev.mneme.models.base.internal.Decimals;
import dev.mneme.models.base.internal.Json;
import java.io.IOException;
import java.lang.reflect.RecordComponent;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Predicate;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/// Gives a command one flag for each component of a settings record (`--hidden-size` for `hidden_size`), and merges
/// defaults, a JSON file and flags, each over the one before.
final class SettingFlags {
    private SettingFlags() {}

    /// @param used whether the command uses a setting, by its name
    static void addTo(CommandSpec command, Record defaults, Predicate<String> used) {
        ObjectNode values = Json.tree(defaults);
        for (RecordComponent component : defaults.getClass().getRecordComponents()) {
            String name = snake(component);
            if (!used.test(name)) {
                continue;
            }
            String text = component.getAccessor().getAnnotation(JsonPropertyDescription.class).value();
            String value = values.path(name).isTextual() ? values.path(name).asText().toLowerCase(Locale.ROOT) : values.path(name).toString();
            var option = OptionSpec.builder("--" + name.replace('_', '-'))
                    .paramLabel("<" + label(component) + ">").type(String.class)
                    .description(text + " (" + value + ")");
            command.addOption(option.build());
        }
    }

    /// @param file of settings, or null
    /// @return the merged settings, and through `given` the names that the file or a flag named
    static <T extends Record> T merge(T defaults, Path file, ParseResult flags, Set<String> given) throws IOException {
        ObjectNode merged = Json.tree(defaults);
        String source = "the flags";
        if (file != null) {
            ObjectNode fromFile = Json.read(file);
            fromFile.fieldNames().forEachRemaining(given::add);
            merged.setAll(fromFile);
            source = file.toString();
        }
        for (RecordComponent component : defaults.getClass().getRecordComponents()) {
            String flag = "--" + snake(component).replace('_', '-');
            if (flags.hasMatchedOption(flag)) {
                set(merged, component, flag, flags.matchedOptionValue(flag, ""));
                given.add(snake(component));
            }
        }
        @SuppressWarnings("unchecked")
        Class<T> type = (Class<T>) defaults.getClass();
        return Json.convert(merged, type, source);
    }

    /// @param asked of the command
    /// @param unused settings that were given, and why they have no effect
    /// @throws InputException if there are any
    static void requireUsed(String asked, Set<String> unused, String why) {
        if (!unused.isEmpty()) {
            throw new InputException(asked, "the settings " + unused + " were given, and " + why, "leave them out");
        }
    }

    private static void set(ObjectNode to, RecordComponent component, String flag, String text) {
        String name = snake(component);
        Class<?> type = component.getType();
        try {
            if (type == int.class || type == long.class) {
                to.put(name, Decimals.whole(text).orElseThrow(NumberFormatException::new));
            } else if (type == double.class) {
                to.put(name, Decimals.number(text).orElseThrow(NumberFormatException::new));
            } else if (type == String.class) {
                to.put(name, text);
            } else if (type == boolean.class && Set.of("true", "false").contains(text)) {
                to.put(name, Boolean.parseBoolean(text));
            } else if (type == List.class) {
                ArrayNode list = to.putArray(name);
                for (String part : text.split(",")) {
                    list.add(Decimals.whole(part.strip()).orElseThrow(NumberFormatException::new));
                }
            } else if (type.isEnum() && List.of(label(component).split("\\|")).contains(text.toLowerCase(Locale.ROOT))) {
                to.put(name, text.toUpperCase(Locale.ROOT));
            } else {
                throw new NumberFormatException();
            }
        } catch (NumberFormatException e) {
            throw new InputException("set " + flag + " to " + text, "that is no " + label(component),
                    "give one, or leave the flag out", e);
        }
    }

    private static String label(RecordComponent component) {
        Class<?> type = component.getType();
        if (type.isEnum()) {
            return String.join("|", Arrays.stream(type.getEnumConstants()).map(c -> c.toString().toLowerCase(Locale.ROOT)).toList());
        }
        return type == boolean.class ? "true|false" : type == double.class ? "number"
                : type == String.class ? "name" : type == List.class ? "list of integers" : "integer";
    }

    private static String snake(RecordComponent component) {
        return component.getName().replaceAll("([A-Z])", "_$1").toLowerCase(Locale.ROOT);
    }
}
