package dev.mneme.torch;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.mneme.torch.ffi.core_h;
import dev.mneme.torch.testing.Expect;
import dev.mneme.torch.testing.NoLeaks;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// Ops by name, and what a wrong argument leads to: a message, in either form of the call.
@ExtendWith(NoLeaks.class)
class OpTest {
    private TensorScope scope;
    private Tensor x;

    @BeforeEach
    void open() {
        scope = TensorScope.open();
        x = Tensor.of(new float[] {1, 2, 3, 4, 5, 6}, 2, 3);
    }

    @AfterEach
    void close() {
        scope.close();
    }

    private static List<Object> call(String op, Object... arguments) {
        return Op.find(op).call(arguments);
    }

    private static Tensor tensor(String op, Object... arguments) {
        List<Object> results = call(op, arguments);
        assertEquals(1, results.size());
        return (Tensor) results.getFirst();
    }

    // ---- kinds of arguments and results --------------------------------------------------------------------------------

    @Test
    void anOpWithoutAMethodIsReachedByName() {
        Op lcm = Op.find("aten::lcm");
        assertEquals("aten::lcm(Tensor self, Tensor other) -> Tensor", lcm.schema());
        Tensor result = (Tensor) lcm.call(Tensor.of(new long[] {4, 6}), Tensor.of(new long[] {6, 9})).getFirst();
        assertArrayEquals(new long[] {12, 18}, result.toLongs());
        assertEquals(scope, result.scope());
    }

    @Test
    void numbersFlagsAndDefaultsArrive() {
        assertArrayEquals(new float[] {3, 4, 5, 6, 7, 8}, tensor("aten::add.Scalar", x, 2).toFloats());
        assertArrayEquals(new float[] {2, 3, 4, 5, 6, 7}, tensor("aten::add.Scalar", x, 0.5, 2L).toFloats());
        assertArrayEquals(new float[] {2, 4}, tensor("aten::select.int", x, 1, 1).sub(Tensor.of(new float[] {0, 1})).toFloats());
        assertArrayEquals(new long[] {2, 1}, tensor("aten::amax", x, new long[] {1}, true).shape());
        assertArrayEquals(new float[] {6}, tensor("aten::amax", x).toFloats());
        // An integer where the schema has a float.
        assertArrayEquals(new float[] {1, 1, 1}, tensor("aten::dropout", Tensor.ones(DType.FLOAT32, 3), 0, true).toFloats());
        assertArrayEquals(new float[] {1.5f, 1.5f}, tensor("aten::full", new long[] {2}, 1.5f).toFloats());
    }

    @Test
    void listsTextsDtypesAndDevicesArrive() {
        assertArrayEquals(new long[] {3, 2}, tensor("aten::permute", x, new long[] {1, 0}).shape());
        assertArrayEquals(new long[] {4, 3}, tensor("aten::cat", List.of(x, x)).shape());
        assertArrayEquals(new float[] {2, 5}, tensor("aten::index.Tensor", x, Arrays.asList(null, Tensor.of(new long[] {1}, 1))).toFloats());
        assertEquals(DType.BFLOAT16, tensor("aten::sum", x, DType.BFLOAT16).dtype());
        assertEquals(DType.INT32, tensor("aten::eye", 2, DType.INT32, null, Device.CPU, null).dtype());
        assertArrayEquals(new float[] {0, 2, 2, 4, 4, 6}, tensor("aten::div.Tensor_mode", x, Tensor.of(new float[] {2}), "floor").mul(2).toFloats());
        // Bilinear upsampling takes a list of doubles: from 1 to 2 by corners.
        Tensor row = Tensor.of(new float[] {1, 3}, 1, 1, 2);
        assertArrayEquals(new float[] {1, 1, 3, 3}, tensor("aten::upsample_nearest1d.vec", row, null, new double[] {2.0}).toFloats());
    }

