package dev.mneme.models.text;

import com.fasterxml.jackson.databind.JsonNode;
import dev.mneme.models.base.InputException;
import dev.mneme.models.base.internal.Json;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;

/// A file with a JSON object on each line, of which one string is the text. Blank lines are passed over.
final class JsonLines implements TextSource {
    private final Path file;
    private final String column;
    private final LineReader lines;

    JsonLines(Path file, String column, int maxLineBytes) {
        this.file = file;
        this.column = column;
        lines = new LineReader(file, maxLineBytes);
    }

    @Override
    public String next() {
        String line = lines.next();
        while (line != null && line.isBlank()) {
            line = lines.next();
        }
        if (line == null) {
            return null;
        }
        JsonNode record = Json.line(line, this::bad);
        JsonNode text = record.path(column);
        if (text.isMissingNode()) {
            throw bad("has no string \"" + column + "\", but " + names(record), "name the one that has the text with --text-column");
        }
        if (!text.isTextual()) {
            throw bad("has a \"" + column + "\" that is no string (" + text.getNodeType().name().toLowerCase(Locale.ROOT) + ")",
                    "write a string there, \"\" where there is no text, or leave the line out");
        }
        return text.textValue();
    }

    private static String names(JsonNode record) {
        String names = record.properties().stream().map(Map.Entry::getKey).toList().toString();
        return names.length() > 200 ? names.substring(0, 200) + "…" : names;
    }

    private InputException bad(String found, String remedy) {
        return new InputException("read " + file + " as JSON lines", "line " + lines.lineNumber() + " " + found, remedy);
    }

    @Override
    public void close() {
        lines.close();
    }
}
