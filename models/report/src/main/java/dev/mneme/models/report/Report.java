package dev.mneme.models.report;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// All that a run measured: `report.json` is this record, its names in snake case.
///
/// @param title of the run, or null
/// @param seconds the whole run took, or null
/// @param versions of what it ran on, by name
/// @param config as resolved: any value that JSON can hold, or null
/// @param throughput of a single training, or null
/// @param arms one per arm and seed, in the order to be shown
/// @param modelling what all arms learnt; masked in a report that does not say so
public record Report(String title, Double seconds, Map<String, String> versions, Object config, Throughput throughput, List<Arm> arms,
        Modelling modelling) {

    public Report {
        versions = versions == null ? Map.of() : Collections.unmodifiableMap(new LinkedHashMap<>(versions));
        arms = arms == null ? List.of() : List.copyOf(arms);
        modelling = modelling == null ? Modelling.MASKED : modelling;
    }

    public Report(String title, Double seconds, Map<String, String> versions, Object config, List<Arm> arms) {
        this(title, seconds, versions, config, null, arms, null);
    }

    public Report(Map<String, String> versions, Object config, List<Arm> arms) {
        this(null, null, versions, config, null, arms, null);
    }
}
