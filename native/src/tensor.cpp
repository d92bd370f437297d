// What a tensor is, and its data.
#include "arguments.h"

#include <ATen/ops/from_blob.h>
#include <c10/core/CPUAllocator.h>

using namespace mneme;

namespace {

at::Scalar only_element(mn_tensor tensor) {
    at::Scalar element = Borrowed(tensor)->item();
    TORCH_CHECK_TYPE(
        !element.isComplex(), "its value is complex, which no number of Java's is. Take both parts with Op.find(\"aten::view_as_real\")");
    return element;
}

void check_dense(const at::Tensor& tensor) {
    TORCH_CHECK_VALUE(
        tensor.layout() == at::kStrided && !tensor.is_nested(), "it is ", tensor.is_nested() ? "nested" : "sparse or of an opaque layout",
        ", without plain memory. Convert it to a dense one, for instance with Op.find(\"aten::to_dense\")");
    TORCH_CHECK_VALUE(!tensor.is_meta(), "it is on the meta device, where tensors have no values");
}

}  // namespace

int64_t mn_dim(mn_tensor tensor) noexcept {
    return count([&] { return Borrowed(tensor)->dim(); });
}

mn_status mn_sizes(mn_tensor tensor, int64_t* out) noexcept {
    return status([&] {
        Borrowed t(tensor);
        std::copy(t->sizes().begin(), t->sizes().end(), out);
    });
}

mn_status mn_strides(mn_tensor tensor, int64_t* out) noexcept {
    return status([&] {
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

const char* mn_dtype_name(mn_tensor tensor) noexcept {
    return guarded<const char*>(nullptr, [&] { return c10::toString(Borrowed(tensor)->scalar_type()); });
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
    return count([&] {
        Borrowed t(tensor);
        check_dense(*t);
        TORCH_CHECK_VALUE(!t->is_neg(), "its memory holds the negatives of its values, as that of a view by negation does");
        TORCH_CHECK_VALUE(!t->is_conj(), "its memory holds the conjugates of its values, as that of a view by conjugation does");
        auto address = t->numel() == 0 ? 0 : reinterpret_cast<int64_t>(t->data_ptr());
        TORCH_CHECK_VALUE(address != 0 || t->numel() == 0, "it has no memory. Take a copy(), which has");
        return address;
    });
}

mn_tensor mn_plain(mn_tensor tensor, int32_t dtype) noexcept {
    return handle([&] {
        Borrowed t(tensor);
        at::ScalarType type = dtype < 0 ? t->scalar_type() : dtype_of(dtype);
        TORCH_CHECK_TYPE(
            !t->is_complex() || dtype < 0, "its values are complex (", t->scalar_type(), "), and reading them as ", type,
            " would lose the imaginary parts. Take both as numbers with Op.find(\"aten::view_as_real\")");
        check_dense(*t);
        TORCH_CHECK_TYPE(!t->is_quantized(), "its values are quantised. Convert it with Op.find(\"aten::dequantize.self\")");
        at::Tensor values = t->detach();
        if (values._is_zerotensor()) {  // has no memory, and only a copy gets some
            values = values.clone();
        }
        return own(values.to(at::TensorOptions().device(at::kCPU).dtype(type)).resolve_conj().resolve_neg().contiguous());
    });
}

mn_tensor mn_from_memory(
    int64_t address, const int64_t* sizes, int64_t sizes_size, int32_t dtype, void (*released)(int64_t), int64_t id) noexcept {
    return handle([&] {
        return own(at::for_blob(reinterpret_cast<void*>(address), ints(sizes, sizes_size))
                       .deleter([released, id](void*) { released(id); })
                       .options(at::TensorOptions().dtype(dtype_of(dtype)))
                       .resizeable_storage() // a refused resize_ leaves sizes behind that the memory does not have
                       .allocator(c10::GetCPUAllocator())
                       .make_tensor());
    });
}

mn_status mn_item_double(mn_tensor tensor, double* out) noexcept {
    return status([&] { *out = only_element(tensor).toDouble(); });
}

mn_status mn_item_int64(mn_tensor tensor, int64_t* out) noexcept {
    return status([&] { *out = only_element(tensor).toLong(); });
}
