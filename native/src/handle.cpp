#include "handle.h"

#include <c10/core/Storage.h>

#include <atomic>

namespace mneme {
namespace {

std::atomic<int64_t> live_handles{0};
thread_local std::vector<at::Tensor> results;

}  // namespace

mn_tensor own(at::Tensor&& tensor) noexcept {
    if (!tensor.defined()) {
        return 0;
    }
    live_handles.fetch_add(1, std::memory_order_relaxed);
    return reinterpret_cast<mn_tensor>(tensor.unsafeReleaseTensorImpl());
}

std::vector<at::Tensor> tensors(const mn_tensor* handles, int64_t n) {
    std::vector<at::Tensor> list;
    list.reserve(n);
    for (int64_t i = 0; i < n; i++) {
        list.push_back(*Borrowed(handles[i]));
    }
    return list;
}

int64_t keep_results(std::vector<at::Tensor>&& list) {
    results = std::move(list);
    return static_cast<int64_t>(results.size());
}

}  // namespace mneme

using namespace mneme;

void mn_release(const mn_tensor* tensors, int64_t n) noexcept {
    int64_t released = 0;
    for (int64_t i = 0; i < n; i++) {
        if (tensors[i] != 0) {
            released++;
            Impl::reclaim(reinterpret_cast<c10::TensorImpl*>(tensors[i]));
        }
    }
    live_handles.fetch_sub(released, std::memory_order_relaxed);
}

mn_tensor mn_retain(mn_tensor tensor) noexcept {
    return handle([&] { return own(*Borrowed(tensor)); });
}

int64_t mn_live_handles(void) noexcept { return live_handles.load(std::memory_order_relaxed); }

void mn_take_results(mn_tensor* out) noexcept {
    for (at::Tensor& tensor : results) {
        *out++ = own(std::move(tensor));
    }
    results.clear();
}

int64_t mn_storage_retain(mn_tensor tensor) noexcept {
    return count([&] {
        c10::Storage storage = Borrowed(tensor)->storage();
        return reinterpret_cast<int64_t>(storage.unsafeReleaseStorageImpl());
    });
}

void mn_storage_release(int64_t storage) noexcept {
    c10::intrusive_ptr<c10::StorageImpl>::reclaim(reinterpret_cast<c10::StorageImpl*>(storage));
}
