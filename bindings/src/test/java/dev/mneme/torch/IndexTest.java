package dev.mneme.torch;

import static dev.mneme.torch.Index.ELLIPSIS;
import static dev.mneme.torch.Index.NEW_AXIS;
import static dev.mneme.torch.Index.all;
import static dev.mneme.torch.Index.at;
import static dev.mneme.torch.Index.range;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;

import dev.mneme.torch.testing.Expect;
import dev.mneme.torch.testing.NoLeaks;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// Indexing of a tensor x of shape (2, 3, 4) with the values 0 to 23, so that x[a, b, c] is 12a + 4b + c.
@ExtendWith(NoLeaks.class)
class IndexTest {
    private TensorScope scope;
    private Tensor x;

    @BeforeEach
    void open() {
        scope = TensorScope.open();
        x = Torch.arange(24).reshape(2, 3, 4);
    }

    @AfterEach
    void close() {
        scope.close();
    }

    private static void assertIs(Tensor actual, long[] shape, long... values) {
        assertArrayEquals(shape, actual.shape());
        assertArrayEquals(values, actual.toLongs());
    }

    /// It has no memory; PyTorch itself dies of it.
    @Test
    void zerosWithoutMemoryAreIndicesToo() {
        try (var scope = TensorScope.open()) {
            Tensor zeros = (Tensor) Op.find("aten::_efficientzerotensor").call(new long[] {2}, DType.INT64).getFirst();
            Tensor x = Torch.arange(12).reshape(4, 3);
            assertArrayEquals(new long[] {0, 1, 2, 0, 1, 2}, x.get(Index.of(zeros)).toLongs());
            x.set(7, Index.of(zeros));
            assertArrayEquals(new long[] {7, 7, 7, 3, 4, 5}, x.narrow(0, 0, 2).toLongs());
            assertArrayEquals(new long[] {7, 7, 7, 7, 7, 7}, ((Tensor) Op.find("aten::index.Tensor").call(x, List.of(zeros)).getFirst()).reshape(-1).toLongs());
        }
    }

    @Test
    void aPositionRemovesItsDimension() {
        assertIs(x.get(at(1), at(2), at(3)), new long[] {}, 23);
        assertIs(x.get(at(1), at(-1)), new long[] {4}, 20, 21, 22, 23);
        assertIs(x.get(all(), at(0), at(-4)), new long[] {2}, 0, 12);
    }

    @Test
    void aRangeKeepsItsDimension() {
        assertIs(x.get(at(0), range(1, 3), range(0, 4, 2)), new long[] {2, 2}, 4, 6, 8, 10);
        assertIs(x.get(at(0), at(0), range(-2, Long.MAX_VALUE)), new long[] {2}, 2, 3);
        assertIs(x.get(at(0), at(0), range(2, 99)), new long[] {2}, 2, 3);
        assertIs(x.get(at(0), at(0), range(3, 1)), new long[] {0});
    }

    @Test
    void theEllipsisStandsForTheDimensionsLeft() {
        assertIs(x.get(ELLIPSIS, at(3)), new long[] {2, 3}, 3, 7, 11, 15, 19, 23);
        assertIs(x.get(at(1), ELLIPSIS, range(0, 1)), new long[] {3, 1}, 12, 16, 20);
        assertIs(x.get(at(1), at(1), at(1), ELLIPSIS), new long[] {}, 17);
    }

    @Test
    void aNewAxisHasOneElement() {
        assertIs(x.get(at(0), NEW_AXIS, at(1)), new long[] {1, 4}, 4, 5, 6, 7);
        assertIs(x.get(at(0), at(1), ELLIPSIS, NEW_AXIS), new long[] {4, 1}, 4, 5, 6, 7);
    }

    @Test
    void positionsAreGathered() {
        Tensor rows = Tensor.of(new long[] {2, 0, 2});
        assertIs(x.get(at(1), Index.of(rows), at(0)), new long[] {3}, 20, 12, 20);
        Tensor columns = Tensor.of(new long[] {3, 1, 0});
        assertIs(x.get(at(0), Index.of(rows), Index.of(columns)), new long[] {3}, 11, 1, 8);
        assertIs(x.get(all(), Index.of(rows), Index.of(columns)), new long[] {2, 3}, 11, 1, 8, 23, 13, 20);
        // Tensors that are not neighbours: their dimension comes first, as in PyTorch.
        assertIs(x.get(Index.of(Tensor.of(new long[] {0, 1})), all(), Index.of(Tensor.of(new long[] {1, 2}))),
                new long[] {2, 3}, 1, 5, 9, 14, 18, 22);
    }

