// Written by native/generator from native/ops.schema: change that, not this.
#include "mneme/ops.h"

#include "../arguments.h"
#include "../deadly.h"

#include <ATen/ops/repeat_ops.h>
#include <ATen/ops/tile_ops.h>
#include <ATen/ops/repeat_interleave_ops.h>
#include <ATen/ops/flip_ops.h>
#include <ATen/ops/roll_ops.h>
#include <ATen/ops/tril_ops.h>
#include <ATen/ops/triu_ops.h>
#include <ATen/ops/contiguous_ops.h>
#include <ATen/ops/clone_ops.h>
#include <ATen/ops/detach_ops.h>
#include <ATen/ops/alias_ops.h>
#include <ATen/ops/copy_ops.h>
#include <ATen/ops/to_ops.h>
#include <ATen/ops/index_ops.h>
#include <ATen/ops/index_put_ops.h>
#include <ATen/ops/index_select_ops.h>
#include <ATen/ops/index_add_ops.h>
#include <ATen/ops/index_copy_ops.h>
#include <ATen/ops/index_fill_ops.h>
#include <ATen/ops/gather_ops.h>
#include <ATen/ops/scatter_ops.h>
#include <ATen/ops/scatter_add_ops.h>
#include <ATen/ops/scatter_reduce_ops.h>
#include <ATen/ops/take_along_dim_ops.h>
#include <ATen/ops/masked_fill_ops.h>
#include <ATen/ops/masked_select_ops.h>
#include <ATen/ops/masked_scatter_ops.h>
#include <ATen/ops/nonzero_ops.h>
#include <ATen/ops/sum_ops.h>
#include <ATen/ops/mean_ops.h>
#include <ATen/ops/prod_ops.h>
#include <ATen/ops/max_ops.h>
#include <ATen/ops/min_ops.h>
#include <ATen/ops/amax_ops.h>
#include <ATen/ops/amin_ops.h>
#include <ATen/ops/aminmax_ops.h>
#include <ATen/ops/argmax_ops.h>
#include <ATen/ops/argmin_ops.h>
#include <ATen/ops/var_ops.h>
#include <ATen/ops/std_ops.h>
#include <ATen/ops/linalg_vector_norm_ops.h>
#include <ATen/ops/norm_ops.h>
#include <ATen/ops/logsumexp_ops.h>
#include <ATen/ops/cumsum_ops.h>
#include <ATen/ops/cumprod_ops.h>
#include <ATen/ops/count_nonzero_ops.h>
#include <ATen/ops/median_ops.h>

using namespace mneme;

mn_tensor mn_repeat(mn_tensor self, const int64_t* repeats, int64_t repeats_size) noexcept {
    return handle([&] { BelowAutograd below; return own(at::_ops::repeat::call(*Borrowed(self), symints(repeats, repeats_size))); });
}

mn_tensor mn_tile(mn_tensor self, const int64_t* dims, int64_t dims_size) noexcept {
    return handle([&] { BelowAutograd below; return own(at::_ops::tile::call(*Borrowed(self), symints(dims, dims_size))); });
}

mn_tensor mn_repeat_interleave_self_int(mn_tensor self, int64_t repeats, int64_t dim, bool dim_given, int64_t output_size, bool output_size_given) noexcept {
    return handle([&] { BelowAutograd below; return own(at::_ops::repeat_interleave_self_int::call(*Borrowed(self), repeats, optional<int64_t>(dim, dim_given), optional<c10::SymInt>(output_size, output_size_given))); });
}

mn_tensor mn_flip(mn_tensor self, const int64_t* dims, int64_t dims_size) noexcept {
    return handle([&] { BelowAutograd below; return own(at::_ops::flip::call(*Borrowed(self), ints(dims, dims_size))); });
}

mn_tensor mn_roll(mn_tensor self, const int64_t* shifts, int64_t shifts_size, const int64_t* dims, int64_t dims_size) noexcept {
    return handle([&] { BelowAutograd below; return own(at::_ops::roll::call(*Borrowed(self), symints(shifts, shifts_size), ints(dims, dims_size))); });
}

mn_tensor mn_tril(mn_tensor self, int64_t diagonal) noexcept {
    return handle([&] { BelowAutograd below; return own(at::_ops::tril::call(*Borrowed(self), diagonal)); });
}

