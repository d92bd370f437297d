// libtorch's CPU kernel for div with rounding_mode "trunc" divides integers with the machine's instruction, which ends the process where
// the quotient does not fit: the least int32 or int64 by -1. Such a division is refused before it begins.
#pragma once

#include <ATen/core/Tensor.h>
#include <c10/core/Scalar.h>

#include <optional>
#include <string_view>

namespace mneme {

void check_quotient(const at::Tensor& dividend, const at::Tensor& divisor, std::optional<std::string_view> rounding_mode);
void check_quotient(const at::Tensor& dividend, const at::Scalar& divisor, std::optional<std::string_view> rounding_mode);

}  // namespace mneme
