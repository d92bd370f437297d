// The arithmetic that the CPU and the CUDA kernels share: score order, the staircase, random bits and rounding, Adam's formulas.
// Everything here compiles for host and device, so the C++ tests on the CPU test what the GPU runs.
#pragma once

#include <cmath>
#include <cstdint>

#ifdef __CUDACC__
#define MN_PORTABLE __host__ __device__ __forceinline__
#else
#define MN_PORTABLE inline
#endif

namespace mneme {

// ---- bits ---------------------------------------------------------------------------------------------------------------

MN_PORTABLE int32_t bits_of(float x) {
    int32_t bits;
    __builtin_memcpy(&bits, &x, sizeof bits);
    return bits;
}

MN_PORTABLE int64_t bits_of(double x) {
    int64_t bits;
    __builtin_memcpy(&bits, &x, sizeof bits);
    return bits;
}

MN_PORTABLE float float_of(uint32_t bits) {
    float x;
    __builtin_memcpy(&x, &bits, sizeof x);
    return x;
}

// ---- the order of scores ------------------------------------------------------------------------------------------------
// A float becomes an integer that compares as the float does, with NaN above everything, as torch.topk has it.

MN_PORTABLE int32_t order_key(float x) {
    int32_t bits = bits_of(x);
    return x != x ? INT32_MAX : bits ^ ((bits >> 31) & INT32_MAX);
}

MN_PORTABLE int64_t order_key(double x) {
    int64_t bits = bits_of(x);
    return x != x ? INT64_MAX : bits ^ ((bits >> 63) & INT64_MAX);
}

// Larger is better: the higher score, and of equal ones the lower index. Two elements never compare equal.
MN_PORTABLE uint64_t sort_key(int32_t order, uint32_t index) {
    return (static_cast<uint64_t>(static_cast<uint32_t>(order) ^ 0x80000000u) << 32) | (0xffffffffu - index);
}

MN_PORTABLE uint32_t index_of_sort_key(uint64_t key) { return 0xffffffffu - static_cast<uint32_t>(key); }

// ---- the staircase ------------------------------------------------------------------------------------------------------
// With both halves' k best sorted, the pair of ranks (a, b), counted from 1, has a·b - 1 pairs at least as good, so only pairs with
// a·b <= k can be among the k best (docs/method.md, "Staircase"). Candidates are numbered by a, then b.

constexpr int64_t MOST_SELECTED = 65536; // k: 764,491 candidates, of which a thread keeps 30 MB

MN_PORTABLE int32_t staircase_size(int32_t k) {
    int32_t size = 0;
    for (int32_t a = 1; a <= k; a++) {
        size += k / a;
    }
    return size;
}

// The ranks of candidate c, counted from 0.
MN_PORTABLE void staircase_ranks(int32_t c, int32_t k, int32_t& first, int32_t& second) {
    int32_t a = 1;
    while (c >= k / a) {
        c -= k / a;
        a++;
    }
    first = a - 1;
    second = c;
}

// ---- random bits: Philox 4x32-10 (Salmon et al., SC 2011) --------------------------------------------------------------------

struct Random128 {
    uint32_t word[4];
};

MN_PORTABLE Random128 philox(Random128 counter, uint64_t seed) {
    uint32_t key0 = static_cast<uint32_t>(seed), key1 = static_cast<uint32_t>(seed >> 32);
    for (int round = 0; round < 10; round++) {
        uint64_t product0 = static_cast<uint64_t>(0xD2511F53u) * counter.word[0];
        uint64_t product1 = static_cast<uint64_t>(0xCD9E8D57u) * counter.word[2];
        counter = {{static_cast<uint32_t>(product1 >> 32) ^ counter.word[1] ^ key0, static_cast<uint32_t>(product1),
                    static_cast<uint32_t>(product0 >> 32) ^ counter.word[3] ^ key1, static_cast<uint32_t>(product0)}};
        key0 += 0x9E3779B9u;
        key1 += 0xBB67AE85u;
    }
    return counter;
}

// The 16 random bits of each of columns 8·block to 8·block + 7 of a row at a step: a function of these and the seed alone, so a
// resumed run repeats them, and neither threads nor the order of rows matter.
MN_PORTABLE Random128 rounding_bits(int64_t row, uint32_t block, int64_t step, uint64_t seed) {
    uint32_t high = (static_cast<uint32_t>(row >> 32) << 16) ^ static_cast<uint32_t>(step >> 32);
    return philox({{static_cast<uint32_t>(row), block, static_cast<uint32_t>(step), high}}, seed);
}

// ---- bfloat16 -----------------------------------------------------------------------------------------------------------

MN_PORTABLE float float_of_bfloat16(uint16_t bits) { return float_of(static_cast<uint32_t>(bits) << 16); }

// Up with the probability of the part that is cut off, so the mean over the random bits is x. NaN and infinities stay.
MN_PORTABLE uint16_t stochastic_bfloat16(float x, uint32_t random16) {
    uint32_t bits = static_cast<uint32_t>(bits_of(x));
    uint32_t quiet = (bits & 0x007fffffu) ? 0x00400000u : 0u; // a NaN whose payload is cut off must not become infinite
    uint32_t moved = (bits & 0x7f800000u) == 0x7f800000u ? bits | quiet : bits + (random16 & 0xffffu);
    return static_cast<uint16_t>(moved >> 16);
}

// ---- Adam by row --------------------------------------------------------------------------------------------------------
// torch.optim.SparseAdam's formulas: the bias corrections go into the step size, and eps is added to the uncorrected root.

struct AdamRates {
    double beta1, beta2, eps, weight_decay;
    bool per_row; // bias correction by the number of updates of the row, not by the number of all steps
    uint64_t seed; // of stochastic rounding
};

// What a row's count of updates becomes. It stays at the largest number, where bias corrections are 1, and what no update leaves (a
// negative one) counts as none.
MN_PORTABLE int32_t counted_update(int32_t updates) {
    return updates < 0 ? 1 : updates < INT32_MAX ? updates + 1 : INT32_MAX;
}

// lr · sqrt(1 - beta2^t) / (1 - beta1^t), t from 1.
MN_PORTABLE double adam_step_size(double lr, const AdamRates& rates, double t) {
    return lr * sqrt(1 - pow(rates.beta2, t)) / (1 - pow(rates.beta1, t));
}

// The constants of an update, in the precision of the arithmetic.
template <class Real>
struct AdamStep {
    Real keep1, keep2; // 1 - beta
    Real eps, decay, step_size; // decay: what the weight is multiplied with first

    MN_PORTABLE AdamStep(double lr, const AdamRates& rates, double t)
        : keep1(static_cast<Real>(1 - rates.beta1)), keep2(static_cast<Real>(1 - rates.beta2)),
          eps(static_cast<Real>(rates.eps)),
          decay(static_cast<Real>(1 - lr * rates.weight_decay)),
          step_size(static_cast<Real>(adam_step_size(lr, rates, t))) {}
};

// A moment takes in what came: keep is 1 - beta. `Some` is Real, or a vector of them.
template <class Some, class Real>
MN_PORTABLE void take_in(Some& moment, const Some& came, Real keep) {
    moment += (came - moment) * keep;
}

// The new weight. root is that of the second moment.
template <class Some, class Root, class Real>
MN_PORTABLE Some adam_weight(const Some& weight, const Some& first_moment, const Root& root, const AdamStep<Real>& s) {
    return weight * s.decay - s.step_size * (first_moment / (root + s.eps));
}

}  // namespace mneme
