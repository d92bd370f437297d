// Written by native/generator from native/ops.schema: change that, not this.
#include "mneme/ops.h"

#include "../arguments.h"
#include "../deadly.h"

#include <ATen/ops/eq_ops.h>
#include <ATen/ops/ne_ops.h>
#include <ATen/ops/lt_ops.h>
#include <ATen/ops/le_ops.h>
#include <ATen/ops/gt_ops.h>
#include <ATen/ops/ge_ops.h>
#include <ATen/ops/isnan_ops.h>
#include <ATen/ops/isinf_ops.h>
#include <ATen/ops/isfinite_ops.h>
#include <ATen/ops/isclose_ops.h>
#include <ATen/ops/logical_and_ops.h>
#include <ATen/ops/logical_or_ops.h>
#include <ATen/ops/logical_xor_ops.h>
#include <ATen/ops/logical_not_ops.h>
#include <ATen/ops/bitwise_and_ops.h>
#include <ATen/ops/bitwise_or_ops.h>
#include <ATen/ops/bitwise_not_ops.h>
#include <ATen/ops/where_ops.h>
#include <ATen/ops/any_ops.h>
#include <ATen/ops/all_ops.h>
#include <ATen/ops/equal_ops.h>
#include <ATen/ops/allclose_ops.h>
#include <ATen/ops/isin_ops.h>
#include <ATen/ops/matmul_ops.h>
#include <ATen/ops/mm_ops.h>
#include <ATen/ops/bmm_ops.h>
#include <ATen/ops/addmm_ops.h>
#include <ATen/ops/baddbmm_ops.h>
#include <ATen/ops/mv_ops.h>
#include <ATen/ops/dot_ops.h>
#include <ATen/ops/outer_ops.h>
#include <ATen/ops/linear_ops.h>
#include <ATen/ops/einsum_ops.h>
#include <ATen/ops/t_ops.h>
#include <ATen/ops/view_ops.h>
#include <ATen/ops/reshape_ops.h>
#include <ATen/ops/permute_ops.h>
#include <ATen/ops/transpose_ops.h>
#include <ATen/ops/squeeze_ops.h>
#include <ATen/ops/unsqueeze_ops.h>
#include <ATen/ops/expand_ops.h>
#include <ATen/ops/expand_as_ops.h>
#include <ATen/ops/view_as_ops.h>
#include <ATen/ops/reshape_as_ops.h>
#include <ATen/ops/flatten_ops.h>
#include <ATen/ops/unflatten_ops.h>
#include <ATen/ops/movedim_ops.h>
#include <ATen/ops/select_ops.h>
#include <ATen/ops/slice_ops.h>
#include <ATen/ops/narrow_ops.h>
#include <ATen/ops/diagonal_ops.h>
#include <ATen/ops/unfold_ops.h>
#include <ATen/ops/chunk_ops.h>
#include <ATen/ops/split_ops.h>
#include <ATen/ops/split_with_sizes_ops.h>
#include <ATen/ops/unbind_ops.h>
#include <ATen/ops/cat_ops.h>
#include <ATen/ops/stack_ops.h>

using namespace mneme;

mn_tensor mn_eq_Scalar(mn_tensor self, int64_t other, int32_t other_kind) noexcept {
    return handle([&] { BelowAutograd below; return own(at::_ops::eq_Scalar::call(*Borrowed(self), scalar(other, other_kind))); });
}

mn_tensor mn_eq_Tensor(mn_tensor self, mn_tensor other) noexcept {
    return handle([&] { BelowAutograd below; return own(at::_ops::eq_Tensor::call(*Borrowed(self), *Borrowed(other))); });
}

mn_tensor mn_ne_Scalar(mn_tensor self, int64_t other, int32_t other_kind) noexcept {
    return handle([&] { BelowAutograd below; return own(at::_ops::ne_Scalar::call(*Borrowed(self), scalar(other, other_kind))); });
}

