// Written by native/generator from native/ops.schema: change that, not this.
#include "mneme/ops.h"

#include "../arguments.h"
#include "../deadly.h"

#include <ATen/ops/median_ops.h>
#include <ATen/ops/topk_ops.h>
#include <ATen/ops/sort_ops.h>
#include <ATen/ops/argsort_ops.h>
#include <ATen/ops/kthvalue_ops.h>
#include <ATen/ops/bincount_ops.h>
#include <ATen/ops/histc_ops.h>
#include <ATen/ops/_unique2_ops.h>
#include <ATen/ops/unique_consecutive_ops.h>
#include <ATen/ops/unique_dim_ops.h>
#include <ATen/ops/searchsorted_ops.h>
#include <ATen/ops/bucketize_ops.h>
#include <ATen/ops/softmax_ops.h>
#include <ATen/ops/log_softmax_ops.h>
#include <ATen/ops/cross_entropy_loss_ops.h>
#include <ATen/ops/nll_loss_ops.h>
#include <ATen/ops/mse_loss_ops.h>
#include <ATen/ops/l1_loss_ops.h>
#include <ATen/ops/smooth_l1_loss_ops.h>
#include <ATen/ops/huber_loss_ops.h>
#include <ATen/ops/kl_div_ops.h>
#include <ATen/ops/binary_cross_entropy_with_logits_ops.h>
#include <ATen/ops/layer_norm_ops.h>
#include <ATen/ops/native_layer_norm_ops.h>
#include <ATen/ops/group_norm_ops.h>
#include <ATen/ops/batch_norm_ops.h>
#include <ATen/ops/native_batch_norm_ops.h>
#include <ATen/ops/embedding_ops.h>
#include <ATen/ops/embedding_bag_ops.h>
#include <ATen/ops/dropout_ops.h>
#include <ATen/ops/scaled_dot_product_attention_ops.h>
#include <ATen/ops/one_hot_ops.h>
#include <ATen/ops/cosine_similarity_ops.h>
#include <ATen/ops/empty_ops.h>
#include <ATen/ops/empty_like_ops.h>
#include <ATen/ops/zeros_ops.h>
#include <ATen/ops/zeros_like_ops.h>
#include <ATen/ops/ones_ops.h>
#include <ATen/ops/ones_like_ops.h>
#include <ATen/ops/full_ops.h>
#include <ATen/ops/full_like_ops.h>
#include <ATen/ops/new_zeros_ops.h>
#include <ATen/ops/new_full_ops.h>
#include <ATen/ops/eye_ops.h>
#include <ATen/ops/arange_ops.h>
#include <ATen/ops/linspace_ops.h>
#include <ATen/ops/scalar_tensor_ops.h>
#include <ATen/ops/fill_ops.h>
#include <ATen/ops/zero_ops.h>
#include <ATen/ops/rand_ops.h>
#include <ATen/ops/randn_ops.h>
#include <ATen/ops/randint_ops.h>
#include <ATen/ops/randperm_ops.h>
#include <ATen/ops/rand_like_ops.h>
#include <ATen/ops/randn_like_ops.h>
#include <ATen/ops/bernoulli_ops.h>
#include <ATen/ops/normal_ops.h>
#include <ATen/ops/uniform_ops.h>
#include <ATen/ops/random_ops.h>
#include <ATen/ops/multinomial_ops.h>
#include <ATen/ops/exponential_ops.h>

using namespace mneme;

mn_status mn_median_dim(mn_tensor self, int64_t dim, bool keepdim, mn_tensor* out) noexcept {
    return status([&] { BelowAutograd below; own_all(at::_ops::median_dim::call(deadly::spread(*Borrowed(self)), dim, keepdim), out); });
}

mn_status mn_topk(mn_tensor self, int64_t k, int64_t dim, bool largest, bool sorted, mn_tensor* out) noexcept {
    return status([&] { BelowAutograd below; own_all(at::_ops::topk::call(*Borrowed(self), k, dim, largest, sorted), out); });
}

mn_status mn_sort(mn_tensor self, int64_t dim, bool descending, mn_tensor* out) noexcept {
    return status([&] { BelowAutograd below; own_all(at::_ops::sort::call(*Borrowed(self), dim, descending), out); });
}

