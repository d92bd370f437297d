package dev.mneme.models.text.tasks;

import com.fasterxml.jackson.databind.JsonNode;
import dev.mneme.models.base.InputException;
import dev.mneme.models.base.internal.Json;
import dev.mneme.models.text.LineReader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// A file with a JSON object on each line. Blank lines are passed over.
final class JsonRows implements Rows {
    private final Path file;
    private final LineReader lines;
    private JsonNode row;

    JsonRows(Path file, int maxBytes) {
        this.file = file;
        lines = LineReader.open(file, maxBytes, Records.TOO_LONG);
    }

    @Override
    public boolean next() {
        String line = lines.next();
        while (line != null && line.isBlank()) {
            line = lines.next();
        }
        if (line == null) {
            return false;
        }
        row = Json.line(line, this::bad);
        return true;
    }

    @Override
    public String text(String column) {
        JsonNode value = row.path(column);
        if (!value.isTextual()) {
            throw lacks("string", column);
        }
        return value.textValue();
    }

    @Override
    public String value(String column) {
        JsonNode value = row.path(column);
        if (!value.isValueNode() || value.isNull()) {
            throw lacks("string, number or truth value", column);
        }
        return value.asText();
    }

    @Override
    public List<String> words(String column) {
        JsonNode array = row.path(column);
        List<String> words = new ArrayList<>();
        for (JsonNode each : array) {
            words.add(each.textValue());
        }
        if (!array.isArray() || words.contains(null)) {
            throw lacks("array of strings", column);
        }
        return words;
    }

    private InputException lacks(String kind, String column) {
        List<String> names = row.properties().stream().map(Map.Entry::getKey).toList();
        return row.has(column)
                ? bad("has " + Rows.shown(row.get(column).toString()) + " as \"" + column + "\"", "give a JSON " + kind + " there")
                : bad("has no \"" + column + "\", but " + Rows.shown(names), "name a column that every line has");
    }

    @Override
    public String label(String column) {
        if (Json.isAbsent(row.path(column))) {
            return null;
        }
        String label = value(column);
        return Rows.blank(label) ? null : label;
    }

    @Override
    public List<String> labels(String column) {
        if (Json.isAbsent(row.path(column))) {
            return null;
        }
        List<String> labels = words(column);
        return labels.isEmpty() || labels.stream().anyMatch(Rows::blank) ? null : labels;
    }

    @Override
    public Origin origin(String column) {
        return new Origin("read " + file + " as JSON lines", "line " + lines.lineNumber(), column);
    }

    @Override
    public InputException bad(String found, String remedy) {
        return origin(null).bad(found, remedy);
    }

    @Override
    public void close() {
        lines.close();
    }
}
