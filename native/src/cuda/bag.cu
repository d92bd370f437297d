// Weighted sums of rows, out[b] = Σ weights[b, c] · values[ids[b, c]] in the order of c; and the products of each row with a bag's gradient.
//
// Of the sums, a block has one bag, or where a row is wide a piece of its columns; a thread has a vector of up to 16 bytes of each row. Ids and weights
// are staged in shared memory, as offsets into the table, so that what is in flight is rows: UNROLL of them for each thread at a time.
#include "device.h"

#include <cmath>

namespace mneme::cuda {

namespace {

constexpr int MOST_THREADS = 256;
constexpr int STAGED = 256; // hits at a time

// Blocks that a multiprocessor is to hold at least. This leaves a thread 64 registers, and says to use them: by itself the compiler takes
// fewer and has fewer rows in flight.
template <class Real> constexpr int BLOCKS = sizeof(Real) == 8 ? 2 : 4;

template <class Value, class Real, int COUNT>
__global__ void __launch_bounds__(MOST_THREADS, BLOCKS<Real>) bag_kernel(
    Ids ids, const Real* __restrict__ weights, const Value* __restrict__ values, int64_t N, int64_t K, int64_t D, Real* __restrict__ out,
    FaultSink fault) {
    constexpr int UNROLL = 32 / COUNT < 8 ? 32 / COUNT : 8; // 32 registers of rows
    __shared__ int64_t offsets[STAGED];
    __shared__ Real scales[STAGED];
    const int64_t bag = blockIdx.x, column = (static_cast<int64_t>(blockIdx.y) * blockDim.x + threadIdx.x) * COUNT;
    const Value* mine = values + column;
    Pack<Real, COUNT> sum{};
    for (int64_t begin = 0; begin < N; begin += STAGED) {
        const int some = static_cast<int>(N - begin < STAGED ? N - begin : STAGED);
        __syncthreads(); // what was staged before has been read
        for (int i = threadIdx.x; i < some; i += blockDim.x) {
            int64_t id = id_at(ids, bag * N + begin + i);
            bool bad = outside(id, K);
            if (bad) {
                report(fault, id);
            }
            offsets[i] = bad ? 0 : id * D;
            scales[i] = bad ? static_cast<Real>(NAN) : weights[bag * N + begin + i];
        }
        __syncthreads();
        if (column >= D) {
            continue; // these threads only stage
        }
        int i = 0;
        for (; i + UNROLL <= some; i += UNROLL) {
            Pack<Real, COUNT> rows[UNROLL];
#pragma unroll
            for (int u = 0; u < UNROLL; u++) {
                rows[u] = widened<COUNT>(mine + offsets[i + u]);
            }
#pragma unroll
            for (int u = 0; u < UNROLL; u++) {
#pragma unroll
                for (int c = 0; c < COUNT; c++) {
                    sum.at[c] += scales[i + u] * rows[u].at[c];
                }
            }
        }
#pragma unroll 1
        for (; i < some; i++) {
            auto row = widened<COUNT>(mine + offsets[i]);
#pragma unroll
            for (int c = 0; c < COUNT; c++) {
                sum.at[c] += scales[i] * row.at[c];
            }
        }
    }
    if (column < D) {
        store(out + bag * D + column, sum);
    }
}

template <int COUNT, class Value, class Real>
cudaError_t launch(Ids ids, const Real* weights, const Value* values, int64_t B, int64_t N, int64_t K, int64_t D, Real* out,
                   FaultSink fault, cudaStream_t stream) {
    int64_t vectors = D / COUNT, threads = vectors < MOST_THREADS ? (vectors + 31) / 32 * 32 : MOST_THREADS;
    dim3 grid(static_cast<unsigned>(B), static_cast<unsigned>((vectors + threads - 1) / threads));
    bag_kernel<Value, Real, COUNT><<<grid, static_cast<unsigned>(threads), 0, stream>>>(ids, weights, values, N, K, D, out, fault);
    return cudaGetLastError();
}

constexpr int PRODUCT_WARPS = 8; // of a block; a warp has a hit

template <class Value, class Real>
__global__ void __launch_bounds__(PRODUCT_WARPS * 32) products_kernel(
    Ids ids, const Real* __restrict__ grad, const Value* __restrict__ values, int64_t hits, int64_t N, int64_t K, int64_t D,
    Real* __restrict__ out, FaultSink fault) {
    const int lane = threadIdx.x % 32;
    const int64_t hit = static_cast<int64_t>(blockIdx.x) * PRODUCT_WARPS + threadIdx.x / 32;
    if (hit >= hits) {
        return;
    }
    const int64_t id = id_at(ids, hit);
    if (outside(id, K)) {
        if (lane == 0) {
            report(fault, id);
            out[hit] = static_cast<Real>(NAN);
        }
        return;
    }
    const Real* g = grad + hit / N * D;
    const Value* row = values + id * D;
    Real sum = 0;
#pragma unroll 4
    for (int64_t column = lane * 4; column < D; column += 128) {
        auto left = widened<4>(g + column), right = widened<4>(row + column);
#pragma unroll
        for (int c = 0; c < 4; c++) {
            sum += left.at[c] * right.at[c];
        }
    }
    sum = warp_sum(sum);
    if (lane == 0) {
        out[hit] = sum;
    }
}

}  // namespace

template <class Value, class Real>
cudaError_t products(Ids ids, const Real* grad, const Value* values, int64_t B, int64_t N, int64_t K, int64_t D, Real* out,
                     FaultSink fault, cudaStream_t stream) {
    if (B * N == 0) {
        return cudaSuccess;
    }
    auto blocks = static_cast<unsigned>((B * N + PRODUCT_WARPS - 1) / PRODUCT_WARPS);
    products_kernel<<<blocks, PRODUCT_WARPS * 32, 0, stream>>>(ids, grad, values, B * N, N, K, D, out, fault);
    return cudaGetLastError();
}

template cudaError_t products(
    Ids, const float*, const float*, int64_t, int64_t, int64_t, int64_t, float*, FaultSink, cudaStream_t);
template cudaError_t products(
    Ids, const float*, const Bfloat16*, int64_t, int64_t, int64_t, int64_t, float*, FaultSink, cudaStream_t);
template cudaError_t products(
    Ids, const double*, const double*, int64_t, int64_t, int64_t, int64_t, double*, FaultSink, cudaStream_t);

template <class Value, class Real>
cudaError_t bag(Ids ids, const Real* weights, const Value* values, int64_t B, int64_t N, int64_t K, int64_t D, Real* out,
                FaultSink fault, cudaStream_t stream) {
    if (B == 0) {
        return cudaSuccess;
    }
    if constexpr (sizeof(Value) == 8) {
        return launch<2>(ids, weights, values, B, N, K, D, out, fault, stream);
    } else {
        if constexpr (sizeof(Value) == 2) {
            if (D % 8 == 0) {
                return launch<8>(ids, weights, values, B, N, K, D, out, fault, stream);
            }
        }
        return launch<4>(ids, weights, values, B, N, K, D, out, fault, stream);
    }
}

template cudaError_t bag(
    Ids, const float*, const float*, int64_t, int64_t, int64_t, int64_t, float*, FaultSink, cudaStream_t);
template cudaError_t bag(
    Ids, const float*, const Bfloat16*, int64_t, int64_t, int64_t, int64_t, float*, FaultSink, cudaStream_t);
template cudaError_t bag(
    Ids, const double*, const double*, int64_t, int64_t, int64_t, int64_t, double*, FaultSink, cudaStream_t);

}  // namespace mneme::cuda