mn_status mn_sort_stable(mn_tensor self, int32_t stable, int64_t dim, bool descending, mn_tensor* out) noexcept {
    return status([&] { BelowAutograd below; own_all(at::_ops::sort_stable::call(*Borrowed(self), optional_bool(stable), dim, descending), out); });
}

mn_tensor mn_argsort(mn_tensor self, int64_t dim, bool descending) noexcept {
    return handle([&] { BelowAutograd below; return own(at::_ops::argsort::call(*Borrowed(self), dim, descending)); });
}

mn_status mn_kthvalue(mn_tensor self, int64_t k, int64_t dim, bool keepdim, mn_tensor* out) noexcept {
    return status([&] { BelowAutograd below; own_all(at::_ops::kthvalue::call(*Borrowed(self), k, dim, keepdim), out); });
}

mn_tensor mn_bincount(mn_tensor self, mn_tensor weights, int64_t minlength) noexcept {
    return handle([&] { BelowAutograd below; return own(at::_ops::bincount::call(*Borrowed(self), optional_tensor(weights), minlength)); });
}

mn_tensor mn_histc(mn_tensor self, int64_t bins, int64_t min, int32_t min_kind, int64_t max, int32_t max_kind) noexcept {
    return handle([&] { BelowAutograd below; return own(at::_ops::histc::call(*Borrowed(self), bins, scalar(min, min_kind), scalar(max, max_kind))); });
}

mn_status mn__unique2(mn_tensor self, bool sorted, bool return_inverse, bool return_counts, mn_tensor* out) noexcept {
    return status([&] { BelowAutograd below; own_all(at::_ops::_unique2::call(*Borrowed(self), sorted, return_inverse, return_counts), out); });
}

mn_status mn_unique_consecutive(mn_tensor self, bool return_inverse, bool return_counts, int64_t dim, bool dim_given, mn_tensor* out) noexcept {
    return status([&] { BelowAutograd below; own_all(at::_ops::unique_consecutive::call(*Borrowed(self), return_inverse, return_counts, optional<int64_t>(dim, dim_given)), out); });
}

mn_status mn_unique_dim(mn_tensor self, int64_t dim, bool sorted, bool return_inverse, bool return_counts, mn_tensor* out) noexcept {
    return status([&] { BelowAutograd below; own_all(at::_ops::unique_dim::call(*Borrowed(self), dim, sorted, return_inverse, return_counts), out); });
}

mn_tensor mn_searchsorted_Tensor(mn_tensor sorted_sequence, mn_tensor self, bool out_int32, bool right, const char* side, mn_tensor sorter) noexcept {
    return handle([&] { BelowAutograd below; return own(at::_ops::searchsorted_Tensor::call(*Borrowed(sorted_sequence), *Borrowed(self), out_int32, right, optional_text(side), optional_tensor(sorter))); });
}

mn_tensor mn_bucketize_Tensor(mn_tensor self, mn_tensor boundaries, bool out_int32, bool right) noexcept {
    return handle([&] { BelowAutograd below; return own(at::_ops::bucketize_Tensor::call(*Borrowed(self), *Borrowed(boundaries), out_int32, right)); });
}

mn_tensor mn_softmax_int(mn_tensor self, int64_t dim, int32_t dtype) noexcept {
    return handle([&] { BelowAutograd below; return own(at::_ops::softmax_int::call(*Borrowed(self), dim, optional_dtype(dtype))); });
}

mn_tensor mn_log_softmax_int(mn_tensor self, int64_t dim, int32_t dtype) noexcept {
    return handle([&] { BelowAutograd below; return own(at::_ops::log_softmax_int::call(*Borrowed(self), dim, optional_dtype(dtype))); });
}

mn_tensor mn_cross_entropy_loss(mn_tensor self, mn_tensor target, mn_tensor weight, int64_t reduction, int64_t ignore_index, double label_smoothing) noexcept {
    return handle([&] { BelowAutograd below; return own(at::_ops::cross_entropy_loss::call(*Borrowed(self), *Borrowed(target), optional_tensor(weight), reduction, ignore_index, label_smoothing)); });
}

mn_tensor mn_nll_loss(mn_tensor self, mn_tensor target, mn_tensor weight, int64_t reduction, int64_t ignore_index) noexcept {
    return handle([&] { BelowAutograd below; return own(at::_ops::nll_loss::call(*Borrowed(self), *Borrowed(target), optional_tensor(weight), reduction, ignore_index)); });
}

