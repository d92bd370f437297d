package dev.mneme.bench;

import dev.mneme.models.base.Versions;

/// Prints `name=value` lines of what the benchmarks run on, for peers/compare.py.
public final class ShowVersions {
    public static void main(String[] args) {
        Versions.all().forEach((name, version) -> System.out.println(name + "=" + version));
    }

    private ShowVersions() {}
}