    @Test
    void generatorsArrive() {
        try (var a = Generator.of(5); var b = Generator.of(5)) {
            assertTrue(tensor("aten::randn.generator", new long[] {9}, a).equal(tensor("aten::randn.generator", new long[] {9}, b)));
        }
    }

    @Test
    void everyKindOfResultComesBack() {
        List<Object> sorted = call("aten::sort", Tensor.of(new long[] {3, 1, 2}));
        assertEquals(2, sorted.size());
        assertArrayEquals(new long[] {1, 2, 3}, ((Tensor) sorted.get(0)).toLongs());
        assertArrayEquals(new long[] {1, 2, 0}, ((Tensor) sorted.get(1)).toLongs());
        assertEquals(List.of(true), call("aten::equal", x, x));
        assertEquals(List.of(3L), call("aten::size.int", x, 1));
        assertEquals(List.of(2.5), call("aten::item", Tensor.scalar(2.5)));
        Tensor[] columns = (Tensor[]) call("aten::unbind.int", x, 1).getFirst();
        assertEquals(3, columns.length);
        assertArrayEquals(new float[] {3, 6}, columns[2].toFloats());
    }

    @Test
    void dtypesAndDevicesAreTheSameInAndOut() {
        for (DType a : DType.values()) {
            for (DType b : DType.values()) {
                DType common = Tensor.zeros(a, 1).add(Tensor.zeros(b, 1)).dtype();
                assertEquals(List.of(common), call("aten::result_type.Tensor", Tensor.zeros(a, 1), Tensor.zeros(b, 1)), a + " and " + b);
                assertEquals(List.of(common), call("aten::promote_types", a, b), a + " and " + b);
                assertEquals(common, tensor("aten::zeros", new long[] {1}, call("aten::promote_types", a, b).getFirst()).dtype());
            }
        }
        assertEquals(List.of(false), call("aten::can_cast", DType.FLOAT32, DType.INT64));
        assertEquals(List.of(true), call("aten::can_cast", DType.INT64, DType.FLOAT32));
        assertEquals(DType.INT64, call("aten::result_type.Scalar", Tensor.zeros(DType.INT64, 1), 2).getFirst());
        assertEquals(Device.CPU, tensor("aten::empty.memory_format", new long[] {1}, null, null, Device.CPU).device());
    }

    @Test
    void layoutsAndMemoryFormatsHaveTheirNames() {
        Tensor image = Tensor.zeros(DType.FLOAT32, 1, 2, 3, 4);
        assertArrayEquals(new long[] {24, 1, 8, 2}, tensor("aten::contiguous", image, "channels_last").strides());
        assertArrayEquals(new long[] {24, 1, 8, 2}, tensor("aten::clone", tensor("aten::contiguous", image, "channels_last"), "preserve_format").strides());
        assertArrayEquals(new long[] {24, 12, 4, 1}, tensor("aten::clone", image, "contiguous_format").strides());
        assertArrayEquals(new float[] {0, 0}, tensor("aten::zeros", new long[] {2}, null, "strided").toFloats());
        assertEquals(List.of(1L), call("aten::sparse_dim", tensor("aten::zeros", new long[] {2}, null, "sparse_coo")));
        Expect.message(TorchException.class, () -> call("aten::contiguous", image, "channels_first"),
                "memory_format", "contiguous_format, preserve_format, channels_last", "channels_first");
        Expect.message(TorchException.class, () -> call("aten::zeros", new long[] {2}, null, "dense"), "layout", "strided", "dense");
    }