mn_tensor mn_triu(mn_tensor self, int64_t diagonal) noexcept {
    return handle([&] { BelowAutograd below; return own(at::_ops::triu::call(*Borrowed(self), diagonal)); });
}

mn_tensor mn_contiguous(mn_tensor self) noexcept {
    return handle([&] { return own(at::_ops::contiguous::call(*Borrowed(self), at::MemoryFormat::Contiguous)); });
}

mn_tensor mn_clone(mn_tensor self) noexcept {
    return handle([&] { BelowAutograd below; return own(at::_ops::clone::call(*Borrowed(self), std::nullopt)); });
}

mn_tensor mn_detach(mn_tensor self) noexcept {
    return handle([&] { return own(at::_ops::detach::call(*Borrowed(self))); });
}

mn_status mn_detach_(mn_tensor self) noexcept {
    return status([&] { at::_ops::detach_::call(*Borrowed(self)); });
}

mn_tensor mn_alias(mn_tensor self) noexcept {
    return handle([&] { return own(at::_ops::alias::call(*Borrowed(self))); });
}

mn_status mn_copy_(mn_tensor self, mn_tensor src, bool non_blocking) noexcept {
    return status([&] { at::_ops::copy_::call(*Borrowed(self), *Borrowed(src), non_blocking); });
}

mn_tensor mn_to_dtype(mn_tensor self, int32_t dtype, bool non_blocking, bool copy) noexcept {
    return handle([&] { return own(at::_ops::to_dtype::call(*Borrowed(self), dtype_of(dtype), non_blocking, copy, std::nullopt)); });
}

mn_tensor mn_to_dtype_layout(mn_tensor self, int32_t dtype, int32_t device, bool non_blocking, bool copy) noexcept {
    return handle([&] { return own(at::_ops::to_dtype_layout::call(*Borrowed(self), optional_dtype(dtype), std::nullopt, optional_device(device), std::nullopt, non_blocking, copy, std::nullopt)); });
}

mn_tensor mn_to_device(mn_tensor self, int32_t device, int32_t dtype, bool non_blocking, bool copy) noexcept {
    return handle([&] { return own(at::_ops::to_device::call(*Borrowed(self), device_of(device), dtype_of(dtype), non_blocking, copy, std::nullopt)); });
}

mn_tensor mn_index_Tensor(mn_tensor self, const mn_tensor* indices, int64_t indices_size) noexcept {
    return handle([&] { BelowAutograd below; return own(at::_ops::index_Tensor::call(*Borrowed(self), optional_tensors(indices, indices_size))); });
}

mn_tensor mn_index_put(mn_tensor self, const mn_tensor* indices, int64_t indices_size, mn_tensor values, bool accumulate) noexcept {
    return handle([&] { BelowAutograd below; return own(at::_ops::index_put::call(*Borrowed(self), optional_tensors(indices, indices_size), *Borrowed(values), accumulate)); });
}

mn_status mn_index_put_(mn_tensor self, const mn_tensor* indices, int64_t indices_size, mn_tensor values, bool accumulate) noexcept {
    return status([&] { at::_ops::index_put_::call(*Borrowed(self), optional_tensors(indices, indices_size), *Borrowed(values), accumulate); });
}

mn_tensor mn_index_select(mn_tensor self, int64_t dim, mn_tensor index) noexcept {
    return handle([&] { BelowAutograd below; return own(at::_ops::index_select::call(*Borrowed(self), dim, *Borrowed(index))); });
}

mn_tensor mn_index_add(mn_tensor self, int64_t dim, mn_tensor index, mn_tensor source, int64_t alpha, int32_t alpha_kind) noexcept {
    return handle([&] { BelowAutograd below; return own(at::_ops::index_add::call(*Borrowed(self), dim, *Borrowed(index), *Borrowed(source), scalar(alpha, alpha_kind))); });
}

mn_status mn_index_add_(mn_tensor self, int64_t dim, mn_tensor index, mn_tensor source, int64_t alpha, int32_t alpha_kind) noexcept {
    return status([&] { at::_ops::index_add_::call(*Borrowed(self), dim, *Borrowed(index), *Borrowed(source), scalar(alpha, alpha_kind)); });
}

