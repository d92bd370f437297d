package dev.mneme.models.report;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;

/// One evaluation on a training curve; units as in [Arm].
///
/// @param trainLoss mean over the steps since the previous point, or null before the first step
/// @param usage one per memory layer; empty without memory, and where an older run did not keep it
@JsonInclude(JsonInclude.Include.ALWAYS)
public record CurvePoint(
        long step, long memorySteps, Double trainLoss, double mlmLoss, Double factAccuracy, List<UsePoint> usage) {

    public CurvePoint {
        usage = usage == null ? List.of() : List.copyOf(usage);
    }
}
