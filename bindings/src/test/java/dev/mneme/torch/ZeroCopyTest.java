package dev.mneme.torch;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.mneme.torch.testing.Expect;
import dev.mneme.torch.testing.NoLeaks;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.ref.WeakReference;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/// Memory that Java and libtorch both see, and who keeps it alive.
@ExtendWith(NoLeaks.class)
class ZeroCopyTest {
    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT;

    @Test
    void aTensorOverASegmentSeesItsWritesAndTheOtherWayRound() {
        try (var scope = TensorScope.open()) {
            MemorySegment segment = Arena.ofAuto().allocateFrom(FLOAT, 1, 2, 3, 4, 5, 6);
            Tensor tensor = Tensor.of(segment, DType.FLOAT32, 2, 3);
            assertArrayEquals(new long[] {3, 1}, tensor.strides());
            segment.setAtIndex(FLOAT, 4, 50);
            assertArrayEquals(new float[] {1, 2, 3, 4, 50, 6}, tensor.toFloats());
            tensor.t().mul_(2);
            assertArrayEquals(new float[] {2, 4, 6, 8, 100, 12}, segment.toArray(FLOAT));
            tensor.close();
        }
    }

    @Test
    void everyDtypeCanLieOverASegment() {
        try (var scope = TensorScope.open()) {
            for (DType dtype : DType.values()) {
                MemorySegment segment = Arena.ofAuto().allocate(5L * dtype.bytes(), 8);
                Tensor tensor = Tensor.of(segment, dtype, 5).fill_(1);
                assertEquals(dtype, tensor.dtype());
                assertArrayEquals(new long[] {1, 1, 1, 1, 1}, Tensor.of(segment, dtype, 5).toLongs(), dtype.toString());
            }
            assertEquals(0, Tensor.of(Arena.ofAuto().allocate(0), DType.FLOAT32, 0, 7).numel());
        }
    }

    @Test
    void theSegmentIsHeldUntilTheLastViewIsClosed() {
        int before = SharedMemory.held();
        Tensor tensor = Tensor.of(Arena.ofAuto().allocate(16, 4), DType.FLOAT32, 4);
        Tensor view = tensor.narrow(0, 1, 2);
        tensor.close();
        assertEquals(before + 1, SharedMemory.held());
        view.close();
        assertEquals(before, SharedMemory.held());
    }

    @Test
    void theCollectorLeavesASegmentThatATensorUses() throws InterruptedException {
        var segment = new WeakReference<MemorySegment>(null);
        try (var scope = TensorScope.open()) {
            MemorySegment memory = Arena.ofAuto().allocate(8, 4);
            segment = new WeakReference<>(memory);
            Tensor tensor = Tensor.of(memory, DType.FLOAT32, 2).fill_(3);
            memory = null;
            for (int i = 0; i < 3; i++) {
                System.gc();
            }
            assertNotNull(segment.get());
            assertArrayEquals(new float[] {3, 3}, tensor.toFloats());
        }
        for (int i = 0; i < 100 && segment.get() != null; i++) {
            System.gc();
            Thread.sleep(10);
        }
        assertNull(segment.get(), "a closed tensor still holds its segment");
    }

    @Test
    void theMemoryOfATensorIsSharedAndOutlivesIt() {
        try (var arena = Arena.ofConfined()) {
            MemorySegment segment;
            try (var scope = TensorScope.open()) {
                Tensor tensor = Tensor.of(new float[] {1, 2, 3, 4}, 2, 2);
                segment = tensor.segment(arena);
                segment.setAtIndex(FLOAT, 0, 10);
                tensor.select(0, 1).add_(1);
                assertArrayEquals(new float[] {10, 2, 4, 5}, tensor.toFloats());
            }
            overwriteFreed(4);
            assertArrayEquals(new float[] {10, 2, 4, 5}, segment.toArray(FLOAT));
        }
    }

    /// Memory that libtorch had got back would soon hold the values of another tensor of this size.
    private static void overwriteFreed(long elements) {
        for (int i = 0; i < 100; i++) {
            Tensor.zeros(DType.FLOAT32, elements).close();
        }
    }

