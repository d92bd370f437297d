package dev.mneme.models.base.internal;

import dev.mneme.models.base.InputException;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/// How much memory this process can still get. What a file asks for is compared with it before anything is allocated: what comes after is the
/// operating system's out-of-memory killer, which says nothing.
public final class MachineMemory {
    private static final double ALWAYS = 1 << 26; // not worth asking

    /// @param asked what is to be made, for the message
    /// @param bytes what it takes at least
    /// @throws InputException if that is more than there is
    public static void require(String asked, double bytes) {
        if (bytes > ALWAYS) {
            require(asked, bytes, available(Path.of("/")));
        }
    }

    static void require(String asked, double bytes, double available) {
        if (bytes > available) {
            throw new InputException(asked, String.format(Locale.ROOT, "it takes %.1f GiB of memory, and %.1f GiB are to be had", gib(bytes), gib(available)),
                    "give smaller sizes, or use a machine with more memory");
        }
    }

    /// As [#require], of what Java keeps in its own heap.
    public static void requireHeap(String asked, double bytes) {
        if (bytes > ALWAYS) {
            require(asked, bytes, Math.min(Runtime.getRuntime().maxMemory(), available(Path.of("/"))));
        }
    }

    private static double gib(double bytes) {
        return bytes / (1 << 30);
    }

    /// What the system says is available, with its swap, and what the control groups of the process leave of their limits.
    ///
    /// @param root of the file system
    /// @return bytes; infinity where nothing is known
    static double available(Path root) {
        double least = Double.POSITIVE_INFINITY;
        try {
            double swap = field(root.resolve("proc/meminfo"), "SwapFree:", 0) * 1024;
            double free = field(root.resolve("proc/meminfo"), "MemAvailable:", Double.NaN) * 1024;
            if (Double.isNaN(free)) { // no Linux
                return ManagementFactory.getOperatingSystemMXBean() instanceof com.sun.management.OperatingSystemMXBean system
                        ? (double) system.getTotalMemorySize() + system.getTotalSwapSpaceSize() : least;
            }
            least = free + swap;
            for (String line : lines(root.resolve("proc/self/cgroup"))) {
                String[] parts = line.split(":", 3); // number, controllers, path
                if (parts.length == 3 && (parts[1].isEmpty() || List.of(parts[1].split(",")).contains("memory"))) {
                    least = Math.min(least, group(root, parts[1].isEmpty(), parts[2]) + swap);
                }
            }
        } catch (IOException e) {
            return least;
        }
        return least;
    }

    /// What a control group and those above it leave. A container sees its own as the uppermost.
    private static double group(Path root, boolean second, String path) throws IOException {
        Path top = root.resolve(second ? "sys/fs/cgroup" : "sys/fs/cgroup/memory");
        double least = Double.POSITIVE_INFINITY;
        for (Path at = Path.of(path.replaceFirst("^/+", "")); at != null; at = at.getParent()) {
            least = Math.min(least, left(top.resolve(at), second));
        }
        return Math.min(least, left(top, second));
    }

    private static double left(Path group, boolean second) throws IOException {
        double limit = number(group.resolve(second ? "memory.max" : "memory.limit_in_bytes"), Double.POSITIVE_INFINITY);
        double used = number(group.resolve(second ? "memory.current" : "memory.usage_in_bytes"), 0);
        double given = field(group.resolve("memory.stat"), second ? "inactive_file " : "total_inactive_file ", 0); // the cache of files
        return limit - Math.max(0, used - given);
    }

    private static List<String> lines(Path file) throws IOException {
        return Files.isReadable(file) ? Files.readAllLines(file) : List.of();
    }

    /// A file with one number, or another word where there is no limit.
    private static double number(Path file, double otherwise) throws IOException {
        List<String> lines = lines(file);
        return lines.isEmpty() || !lines.getFirst().strip().matches("\\d{1,20}") ? otherwise : Double.parseDouble(lines.getFirst().strip());
    }

    /// The number behind a name.
    private static double field(Path file, String name, double otherwise) throws IOException {
        for (String line : lines(file)) {
            if (line.startsWith(name)) {
                return Double.parseDouble(line.substring(name.length()).replaceAll("[^0-9]", ""));
            }
        }
        return otherwise;
    }

    private MachineMemory() {}
}