mn_tensor mn_index_copy(mn_tensor self, int64_t dim, mn_tensor index, mn_tensor source) noexcept {
    return handle([&] { BelowAutograd below; return own(at::_ops::index_copy::call(*Borrowed(self), dim, *Borrowed(index), *Borrowed(source))); });
}

mn_status mn_index_copy_(mn_tensor self, int64_t dim, mn_tensor index, mn_tensor source) noexcept {
    return status([&] { at::_ops::index_copy_::call(*Borrowed(self), dim, *Borrowed(index), *Borrowed(source)); });
}

mn_tensor mn_index_fill_int_Scalar(mn_tensor self, int64_t dim, mn_tensor index, int64_t value, int32_t value_kind) noexcept {
    return handle([&] { BelowAutograd below; return own(at::_ops::index_fill_int_Scalar::call(*Borrowed(self), dim, *Borrowed(index), scalar(value, value_kind))); });
}

mn_status mn_index_fill__int_Scalar(mn_tensor self, int64_t dim, mn_tensor index, int64_t value, int32_t value_kind) noexcept {
    return status([&] { at::_ops::index_fill__int_Scalar::call(*Borrowed(self), dim, *Borrowed(index), scalar(value, value_kind)); });
}

mn_tensor mn_gather(mn_tensor self, int64_t dim, mn_tensor index, bool sparse_grad) noexcept {
    return handle([&] { BelowAutograd below; return own(at::_ops::gather::call(*Borrowed(self), dim, *Borrowed(index), sparse_grad)); });
}

mn_tensor mn_scatter_src(mn_tensor self, int64_t dim, mn_tensor index, mn_tensor src) noexcept {
    return handle([&] { BelowAutograd below; return own(at::_ops::scatter_src::call(*Borrowed(self), dim, *Borrowed(index), *Borrowed(src))); });
}

mn_status mn_scatter__src(mn_tensor self, int64_t dim, mn_tensor index, mn_tensor src) noexcept {
    return status([&] { at::_ops::scatter__src::call(*Borrowed(self), dim, *Borrowed(index), *Borrowed(src)); });
}

mn_tensor mn_scatter_value(mn_tensor self, int64_t dim, mn_tensor index, int64_t value, int32_t value_kind) noexcept {
    return handle([&] { BelowAutograd below; return own(at::_ops::scatter_value::call(*Borrowed(self), dim, *Borrowed(index), scalar(value, value_kind))); });
}

mn_status mn_scatter__value(mn_tensor self, int64_t dim, mn_tensor index, int64_t value, int32_t value_kind) noexcept {
    return status([&] { at::_ops::scatter__value::call(*Borrowed(self), dim, *Borrowed(index), scalar(value, value_kind)); });
}

mn_tensor mn_scatter_add(mn_tensor self, int64_t dim, mn_tensor index, mn_tensor src) noexcept {
    return handle([&] { BelowAutograd below; return own(at::_ops::scatter_add::call(*Borrowed(self), dim, *Borrowed(index), *Borrowed(src))); });
}

mn_status mn_scatter_add_(mn_tensor self, int64_t dim, mn_tensor index, mn_tensor src) noexcept {
    return status([&] { at::_ops::scatter_add_::call(*Borrowed(self), dim, *Borrowed(index), *Borrowed(src)); });
}

mn_tensor mn_scatter_reduce_two(mn_tensor self, int64_t dim, mn_tensor index, mn_tensor src, const char* reduce, bool include_self) noexcept {
    return handle([&] { BelowAutograd below; return own(at::_ops::scatter_reduce_two::call(*Borrowed(self), dim, *Borrowed(index), *Borrowed(src), text(reduce), include_self)); });
}

mn_tensor mn_take_along_dim(mn_tensor self, mn_tensor indices, int64_t dim, bool dim_given) noexcept {
    return handle([&] { BelowAutograd below; return own(at::_ops::take_along_dim::call(*Borrowed(self), *Borrowed(indices), optional<int64_t>(dim, dim_given))); });
}

mn_tensor mn_masked_fill_Scalar(mn_tensor self, mn_tensor mask, int64_t value, int32_t value_kind) noexcept {
    return handle([&] { BelowAutograd below; return own(at::_ops::masked_fill_Scalar::call(*Borrowed(self), *Borrowed(mask), scalar(value, value_kind))); });
}

