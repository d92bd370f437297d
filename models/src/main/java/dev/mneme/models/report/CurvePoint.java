package dev.mneme.models.report;

import com.fasterxml.jackson.annotation.JsonInclude;

/// One evaluation on a training curve; units as in [Arm].
///
/// @param trainLoss mean over the steps since the previous point, or null before the first step
@JsonInclude(JsonInclude.Include.ALWAYS)
public record CurvePoint(long step, long memorySteps, Double trainLoss, double mlmLoss, Double factAccuracy) {}