    @Test
    void listsOfFlagsAndOfNumbersArrive() {
        Tensor weight = Tensor.ones(DType.FLOAT32, 3);
        List<Object> forward = call("aten::native_layer_norm", x, new long[] {3}, weight, null, 1e-5);
        List<Object> gradients = call("aten::native_layer_norm_backward", Tensor.ones(DType.FLOAT32, 2, 3), x, new long[] {3}, forward.get(1),
                forward.get(2), weight, null, new boolean[] {false, true, false});
        assertNull(gradients.get(0));
        assertArrayEquals(new long[] {3}, ((Tensor) gradients.get(1)).shape());
        assertNull(gradients.get(2));
        Tensor[] sums = (Tensor[]) call("aten::_foreach_add.ScalarList", List.of(x, x), new double[] {1, 0.5}).getFirst();
        assertArrayEquals(new float[] {1.5f, 2.5f, 3.5f, 4.5f, 5.5f, 6.5f}, sums[1].toFloats());
        assertArrayEquals(new float[] {3, 4, 5, 6, 7, 8},
                ((Tensor[]) call("aten::_foreach_add.ScalarList", List.of(x, x), new long[] {1, 2}).getFirst())[1].toFloats());
        // Whole numbers where the schema has a list of floats.
        assertArrayEquals(new float[] {1, 1, 3, 3},
                tensor("aten::upsample_nearest1d.vec", Tensor.of(new float[] {1, 3}, 1, 1, 2), null, new long[] {2}).toFloats());
    }

    @Test
    void aResultWithoutCounterpartIsAnErrorNotNull() {
        Tensor z = tensor("aten::view_as_complex", Tensor.of(new float[] {1, 2}, 1, 2));
        TorchException e = Expect.message(TorchException.class, () -> call("aten::item", z), "aten::item: [1] ComplexFloat", "complex", "no counterpart");
        assertEquals(TorchException.Kind.TYPE, e.kind());
        Expect.message(TorchException.class, () -> call("aten::result_type.Tensor", z, x), "aten::result_type.Tensor", "ComplexFloat", "no counterpart");
        Expect.message(TorchException.class, () -> call("quantized::linear_prepack_fp16", x), "quantized::linear_prepack_fp16", "LinearPackedParamsBase", "no counterpart");
        Tensor quantised = tensor("aten::_make_per_tensor_quantized_tensor", Tensor.of(new byte[] {1}), 0.5, 0);
        assertEquals(List.of("per_tensor_affine"), call("aten::qscheme", quantised));
    }

    @Test
    void anOpIsLookedUpOnce() {
        try (Arena arena = Arena.ofConfined()) {
            long first = core_h.mn_op_find(arena.allocateFrom("aten::lcm"), arena.allocateFrom(""));
            assertNotEquals(0, first);
            assertEquals(first, core_h.mn_op_find(arena.allocateFrom("aten::lcm"), MemorySegment.NULL));
            assertNotEquals(first, core_h.mn_op_find(arena.allocateFrom("aten::lcm"), arena.allocateFrom("out")));
        }
    }

    @Test
    void anOpInPlaceGivesAnotherHandleToTheSameTensor() {
        Tensor same = tensor("aten::add_.Scalar", x, 1);
        assertNotSame(x, same);
        same.mul_(2);
        assertArrayEquals(new float[] {4, 6, 8, 10, 12, 14}, x.toFloats());
        same.close();
        assertFalse(x.isClosed());
    }

    // ---- mistakes ------------------------------------------------------------------------------------------------------

    @Test
    void anUnknownOpIsRefused() {
        Expect.message(IllegalArgumentException.class, () -> Op.find("aten::no_such_op"),
                "aten::no_such_op", Native.libtorchVersion(), "with its namespace and overload");
        for (String name : List.of("", "add", "aten::add", "aten::add.No_such_overload", "::", ".")) {
            assertThrows(IllegalArgumentException.class, () -> Op.find(name), name);
        }
    }

    @Test
    void tooManyAndTooFewArgumentsAreRefused() {
        Expect.message(TorchException.class, () -> call("aten::exp", x, x), "aten::exp: [2, 3] x [2, 3]", "at most 1", "2 were given");
        Expect.message(TorchException.class, () -> call("aten::add.Tensor", x), "argument other of aten::add.Tensor", "was not given");
        Expect.message(TorchException.class, () -> call("aten::exp"), "argument self of aten::exp", "was not given");
    }

