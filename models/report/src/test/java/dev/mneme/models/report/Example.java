package dev.mneme.models.report;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// A small report whose means and deviations are easy to work out by hand.
final class Example {
    static LayerUsage usage(int layer, double topk, double top1, double kl, double... heads) {
        return new LayerUsage(layer, 98_304, topk, top1, heads, kl, kl / 2, 0.5, 0.01, 10, 100, 1000);
    }

    static CurvePoint point(long step, long memorySteps, double loss, Double accuracy, UsePoint... usage) {
        return new CurvePoint(step, memorySteps, loss, loss, accuracy, List.of(usage));
    }

    static Arm none(long seed, double loss, double accuracy, double speed) {
        return new Arm("none", seed, 4000, 0, 1_234_567, loss, accuracy, speed,
                List.of(point(0, 0, 8, 0.0), point(2000, 0, 2.5, 0.3), point(4000, 0, loss, accuracy)), List.of(), null);
    }

    static Arm scratch(long seed, double loss, double accuracy, LayerUsage usage) {
        var reading = new Reading(2000, 2000, 1.5, 0.5, List.of(usage));
        return new Arm("residual-scratch", seed, 4000, 4000, 2_345_678, loss, accuracy, 10_000,
                List.of(point(0, 0, 8, 0.0), point(2000, 2000, 1.5, 0.5), point(4000, 4000, loss, accuracy)),
                List.of(usage), reading);
    }

    /// One that diverged and has neither facts nor a last point, with two memories.
    static Arm diverged() {
        return new Arm("residual-pretrained", 1, 3000, 1000, 2_345_678, Double.NaN, null, 9_999.6,
                List.of(point(2000, 0, 2.5, null), point(3000, 1000, Double.NaN, null)),
                List.of(usage(1, 0.9, 0.5, 0.5, 0.25, 0.3), usage(3, 1, 0.7, 0.7, 0.5, 0.55)), null);
    }

    static Report report() {
        Map<String, String> versions = new LinkedHashMap<>();
        versions.put("mneme", "0.1.0");
        versions.put("java", "25");
        return new Report("A & <b>", 83.4, versions, Map.of("corpus", "<script>alert('&')</script>"), List.of(
                none(1, 2.0, 0.40, 20_000), none(2, 2.2, 0.44, 22_000),
                scratch(1, 1.0, 0.6, usage(1, 0.8, 0.2, 1.0, 0.10, 0.20)),
                scratch(2, 1.2, 0.7, usage(1, 0.9, 0.4, 1.5, 0.15, 0.30)), diverged()));
    }

    private Example() {}
}
