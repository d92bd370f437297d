package dev.mneme.torch;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import dev.mneme.torch.testing.Expect;
import dev.mneme.torch.testing.NoLeaks;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.ref.WeakReference;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/// Memory that Java and libtorch both see, and who keeps it alive.
@ExtendWith(NoLeaks.class)
class ZeroCopyTest {
    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT;

    @Test
    void aTensorOverASegmentSeesItsWritesAndTheOtherWayRound() {
        try (var scope = TensorScope.open(); var arena = Arena.ofConfined()) {
            MemorySegment segment = arena.allocateFrom(FLOAT, 1, 2, 3, 4, 5, 6);
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
        MemorySegment segment;
        try (var scope = TensorScope.open()) {
            Tensor tensor = Tensor.of(new float[] {1, 2, 3, 4}, 2, 2);
            segment = tensor.segment();
            segment.setAtIndex(FLOAT, 0, 10);
            tensor.select(0, 1).add_(1);
            assertArrayEquals(new float[] {10, 2, 4, 5}, tensor.toFloats());
        }
        // Memory that libtorch had got back would soon hold the values of another tensor of this size.
        for (int i = 0; i < 100; i++) {
            Tensor.zeros(DType.FLOAT32, 2, 2).close();
        }
        assertArrayEquals(new float[] {10, 2, 4, 5}, segment.toArray(FLOAT));
    }

    @Test
    void theMemoryOfAViewBeginsWhereTheViewDoes() {
        try (var scope = TensorScope.open()) {
            Tensor tensor = Tensor.of(new long[] {1, 2, 3, 4, 5, 6}, 3, 2);
            assertArrayEquals(new long[] {3, 4}, tensor.select(0, 1).segment().toArray(ValueLayout.JAVA_LONG));
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
                "Tensor.of", "on the Java heap", "Allocate it from an Arena");
        Expect.message(IllegalArgumentException.class, () -> Tensor.of(Arena.ofAuto().allocate(15), DType.FLOAT32, 2, 2),
                "shape [2, 2] of float32 takes 16 bytes", "the segment has 15", "Pass a slice of that size");
        Expect.message(IllegalArgumentException.class, () -> Tensor.of(Arena.ofAuto().allocate(16), DType.FLOAT32, -2, -2),
                "[-2, -2] was given", "at least 0");
        Path file = Files.write(folder.resolve("values"), new byte[16]);
        try (var channel = FileChannel.open(file, StandardOpenOption.READ); var arena = Arena.ofConfined()) {
            MemorySegment mapped = channel.map(FileChannel.MapMode.READ_ONLY, 0, 16, arena);
            Expect.message(IllegalArgumentException.class, () -> Tensor.of(mapped, DType.FLOAT32, 4), "Tensor.of", "read-only", "Copy it");
        }
        MemorySegment gone;
        try (var arena = Arena.ofConfined()) {
            gone = arena.allocate(16);
        }
        Expect.message(IllegalStateException.class, () -> Tensor.of(gone, DType.FLOAT32, 4), "Tensor.of", "arena", "was closed", "Close the arena after");
        assertEquals(before, SharedMemory.held());
    }
}
