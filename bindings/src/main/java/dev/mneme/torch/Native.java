package dev.mneme.torch;

import dev.mneme.torch.ffi.core_h;
import dev.mneme.torch.internal.Uninterrupted;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;
import java.util.stream.Collectors;

/// The shim: loads it once, checks that it fits these bindings, and turns its errors into exceptions.
public final class Native {
    /// Names the file of the shim; without it the one on the class path is loaded.
    public static final String LIBRARY_PROPERTY = "mneme.library";

    private static volatile boolean loaded;

    /// Loads the shim if it is not loaded yet. Every entry to the bindings does this by itself; an application calls it
    /// to fail early.
    ///
    /// @throws UnsatisfiedLinkError saying what was asked for, what was found, and what to do: no shim, no libtorch, a
    ///     shim made from other headers, a libtorch other than the one it was built against, or another build of the shim
    ///     in this process
    public static void load() {
        if (!loaded) {
            loadOnce();
        }
    }

    private static synchronized void loadOnce() {
        if (loaded) {
            return;
        }
        Uninterrupted.run(Shim::load); // a failure may be one of the moment, and is not kept
        loaded = true;
    }

    /// What the shim says of itself: `headers`, `libtorch`, `cuda` and `abi`, as it was built.
    public static Map<String, String> stamp() {
        load();
        return Arrays.stream(core_h.mn_stamp().getString(0).split(";"))
                .map(pair -> pair.split("=", 2))
                .collect(Collectors.toMap(pair -> pair[0], pair -> pair[1]));
    }

    /// The version of the libtorch that is loaded, such as `2.13.0`.
    public static String libtorchVersion() {
        load();
        return core_h.mn_libtorch_version().getString(0);
    }

    /// The folder that libtorch was loaded from: its `lib`.
    public static Path libtorchFolder() {
        load();
        return Libtorch.loaded().orElseThrow().getParent();
    }

    /// libtorch's description of its own build: compilers, BLAS, CPU capability.
    public static String libtorchBuild() {
        load();
        return core_h.mn_libtorch_build().getString(0);
    }

    /// How many tensors this process holds native references to.
    public static long liveHandles() {
        load();
        return core_h.mn_live_handles();
    }

    /// What this process keeps alive natively until somebody closes it.
    ///
    /// @param handles open tensors
    /// @param generators open generators
    /// @param storages segments in use that were made by [Tensor#segment(java.lang.foreign.Arena)]
    /// @param storageBytes what those keep, each storage counted once
    /// @param segments segments of Java that tensors use without a copy
    public record Live(long handles, long generators, long storages, long storageBytes, long segments) {}

    /// What is alive now.
    public static Live live() {
        load();
        try (Calls calls = Calls.enter()) {
            MemorySegment bytes = calls.scratch.out(1);
            long storages = core_h.mn_live_storages(bytes);
            return new Live(core_h.mn_live_handles(), core_h.mn_live_generators(), storages, bytes.get(ValueLayout.JAVA_LONG, 0), SharedMemory.held());
        }
    }

    /// The most that [#setThreads] takes.
    public static final int MOST_THREADS = 1024;

    /// Threads that libtorch uses within one op.
    public static int threads() {
        load();
        return core_h.mn_num_threads();
    }

    /// @throws IllegalArgumentException if that is not from 1 to 1024. Some kernels of libtorch keep 4 KiB a thread on the stack of the thread that
    ///     calls: from 200 on it needs more than the 1 MiB that Java gives (`-Xss`, `new Thread(group, task, name, stackSize)`)
    public static void setThreads(int threads) {
        if (threads < 1 || threads > MOST_THREADS) {
            throw new IllegalArgumentException("setThreads: " + threads + " threads were asked for. Give 1 to " + MOST_THREADS + ".");
        }
        load();
        check("setThreads", core_h.mn_set_num_threads(threads));
    }

    /// Whether libtorch has CUDA and sees a GPU.
    public static boolean cudaAvailable() {
        load();
        int available = core_h.mn_cuda_available();
        if (available < 0) {
            throw failure("cudaAvailable");
        }
        return available == 1;
    }

    /// Seeds every default generator, as torch.manual_seed does.
    public static void manualSeed(long seed) {
        load();
        check("manualSeed", core_h.mn_manual_seed(seed));
    }

    /// Throws what the last failed call on this thread left behind.
    ///
    /// @param operands the tensors and lists of tensors that the op was given, whose shapes go into the message
    static TorchException failure(String op, Object... operands) {
        // Read first: describing the operands makes calls of its own.
        var kind = TorchException.Kind.values()[core_h.mn_error_kind()];
        String said = core_h.mn_error_message().getString(0).strip();
        String trace = Tensor.TRACE ? core_h.mn_error_trace().getString(0) : "";
        var shapes = new StringJoiner(" x ");
        for (Object operand : operands) {
            if (operand instanceof Tensor tensor) {
                shapes.add(tensor.describe());
            } else if (operand instanceof List<?> list) {
                shapes.add(list.stream().map(t -> t instanceof Tensor tensor ? tensor.describe() : "absent")
                        .collect(Collectors.joining(", ", "(", ")")));
            }
        }
        String given = shapes.length() == 0 ? "" : ": " + shapes;
        String message = op + given + ": " + said + (said.endsWith(".") ? " " : ". ") + remedy(kind, said);
        return new TorchException(kind, message.strip(), trace);
    }

    private static String remedy(TorchException.Kind kind, String said) {
        return switch (kind) {
            case INDEX -> "Give an index within the bounds.";
            case TYPE -> "Convert an argument with to(DType).";
            case VALUE -> "Change that argument.";
            case OUT_OF_MEMORY -> "Use smaller tensors, or close scopes earlier.";
            case NOT_IMPLEMENTED -> said.contains("CUDA") ? "Use Device.CPU, or build against a libtorch with CUDA."
                    : "Convert to a dtype or device that the op supports.";
            case LINALG, UNKNOWN_OP, NONE -> "Change the arguments so that the op accepts them.";
            case OTHER -> said.contains("second time") ? "Pass retainGraph = true to the first backward, or compute the loss again."
                    : said.contains("only for scalar outputs") ? "Reduce it with sum() or mean(), or pass a gradient of its shape."
                    : said.contains("does not require grad") ? "Call requiresGrad(true) on what it is computed from, outside of NoGrad."
                    : said.contains("leaf Variable") ? "Do that within NoGrad, or on a copy()."
                    : said.contains("cannot be converted to Scalar") ? "Select one element, or take all with toDoubles()."
                    : said.contains("CUDA") ? "Use Device.CPU, or build against a libtorch with CUDA."
                    : said.contains("dtype") || said.contains("type ") || said.contains("scalar type") ? "Convert an argument with to(DType)."
                    : said.contains("out of range") || said.contains("out of bounds") ? "Give an index within the bounds."
                    : said.contains("size") || said.contains("shape") ? "Reshape or transpose an argument so that the sizes agree."
                    : "Change the arguments so that the op accepts them.";
        };
    }

    static void check(String op, int status, Object... operands) {
        if (status != 0) {
            throw failure(op, operands);
        }
    }

    static MemorySegment address(long address, long bytes) {
        return MemorySegment.ofAddress(address).reinterpret(bytes);
    }

    private Native() {}
}
