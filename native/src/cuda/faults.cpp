#include "faults.h"

#include <c10/cuda/CUDAException.h>
#include <c10/cuda/CUDAFunctions.h>
#include <c10/cuda/CUDAGraphsC10Utils.h>
#include <c10/util/Exception.h>

#include <array>
#include <atomic>
#include <mutex>

namespace mneme::cuda {

namespace {

const char* op_of(Fault fault) {
    switch (fault) {
        case Fault::BAG_ID: return "memory_bag";
        case Fault::BACKWARD_ID: return "memory_backward";
        case Fault::WEIGHT_GRADIENT_ID: return "memory_weight_gradient";
        case Fault::DENSE_ID: return "memory_dense_gradient";
        case Fault::BACKWARD_ADAM_ID:
        case Fault::BACKWARD_ADAM_STEP: return "memory_backward_adam_";
        case Fault::SPARSE_ADAM_ID:
        case Fault::SPARSE_ADAM_STEP: return "sparse_adam_";
        case Fault::USAGE_ID: return "memory_usage_";
        case Fault::NONE: break;
    }
    return "an op";
}

}  // namespace

Faults& Faults::of_current_device() {
    static std::array<Faults, C10_COMPILE_TIME_MAX_GPUS> all; // kernels may write until the process ends: never freed
    static std::mutex mutex;
    c10::DeviceIndex index = c10::cuda::current_device();
    std::lock_guard<std::mutex> lock(mutex);
    Faults& faults = all[index];
    if (faults.host_ == nullptr) {
        c10::cuda::CUDAStreamCaptureModeGuard relaxed(cudaStreamCaptureModeRelaxed); // an allocation, even while a graph is captured
        void *host = nullptr, *device = nullptr;
        C10_CUDA_CHECK(cudaHostAlloc(&host, sizeof(unsigned long long), cudaHostAllocMapped));
        C10_CUDA_CHECK(cudaHostGetDevicePointer(&device, host, 0));
        faults.device_ = static_cast<unsigned long long*>(device);
        faults.index_ = index;
        faults.host_ = static_cast<unsigned long long*>(host);
        *faults.host_ = 0;
    }
    return faults;
}

void Faults::raise() {
    std::atomic_ref<unsigned long long> word(*host_);
    if (word.load(std::memory_order_relaxed) == 0) {
        return;
    }
    unsigned long long reported = word.exchange(0);
    Fault fault = fault_of(reported);
    int device = index_;
    TORCH_CHECK_VALUE(
        fault != Fault::BACKWARD_ADAM_STEP && fault != Fault::SPARSE_ADAM_STEP, op_of(fault), ": an earlier call on cuda:", device,
        " was given step ", number_of(reported), ", and changed nothing. Count the step first: the first is 1.");
    TORCH_CHECK_INDEX(
        reported == 0, op_of(fault), ": an earlier call on cuda:", device, " was given id ", number_of(reported),
        ", outside its table. What came of that id is NaN, or was left out. Give ids from 0 to K - 1.");
}

}  // namespace mneme::cuda
