package dev.mneme.models.report;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;

/// One model trained from one seed. Its own figures are those at the end of training: arms compare at equal total steps.
///
/// @param name what is compared: `none`, `wide`, `replace-scratch`, `residual-scratch`, `replace-pretrained`,
///     `residual-pretrained` in the demo
/// @param steps in all, those before the memory was added included
/// @param memorySteps steps with memory; 0 without one
/// @param parameters values of the memories included
/// @param mlmLoss on held-out text, mean over masked tokens, in nats
/// @param factAccuracy share of held-out facts completed right, 0 to 1, or null where none are asked
/// @param tokensPerSecond of training
/// @param curve evaluations in the order of their steps
/// @param usage one per memory layer; empty without memory
/// @param equalMemorySteps what was measured after as many steps with memory as the pretrained arms had, for arms from
///     scratch; null for others
@JsonInclude(JsonInclude.Include.ALWAYS)
public record Arm(
        String name, long seed, long steps, long memorySteps, long parameters, double mlmLoss, Double factAccuracy,
        double tokensPerSecond, List<CurvePoint> curve, List<LayerUsage> usage, Reading equalMemorySteps) {

    public Arm {
        curve = curve == null ? List.of() : List.copyOf(curve);
        usage = usage == null ? List.of() : List.copyOf(usage);
    }

    /// The figures at the end of training.
    Reading end() {
        return new Reading(steps, memorySteps, mlmLoss, factAccuracy, usage);
    }
}