    @Test
    void aMaskCoversAsManyDimensionsAsItHas() {
        Tensor odd = x.remainder(8).eq(5);
        assertIs(x.get(Index.of(odd)), new long[] {3}, 5, 13, 21);
        Tensor pairs = Tensor.of(new boolean[] {false, true, false, true, false, true}, 2, 3);
        assertIs(x.get(Index.of(pairs), at(0)), new long[] {3}, 4, 12, 20);
        // After a mask of two dimensions, a gather belongs to the third.
        assertIs(x.get(Index.of(pairs), Index.of(Tensor.of(new long[] {1, 2, 3}))), new long[] {3}, 5, 14, 23);
        Tensor wide = x.unsqueeze(2); // (2, 3, 1, 4)
        assertIs(wide.get(Index.of(pairs), all(), Index.of(Tensor.of(new long[] {1, 2, 3}))), new long[] {3, 1}, 5, 14, 23);
    }

    @Test
    void slicesAreViewsAndGathersAreCopies() {
        x.get(at(0), at(0), range(0, 2)).fill_(-1);
        x.get(at(0), Index.of(Tensor.of(new long[] {1}))).fill_(-2);
        assertIs(x.get(at(0), range(0, 2), range(0, 3)), new long[] {2, 3}, -1, -1, 2, 4, 5, 6);
    }

    private void assertSet(Tensor values, Index[] indices, long... expected) {
        Tensor y = x.copy();
        assertSame(y, y.set(values, indices));
        assertIs(y, new long[] {2, 3, 4}, expected);
    }

    private void assertSet(long value, Index[] indices, long... expected) {
        assertSet(Tensor.of(new long[] {value}), indices, expected);
        assertIs(x.copy().set(value, indices), new long[] {2, 3, 4}, expected);
        assertIs(x.copy().set((double) value, indices), new long[] {2, 3, 4}, expected);
    }

    private static Index[] by(Index... indices) {
        return indices;
    }

    private static Index of(long... positions) {
        return Index.of(Tensor.of(positions));
    }

    /// The values are PyTorch's, for x[indices] = value.
    @Test
    void whatIndicesStandForIsWritten() {
        Index mask = Index.of(x.remainder(8).eq(5));
        Index pairs = Index.of(Tensor.of(new boolean[] {false, true, false, true, false, true}, 2, 3));
        Tensor row = Tensor.of(new long[] {50, 51, 52, 53});
        assertSet(-1, by(at(1)), 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1);
        assertSet(-1, by(at(1), all(), range(1, 3)), 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, -1, -1, 15, 16, -1, -1, 19, 20, -1, -1, 23);
        assertSet(-1, by(ELLIPSIS, at(-1)), 0, 1, 2, -1, 4, 5, 6, -1, 8, 9, 10, -1, 12, 13, 14, -1, 16, 17, 18, -1, 20, 21, 22, -1);
        assertSet(-1, by(all(), NEW_AXIS, at(0)), -1, -1, -1, -1, 4, 5, 6, 7, 8, 9, 10, 11, -1, -1, -1, -1, 16, 17, 18, 19, 20, 21, 22, 23);
        assertSet(9, by(mask), 0, 1, 2, 3, 4, 9, 6, 7, 8, 9, 10, 11, 12, 9, 14, 15, 16, 17, 18, 19, 20, 9, 22, 23);
        assertSet(-1, by(pairs, at(0)), 0, 1, 2, 3, -1, 5, 6, 7, 8, 9, 10, 11, -1, 13, 14, 15, 16, 17, 18, 19, -1, 21, 22, 23);
        assertSet(-1, by(all(), of(2, 0)), -1, -1, -1, -1, 4, 5, 6, 7, -1, -1, -1, -1, -1, -1, -1, -1, 16, 17, 18, 19, -1, -1, -1, -1);
        assertSet(5, by(), 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5);
        assertSet(9, by(Index.of(x.lt(0))), x.toLongs());
        assertSet(Tensor.of(new long[] {100, 101, 102}), by(mask),
                0, 1, 2, 3, 4, 100, 6, 7, 8, 9, 10, 11, 12, 101, 14, 15, 16, 17, 18, 19, 20, 102, 22, 23);
        assertSet(row, by(pairs), 0, 1, 2, 3, 50, 51, 52, 53, 8, 9, 10, 11, 50, 51, 52, 53, 16, 17, 18, 19, 50, 51, 52, 53);
        assertSet(row, by(range(0, 2), range(0, 3, 2)), 50, 51, 52, 53, 4, 5, 6, 7, 50, 51, 52, 53, 50, 51, 52, 53, 16, 17, 18, 19, 50, 51, 52, 53);
        assertSet(row.add(20).view(1, 1, 1, 1, 4), by(range(0, 1)),
                70, 71, 72, 73, 70, 71, 72, 73, 70, 71, 72, 73, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23);
        assertSet(Tensor.of(new long[] {100, 200, 300, 400}, 2, 2), by(at(0), of(2, 0), range(0, 2)),
                300, 400, 2, 3, 4, 5, 6, 7, 100, 200, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23);
        assertSet(Tensor.of(new long[] {700, 800}, 2, 1), by(of(0, 1), all(), of(1, 2)),
                0, 700, 2, 3, 4, 700, 6, 7, 8, 700, 10, 11, 12, 13, 800, 15, 16, 17, 800, 19, 20, 21, 800, 23);
    }

