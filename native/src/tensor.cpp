// What a tensor is, and its data.
#include "arguments.h"

#include <ATen/ops/from_blob.h>

using namespace mneme;

int64_t mn_dim(mn_tensor tensor) noexcept {
    return count([&] { return Borrowed(tensor)->dim(); });
}

void mn_sizes(mn_tensor tensor, int64_t* out) noexcept {
    status([&] {
        Borrowed t(tensor);
        std::copy(t->sizes().begin(), t->sizes().end(), out);
    });
}

void mn_strides(mn_tensor tensor, int64_t* out) noexcept {
    status([&] {
        Borrowed t(tensor);
        std::copy(t->strides().begin(), t->strides().end(), out);
    });
}

int64_t mn_numel(mn_tensor tensor) noexcept {
    return count([&] { return Borrowed(tensor)->numel(); });
}

int32_t mn_dtype(mn_tensor tensor) noexcept {
    return guarded<int32_t>(-1, [&] { return dtype_code(Borrowed(tensor)->scalar_type()); });
}

int32_t mn_device(mn_tensor tensor) noexcept {
    return guarded<int32_t>(-1, [&] { return device_code(Borrowed(tensor)->device()); });
}

int64_t mn_storage_offset(mn_tensor tensor) noexcept {
    return count([&] { return Borrowed(tensor)->storage_offset(); });
}

int32_t mn_is_contiguous(mn_tensor tensor) noexcept {
    return flag([&] { return Borrowed(tensor)->is_contiguous(); });
}

int64_t mn_data(mn_tensor tensor) noexcept {
    return guarded<int64_t>(0, [&] { return reinterpret_cast<int64_t>(Borrowed(tensor)->data_ptr()); });
}

mn_tensor mn_from_memory(
    int64_t address, const int64_t* sizes, int64_t sizes_size, int32_t dtype, void (*released)(int64_t), int64_t id) noexcept {
    return handle([&] {
        return own(at::from_blob(
            reinterpret_cast<void*>(address), ints(sizes, sizes_size), [released, id](void*) { released(id); },
            at::TensorOptions().dtype(dtype_of(dtype))));
    });
}

mn_status mn_item_double(mn_tensor tensor, double* out) noexcept {
    return status([&] { *out = Borrowed(tensor)->item().toDouble(); });
}

mn_status mn_item_int64(mn_tensor tensor, int64_t* out) noexcept {
    return status([&] { *out = Borrowed(tensor)->item().toLong(); });
}
