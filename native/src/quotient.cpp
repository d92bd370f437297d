#include "quotient.h"

#include <ATen/ScalarOps.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/logical_and.h>
#include <ATen/ops/result_type.h>

#include <limits>

namespace mneme {

void check_quotient(const at::Tensor& dividend, const at::Tensor& divisor, std::optional<std::string_view> rounding_mode) {
    if (rounding_mode != "trunc" || !dividend.is_cpu() || !divisor.is_cpu()) {
        return;
    }
    at::ScalarType dtype = at::result_type(dividend, divisor);
    if (dtype != at::kInt && dtype != at::kLong) {
        return;
    }
    at::NoGradGuard no_grad;
    at::Tensor by_minus_one = divisor.to(dtype).eq(-1);
    if (!by_minus_one.any().item().toBool()) {  // nearly always, and the dividend is not looked at
        return;
    }
    int64_t least = dtype == at::kInt ? std::numeric_limits<int32_t>::min() : std::numeric_limits<int64_t>::min();
    TORCH_CHECK_VALUE(
        !at::logical_and(dividend.to(dtype).eq(least), by_minus_one).any().item().toBool(), "dividing ", least, ", the least ", dtype,
        ", by -1 gives a number that ", dtype, " does not have");
}

void check_quotient(const at::Tensor& dividend, const at::Scalar& divisor, std::optional<std::string_view> rounding_mode) {
    check_quotient(dividend, at::native::wrapped_scalar_tensor(divisor), rounding_mode);
}

}  // namespace mneme
