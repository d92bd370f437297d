package dev.mneme.models.report;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Objects;

/// The runs of one arm, one per seed.
record Runs(String name, List<Arm> seeds) {
    static final String EQUAL_MEMORY = "equal steps with memory";
    static final String EQUAL_TOTAL = "equal total steps";

    /// What the runs measured at one moment.
    ///
    /// @param name of the moment, or null for an arm that has only one
    record Moment(String name, List<Reading> readings) {}

    /// The arms of a report in the order of their first run.
    static List<Runs> of(Report report) {
        var byName = new LinkedHashMap<String, List<Arm>>();
        report.arms().forEach(arm -> byName.computeIfAbsent(arm.name(), n -> new ArrayList<>()).add(arm));
        return byName.entrySet().stream().map(e -> new Runs(e.getKey(), e.getValue())).toList();
    }

    /// The end of training, and before it, for an arm from scratch, the end of equal steps with memory.
    List<Moment> moments() {
        List<Reading> ends = seeds.stream().map(Arm::end).toList();
        List<Reading> early = seeds.stream().map(Arm::equalMemorySteps).filter(Objects::nonNull).toList();
        return early.isEmpty() ? List.of(new Moment(null, ends))
                : List.of(new Moment(EQUAL_MEMORY, early), new Moment(EQUAL_TOTAL, ends));
    }
}
