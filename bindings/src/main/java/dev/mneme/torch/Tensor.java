package dev.mneme.torch;

import dev.mneme.torch.ffi.core_h;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.lang.ref.Cleaner;
import java.util.Arrays;
import java.util.List;

/// A libtorch tensor: a native handle and the scope that owns it.
///
/// A tensor belongs to the [TensorScope] that was innermost on its thread when it was made, and is closed with it. Outside
/// any scope, whoever made it closes it. Closing releases this reference: storage that views or the autograd graph still
/// use stays. Use of a closed tensor, or of one that belongs to another thread's scope, is an IllegalStateException.
///
/// Several threads may run backward passes that end at the same leaves. Nothing may read, replace or clear the gradient of a leaf meanwhile ([#grad],
/// [#setGrad], [Steps#zeroGrad], an optimizer's step): libtorch does not guard it, and the process may die.
///
/// The ops are in [TensorOps] (methods) and [Torch] (static); this class has construction, data, and autograd.
public final class Tensor implements TensorOps, AutoCloseable {
    static final boolean TRACE = Boolean.getBoolean("mneme.trace");
    private static final Cleaner LEAKS = TRACE ? Cleaner.create() : null;
    private static final System.Logger LOG = System.getLogger("dev.mneme.torch");

    private static final VarHandle HANDLE;

