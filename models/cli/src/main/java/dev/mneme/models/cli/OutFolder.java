package dev.mneme.models.cli;

import dev.mneme.models.base.InputException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/// Where a command writes: looked at before the work, so that a mistake costs no time.
final class OutFolder {
    /// @throws InputException if it is a file, or cannot be made or written to
    static void check(Path folder) {
        Path existing = folder.toAbsolutePath();
        while (!Files.exists(existing)) {
            existing = existing.getParent();
        }
        String asked = "write to the folder " + folder;
        if (!Files.isDirectory(existing)) {
            throw new InputException(asked, existing + " is a file", "choose another with --out");
        }
        if (!Files.isWritable(existing)) {
            throw new InputException(asked, "permission is denied at " + existing, "choose another with --out");
        }
    }

    /// A run is resumed as it was started: nothing but its folder may be said.
    ///
    /// @throws InputException if another flag was given than --resume and --out
    static void requireAlone(ParseResult flags, Path out) {
        List<String> others = flags.matchedOptions().stream().map(OptionSpec::longestName)
                .filter(name -> !List.of("--out", "--resume").contains(name)).toList();
        if (!others.isEmpty()) {
            throw new InputException("resume the run in " + out, others + " were given as well",
                    "leave them out: a run keeps what it was started with; --from " + out + " starts another from it");
        }
    }

    private OutFolder() {}
}
