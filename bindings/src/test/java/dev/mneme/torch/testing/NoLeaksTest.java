package dev.mneme.torch.testing;

import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.mneme.torch.DType;
import dev.mneme.torch.Generator;
import dev.mneme.torch.Tensor;
import java.lang.foreign.Arena;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@ExtendWith(NoLeaks.class)
class NoLeaksTest {
    private static final ExtensionContext CONTEXT = (ExtensionContext) Proxy.newProxyInstance(NoLeaksTest.class.getClassLoader(),
            new Class<?>[] {ExtensionContext.class}, (proxy, method, arguments) -> "a test");

    static List<Supplier<AutoCloseable>> leaks() {
        return List.of(
                () -> Tensor.zeros(DType.FLOAT32, 3),
                () -> Generator.of(1),
                () -> Tensor.of(Arena.ofAuto().allocate(8, 8), DType.INT64, 1),
                () -> {
                    Arena arena = Arena.ofConfined();
                    try (Tensor tensor = Tensor.zeros(DType.FLOAT32, 3)) {
                        tensor.segment(arena);
                    }
                    return arena;
                });
    }

    @ParameterizedTest
    @MethodSource("leaks")
    void whateverIsLeftOpenIsNoticed(Supplier<AutoCloseable> leak) throws Exception {
        var watch = new NoLeaks();
        watch.beforeEach(CONTEXT);
        try (AutoCloseable left = leak.get()) {
            assertThrows(AssertionError.class, () -> watch.afterEach(CONTEXT));
        }
        watch.afterEach(CONTEXT);
    }
}
