// Written by native/generator from native/ops.schema: change that, not this.
#include "mneme/ops.h"

#include "../arguments.h"
#include "../deadly.h"

#include <ATen/ops/add_ops.h>
#include <ATen/ops/sub_ops.h>
#include <ATen/ops/rsub_ops.h>
#include <ATen/ops/mul_ops.h>
#include <ATen/ops/div_ops.h>
#include <ATen/ops/floor_divide_ops.h>
#include <ATen/ops/remainder_ops.h>
#include <ATen/ops/neg_ops.h>
#include <ATen/ops/pow_ops.h>
#include <ATen/ops/addcmul_ops.h>
#include <ATen/ops/addcdiv_ops.h>
#include <ATen/ops/lerp_ops.h>
#include <ATen/ops/abs_ops.h>
#include <ATen/ops/exp_ops.h>
#include <ATen/ops/log_ops.h>
#include <ATen/ops/log2_ops.h>
#include <ATen/ops/log1p_ops.h>
#include <ATen/ops/expm1_ops.h>
#include <ATen/ops/sqrt_ops.h>
#include <ATen/ops/rsqrt_ops.h>
#include <ATen/ops/reciprocal_ops.h>
#include <ATen/ops/square_ops.h>
#include <ATen/ops/sign_ops.h>
#include <ATen/ops/floor_ops.h>
#include <ATen/ops/ceil_ops.h>
#include <ATen/ops/round_ops.h>
#include <ATen/ops/trunc_ops.h>
#include <ATen/ops/sin_ops.h>
#include <ATen/ops/cos_ops.h>
#include <ATen/ops/tanh_ops.h>
#include <ATen/ops/sigmoid_ops.h>
#include <ATen/ops/erf_ops.h>
#include <ATen/ops/relu_ops.h>
#include <ATen/ops/gelu_ops.h>
#include <ATen/ops/silu_ops.h>
#include <ATen/ops/softplus_ops.h>
#include <ATen/ops/clamp_ops.h>
#include <ATen/ops/clamp_min_ops.h>
#include <ATen/ops/clamp_max_ops.h>
#include <ATen/ops/maximum_ops.h>
#include <ATen/ops/minimum_ops.h>
#include <ATen/ops/nan_to_num_ops.h>

using namespace mneme;

mn_tensor mn_add_Tensor(mn_tensor self, mn_tensor other, int64_t alpha, int32_t alpha_kind) noexcept {
    return handle([&] { BelowAutograd below; return own(at::_ops::add_Tensor::call(*Borrowed(self), *Borrowed(other), scalar(alpha, alpha_kind))); });
}

mn_tensor mn_add_Scalar(mn_tensor self, int64_t other, int32_t other_kind, int64_t alpha, int32_t alpha_kind) noexcept {
    return handle([&] { BelowAutograd below; return own(at::_ops::add_Scalar::call(*Borrowed(self), scalar(other, other_kind), scalar(alpha, alpha_kind))); });
}

mn_status mn_add__Tensor(mn_tensor self, mn_tensor other, int64_t alpha, int32_t alpha_kind) noexcept {
    return status([&] { at::_ops::add__Tensor::call(*Borrowed(self), *Borrowed(other), scalar(alpha, alpha_kind)); });
}

mn_status mn_add__Scalar(mn_tensor self, int64_t other, int32_t other_kind, int64_t alpha, int32_t alpha_kind) noexcept {
    return status([&] { at::_ops::add__Scalar::call(*Borrowed(self), scalar(other, other_kind), scalar(alpha, alpha_kind)); });
}

mn_tensor mn_sub_Tensor(mn_tensor self, mn_tensor other, int64_t alpha, int32_t alpha_kind) noexcept {
    return handle([&] { BelowAutograd below; return own(at::_ops::sub_Tensor::call(*Borrowed(self), *Borrowed(other), scalar(alpha, alpha_kind))); });
}

mn_tensor mn_sub_Scalar(mn_tensor self, int64_t other, int32_t other_kind, int64_t alpha, int32_t alpha_kind) noexcept {
    return handle([&] { BelowAutograd below; return own(at::_ops::sub_Scalar::call(*Borrowed(self), scalar(other, other_kind), scalar(alpha, alpha_kind))); });
}

mn_status mn_sub__Tensor(mn_tensor self, mn_tensor other, int64_t alpha, int32_t alpha_kind) noexcept {
    return status([&] { at::_ops::sub__Tensor::call(*Borrowed(self), *Borrowed(other), scalar(alpha, alpha_kind)); });
}

