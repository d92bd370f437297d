// The inner loops, compiled for one instruction set: MN_ISA is its name, MN_VECTOR_BYTES the width of its registers.
#include "kernels.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>

#ifdef __x86_64__
#include <immintrin.h>
#endif

namespace mneme::cpu::MN_ISA {
namespace {

template <class T>
struct VectorOf {
    typedef T Type __attribute__((vector_size(MN_VECTOR_BYTES), aligned(alignof(T)), may_alias));
    static constexpr int64_t LANES = MN_VECTOR_BYTES / sizeof(T);
};
template <class T> using Vector = typename VectorOf<T>::Type;
template <class T> constexpr int64_t LANES = VectorOf<T>::LANES;

template <class T> Vector<T> load(const T* from) { return *reinterpret_cast<const Vector<T>*>(from); }
template <class T> void store(T* to, const Vector<T>& from) { *reinterpret_cast<Vector<T>*>(to) = from; }

template <class T>
T sum_of(const Vector<T>& lanes) {
    T sum = 0;
    for (int64_t l = 0; l < LANES<T>; l++) {
        sum += lanes[l];
    }
    return sum;
}

// ---- selection ------------------------------------------------------------------------------------------------------------
// To find the k best of n: a bound that k of the maxima of G >= 2k groups reach is reached by at least k of all, and by few more (about
// 45 of 512 for k = 32). Those are ranked by counting how many are better, which has no branches.

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

// ---- rows -------------------------------------------------------------------------------------------------------------------

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
    const Id* last = ids + bags * per_bag - 1;
    for (int64_t b = begin; b < end; b++) {
        Real* sum = out + b * width;
        std::fill(sum, sum + width, Real(0));
        for (int64_t c = 0; c < per_bag; c += 4) {
            const Id* id = ids + b * per_bag + c;
            const Value *row[4], *next[4];
            Real w[4];
            for (int64_t r = 0; r < 4; r++) {
                bool given = c + r < per_bag;
                row[r] = values + (given ? id[r] : id[0]) * width;
                w[r] = given ? weights[b * per_bag + c + r] : Real(0);
                next[r] = values + *std::min(id + 4 + r, last) * width;
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

// The hits at items[0 .. COUNT): adds to sum, or starts it, and returns each one's product with the row.
template <int COUNT, bool FIRST, bool PRODUCTS, class Real>
void accumulate_some(const Real* const* grad, const Real* w, int64_t width, const Real* row, Real* products, Real* sum) {
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

// ---- Adam ---------------------------------------------------------------------------------------------------------------------

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
    m += (g - m) * s.keep1;
    if constexpr (ROW_WISE) {
        return value * s.decay - s.step_size * (m / row_wise_root);
    } else {
        v += (g * g - v) * s.keep2;
        if constexpr (sizeof(Some) == sizeof(Real)) {
            return value * s.decay - s.step_size * (m / (root_of(v) + s.eps));
        } else {
            return value * s.decay - s.step_size * (m / (root_of<Real>(v) + s.eps));
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
        *row.second += (sum / static_cast<Real>(width) - *row.second) * s.keep2;
        root = std::sqrt(*row.second) + s.eps;
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

template <class Value, class Real>
constexpr ValueKernels<Value, Real> value_kernels_of() {
    return {bag<Value, Real, int32_t>, bag<Value, Real, int64_t>, widen<Value, Real>, adam<Value, Real>};
}

}  // namespace

#define MN_TEXT_OF(name) #name
#define MN_TEXT(name) MN_TEXT_OF(name)

const Kernels kernels = {
    MN_TEXT(MN_ISA),
    {select<float>, accumulate<float>},
    {select<double>, accumulate<double>},
    value_kernels_of<float, float>(),
    value_kernels_of<Bfloat16, float>(),
    value_kernels_of<double, double>(),
};

}  // namespace mneme::cpu::MN_ISA