mn_tensor mn_ne_Tensor(mn_tensor self, mn_tensor other) noexcept {
    return handle([&] { BelowAutograd below; return own(at::_ops::ne_Tensor::call(*Borrowed(self), *Borrowed(other))); });
}

mn_tensor mn_lt_Scalar(mn_tensor self, int64_t other, int32_t other_kind) noexcept {
    return handle([&] { BelowAutograd below; return own(at::_ops::lt_Scalar::call(*Borrowed(self), scalar(other, other_kind))); });
}

mn_tensor mn_lt_Tensor(mn_tensor self, mn_tensor other) noexcept {
    return handle([&] { BelowAutograd below; return own(at::_ops::lt_Tensor::call(*Borrowed(self), *Borrowed(other))); });
}

mn_tensor mn_le_Scalar(mn_tensor self, int64_t other, int32_t other_kind) noexcept {
    return handle([&] { BelowAutograd below; return own(at::_ops::le_Scalar::call(*Borrowed(self), scalar(other, other_kind))); });
}

mn_tensor mn_le_Tensor(mn_tensor self, mn_tensor other) noexcept {
    return handle([&] { BelowAutograd below; return own(at::_ops::le_Tensor::call(*Borrowed(self), *Borrowed(other))); });
}

mn_tensor mn_gt_Scalar(mn_tensor self, int64_t other, int32_t other_kind) noexcept {
    return handle([&] { BelowAutograd below; return own(at::_ops::gt_Scalar::call(*Borrowed(self), scalar(other, other_kind))); });
}

mn_tensor mn_gt_Tensor(mn_tensor self, mn_tensor other) noexcept {
    return handle([&] { BelowAutograd below; return own(at::_ops::gt_Tensor::call(*Borrowed(self), *Borrowed(other))); });
}

mn_tensor mn_ge_Scalar(mn_tensor self, int64_t other, int32_t other_kind) noexcept {
    return handle([&] { BelowAutograd below; return own(at::_ops::ge_Scalar::call(*Borrowed(self), scalar(other, other_kind))); });
}

mn_tensor mn_ge_Tensor(mn_tensor self, mn_tensor other) noexcept {
    return handle([&] { BelowAutograd below; return own(at::_ops::ge_Tensor::call(*Borrowed(self), *Borrowed(other))); });
}

mn_tensor mn_isnan(mn_tensor self) noexcept {
    return handle([&] { BelowAutograd below; return own(at::_ops::isnan::call(*Borrowed(self))); });
}

mn_tensor mn_isinf(mn_tensor self) noexcept {
    return handle([&] { BelowAutograd below; return own(at::_ops::isinf::call(*Borrowed(self))); });
}

mn_tensor mn_isfinite(mn_tensor self) noexcept {
    return handle([&] { BelowAutograd below; return own(at::_ops::isfinite::call(*Borrowed(self))); });
}

mn_tensor mn_isclose(mn_tensor self, mn_tensor other, double rtol, double atol, bool equal_nan) noexcept {
    return handle([&] { BelowAutograd below; return own(at::_ops::isclose::call(*Borrowed(self), *Borrowed(other), rtol, atol, equal_nan)); });
}

mn_tensor mn_logical_and(mn_tensor self, mn_tensor other) noexcept {
    return handle([&] { BelowAutograd below; return own(at::_ops::logical_and::call(*Borrowed(self), *Borrowed(other))); });
}

mn_tensor mn_logical_or(mn_tensor self, mn_tensor other) noexcept {
    return handle([&] { BelowAutograd below; return own(at::_ops::logical_or::call(*Borrowed(self), *Borrowed(other))); });
}

mn_tensor mn_logical_xor(mn_tensor self, mn_tensor other) noexcept {
    return handle([&] { BelowAutograd below; return own(at::_ops::logical_xor::call(*Borrowed(self), *Borrowed(other))); });
}

mn_tensor mn_logical_not(mn_tensor self) noexcept {
    return handle([&] { BelowAutograd below; return own(at::_ops::logical_not::call(*Borrowed(self))); });
}

