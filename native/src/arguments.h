// From the C form of an argument (mneme/core.h) to what ATen takes.
#pragma once

#include "handle.h"

#include <ATen/core/Generator.h>
#include <ATen/core/List.h>
#include <c10/core/Device.h>
#include <c10/core/GradMode.h>
#include <c10/core/Scalar.h>
#include <c10/core/ScalarType.h>
#include <c10/core/SymIntArrayRef.h>
#include <c10/core/impl/LocalDispatchKeySet.h>
#include <c10/util/OptionalArrayRef.h>

#include <optional>
#include <string_view>

namespace mneme {

at::ScalarType dtype_of(int32_t code);
int32_t dtype_code(at::ScalarType dtype);
at::Device device_of(int32_t code);
int32_t device_code(at::Device device);
at::Generator& generator_of(mn_generator generator);

// For an op whose schema writes to nothing and returns no view: where no gradient is recorded, the dispatcher's autograd level would
// only pass the call on, so it is left out. That saves a tenth of a small op's time (PERFORMANCE.md).
class BelowAutograd {
public:
    BelowAutograd() {
        if (!c10::GradMode::is_enabled()) {
            guard_.emplace(c10::autograd_dispatch_keyset_with_ADInplaceOrView);
        }
    }

private:
    std::optional<c10::impl::ExcludeDispatchKeyGuard> guard_;
};

inline std::optional<at::ScalarType> optional_dtype(int32_t code) {
    return code < 0 ? std::nullopt : std::optional(dtype_of(code));
}

inline std::optional<at::Device> optional_device(int32_t code) {
    return code < 0 ? std::nullopt : std::optional(device_of(code));
}

inline std::optional<at::Generator> optional_generator(mn_generator generator) {
    return generator == 0 ? std::nullopt : std::optional(generator_of(generator));
}

inline std::optional<at::Tensor> optional_tensor(mn_tensor tensor) {
    return tensor == 0 ? std::nullopt : std::optional(*Borrowed(tensor));
}

template <class T, class Number>
std::optional<T> optional(Number value, bool given) {
    return given ? std::optional<T>(T(value)) : std::nullopt;
}

inline std::optional<bool> optional_bool(int32_t value) {
    return value < 0 ? std::nullopt : std::optional(value != 0);
}

inline at::Scalar scalar(int64_t bits, int32_t kind) {
    if (kind == MN_SCALAR_INTEGER) {
        return at::Scalar(bits);
    }
    TORCH_CHECK_VALUE(kind == MN_SCALAR_DOUBLE, "a number is required here, and none was given");
    double value;
    static_assert(sizeof value == sizeof bits);
    __builtin_memcpy(&value, &bits, sizeof value);
    return at::Scalar(value);
}

inline std::optional<at::Scalar> optional_scalar(int64_t bits, int32_t kind) {
    return kind == MN_SCALAR_ABSENT ? std::nullopt : std::optional(scalar(bits, kind));
}

inline std::string_view text(const char* value) {
    TORCH_CHECK_VALUE(value != nullptr, "a text is required here, and none was given");
    return value;
}

inline std::optional<std::string_view> optional_text(const char* value) {
    return value == nullptr ? std::nullopt : std::optional<std::string_view>(value);
}

inline at::IntArrayRef ints(const int64_t* values, int64_t n) {
    TORCH_CHECK_VALUE(n >= 0, "a list of integers is required here, and none was given");
    return {values, static_cast<size_t>(n)};
}

inline at::OptionalIntArrayRef optional_ints(const int64_t* values, int64_t n) {
    return n < 0 ? at::OptionalIntArrayRef() : at::OptionalIntArrayRef(ints(values, n));
}

inline c10::SymIntArrayRef symints(const int64_t* values, int64_t n) {
    return c10::fromIntArrayRefSlow(ints(values, n));
}

inline at::OptionalSymIntArrayRef optional_symints(const int64_t* values, int64_t n) {
    return n < 0 ? at::OptionalSymIntArrayRef() : at::OptionalSymIntArrayRef(symints(values, n));
}

// A list of tensors for the length of a call.
class TensorArray {
public:
    TensorArray(const mn_tensor* handles, int64_t n) : tensors_(tensors(handles, n)) {}
    at::TensorList list() const noexcept { return tensors_; }

private:
    std::vector<at::Tensor> tensors_;
};

c10::List<std::optional<at::Tensor>> optional_tensors(const mn_tensor* handles, int64_t n);

}  // namespace mneme
