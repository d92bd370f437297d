// Selection for product_key_topk. Part of kernels.cpp.
//
// To find the k best of n: a bound that k of the maxima of G >= 2k groups reach is reached by at least k of all, and by few more (about
// 45 of 512 for k = 32). Those are ranked by counting how many are better, which has no branches.
#pragma once

#include "vector.h"

#include <algorithm>
#include <functional>
#include <limits>

namespace mneme::cpu::MN_ISA {
namespace {

template <class Real> struct KeyOf;
template <> struct KeyOf<float> { using Type = int32_t; };
template <> struct KeyOf<double> { using Type = int64_t; };

template <class Key> constexpr Key LOWEST = std::numeric_limits<Key>::min();
constexpr int64_t MOST_COUNTED = 512; // counting is quadratic: above, a sort is faster

// A bound that at least k of G keys reach, and seldom more than k + k/4. G is a multiple of the lanes.
template <class Key>
Key bound_for(const Key* keys, int64_t G, int64_t k) {
    Vector<Key> least = load(keys), most = least;
    for (int64_t g = LANES<Key>; g < G; g += LANES<Key>) {
        Vector<Key> next = load(keys + g);
        least = next < least ? next : least;
        most = next > most ? next : most;
    }
    Key low = least[0], high = most[0]; // all reach low
    for (int64_t l = 1; l < LANES<Key>; l++) {
        low = std::min(low, least[l]);
        high = std::max(high, most[l]);
    }
    while (low < high) {
        Key middle = static_cast<Key>(low + static_cast<Key>((static_cast<uint64_t>(high) - static_cast<uint64_t>(low) + 1) / 2));
        Vector<Key> below{};
        for (int64_t g = 0; g < G; g += LANES<Key>) {
            below -= load(keys + g) < middle; // a true lane is -1
        }
        int64_t reach = G - sum_of<Key>(below);
        if (reach < k) {
            high = middle - 1;
        } else {
            low = middle;
            if (reach <= k + k / 4) {
                break;
            }
        }
    }
    return low;
}

// The indices of the keys that reach the bound, ascending. `found` has room for n and a register more.
template <class Key>
int64_t collect(const Key* keys, int64_t n, Key bound, int32_t* found) {
    int64_t m = 0, i = 0;
#ifdef __AVX512F__
    if constexpr (sizeof(Key) == 4) {
        __m512i index = _mm512_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
        for (; i + 16 <= n; i += 16, index = _mm512_add_epi32(index, _mm512_set1_epi32(16))) {
            __mmask16 reach = _mm512_cmpge_epi32_mask(_mm512_loadu_si512(keys + i), _mm512_set1_epi32(bound));
            _mm512_storeu_si512(found + m, _mm512_maskz_compress_epi32(reach, index));
            m += __builtin_popcount(reach);
        }
    }
#elif defined(__AVX2__)
    if constexpr (sizeof(Key) == 4) {
        __m256i index = _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7);
        for (; i + 8 <= n; i += 8, index = _mm256_add_epi32(index, _mm256_set1_epi32(8))) {
            __m256i below = _mm256_cmpgt_epi32(_mm256_set1_epi32(bound), _mm256_loadu_si256(reinterpret_cast<const __m256i*>(keys + i)));
            uint32_t reach = static_cast<uint32_t>(_mm256_movemask_ps(_mm256_castsi256_ps(below))) ^ 0xff;
            // The lanes that reach go to the front: pdep spreads the mask to bytes, pext takes the lane numbers of those.
            uint64_t lanes = _pext_u64(0x0706050403020100, _pdep_u64(reach, 0x0101010101010101) * 0xff);
            __m256i order = _mm256_cvtepu8_epi32(_mm_cvtsi64_si128(static_cast<int64_t>(lanes)));
            _mm256_storeu_si256(reinterpret_cast<__m256i*>(found + m), _mm256_permutevar8x32_epi32(index, order));
            m += __builtin_popcount(reach);
        }
    }
#endif
    for (; i < n; i++) {
        found[m] = static_cast<int32_t>(i);
        m += keys[i] >= bound;
    }
    return m;
}

// The largest of each of G groups: key i is in group i mod G. n >= G, a multiple of the lanes.
template <class Key>
void group_maxima(const Key* keys, int64_t n, int64_t G, Key* maxima) {
    constexpr int64_t L = LANES<Key>;
    for (int64_t g = 0; g < G; g += L) {
        Vector<Key> most = load(keys + g);
        int64_t i = g + G;
        for (; i + L <= n; i += G) {
            Vector<Key> next = load(keys + i);
            most = next > most ? next : most;
        }
        store(maxima + g, most);
        for (int64_t l = 0; i + l < n && l < L; l++) {
            maxima[g + l] = std::max(maxima[g + l], keys[i + l]);
        }
    }
}

// Writes the indices of the k best of n keys to best, descending; of equal ones the lower index first. best has room for n.
template <class Key>
void top(const Key* keys, int64_t n, int64_t k, Key* maxima, Key* sorted, int32_t* found, int32_t* ranks, int32_t* best) {
    constexpr int64_t L = LANES<Key>, SIDE = 4; // registers ranked side by side
    int64_t G = (2 * k + L - 1) / L * L;
    Key bound = LOWEST<Key>;
    if (n >= G + G / 2) { // of fewer, most would reach the bound
        group_maxima(keys, n, G, maxima);
        bound = bound_for(maxima, G, k);
    }
    int64_t m = collect(keys, n, bound, found);
    if (m > MOST_COUNTED) {
        auto better = [&](int32_t a, int32_t b) { return keys[a] != keys[b] ? keys[a] > keys[b] : a < b; };
        std::nth_element(found, found + (k - 1), found + m, better);
        std::sort(found, found + k, better);
        std::copy(found, found + k, best);
        return;
    }
    for (int64_t i = 0; i < m; i++) {
        sorted[i] = keys[found[i]];
    }
    std::fill(sorted + m, sorted + m + SIDE * L, LOWEST<Key>);
    std::fill(ranks, ranks + m, 0); // how many of each rank were placed: equal keys have the same
    for (int64_t i = 0; i < m; i += SIDE * L) {
        Vector<Key> mine[SIDE], better[SIDE] = {};
        for (int64_t side = 0; side < SIDE; side++) {
            mine[side] = load(sorted + i + side * L);
        }
        for (int64_t j = 0; j < m; j++) {
            for (int64_t side = 0; side < SIDE; side++) {
                better[side] -= sorted[j] > mine[side];
            }
        }
        Key counts[SIDE * L];
        for (int64_t side = 0; side < SIDE; side++) {
            store(counts + side * L, better[side]);
        }
        for (int64_t each = 0; each < SIDE * L && i + each < m; each++) {
            best[counts[each] + ranks[counts[each]]++] = found[i + each]; // past k too: a branch would be guessed wrong too often
        }
    }
}

template <class Real>
void keys_of(const Real* scores, int64_t n, typename KeyOf<Real>::Type* keys) {
    for (int64_t i = 0; i < n; i++) {
        keys[i] = order_key(scores[i]);
    }
}

template <class Real>
void select(const Real* half1, const Real* half2, Selection<Real>& s, Real* scores, int32_t* first, int32_t* second) {
    using Key = typename KeyOf<Real>::Type;
    auto* keys = reinterpret_cast<Key*>(s.keys.data());
    auto* maxima = reinterpret_cast<Key*>(s.maxima.data());
    auto* sorted = reinterpret_cast<Key*>(s.sorted.data());
    for (int half = 0; half < 2; half++) {
        const Real* all = half == 0 ? half1 : half2;
        keys_of(all, s.n, keys);
        top(keys, s.n, s.k, maxima, sorted, s.found.data(), s.ranks.data(), s.slots[half].data());
        for (int32_t i = 0; i < s.k; i++) {
            s.scores[half][i] = all[s.slots[half][i]];
        }
    }
    auto size = static_cast<int64_t>(s.sums.size());
    for (int64_t c = 0; c < size; c++) {
        s.sums[c] = s.scores[0][s.stairs.first[c]] + s.scores[1][s.stairs.second[c]];
    }
    keys_of(s.sums.data(), size, keys);
    top(keys, size, s.k, maxima, sorted, s.found.data(), s.ranks.data(), s.candidates.data());
    for (int32_t i = 0; i < s.k; i++) {
        int32_t c = s.candidates[i];
        scores[i] = s.sums[c];
        first[i] = s.slots[0][s.stairs.first[c]];
        second[i] = s.slots[1][s.stairs.second[c]];
    }
}

}  // namespace
}  // namespace mneme::cpu::MN_ISA
