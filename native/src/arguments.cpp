#include "arguments.h"

#include <ATen/ops/zeros.h>

namespace mneme {
namespace {

struct DtypeCode {
    int32_t code;
    at::ScalarType dtype;
};

constexpr DtypeCode dtypes[] = {
    {MN_BOOL, at::kBool},     {MN_UINT8, at::kByte},       {MN_INT8, at::kChar},     {MN_INT16, at::kShort},
    {MN_INT32, at::kInt},     {MN_INT64, at::kLong},       {MN_FLOAT16, at::kHalf},  {MN_BFLOAT16, at::kBFloat16},
    {MN_FLOAT32, at::kFloat}, {MN_FLOAT64, at::kDouble},
};

}  // namespace

at::ScalarType dtype_of(int32_t code) {
    for (const DtypeCode& each : dtypes) {
        if (each.code == code) {
            return each.dtype;
        }
    }
    TORCH_CHECK_TYPE(false, "no dtype has the code ", code);
}

int32_t dtype_code(at::ScalarType dtype) {
    for (const DtypeCode& each : dtypes) {
        if (each.dtype == dtype) {
            return each.code;
        }
    }
    TORCH_CHECK_TYPE(false, "dtype ", dtype, " has no counterpart in these bindings");
}

at::Device device_of(int32_t code) {
    TORCH_CHECK_VALUE(code >= 0 && code < MN_CUDA + 128, "no device has the code ", code);
    return code == MN_CPU ? at::Device(at::kCPU)
                          : at::Device(at::kCUDA, static_cast<c10::DeviceIndex>(code - MN_CUDA));
}

int32_t device_code(at::Device device) {
    TORCH_CHECK_TYPE(device.is_cpu() || device.is_cuda(), "device ", device, " has no counterpart in these bindings");
    return device.is_cpu() ? static_cast<int32_t>(MN_CPU) : MN_CUDA + std::max<int32_t>(0, device.index());
}

at::Generator& generator_of(mn_generator generator) {
    TORCH_CHECK_VALUE(generator != 0, "a generator is required here, and none was given");
    return *reinterpret_cast<at::Generator*>(generator);
}

c10::List<std::optional<at::Tensor>> optional_tensors(const mn_tensor* handles, int64_t n) {
    c10::List<std::optional<at::Tensor>> list;
    list.reserve(n);
    for (int64_t i = 0; i < n; i++) {
        std::optional<at::Tensor> tensor = optional_tensor(handles[i]);
        if (tensor && tensor->_is_zerotensor()) {  // has no memory, which libtorch's indexing reads
            tensor = at::zeros(tensor->sizes(), tensor->options());
        }
        list.push_back(tensor);
    }
    return list;
}

}  // namespace mneme
