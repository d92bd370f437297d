// Written by native/generator from native/ops.schema: change that, not this.
package dev.mneme.torch;

import dev.mneme.torch.ffi.ops_h;
import java.lang.foreign.MemorySegment;
import java.util.List;

/// The ops that are not methods of one tensor: factories, products of several tensors, layers.
/// What [TensorOps] says of names, absent arguments, ownership and failures holds here too.
public final class Torch {

    /// `aten::where.self(Tensor condition, Tensor self, Tensor other) -> Tensor`
    public static Tensor where(Tensor condition, Tensor self, Tensor other) {
        try (Calls calls = Calls.enter()) {
            long result = ops_h.mn_where_self(condition.handle(calls), self.handle(calls), other.handle(calls));
            if (result == 0) {
                throw Native.failure("where", condition, self, other);
            }
            return Tensor.own(result, calls);
        }
    }

    /// `aten::where.ScalarOther(Tensor condition, Tensor self, Scalar other) -> Tensor`
    public static Tensor where(Tensor condition, Tensor self, long other) {
        try (Calls calls = Calls.enter()) {
            long result = ops_h.mn_where_ScalarOther(condition.handle(calls), self.handle(calls), other, Scratch.INTEGER);
            if (result == 0) {
                throw Native.failure("where", condition, self);
            }
            return Tensor.own(result, calls);
        }
    }

    /// `aten::where.ScalarOther(Tensor condition, Tensor self, Scalar other) -> Tensor`
    public static Tensor where(Tensor condition, Tensor self, double other) {
        try (Calls calls = Calls.enter()) {
            long result = ops_h.mn_where_ScalarOther(condition.handle(calls), self.handle(calls), Double.doubleToRawLongBits(other), Scratch.DOUBLE);
            if (result == 0) {
                throw Native.failure("where", condition, self);
            }
            return Tensor.own(result, calls);
        }
    }

    /// `aten::isin.Tensor_Tensor(Tensor elements, Tensor test_elements, *, bool assume_unique=False, bool invert=False) -> Tensor`
    public static Tensor isin(Tensor elements, Tensor testElements, boolean assumeUnique, boolean invert) {
        try (Calls calls = Calls.enter()) {
            long result = ops_h.mn_isin_Tensor_Tensor(elements.handle(calls), testElements.handle(calls), assumeUnique, invert);
            if (result == 0) {
                throw Native.failure("isin", elements, testElements);
            }
            return Tensor.own(result, calls);
        }
    }

    public static Tensor isin(Tensor elements, Tensor testElements, boolean assumeUnique) {
        return isin(elements, testElements, assumeUnique, false);
    }

    public static Tensor isin(Tensor elements, Tensor testElements) {
        return isin(elements, testElements, false, false);
    }

    /// `aten::linear(Tensor input, Tensor weight, Tensor? bias=None) -> Tensor`
    public static Tensor linear(Tensor input, Tensor weight, Tensor bias) {
        try (Calls calls = Calls.enter()) {
            long result = ops_h.mn_linear(input.handle(calls), weight.handle(calls), Tensor.handleOrZero(bias, calls));
            if (result == 0) {
                throw Native.failure("linear", input, weight, bias);
            }
            return Tensor.own(result, calls);
        }
    }

    public static Tensor linear(Tensor input, Tensor weight) {
        return linear(input, weight, (Tensor) null);
    }

    /// `aten::einsum(str equation, Tensor[] tensors, *, int[]? path=None) -> Tensor`
    public static Tensor einsum(String equation, List<Tensor> tensors, long... path) {
        try (Calls calls = Calls.enter()) {
            Scratch scratch = calls.scratch;
            long result = ops_h.mn_einsum(scratch.text(equation), scratch.handles(tensors, calls), tensors.size(), scratch.longs(path), Scratch.size(path));
            if (result == 0) {
                throw Native.failure("einsum", tensors);
            }
            return Tensor.own(result, calls);
        }
    }

    public static Tensor einsum(String equation, List<Tensor> tensors) {
        return einsum(equation, tensors, (long[]) null);
    }

    /// `aten::cat(Tensor[] tensors, int dim=0) -> Tensor`
    public static Tensor cat(List<Tensor> tensors, long dim) {
        try (Calls calls = Calls.enter()) {
            Scratch scratch = calls.scratch;
            long result = ops_h.mn_cat(scratch.handles(tensors, calls), tensors.size(), dim);
            if (result == 0) {
                throw Native.failure("cat", tensors);
            }
            return Tensor.own(result, calls);
        }
    }

