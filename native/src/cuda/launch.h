// What the glue (memory.cpp) calls and the .cu files define: raw pointers to the device's memory, sizes, and a stream.
//
// Nothing here allocates or waits, so all of it can be captured in a CUDA graph. B tokens or bags, H heads, n sub-keys a half,
// k neighbours, K rows of width D, N hits in all (of a bag for `bag`), U distinct rows hit. Vectors of 16 bytes are read and written:
// D is a multiple of 4, and tables, gradients and sums begin at multiples of 16 bytes.
#pragma once

#include "../memory/portable.h"

#include <cuda_runtime_api.h>

#include <cstddef>

namespace mneme::cuda {

// Only stored; arithmetic is in float.
struct Bfloat16 {
    uint16_t bits;
};

// int64 or int32 numbers of rows.
struct Ids {
    const void* data;
    bool wide;
};

// ---- faults ---------------------------------------------------------------------------------------------------------------
// A kernel cannot throw. It leaves a word in the host's memory, 0 while all is well, and the glue looks at it when an op is called
// next. An id outside its table is never followed: what would have come from it is NaN.

enum class Fault : uint32_t {
    NONE,
    BAG_ID, BACKWARD_ID, WEIGHT_GRADIENT_ID, DENSE_ID, BACKWARD_ADAM_ID, SPARSE_ADAM_ID, USAGE_ID, // an id outside the table
    BACKWARD_ADAM_STEP, SPARSE_ADAM_STEP // a step below 1
};

struct FaultSink {
    unsigned long long* word;
    Fault fault; // what is reported there
};

// The fault in the upper 8 bits, the number that was wrong in the lower 56, or the nearest that these hold.
MN_PORTABLE unsigned long long fault_word(Fault fault, int64_t number) {
    constexpr int64_t MOST = (int64_t(1) << 55) - 1;
    number = number > MOST ? MOST : number < -MOST ? -MOST : number;
    return (static_cast<unsigned long long>(fault) << 56) | (static_cast<unsigned long long>(number) & 0x00ffffffffffffffull);
}

MN_PORTABLE Fault fault_of(unsigned long long word) { return static_cast<Fault>(word >> 56); }
MN_PORTABLE int64_t number_of(unsigned long long word) { return static_cast<int64_t>(word << 8) >> 8; }

// ---- topk.cu ----------------------------------------------------------------------------------------------------------------

constexpr int64_t MOST_NEIGHBOURS = 1024; // what fits in the shared memory of every architecture

// The sub-scores of token t, head h and half f begin at t·token + h·head + f·half.
struct SubscoreStrides {
    int64_t token, head, half;
};

// Real is float or double, k <= MOST_NEIGHBOURS. scores, weights (tokens, H, k): either may be null. ids likewise, int64 if wide.
template <class Real>
cudaError_t select(const Real* subscores, SubscoreStrides strides, int64_t tokens, int64_t H, int64_t n, int64_t k, Real* scores,
                   Real* weights, void* ids, bool wide, cudaStream_t stream);

// ---- bag.cu -----------------------------------------------------------------------------------------------------------------
// <Value, Real> here and below is <float, float>, <Bfloat16, float> or <double, double>.

// ids and weights (B, N), values (K, D), K > 0 -> out (B, D).
template <class Value, class Real>
cudaError_t bag(Ids ids, const Real* weights, const Value* values, int64_t B, int64_t N, int64_t K, int64_t D, Real* out,
                FaultSink fault, cudaStream_t stream);

// grad (B, D), ids (B, N), values (K, D), K > 0 -> out (B, N): grad[b] · values[id].
template <class Value, class Real>
cudaError_t products(Ids ids, const Real* grad, const Value* values, int64_t B, int64_t N, int64_t K, int64_t D, Real* out,
                     FaultSink fault, cudaStream_t stream);

// ---- hits.cu ----------------------------------------------------------------------------------------------------------------

// Hits grouped by row, and in the order of the tokens within a row. Hits outside the table come last, as hits of a row K.
struct Hits {
    const uint32_t* rows; // (N) ascending
    const uint32_t* hits; // (N) the hit's place in ids
    const uint32_t* segments; // (N) 1 + the number of distinct rows before
    const uint32_t* starts; // (U + 1) where each distinct row's hits begin; U + 2 with hits outside the table
    const uint32_t* counts; // U, and the distinct rows with that of the hits outside the table
    int64_t N;
};

// 0 < N < 2^32, 0 < K < 2^32. The buffer has hits_bytes(N, K) bytes and begins at a multiple of 256.
size_t hits_bytes(int64_t N, int64_t K);
cudaError_t group_hits(Ids ids, int64_t N, int64_t K, void* buffer, Hits* hits, FaultSink fault, cudaStream_t stream);

// ---- backward.cu and adam.cu ------------------------------------------------------------------------------------------------

// A table and its optimizer's state, as memory_backward_adam_ has them. step and lr are read by the device.
template <class Value, class Real>
struct AdamTable {
    Value* values; // (K, D)
    Real *exp_avg, *exp_avg_sq; // (K, D); exp_avg_sq (K) if row_wise
    int32_t* row_steps; // (K)
    const int64_t* step;
    const double* lr;
    AdamRates rates;
    bool row_wise;
    void* prepared; // PREPARED_BYTES of workspace
    FaultSink bad_step;
};

constexpr size_t PREPARED_BYTES = 128;

template <class Value, class Real>
struct Backward {
    const Real* grad; // (B, D)
    const Real* weights; // (N)
    const Value* values; // (K, D), or null where the weights' gradients are not asked for
    Real* weight_grads; // (N), or null likewise
    Real* partials; // (partial_rows(N), D) of workspace
    int64_t per_bag, K, D;
    Hits hits;
};

int64_t partial_rows(int64_t N);

// Three endings of one pass: the rows' gradients update the table, or go to grads (U, D) with their rows (U), or to out (K, D), of which
// the rows that were hit are written.
template <class Value, class Real>
cudaError_t backward_adam(const Backward<Value, Real>& pass, const AdamTable<Value, Real>& table, cudaStream_t stream);
template <class Value, class Real>
cudaError_t backward_compact(const Backward<Value, Real>& pass, Real* grads, int64_t* rows, cudaStream_t stream);
template <class Real>
cudaError_t backward_dense(const Backward<Real, Real>& pass, Real* out, cudaStream_t stream);

// rows (U), grads (U, D). A row that is given twice is a race.
template <class Value, class Real>
cudaError_t sparse_adam(const int64_t* rows, const Real* grads, int64_t U, int64_t K, int64_t D, const AdamTable<Value, Real>& table,
                        FaultSink fault, cudaStream_t stream);

// ---- usage.cu -----------------------------------------------------------------------------------------------------------------

// ids, weights (queries, k), where query q is of head q mod H; counts (K), mass (K), top1 (H, K).
template <class Real>
cudaError_t count_usage(Ids ids, const Real* weights, int64_t queries, int64_t H, int64_t k, int64_t K, int64_t* counts, double* mass,
                        int64_t* top1, FaultSink fault, cudaStream_t stream);

}  // namespace mneme::cuda
