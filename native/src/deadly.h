// Calls that end the process inside libtorch, or never end, because a kernel of the CPU does not look at what it is given. Each is refused
// before it begins. They were found by calling the ops of native/ops.schema with arguments at the edges of their types.
#pragma once

#include <ATen/core/Tensor.h>
#include <ATen/core/stack.h>
#include <c10/core/Scalar.h>

#include <optional>
#include <string_view>

namespace mneme::deadly {

// div by "trunc" uses the machine's division, which traps where the quotient does not fit: the least int32 or int64 by -1.
void check_quotient(const at::Tensor& dividend, const at::Tensor& divisor, std::optional<std::string_view> rounding_mode);

// arange counts its integers in an int64 that wraps, and divides what came of it.
void check_range(const at::Scalar& start, const at::Scalar& end);

// random_ from the greatest int64 never finds the number of a floating-point dtype above it.
void check_least(const at::Tensor& self, int64_t from);

// native_batch_norm reads one value for each channel from whatever it is given.
void check_statistics(
    const at::Tensor& input, const std::optional<at::Tensor>& weight, const std::optional<at::Tensor>& bias,
    const std::optional<at::Tensor>& running_mean, const std::optional<at::Tensor>& running_var, bool training);

// embedding_bag believes its offsets.
void check_bags(const at::Tensor& weight, const at::Tensor& indices, const at::Tensor& offsets, int64_t mode, bool include_last_offset);

// median along a dimension walks elements that share their memory as if they lay side by side, and beyond the end: it is given a copy.
// (In a boxed call it is refused.)
at::Tensor spread(const at::Tensor& self);

// The same for a boxed call: nullptr for an op that needs no check.
using Check = void (*)(const c10::FunctionSchema& schema, const torch::jit::Stack& arguments);
Check check_of(const c10::FunctionSchema& schema);

}  // namespace mneme::deadly
