package dev.mneme.torch;

import java.lang.foreign.MemorySegment;

/// What topk, sort, max over a dimension and their like return. Both belong to the scope of the call.
public record ValuesIndices(Tensor values, Tensor indices) {
    static ValuesIndices own(MemorySegment out, Calls calls) {
        Tensor[] pair = Tensor.ownAll(out, 2, calls);
        return new ValuesIndices(pair[0], pair[1]);
    }
}