    @Test
    void whatIsWrittenTakesTheDtypeAndTheGradientThatPyTorchsDoes() {
        assertIs(Torch.arange(4).set(2.7, at(1)), new long[] {4}, 0, 2, 2, 3);
        assertIs(Torch.arange(4).set(Tensor.of(new double[] {2.7}), at(1)), new long[] {4}, 0, 2, 2, 3);
        assertArrayEquals(new boolean[] {true}, new boolean[] {Tensor.zeros(DType.BOOL, 2).set(1, at(0)).equal(Tensor.of(new boolean[] {true, false}))});
        Tensor leaf = Tensor.zeros(DType.FLOAT32, 3).requiresGrad(true);
        leaf.mul(1).set(5, at(0)).sum().backward();
        assertArrayEquals(new float[] {0, 1, 1}, leaf.grad().toFloats());
        Expect.message(TorchException.class, () -> leaf.set(5, at(0)), "leaf Variable", "within NoGrad");
    }

    @Test
    void valuesThatDoNotFitAreRefused() {
        Tensor two = Tensor.of(new long[] {1, 2});
        Expect.message(IndexOutOfBoundsException.class, () -> x.set(1, at(0), at(0), at(0), at(0)), "set: 4 dimensions were indexed", "[2, 3, 4]", "at most 3");
        Expect.message(TorchException.class, () -> x.set(two, at(0)), "[3, 4] int64 x [2] int64", "must match");
        Expect.message(TorchException.class, () -> x.set(two, Index.of(x.lt(3))), "shape mismatch", "[2]", "[3]");
        Expect.message(TorchException.class, () -> x.set(Tensor.of(new double[] {1, 2, 3}), Index.of(x.lt(3))), "dtype", "Convert an argument");
        Expect.message(TorchException.class, () -> x.set(1, at(2)), "index 2 out of range");
        assertIs(x, new long[] {2, 3, 4}, Torch.arange(24).toLongs());
    }

    @Test
    void aMaskOfBytesCoversAsManyDimensionsAsItHas() {
        Tensor pairs = Tensor.of(new byte[] {0, 1, 0, 1, 0, 1}, 2, 3);
        assertIs(x.get(Index.of(pairs), at(0)), new long[] {3}, 4, 12, 20);
    }

    @Test
    void theResultIsATensorOfItsOwn() {
        Tensor same = x.get();
        assertNotSame(x, same);
        same.close();
        assertIs(x.get(ELLIPSIS, at(0)), new long[] {2, 3}, 0, 4, 8, 12, 16, 20);
    }

