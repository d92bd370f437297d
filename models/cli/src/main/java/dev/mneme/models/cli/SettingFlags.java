package dev.mneme.models.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.mneme.models.base.InputException;
import dev.mneme.models.base.internal.Decimals;
import dev.mneme.models.base.internal.Json;
import dev.mneme.models.base.internal.Setting;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Predicate;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/// Gives a command one flag for each setting of a record (`--hidden-size` for `hidden_size`), and merges
/// defaults, a JSON file and flags, each over the one before.
final class SettingFlags {
    private SettingFlags() {}

    /// @param used whether the command uses a setting, by its name
    static void addTo(CommandSpec command, Record defaults, Predicate<String> used) {
        ObjectNode values = Json.tree(defaults);
        for (Setting setting : Setting.of(defaults.getClass())) {
            if (!used.test(setting.name())) {
                continue;
            }
            JsonNode value = values.path(setting.name());
            var option = OptionSpec.builder(flag(setting)).paramLabel("<" + label(setting) + ">").type(String.class)
                    .description(setting.description() + " (" + shown(value) + ")");
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
            Json.requireNoNull(fromFile, file.toString());
            fromFile.fieldNames().forEachRemaining(given::add);
            merged.setAll(fromFile);
            source = file.toString();
        }
        for (Setting setting : Setting.of(defaults.getClass())) {
            if (flags.hasMatchedOption(flag(setting))) {
                set(merged, setting, flags.matchedOptionValue(flag(setting), ""));
                given.add(setting.name());
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

    /// As the flag takes it.
    private static String shown(JsonNode value) {
        return value.isTextual() ? value.asText().toLowerCase(Locale.ROOT)
                : value.isArray() ? String.join(",", value.valueStream().map(JsonNode::asText).toList()) : value.toString();
    }

    private static String flag(Setting setting) {
        return "--" + setting.name().replace('_', '-');
    }

    private static void set(ObjectNode to, Setting setting, String text) {
        String name = setting.name();
        Class<?> type = setting.type();
        try {
            if (type == int.class || type == long.class) {
                to.put(name, Decimals.whole(text).orElseThrow(NumberFormatException::new));
            } else if (type == double.class) {
                to.put(name, Decimals.number(text).orElseThrow(NumberFormatException::new));
            } else if (type == String.class) {
                to.put(name, text);
            } else if (isBoolean(type) && Set.of("true", "false").contains(text)) {
                to.put(name, Boolean.parseBoolean(text));
            } else if (type == List.class) {
                ArrayNode list = to.putArray(name);
                for (String part : text.split(",")) {
                    list.add(Decimals.whole(part.strip()).orElseThrow(NumberFormatException::new));
                }
            } else if (type.isEnum() && setting.choices().contains(text.toLowerCase(Locale.ROOT))) {
                to.put(name, text.toUpperCase(Locale.ROOT));
            } else {
                throw new NumberFormatException();
            }
        } catch (NumberFormatException e) {
            throw new InputException("set " + flag(setting) + " to " + text, "that is no " + label(setting),
                    "give one, or leave the flag out", e);
        }
    }

    private static boolean isBoolean(Class<?> type) {
        return type == boolean.class || type == Boolean.class;
    }

    private static String label(Setting setting) {
        Class<?> type = setting.type();
        if (type.isEnum()) {
            return String.join("|", setting.choices());
        }
        return isBoolean(type) ? "true|false" : type == double.class ? "number" : type == String.class ? "name"
                : type == List.class ? "list of integers, as in 0,2" : "integer";
    }
}
