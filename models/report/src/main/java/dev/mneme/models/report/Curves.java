package dev.mneme.models.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;

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

    /// A line for each arm and memory layer; the layer is named where a report has several.
    ///
    /// @param metric of a memory at a point
    /// @param atReading the same of an arm's reading after equal steps with memory
    static List<LineChart.Series> useSeries(
            Report report, ToDoubleFunction<UsePoint> metric, ToDoubleFunction<LayerUsage> atReading) {
        List<Runs> arms = Runs.of(report);
        Map<String, ArmStyle> styles = ArmStyle.of(arms);
        boolean several = layers(report.arms()).size() > 1;
        var series = new ArrayList<LineChart.Series>();
        for (Runs arm : arms) {
            List<Integer> layers = layers(arm.seeds());
            for (int i = 0; i < layers.size(); i++) {
                int layer = layers.get(i);
                series.add(new LineChart.Series(several ? arm.name() + " L" + layer : arm.name(), styles.get(arm.name()).line(i),
                        points(arm, point -> point.usage().stream().filter(u -> u.layer() == layer).findFirst()
                                .map(metric::applyAsDouble).orElse(null)),
                        mark(arm, reading -> reading.usage().stream().filter(u -> u.layer() == layer).findFirst()
                                .map(atReading::applyAsDouble).orElse(null))));
            }
        }
        return series;
    }

    /// The memory layers whose usage the arms' curves have.
    static List<Integer> layers(List<Arm> arms) {
        return arms.stream().flatMap(arm -> arm.curve().stream()).flatMap(point -> point.usage().stream()).map(UsePoint::layer)
                .distinct().sorted().toList();
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
