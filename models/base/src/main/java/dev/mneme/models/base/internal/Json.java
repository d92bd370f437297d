package dev.mneme.models.base.internal;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.exc.InputCoercionException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.cfg.CoercionAction;
import com.fasterxml.jackson.databind.cfg.CoercionInputShape;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.ser.std.StdSerializer;
import com.fasterxml.jackson.databind.type.LogicalType;
import dev.mneme.models.base.InputException;
import dev.mneme.torch.internal.AtomicFile;
import dev.mneme.torch.io.StrictJson;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collection;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// JSON files: read by [StrictJson], names in snake case, nothing unknown accepted, mistakes told in one sentence. What is no finite number
/// is written as null.
public final class Json {
    private static final JsonMapper MAPPER = JsonMapper.builder(JsonNumbers.factory())
            .addModule(JsonNumbers.ONLY_NUMBERS)
            .withCoercionConfig(LogicalType.Textual, text -> text.setCoercion(CoercionInputShape.Integer, CoercionAction.Fail)
                    .setCoercion(CoercionInputShape.Float, CoercionAction.Fail).setCoercion(CoercionInputShape.Boolean, CoercionAction.Fail))
            .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
            .enable(SerializationFeature.INDENT_OUTPUT)
            .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            .enable(DeserializationFeature.FAIL_ON_NUMBERS_FOR_ENUMS)
            .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
            .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS, MapperFeature.AUTO_DETECT_IS_GETTERS)
            .enable(MapperFeature.ACCEPT_CASE_INSENSITIVE_ENUMS)
            .addModule(new SimpleModule().addSerializer(new LowerCase()))
            .defaultPropertyInclusion(JsonInclude.Value.construct(JsonInclude.Include.NON_NULL, JsonInclude.Include.NON_NULL))
            .build();

    /// Enums by their names in lower case: Jackson's own feature asks the machine's language, and Turkish has another i.
    @SuppressWarnings("rawtypes")
    private static final class LowerCase extends StdSerializer<Enum> {
        private static final long serialVersionUID = 1;

        LowerCase() {
            super(Enum.class);
        }

        @Override
        public void serialize(Enum value, JsonGenerator generator, SerializerProvider provider) throws IOException {
            generator.writeString(value.name().toLowerCase(Locale.ROOT));
        }
    }

    /// @throws InputException if the file is missing, cannot be read or is no JSON object
    public static ObjectNode read(Path file) {
        String asked = "read " + file;
        return parse(TextFile.read(asked, file), asked, "mend it there");
    }

    /// The JSON object on a line of a file.
    ///
    /// @param bad makes the exception of what is wrong and what to do: `is not JSON (…)`
    public static ObjectNode line(String line, BiFunction<String, String, InputException> bad) {
        String remedy = "give one JSON object a line";
        try {
            if (StrictJson.read(line) instanceof ObjectNode object) {
                return object;
            }
        } catch (StrictJson.Mistake e) {
            throw bad.apply("is not JSON (" + e.reason() + ")", remedy);
        }
        throw bad.apply("is no JSON object", remedy);
    }

    /// The object in a text.
    ///
    /// @param asked what it is read for, for messages
    /// @param remedy what to do where it is no JSON
    /// @throws InputException if the text is no JSON object
    public static ObjectNode parse(String text, String asked, String remedy) {
        try {
            if (StrictJson.read(text) instanceof ObjectNode object) {
                return object;
            }
        } catch (StrictJson.Mistake e) {
            throw new InputException(asked, e.getMessage(), remedy, e);
        }
        throw new InputException(asked, "it is not a JSON object", "write it as { \"name\": value, … }");
    }

    /// @param source where the node came from, for messages
    /// @throws InputException if a name is unknown or a value does not fit
    public static <T> T convert(JsonNode node, Class<T> type, String source) {
        if (type.isRecord() && node.isObject()) {
            requireKnown(node, type, source); // Jackson does not where records are unwrapped
        }
        try {
            return MAPPER.treeToValue(node, type);
        } catch (UnrecognizedPropertyException e) {
            throw unknown(source, e.getPropertyName(), e.getKnownPropertyIds().stream().filter(Objects::nonNull).map(Object::toString));
        } catch (JsonMappingException e) {
            if (e.getCause() instanceof InputException mistake) {
                throw mistake;
            }
            JsonNode value = node;
            String name = "it";
            for (JsonMappingException.Reference step : e.getPath()) {
                name = step.getFieldName() == null ? name : step.getFieldName(); // null: in a list
                value = step.getFieldName() == null ? value.path(step.getIndex()) : value.path(step.getFieldName());
            }
            throw new InputException("read " + source, name + (value.isMissingNode() ? " is missing" : " is " + shown(value)), "give " + wanted(e), e);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a tree cannot fail to parse", e);
        }
    }

    /// Settings that a user wrote: one that is null says nothing.
    ///
    /// @throws InputException if there is one
    public static void requireNoNull(ObjectNode settings, String source) {
        settings.properties().forEach(each -> {
            if (each.getValue().isNull()) {
                throw new InputException("read " + source, each.getKey() + " is null", "give it a value, or leave it out");
            }
        });
    }

    private static void requireKnown(JsonNode node, Class<?> type, String source) {
        Set<String> known = Setting.of(type).stream().map(Setting::name).collect(Collectors.toSet());
        node.fieldNames().forEachRemaining(name -> {
            if (!known.contains(name)) {
                throw unknown(source, name, known.stream());
            }
        });
    }

    private static InputException unknown(String source, String name, Stream<String> known) {
        return new InputException("read " + source, "it has the unknown name " + name, "choose among " + known.sorted().toList());
    }

    private static String shown(JsonNode value) {
        String text = value.toString();
        return text.length() <= 60 ? text : text.substring(0, 59) + "…";
    }

    private static String wanted(JsonMappingException e) {
        Class<?> type = e instanceof MismatchedInputException mismatch ? mismatch.getTargetType()
                : e.getCause() instanceof InputCoercionException coercion ? coercion.getTargetType() : null;
        if (type == int.class || type == Integer.class) {
            return "a whole number" + (e.getCause() instanceof InputCoercionException ? " up to " + Integer.MAX_VALUE : "");
        } else if (type == long.class || type == Long.class) {
            return "a whole number" + (e.getCause() instanceof InputCoercionException ? " up to " + Long.MAX_VALUE : "");
        } else if (type == double.class || type == Double.class) {
            return "a number";
        } else if (type == boolean.class || type == Boolean.class) {
            return "true or false";
        } else if (type == String.class) {
            return "a text in quotes";
        } else if (type != null && type.isEnum()) {
            return "one of " + Arrays.stream(type.getEnumConstants()).map(each -> each.toString().toLowerCase(Locale.ROOT)).toList();
        } else if (type != null && (Collection.class.isAssignableFrom(type) || type.isArray())) {
            return "a list in [ ]";
        }
        return type != null && (type.isRecord() || Map.class.isAssignableFrom(type)) ? "an object in { }" : "a value of the right kind";
    }

    public static ObjectNode tree(Object value) {
        return MAPPER.valueToTree(value);
    }

    public static ObjectNode object() {
        return MAPPER.createObjectNode();
    }

    /// On one line.
    public static String line(JsonNode value) {
        try {
            return encodable(MAPPER.writer().without(SerializationFeature.INDENT_OUTPUT).writeValueAsString(value));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a tree cannot fail to be written", e);
        }
    }

    public static String text(Object value) {
        try {
            return encodable(MAPPER.writeValueAsString(value));
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("not a value that JSON can hold: " + value.getClass(), e);
        }
    }

    /// JSON with surrogates that have lost their other half as `\\uXXXX`: UTF-8 has nothing for them, and they stand only in strings.
    private static String encodable(String json) {
        StringBuilder escaped = null;
        int from = 0;
        for (int i = 0; i < json.length(); i++) {
            char c = json.charAt(i);
            if (!Character.isSurrogate(c)) {
                continue;
            }
            if (Character.isHighSurrogate(c) && i + 1 < json.length() && Character.isLowSurrogate(json.charAt(i + 1))) {
                i++;
            } else {
                escaped = escaped == null ? new StringBuilder(json.length() + 16) : escaped;
                escaped.append(json, from, i).append(String.format(Locale.ROOT, "\\u%04x", (int) c));
                from = i + 1;
            }
        }
        return escaped == null ? json : escaped.append(json, from, json.length()).toString();
    }

    /// Writes a file beside its place and renames it: it is whole or not there.
    public static void write(Path file, Object value) throws IOException {
        AtomicFile.write(file, text(value) + "\n");
    }

    /// Whether a name is missing, or null.
    public static boolean isAbsent(JsonNode value) {
        return value.isMissingNode() || value.isNull();
    }

    /// Refuses a file in which a name has another value than the one that is supported, which is also that of a file without it.
    public static void only(Path file, JsonNode node, String name, String supported) {
        String value = node.path(name).asText(supported);
        if (!value.equals(supported)) {
            throw new InputException("read " + file, name + " is " + value, "give a model whose " + name + " is " + supported);
        }
    }

    /// A whole number of a file, or what stands for an absent one.
    ///
    /// @throws InputException if it is another value
    public static int whole(Path file, JsonNode node, String name, int otherwise) {
        JsonNode value = node.path(name);
        if (!isAbsent(value) && !(value.isIntegralNumber() && value.canConvertToInt())) {
            throw new InputException("read " + file, name + " is " + value,
                    "give a whole number" + (value.isIntegralNumber() ? " up to " + Integer.MAX_VALUE : ""));
        }
        return value.asInt(otherwise);
    }

    /// A number of a file, or what stands for an absent one.
    ///
    /// @throws InputException if it is another value
    public static double number(Path file, JsonNode node, String name, double otherwise) {
        JsonNode value = node.path(name);
        if (!isAbsent(value) && !value.isNumber()) {
            throw new InputException("read " + file, name + " is " + value, "give a number");
        }
        return value.asDouble(otherwise);
    }

    private Json() {}
}
