package dev.mneme.models.report;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import dev.mneme.models.base.internal.JsonNumbers.OrNaN;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

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
/// @param metrics of the task that it was fine-tuned for, by name; empty without one
/// @param skippedSteps steps that changed nothing, because their loss or gradient was not finite; null is read as none
@JsonInclude(JsonInclude.Include.ALWAYS)
public record Arm(
        String name, long seed, long steps, long memorySteps, long parameters, @JsonDeserialize(using = OrNaN.class) double mlmLoss, Double factAccuracy,
        double tokensPerSecond, List<CurvePoint> curve, List<LayerUsage> usage, Reading equalMemorySteps,
        Map<String, Double> metrics, Long skippedSteps) {

    public Arm {
        skippedSteps = skippedSteps == null ? 0 : skippedSteps;
        metrics = metrics == null ? Map.of() : Collections.unmodifiableMap(new LinkedHashMap<>(metrics));
        curve = curve == null ? List.of() : List.copyOf(curve);
        usage = usage == null ? List.of() : List.copyOf(usage);
    }

    /// As part of a comparison: under another name, with the curve of the arm it started from before its own.
    ///
    /// @param before up to the step it started at; empty for an arm from scratch
    public Arm within(String otherName, List<CurvePoint> before, Reading reading) {
        var whole = new ArrayList<>(before);
        whole.addAll(curve);
        return new Arm(otherName, seed, steps, memorySteps, parameters, mlmLoss, factAccuracy, tokensPerSecond, whole, usage, reading, metrics,
                skippedSteps);
    }

    public Arm withMetrics(Map<String, Double> others) {
        return new Arm(name, seed, steps, memorySteps, parameters, mlmLoss, factAccuracy, tokensPerSecond, curve, usage, equalMemorySteps, others,
                skippedSteps);
    }

    public Arm withSkippedSteps(long count) {
        return new Arm(name, seed, steps, memorySteps, parameters, mlmLoss, factAccuracy, tokensPerSecond, curve, usage, equalMemorySteps, metrics,
                count);
    }

    /// Of no task, and without a skipped step.
    public Arm(String name, long seed, long steps, long memorySteps, long parameters, double mlmLoss, Double factAccuracy,
            double tokensPerSecond, List<CurvePoint> curve, List<LayerUsage> usage, Reading equalMemorySteps) {
        this(name, seed, steps, memorySteps, parameters, mlmLoss, factAccuracy, tokensPerSecond, curve, usage, equalMemorySteps, Map.of(),
                null);
    }

    /// The figures at the end of training.
    Reading end() {
        return new Reading(steps, memorySteps, mlmLoss, factAccuracy, usage);
    }
}
