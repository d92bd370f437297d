package dev.mneme.models.base.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonTextTest {
    @ParameterizedTest
    @ValueSource(strings = {"", "a", "\ud83d\ude00", "\ud800", "\udc00", "a\ud800b\udc00\ud83d\ude00c", "\udc00\ud800", "\ud800\ud83d\ude00"})
    void anyStringIsWrittenAndReadAgain(String text, @TempDir Path folder) throws Exception {
        Json.write(folder.resolve("file.json"), Json.object().put("text", text));
        assertEquals(text, Json.read(folder.resolve("file.json")).path("text").asText());
    }

    @Test
    void onlyHalvesOfCharactersAreEscaped() {
        assertEquals("{\"a\":\"\\ud800é\ud83d\ude00\\udfff\"}", Json.line(Json.object().put("a", "\ud800é\ud83d\ude00\udfff")));
    }

    private enum Kind { INSIDE, FLOAT16 }

    private record Holder(Kind kind) {}

    @Test
    void namesHaveTheSameLettersInEveryLanguage() {
        Locale before = Locale.getDefault();
        Locale.setDefault(Locale.of("tr", "TR"));
        try {
            assertEquals("{\"kind\":\"inside\"}", Json.line(Json.tree(new Holder(Kind.INSIDE))));
            assertEquals(new Holder(Kind.INSIDE), Json.convert(Json.object().put("kind", "inside"), Holder.class, "a"));
        } finally {
            Locale.setDefault(before);
        }
    }
}
