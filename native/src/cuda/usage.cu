// Histograms of hits over slots, a thread for each query and a thread for each hit.
//
// Counts are added with integer atomics: the same whatever the order. The mass is added with atomics in double: its last bits depend on
// the order in which threads run, and differ from run to run.
#include "device.h"

namespace mneme::cuda {

namespace {

constexpr int THREADS = 256;

__device__ __forceinline__ void add_one(int64_t* counter) { atomicAdd(reinterpret_cast<unsigned long long*>(counter), 1ull); }

template <class Real>
__global__ void count_kernel(Ids ids, const Real* weights, int64_t N, int64_t K, int64_t* counts, double* mass, FaultSink fault) {
    int64_t i = static_cast<int64_t>(blockIdx.x) * THREADS + threadIdx.x;
    if (i < N) {
        int64_t id = id_at(ids, i);
        if (outside(id, K)) {
            report(fault, id);
        } else {
            add_one(counts + id);
            atomicAdd(mass + id, static_cast<double>(weights[i]));
        }
    }
}

// The first of equal weights, as the CPU has it.
template <class Real>
__global__ void top1_kernel(Ids ids, const Real* weights, int64_t queries, int64_t H, int64_t k, int64_t K, int64_t* top1) {
    int64_t query = static_cast<int64_t>(blockIdx.x) * THREADS + threadIdx.x;
    if (query < queries) {
        const Real* weight = weights + query * k;
        int64_t best = 0;
        for (int64_t c = 1; c < k; c++) {
            best = weight[c] > weight[best] ? c : best;
        }
        int64_t id = id_at(ids, query * k + best);
        if (!outside(id, K)) {
            add_one(top1 + query % H * K + id);
        }
    }
}

unsigned blocks_for(int64_t threads) { return static_cast<unsigned>((threads + THREADS - 1) / THREADS); }

}  // namespace

template <class Real>
cudaError_t count_usage(Ids ids, const Real* weights, int64_t queries, int64_t H, int64_t k, int64_t K, int64_t* counts, double* mass,
                        int64_t* top1, FaultSink fault, cudaStream_t stream) {
    int64_t N = queries * k;
    if (N == 0) {
        return cudaSuccess;
    }
    count_kernel<<<blocks_for(N), THREADS, 0, stream>>>(ids, weights, N, K, counts, mass, fault);
    top1_kernel<<<blocks_for(queries), THREADS, 0, stream>>>(ids, weights, queries, H, k, K, top1);
    return cudaGetLastError();
}

template cudaError_t count_usage(
    Ids, const float*, int64_t, int64_t, int64_t, int64_t, int64_t*, double*, int64_t*, FaultSink, cudaStream_t);
template cudaError_t count_usage(
    Ids, const double*, int64_t, int64_t, int64_t, int64_t, int64_t*, double*, int64_t*, FaultSink, cudaStream_t);

}  // namespace mneme::cuda