mn_tensor mn_mse_loss(mn_tensor self, mn_tensor target, int64_t reduction) noexcept {
    return handle([&] { BelowAutograd below; return own(at::_ops::mse_loss::call(*Borrowed(self), *Borrowed(target), reduction)); });
}

mn_tensor mn_l1_loss(mn_tensor self, mn_tensor target, int64_t reduction) noexcept {
    return handle([&] { BelowAutograd below; return own(at::_ops::l1_loss::call(*Borrowed(self), *Borrowed(target), reduction)); });
}

mn_tensor mn_smooth_l1_loss(mn_tensor self, mn_tensor target, int64_t reduction, double beta) noexcept {
    return handle([&] { BelowAutograd below; return own(at::_ops::smooth_l1_loss::call(*Borrowed(self), *Borrowed(target), reduction, beta)); });
}

mn_tensor mn_huber_loss(mn_tensor self, mn_tensor target, int64_t reduction, double delta) noexcept {
    return handle([&] { BelowAutograd below; return own(at::_ops::huber_loss::call(*Borrowed(self), *Borrowed(target), reduction, delta)); });
}

mn_tensor mn_kl_div(mn_tensor self, mn_tensor target, int64_t reduction, bool log_target) noexcept {
    return handle([&] { BelowAutograd below; return own(at::_ops::kl_div::call(*Borrowed(self), *Borrowed(target), reduction, log_target)); });
}

mn_tensor mn_binary_cross_entropy_with_logits(mn_tensor self, mn_tensor target, mn_tensor weight, mn_tensor pos_weight, int64_t reduction) noexcept {
    return handle([&] { BelowAutograd below; return own(at::_ops::binary_cross_entropy_with_logits::call(*Borrowed(self), *Borrowed(target), optional_tensor(weight), optional_tensor(pos_weight), reduction)); });
}

mn_tensor mn_layer_norm(mn_tensor input, const int64_t* normalized_shape, int64_t normalized_shape_size, mn_tensor weight, mn_tensor bias, double eps, bool cudnn_enable) noexcept {
    return handle([&] { BelowAutograd below; return own(at::_ops::layer_norm::call(*Borrowed(input), symints(normalized_shape, normalized_shape_size), optional_tensor(weight), optional_tensor(bias), eps, cudnn_enable)); });
}

mn_status mn_native_layer_norm(mn_tensor input, const int64_t* normalized_shape, int64_t normalized_shape_size, mn_tensor weight, mn_tensor bias, double eps, mn_tensor* out) noexcept {
    return status([&] { BelowAutograd below; own_all(at::_ops::native_layer_norm::call(*Borrowed(input), symints(normalized_shape, normalized_shape_size), optional_tensor(weight), optional_tensor(bias), eps), out); });
}

mn_tensor mn_group_norm(mn_tensor input, int64_t num_groups, mn_tensor weight, mn_tensor bias, double eps, bool cudnn_enabled) noexcept {
    return handle([&] { BelowAutograd below; return own(at::_ops::group_norm::call(*Borrowed(input), num_groups, optional_tensor(weight), optional_tensor(bias), eps, cudnn_enabled)); });
}

mn_tensor mn_batch_norm(mn_tensor input, mn_tensor weight, mn_tensor bias, mn_tensor running_mean, mn_tensor running_var, bool training, double momentum, double eps, bool cudnn_enabled) noexcept {
    return handle([&] { BelowAutograd below; return own(at::_ops::batch_norm::call(*Borrowed(input), optional_tensor(weight), optional_tensor(bias), optional_tensor(running_mean), optional_tensor(running_var), training, momentum, eps, cudnn_enabled)); });
}

mn_status mn_native_batch_norm(mn_tensor input, mn_tensor weight, mn_tensor bias, mn_tensor running_mean, mn_tensor running_var, bool training, double momentum, double eps, mn_tensor* out) noexcept {
    return status([&] { deadly::check_statistics(*Borrowed(input), optional_tensor(weight), optional_tensor(bias), optional_tensor(running_mean), optional_tensor(running_var), training); BelowAutograd below; own_all(at::_ops::native_batch_norm::call(*Borrowed(input), optional_tensor(weight), optional_tensor(bias), optional_tensor(running_mean), optional_tensor(running_var), training, momentum, eps), out); });
}