mn_status mn_sub__Scalar(mn_tensor self, int64_t other, int32_t other_kind, int64_t alpha, int32_t alpha_kind) noexcept {
    return status([&] { at::_ops::sub__Scalar::call(*Borrowed(self), scalar(other, other_kind), scalar(alpha, alpha_kind)); });
}

mn_tensor mn_rsub_Scalar(mn_tensor self, int64_t other, int32_t other_kind, int64_t alpha, int32_t alpha_kind) noexcept {
    return handle([&] { BelowAutograd below; return own(at::_ops::rsub_Scalar::call(*Borrowed(self), scalar(other, other_kind), scalar(alpha, alpha_kind))); });
}

mn_tensor mn_mul_Tensor(mn_tensor self, mn_tensor other) noexcept {
    return handle([&] { BelowAutograd below; return own(at::_ops::mul_Tensor::call(*Borrowed(self), *Borrowed(other))); });
}

mn_tensor mn_mul_Scalar(mn_tensor self, int64_t other, int32_t other_kind) noexcept {
    return handle([&] { BelowAutograd below; return own(at::_ops::mul_Scalar::call(*Borrowed(self), scalar(other, other_kind))); });
}

mn_status mn_mul__Tensor(mn_tensor self, mn_tensor other) noexcept {
    return status([&] { at::_ops::mul__Tensor::call(*Borrowed(self), *Borrowed(other)); });
}

mn_status mn_mul__Scalar(mn_tensor self, int64_t other, int32_t other_kind) noexcept {
    return status([&] { at::_ops::mul__Scalar::call(*Borrowed(self), scalar(other, other_kind)); });
}

mn_tensor mn_div_Tensor(mn_tensor self, mn_tensor other) noexcept {
    return handle([&] { BelowAutograd below; return own(at::_ops::div_Tensor::call(*Borrowed(self), *Borrowed(other))); });
}

mn_tensor mn_div_Scalar(mn_tensor self, int64_t other, int32_t other_kind) noexcept {
    return handle([&] { BelowAutograd below; return own(at::_ops::div_Scalar::call(*Borrowed(self), scalar(other, other_kind))); });
}

mn_status mn_div__Tensor(mn_tensor self, mn_tensor other) noexcept {
    return status([&] { at::_ops::div__Tensor::call(*Borrowed(self), *Borrowed(other)); });
}

mn_status mn_div__Scalar(mn_tensor self, int64_t other, int32_t other_kind) noexcept {
    return status([&] { at::_ops::div__Scalar::call(*Borrowed(self), scalar(other, other_kind)); });
}

mn_tensor mn_div_Tensor_mode(mn_tensor self, mn_tensor other, const char* rounding_mode) noexcept {
    return handle([&] { deadly::check_quotient(*Borrowed(self), *Borrowed(other), optional_text(rounding_mode)); BelowAutograd below; return own(at::_ops::div_Tensor_mode::call(*Borrowed(self), *Borrowed(other), optional_text(rounding_mode))); });
}

mn_tensor mn_floor_divide_Scalar(mn_tensor self, int64_t other, int32_t other_kind) noexcept {
    return handle([&] { BelowAutograd below; return own(at::_ops::floor_divide_Scalar::call(*Borrowed(self), scalar(other, other_kind))); });
}

mn_tensor mn_remainder_Scalar(mn_tensor self, int64_t other, int32_t other_kind) noexcept {
    return handle([&] { BelowAutograd below; return own(at::_ops::remainder_Scalar::call(*Borrowed(self), scalar(other, other_kind))); });
}

mn_tensor mn_remainder_Tensor(mn_tensor self, mn_tensor other) noexcept {
    return handle([&] { BelowAutograd below; return own(at::_ops::remainder_Tensor::call(*Borrowed(self), *Borrowed(other))); });
}

mn_tensor mn_neg(mn_tensor self) noexcept {
    return handle([&] { BelowAutograd below; return own(at::_ops::neg::call(*Borrowed(self))); });
}

mn_tensor mn_pow_Tensor_Scalar(mn_tensor self, int64_t exponent, int32_t exponent_kind) noexcept {
    return handle([&] { BelowAutograd below; return own(at::_ops::pow_Tensor_Scalar::call(*Borrowed(self), scalar(exponent, exponent_kind))); });
}

mn_tensor mn_pow_Tensor_Tensor(mn_tensor self, mn_tensor exponent) noexcept {
    return handle([&] { BelowAutograd below; return own(at::_ops::pow_Tensor_Tensor::call(*Borrowed(self), *Borrowed(exponent))); });
}

mn_tensor mn_addcmul(mn_tensor self, mn_tensor tensor1, mn_tensor tensor2, int64_t value, int32_t value_kind) noexcept {
    return handle([&] { BelowAutograd below; return own(at::_ops::addcmul::call(*Borrowed(self), *Borrowed(tensor1), *Borrowed(tensor2), scalar(value, value_kind))); });
}

