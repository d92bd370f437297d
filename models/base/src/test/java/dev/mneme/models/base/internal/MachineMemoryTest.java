package dev.mneme.models.base.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.mneme.models.base.InputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MachineMemoryTest {
    private static final double MIB = 1 << 20;

    @TempDir
    private Path root;

    private void write(String file, String text) throws IOException {
        Files.createDirectories(root.resolve(file).getParent());
        Files.writeString(root.resolve(file), text);
    }

    @Test
    void whatTheSystemHasCountsWithItsSwap() throws IOException {
        write("proc/meminfo", "MemTotal: 9999 kB\nMemAvailable:    4096 kB\nSwapFree:    1024 kB\n");
        assertEquals(5 * MIB, MachineMemory.available(root));
    }

    @Test
    void theNarrowestOfTheControlGroupsCountsWithoutItsCacheOfFiles() throws IOException {
        write("proc/meminfo", "MemAvailable: 999999 kB\nSwapFree: 0 kB\n");
        write("proc/self/cgroup", "0::/a/b\n");
        write("sys/fs/cgroup/a/memory.max", (int) (9 * MIB) + "\n");
        write("sys/fs/cgroup/a/memory.current", (int) (5 * MIB) + "\n");
        write("sys/fs/cgroup/a/memory.stat", "anon 17\ninactive_file " + (int) (2 * MIB) + "\n");
        write("sys/fs/cgroup/a/b/memory.max", "max\n");
        assertEquals(6 * MIB, MachineMemory.available(root));
        write("proc/self/cgroup", "7:cpu,memory:/docker/1\n");
        write("sys/fs/cgroup/memory/memory.limit_in_bytes", (int) (8 * MIB) + "\n"); // as a container sees its own
        write("sys/fs/cgroup/memory/memory.usage_in_bytes", (int) (1 * MIB) + "\n");
        assertEquals(7 * MIB, MachineMemory.available(root));
    }

    @Test
    void bothFiguresAreTold() {
        assertEquals("build it: it takes 2.0 GiB of memory, and 1.5 GiB are to be had; give smaller sizes, or use a machine with more memory",
                assertThrows(InputException.class, () -> MachineMemory.require("build it", 2.0 * (1 << 30), 1.5 * (1 << 30))).getMessage());
        MachineMemory.require("build it", 1.5 * (1 << 30), 1.5 * (1 << 30));
    }
}