    public static Tensor cat(List<Tensor> tensors) {
        return cat(tensors, 0L);
    }

    /// `aten::stack(Tensor[] tensors, int dim=0) -> Tensor`
    public static Tensor stack(List<Tensor> tensors, long dim) {
        try (Calls calls = Calls.enter()) {
            Scratch scratch = calls.scratch;
            long result = ops_h.mn_stack(scratch.handles(tensors, calls), tensors.size(), dim);
            if (result == 0) {
                throw Native.failure("stack", tensors);
            }
            return Tensor.own(result, calls);
        }
    }

    public static Tensor stack(List<Tensor> tensors) {
        return stack(tensors, 0L);
    }

    /// `aten::searchsorted.Tensor(Tensor sorted_sequence, Tensor self, *, bool out_int32=False, bool right=False, str? side=None, Tensor? sorter=None) -> Tensor`
    public static Tensor searchsorted(Tensor sortedSequence, Tensor self, boolean outInt32, boolean right, String side, Tensor sorter) {
        try (Calls calls = Calls.enter()) {
            Scratch scratch = calls.scratch;
            long result = ops_h.mn_searchsorted_Tensor(sortedSequence.handle(calls), self.handle(calls), outInt32, right, scratch.text(side), Tensor.handleOrZero(sorter, calls));
            if (result == 0) {
                throw Native.failure("searchsorted", sortedSequence, self, sorter);
            }
            return Tensor.own(result, calls);
        }
    }

    public static Tensor searchsorted(Tensor sortedSequence, Tensor self, boolean outInt32, boolean right, String side) {
        return searchsorted(sortedSequence, self, outInt32, right, side, (Tensor) null);
    }

    public static Tensor searchsorted(Tensor sortedSequence, Tensor self, boolean outInt32, boolean right) {
        return searchsorted(sortedSequence, self, outInt32, right, (String) null, (Tensor) null);
    }

    public static Tensor searchsorted(Tensor sortedSequence, Tensor self, boolean outInt32) {
        return searchsorted(sortedSequence, self, outInt32, false, (String) null, (Tensor) null);
    }

    public static Tensor searchsorted(Tensor sortedSequence, Tensor self) {
        return searchsorted(sortedSequence, self, false, false, (String) null, (Tensor) null);
    }

    /// `aten::layer_norm(Tensor input, SymInt[] normalized_shape, Tensor? weight=None, Tensor? bias=None, float eps=1e-05, bool cudnn_enable=True) -> Tensor`
    public static Tensor layerNorm(Tensor input, long[] normalizedShape, Tensor weight, Tensor bias, double eps, boolean cudnnEnable) {
        try (Calls calls = Calls.enter()) {
            Scratch scratch = calls.scratch;
            long result = ops_h.mn_layer_norm(input.handle(calls), scratch.longs(normalizedShape), normalizedShape.length, Tensor.handleOrZero(weight, calls), Tensor.handleOrZero(bias, calls), eps, cudnnEnable);
            if (result == 0) {
                throw Native.failure("layer_norm", input, weight, bias);
            }
            return Tensor.own(result, calls);
        }
    }

    public static Tensor layerNorm(Tensor input, long[] normalizedShape, Tensor weight, Tensor bias, double eps) {
        return layerNorm(input, normalizedShape, weight, bias, eps, true);
    }

    public static Tensor layerNorm(Tensor input, long[] normalizedShape, Tensor weight, Tensor bias) {
        return layerNorm(input, normalizedShape, weight, bias, 1e-05, true);
    }

    public static Tensor layerNorm(Tensor input, long[] normalizedShape, Tensor weight) {
        return layerNorm(input, normalizedShape, weight, (Tensor) null, 1e-05, true);
    }

    public static Tensor layerNorm(Tensor input, long... normalizedShape) {
        return layerNorm(input, normalizedShape, (Tensor) null, (Tensor) null, 1e-05, true);
    }

    /// `aten::native_layer_norm(Tensor input, SymInt[] normalized_shape, Tensor? weight, Tensor? bias, float eps) -> (Tensor, Tensor, Tensor)`
    public static Tensor[] nativeLayerNorm(Tensor input, long[] normalizedShape, Tensor weight, Tensor bias, double eps) {
        try (Calls calls = Calls.enter()) {
            Scratch scratch = calls.scratch;
            MemorySegment out = scratch.out(3);
            if (ops_h.mn_native_layer_norm(input.handle(calls), scratch.longs(normalizedShape), normalizedShape.length, Tensor.handleOrZero(weight, calls), Tensor.handleOrZero(bias, calls), eps, out) != 0) {
                throw Native.failure("native_layer_norm", input, weight, bias);
            }
            return Tensor.ownAll(out, 3, calls);
        }
    }