mn_status mn_addcmul_(mn_tensor self, mn_tensor tensor1, mn_tensor tensor2, int64_t value, int32_t value_kind) noexcept {
    return status([&] { at::_ops::addcmul_::call(*Borrowed(self), *Borrowed(tensor1), *Borrowed(tensor2), scalar(value, value_kind)); });
}

mn_tensor mn_addcdiv(mn_tensor self, mn_tensor tensor1, mn_tensor tensor2, int64_t value, int32_t value_kind) noexcept {
    return handle([&] { BelowAutograd below; return own(at::_ops::addcdiv::call(*Borrowed(self), *Borrowed(tensor1), *Borrowed(tensor2), scalar(value, value_kind))); });
}

mn_status mn_addcdiv_(mn_tensor self, mn_tensor tensor1, mn_tensor tensor2, int64_t value, int32_t value_kind) noexcept {
    return status([&] { at::_ops::addcdiv_::call(*Borrowed(self), *Borrowed(tensor1), *Borrowed(tensor2), scalar(value, value_kind)); });
}

mn_tensor mn_lerp_Scalar(mn_tensor self, mn_tensor end, int64_t weight, int32_t weight_kind) noexcept {
    return handle([&] { BelowAutograd below; return own(at::_ops::lerp_Scalar::call(*Borrowed(self), *Borrowed(end), scalar(weight, weight_kind))); });
}

mn_status mn_lerp__Scalar(mn_tensor self, mn_tensor end, int64_t weight, int32_t weight_kind) noexcept {
    return status([&] { at::_ops::lerp__Scalar::call(*Borrowed(self), *Borrowed(end), scalar(weight, weight_kind)); });
}

mn_tensor mn_abs(mn_tensor self) noexcept {
    return handle([&] { BelowAutograd below; return own(at::_ops::abs::call(*Borrowed(self))); });
}

mn_tensor mn_exp(mn_tensor self) noexcept {
    return handle([&] { BelowAutograd below; return own(at::_ops::exp::call(*Borrowed(self))); });
}

mn_status mn_exp_(mn_tensor self) noexcept {
    return status([&] { at::_ops::exp_::call(*Borrowed(self)); });
}

mn_tensor mn_log(mn_tensor self) noexcept {
    return handle([&] { BelowAutograd below; return own(at::_ops::log::call(*Borrowed(self))); });
}

mn_status mn_log_(mn_tensor self) noexcept {
    return status([&] { at::_ops::log_::call(*Borrowed(self)); });
}

mn_tensor mn_log2(mn_tensor self) noexcept {
    return handle([&] { BelowAutograd below; return own(at::_ops::log2::call(*Borrowed(self))); });
}

mn_tensor mn_log1p(mn_tensor self) noexcept {
    return handle([&] { BelowAutograd below; return own(at::_ops::log1p::call(*Borrowed(self))); });
}

mn_tensor mn_expm1(mn_tensor self) noexcept {
    return handle([&] { BelowAutograd below; return own(at::_ops::expm1::call(*Borrowed(self))); });
}

mn_tensor mn_sqrt(mn_tensor self) noexcept {
    return handle([&] { BelowAutograd below; return own(at::_ops::sqrt::call(*Borrowed(self))); });
}

mn_status mn_sqrt_(mn_tensor self) noexcept {
    return status([&] { at::_ops::sqrt_::call(*Borrowed(self)); });
}

mn_tensor mn_rsqrt(mn_tensor self) noexcept {
    return handle([&] { BelowAutograd below; return own(at::_ops::rsqrt::call(*Borrowed(self))); });
}

mn_tensor mn_reciprocal(mn_tensor self) noexcept {
    return handle([&] { BelowAutograd below; return own(at::_ops::reciprocal::call(*Borrowed(self))); });
}

mn_tensor mn_square(mn_tensor self) noexcept {
    return handle([&] { BelowAutograd below; return own(at::_ops::square::call(*Borrowed(self))); });
}

mn_tensor mn_sign(mn_tensor self) noexcept {
    return handle([&] { BelowAutograd below; return own(at::_ops::sign::call(*Borrowed(self))); });
}

mn_tensor mn_floor(mn_tensor self) noexcept {
    return handle([&] { BelowAutograd below; return own(at::_ops::floor::call(*Borrowed(self))); });
}

mn_tensor mn_ceil(mn_tensor self) noexcept {
    return handle([&] { BelowAutograd below; return own(at::_ops::ceil::call(*Borrowed(self))); });
}

mn_tensor mn_round(mn_tensor self) noexcept {
    return handle([&] { BelowAutograd below; return own(at::_ops::round::call(*Borrowed(self))); });
}

