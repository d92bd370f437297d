package dev.mneme.torch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.mneme.torch.nn.Embedding;
import dev.mneme.torch.nn.LayerNorm;
import dev.mneme.torch.nn.Linear;
import dev.mneme.torch.nn.Module;
import dev.mneme.torch.optim.AdamW;
import dev.mneme.torch.testing.NoLeaks;
import java.util.LinkedHashMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// A constructor that fails halfway leaves nothing behind: [NoLeaks] counts.
@ExtendWith(NoLeaks.class)
class ConstructionTest {
    private static final class Model extends Module {
        final Tensor scale;

        Model(boolean whole) {
            try (var construction = Construction.open()) {
                part("first", new Linear(3, 4));
                scale = parameter("scale", Tensor.ones(DType.FLOAT32, 2));
                part("second", new LayerNorm(whole ? 4 : -1, 1e-5)); // fails in libtorch
                construction.complete();
            }
        }
    }

    @Test
    void whatAModuleMadeBeforeItFailedIsFreed() {
        assertThrows(TorchException.class, () -> new Model(false));
        try (var scope = TensorScope.open()) {
            assertThrows(TorchException.class, () -> new Model(false));
        }
        assertThrows(TorchException.class, () -> new Linear(1L << 40, 1L << 40));
        assertThrows(IllegalArgumentException.class, () -> new Embedding(10, 4, -5));
        assertThrows(IllegalArgumentException.class, () -> new Embedding(10, 4, 10));
    }

    @Test
    void whatIsWholeStays() {
        try (var scope = TensorScope.open(); var model = new Model(true)) {
            assertEquals(2, model.scale.sum().item());
            assertEquals(3 * 4 + 4 + 2 + 8, model.parameterCount());
        }
    }

    /// The outer object would have owned the inner ones.
    @Test
    void whatFailsTakesWholePartsWithIt() {
        class Outer extends Module {
            Outer() {
                try (var construction = Construction.open()) {
                    part("inner", new Model(true));
                    throw new IllegalStateException("fails");
                }
            }
        }
        assertThrows(IllegalStateException.class, Outer::new);
    }

    @Test
    void anOptimizerFreesItsMoments() {
        try (var scope = TensorScope.open()) {
            var parameters = new LinkedHashMap<String, Tensor>();
            parameters.put("a", Tensor.ones(DType.FLOAT32, 2));
            Tensor closed = Tensor.ones(DType.FLOAT32, 2);
            parameters.put("b", closed);
            closed.close();
            assertThrows(IllegalStateException.class, () -> new AdamW(parameters, AdamW.Config.DEFAULT));
        }
    }
}