    /// `aten::group_norm(Tensor input, int num_groups, Tensor? weight=None, Tensor? bias=None, float eps=1e-05, bool cudnn_enabled=True) -> Tensor`
    public static Tensor groupNorm(Tensor input, long numGroups, Tensor weight, Tensor bias, double eps, boolean cudnnEnabled) {
        try (Calls calls = Calls.enter()) {
            long result = ops_h.mn_group_norm(input.handle(calls), numGroups, Tensor.handleOrZero(weight, calls), Tensor.handleOrZero(bias, calls), eps, cudnnEnabled);
            if (result == 0) {
                throw Native.failure("group_norm", input, weight, bias);
            }
            return Tensor.own(result, calls);
        }
    }

    public static Tensor groupNorm(Tensor input, long numGroups, Tensor weight, Tensor bias, double eps) {
        return groupNorm(input, numGroups, weight, bias, eps, true);
    }

    public static Tensor groupNorm(Tensor input, long numGroups, Tensor weight, Tensor bias) {
        return groupNorm(input, numGroups, weight, bias, 1e-05, true);
    }

    public static Tensor groupNorm(Tensor input, long numGroups, Tensor weight) {
        return groupNorm(input, numGroups, weight, (Tensor) null, 1e-05, true);
    }

    public static Tensor groupNorm(Tensor input, long numGroups) {
        return groupNorm(input, numGroups, (Tensor) null, (Tensor) null, 1e-05, true);
    }

    /// `aten::batch_norm(Tensor input, Tensor? weight, Tensor? bias, Tensor? running_mean, Tensor? running_var, bool training, float momentum, float eps, bool cudnn_enabled) -> Tensor`
    public static Tensor batchNorm(Tensor input, Tensor weight, Tensor bias, Tensor runningMean, Tensor runningVar, boolean training, double momentum, double eps, boolean cudnnEnabled) {
        try (Calls calls = Calls.enter()) {
            long result = ops_h.mn_batch_norm(input.handle(calls), Tensor.handleOrZero(weight, calls), Tensor.handleOrZero(bias, calls), Tensor.handleOrZero(runningMean, calls), Tensor.handleOrZero(runningVar, calls), training, momentum, eps, cudnnEnabled);
            if (result == 0) {
                throw Native.failure("batch_norm", input, weight, bias, runningMean, runningVar);
            }
            return Tensor.own(result, calls);
        }
    }

    /// `aten::native_batch_norm(Tensor input, Tensor? weight, Tensor? bias, Tensor? running_mean, Tensor? running_var, bool training, float momentum, float eps) -> (Tensor, Tensor, Tensor)`
    public static Tensor[] nativeBatchNorm(Tensor input, Tensor weight, Tensor bias, Tensor runningMean, Tensor runningVar, boolean training, double momentum, double eps) {
        try (Calls calls = Calls.enter()) {
            Scratch scratch = calls.scratch;
            MemorySegment out = scratch.out(3);
            if (ops_h.mn_native_batch_norm(input.handle(calls), Tensor.handleOrZero(weight, calls), Tensor.handleOrZero(bias, calls), Tensor.handleOrZero(runningMean, calls), Tensor.handleOrZero(runningVar, calls), training, momentum, eps, out) != 0) {
                throw Native.failure("native_batch_norm", input, weight, bias, runningMean, runningVar);
            }
            return Tensor.ownAll(out, 3, calls);
        }
    }

    /// `aten::embedding(Tensor weight, Tensor indices, SymInt padding_idx=-1, bool scale_grad_by_freq=False, bool sparse=False) -> Tensor`
    public static Tensor embedding(Tensor weight, Tensor indices, long paddingIdx, boolean scaleGradByFreq, boolean sparse) {
        try (Calls calls = Calls.enter()) {
            long result = ops_h.mn_embedding(weight.handle(calls), indices.handle(calls), paddingIdx, scaleGradByFreq, sparse);
            if (result == 0) {
                throw Native.failure("embedding", weight, indices);
            }
            return Tensor.own(result, calls);
        }
    }

    public static Tensor embedding(Tensor weight, Tensor indices, long paddingIdx, boolean scaleGradByFreq) {
        return embedding(weight, indices, paddingIdx, scaleGradByFreq, false);
    }

    public static Tensor embedding(Tensor weight, Tensor indices, long paddingIdx) {
        return embedding(weight, indices, paddingIdx, false, false);
    }