mn_status mn_masked_fill__Scalar(mn_tensor self, mn_tensor mask, int64_t value, int32_t value_kind) noexcept {
    return status([&] { at::_ops::masked_fill__Scalar::call(*Borrowed(self), *Borrowed(mask), scalar(value, value_kind)); });
}

mn_tensor mn_masked_fill_Tensor(mn_tensor self, mn_tensor mask, mn_tensor value) noexcept {
    return handle([&] { BelowAutograd below; return own(at::_ops::masked_fill_Tensor::call(*Borrowed(self), *Borrowed(mask), *Borrowed(value))); });
}

mn_tensor mn_masked_select(mn_tensor self, mn_tensor mask) noexcept {
    return handle([&] { BelowAutograd below; return own(at::_ops::masked_select::call(*Borrowed(self), *Borrowed(mask))); });
}

mn_tensor mn_masked_scatter(mn_tensor self, mn_tensor mask, mn_tensor source) noexcept {
    return handle([&] { BelowAutograd below; return own(at::_ops::masked_scatter::call(*Borrowed(self), *Borrowed(mask), *Borrowed(source))); });
}

mn_tensor mn_nonzero(mn_tensor self) noexcept {
    return handle([&] { BelowAutograd below; return own(at::_ops::nonzero::call(*Borrowed(self))); });
}

mn_tensor mn_sum(mn_tensor self, int32_t dtype) noexcept {
    return handle([&] { BelowAutograd below; return own(at::_ops::sum::call(*Borrowed(self), optional_dtype(dtype))); });
}

mn_tensor mn_sum_dim_IntList(mn_tensor self, const int64_t* dim, int64_t dim_size, bool keepdim, int32_t dtype) noexcept {
    return handle([&] { BelowAutograd below; return own(at::_ops::sum_dim_IntList::call(*Borrowed(self), optional_ints(dim, dim_size), keepdim, optional_dtype(dtype))); });
}

mn_tensor mn_mean(mn_tensor self, int32_t dtype) noexcept {
    return handle([&] { BelowAutograd below; return own(at::_ops::mean::call(*Borrowed(self), optional_dtype(dtype))); });
}

mn_tensor mn_mean_dim(mn_tensor self, const int64_t* dim, int64_t dim_size, bool keepdim, int32_t dtype) noexcept {
    return handle([&] { BelowAutograd below; return own(at::_ops::mean_dim::call(*Borrowed(self), optional_ints(dim, dim_size), keepdim, optional_dtype(dtype))); });
}

mn_tensor mn_prod(mn_tensor self, int32_t dtype) noexcept {
    return handle([&] { BelowAutograd below; return own(at::_ops::prod::call(*Borrowed(self), optional_dtype(dtype))); });
}

mn_tensor mn_prod_dim_int(mn_tensor self, int64_t dim, bool keepdim, int32_t dtype) noexcept {
    return handle([&] { BelowAutograd below; return own(at::_ops::prod_dim_int::call(*Borrowed(self), dim, keepdim, optional_dtype(dtype))); });
}

mn_tensor mn_max(mn_tensor self) noexcept {
    return handle([&] { BelowAutograd below; return own(at::_ops::max::call(*Borrowed(self))); });
}

mn_status mn_max_dim(mn_tensor self, int64_t dim, bool keepdim, mn_tensor* out) noexcept {
    return status([&] { BelowAutograd below; own_all(at::_ops::max_dim::call(*Borrowed(self), dim, keepdim), out); });
}

mn_tensor mn_max_other(mn_tensor self, mn_tensor other) noexcept {
    return handle([&] { BelowAutograd below; return own(at::_ops::max_other::call(*Borrowed(self), *Borrowed(other))); });
}

mn_tensor mn_min(mn_tensor self) noexcept {
    return handle([&] { BelowAutograd below; return own(at::_ops::min::call(*Borrowed(self))); });
}

mn_status mn_min_dim(mn_tensor self, int64_t dim, bool keepdim, mn_tensor* out) noexcept {
    return status([&] { BelowAutograd below; own_all(at::_ops::min_dim::call(*Borrowed(self), dim, keepdim), out); });
}

mn_tensor mn_min_other(mn_tensor self, mn_tensor other) noexcept {
    return handle([&] { BelowAutograd below; return own(at::_ops::min_other::call(*Borrowed(self), *Borrowed(other))); });
}

