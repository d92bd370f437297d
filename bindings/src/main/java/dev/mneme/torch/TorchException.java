package dev.mneme.torch;

/// An op refused its arguments or failed. The message names the op, the shapes it was given, what libtorch says of them,
/// and what to do about it.
public final class TorchException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /// What kind of failure libtorch reported, in the order of the MN_ERROR_* codes of mneme/core.h.
    public enum Kind { NONE, OTHER, VALUE, TYPE, INDEX, NOT_IMPLEMENTED, OUT_OF_MEMORY, LINALG, UNKNOWN_OP }

    private final Kind kind;
    private final String nativeTrace;

    TorchException(Kind kind, String message, String nativeTrace) {
        super(message);
        this.kind = kind;
        this.nativeTrace = nativeTrace;
    }

    public Kind kind() {
        return kind;
    }

    /// libtorch's own account with its C++ stack, under `-Dmneme.trace=true`; otherwise empty, since finding the names on the stack takes
    /// thousands of times as long as the rest of a refused call.
    public String nativeTrace() {
        return nativeTrace;
    }
}