    public static Tensor embedding(Tensor weight, Tensor indices) {
        return embedding(weight, indices, -1L, false, false);
    }

    /// `aten::embedding_bag.padding_idx(Tensor weight, Tensor indices, Tensor offsets, bool scale_grad_by_freq, int mode, bool sparse, Tensor? per_sample_weights, bool include_last_offset, int? padding_idx) -> (Tensor, Tensor, Tensor, Tensor)`
    public static Tensor[] embeddingBag(Tensor weight, Tensor indices, Tensor offsets, boolean scaleGradByFreq, long mode, boolean sparse, Tensor perSampleWeights, boolean includeLastOffset, Long paddingIdx) {
        try (Calls calls = Calls.enter()) {
            Scratch scratch = calls.scratch;
            MemorySegment out = scratch.out(4);
            if (ops_h.mn_embedding_bag_padding_idx(weight.handle(calls), indices.handle(calls), offsets.handle(calls), scaleGradByFreq, mode, sparse, Tensor.handleOrZero(perSampleWeights, calls), includeLastOffset, paddingIdx == null ? 0 : paddingIdx, paddingIdx != null, out) != 0) {
                throw Native.failure("embedding_bag", weight, indices, offsets, perSampleWeights);
            }
            return Tensor.ownAll(out, 4, calls);
        }
    }

    public static Tensor[] embeddingBag(Tensor weight, Tensor indices, Tensor offsets, boolean scaleGradByFreq, long mode, boolean sparse, Tensor perSampleWeights, boolean includeLastOffset) {
        return embeddingBag(weight, indices, offsets, scaleGradByFreq, mode, sparse, perSampleWeights, includeLastOffset, (Long) null);
    }

    /// `aten::dropout(Tensor input, float p, bool train) -> Tensor`
    public static Tensor dropout(Tensor input, double p, boolean train) {
        try (Calls calls = Calls.enter()) {
            long result = ops_h.mn_dropout(input.handle(calls), p, train);
            if (result == 0) {
                throw Native.failure("dropout", input);
            }
            return Tensor.own(result, calls);
        }
    }

    /// `aten::scaled_dot_product_attention(Tensor query, Tensor key, Tensor value, Tensor? attn_mask=None, float dropout_p=0.0, bool is_causal=False, *, float? scale=None, bool enable_gqa=False) -> Tensor`
    public static Tensor scaledDotProductAttention(Tensor query, Tensor key, Tensor value, Tensor attnMask, double dropoutP, boolean isCausal, Double scale, boolean enableGqa) {
        try (Calls calls = Calls.enter()) {
            long result = ops_h.mn_scaled_dot_product_attention(query.handle(calls), key.handle(calls), value.handle(calls), Tensor.handleOrZero(attnMask, calls), dropoutP, isCausal, scale == null ? 0 : scale, scale != null, enableGqa);
            if (result == 0) {
                throw Native.failure("scaled_dot_product_attention", query, key, value, attnMask);
            }
            return Tensor.own(result, calls);
        }
    }

    public static Tensor scaledDotProductAttention(Tensor query, Tensor key, Tensor value, Tensor attnMask, double dropoutP, boolean isCausal, Double scale) {
        return scaledDotProductAttention(query, key, value, attnMask, dropoutP, isCausal, scale, false);
    }

    public static Tensor scaledDotProductAttention(Tensor query, Tensor key, Tensor value, Tensor attnMask, double dropoutP, boolean isCausal) {
        return scaledDotProductAttention(query, key, value, attnMask, dropoutP, isCausal, (Double) null, false);
    }

    public static Tensor scaledDotProductAttention(Tensor query, Tensor key, Tensor value, Tensor attnMask, double dropoutP) {
        return scaledDotProductAttention(query, key, value, attnMask, dropoutP, false, (Double) null, false);
    }

    public static Tensor scaledDotProductAttention(Tensor query, Tensor key, Tensor value, Tensor attnMask) {
        return scaledDotProductAttention(query, key, value, attnMask, 0.0, false, (Double) null, false);
    }

    public static Tensor scaledDotProductAttention(Tensor query, Tensor key, Tensor value) {
        return scaledDotProductAttention(query, key, value, (Tensor) null, 0.0, false, (Double) null, false);
    }