mn_tensor mn_embedding(mn_tensor weight, mn_tensor indices, int64_t padding_idx, bool scale_grad_by_freq, bool sparse) noexcept {
    return handle([&] { BelowAutograd below; return own(at::_ops::embedding::call(*Borrowed(weight), *Borrowed(indices), padding_idx, scale_grad_by_freq, sparse)); });
}

mn_status mn_embedding_bag_padding_idx(mn_tensor weight, mn_tensor indices, mn_tensor offsets, bool scale_grad_by_freq, int64_t mode, bool sparse, mn_tensor per_sample_weights, bool include_last_offset, int64_t padding_idx, bool padding_idx_given, mn_tensor* out) noexcept {
    return status([&] { deadly::check_bags(*Borrowed(weight), *Borrowed(indices), *Borrowed(offsets), mode, include_last_offset); BelowAutograd below; own_all(at::_ops::embedding_bag_padding_idx::call(*Borrowed(weight), *Borrowed(indices), *Borrowed(offsets), scale_grad_by_freq, mode, sparse, optional_tensor(per_sample_weights), include_last_offset, optional<int64_t>(padding_idx, padding_idx_given)), out); });
}

mn_tensor mn_dropout(mn_tensor input, double p, bool train) noexcept {
    return handle([&] { BelowAutograd below; return own(at::_ops::dropout::call(*Borrowed(input), p, train)); });
}

mn_status mn_dropout_(mn_tensor self, double p, bool train) noexcept {
    return status([&] { at::_ops::dropout_::call(*Borrowed(self), p, train); });
}

mn_tensor mn_scaled_dot_product_attention(mn_tensor query, mn_tensor key, mn_tensor value, mn_tensor attn_mask, double dropout_p, bool is_causal, double scale, bool scale_given, bool enable_gqa) noexcept {
    return handle([&] { BelowAutograd below; return own(at::_ops::scaled_dot_product_attention::call(*Borrowed(query), *Borrowed(key), *Borrowed(value), optional_tensor(attn_mask), dropout_p, is_causal, optional<double>(scale, scale_given), enable_gqa)); });
}

mn_tensor mn_one_hot(mn_tensor self, int64_t num_classes) noexcept {
    return handle([&] { BelowAutograd below; return own(at::_ops::one_hot::call(*Borrowed(self), num_classes)); });
}

mn_tensor mn_cosine_similarity(mn_tensor x1, mn_tensor x2, int64_t dim, double eps) noexcept {
    return handle([&] { BelowAutograd below; return own(at::_ops::cosine_similarity::call(*Borrowed(x1), *Borrowed(x2), dim, eps)); });
}

mn_tensor mn_empty_memory_format(const int64_t* size, int64_t size_size, int32_t dtype, int32_t device) noexcept {
    return handle([&] { return own(at::_ops::empty_memory_format::call(symints(size, size_size), optional_dtype(dtype), std::nullopt, optional_device(device), std::nullopt, std::nullopt)); });
}

mn_tensor mn_empty_like(mn_tensor self, int32_t dtype, int32_t device) noexcept {
    return handle([&] { BelowAutograd below; return own(at::_ops::empty_like::call(*Borrowed(self), optional_dtype(dtype), std::nullopt, optional_device(device), std::nullopt, std::nullopt)); });
}

mn_tensor mn_zeros(const int64_t* size, int64_t size_size, int32_t dtype, int32_t device) noexcept {
    return handle([&] { return own(at::_ops::zeros::call(symints(size, size_size), optional_dtype(dtype), std::nullopt, optional_device(device), std::nullopt)); });
}

mn_tensor mn_zeros_like(mn_tensor self, int32_t dtype, int32_t device) noexcept {
    return handle([&] { BelowAutograd below; return own(at::_ops::zeros_like::call(*Borrowed(self), optional_dtype(dtype), std::nullopt, optional_device(device), std::nullopt, std::nullopt)); });
}

mn_tensor mn_ones(const int64_t* size, int64_t size_size, int32_t dtype, int32_t device) noexcept {
    return handle([&] { return own(at::_ops::ones::call(symints(size, size_size), optional_dtype(dtype), std::nullopt, optional_device(device), std::nullopt)); });
}