    static {
        try {
            HANDLE = MethodHandles.lookup().findVarHandle(Tensor.class, "handle", long.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private long handle; // plain while a scope confines it to one thread, by HANDLE where any thread may close it
    private TensorScope scope;
    private final Trace trace;

    private Tensor(long handle, TensorScope scope) {
        this.handle = handle;
        this.scope = scope;
        this.trace = TRACE ? Trace.of(this) : null;
    }

    // ---- ownership -----------------------------------------------------------------------------------------------------

    /// Takes over a handle for the innermost scope of this thread.
    static Tensor own(long handle, Calls calls) {
        TensorScope scope = calls.scope;
        var tensor = new Tensor(handle, scope);
        if (scope != null) {
            scope.add(tensor);
        }
        return tensor;
    }

    static Tensor[] ownAll(MemorySegment handles, int n, Calls calls) {
        var tensors = new Tensor[n];
        long[] copied = handles.asSlice(0, 8L * n).toArray(ValueLayout.JAVA_LONG);
        for (int i = 0; i < n; i++) {
            tensors[i] = copied[i] == 0 ? null : own(copied[i], calls);
        }
        return tensors;
    }

    /// Takes the list that the last call left behind.
    static Tensor[] ownResults(long count, Calls calls) {
        int n = Math.toIntExact(count);
        MemorySegment out = calls.scratch.out(n);
        core_h.mn_take_results(out);
        return ownAll(out, n, calls);
    }

    /// The native handle, checked: the tensor is open, and this thread may use it. It holds until the call ends.
    long handle(Calls calls) {
        TensorScope owner = scope;
        long open = handle;
        if (owner == null) {
            calls.hold();
            open = (long) HANDLE.getVolatile(this);
        }
        if (open == 0) {
            throw closed();
        }
        if (owner != null && owner.calls != calls) {
            throw wrongThread(calls.thread);
        }
        return open;
    }

    static long handleOrZero(Tensor tensor, Calls calls) {
        return tensor == null ? 0 : tensor.handle(calls);
    }

    /// As [#handle] checks it.
    void requireUsable(Calls calls) {
        if (handle == 0) {
            throw closed();
        }
        if (scope != null && scope.calls != calls) {
            throw wrongThread(calls.thread);
        }
    }

    TensorScope scope() {
        return scope;
    }

    void moveTo(TensorScope scope) {
        this.scope = scope;
    }

    /// Gives up the handle of a tensor in a scope of this thread without releasing it.
    long forget() {
        long forgotten = handle;
        handle = 0;
        markClosed();
        return forgotten;
    }

    private void markClosed() {
        if (trace != null) {
            trace.closed = true;
        }
    }

    /// Takes the tensor out of every scope: parameters and optimizer state live like that. Whoever keeps it closes it.
    public Tensor keep() {
        requireUsable(Calls.get());
        if (scope != null) {
            Construction.leaves(this);
            scope = null;
        }
        return this;
    }

    /// Releases this reference. Closing again does nothing. A kept tensor may be closed while another thread is in a call
    /// that uses it: that call ends well, and calls from now on throw.
    @Override
    public void close() {
        if (handle == 0) {
            return;
        }
        Calls calls = Calls.get();
        if (scope != null) {
            requireUsable(calls);
            core_h.mn_release_one(forget());
            return;
        }
        long closed = (long) HANDLE.getAndSet(this, 0L);
        if (closed != 0) {
            markClosed();
            Calls.free(core_h::mn_release_one, closed);
        }
    }

    public boolean isClosed() {
        return (long) HANDLE.getVolatile(this) == 0;
    }

    private IllegalStateException closed() {
        var e = new IllegalStateException("The tensor was closed, by its scope or by close(). Use it before, or let it out of the"
                + " scope with scope.escape(tensor)." + (TRACE ? "" : " -Dmneme.trace=true shows where it was made."));
        if (trace != null) {
            e.initCause(trace.origin);
        }
        return e;
    }

    private IllegalStateException wrongThread(Thread thread) {
        return new IllegalStateException("The tensor belongs to a scope of thread " + scope.calls.thread.getName() + ", and "
                + thread.getName() + " uses it. Use it on its own thread, or keep() it first.");
    }

    // ---- construction --------------------------------------------------------------------------------------------------

    /// A float32 tensor with a copy of the values, in row-major order; one-dimensional where no shape is given.
    public static Tensor of(float[] values, long... shape) {
        return filled(MemorySegment.ofArray(values), values.length, DType.FLOAT32, shape);
    }

    /// A float64 tensor with a copy of the values.
    public static Tensor of(double[] values, long... shape) {
        return filled(MemorySegment.ofArray(values), values.length, DType.FLOAT64, shape);
    }

    /// An int64 tensor with a copy of the values.
    public static Tensor of(long[] values, long... shape) {
        return filled(MemorySegment.ofArray(values), values.length, DType.INT64, shape);
    }

    /// An int32 tensor with a copy of the values.
    public static Tensor of(int[] values, long... shape) {
        return filled(MemorySegment.ofArray(values), values.length, DType.INT32, shape);
    }

    /// A uint8 tensor with a copy of the values.
    public static Tensor of(byte[] values, long... shape) {
        return filled(MemorySegment.ofArray(values), values.length, DType.UINT8, shape);
    }

    /// A bool tensor with a copy of the values.
    public static Tensor of(boolean[] values, long... shape) {
        var bytes = new byte[values.length];
        for (int i = 0; i < values.length; i++) {
            bytes[i] = (byte) (values[i] ? 1 : 0);
        }
        return filled(MemorySegment.ofArray(bytes), values.length, DType.BOOL, shape);
    }

    /// A tensor over the memory of a segment, without a copy, in row-major order. The segment stays reachable for as long
    /// as libtorch uses the memory, which keeps that of Arena.ofAuto() and Arena.global() alive. Any other arena could be
    /// closed under libtorch, which no public way of Java prevents: [#copyOf] is for its segments.
    ///
    /// @throws IllegalArgumentException if the segment is on the Java heap, read-only, of another size than the shape, or of
    ///     an arena that can be closed
    public static Tensor of(MemorySegment segment, DType dtype, long... shape) {
        if (!segment.isNative()) {
            throw new IllegalArgumentException("Tensor.of: the segment is on the Java heap, which moves."
                    + " Allocate it from Arena.ofAuto(), or copy it with Tensor.copyOf.");
        }
        if (segment.isReadOnly()) {
            throw new IllegalArgumentException("Tensor.of: the segment is read-only, and ops in place would write to it."
                    + " Copy it with Tensor.copyOf, or map the file for reading and writing.");
        }
        if (!SharedMemory.staysWhileReachable(segment)) {
            throw new IllegalArgumentException("Tensor.of: the segment is of an arena that can be closed, which would take the memory from"
                    + " under the tensor and its views. Allocate or map it with Arena.ofAuto(), or copy it with Tensor.copyOf.");
        }
        long bytes = count(shape) * dtype.bytes();
        requireSize("Tensor.of", segment, bytes, dtype, shape);
        try (Calls calls = Calls.enter()) {
            long held = SharedMemory.hold(segment);
            long handle = core_h.mn_from_memory(segment.address(), calls.scratch.longs(shape), shape.length, DType.code(dtype),
                    SharedMemory.RELEASED, held);
            if (handle == 0) {
                SharedMemory.release(held);
                throw Native.failure("Tensor.of");
            }
            return own(handle, calls);
        }
    }

    /// A tensor with a copy of the values in a segment of any kind, which lie there in row-major order.
    ///
    /// @throws IllegalArgumentException if the segment is of another size than the shape
    public static Tensor copyOf(MemorySegment segment, DType dtype, long... shape) {
        requireSize("Tensor.copyOf", segment, count(shape) * dtype.bytes(), dtype, shape);
        return filled(segment, dtype, shape);
    }

    private static void requireSize(String asked, MemorySegment segment, long bytes, DType dtype, long[] shape) {
        if (segment.byteSize() != bytes) {
            throw new IllegalArgumentException(asked + ": shape " + Arrays.toString(shape) + " of " + dtype + " takes " + bytes
                    + " bytes, and the segment has " + segment.byteSize() + ". Pass a slice of that size.");
        }
    }

    /// A float64 tensor without dimensions.
    public static Tensor scalar(double value) {
        return Torch.scalarTensor(value, DType.FLOAT64);
    }

    public static Tensor empty(DType dtype, long... shape) {
        return Torch.empty(shape, dtype);
    }

    public static Tensor zeros(DType dtype, long... shape) {
        return Torch.zeros(shape, dtype);
    }

    public static Tensor ones(DType dtype, long... shape) {
        return Torch.ones(shape, dtype);
    }

    /// Standard normal values from a generator, or from the default one where it is null.
    public static Tensor randn(Generator generator, DType dtype, long... shape) {
        return Torch.randn(shape, generator, dtype);
    }

    private static Tensor filled(MemorySegment values, long count, DType dtype, long[] shape) {
        long[] sizes = shape.length == 0 ? new long[] {count} : shape;
        if (count(sizes) != count) {
            throw new IllegalArgumentException("Tensor.of: shape " + Arrays.toString(shape) + " has " + count(sizes)
                    + " elements, and " + count + " values were given. Give as many values as the shape holds.");
        }
        return filled(values, dtype, sizes);
    }

    private static Tensor filled(MemorySegment values, DType dtype, long[] shape) {
        Tensor tensor = empty(dtype, shape);
        try {
            tensor.memory().copyFrom(values);
            return tensor;
        } catch (RuntimeException e) { // the arena of the values is closed, or another thread's
            tensor.close();
            throw e;
        }
    }

    private static long count(long[] shape) {
        long count = 1;
        for (long size : shape) {
            if (size < 0) {
                throw new IllegalArgumentException("A shape has no negative sizes, and " + Arrays.toString(shape)
                        + " was given. Give sizes of at least 0.");
            }
            if (size != 0 && count > Long.MAX_VALUE / Long.BYTES / size) {
                throw new IllegalArgumentException("A tensor of shape " + Arrays.toString(shape)
                        + " was asked for, more than any memory holds. Give smaller sizes.");
            }
            count *= size;
        }
        return count;
    }

    // ---- what it is ----------------------------------------------------------------------------------------------------

    /// Number of dimensions.
    public int dim() {
        try (Calls calls = Calls.enter()) {
            return (int) counted("dim", core_h.mn_dim(handle(calls)));
        }
    }

    public long[] shape() {
        try (Calls calls = Calls.enter()) {
            long open = handle(calls);
            MemorySegment out = calls.scratch.out(counted("shape", core_h.mn_dim(open)));
            Native.check("shape", core_h.mn_sizes(open, out), this);
            return out.toArray(ValueLayout.JAVA_LONG);
        }
    }

    /// Elements, not bytes, between neighbours along each dimension.
    public long[] strides() {
        try (Calls calls = Calls.enter()) {
            long open = handle(calls);
            MemorySegment out = calls.scratch.out(counted("strides", core_h.mn_dim(open)));
            Native.check("strides", core_h.mn_strides(open, out), this);
            return out.toArray(ValueLayout.JAVA_LONG);
        }
    }

    /// The size along a dimension; -1 is the last.
    public long size(int dim) {
        long[] shape = shape();
        int index = dim < 0 ? dim + shape.length : dim;
        if (index < 0 || index >= shape.length) {
            throw new IndexOutOfBoundsException("size: dimension " + dim + " of a tensor of shape " + Arrays.toString(shape)
                    + ". Give one from " + -shape.length + " to " + (shape.length - 1) + ".");
        }
        return shape[index];
    }

    /// Number of elements.
    public long numel() {
        try (Calls calls = Calls.enter()) {
            return counted("numel", core_h.mn_numel(handle(calls)));
        }
    }

    /// @throws TorchException if it is one of libtorch's that [DType] does not have, such as a complex one
    public DType dtype() {
        try (Calls calls = Calls.enter()) {
            return DType.of((int) counted("dtype", core_h.mn_dtype(handle(calls))));
        }
    }

    /// @throws TorchException if it is neither the CPU nor a GPU
    public Device device() {
        try (Calls calls = Calls.enter()) {
            return Device.of((int) counted("device", core_h.mn_device(handle(calls))));
        }
    }

    public boolean isContiguous() {
        try (Calls calls = Calls.enter()) {
            return counted("isContiguous", core_h.mn_is_contiguous(handle(calls))) == 1;
        }
    }

    /// What a call gave that is negative after a failure.
    private long counted(String asked, long count) {
        if (count < 0) {
            throw Native.failure(asked, this);
        }
        return count;
    }

    /// Shape and, unless it is float32, dtype: `[8, 64]`, `[8] int64`.
    String describe() {
        if (handle == 0) {
            return "closed";
        }
        try (Calls calls = Calls.enter()) {
            long open = handle(calls);
            MemorySegment name = core_h.mn_dtype_name(open);
            int code = core_h.mn_dtype(open);
            String dtype = code == DType.code(DType.FLOAT32) ? "" : " " + (code < 0 ? name.getString(0) : DType.of(code).toString());
            int n = (int) core_h.mn_dim(open);
            MemorySegment out = calls.scratch.out(Math.max(0, n));
            boolean shaped = n >= 0 && core_h.mn_sizes(open, out) == 0;
            return (shaped ? Arrays.toString(out.toArray(ValueLayout.JAVA_LONG)) : "[of no one shape]") + dtype;
        }
    }

    // ---- data ----------------------------------------------------------------------------------------------------------

    /// As [#segment(Arena)], until the segment is unreachable and the garbage collector has noticed. That may be long after
    /// the tensor was closed, and the collector does not see how much memory it is about.
    public MemorySegment segment() {
        return segment(Arena.ofAuto());
    }

    /// The memory of the tensor, without a copy, until the arena is closed: it stays until then, also after the tensor is
    /// closed. A tensor that is given other memory by setData, `set_`, or a `resize_` to more elements (as also ops with an
    /// `out` argument do) leaves the segment what it had.
    ///
    /// @throws IllegalStateException unless the tensor is contiguous and on the CPU
    public MemorySegment segment(Arena arena) {
        try (Calls calls = Calls.enter()) {
            long bytes = memory().byteSize();
            requireHostMemory("segment");
            MemorySegment address = calls.scratch.out(1);
            long storage = core_h.mn_storage_retain(handle(calls), address);
            if (storage == 0) {
                throw Native.failure("segment", this);
            }
            try {
                return MemorySegment.ofAddress(address.get(ValueLayout.JAVA_LONG, 0))
                        .reinterpret(bytes, arena, released -> core_h.mn_storage_release(storage));
            } catch (RuntimeException e) { // the arena is closed, or another thread's
                core_h.mn_storage_release(storage);
                throw e;
            }
        }
    }

    /// Whether [#segment] gives its memory.
    public boolean isPlain() {
        try (Calls calls = Calls.enter()) {
            return isContiguous() && device().equals(Device.CPU) && core_h.mn_data(handle(calls)) >= 0;
        }
    }

    /// As [#segment], for use while this tensor is open, and no other thread closes it.
    MemorySegment memory() {
        try (Calls calls = Calls.enter()) {
            long bytes = numel() * dtype().bytes();
            return Native.address(counted("memory", core_h.mn_data(handle(calls))), bytes);
        }
    }

    /// The values in row-major order, converted to float where the dtype is another.
    public float[] toFloats() {
        try (var scope = TensorScope.open()) {
            return plain(DType.FLOAT32).memory().toArray(ValueLayout.JAVA_FLOAT_UNALIGNED);
        }
    }

    /// The values in row-major order, converted to double where the dtype is another.
    public double[] toDoubles() {
        try (var scope = TensorScope.open()) {
            return plain(DType.FLOAT64).memory().toArray(ValueLayout.JAVA_DOUBLE_UNALIGNED);
        }
    }

    /// The values in row-major order, converted to long where the dtype is another.
    public long[] toLongs() {
        try (var scope = TensorScope.open()) {
            return plain(DType.INT64).memory().toArray(ValueLayout.JAVA_LONG_UNALIGNED);
        }
    }

    /// The only value of a tensor with one element.
    public double item() {
        try (Calls calls = Calls.enter()) {
            MemorySegment out = calls.scratch.out(1);
            Native.check("item", core_h.mn_item_double(handle(calls), out), this);
            return out.get(ValueLayout.JAVA_DOUBLE, 0);
        }
    }

    /// The only value of an integer tensor with one element.
    public long itemLong() {
        try (Calls calls = Calls.enter()) {
            MemorySegment out = calls.scratch.out(1);
            Native.check("itemLong", core_h.mn_item_int64(handle(calls), out), this);
            return out.get(ValueLayout.JAVA_LONG, 0);
        }
    }

    /// The values where Java can read them: in memory of the CPU, contiguous, of a dtype, and outside autograd. Every way from a tensor
    /// to its values goes through here, because libtorch may have left a negation or a conjugation to whoever reads.
    ///
    /// @return a tensor of the innermost scope, which shares the memory of this one where that is so already
    /// @throws TorchException if the values are complex, or there are none
    public Tensor plain(DType dtype) {
        try (Calls calls = Calls.enter()) {
            long result = core_h.mn_plain(handle(calls), DType.code(dtype));
            if (result == 0) {
                throw Native.failure("plain", this);
            }
            return own(result, calls);
        }
    }

    private void requireHostMemory(String asked) {
        if (!isContiguous() || !device().equals(Device.CPU)) {
            throw new IllegalStateException(asked + ": a tensor " + describe() + " on " + device()
                    + (isContiguous() ? "" : " that is not contiguous")
                    + " has no plain memory in Java's reach. Call contiguous(), or to(Device.CPU, dtype), first.");
        }
    }

    /// Indexes as PyTorch's brackets do: `x.get(Index.at(0), Index.all(), Index.range(1, 3))`. Positions and ranges give a view of this
    /// tensor; with a tensor among the indices the result is a copy, and only [#set] writes to what it stands for.
    public Tensor get(Index... indices) {
        return Index.apply(this, List.of(indices));
    }

    /// Writes to what the indices stand for, as PyTorch's `x[mask] = values`: `x.set(values, Index.of(mask))`.
    ///
    /// @param values of a shape that broadcasts to what [#get] gives for the indices, and of the dtype of this tensor where a tensor is
    ///     among them
    /// @return this tensor
    public Tensor set(Tensor values, Index... indices) {
        Index.assign(this, List.of(indices), values);
        return this;
    }

    /// Writes one value to all that the indices stand for.
    public Tensor set(long value, Index... indices) {
        try (var scope = TensorScope.open()) {
            return set(newFull(new long[0], value), indices);
        }
    }

    /// Writes one value to all that the indices stand for, converted to the dtype of this tensor.
    public Tensor set(double value, Index... indices) {
        try (var scope = TensorScope.open()) {
            return set(newFull(new long[0], value), indices);
        }
    }

    // ---- autograd ------------------------------------------------------------------------------------------------------

    public boolean requiresGrad() {
        try (Calls calls = Calls.enter()) {
            return counted("requiresGrad", core_h.mn_requires_grad(handle(calls))) == 1;
        }
    }

    /// @return this tensor
    public Tensor requiresGrad(boolean required) {
        try (Calls calls = Calls.enter()) {
            Native.check("requiresGrad", core_h.mn_set_requires_grad(handle(calls), required), this);
            return this;
        }
    }

    public boolean isLeaf() {
        try (Calls calls = Calls.enter()) {
            return counted("isLeaf", core_h.mn_is_leaf(handle(calls))) == 1;
        }
    }

    /// Keeps the gradient of a tensor that is not a leaf.
    public Tensor retainGrad() {
        try (Calls calls = Calls.enter()) {
            Native.check("retainGrad", core_h.mn_retain_grad(handle(calls)), this);
            return this;
        }
    }

    /// The accumulated gradient, or null where there is none yet.
    public Tensor grad() {
        try (Calls calls = Calls.enter()) {
            MemorySegment status = calls.scratch.out(1);
            long gradient = core_h.mn_grad(handle(calls), status);
            Native.check("grad", status.get(ValueLayout.JAVA_INT, 0), this);
            return gradient == 0 ? null : own(gradient, calls);
        }
    }

    /// Replaces the gradient; null removes it.
    public void setGrad(Tensor gradient) {
        try (Calls calls = Calls.enter()) {
            Native.check("setGrad", core_h.mn_set_grad(handle(calls), handleOrZero(gradient, calls)), this, gradient);
        }
    }

    /// Takes over the data, dtype and device of another tensor, as PyTorch's `x.data = y` does; handles and views of it stay.
    public Tensor setData(Tensor data) {
        try (Calls calls = Calls.enter()) {
            Native.check("setData", core_h.mn_set_data(handle(calls), data.handle(calls)), this, data);
            return this;
        }
    }

    /// Accumulates the gradients of this scalar in the leaves of its graph, which is freed.
    public void backward() {
        backward(null, false, false);
    }

    /// @param gradient of the final result with respect to this tensor, or null for a scalar
    public void backward(Tensor gradient, boolean retainGraph, boolean createGraph) {
        try (Calls calls = Calls.enter()) {
            Native.check("backward", core_h.mn_backward(handle(calls), handleOrZero(gradient, calls), retainGraph, createGraph), this);
        }
    }

    /// Gradients of the sum of scalar outputs with respect to inputs, without touching their `grad`. For others, give the gradients of the
    /// final result as well.
    ///
    /// @param retainGraph whether the graph is kept for another backward pass; one that is created needs it
    /// @param createGraph whether the gradients can be derived again
    /// @return one for each input, null for an input that the outputs do not depend on
    public static Tensor[] gradients(List<Tensor> outputs, List<Tensor> inputs, boolean retainGraph, boolean createGraph) {
        return gradients(outputs, List.of(), inputs, retainGraph, createGraph);
    }

    /// As above, of outputs of any shape, as `torch.autograd.grad(outputs, inputs, grad_outputs)`.
    ///
    /// @param gradOutputs of the final result with respect to each output, of its shape; an empty list for scalars
    public static Tensor[] gradients(List<Tensor> outputs, List<Tensor> gradOutputs, List<Tensor> inputs, boolean retainGraph, boolean createGraph) {
        try (Calls calls = Calls.enter()) {
            Scratch scratch = calls.scratch;
            long count = core_h.mn_grad_of(scratch.handles(outputs, calls), outputs.size(), scratch.handles(gradOutputs, calls), gradOutputs.size(),
                    scratch.handles(inputs, calls), inputs.size(), retainGraph, createGraph, true);
            if (count < 0) {
                throw Native.failure("gradients", outputs, inputs);
            }
            return ownResults(count, calls);
        }
    }

    // ---- printing ------------------------------------------------------------------------------------------------------

    /// As PyTorch prints it.
    @Override
    public String toString() {
        return handle == 0 ? "tensor(closed)" : TensorPrinter.print(this);
    }

    /// Where a tensor was made; reports one that became unreachable while it was open. It frees nothing.
    private static final class Trace implements Runnable {
        private final Throwable origin = new Throwable("the tensor was made here");
        private volatile boolean closed;

        static Trace of(Tensor tensor) {
            var trace = new Trace();
            LEAKS.register(tensor, trace);
            return trace;
        }

        @Override
        public void run() {
            if (!closed) {
                LOG.log(System.Logger.Level.WARNING, "A tensor was lost without close()", origin);
            }
        }
    }
}