    @Test
    void argumentsOfAnotherKindAreRefused() {
        Object[][] calls = {{"aten::exp", (Object) null}, {"aten::exp", 3}, {"aten::exp", List.of()}, {"aten::cat", x}, {"aten::cat", new long[] {1}},
                {"aten::select.int", x, "0", 0}, {"aten::select.int", x, new long[] {0}, 0}, {"aten::select.int", x, 0.0, 0}, {"aten::select.int", x, true, 0},
                {"aten::permute", x, 1},
                {"aten::permute", x, new double[] {1, 0}}, {"aten::gelu", x, 3}, {"aten::amax", x, new long[] {0}, 1}, {"aten::sum", x, "float32"},
                {"aten::add.Scalar", x, x}, {"aten::eye", 2, null, null, "cpu", null},
                {"aten::sum", x, 6}, {"aten::select.int", x, DType.INT64, 0}, {"aten::add.Scalar", x, DType.INT64}, {"aten::eye", 2, null, 0},
                {"aten::contiguous", x, 0}, {"aten::eye", 2, null, null, 0}, {"aten::amax", x, new boolean[] {true}},
                {"aten::select.int", x, Device.CPU, 0}, {"aten::sum", x, Device.CPU}};
        for (Object[] call : calls) {
            Object[] arguments = Arrays.copyOfRange(call, 1, call.length);
            TorchException e = Expect.message(TorchException.class, () -> call((String) call[0], arguments),
                    (String) call[0], "is of type", "was given", "Convert an argument");
            assertEquals(TorchException.Kind.TYPE, e.kind());
        }
        Expect.message(IllegalArgumentException.class, () -> call("aten::exp", new Object()), "aten::exp", "java.lang.Object", "Pass tensors");
        Expect.message(IllegalArgumentException.class, () -> call("aten::cat", List.of(x, "x")), "aten::cat", "java.lang.String", "Pass tensors");
        Expect.message(TorchException.class, () -> call("aten::cat", List.of()), "aten::cat: ()", "non-empty list", "Change that argument");
        Expect.message(TorchException.class, () -> call("aten::cat", Arrays.asList(x, null)), "aten::cat: ([2, 3], absent)", "none was given", "Change that argument");
        assertArrayEquals(new float[] {1, 2, 3, 4, 5, 6}, x.toFloats());
    }

    @Test
    void aShapeMismatchNamesTheOpAndBothShapes() {
        TorchException e = Expect.message(TorchException.class, () -> x.matmul(Tensor.zeros(DType.FLOAT32, 128, 32)),
                "matmul: [2, 3] x [128, 32]", "cannot be multiplied", "Reshape or transpose");
        assertEquals(TorchException.Kind.OTHER, e.kind());
        assertEquals("", e.nativeTrace(), "without -Dmneme.trace=true");
        Expect.message(TorchException.class, () -> x.add(Tensor.zeros(DType.FLOAT32, 2)), "add: [2, 3] x [2]", "must match", "Reshape");
        Expect.message(TorchException.class, () -> Torch.cat(List.of(x, Tensor.zeros(DType.FLOAT32, 2, 4))),
                "cat: ([2, 3], [2, 4])", "Sizes of tensors must match", "Reshape");
        Expect.message(TorchException.class, () -> x.view(4), "view: [2, 3]", "invalid for input of size 6", "Reshape");
    }

    @Test
    void aWrongDtypeNamesBoth() {
        Expect.message(TorchException.class, () -> x.matmul(Tensor.zeros(DType.INT64, 3, 2)),
                "matmul: [2, 3] x [3, 2] int64", "same dtype", "Convert an argument with to(DType)");
        Expect.message(TorchException.class, () -> x.indexSelect(0, Tensor.zeros(DType.FLOAT32, 1)), "index_select", "dtype", "Convert an argument");
        Expect.message(TorchException.class, () -> Torch.embedding(x, Tensor.zeros(DType.FLOAT32, 1)), "embedding", "Convert an argument");
    }