    @Test
    void outsideOfScopesOnlyTheResultIsLeftToClose() {
        Tensor kept = Torch.arange(6).keep();
        scope.close();
        long before = Native.liveHandles();
        try (Tensor part = kept.get(range(1, 5), NEW_AXIS, ELLIPSIS)) {
            assertArrayEquals(new long[] {4, 1}, part.shape());
        }
        kept.close();
        assertEquals(before - 1, Native.liveHandles());
    }

    @Test
    void indicesOutOfBoundsAreRefused() {
        Expect.message(IndexOutOfBoundsException.class, () -> x.get(at(0), at(0), at(0), at(0)),
                "get: 4 dimensions were indexed", "[2, 3, 4]", "at most 3");
        Expect.message(TorchException.class, () -> x.get(at(2)), "select", "[2, 3, 4]", "index 2 out of range", "within the bounds");
        Expect.message(TorchException.class, () -> x.get(Index.of(Tensor.of(new long[] {0, 2}))),
                "index", "[2, 3, 4] int64 x ([2] int64)", "index 2 is out of bounds", "within the bounds");
        Expect.message(TorchException.class, () -> x.get(Index.of(Tensor.of(new boolean[] {true, false, true}))),
                "index", "[3] bool", "shape of the mask");
        Expect.message(TorchException.class, () -> x.get(range(0, 2, 0)), "slice", "step must be positive");
        Expect.message(TorchException.class, () -> x.get(Index.of(Tensor.of(new float[] {0, 1}))), "index", "[2]", "long, int");
    }

    /// PyTorch: x[torch.tensor(True)] has shape (1, 2, 3), x[torch.tensor(False)] (0, 2, 3), and x[:, True] (2, 1, 3).
    @Test
    void aMaskWithoutDimensionsIsANewOne() {
        Tensor x = Torch.arange(6).reshape(2, 3);
        Tensor yes = Tensor.scalar(1).to(DType.BOOL);
        Tensor no = Tensor.scalar(0).to(DType.BOOL);
        assertArrayEquals(new long[] {1, 2, 3}, x.get(Index.of(yes)).shape());
        assertArrayEquals(new long[] {0, 2, 3}, x.get(Index.of(no)).shape());
        assertArrayEquals(new long[] {2, 1, 3}, x.get(Index.all(), Index.of(yes)).shape());
        x.set(Tensor.of(new long[] {7}), Index.of(no));
        assertEquals(15, x.sum().itemLong());
        x.set(Tensor.of(new long[] {7}), Index.of(yes));
        assertEquals(42, x.sum().itemLong());
    }

    /// PyTorch: x[torch.tensor(1), :, torch.tensor([0, 1])] has shape (3, 2): the first is a position, and not gathered.
    @Test
    void anIntegerWithoutDimensionsIsAPosition() {
        Tensor x = Torch.arange(24).reshape(2, 3, 4);
        Tensor one = Tensor.scalar(1).to(DType.INT64);
        Tensor some = Tensor.of(new long[] {0, 1});
        assertArrayEquals(new long[] {12, 13, 16, 17, 20, 21}, x.get(Index.of(one), Index.all(), Index.of(some)).flatten().toLongs());
        assertArrayEquals(new long[] {1, 3, 2}, x.get(Index.NEW_AXIS, Index.of(one), Index.all(), Index.of(some)).shape());
        assertArrayEquals(new long[] {4}, x.get(Index.of(one.to(DType.INT8)), Index.of(one.to(DType.INT16))).shape());
        Tensor y = Torch.zeros(new long[] {2, 2, 2}, DType.INT64, Device.CPU);
        y.set(Torch.arange(4).reshape(2, 2), Index.of(one), Index.all(), Index.of(some));
        assertArrayEquals(new long[] {0, 0, 0, 0, 0, 1, 2, 3}, y.flatten().toLongs());
        assertArrayEquals(new long[] {1}, Tensor.scalar(5).get(Index.of(Tensor.scalar(1).to(DType.BOOL))).shape());
        assertArrayEquals(new long[] {1, 0, 3}, Torch.zeros(new long[] {0, 3}, DType.FLOAT32, Device.CPU).get(Index.of(Tensor.scalar(1).to(DType.BOOL))).shape());
    }
}
