// A handle is an owned c10::TensorImpl*: at::Tensor is no more than such a pointer, so handing one across costs no
// allocation and borrowing one costs no reference count.
#pragma once

#include "error.h"

#include <ATen/core/Tensor.h>

#include <tuple>
#include <vector>

namespace mneme {

using Impl = c10::intrusive_ptr<c10::TensorImpl, c10::UndefinedTensorImpl>;

// Gives the caller a handle; an undefined tensor becomes 0.
mn_tensor own(at::Tensor&& tensor) noexcept;
inline mn_tensor own(const at::Tensor& tensor) noexcept { return own(at::Tensor(tensor)); }

// A tensor for the length of a call. The handle keeps its reference throughout.
class Borrowed {
public:
    explicit Borrowed(mn_tensor handle)
        : tensor_(Impl::reclaim(reinterpret_cast<c10::TensorImpl*>(check(handle)))) {}
    ~Borrowed() { (void)tensor_.unsafeReleaseTensorImpl(); }
    Borrowed(const Borrowed&) = delete;
    Borrowed& operator=(const Borrowed&) = delete;

    at::Tensor& operator*() noexcept { return tensor_; }
    at::Tensor* operator->() noexcept { return &tensor_; }

private:
    static mn_tensor check(mn_tensor handle) {
        TORCH_CHECK_VALUE(handle != 0, "a tensor is required here, and none was given");
        return handle;
    }

    at::Tensor tensor_;
};

// Owned copies of n handles, none of them 0.
std::vector<at::Tensor> tensors(const mn_tensor* handles, int64_t n);

// Keeps the tensors of a list for mn_take_results, and returns how many there are.
int64_t keep_results(std::vector<at::Tensor>&& list);

template <class... Tensors>
void own_all(std::tuple<Tensors...>&& results, mn_tensor* out) noexcept {
    std::apply([&](auto&&... each) { ((*out++ = own(std::move(each))), ...); }, std::move(results));
}

}  // namespace mneme
