#include "loop.h"

#include <ATen/core/Tensor.h>
#include <ATen/ops/add.h>
#include <ATen/ops/ones.h>
#include <c10/core/GradMode.h>

#include <chrono>

int64_t mn_test_add_loop(int64_t n) {
    at::NoGradGuard no_grad;
    at::Tensor a = at::ones({1});
    at::Tensor b = at::ones({1});
    auto start = std::chrono::steady_clock::now();
    for (int64_t i = 0; i < n; i++) {
        at::Tensor sum = at::add(a, b);
    }
    return std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::steady_clock::now() - start).count();
}
