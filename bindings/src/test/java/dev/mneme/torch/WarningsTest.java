package dev.mneme.torch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.mneme.torch.testing.Forked;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What libtorch warns of reaches a Java program by its logger, from every thread, and standard error not at all.
class WarningsTest {
    static final class Program {
        private static final List<String> SEEN = new CopyOnWriteArrayList<>();
        private static final Logger LOGGER = Logger.getLogger("dev.mneme.torch");

        public static void main(String[] arguments) throws InterruptedException {
            LOGGER.setUseParentHandlers(false);
            LOGGER.addHandler(new Handler() {
                @Override
                public void publish(LogRecord warning) {
                    SEEN.add(warning.getLevel() + " " + warning.getMessage());
                    if (SEEN.size() == 3) {
                        throw new StackOverflowError("a handler that fails");
                    }
                }

                @Override
                public void flush() {}

                @Override
                public void close() {}
            });
            resize();
            Thread other = new Thread(Program::resize);
            other.start();
            other.join();
            resize();
            System.out.println(SEEN.stream().filter(w -> w.startsWith("WARNING An output with one or more elements was resized")).count());
        }

        /// An op that is given an output of another shape warns each time.
        private static void resize() {
            try (var scope = TensorScope.open()) {
                Tensor out = Tensor.zeros(DType.FLOAT32, 3);
                Tensor one = Tensor.ones(DType.FLOAT32, 2);
                Op.find("aten::add.out").call(one, one, 1, out);
                if (out.toFloats()[1] != 2) {
                    throw new AssertionError("the op's result");
                }
            }
        }
    }

    @Test
    void warningsGoToTheLogger(@TempDir Path folder) {
        Forked program = Forked.run(folder, Program.class);
        assertFalse(program.crashed(), program.output());
        assertEquals("3", program.output().strip());
        assertEquals(0, program.exit());
    }
}
