package dev.mneme.models.report;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import dev.mneme.models.base.internal.JsonNumbers.OrNaN;
import java.util.List;

/// What was measured at one moment of an arm's training; units as in [Arm].
@JsonInclude(JsonInclude.Include.ALWAYS)
public record Reading(long steps, long memorySteps, @JsonDeserialize(using = OrNaN.class) double mlmLoss, Double factAccuracy, List<LayerUsage> usage) {

    public Reading {
        usage = usage == null ? List.of() : List.copyOf(usage);
    }
}
