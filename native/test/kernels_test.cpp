// The arithmetic that CPU and GPU share (memory/portable.h), and the CPU's inner loops for every instruction set that this machine has,
// against plain versions written here.
#include "../src/cpu/kernels.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <limits>
#include <numeric>
#include <random>
#include <set>
#include <string>
#include <vector>

using namespace mneme;
using namespace mneme::cpu;

namespace {

int failures = 0;

void check(bool holds, const std::string& what, int line) {
    if (!holds) {
        std::printf("line %d: %s\n", line, what.c_str());
        failures++;
    }
}

#define CHECK(condition) check((condition), #condition, __LINE__)
#define CHECK_FOR(condition, what) check((condition), std::string(#condition) + " for " + (what), __LINE__)

constexpr float INF = std::numeric_limits<float>::infinity();
std::mt19937_64 random_source(11);

template <class Real>
std::vector<Real> normal(size_t n) {
    std::normal_distribution<Real> draw;
    std::vector<Real> values(n);
    for (Real& each : values) {
        each = draw(random_source);
    }
    return values;
}

// ---- portable.h -------------------------------------------------------------------------------------------------------------

void order_keys_compare_as_the_scores_do() {
    std::vector<float> ascending = {-INF, -3e38f, -1.5f, -1e-40f, -0.0f, 0.0f, 1e-40f, 2.0f, 3e38f, INF, NAN};
    for (size_t i = 1; i < ascending.size(); i++) {
        CHECK(order_key(ascending[i - 1]) < order_key(ascending[i]));
        CHECK(order_key(static_cast<double>(ascending[i - 1])) < order_key(static_cast<double>(ascending[i])));
        CHECK(sort_key(order_key(ascending[i - 1]), 0) < sort_key(order_key(ascending[i]), 0xffffffffu));
    }
    CHECK(order_key(NAN) == order_key(-static_cast<float>(NAN)));
    CHECK(sort_key(order_key(1.0f), 3) > sort_key(order_key(1.0f), 4)); // of equal scores the lower index is better
    CHECK(index_of_sort_key(sort_key(order_key(-7.0f), 123456)) == 123456);
}

void the_staircase_is_all_pairs_with_a_product_up_to_k() {
    for (int k : {1, 2, 3, 7, 32, 100}) {
        std::set<std::pair<int, int>> expected, found;
        for (int a = 1; a <= k; a++) {
            for (int b = 1; a * b <= k; b++) {
                expected.insert({a - 1, b - 1});
            }
        }
        for (int c = 0; c < staircase_size(k); c++) {
            int32_t first, second;
            staircase_ranks(c, k, first, second);
            found.insert({first, second});
        }
        CHECK(staircase_size(k) == static_cast<int>(expected.size()));
        CHECK(found == expected);
    }
    CHECK(staircase_size(32) == 119);
}

// Known answers of Philox 4x32-10, from the authors' Random123 distribution (kat_vectors).
void philox_gives_the_authors_numbers() {
    Random128 zeros = philox({{0, 0, 0, 0}}, 0);
    CHECK(zeros.word[0] == 0x6627e8d5 && zeros.word[1] == 0xe169c58d && zeros.word[2] == 0xbc57ac4c && zeros.word[3] == 0x9b00dbd8);
    Random128 ones = philox({{~0u, ~0u, ~0u, ~0u}}, ~0ull);
    CHECK(ones.word[0] == 0x408f276d && ones.word[1] == 0x41c83b0e && ones.word[2] == 0xa20bc7c6 && ones.word[3] == 0x6d5451fd);
    Random128 pi = philox({{0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}}, 0x299f31d0a4093822ull);
    CHECK(pi.word[0] == 0xd16cfe09 && pi.word[1] == 0x94fdcceb && pi.word[2] == 0x5001e420 && pi.word[3] == 0x24126ea1);
}

void stochastic_rounding_is_unbiased_and_keeps_what_fits() {
    for (float x : {1.0f, -2.5f, 0.0f, INF, -INF}) {
        CHECK(float_of_bfloat16(stochastic_bfloat16(x, 0)) == x && float_of_bfloat16(stochastic_bfloat16(x, 0xffff)) == x);
    }
    CHECK(std::isnan(float_of_bfloat16(stochastic_bfloat16(NAN, 0xffff))));
    CHECK(std::isnan(float_of_bfloat16(stochastic_bfloat16(float_of(0x7f800001), 0)))); // its payload is cut off whole
    // Between two neighbours, each of the 65,536 random numbers once: the mean is exact up to the last bit of the payload.
    for (float x : {1.00123f, -0.3337f, 3.14159e-5f}) {
        double sum = 0;
        float low = INF, high = -INF;
        for (uint32_t r = 0; r < 65536; r++) {
            float y = float_of_bfloat16(stochastic_bfloat16(x, r));
            sum += y;
            low = std::min(low, y);
            high = std::max(high, y);
        }
        CHECK(low < x && x < high && (high - low) < std::abs(x) / 64);
        CHECK(std::abs(sum / 65536 - x) < std::abs(x) * 1e-9);
    }
}

// As random bits are drawn in training: 40,000 places have a deviation of the mean of (high - low) / 2 / 200.
void rounding_bits_differ_by_row_column_and_step() {
    double sum = 0;
    float x = 1.00123f;
    std::set<uint32_t> seen;
    for (int64_t row = 0; row < 50; row++) {
        for (int64_t step = 1; step <= 10; step++) {
            for (uint32_t block = 0; block < 10; block++) {
                Random128 bits = rounding_bits(row, block, step, 42);
                seen.insert(bits.word[0]);
                for (int c = 0; c < 8; c++) {
                    sum += float_of_bfloat16(stochastic_bfloat16(x, bits.word[c / 2] >> (16 * (c % 2))));
                }
            }
        }
    }
    CHECK(seen.size() == 5000);
    CHECK(std::abs(sum / 40000 - x) < 4 * 0.0078125 / 2 / 200);
    CHECK(rounding_bits(3, 4, 5, 6).word[1] == rounding_bits(3, 4, 5, 6).word[1]);
    CHECK(rounding_bits(3, 4, 5, 6).word[1] != rounding_bits(3, 4, 5, 7).word[1]);
    CHECK(rounding_bits(int64_t(1) << 32, 0, 1, 6).word[0] != rounding_bits(0, 0, 1, 6).word[0]);
}

// ---- selection ----------------------------------------------------------------------------------------------------------------

template <class Real>
void compare_selection(const RealKernels<Real>& kernel, int n, int k, const std::vector<Real>& half1, const std::vector<Real>& half2,
                       const std::string& what) {
    std::vector<Real> all;
    for (Real a : half1) {
        for (Real b : half2) {
            all.push_back(a + b);
        }
    }
    std::sort(all.begin(), all.end(), std::greater<Real>());
    Staircase stairs(k);
    Selection<Real> selection(n, k, stairs);
    std::vector<Real> scores(k);
    std::vector<int32_t> first(k), second(k);
    kernel.select(half1.data(), half2.data(), selection, scores.data(), first.data(), second.data());
    std::set<std::pair<int, int>> slots;
    for (int i = 0; i < k; i++) {
        CHECK_FOR(scores[i] == all[i], what);
        CHECK_FOR(half1[first[i]] + half2[second[i]] == scores[i], what);
        slots.insert({first[i], second[i]});
    }
    CHECK_FOR(static_cast<int>(slots.size()) == k, what);
}

template <class Real>
void selection_finds_the_scores_of_the_full_search(const RealKernels<Real>& kernel, const char* name) {
    for (auto [n, k] : {std::pair{1, 1}, {2, 2}, {5, 3}, {7, 7}, {33, 32}, {64, 5}, {100, 32}, {127, 40}, {512, 32}, {513, 1}, {700, 600}}) {
        std::string what = std::string(name) + " n " + std::to_string(n) + " k " + std::to_string(k);
        compare_selection(kernel, n, k, normal<Real>(n), normal<Real>(n), what);
        std::vector<Real> coarse1(n), coarse2(n), ascending(n), equal(n, Real(0.5));
        for (int i = 0; i < n; i++) {
            coarse1[i] = static_cast<Real>(random_source() % 3) - 1;
            coarse2[i] = static_cast<Real>(random_source() % 2);
        }
        std::iota(ascending.begin(), ascending.end(), Real(0));
        compare_selection(kernel, n, k, coarse1, coarse2, what + ", ties");
        compare_selection(kernel, n, k, equal, equal, what + ", all equal");
        compare_selection(kernel, n, k, ascending, equal, what + ", ascending");
    }
    // Of equal scores the lower index comes first, and NaN is above everything.
    Staircase stairs(2);
    Selection<Real> selection(4, 2, stairs);
    std::vector<Real> half1 = {1, 2, 2, 2}, half2 = {0, static_cast<Real>(-NAN), 5, 0}, scores(2);
    std::vector<int32_t> first(2), second(2);
    kernel.select(half1.data(), half2.data(), selection, scores.data(), first.data(), second.data());
    CHECK_FOR(first[0] == 1 && second[0] == 1 && first[1] == 2 && second[1] == 1 && std::isnan(scores[0]), name);
}

// ---- rows ---------------------------------------------------------------------------------------------------------------------

template <class Real>
bool close(const std::vector<Real>& a, const std::vector<Real>& b, double tolerance) {
    for (size_t i = 0; i < a.size(); i++) {
        if (!(std::abs(a[i] - b[i]) <= tolerance)) {
            return false;
        }
    }
    return a.size() == b.size();
}

void bags_are_weighted_sums(const Kernels& k) {
    for (int64_t D : {4, 12, 20, 64, 100, 768}) {
        for (int64_t N : {0, 1, 3, 4, 9, 128}) {
            int64_t bags = 3, K = 50;
            std::string what = std::string(k.name) + " D " + std::to_string(D) + " N " + std::to_string(N);
            auto values = normal<float>(K * D), weights = normal<float>(bags * N);
            std::vector<Bfloat16> halves(K * D);
            std::vector<int32_t> ids(bags * N);
            std::vector<int64_t> wide(bags * N);
            for (int64_t i = 0; i < bags * N; i++) {
                wide[i] = ids[i] = static_cast<int32_t>(random_source() % K);
            }
            for (int64_t i = 0; i < K * D; i++) {
                halves[i].bits = stochastic_bfloat16(values[i], 0);
                CHECK_FOR(std::abs(float_of_bfloat16(halves[i].bits) - values[i]) <= std::abs(values[i]) / 128, what);
            }
            std::vector<float> out(bags * D, 7), out64(bags * D), out16(bags * D), expected(bags * D), expected16(bags * D);
            for (int64_t b = 0; b < bags; b++) {
                for (int64_t d = 0; d < D; d++) {
                    double sum = 0, sum16 = 0;
                    for (int64_t c = b * N; c < (b + 1) * N; c++) {
                        sum += static_cast<double>(weights[c]) * values[ids[c] * D + d];
                        sum16 += static_cast<double>(weights[c]) * float_of_bfloat16(halves[ids[c] * D + d].bits);
                    }
                    expected[b * D + d] = static_cast<float>(sum);
                    expected16[b * D + d] = static_cast<float>(sum16);
                }
            }
            k.float32_values.bag32(values.data(), D, ids.data(), weights.data(), N, 0, bags, bags, out.data());
            k.float32_values.bag64(values.data(), D, wide.data(), weights.data(), N, 0, bags, bags, out64.data());
            k.bfloat16_values.bag32(halves.data(), D, ids.data(), weights.data(), N, 0, bags, bags, out16.data());
            double tolerance = 1e-6 * (1 + static_cast<double>(N)); // N terms of order 1, each rounded
            CHECK_FOR(close(out, expected, tolerance) && close(out16, expected16, tolerance), what);
            CHECK_FOR(out == out64, what);
        }
    }
}

template <class Real>
void gradients_of_a_row_are_sums_over_its_hits(const RealKernels<Real>& kernel, const char* name, double tolerance) {
    for (int64_t D : {1, 4, 12, 36, 768}) {
        for (int64_t hits : {1, 2, 3, 8, 101}) {
            int64_t B = 10, per_bag = 20;
            std::string what = std::string(name) + " D " + std::to_string(D) + " hits " + std::to_string(hits);
            auto grad = normal<Real>(B * D), weights = normal<Real>(B * per_bag), row = normal<Real>(D);
            std::vector<uint64_t> items(hits);
            std::vector<Real> expected(D), sum(D, 7), again(D, 7), products(B * per_bag, 7), expected_products(B * per_bag, 7);
            for (uint64_t& item : items) {
                uint64_t hit = random_source() % (B * per_bag);
                item = (uint64_t(5) << 32) | hit;
                expected_products[hit] = 0;
                for (int64_t d = 0; d < D; d++) {
                    expected[d] += weights[hit] * grad[hit / per_bag * D + d];
                    expected_products[hit] += grad[hit / per_bag * D + d] * row[d];
                }
            }
            kernel.accumulate(grad.data(), D, per_bag, items.data(), hits, weights.data(), row.data(), products.data(), sum.data());
            CHECK_FOR(close(sum, expected, tolerance * (1 + static_cast<double>(hits))), what);
            CHECK_FOR(close(products, expected_products, tolerance * 100), what);
            kernel.accumulate(grad.data(), D, per_bag, items.data(), hits, weights.data(), nullptr, nullptr, again.data());
            CHECK_FOR(sum == again, what);
        }
    }
}

// Compilers make several loops of one, for arguments that lie apart and for those that may not, and these need not round alike.
void results_do_not_depend_on_where_things_lie(const Kernels& k) {
    for (int64_t D : {3, 5, 8, 11, 13, 20, 29, 36}) {
        int64_t B = 4, per_bag = 3, N = B * per_bag;
        auto grad = normal<float>(B * D), weights = normal<float>(N), row = normal<float>(D), first = normal<float>(D);
        std::vector<uint64_t> items(N);
        std::vector<int32_t> ids(N);
        for (int64_t i = 0; i < N; i++) {
            items[i] = static_cast<uint64_t>(i);
            ids[i] = static_cast<int32_t>(i % B);
        }
        AdamRates rates{0.9, 0.99, 1e-8, 0.1, false, 42};
        AdamStep<float> step(1e-2, rates, 3);
        // Everything of a call in one piece of memory, with `gap` elements between the parts.
        auto results = [&](int64_t gap) {
            std::vector<float> place(9 * gap + 2 * B * D + 5 * D + 2 * N, 0.5f);
            float* next = place.data();
            auto put = [&](const std::vector<float>& values) {
                float* at = next;
                std::copy(values.begin(), values.end(), at);
                next += static_cast<int64_t>(values.size()) + gap;
                return at;
            };
            float *g = put(grad), *sum = put(std::vector<float>(D)), *v = put(row), *products = put(std::vector<float>(N)), *w = put(weights);
            float *bags = put(std::vector<float>(B * D)), *value = put(row), *m = put(first), *second = put(std::vector<float>(D, 0.5f));
            k.float32.accumulate(g, D, per_bag, items.data(), N, w, v, products, sum);
            k.float32_values.bag32(g, D, ids.data(), w, per_bag, 0, B, B, bags);
            k.float32_values.adam(g, D, {value, m, second}, {}, false, step, {0, 3, 42}, nullptr);
            std::vector<float> all;
            for (auto [from, count] : {std::pair(sum, D), std::pair(products, N), std::pair(bags, B * D), std::pair(value, D), std::pair(m, D),
                                       std::pair(second, D)}) {
                all.insert(all.end(), from, from + count);
            }
            return all;
        };
        auto apart = results(1000);
        for (int64_t gap = 0; gap <= 40; gap++) {
            CHECK_FOR(results(gap) == apart, std::string(k.name) + " D " + std::to_string(D) + " gap " + std::to_string(gap));
        }
    }
}

void adam_follows_its_formulas(const Kernels& k) {
    AdamRates rates{0.9, 0.99, 1e-8, 0.1, false, 42};
    for (int64_t D : {4, 20, 36, 768}) {
        for (bool row_wise : {false, true}) {
            std::string what = std::string(k.name) + " D " + std::to_string(D) + (row_wise ? " row-wise" : "");
            auto g = normal<float>(D), value = normal<float>(D), m = normal<float>(D), scratch = normal<float>(D);
            std::vector<float> v(row_wise ? 1 : D, 0.5f), half_m, half_v = v;
            AdamStep<float> step(1e-2, rates, 3);
            std::vector<Bfloat16> halves(D);
            for (int64_t d = 0; d < D; d++) {
                value[d] = float_of_bfloat16(stochastic_bfloat16(value[d], 0)); // a bfloat16 table can start from the same
                halves[d].bits = stochastic_bfloat16(value[d], 0);
            }
            half_m = m;
            double size = 1e-2 * std::sqrt(1 - std::pow(0.99, 3)) / (1 - std::pow(0.9, 3)), mean = 0;
            for (float each : g) {
                mean += static_cast<double>(each) * each / static_cast<double>(D);
            }
            std::vector<float> expected(D), expected_m(D);
            for (int64_t d = 0; d < D; d++) {
                double first = 0.9 * m[d] + 0.1 * g[d];
                double second = 0.99 * 0.5 + 0.01 * (row_wise ? mean : static_cast<double>(g[d]) * g[d]);
                expected_m[d] = static_cast<float>(first);
                expected[d] = static_cast<float>(value[d] * (1 - 1e-2 * 0.1) - size * first / (std::sqrt(second) + 1e-8));
            }
            k.float32_values.adam(g.data(), D, {value.data(), m.data(), v.data()}, {}, row_wise, step, {7, 3, 42}, scratch.data());
            CHECK_FOR(close(value, expected, 1e-6) && close(m, expected_m, 1e-6), what); // of order 1, a few roundings
            k.bfloat16_values.adam(
                g.data(), D, {halves.data(), half_m.data(), half_v.data()}, {}, row_wise, step, {7, 3, 42}, scratch.data());
            CHECK_FOR(m == half_m && v == half_v, what);
            for (int64_t d = 0; d < D; d++) { // the same arithmetic, rounded with the documented bits
                uint32_t word = rounding_bits(7, static_cast<uint32_t>(d / 8), 3, 42).word[d % 8 / 2];
                CHECK_FOR(halves[d].bits == stochastic_bfloat16(value[d], word >> (16 * (d % 2))), what);
            }
        }
    }
}

void test(const Kernels& k) {
    std::printf("kernels: %s\n", k.name);
    selection_finds_the_scores_of_the_full_search(k.float32, k.name);
    selection_finds_the_scores_of_the_full_search(k.float64, k.name);
    bags_are_weighted_sums(k);
    gradients_of_a_row_are_sums_over_its_hits(k.float32, k.name, 1e-6);
    gradients_of_a_row_are_sums_over_its_hits(k.float64, k.name, 1e-14);
    adam_follows_its_formulas(k);
    results_do_not_depend_on_where_things_lie(k);
}

}  // namespace

int main() {
    order_keys_compare_as_the_scores_do();
    the_staircase_is_all_pairs_with_a_product_up_to_k();
    philox_gives_the_authors_numbers();
    stochastic_rounding_is_unbiased_and_keeps_what_fits();
    rounding_bits_differ_by_row_column_and_step();
    test(plain::kernels);
#ifdef __x86_64__
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") && __builtin_cpu_supports("bmi2")) {
        test(avx2::kernels);
    }
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq") &&
        __builtin_cpu_supports("avx512vl")) {
        test(avx512::kernels);
    }
#endif
    std::printf(failures == 0 ? "all right\n" : "%d failures\n", failures);
    return failures == 0 ? 0 : 1;
}