    /// `aten::cosine_similarity(Tensor x1, Tensor x2, int dim=1, float eps=1e-08) -> Tensor`
    public static Tensor cosineSimilarity(Tensor x1, Tensor x2, long dim, double eps) {
        try (Calls calls = Calls.enter()) {
            long result = ops_h.mn_cosine_similarity(x1.handle(calls), x2.handle(calls), dim, eps);
            if (result == 0) {
                throw Native.failure("cosine_similarity", x1, x2);
            }
            return Tensor.own(result, calls);
        }
    }

    public static Tensor cosineSimilarity(Tensor x1, Tensor x2, long dim) {
        return cosineSimilarity(x1, x2, dim, 1e-08);
    }

    public static Tensor cosineSimilarity(Tensor x1, Tensor x2) {
        return cosineSimilarity(x1, x2, 1L, 1e-08);
    }

    /// `aten::empty.memory_format(SymInt[] size, *, ScalarType? dtype=None, Layout? layout=None, Device? device=None, bool? pin_memory=None, MemoryFormat? memory_format=None) -> Tensor`
    public static Tensor empty(long[] size, DType dtype, Device device) {
        try (Calls calls = Calls.enter()) {
            Scratch scratch = calls.scratch;
            long result = ops_h.mn_empty_memory_format(scratch.longs(size), size.length, DType.code(dtype), Device.code(device));
            if (result == 0) {
                throw Native.failure("empty");
            }
            return Tensor.own(result, calls);
        }
    }

    public static Tensor empty(long[] size, DType dtype) {
        return empty(size, dtype, (Device) null);
    }

    public static Tensor empty(long... size) {
        return empty(size, (DType) null, (Device) null);
    }

    /// `aten::zeros(SymInt[] size, *, ScalarType? dtype=None, Layout? layout=None, Device? device=None, bool? pin_memory=None) -> Tensor`
    public static Tensor zeros(long[] size, DType dtype, Device device) {
        try (Calls calls = Calls.enter()) {
            Scratch scratch = calls.scratch;
            long result = ops_h.mn_zeros(scratch.longs(size), size.length, DType.code(dtype), Device.code(device));
            if (result == 0) {
                throw Native.failure("zeros");
            }
            return Tensor.own(result, calls);
        }
    }

    public static Tensor zeros(long[] size, DType dtype) {
        return zeros(size, dtype, (Device) null);
    }

    public static Tensor zeros(long... size) {
        return zeros(size, (DType) null, (Device) null);
    }

    /// `aten::ones(SymInt[] size, *, ScalarType? dtype=None, Layout? layout=None, Device? device=None, bool? pin_memory=None) -> Tensor`
    public static Tensor ones(long[] size, DType dtype, Device device) {
        try (Calls calls = Calls.enter()) {
            Scratch scratch = calls.scratch;
            long result = ops_h.mn_ones(scratch.longs(size), size.length, DType.code(dtype), Device.code(device));
            if (result == 0) {
                throw Native.failure("ones");
            }
            return Tensor.own(result, calls);
        }
    }

    public static Tensor ones(long[] size, DType dtype) {
        return ones(size, dtype, (Device) null);
    }

    public static Tensor ones(long... size) {
        return ones(size, (DType) null, (Device) null);
    }

    /// `aten::full(SymInt[] size, Scalar fill_value, *, ScalarType? dtype=None, Layout? layout=None, Device? device=None, bool? pin_memory=None) -> Tensor`
    public static Tensor full(long[] size, long fillValue, DType dtype, Device device) {
        try (Calls calls = Calls.enter()) {
            Scratch scratch = calls.scratch;
            long result = ops_h.mn_full(scratch.longs(size), size.length, fillValue, Scratch.INTEGER, DType.code(dtype), Device.code(device));
            if (result == 0) {
                throw Native.failure("full");
            }
            return Tensor.own(result, calls);
        }
    }

    public static Tensor full(long[] size, long fillValue, DType dtype) {
        return full(size, fillValue, dtype, (Device) null);
    }

    public static Tensor full(long[] size, long fillValue) {
        return full(size, fillValue, (DType) null, (Device) null);
    }

    /// `aten::full(SymInt[] size, Scalar fill_value, *, ScalarType? dtype=None, Layout? layout=None, Device? device=None, bool? pin_memory=None) -> Tensor`
    public static Tensor full(long[] size, double fillValue, DType dtype, Device device) {
        try (Calls calls = Calls.enter()) {
            Scratch scratch = calls.scratch;
            long result = ops_h.mn_full(scratch.longs(size), size.length, Double.doubleToRawLongBits(fillValue), Scratch.DOUBLE, DType.code(dtype), Device.code(device));
            if (result == 0) {
                throw Native.failure("full");
            }
            return Tensor.own(result, calls);
        }
    }

