package dev.mneme.models.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.Function;

/// A report's training curves, over seeds, as a [LineChart] draws them.
final class Curves {
    /// @param metric of a point, or null where it has none
    /// @param atReading the same of an arm's reading after equal steps with memory
    static List<LineChart.Series> series(
            Report report, Function<CurvePoint, Double> metric, Function<Reading, Double> atReading) {
        List<Runs> arms = Runs.of(report);
        Map<String, ArmStyle> styles = ArmStyle.of(arms);
        return arms.stream().map(arm -> new LineChart.Series(
                arm.name(), styles.get(arm.name()), points(arm, metric), mark(arm, atReading))).toList();
    }

    // Only steps that every seed has: a mean over fewer would jump where a seed ends.
    private static List<LineChart.Point> points(Runs arm, Function<CurvePoint, Double> metric) {
        var bySteps = new TreeMap<Long, List<Double>>();
        for (Arm seed : arm.seeds()) {
            var ofSeed = new TreeMap<Long, Double>(); // the last of several evaluations of a step
            seed.curve().forEach(point -> ofSeed.put(point.step(), metric.apply(point)));
            ofSeed.forEach((step, value) -> bySteps.computeIfAbsent(step, s -> new ArrayList<>()).add(value));
        }
        long seeds = arm.seeds().stream().filter(seed -> !seed.curve().isEmpty()).count();
        var points = new ArrayList<LineChart.Point>();
        bySteps.forEach((step, values) -> {
            Stat stat = Stat.of(values.stream());
            if (stat.count() == seeds) {
                points.add(new LineChart.Point(step, stat.mean(), stat.min(), stat.max()));
            }
        });
        return points;
    }

    private static LineChart.Point mark(Runs arm, Function<Reading, Double> atReading) {
        List<Reading> readings = arm.seeds().stream().map(Arm::equalMemorySteps).filter(Objects::nonNull).toList();
        Stat stat = Stat.of(readings.stream().map(atReading));
        Stat steps = Stat.of(readings.stream().map(r -> (double) r.steps()));
        return stat.count() == 0 ? null : new LineChart.Point(steps.mean(), stat.mean(), stat.min(), stat.max());
    }

    /// The step at which memory was added to the pretrained arms, or 0.
    static long memoryAdded(Report report) {
        return report.arms().stream().filter(arm -> arm.memorySteps() > 0).mapToLong(arm -> arm.steps() - arm.memorySteps())
                .max().orElse(0);
    }

    private Curves() {}
}
