package dev.mneme.torch;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.mneme.torch.testing.Expect;
import dev.mneme.torch.testing.NoLeaks;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(NoLeaks.class)
class GeneratorTest {
    private TensorScope scope;

    @BeforeEach
    void open() {
        scope = TensorScope.open();
    }

    @AfterEach
    void close() {
        scope.close();
    }

    private static float[] draw(Generator generator) {
        return Tensor.randn(generator, DType.FLOAT32, 100).toFloats();
    }

    @Test
    void theSameSeedGivesTheSameNumbers() {
        try (var a = Generator.of(7); var b = Generator.of(7); var c = Generator.of(8)) {
            float[] first = draw(a);
            assertArrayEquals(first, draw(b));
            assertFalse(Arrays.equals(first, draw(c)));
            assertFalse(Arrays.equals(first, draw(a)), "it goes on");
            a.seed(7);
            assertArrayEquals(first, draw(a));
        }
    }

    /// torch.manual_seed(0); torch.randn(4) of PyTorch on a CPU, the numbers in many a tutorial.
    @Test
    void theNumbersAreThoseOfPyTorch() {
        try (var generator = Generator.of(0)) {
            // The last digit may differ with the vector instructions of the CPU.
            assertArrayEquals(new float[] {1.5410f, -0.2934f, -2.1788f, 0.5684f},
                    Tensor.randn(generator, DType.FLOAT32, 4).toFloats(), 1e-4f);
        }
    }

    @Test
    void aStateIsSavedAndRestored() {
        try (var generator = Generator.of(7); var other = Generator.of(9)) {
            draw(generator);
            Tensor state = generator.state();
            assertEquals(DType.UINT8, state.dtype());
            float[] next = draw(generator);
            generator.setState(state);
            assertArrayEquals(next, draw(generator));
            other.setState(state.copy());
            assertArrayEquals(next, draw(other), "also in another generator");
        }
    }

    @Test
    void generatorsDoNotDisturbEachOther() {
        try (var a = Generator.of(7); var b = Generator.of(7)) {
            float[] first = draw(a);
            Tensor.randn(null, DType.FLOAT32, 3);
            assertArrayEquals(first, draw(b));
        }
    }

    @Test
    void manualSeedSetsTheDefaultGenerator() {
        Native.manualSeed(7);
        float[] first = draw(null);
        assertFalse(Arrays.equals(first, draw(null)));
        Native.manualSeed(7);
        assertArrayEquals(first, draw(null));
        try (var generator = Generator.of(7)) {
            assertArrayEquals(first, draw(generator), "the same seed, the same numbers");
        }
    }

    @Test
    void misuseIsRefused() {
        var closed = Generator.of(1);
        closed.close();
        closed.close();
        Expect.message(IllegalStateException.class, () -> draw(closed), "Generator", "was closed", "make a new one");
        try (var generator = Generator.of(1)) {
            float[] first = draw(generator);
            generator.seed(1);
            Expect.message(TorchException.class, () -> generator.setState(Tensor.zeros(DType.FLOAT32, 3)),
                    "Generator.setState", "[3]", "ByteTensor", "Convert an argument");
            Expect.message(TorchException.class, () -> generator.setState(Tensor.zeros(DType.UINT8, 3)), "Generator.setState", "[3] uint8", "size");
            assertArrayEquals(first, draw(generator), "a refused state changes nothing");
        }
        Expect.message(IllegalArgumentException.class, () -> Device.cuda(-1), "Device", "-1", "count the GPUs from 0");
    }
}