    public static Tensor full(long[] size, double fillValue, DType dtype) {
        return full(size, fillValue, dtype, (Device) null);
    }

    public static Tensor full(long[] size, double fillValue) {
        return full(size, fillValue, (DType) null, (Device) null);
    }

    /// `aten::eye(SymInt n, *, ScalarType? dtype=None, Layout? layout=None, Device? device=None, bool? pin_memory=None) -> Tensor`
    public static Tensor eye(long n, DType dtype, Device device) {
        try (Calls calls = Calls.enter()) {
            long result = ops_h.mn_eye(n, DType.code(dtype), Device.code(device));
            if (result == 0) {
                throw Native.failure("eye");
            }
            return Tensor.own(result, calls);
        }
    }

    public static Tensor eye(long n, DType dtype) {
        return eye(n, dtype, (Device) null);
    }

    public static Tensor eye(long n) {
        return eye(n, (DType) null, (Device) null);
    }

    /// `aten::arange(Scalar end, *, ScalarType? dtype=None, Layout? layout=None, Device? device=None, bool? pin_memory=None) -> Tensor`
    public static Tensor arange(long end, DType dtype, Device device) {
        try (Calls calls = Calls.enter()) {
            long result = ops_h.mn_arange(end, Scratch.INTEGER, DType.code(dtype), Device.code(device));
            if (result == 0) {
                throw Native.failure("arange");
            }
            return Tensor.own(result, calls);
        }
    }

    public static Tensor arange(long end, DType dtype) {
        return arange(end, dtype, (Device) null);
    }

    public static Tensor arange(long end) {
        return arange(end, (DType) null, (Device) null);
    }

    /// `aten::arange(Scalar end, *, ScalarType? dtype=None, Layout? layout=None, Device? device=None, bool? pin_memory=None) -> Tensor`
    public static Tensor arange(double end, DType dtype, Device device) {
        try (Calls calls = Calls.enter()) {
            long result = ops_h.mn_arange(Double.doubleToRawLongBits(end), Scratch.DOUBLE, DType.code(dtype), Device.code(device));
            if (result == 0) {
                throw Native.failure("arange");
            }
            return Tensor.own(result, calls);
        }
    }

    public static Tensor arange(double end, DType dtype) {
        return arange(end, dtype, (Device) null);
    }

    public static Tensor arange(double end) {
        return arange(end, (DType) null, (Device) null);
    }

    /// `aten::arange.start(Scalar start, Scalar end, *, ScalarType? dtype=None, Layout? layout=None, Device? device=None, bool? pin_memory=None) -> Tensor`
    public static Tensor arange(long start, long end, DType dtype, Device device) {
        try (Calls calls = Calls.enter()) {
            long result = ops_h.mn_arange_start(start, Scratch.INTEGER, end, Scratch.INTEGER, DType.code(dtype), Device.code(device));
            if (result == 0) {
                throw Native.failure("arange");
            }
            return Tensor.own(result, calls);
        }
    }

    public static Tensor arange(long start, long end, DType dtype) {
        return arange(start, end, dtype, (Device) null);
    }

    public static Tensor arange(long start, long end) {
        return arange(start, end, (DType) null, (Device) null);
    }

    /// `aten::arange.start(Scalar start, Scalar end, *, ScalarType? dtype=None, Layout? layout=None, Device? device=None, bool? pin_memory=None) -> Tensor`
    public static Tensor arange(double start, double end, DType dtype, Device device) {
        try (Calls calls = Calls.enter()) {
            long result = ops_h.mn_arange_start(Double.doubleToRawLongBits(start), Scratch.DOUBLE, Double.doubleToRawLongBits(end), Scratch.DOUBLE, DType.code(dtype), Device.code(device));
            if (result == 0) {
                throw Native.failure("arange");
            }
            return Tensor.own(result, calls);
        }
    }

    public static Tensor arange(double start, double end, DType dtype) {
        return arange(start, end, dtype, (Device) null);
    }

    public static Tensor arange(double start, double end) {
        return arange(start, end, (DType) null, (Device) null);
    }

    /// `aten::arange.start_step(Scalar start, Scalar end, Scalar step=1, *, ScalarType? dtype=None, Layout? layout=None, Device? device=None, bool? pin_memory=None) -> Tensor`
    public static Tensor arange(long start, long end, long step, DType dtype, Device device) {
        try (Calls calls = Calls.enter()) {
            long result = ops_h.mn_arange_start_step(start, Scratch.INTEGER, end, Scratch.INTEGER, step, Scratch.INTEGER, DType.code(dtype), Device.code(device));
            if (result == 0) {
                throw Native.failure("arange");
            }
            return Tensor.own(result, calls);
        }
    }