    @Test
    void anIndexOutOfRangeIsRefused() {
        Tensor far = Tensor.of(new long[] {1, 7}, 2);
        for (Runnable use : new Runnable[] {() -> x.select(0, 7), () -> x.indexSelect(0, far), () -> Torch.embedding(x, far), () -> x.gather(0, far.view(1, 2)),
                () -> x.scatter(0, far.view(1, 2), 1), () -> x.indexAdd(0, far, x), () -> x.crossEntropyLoss(far), () -> x.nllLoss(far),
                () -> x.index(List.of(far)), () -> x.sum(7)}) {
            Expect.message(TorchException.class, use::run, "[2, 3]", "ut of ", "Give an index within the bounds");
        }
    }

    @Test
    void memoryThatIsNotThereIsAnErrorOfItsOwnKind() {
        for (long elements : new long[] {1L << 48, 1L << 60}) {
            TorchException e = Expect.message(TorchException.class, () -> Tensor.empty(DType.FLOAT32, elements), "allocate", "Use smaller tensors");
            assertEquals(TorchException.Kind.OUT_OF_MEMORY, e.kind());
            assertEquals(TorchException.Kind.OUT_OF_MEMORY, assertThrows(TorchException.class, () -> call("aten::zeros", new long[] {elements})).kind());
            assertEquals(TorchException.Kind.OUT_OF_MEMORY, assertThrows(TorchException.class, () -> x.select(0, 0).select(0, 0).expand(elements).copy().relu()).kind());
        }
    }

    @Test
    void aMissingArgumentIsRefused() {
        assertThrows(NullPointerException.class, () -> x.add((Tensor) null));
        assertThrows(NullPointerException.class, () -> x.view((long[]) null));
        assertThrows(NullPointerException.class, () -> Torch.cat(null));
        Expect.message(TorchException.class, () -> Torch.einsum(null, List.of(x)), "einsum: ([2, 3])", "none was given", "Change that argument");
        Expect.message(TorchException.class, () -> Torch.cat(Arrays.asList(x, null)), "cat: ([2, 3], absent)", "none was given", "Change that argument");
        assertNull(x.grad());
        assertArrayEquals(new float[] {1, 2, 3, 4, 5, 6}, x.toFloats());
    }

    /// Elements that share their memory, or have gaps between them, are as good as others.
    @Test
    void medianOfWhatLiesInNoOrderOfItsOwn() {
        for (Tensor x : List.of(Tensor.of(new float[] {0, 1, 2, 3, 4, 5}, 1, 6).expand(4, 6), Tensor.of(new float[] {7}, 1, 1).expand(3, 2),
                Tensor.of(new float[] {1, 2, 3}, 3, 1).expand(3, 5), Tensor.of(new float[] {5, 1, 4, 2, 3, 0}, 2, 3).transpose(0, 1),
                Tensor.of(new float[] {5, 1, 4, 2, 3, 0}, 6).slice(0, 0L, 6L, 2))) {
            for (long dim = 0; dim < x.dim(); dim++) {
                assertArrayEquals(x.contiguous().median(dim, false).values().toFloats(), x.median(dim, false).values().toFloats());
            }
        }
        Tensor shared = Tensor.ones(DType.FLOAT32, 1, 3).expand(4, 3);
        Expect.message(TorchException.class, () -> call("aten::nanmedian.dim", shared, 0L), "nanmedian", "lie side by side", "call contiguous() first");
    }

    @Test
    void textsWithANulAreRefused() {
        Expect.message(IllegalArgumentException.class, () -> x.gelu("tanh\0junk"), "\"tanh\\0junk\"", "without a NUL");
        Expect.message(IllegalArgumentException.class, () -> Op.find("aten::neg\0junk"), "without a NUL");
        Expect.message(IllegalArgumentException.class, () -> call("aten::gelu", x, "none\0x"), "without a NUL");
    }
}
