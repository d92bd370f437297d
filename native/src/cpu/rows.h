// Weighted sums of rows, and the gradients of a row and of the weights of its hits. Part of kernels.cpp.
#pragma once

#include "vector.h"

#include <algorithm>

namespace mneme::cpu::MN_ISA {
namespace {

template <class Value, class Real>
Vector<Real> widened(const Value* from) {
    if constexpr (sizeof(Value) == sizeof(Real)) {
        return load(reinterpret_cast<const Real*>(from));
    } else {
        typedef uint16_t Half __attribute__((vector_size(MN_VECTOR_BYTES / 2), aligned(2), may_alias));
        auto bits = __builtin_convertvector(*reinterpret_cast<const Half*>(from), Vector<uint32_t>) << 16;
        return reinterpret_cast<Vector<float>&>(bits);
    }
}

inline float widened(Bfloat16 x) { return float_of_bfloat16(x.bits); }
inline float widened(float x) { return x; }
inline double widened(double x) { return x; }

template <class Value, class Real>
void widen(const Value* row, int64_t width, Real* out) {
    for (int64_t d = 0; d < width; d++) {
        out[d] = widened(row[d]);
    }
}

// Four rows at a time, so that the sum is read and written a quarter as often, while the next four are fetched.
template <class Value, class Real, class Id>
void bag(const Value* values, int64_t width, const Id* ids, const Real* weights, int64_t per_bag, int64_t begin, int64_t end,
         int64_t bags, Real* out) {
    constexpr int64_t L = LANES<Real>, LINE = 64 / sizeof(Value);
    const int64_t last = bags * per_bag - 1;
    for (int64_t b = begin; b < end; b++) {
        Real* sum = out + b * width;
        std::fill(sum, sum + width, Real(0));
        for (int64_t c = 0; c < per_bag; c += 4) {
            const int64_t hit = b * per_bag + c;
            const Value *row[4], *next[4];
            Real w[4];
            for (int64_t r = 0; r < 4; r++) {
                bool given = c + r < per_bag;
                row[r] = values + ids[given ? hit + r : hit] * width;
                w[r] = given ? weights[hit + r] : Real(0);
                next[r] = values + ids[std::min(hit + 4 + r, last)] * width;
            }
            if (c + 4 > per_bag) { // a row with an infinity must not be added with weight 0
                for (int64_t r = 0; c + r < per_bag; r++) {
                    for (int64_t d = 0; d < width; d++) {
                        sum[d] += w[r] * widened(row[r][d]);
                    }
                }
                continue;
            }
            int64_t d = 0;
            for (; d + LINE <= width; d += LINE) {
                for (int64_t r = 0; r < 4; r++) {
                    __builtin_prefetch(next[r] + d);
                }
                for (int64_t e = d; e < d + LINE; e += L) {
                    store(sum + e, load(sum + e) + w[0] * widened<Value, Real>(row[0] + e) + w[1] * widened<Value, Real>(row[1] + e) +
                                       w[2] * widened<Value, Real>(row[2] + e) + w[3] * widened<Value, Real>(row[3] + e));
                }
            }
            for (; d < width; d++) {
                sum[d] += w[0] * widened(row[0][d]) + w[1] * widened(row[1][d]) + w[2] * widened(row[2][d]) + w[3] * widened(row[3][d]);
            }
        }
    }
}

template <class Value, class Real, class Id>
void products(const Value* values, int64_t width, const Id* ids, const Real* grad, int64_t per_bag, int64_t begin, int64_t end, Real* out) {
    constexpr int64_t L = LANES<Real>, LINE = 64 / sizeof(Value), AHEAD = 4; // rows that are fetched before they are read
    const int64_t last = end * per_bag - 1;
    for (int64_t hit = begin * per_bag; hit <= last; hit++) {
        const Real* g = grad + hit / per_bag * width;
        const Value *row = values + ids[hit] * width, *next = values + ids[std::min(hit + AHEAD, last)] * width;
        Vector<Real> product[4] = {};
        int64_t d = 0;
        for (; d + 4 * L <= width; d += 4 * L) {
            for (int64_t line = d; line < d + 4 * L; line += LINE) {
                __builtin_prefetch(next + line);
            }
            for (int64_t u = 0; u < 4; u++) {
                product[u] += load(g + d + u * L) * widened<Value, Real>(row + d + u * L);
            }
        }
        Real sum = sum_of<Real>((product[0] + product[1]) + (product[2] + product[3]));
        for (; d < width; d++) {
            sum += g[d] * widened(row[d]);
        }
        out[hit] = sum;
    }
}

// The hits at items[0 .. COUNT): adds to sum, or starts it, and returns each one's product with the row. Without `restrict` the compiler
// makes two loops of the last one, which round the products differently, and takes one by how near the arguments lie in memory.
template <int COUNT, bool FIRST, bool PRODUCTS, class Real>
void accumulate_some(const Real* const* grad, const Real* w, int64_t width, const Real* row, Real* products, Real* __restrict sum) {
    constexpr int64_t L = LANES<Real>, UNROLL = 4 / COUNT;
    Vector<Real> product[COUNT][UNROLL] = {};
    int64_t d = 0;
    for (; d + UNROLL * L <= width; d += UNROLL * L) {
        for (int64_t u = 0; u < UNROLL; u++) {
            int64_t e = d + u * L;
            Vector<Real> total = FIRST ? Vector<Real>{} : load(sum + e);
            for (int h = 0; h < COUNT; h++) {
                Vector<Real> g = load(grad[h] + e);
                total += w[h] * g;
                if (PRODUCTS) {
                    product[h][u] += g * load(row + e);
                }
            }
            store(sum + e, total);
        }
    }
    for (int h = 0; PRODUCTS && h < COUNT; h++) {
        for (int64_t u = 1; u < UNROLL; u++) {
            product[h][0] += product[h][u];
        }
        products[h] = sum_of<Real>(product[h][0]);
    }
    for (; d < width; d++) {
        Real total = FIRST ? Real(0) : sum[d];
        for (int h = 0; h < COUNT; h++) {
            total += w[h] * grad[h][d];
            if (PRODUCTS) {
                products[h] += grad[h][d] * row[d];
            }
        }
        sum[d] = total;
    }
}

template <bool PRODUCTS, class Real>
void accumulate_all(const Real* grad, int64_t width, int64_t per_bag, const uint64_t* items, int64_t hits, const Real* weights,
                    const Real* row, Real* weight_grads, Real* sum) {
    const Real* g[2];
    Real w[2], products[2];
    int64_t i = 0;
    auto take = [&](int64_t h) {
        auto hit = static_cast<uint32_t>(items[i + h]);
        g[h] = grad + hit / per_bag * width;
        w[h] = weights[hit];
    };
    auto give = [&](int64_t h) {
        if (PRODUCTS) {
            weight_grads[static_cast<uint32_t>(items[i + h])] = products[h];
        }
    };
    if (hits % 2 == 1) {
        take(0);
        accumulate_some<1, true, PRODUCTS>(g, w, width, row, products, sum);
        give(0);
        i = 1;
    }
    for (; i < hits; i += 2) {
        take(0);
        take(1);
        if (i == 0) {
            accumulate_some<2, true, PRODUCTS>(g, w, width, row, products, sum);
        } else {
            accumulate_some<2, false, PRODUCTS>(g, w, width, row, products, sum);
        }
        give(0);
        give(1);
    }
}

template <class Real>
void accumulate(const Real* grad, int64_t width, int64_t per_bag, const uint64_t* items, int64_t hits, const Real* weights,
                const Real* row, Real* weight_grads, Real* sum) {
    if (row != nullptr) {
        accumulate_all<true>(grad, width, per_bag, items, hits, weights, row, weight_grads, sum);
    } else {
        accumulate_all<false>(grad, width, per_bag, items, hits, weights, row, weight_grads, sum);
    }
}

}  // namespace
}  // namespace mneme::cpu::MN_ISA