    public static Tensor arange(long start, long end, long step, DType dtype) {
        return arange(start, end, step, dtype, (Device) null);
    }

    public static Tensor arange(long start, long end, long step) {
        return arange(start, end, step, (DType) null, (Device) null);
    }

    /// `aten::arange.start_step(Scalar start, Scalar end, Scalar step=1, *, ScalarType? dtype=None, Layout? layout=None, Device? device=None, bool? pin_memory=None) -> Tensor`
    public static Tensor arange(double start, double end, double step, DType dtype, Device device) {
        try (Calls calls = Calls.enter()) {
            long result = ops_h.mn_arange_start_step(Double.doubleToRawLongBits(start), Scratch.DOUBLE, Double.doubleToRawLongBits(end), Scratch.DOUBLE, Double.doubleToRawLongBits(step), Scratch.DOUBLE, DType.code(dtype), Device.code(device));
            if (result == 0) {
                throw Native.failure("arange");
            }
            return Tensor.own(result, calls);
        }
    }

    public static Tensor arange(double start, double end, double step, DType dtype) {
        return arange(start, end, step, dtype, (Device) null);
    }

    public static Tensor arange(double start, double end, double step) {
        return arange(start, end, step, (DType) null, (Device) null);
    }

    /// `aten::linspace(Scalar start, Scalar end, int steps, *, ScalarType? dtype=None, Layout? layout=None, Device? device=None, bool? pin_memory=None) -> Tensor`
    public static Tensor linspace(long start, long end, long steps, DType dtype, Device device) {
        try (Calls calls = Calls.enter()) {
            long result = ops_h.mn_linspace(start, Scratch.INTEGER, end, Scratch.INTEGER, steps, DType.code(dtype), Device.code(device));
            if (result == 0) {
                throw Native.failure("linspace");
            }
            return Tensor.own(result, calls);
        }
    }

    public static Tensor linspace(long start, long end, long steps, DType dtype) {
        return linspace(start, end, steps, dtype, (Device) null);
    }

    public static Tensor linspace(long start, long end, long steps) {
        return linspace(start, end, steps, (DType) null, (Device) null);
    }

    /// `aten::linspace(Scalar start, Scalar end, int steps, *, ScalarType? dtype=None, Layout? layout=None, Device? device=None, bool? pin_memory=None) -> Tensor`
    public static Tensor linspace(double start, double end, long steps, DType dtype, Device device) {
        try (Calls calls = Calls.enter()) {
            long result = ops_h.mn_linspace(Double.doubleToRawLongBits(start), Scratch.DOUBLE, Double.doubleToRawLongBits(end), Scratch.DOUBLE, steps, DType.code(dtype), Device.code(device));
            if (result == 0) {
                throw Native.failure("linspace");
            }
            return Tensor.own(result, calls);
        }
    }

    public static Tensor linspace(double start, double end, long steps, DType dtype) {
        return linspace(start, end, steps, dtype, (Device) null);
    }

    public static Tensor linspace(double start, double end, long steps) {
        return linspace(start, end, steps, (DType) null, (Device) null);
    }

    /// `aten::scalar_tensor(Scalar s, *, ScalarType? dtype=None, Layout? layout=None, Device? device=None, bool? pin_memory=None) -> Tensor`
    public static Tensor scalarTensor(long s, DType dtype, Device device) {
        try (Calls calls = Calls.enter()) {
            long result = ops_h.mn_scalar_tensor(s, Scratch.INTEGER, DType.code(dtype), Device.code(device));
            if (result == 0) {
                throw Native.failure("scalar_tensor");
            }
            return Tensor.own(result, calls);
        }
    }

    public static Tensor scalarTensor(long s, DType dtype) {
        return scalarTensor(s, dtype, (Device) null);
    }

    public static Tensor scalarTensor(long s) {
        return scalarTensor(s, (DType) null, (Device) null);
    }

    /// `aten::scalar_tensor(Scalar s, *, ScalarType? dtype=None, Layout? layout=None, Device? device=None, bool? pin_memory=None) -> Tensor`
    public static Tensor scalarTensor(double s, DType dtype, Device device) {
        try (Calls calls = Calls.enter()) {
            long result = ops_h.mn_scalar_tensor(Double.doubleToRawLongBits(s), Scratch.DOUBLE, DType.code(dtype), Device.code(device));
            if (result == 0) {
                throw Native.failure("scalar_tensor");
            }
            return Tensor.own(result, calls);
        }
    }

