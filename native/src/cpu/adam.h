// Adam's update of a row. Part of kernels.cpp.
#pragma once

#include "rows.h"

#include <algorithm>
#include <cmath>

namespace mneme::cpu::MN_ISA {
namespace {

// The lower halves of the lanes times a 32-bit constant.
inline Vector<uint64_t> multiply_halves(Vector<uint64_t> a, uint32_t constant) {
#if defined(__AVX512F__)
    return (Vector<uint64_t>)_mm512_mul_epu32((__m512i)a, _mm512_set1_epi64(constant));
#elif defined(__AVX2__)
    return (Vector<uint64_t>)_mm256_mul_epu32((__m256i)a, _mm256_set1_epi64x(constant));
#else
    return (a & 0xffffffffu) * static_cast<uint64_t>(constant);
#endif
}

// rounding_bits of portable.h for a register of blocks: the 16 bits of 8 · BLOCKS columns. Each lane is a counter's word in its lower half;
// what is in the upper half is never used.
constexpr int BLOCKS = static_cast<int>(LANES<uint64_t>);

inline void rounding_lanes(const RoundingPlace& place, uint32_t first_block, uint16_t (&random)[8 * BLOCKS]) {
    Vector<uint64_t> c0{}, c1{}, c2{}, c3{};
    c0 += static_cast<uint32_t>(place.row);
    for (int l = 0; l < BLOCKS; l++) {
        c1[l] = first_block + l;
    }
    c2 += static_cast<uint32_t>(place.step);
    c3 += (static_cast<uint32_t>(place.row >> 32) << 16) ^ static_cast<uint32_t>(place.step >> 32);
    auto key0 = static_cast<uint32_t>(place.seed), key1 = static_cast<uint32_t>(place.seed >> 32);
    for (int round = 0; round < 10; round++) {
        Vector<uint64_t> product0 = multiply_halves(c0, 0xD2511F53u), product1 = multiply_halves(c2, 0xCD9E8D57u);
        c0 = (product1 >> 32) ^ c1 ^ static_cast<uint64_t>(key0);
        c1 = product1;
        c2 = (product0 >> 32) ^ c3 ^ static_cast<uint64_t>(key1);
        c3 = product0;
        key0 += 0x9E3779B9u;
        key1 += 0xBB67AE85u;
    }
    Vector<uint64_t> low = (c0 & 0xffffffffu) | (c1 << 32), high = (c2 & 0xffffffffu) | (c3 << 32);
    for (int l = 0; l < BLOCKS; l++) {
        uint64_t words[2] = {low[l], high[l]};
        __builtin_memcpy(random + 8 * l, words, sizeof words); // the lowest bits first, as on every machine that libtorch runs on
    }
}

void round_stochastically(const float* from, int64_t width, const RoundingPlace& place, Bfloat16* to) {
    uint16_t random[8 * BLOCKS];
    for (int64_t d = 0; d < width; d += 8 * BLOCKS) {
        rounding_lanes(place, static_cast<uint32_t>(d / 8), random);
        if (d + 8 * BLOCKS <= width) {
            for (int64_t e = 0; e < 8 * BLOCKS; e++) {
                to[d + e].bits = stochastic_bfloat16(from[d + e], random[e]);
            }
        } else {
            for (int64_t e = 0; d + e < width; e++) {
                to[d + e].bits = stochastic_bfloat16(from[d + e], random[e]);
            }
        }
    }
}

template <class Real>
Vector<Real> root_of(Vector<Real> x) {
    for (int64_t l = 0; l < LANES<Real>; l++) { // becomes one instruction
        x[l] = std::sqrt(x[l]);
    }
    return x;
}

inline float root_of(float x) { return std::sqrt(x); }
inline double root_of(double x) { return std::sqrt(x); }

// One element, or a register of them: `Some` is Real or Vector<Real>. Returns the new value; m and v become the new moments.
template <bool ROW_WISE, class Some, class Real>
Some adam_some(Some g, Some value, Some& m, Some& v, Real row_wise_root, const AdamStep<Real>& s) {
    take_in(m, g, s.keep1);
    if constexpr (ROW_WISE) {
        return adam_weight(value, m, row_wise_root, s);
    } else {
        take_in(v, g * g, s.keep2);
        if constexpr (sizeof(Some) == sizeof(Real)) {
            return adam_weight(value, m, root_of(v), s);
        } else {
            return adam_weight(value, m, root_of<Real>(v), s);
        }
    }
}

template <bool ROW_WISE, class Value, class Real>
void adam_row(const Real* gradient, int64_t width, const AdamRows<Value, Real>& row, Real* updated, const AdamRows<Value, Real>& next,
              const AdamStep<Real>& s) {
    constexpr int64_t L = LANES<Real>, LINE = 64 / sizeof(Real);
    Real root = 0;
    if (ROW_WISE) {
        Vector<Real> squares{};
        int64_t d = 0;
        for (; d + L <= width; d += L) {
            Vector<Real> g = load(gradient + d);
            squares += g * g;
        }
        Real sum = sum_of<Real>(squares);
        for (; d < width; d++) {
            sum += gradient[d] * gradient[d];
        }
        take_in(*row.second, sum / static_cast<Real>(width), s.keep2);
        root = std::sqrt(*row.second);
    }
    int64_t d = 0;
    for (; d + LINE <= width; d += LINE) {
        if (next.value != nullptr) {
            __builtin_prefetch(next.value + d, 1);
            __builtin_prefetch(next.first + d, 1);
            if (!ROW_WISE) {
                __builtin_prefetch(next.second + d, 1);
            }
        }
        for (int64_t e = d; e < d + LINE; e += L) {
            Vector<Real> m = load(row.first + e), v = ROW_WISE ? Vector<Real>{} : load(row.second + e);
            store(updated + e, adam_some<ROW_WISE>(load(gradient + e), widened<Value, Real>(row.value + e), m, v, root, s));
            store(row.first + e, m);
            if (!ROW_WISE) {
                store(row.second + e, v);
            }
        }
    }
    for (; d < width; d++) {
        Real unused = 0;
        updated[d] = adam_some<ROW_WISE>(
            gradient[d], static_cast<Real>(widened(row.value[d])), row.first[d], ROW_WISE ? unused : row.second[d], root, s);
    }
}

template <class Value, class Real>
void adam(const Real* gradient, int64_t width, AdamRows<Value, Real> row, AdamRows<Value, Real> next, bool row_wise,
          const AdamStep<Real>& step, const RoundingPlace& place, Real* scratch) {
    constexpr bool ROUNDED = sizeof(Value) < sizeof(Real);
    Real* updated = ROUNDED ? scratch : reinterpret_cast<Real*>(row.value);
    if (row_wise) {
        adam_row<true>(gradient, width, row, updated, next, step);
    } else {
        adam_row<false>(gradient, width, row, updated, next, step);
    }
    if constexpr (ROUNDED) {
        round_stochastically(scratch, width, place, row.value);
    }
}

}  // namespace
}  // namespace mneme::cpu::MN_ISA