mn_tensor mn_ones_like(mn_tensor self, int32_t dtype, int32_t device) noexcept {
    return handle([&] { BelowAutograd below; return own(at::_ops::ones_like::call(*Borrowed(self), optional_dtype(dtype), std::nullopt, optional_device(device), std::nullopt, std::nullopt)); });
}

mn_tensor mn_full(const int64_t* size, int64_t size_size, int64_t fill_value, int32_t fill_value_kind, int32_t dtype, int32_t device) noexcept {
    return handle([&] { return own(at::_ops::full::call(symints(size, size_size), scalar(fill_value, fill_value_kind), optional_dtype(dtype), std::nullopt, optional_device(device), std::nullopt)); });
}

mn_tensor mn_full_like(mn_tensor self, int64_t fill_value, int32_t fill_value_kind, int32_t dtype, int32_t device) noexcept {
    return handle([&] { BelowAutograd below; return own(at::_ops::full_like::call(*Borrowed(self), scalar(fill_value, fill_value_kind), optional_dtype(dtype), std::nullopt, optional_device(device), std::nullopt, std::nullopt)); });
}

mn_tensor mn_new_zeros(mn_tensor self, const int64_t* size, int64_t size_size, int32_t dtype, int32_t device) noexcept {
    return handle([&] { BelowAutograd below; return own(at::_ops::new_zeros::call(*Borrowed(self), symints(size, size_size), optional_dtype(dtype), std::nullopt, optional_device(device), std::nullopt)); });
}

mn_tensor mn_new_full(mn_tensor self, const int64_t* size, int64_t size_size, int64_t fill_value, int32_t fill_value_kind, int32_t dtype, int32_t device) noexcept {
    return handle([&] { BelowAutograd below; return own(at::_ops::new_full::call(*Borrowed(self), symints(size, size_size), scalar(fill_value, fill_value_kind), optional_dtype(dtype), std::nullopt, optional_device(device), std::nullopt)); });
}

mn_tensor mn_eye(int64_t n, int32_t dtype, int32_t device) noexcept {
    return handle([&] { return own(at::_ops::eye::call(n, optional_dtype(dtype), std::nullopt, optional_device(device), std::nullopt)); });
}

mn_tensor mn_arange(int64_t end, int32_t end_kind, int32_t dtype, int32_t device) noexcept {
    return handle([&] { return own(at::_ops::arange::call(scalar(end, end_kind), optional_dtype(dtype), std::nullopt, optional_device(device), std::nullopt)); });
}

mn_tensor mn_arange_start(int64_t start, int32_t start_kind, int64_t end, int32_t end_kind, int32_t dtype, int32_t device) noexcept {
    return handle([&] { deadly::check_range(scalar(start, start_kind), scalar(end, end_kind)); return own(at::_ops::arange_start::call(scalar(start, start_kind), scalar(end, end_kind), optional_dtype(dtype), std::nullopt, optional_device(device), std::nullopt)); });
}

mn_tensor mn_arange_start_step(int64_t start, int32_t start_kind, int64_t end, int32_t end_kind, int64_t step, int32_t step_kind, int32_t dtype, int32_t device) noexcept {
    return handle([&] { deadly::check_range(scalar(start, start_kind), scalar(end, end_kind)); return own(at::_ops::arange_start_step::call(scalar(start, start_kind), scalar(end, end_kind), scalar(step, step_kind), optional_dtype(dtype), std::nullopt, optional_device(device), std::nullopt)); });
}

mn_tensor mn_linspace(int64_t start, int32_t start_kind, int64_t end, int32_t end_kind, int64_t steps, int32_t dtype, int32_t device) noexcept {
    return handle([&] { return own(at::_ops::linspace::call(scalar(start, start_kind), scalar(end, end_kind), steps, optional_dtype(dtype), std::nullopt, optional_device(device), std::nullopt)); });
}

mn_tensor mn_scalar_tensor(int64_t s, int32_t s_kind, int32_t dtype, int32_t device) noexcept {
    return handle([&] { return own(at::_ops::scalar_tensor::call(scalar(s, s_kind), optional_dtype(dtype), std::nullopt, optional_device(device), std::nullopt)); });
}

mn_status mn_fill__Scalar(mn_tensor self, int64_t value, int32_t value_kind) noexcept {
    return status([&] { at::_ops::fill__Scalar::call(*Borrowed(self), scalar(value, value_kind)); });
}

