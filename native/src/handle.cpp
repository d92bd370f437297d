#include "handle.h"

#include <c10/core/Storage.h>

#include <atomic>
#include <memory>
#include <mutex>

namespace mneme {
namespace {

std::atomic<int64_t> live_handles{0};
thread_local std::vector<at::Tensor> results;

// Memory of a storage that is in use from outside libtorch. It belongs to the storage and to its users together: a tensor that is
// resized, or whose storage is copied on write, gets other memory while they keep this. (A storage that refuses to be resized would not
// do: ATen sets the tensor's sizes before it finds out, and the next op walks past the end.)
struct Shared {
    at::DataPtr memory;
    int64_t bytes;
    int64_t users = 0;
    bool in_storage = true;
};

std::mutex shared_lock;
int64_t live_storages = 0, live_storage_bytes = 0;

// Gives up one of the two kinds of claims, and frees the memory with the last.
template <class Claim>
void give_up(Shared* shared, Claim&& claim) {
    std::unique_lock<std::mutex> lock(shared_lock);
    claim(*shared);
    bool last = shared->users == 0 && !shared->in_storage;
    lock.unlock();
    if (last) {
        delete shared;
    }
}

void leave_storage(void* shared) {
    give_up(static_cast<Shared*>(shared), [](Shared& s) { s.in_storage = false; });
}

// What the storage's memory is shared by, from now on if not before.
Shared* shared_memory_of(c10::StorageImpl& storage) {
    if (storage.data_ptr().get_deleter() == &leave_storage) {
        return static_cast<Shared*>(storage.data_ptr().get_context());
    }
    auto shared = std::make_unique<Shared>();
    void* address = storage.mutable_data();
    shared->bytes = static_cast<int64_t>(storage.nbytes());
    at::Device device = storage.device();
    shared->memory = storage.set_data_ptr(at::DataPtr(address, shared.get(), &leave_storage, device));
    return shared.release();
}

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

void mn_release_one(mn_tensor tensor) noexcept { mn_release(&tensor, 1); }

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

int64_t mn_storage_retain(mn_tensor tensor, int64_t* address) noexcept {
    return guarded<int64_t>(0, [&] {
        Borrowed t(tensor);
        TORCH_CHECK_VALUE(t->is_cpu(), "only memory on the CPU is shared, and this tensor is on ", t->device());
        c10::StorageImpl& storage = *t->storage().unsafeGetStorageImpl();
        std::lock_guard<std::mutex> lock(shared_lock);
        Shared* shared = shared_memory_of(storage);
        *address = reinterpret_cast<int64_t>(t->data_ptr());
        live_storages++;
        live_storage_bytes += shared->users++ == 0 ? shared->bytes : 0;
        return reinterpret_cast<int64_t>(shared);
    });
}

void mn_storage_release(int64_t storage) noexcept {
    give_up(reinterpret_cast<Shared*>(storage), [](Shared& shared) {
        live_storages--;
        live_storage_bytes -= --shared.users == 0 ? shared.bytes : 0;
    });
}

int64_t mn_live_storages(int64_t* bytes) noexcept {
    std::lock_guard<std::mutex> lock(shared_lock);
    *bytes = live_storage_bytes;
    return live_storages;
}