mn_tensor mn_bitwise_and_Tensor(mn_tensor self, mn_tensor other) noexcept {
    return handle([&] { BelowAutograd below; return own(at::_ops::bitwise_and_Tensor::call(*Borrowed(self), *Borrowed(other))); });
}

mn_tensor mn_bitwise_or_Tensor(mn_tensor self, mn_tensor other) noexcept {
    return handle([&] { BelowAutograd below; return own(at::_ops::bitwise_or_Tensor::call(*Borrowed(self), *Borrowed(other))); });
}

mn_tensor mn_bitwise_not(mn_tensor self) noexcept {
    return handle([&] { BelowAutograd below; return own(at::_ops::bitwise_not::call(*Borrowed(self))); });
}

mn_tensor mn_where_self(mn_tensor condition, mn_tensor self, mn_tensor other) noexcept {
    return handle([&] { BelowAutograd below; return own(at::_ops::where_self::call(*Borrowed(condition), *Borrowed(self), *Borrowed(other))); });
}

mn_tensor mn_where_ScalarOther(mn_tensor condition, mn_tensor self, int64_t other, int32_t other_kind) noexcept {
    return handle([&] { BelowAutograd below; return own(at::_ops::where_ScalarOther::call(*Borrowed(condition), *Borrowed(self), scalar(other, other_kind))); });
}

mn_tensor mn_any(mn_tensor self) noexcept {
    return handle([&] { BelowAutograd below; return own(at::_ops::any::call(*Borrowed(self))); });
}

mn_tensor mn_any_dim(mn_tensor self, int64_t dim, bool keepdim) noexcept {
    return handle([&] { BelowAutograd below; return own(at::_ops::any_dim::call(*Borrowed(self), dim, keepdim)); });
}

mn_tensor mn_all(mn_tensor self) noexcept {
    return handle([&] { BelowAutograd below; return own(at::_ops::all::call(*Borrowed(self))); });
}

mn_tensor mn_all_dim(mn_tensor self, int64_t dim, bool keepdim) noexcept {
    return handle([&] { BelowAutograd below; return own(at::_ops::all_dim::call(*Borrowed(self), dim, keepdim)); });
}

int32_t mn_equal(mn_tensor self, mn_tensor other) noexcept {
    return flag([&] { return at::_ops::equal::call(*Borrowed(self), *Borrowed(other)); });
}

int32_t mn_allclose(mn_tensor self, mn_tensor other, double rtol, double atol, bool equal_nan) noexcept {
    return flag([&] { return at::_ops::allclose::call(*Borrowed(self), *Borrowed(other), rtol, atol, equal_nan); });
}

mn_tensor mn_isin_Tensor_Tensor(mn_tensor elements, mn_tensor test_elements, bool assume_unique, bool invert) noexcept {
    return handle([&] { BelowAutograd below; return own(at::_ops::isin_Tensor_Tensor::call(*Borrowed(elements), *Borrowed(test_elements), assume_unique, invert)); });
}

mn_tensor mn_matmul(mn_tensor self, mn_tensor other) noexcept {
    return handle([&] { BelowAutograd below; return own(at::_ops::matmul::call(*Borrowed(self), *Borrowed(other))); });
}

mn_tensor mn_mm(mn_tensor self, mn_tensor mat2) noexcept {
    return handle([&] { BelowAutograd below; return own(at::_ops::mm::call(*Borrowed(self), *Borrowed(mat2))); });
}

mn_tensor mn_bmm(mn_tensor self, mn_tensor mat2) noexcept {
    return handle([&] { BelowAutograd below; return own(at::_ops::bmm::call(*Borrowed(self), *Borrowed(mat2))); });
}

mn_tensor mn_addmm(mn_tensor self, mn_tensor mat1, mn_tensor mat2, int64_t beta, int32_t beta_kind, int64_t alpha, int32_t alpha_kind) noexcept {
    return handle([&] { BelowAutograd below; return own(at::_ops::addmm::call(*Borrowed(self), *Borrowed(mat1), *Borrowed(mat2), scalar(beta, beta_kind), scalar(alpha, alpha_kind))); });
}

