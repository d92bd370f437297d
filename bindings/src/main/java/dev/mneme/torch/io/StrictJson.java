package dev.mneme.torch.io;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.core.util.JsonParserDelegate;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.Reader;
import java.io.StringReader;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/// The one reader of JSON: RFC 8259's grammar, in UTF-8, without a name that is twice in an object and without a number that is too large for
/// float64 (RFC 7493). An escaped half of a surrogate pair is a character, as it is for Python. There is one value in a text and nothing after it; NaN, comments and commas that
/// nothing follows are no JSON. A byte order mark at the beginning is skipped, as in every text file.
///
/// A whole text has at most 5 million values, brackets and names. Values are nested at most 1,000 deep, a number has at most 1,000 digits, a name at most 50,000 characters and a string 20 million.
public final class StrictJson {
    private static final char MARK = '\uFEFF';
    private static final int MAX_REASON = 200;
    private static final int MOST_TOKENS = 5_000_000; // of a text that becomes objects in memory
    private static final JsonFactory FACTORY = factory(StreamReadConstraints.defaults());
    private static final JsonFactory BOUNDED = factory(StreamReadConstraints.builder().maxTokenCount(MOST_TOKENS).build());
    private static final JsonMapper TREES = JsonMapper.builder().build();

    /// What is wrong with a text, and where: `it is not JSON at line 2, column 7 (…)`. Lines and columns count from 1.
    public static final class Mistake extends IOException {
        private static final long serialVersionUID = 1;

        private final long line;
        private final String reason;

        private Mistake(String found, long line, String reason, Exception cause) {
            super(found, cause);
            this.line = line;
            this.reason = reason;
        }

        /// The line of the text.
        public long line() {
            return line;
        }

        /// What is wrong, without the place.
        public String reason() {
            return reason;
        }
    }

    /// The value of a whole text.
    ///
    /// @throws Mistake if it is not JSON
    public static JsonNode read(String text) throws Mistake {
        Reader reader = new StringReader(text);
        if (!text.isEmpty() && text.charAt(0) == MARK) {
            reader = new StringReader(text.substring(1));
        }
        try (JsonParser parser = new Strict(BOUNDED.createParser(reader))) {
            return whole(parser);
        } catch (Mistake e) {
            throw e;
        } catch (IOException e) {
            throw new IllegalStateException("text in memory cannot fail to be read", e);
        }
    }

    /// Why a text is none, in words that follow "it is".
    static final class Malformed extends Exception {
        private static final long serialVersionUID = 1L;

        Malformed(String found) {
            super(found);
        }
    }

    /// The object that a whole text in UTF-8 is: of a file that only programs write, without a byte order mark.
    static JsonNode object(ByteBuffer utf8) throws Malformed {
        String text;
        try {
            text = StandardCharsets.UTF_8.newDecoder().decode(utf8).toString();
        } catch (CharacterCodingException e) {
            throw new Malformed("not UTF-8");
        }
        if (!text.isEmpty() && text.charAt(0) == MARK) {
            throw new Malformed("not JSON (it begins with a byte order mark)");
        }
        try {
            JsonNode root = text.isBlank() ? null : read(text);
            if (root != null && root.isObject()) {
                return root;
            }
        } catch (Mistake e) {
            throw new Malformed("not JSON (" + e.reason() + ")");
        }
        throw new Malformed("not a JSON object");
    }

    /// The tokens of a text, for one that is not held in memory: strict as the others, but that the caller looks at its end. The parser closes
    /// the reader.
    public static JsonParser parser(Reader text) throws IOException {
        return new Strict(FACTORY.createParser(text));
    }

    /// The value that a parser is at, or that comes next.
    public static JsonNode tree(JsonParser parser) throws IOException {
        return TREES.readTree(parser);
    }

    /// What a parser's exception says.
    public static Mistake mistake(JsonParser parser, JsonProcessingException e) {
        JsonLocation at = e.getLocation() != null ? e.getLocation() : parser.currentLocation(); // null where a limit is met
        String reason = e instanceof StreamConstraintsException ? e.getOriginalMessage().replaceFirst(" \\(`StreamRead.*", "")
                : e.getOriginalMessage().replaceAll("\\[Source: [^;\\]]*; line: (\\d+), column: (\\d+)]", "line $1, column $2");
        reason = reason.lines().findFirst().orElse("");
        reason = reason.length() > MAX_REASON ? reason.substring(0, MAX_REASON) + "…" : reason;
        return new Mistake("it is not JSON at line " + at.getLineNr() + ", column " + at.getColumnNr() + " (" + reason + ")", at.getLineNr(), reason, e);
    }

    private static JsonFactory factory(StreamReadConstraints constraints) {
        return JsonFactory.builder().streamReadConstraints(constraints)
                .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
                .disable(JsonFactory.Feature.INTERN_FIELD_NAMES) // a vocabulary's are many, and each is there once
                .build();
    }

    private static JsonNode whole(JsonParser parser) throws IOException {
        try {
            JsonNode value = tree(parser);
            if (value == null) {
                throw new Mistake("it is empty", 1, "there is nothing", null);
            }
            if (parser.nextToken() != null) {
                throw new Refused(parser, "something follows the value");
            }
            return value;
        } catch (JsonProcessingException e) {
            throw mistake(parser, e);
        }
    }

    /// What is JSON by its grammar, and refused here.
    private static final class Refused extends JsonProcessingException {
        private static final long serialVersionUID = 1;

        Refused(JsonParser parser, String reason) {
            super(reason, parser.currentTokenLocation());
        }
    }

    private static final class Strict extends JsonParserDelegate {
        Strict(JsonParser parser) {
            super(parser);
        }

        @Override
        public JsonToken nextToken() throws IOException {
            JsonToken token = delegate.nextToken();
            if (token == JsonToken.VALUE_NUMBER_FLOAT && !Double.isFinite(delegate.getDoubleValue())) {
                throw new Refused(this, "a number is too large");
            }
            return token;
        }
    }

    private StrictJson() {}
}
