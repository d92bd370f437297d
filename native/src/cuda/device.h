// What the kernels share: vectors of a row's columns, sums over a warp, ids, and reports to the host.
#pragma once

#include "launch.h"

namespace mneme::cuda {

constexpr unsigned FULL_WARP = 0xffffffffu;

// COUNT neighbours, moved in one access of up to 16 bytes.
template <class T, int COUNT>
struct alignas(sizeof(T) * COUNT < 16 ? sizeof(T) * COUNT : 16) Pack {
    T at[COUNT];
};

template <int COUNT>
__device__ __forceinline__ Pack<float, COUNT> widened(const float* from) {
    return *reinterpret_cast<const Pack<float, COUNT>*>(from);
}

template <int COUNT>
__device__ __forceinline__ Pack<double, COUNT> widened(const double* from) {
    return *reinterpret_cast<const Pack<double, COUNT>*>(from);
}

// Two to a word, the first in the lower half: the access is of whole words.
template <int COUNT>
__device__ __forceinline__ Pack<float, COUNT> widened(const Bfloat16* from) {
    auto words = *reinterpret_cast<const Pack<uint32_t, COUNT / 2>*>(from);
    Pack<float, COUNT> result;
#pragma unroll
    for (int i = 0; i < COUNT / 2; i++) {
        result.at[2 * i] = float_of_bfloat16(static_cast<uint16_t>(words.at[i]));
        result.at[2 * i + 1] = float_of_bfloat16(static_cast<uint16_t>(words.at[i] >> 16));
    }
    return result;
}

template <class T, int COUNT>
__device__ __forceinline__ void store(T* to, const Pack<T, COUNT>& from) {
    *reinterpret_cast<Pack<T, COUNT>*>(to) = from;
}

// Every lane gets the same bits.
template <class T>
__device__ __forceinline__ T warp_sum(T x) {
#pragma unroll
    for (int offset = 16; offset > 0; offset /= 2) {
        x += __shfl_xor_sync(FULL_WARP, x, offset);
    }
    return x;
}

__device__ __forceinline__ int64_t id_at(const Ids& ids, int64_t i) {
    return ids.wide ? static_cast<const int64_t*>(ids.data)[i] : static_cast<const int32_t*>(ids.data)[i];
}

// One comparison, which finds negative ids too.
__device__ __forceinline__ bool outside(int64_t id, int64_t K) { return static_cast<uint64_t>(id) >= static_cast<uint64_t>(K); }

// Volatile: the host reads it while the kernel may still run. One store of 8 bytes, so the host never sees halves of two.
__device__ __forceinline__ void report(const FaultSink& sink, int64_t number) {
    *const_cast<volatile unsigned long long*>(sink.word) = fault_word(sink.fault, number);
}

}  // namespace mneme::cuda
