package dev.mneme.models.base.internal;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.util.JsonGeneratorDelegate;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.deser.std.StdScalarDeserializer;
import com.fasterxml.jackson.databind.module.SimpleModule;
import java.io.IOException;

/// Numbers that JSON has none for: written as null, and read from nowhere but null, where a report may have it.
public final class JsonNumbers {
    /// For numbers of settings: "NaN" and "Infinity" are none, which Jackson takes otherwise.
    static final SimpleModule ONLY_NUMBERS = new SimpleModule().addDeserializer(double.class, new Number(double.class))
            .addDeserializer(Double.class, new Number(Double.class));

    static JsonFactory factory() {
        return JsonFactory.builder().addDecorator((factory, generator) -> new Finite(generator)).build();
    }

    private static final class Number extends StdScalarDeserializer<Double> {
        private static final long serialVersionUID = 1;

        Number(Class<?> type) {
            super(type);
        }

        @Override
        public Double deserialize(JsonParser parser, DeserializationContext context) throws IOException {
            return parser.currentToken().isNumeric() ? (Double) parser.getDoubleValue() : (Double) context.handleUnexpectedToken(handledType(), parser);
        }

        @Override
        public Double getNullValue(DeserializationContext context) throws JsonMappingException {
            return handledType() == double.class ? context.reportInputMismatch(this, "null is no number") : null;
        }
    }

    /// For a figure of a report that may not have been measured: null is NaN, and so is "NaN", as earlier releases wrote it.
    public static final class OrNaN extends StdScalarDeserializer<Double> {
        private static final long serialVersionUID = 1;

        public OrNaN() {
            super(double.class);
        }

        @Override
        public Double deserialize(JsonParser parser, DeserializationContext context) throws IOException {
            return parser.currentToken() == JsonToken.VALUE_STRING ? (Double) Double.parseDouble(parser.getText()) : (Double) parser.getDoubleValue();
        }

        @Override
        public Double getNullValue(DeserializationContext context) {
            return Double.NaN;
        }
    }

    private static final class Finite extends JsonGeneratorDelegate {
        Finite(JsonGenerator generator) {
            super(generator);
        }

        @Override
        public void writeNumber(double value) throws IOException {
            if (Double.isFinite(value)) {
                delegate.writeNumber(value);
            } else {
                delegate.writeNull();
            }
        }

        @Override
        public void writeNumber(float value) throws IOException {
            if (Float.isFinite(value)) {
                delegate.writeNumber(value);
            } else {
                delegate.writeNull();
            }
        }

        @Override
        public void writeArray(double[] values, int from, int count) throws IOException {
            writeStartArray();
            for (int i = from; i < from + count; i++) {
                writeNumber(values[i]);
            }
            writeEndArray();
        }
    }

    private JsonNumbers() {}
}