mn_tensor mn_trunc(mn_tensor self) noexcept {
    return handle([&] { BelowAutograd below; return own(at::_ops::trunc::call(*Borrowed(self))); });
}

mn_tensor mn_sin(mn_tensor self) noexcept {
    return handle([&] { BelowAutograd below; return own(at::_ops::sin::call(*Borrowed(self))); });
}

mn_tensor mn_cos(mn_tensor self) noexcept {
    return handle([&] { BelowAutograd below; return own(at::_ops::cos::call(*Borrowed(self))); });
}

mn_tensor mn_tanh(mn_tensor self) noexcept {
    return handle([&] { BelowAutograd below; return own(at::_ops::tanh::call(*Borrowed(self))); });
}

mn_status mn_tanh_(mn_tensor self) noexcept {
    return status([&] { at::_ops::tanh_::call(*Borrowed(self)); });
}

mn_tensor mn_sigmoid(mn_tensor self) noexcept {
    return handle([&] { BelowAutograd below; return own(at::_ops::sigmoid::call(*Borrowed(self))); });
}

mn_tensor mn_erf(mn_tensor self) noexcept {
    return handle([&] { BelowAutograd below; return own(at::_ops::erf::call(*Borrowed(self))); });
}

mn_tensor mn_relu(mn_tensor self) noexcept {
    return handle([&] { BelowAutograd below; return own(at::_ops::relu::call(*Borrowed(self))); });
}

mn_status mn_relu_(mn_tensor self) noexcept {
    return status([&] { at::_ops::relu_::call(*Borrowed(self)); });
}

mn_tensor mn_gelu(mn_tensor self, const char* approximate) noexcept {
    return handle([&] { BelowAutograd below; return own(at::_ops::gelu::call(*Borrowed(self), text(approximate))); });
}

mn_tensor mn_silu(mn_tensor self) noexcept {
    return handle([&] { BelowAutograd below; return own(at::_ops::silu::call(*Borrowed(self))); });
}

mn_tensor mn_softplus(mn_tensor self, int64_t beta, int32_t beta_kind, int64_t threshold, int32_t threshold_kind) noexcept {
    return handle([&] { BelowAutograd below; return own(at::_ops::softplus::call(*Borrowed(self), scalar(beta, beta_kind), scalar(threshold, threshold_kind))); });
}

mn_tensor mn_clamp(mn_tensor self, int64_t min, int32_t min_kind, int64_t max, int32_t max_kind) noexcept {
    return handle([&] { BelowAutograd below; return own(at::_ops::clamp::call(*Borrowed(self), optional_scalar(min, min_kind), optional_scalar(max, max_kind))); });
}

mn_status mn_clamp_(mn_tensor self, int64_t min, int32_t min_kind, int64_t max, int32_t max_kind) noexcept {
    return status([&] { at::_ops::clamp_::call(*Borrowed(self), optional_scalar(min, min_kind), optional_scalar(max, max_kind)); });
}

mn_tensor mn_clamp_Tensor(mn_tensor self, mn_tensor min, mn_tensor max) noexcept {
    return handle([&] { BelowAutograd below; return own(at::_ops::clamp_Tensor::call(*Borrowed(self), optional_tensor(min), optional_tensor(max))); });
}

mn_tensor mn_clamp_min(mn_tensor self, int64_t min, int32_t min_kind) noexcept {
    return handle([&] { BelowAutograd below; return own(at::_ops::clamp_min::call(*Borrowed(self), scalar(min, min_kind))); });
}

mn_tensor mn_clamp_max(mn_tensor self, int64_t max, int32_t max_kind) noexcept {
    return handle([&] { BelowAutograd below; return own(at::_ops::clamp_max::call(*Borrowed(self), scalar(max, max_kind))); });
}

mn_tensor mn_maximum(mn_tensor self, mn_tensor other) noexcept {
    return handle([&] { BelowAutograd below; return own(at::_ops::maximum::call(*Borrowed(self), *Borrowed(other))); });
}

mn_tensor mn_minimum(mn_tensor self, mn_tensor other) noexcept {
    return handle([&] { BelowAutograd below; return own(at::_ops::minimum::call(*Borrowed(self), *Borrowed(other))); });
}

mn_tensor mn_nan_to_num(mn_tensor self, double nan, bool nan_given, double posinf, bool posinf_given, double neginf, bool neginf_given) noexcept {
    return handle([&] { BelowAutograd below; return own(at::_ops::nan_to_num::call(*Borrowed(self), optional<double>(nan, nan_given), optional<double>(posinf, posinf_given), optional<double>(neginf, neginf_given))); });
}