mn_tensor mn_amax(mn_tensor self, const int64_t* dim, int64_t dim_size, bool keepdim) noexcept {
    return handle([&] { BelowAutograd below; return own(at::_ops::amax::call(*Borrowed(self), ints(dim, dim_size), keepdim)); });
}

mn_tensor mn_amin(mn_tensor self, const int64_t* dim, int64_t dim_size, bool keepdim) noexcept {
    return handle([&] { BelowAutograd below; return own(at::_ops::amin::call(*Borrowed(self), ints(dim, dim_size), keepdim)); });
}

mn_status mn_aminmax(mn_tensor self, int64_t dim, bool dim_given, bool keepdim, mn_tensor* out) noexcept {
    return status([&] { BelowAutograd below; own_all(at::_ops::aminmax::call(*Borrowed(self), optional<int64_t>(dim, dim_given), keepdim), out); });
}

mn_tensor mn_argmax(mn_tensor self, int64_t dim, bool dim_given, bool keepdim) noexcept {
    return handle([&] { BelowAutograd below; return own(at::_ops::argmax::call(*Borrowed(self), optional<int64_t>(dim, dim_given), keepdim)); });
}

mn_tensor mn_argmin(mn_tensor self, int64_t dim, bool dim_given, bool keepdim) noexcept {
    return handle([&] { BelowAutograd below; return own(at::_ops::argmin::call(*Borrowed(self), optional<int64_t>(dim, dim_given), keepdim)); });
}

mn_tensor mn_var_correction(mn_tensor self, const int64_t* dim, int64_t dim_size, int64_t correction, int32_t correction_kind, bool keepdim) noexcept {
    return handle([&] { BelowAutograd below; return own(at::_ops::var_correction::call(*Borrowed(self), optional_ints(dim, dim_size), optional_scalar(correction, correction_kind), keepdim)); });
}

mn_tensor mn_std_correction(mn_tensor self, const int64_t* dim, int64_t dim_size, int64_t correction, int32_t correction_kind, bool keepdim) noexcept {
    return handle([&] { BelowAutograd below; return own(at::_ops::std_correction::call(*Borrowed(self), optional_ints(dim, dim_size), optional_scalar(correction, correction_kind), keepdim)); });
}

mn_tensor mn_linalg_vector_norm(mn_tensor self, int64_t ord, int32_t ord_kind, const int64_t* dim, int64_t dim_size, bool keepdim, int32_t dtype) noexcept {
    return handle([&] { BelowAutograd below; return own(at::_ops::linalg_vector_norm::call(*Borrowed(self), scalar(ord, ord_kind), optional_ints(dim, dim_size), keepdim, optional_dtype(dtype))); });
}

mn_tensor mn_norm_ScalarOpt_dim(mn_tensor self, int64_t p, int32_t p_kind, const int64_t* dim, int64_t dim_size, bool keepdim) noexcept {
    return handle([&] { BelowAutograd below; return own(at::_ops::norm_ScalarOpt_dim::call(*Borrowed(self), optional_scalar(p, p_kind), ints(dim, dim_size), keepdim)); });
}

mn_tensor mn_logsumexp(mn_tensor self, const int64_t* dim, int64_t dim_size, bool keepdim) noexcept {
    return handle([&] { BelowAutograd below; return own(at::_ops::logsumexp::call(*Borrowed(self), ints(dim, dim_size), keepdim)); });
}

mn_tensor mn_cumsum(mn_tensor self, int64_t dim, int32_t dtype) noexcept {
    return handle([&] { BelowAutograd below; return own(at::_ops::cumsum::call(*Borrowed(self), dim, optional_dtype(dtype))); });
}

mn_tensor mn_cumprod(mn_tensor self, int64_t dim, int32_t dtype) noexcept {
    return handle([&] { BelowAutograd below; return own(at::_ops::cumprod::call(*Borrowed(self), dim, optional_dtype(dtype))); });
}

mn_tensor mn_count_nonzero(mn_tensor self, int64_t dim, bool dim_given) noexcept {
    return handle([&] { BelowAutograd below; return own(at::_ops::count_nonzero::call(*Borrowed(self), optional<int64_t>(dim, dim_given))); });
}

mn_tensor mn_median(mn_tensor self) noexcept {
    return handle([&] { BelowAutograd below; return own(at::_ops::median::call(*Borrowed(self))); });
}