mn_status mn_fill__Tensor(mn_tensor self, mn_tensor value) noexcept {
    return status([&] { at::_ops::fill__Tensor::call(*Borrowed(self), *Borrowed(value)); });
}

mn_status mn_zero_(mn_tensor self) noexcept {
    return status([&] { at::_ops::zero_::call(*Borrowed(self)); });
}

mn_tensor mn_rand_generator(const int64_t* size, int64_t size_size, mn_generator generator, int32_t dtype, int32_t device) noexcept {
    return handle([&] { return own(at::_ops::rand_generator::call(symints(size, size_size), optional_generator(generator), optional_dtype(dtype), std::nullopt, optional_device(device), std::nullopt)); });
}

mn_tensor mn_randn_generator(const int64_t* size, int64_t size_size, mn_generator generator, int32_t dtype, int32_t device) noexcept {
    return handle([&] { return own(at::_ops::randn_generator::call(symints(size, size_size), optional_generator(generator), optional_dtype(dtype), std::nullopt, optional_device(device), std::nullopt)); });
}

mn_tensor mn_randint_low_generator(int64_t low, int64_t high, const int64_t* size, int64_t size_size, mn_generator generator, int32_t dtype, int32_t device) noexcept {
    return handle([&] { return own(at::_ops::randint_low_generator::call(low, high, symints(size, size_size), optional_generator(generator), optional_dtype(dtype), std::nullopt, optional_device(device), std::nullopt)); });
}

mn_tensor mn_randperm_generator(int64_t n, mn_generator generator, int32_t dtype, int32_t device) noexcept {
    return handle([&] { return own(at::_ops::randperm_generator::call(n, optional_generator(generator), optional_dtype(dtype), std::nullopt, optional_device(device), std::nullopt)); });
}

mn_tensor mn_rand_like(mn_tensor self, int32_t dtype, int32_t device) noexcept {
    return handle([&] { BelowAutograd below; return own(at::_ops::rand_like::call(*Borrowed(self), optional_dtype(dtype), std::nullopt, optional_device(device), std::nullopt, std::nullopt)); });
}

mn_tensor mn_randn_like(mn_tensor self, int32_t dtype, int32_t device) noexcept {
    return handle([&] { BelowAutograd below; return own(at::_ops::randn_like::call(*Borrowed(self), optional_dtype(dtype), std::nullopt, optional_device(device), std::nullopt, std::nullopt)); });
}

mn_tensor mn_bernoulli(mn_tensor self, mn_generator generator) noexcept {
    return handle([&] { BelowAutograd below; return own(at::_ops::bernoulli::call(*Borrowed(self), optional_generator(generator))); });
}

mn_status mn_bernoulli__float(mn_tensor self, double p, mn_generator generator) noexcept {
    return status([&] { at::_ops::bernoulli__float::call(*Borrowed(self), p, optional_generator(generator)); });
}

mn_status mn_normal_(mn_tensor self, double mean, double std, mn_generator generator) noexcept {
    return status([&] { at::_ops::normal_::call(*Borrowed(self), mean, std, optional_generator(generator)); });
}

mn_status mn_uniform_(mn_tensor self, double from, double to, mn_generator generator) noexcept {
    return status([&] { at::_ops::uniform_::call(*Borrowed(self), from, to, optional_generator(generator)); });
}

mn_status mn_random__from(mn_tensor self, int64_t from, int64_t to, bool to_given, mn_generator generator) noexcept {
    return status([&] { deadly::check_least(*Borrowed(self), from); at::_ops::random__from::call(*Borrowed(self), from, optional<int64_t>(to, to_given), optional_generator(generator)); });
}

mn_status mn_random_(mn_tensor self, mn_generator generator) noexcept {
    return status([&] { at::_ops::random_::call(*Borrowed(self), optional_generator(generator)); });
}

mn_tensor mn_multinomial(mn_tensor self, int64_t num_samples, bool replacement, mn_generator generator) noexcept {
    return handle([&] { BelowAutograd below; return own(at::_ops::multinomial::call(*Borrowed(self), num_samples, replacement, optional_generator(generator))); });
}

mn_status mn_exponential_(mn_tensor self, double lambd, mn_generator generator) noexcept {
    return status([&] { at::_ops::exponential_::call(*Borrowed(self), lambd, optional_generator(generator)); });
}