mn_tensor mn_baddbmm(mn_tensor self, mn_tensor batch1, mn_tensor batch2, int64_t beta, int32_t beta_kind, int64_t alpha, int32_t alpha_kind) noexcept {
    return handle([&] { BelowAutograd below; return own(at::_ops::baddbmm::call(*Borrowed(self), *Borrowed(batch1), *Borrowed(batch2), scalar(beta, beta_kind), scalar(alpha, alpha_kind))); });
}

mn_tensor mn_mv(mn_tensor self, mn_tensor vec) noexcept {
    return handle([&] { BelowAutograd below; return own(at::_ops::mv::call(*Borrowed(self), *Borrowed(vec))); });
}

mn_tensor mn_dot(mn_tensor self, mn_tensor tensor) noexcept {
    return handle([&] { BelowAutograd below; return own(at::_ops::dot::call(*Borrowed(self), *Borrowed(tensor))); });
}

mn_tensor mn_outer(mn_tensor self, mn_tensor vec2) noexcept {
    return handle([&] { BelowAutograd below; return own(at::_ops::outer::call(*Borrowed(self), *Borrowed(vec2))); });
}

mn_tensor mn_linear(mn_tensor input, mn_tensor weight, mn_tensor bias) noexcept {
    return handle([&] { BelowAutograd below; return own(at::_ops::linear::call(*Borrowed(input), *Borrowed(weight), optional_tensor(bias))); });
}

mn_tensor mn_einsum(const char* equation, const mn_tensor* tensors, int64_t tensors_size, const int64_t* path, int64_t path_size) noexcept {
    return handle([&] { BelowAutograd below; return own(at::_ops::einsum::call(text(equation), TensorArray(tensors, tensors_size).list(), optional_ints(path, path_size))); });
}

mn_tensor mn_t(mn_tensor self) noexcept {
    return handle([&] { return own(at::_ops::t::call(*Borrowed(self))); });
}

mn_tensor mn_view(mn_tensor self, const int64_t* size, int64_t size_size) noexcept {
    return handle([&] { return own(at::_ops::view::call(*Borrowed(self), symints(size, size_size))); });
}

mn_tensor mn_reshape(mn_tensor self, const int64_t* shape, int64_t shape_size) noexcept {
    return handle([&] { return own(at::_ops::reshape::call(*Borrowed(self), symints(shape, shape_size))); });
}

mn_tensor mn_permute(mn_tensor self, const int64_t* dims, int64_t dims_size) noexcept {
    return handle([&] { return own(at::_ops::permute::call(*Borrowed(self), ints(dims, dims_size))); });
}

mn_tensor mn_transpose_int(mn_tensor self, int64_t dim0, int64_t dim1) noexcept {
    return handle([&] { return own(at::_ops::transpose_int::call(*Borrowed(self), dim0, dim1)); });
}

mn_tensor mn_squeeze(mn_tensor self) noexcept {
    return handle([&] { return own(at::_ops::squeeze::call(*Borrowed(self))); });
}

mn_tensor mn_squeeze_dim(mn_tensor self, int64_t dim) noexcept {
    return handle([&] { return own(at::_ops::squeeze_dim::call(*Borrowed(self), dim)); });
}

mn_tensor mn_unsqueeze(mn_tensor self, int64_t dim) noexcept {
    return handle([&] { return own(at::_ops::unsqueeze::call(*Borrowed(self), dim)); });
}

mn_tensor mn_expand(mn_tensor self, const int64_t* size, int64_t size_size, bool implicit) noexcept {
    return handle([&] { return own(at::_ops::expand::call(*Borrowed(self), symints(size, size_size), implicit)); });
}

mn_tensor mn_expand_as(mn_tensor self, mn_tensor other) noexcept {
    return handle([&] { return own(at::_ops::expand_as::call(*Borrowed(self), *Borrowed(other))); });
}