    public static Tensor scalarTensor(double s, DType dtype) {
        return scalarTensor(s, dtype, (Device) null);
    }

    public static Tensor scalarTensor(double s) {
        return scalarTensor(s, (DType) null, (Device) null);
    }

    /// `aten::rand.generator(SymInt[] size, *, Generator? generator, ScalarType? dtype=None, Layout? layout=None, Device? device=None, bool? pin_memory=None) -> Tensor`
    public static Tensor rand(long[] size, Generator generator, DType dtype, Device device) {
        try (Calls calls = Calls.enter()) {
            Scratch scratch = calls.scratch;
            long result = ops_h.mn_rand_generator(scratch.longs(size), size.length, Generator.handleOrZero(generator, calls), DType.code(dtype), Device.code(device));
            if (result == 0) {
                throw Native.failure("rand");
            }
            return Tensor.own(result, calls);
        }
    }

    public static Tensor rand(long[] size, Generator generator, DType dtype) {
        return rand(size, generator, dtype, (Device) null);
    }

    public static Tensor rand(long[] size, Generator generator) {
        return rand(size, generator, (DType) null, (Device) null);
    }

    public static Tensor rand(long... size) {
        return rand(size, (Generator) null, (DType) null, (Device) null);
    }

    /// `aten::randn.generator(SymInt[] size, *, Generator? generator, ScalarType? dtype=None, Layout? layout=None, Device? device=None, bool? pin_memory=None) -> Tensor`
    public static Tensor randn(long[] size, Generator generator, DType dtype, Device device) {
        try (Calls calls = Calls.enter()) {
            Scratch scratch = calls.scratch;
            long result = ops_h.mn_randn_generator(scratch.longs(size), size.length, Generator.handleOrZero(generator, calls), DType.code(dtype), Device.code(device));
            if (result == 0) {
                throw Native.failure("randn");
            }
            return Tensor.own(result, calls);
        }
    }

    public static Tensor randn(long[] size, Generator generator, DType dtype) {
        return randn(size, generator, dtype, (Device) null);
    }

    public static Tensor randn(long[] size, Generator generator) {
        return randn(size, generator, (DType) null, (Device) null);
    }

    public static Tensor randn(long... size) {
        return randn(size, (Generator) null, (DType) null, (Device) null);
    }

    /// `aten::randint.low_generator(SymInt low, SymInt high, SymInt[] size, *, Generator? generator, ScalarType? dtype=long, Layout? layout=None, Device? device=None, bool? pin_memory=None) -> Tensor`
    public static Tensor randint(long low, long high, long[] size, Generator generator, DType dtype, Device device) {
        try (Calls calls = Calls.enter()) {
            Scratch scratch = calls.scratch;
            long result = ops_h.mn_randint_low_generator(low, high, scratch.longs(size), size.length, Generator.handleOrZero(generator, calls), DType.code(dtype), Device.code(device));
            if (result == 0) {
                throw Native.failure("randint");
            }
            return Tensor.own(result, calls);
        }
    }

    public static Tensor randint(long low, long high, long[] size, Generator generator, DType dtype) {
        return randint(low, high, size, generator, dtype, (Device) null);
    }

    public static Tensor randint(long low, long high, long[] size, Generator generator) {
        return randint(low, high, size, generator, DType.INT64, (Device) null);
    }

    public static Tensor randint(long low, long high, long... size) {
        return randint(low, high, size, (Generator) null, DType.INT64, (Device) null);
    }

    /// `aten::randperm.generator(SymInt n, *, Generator? generator, ScalarType? dtype=long, Layout? layout=None, Device? device=None, bool? pin_memory=None) -> Tensor`
    public static Tensor randperm(long n, Generator generator, DType dtype, Device device) {
        try (Calls calls = Calls.enter()) {
            long result = ops_h.mn_randperm_generator(n, Generator.handleOrZero(generator, calls), DType.code(dtype), Device.code(device));
            if (result == 0) {
                throw Native.failure("randperm");
            }
            return Tensor.own(result, calls);
        }
    }

    public static Tensor randperm(long n, Generator generator, DType dtype) {
        return randperm(n, generator, dtype, (Device) null);
    }

    public static Tensor randperm(long n, Generator generator) {
        return randperm(n, generator, DType.INT64, (Device) null);
    }

    public static Tensor randperm(long n) {
        return randperm(n, (Generator) null, DType.INT64, (Device) null);
    }

    private Torch() {}
}
