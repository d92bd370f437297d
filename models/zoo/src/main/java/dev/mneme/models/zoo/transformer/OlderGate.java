package dev.mneme.models.zoo.transformer;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.deser.std.StdDeserializer;
import dev.mneme.pkm.ProductKeyConfig.Gate;
import java.io.IOException;

/// Reads a gate by its name, or as older files have it: false for none, true for silu.
public final class OlderGate extends StdDeserializer<Gate> {
    private static final long serialVersionUID = 1;

    public OlderGate() {
        super(Gate.class);
    }

    @Override
    public Gate deserialize(JsonParser parser, DeserializationContext context) throws IOException {
        String text = parser.currentToken().isBoolean() ? (parser.getBooleanValue() ? "silu" : "none") : parser.getText();
        for (Gate each : Gate.values()) {
            if (each.name().equalsIgnoreCase(text)) {
                return each;
            }
        }
        return (Gate) context.handleWeirdStringValue(Gate.class, text, "give none, silu or memory_plus");
    }
}