mn_tensor mn_view_as(mn_tensor self, mn_tensor other) noexcept {
    return handle([&] { return own(at::_ops::view_as::call(*Borrowed(self), *Borrowed(other))); });
}

mn_tensor mn_reshape_as(mn_tensor self, mn_tensor other) noexcept {
    return handle([&] { return own(at::_ops::reshape_as::call(*Borrowed(self), *Borrowed(other))); });
}

mn_tensor mn_flatten_using_ints(mn_tensor self, int64_t start_dim, int64_t end_dim) noexcept {
    return handle([&] { return own(at::_ops::flatten_using_ints::call(*Borrowed(self), start_dim, end_dim)); });
}

mn_tensor mn_unflatten_int(mn_tensor self, int64_t dim, const int64_t* sizes, int64_t sizes_size) noexcept {
    return handle([&] { return own(at::_ops::unflatten_int::call(*Borrowed(self), dim, symints(sizes, sizes_size))); });
}

mn_tensor mn_movedim_int(mn_tensor self, int64_t source, int64_t destination) noexcept {
    return handle([&] { return own(at::_ops::movedim_int::call(*Borrowed(self), source, destination)); });
}

mn_tensor mn_select_int(mn_tensor self, int64_t dim, int64_t index) noexcept {
    return handle([&] { return own(at::_ops::select_int::call(*Borrowed(self), dim, index)); });
}

mn_tensor mn_slice_Tensor(mn_tensor self, int64_t dim, int64_t start, bool start_given, int64_t end, bool end_given, int64_t step) noexcept {
    return handle([&] { return own(at::_ops::slice_Tensor::call(*Borrowed(self), dim, optional<c10::SymInt>(start, start_given), optional<c10::SymInt>(end, end_given), step)); });
}

mn_tensor mn_narrow(mn_tensor self, int64_t dim, int64_t start, int64_t length) noexcept {
    return handle([&] { return own(at::_ops::narrow::call(*Borrowed(self), dim, start, length)); });
}

mn_tensor mn_diagonal(mn_tensor self, int64_t offset, int64_t dim1, int64_t dim2) noexcept {
    return handle([&] { return own(at::_ops::diagonal::call(*Borrowed(self), offset, dim1, dim2)); });
}

mn_tensor mn_unfold(mn_tensor self, int64_t dimension, int64_t size, int64_t step) noexcept {
    return handle([&] { return own(at::_ops::unfold::call(*Borrowed(self), dimension, size, step)); });
}

int64_t mn_chunk(mn_tensor self, int64_t chunks, int64_t dim) noexcept {
    return count([&] { return keep_results(at::_ops::chunk::call(*Borrowed(self), chunks, dim)); });
}

int64_t mn_split_Tensor(mn_tensor self, int64_t split_size, int64_t dim) noexcept {
    return count([&] { return keep_results(at::_ops::split_Tensor::call(*Borrowed(self), split_size, dim)); });
}

int64_t mn_split_with_sizes(mn_tensor self, const int64_t* split_sizes, int64_t split_sizes_size, int64_t dim) noexcept {
    return count([&] { return keep_results(at::_ops::split_with_sizes::call(*Borrowed(self), symints(split_sizes, split_sizes_size), dim)); });
}

int64_t mn_unbind_int(mn_tensor self, int64_t dim) noexcept {
    return count([&] { return keep_results(at::_ops::unbind_int::call(*Borrowed(self), dim)); });
}

mn_tensor mn_cat(const mn_tensor* tensors, int64_t tensors_size, int64_t dim) noexcept {
    return handle([&] { BelowAutograd below; return own(at::_ops::cat::call(TensorArray(tensors, tensors_size).list(), dim)); });
}

mn_tensor mn_stack(const mn_tensor* tensors, int64_t tensors_size, int64_t dim) noexcept {
    return handle([&] { BelowAutograd below; return own(at::_ops::stack::call(TensorArray(tensors, tensors_size).list(), dim)); });
}
