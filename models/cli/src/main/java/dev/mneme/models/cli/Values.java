package dev.mneme.models.cli;

import dev.mneme.models.base.internal.Decimals;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import picocli.CommandLine;
import picocli.CommandLine.TypeConversionException;

/// What flags take: numbers as [Decimals] reads them, and paths that the system could have.
final class Values {
    static void addTo(CommandLine commandLine) {
        commandLine.registerConverter(int.class, text -> (int) whole(text, Integer.MIN_VALUE, Integer.MAX_VALUE));
        commandLine.registerConverter(Integer.class, text -> (int) whole(text, Integer.MIN_VALUE, Integer.MAX_VALUE));
        commandLine.registerConverter(long.class, text -> whole(text, Long.MIN_VALUE, Long.MAX_VALUE));
        commandLine.registerConverter(Path.class, Values::path);
    }

    private static long whole(String text, long least, long most) {
        return Decimals.whole(text).stream().filter(value -> value >= least && value <= most).findFirst()
                .orElseThrow(() -> new TypeConversionException("'" + text + "' is no integer" + (text.matches("[+-]?[0-9]+") ? " from " + least + " to " + most : "")));
    }

    private static Path path(String text) {
        if (text.isEmpty()) { // as of a variable that is not set: it would be the working folder
            throw new TypeConversionException("'' is no path (it is empty)");
        }
        try {
            return Path.of(text);
        } catch (InvalidPathException e) {
            if (!ArgumentLocale.readsAll()) {
                throw new TypeConversionException(ArgumentLocale.refused("name the file " + text, "it has letters that are not ASCII").getMessage());
            }
            throw new TypeConversionException("'" + text.replace("\0", "\\0") + "' is no path (" + e.getReason() + ")");
        }
    }

    private Values() {}
}
