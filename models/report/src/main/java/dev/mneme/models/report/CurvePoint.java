package dev.mneme.models.report;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import dev.mneme.models.base.internal.JsonNumbers.OrNaN;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// One evaluation on a training curve; units as in [Arm].
///
/// @param trainLoss mean over the steps since the previous point, or null before the first step
/// @param usage one per memory layer; empty without memory, and where an older run did not keep it
/// @param metrics of a task, by name; empty where only the loss counts
@JsonInclude(JsonInclude.Include.ALWAYS)
public record CurvePoint(
        long step, long memorySteps, Double trainLoss, @JsonDeserialize(using = OrNaN.class) double mlmLoss, Double factAccuracy, List<UsePoint> usage,
        Map<String, Double> metrics) {

    public CurvePoint {
        usage = usage == null ? List.of() : List.copyOf(usage);
        metrics = metrics == null ? Map.of() : Collections.unmodifiableMap(new LinkedHashMap<>(metrics));
    }

    /// Of a language model.
    public CurvePoint(long step, long memorySteps, Double trainLoss, double mlmLoss, Double factAccuracy, List<UsePoint> usage) {
        this(step, memorySteps, trainLoss, mlmLoss, factAccuracy, usage, Map.of());
    }
}
