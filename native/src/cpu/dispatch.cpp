#include "kernels.h"

#include <ATen/Version.h>

#include <string>

namespace mneme::cpu {

Staircase::Staircase(int32_t k) : first(staircase_size(k)), second(first.size()) {
    size_t c = 0;
    for (int32_t a = 1; a <= k; a++) {
        for (int32_t b = 0; b < k / a; b++, c++) {
            first[c] = a - 1;
            second[c] = b;
        }
    }
}

// Vectors reach up to 16 elements past the end of what they read.
template <class Real>
Selection<Real>::Selection(int32_t n, int32_t k, const Staircase& stairs)
    : n(n), k(k), stairs(stairs), sums(stairs.first.size()) {
    size_t most = std::max<size_t>(n, sums.size()) + 64;
    for (auto* each : {&keys, &maxima, &sorted}) {
        each->resize(most);
    }
    maxima.resize(2 * k + 64);
    for (auto* each : {&found, &candidates, &ranks, &slots[0], &slots[1]}) {
        each->resize(most);
    }
    scores[0].resize(k);
    scores[1].resize(k);
}

template struct Selection<float>;
template struct Selection<double>;

// What libtorch would take for its own kernels, so that ATEN_CPU_CAPABILITY rules both.
const Kernels& kernels() {
    static const Kernels& chosen = []() -> const Kernels& {
#ifdef __x86_64__
        std::string capability = at::get_cpu_capability();
        if (capability == "AVX512") {
            return avx512::kernels;
        } else if (capability == "AVX2") {
            return avx2::kernels;
        }
#endif
        return plain::kernels;
    }();
    return chosen;
}

}  // namespace mneme::cpu
