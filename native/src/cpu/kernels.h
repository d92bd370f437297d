// The inner loops of the memory ops on the CPU. kernels.cpp is compiled once for each instruction set, and the one that libtorch
// itself would take (at::get_cpu_capability) is chosen at run time. They know no tensors and start no threads.
#pragma once

#include "../memory/portable.h"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace mneme::cpu {

// Only stored; arithmetic is in float.
struct Bfloat16 {
    uint16_t bits;
};

// The ranks of the staircase's candidates, by a then b.
struct Staircase {
    explicit Staircase(int32_t k);
    std::vector<int32_t> first, second;
};

// What selecting needs besides its input, for one thread. Nothing in it outlives a call.
template <class Real>
struct Selection {
    Selection(int32_t n, int32_t k, const Staircase& stairs);
    const int32_t n, k;
    const Staircase& stairs;
    std::vector<int64_t> keys, maxima, sorted; // as int32_t where Real is float
    std::vector<int32_t> found, candidates, ranks, slots[2];
    std::vector<Real> sums, scores[2];
};

// Where a row's stochastic rounding gets its bits (rounding_bits in portable.h).
struct RoundingPlace {
    int64_t row, step;
    uint64_t seed;
};

// The three rows of an update: the value, and its moments. `second` has one element where the second moment is row-wise.
template <class Value, class Real>
struct AdamRows {
    Value* value;
    Real *first, *second;
};

template <class Real>
struct RealKernels {
    // The k best sums of one score of each half, descending; first and second get the sub-keys.
    void (*select)(const Real* half1, const Real* half2, Selection<Real>& selection, Real* scores, int32_t* first, int32_t* second);

    // The gradient of one row from its hits: sum = Σ weights[hit] · grad[hit / per_bag] (width), and where `row` is given also
    // weight_grads[hit] = grad[hit / per_bag] · row. The lower 32 bits of an item are the hit.
    void (*accumulate)(const Real* grad, int64_t width, int64_t per_bag, const uint64_t* items, int64_t hits, const Real* weights,
                       const Real* row, Real* weight_grads, Real* sum);
};

template <class Value, class Real>
struct ValueKernels {
    // Bags begin to end: out[bag] = Σ weights · values[id].
    void (*bag32)(const Value* values, int64_t width, const int32_t* ids, const Real* weights, int64_t per_bag, int64_t begin,
                  int64_t end, int64_t bags, Real* out);
    void (*bag64)(const Value* values, int64_t width, const int64_t* ids, const Real* weights, int64_t per_bag, int64_t begin,
                  int64_t end, int64_t bags, Real* out);

    // The hits of bags begin to end: out[hit] = grad[bag] · values[id].
    void (*products32)(const Value* values, int64_t width, const int32_t* ids, const Real* grad, int64_t per_bag, int64_t begin,
                       int64_t end, Real* out);
    void (*products64)(const Value* values, int64_t width, const int64_t* ids, const Real* grad, int64_t per_bag, int64_t begin,
                       int64_t end, Real* out);

    void (*widen)(const Value* row, int64_t width, Real* out);

    // Adam on one row, in place; `next` is fetched into the cache meanwhile, or null. `scratch` has room for the row.
    void (*adam)(const Real* gradient, int64_t width, AdamRows<Value, Real> row, AdamRows<Value, Real> next, bool row_wise,
                 const AdamStep<Real>& step, const RoundingPlace& place, Real* scratch);
};

struct Kernels {
    const char* name;
    RealKernels<float> float32;
    RealKernels<double> float64;
    ValueKernels<float, float> float32_values;
    ValueKernels<Bfloat16, float> bfloat16_values;
    ValueKernels<double, double> float64_values;
};

const Kernels& kernels();

template <class Real>
const RealKernels<Real>& real_kernels() {
    if constexpr (sizeof(Real) == 4) {
        return kernels().float32;
    } else {
        return kernels().float64;
    }
}

template <class Value, class Real>
const ValueKernels<Value, Real>& value_kernels() {
    if constexpr (sizeof(Value) == 2) {
        return kernels().bfloat16_values;
    } else if constexpr (sizeof(Value) == 4) {
        return kernels().float32_values;
    } else {
        return kernels().float64_values;
    }
}

// One for each instruction set that the compiler knows: x86-64 has three, other machines the first.
namespace plain { extern const Kernels kernels; }
#ifdef __x86_64__
namespace avx2 { extern const Kernels kernels; }
namespace avx512 { extern const Kernels kernels; }
#endif

}  // namespace mneme::cpu