    @Test
    void theMemoryIsReleasedWithTheArena() {
        Native.Live before = Native.live();
        try (var arena = Arena.ofConfined(); var scope = TensorScope.open()) {
            Tensor tensor = Tensor.zeros(DType.FLOAT32, 3, 5);
            tensor.segment(arena);
            tensor.select(0, 1).segment(arena);
            assertEquals(before.storages() + 2, Native.live().storages());
            assertEquals(before.storageBytes() + 60, Native.live().storageBytes(), "one storage");
        }
        assertEquals(before, Native.live());
        var closed = Arena.ofConfined();
        closed.close();
        try (Tensor tensor = Tensor.zeros(DType.FLOAT32, 3)) {
            assertThrows(IllegalStateException.class, () -> tensor.segment(closed));
        }
        assertEquals(before, Native.live(), "a closed arena holds nothing");
    }

    /// Ways to give a tensor of four elements other memory.
    private static Map<String, Consumer<Tensor>> movingAway() {
        var ways = new LinkedHashMap<String, Consumer<Tensor>>();
        ways.put("resize_", x -> Op.find("aten::resize_").call(x, new long[] {1000}, null));
        ways.put("resize_as_", x -> Op.find("aten::resize_as_").call(x, Tensor.zeros(DType.FLOAT32, 1000), null));
        ways.put("out", x -> Op.find("aten::arange.start_out").call(0, 1000, 1, x));
        ways.put("a copy on write", x -> {
            try (Tensor clone = ((Tensor) Op.find("aten::_lazy_clone").call(x).getFirst()).keep()) {
                x.fill_(9);
            }
        });
        ways.put("setData", x -> x.setData(Tensor.zeros(DType.FLOAT32, 1000)));
        ways.put("set_", x -> Op.find("aten::set_.source_Tensor").call(x, Tensor.zeros(DType.FLOAT32, 1000)));
        ways.put("set_ to nothing", x -> Op.find("aten::set_").call(x));
        return ways;
    }

    @Test
    void aTensorThatMovesAwayLeavesTheSegmentItsMemory() {
        Native.Live before = Native.live();
        movingAway().forEach((how, move) -> {
            try (var scope = TensorScope.open(); var arena = Arena.ofConfined()) {
                Tensor tensor = Tensor.of(new float[] {1, 2, 3, 4});
                MemorySegment segment = tensor.segment(arena);
                try {
                    move.accept(tensor);
                } catch (TorchException refused) {
                    assertArrayEquals(new float[] {1, 2, 3, 4}, tensor.toFloats(), how + ": " + refused);
                }
                overwriteFreed(4);
                assertArrayEquals(new float[] {1, 2, 3, 4}, segment.toArray(FLOAT), how);
                tensor.segment(arena).fill((byte) 0);
            }
            assertEquals(before, Native.live(), how);
        });
    }

    @Test
    void aTensorThatMovesAwayFromAWrappedSegmentLetsItGo() {
        int before = SharedMemory.held();
        movingAway().forEach((how, move) -> {
            try (var scope = TensorScope.open()) {
                Tensor tensor = Tensor.of(Arena.ofAuto().allocateFrom(FLOAT, 1, 2, 3, 4), DType.FLOAT32, 4);
                try {
                    move.accept(tensor);
                    if (tensor.numel() == 1000) {
                        tensor.fill_(1);
                        assertEquals(1000, tensor.sum().item(), how);
                    }
                    assertEquals(before, SharedMemory.held(), how);
                } catch (TorchException refused) {
                    assertArrayEquals(new float[] {1, 2, 3, 4}, tensor.toFloats(), how + ": " + refused);
                }
            }
        });
        assertEquals(before, SharedMemory.held());
    }

    @Test
    void theMemoryOfAViewBeginsWhereTheViewDoes() {
        try (var scope = TensorScope.open(); var arena = Arena.ofConfined()) {
            Tensor tensor = Tensor.of(new long[] {1, 2, 3, 4, 5, 6}, 3, 2);
            assertArrayEquals(new long[] {3, 4}, tensor.select(0, 1).segment(arena).toArray(ValueLayout.JAVA_LONG));
        }
    }

