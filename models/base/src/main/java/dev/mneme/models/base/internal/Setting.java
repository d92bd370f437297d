package dev.mneme.models.base.internal;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/// One value of a record of settings, as JSON and flags name it. A record in a record that is unwrapped ([JsonUnwrapped]) has its values among the
/// outer one's, under its prefix.
///
/// @param name in snake case: `value_learning_rate`
/// @param description what it is, or an empty text
/// @param choices the names of its values where it has a few, else none
public record Setting(String name, Class<?> type, String description, List<String> choices) {
    /// Those of a record, in its order.
    public static List<Setting> of(Class<?> record) {
        return of(record, "");
    }

    private static List<Setting> of(Class<?> record, String prefix) {
        var settings = new ArrayList<Setting>();
        for (RecordComponent component : record.getRecordComponents()) {
            JsonUnwrapped unwrapped = component.getAccessor().getAnnotation(JsonUnwrapped.class);
            if (unwrapped != null) {
                settings.addAll(of(component.getType(), prefix + unwrapped.prefix()));
            } else {
                JsonPropertyDescription description = component.getAccessor().getAnnotation(JsonPropertyDescription.class);
                settings.add(new Setting(prefix + component.getName().replaceAll("([A-Z])", "_$1").toLowerCase(Locale.ROOT), component.getType(),
                        description == null ? "" : description.value(), choices(component)));
            }
        }
        return settings;
    }

    private static List<String> choices(RecordComponent component) {
        Choices named = component.getAccessor().getAnnotation(Choices.class);
        if (named != null) {
            return List.of(named.value());
        }
        Object[] constants = component.getType().getEnumConstants();
        return constants == null ? List.of() : Arrays.stream(constants).map(each -> each.toString().toLowerCase(Locale.ROOT)).toList();
    }
}