    @Test
    void aViewWithGapsHasNoSegment() {
        try (var scope = TensorScope.open()) {
            Expect.message(IllegalStateException.class, () -> Tensor.zeros(DType.INT32, 2, 3).t().segment(),
                    "segment", "[3, 2] int32", "not contiguous", "Call contiguous()");
        }
    }

    @Test
    void segmentsThatCannotBeSharedAreRefused(@TempDir Path folder) throws IOException {
        int before = SharedMemory.held();
        Expect.message(IllegalArgumentException.class, () -> Tensor.of(MemorySegment.ofArray(new float[4]), DType.FLOAT32, 4),
                "Tensor.of", "on the Java heap", "Arena.ofAuto()", "Tensor.copyOf");
        Expect.message(IllegalArgumentException.class, () -> Tensor.of(Arena.ofAuto().allocate(15), DType.FLOAT32, 2, 2),
                "shape [2, 2] of float32 takes 16 bytes", "the segment has 15", "Pass a slice of that size");
        Expect.message(IllegalArgumentException.class, () -> Tensor.of(Arena.ofAuto().allocate(16), DType.FLOAT32, -2, -2),
                "[-2, -2] was given", "at least 0");
        Path file = Files.write(folder.resolve("values"), new byte[16]);
        try (var channel = FileChannel.open(file, StandardOpenOption.READ); var arena = Arena.ofConfined()) {
            MemorySegment mapped = channel.map(FileChannel.MapMode.READ_ONLY, 0, 16, arena);
            Expect.message(IllegalArgumentException.class, () -> Tensor.of(mapped, DType.FLOAT32, 4), "Tensor.of", "read-only", "Tensor.copyOf");
        }
        assertEquals(before, SharedMemory.held());
    }

    /// libtorch would go on using memory that is gone.
    @Test
    void aSegmentWhoseArenaCanBeClosedIsCopiedOrRefused() {
        try (var scope = TensorScope.open(); var confined = Arena.ofConfined(); var shared = Arena.ofShared()) {
            for (Arena arena : List.of(confined, shared)) {
                Expect.message(IllegalArgumentException.class, () -> Tensor.of(arena.allocateFrom(FLOAT, 1, 2), DType.FLOAT32, 2),
                        "Tensor.of", "arena that can be closed", "Arena.ofAuto()", "Tensor.copyOf");
            }
            Tensor copy;
            try (var arena = Arena.ofShared()) {
                MemorySegment segment = arena.allocateFrom(FLOAT, 1, 2, 3, 4);
                copy = Tensor.copyOf(segment, DType.FLOAT32, 2, 2);
                segment.fill((byte) 0);
            }
            assertArrayEquals(new float[] {1, 2, 3, 4}, copy.toFloats());
            assertArrayEquals(new long[] {7, 8}, Tensor.copyOf(MemorySegment.ofArray(new long[] {7, 8}).asReadOnly(), DType.INT64, 2).toLongs());
            Expect.message(IllegalArgumentException.class, () -> Tensor.copyOf(MemorySegment.ofArray(new long[3]), DType.INT64, 2),
                    "Tensor.copyOf", "takes 16 bytes", "has 24");
            var closed = Arena.ofConfined();
            MemorySegment gone = closed.allocate(8);
            closed.close();
            assertThrows(IllegalStateException.class, () -> Tensor.copyOf(gone, DType.INT64, 1));
        }
    }

    @Test
    void memoryThatNobodyCanCloseIsShared(@TempDir Path folder) throws IOException {
        Path file = Files.write(folder.resolve("values"), new byte[8]);
        try (var scope = TensorScope.open(); var channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            for (MemorySegment segment : List.of(Arena.global().allocate(8, 8), Arena.ofAuto().allocate(24, 8).asSlice(8, 8),
                    MemorySegment.ofBuffer(ByteBuffer.allocateDirect(8)), channel.map(FileChannel.MapMode.READ_WRITE, 0, 8, Arena.ofAuto()))) {
                Tensor.of(segment, DType.INT64, 1).fill_(5);
                assertEquals(5, segment.get(ValueLayout.JAVA_LONG_UNALIGNED, 0));
            }
        }
    }
}
