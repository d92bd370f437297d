// What the memory ops take, checked once for all devices: shapes, dtypes, devices. B tokens, H heads, N hits a token, n sub-keys a
// half, k neighbours, dk query width, K rows of width D. Errors are c10::ValueError and c10::TypeError.
#pragma once

#include "portable.h"

#include <ATen/core/Tensor.h>

#include <optional>

namespace mneme {

struct TopKSizes {
    int64_t B, H, dk, n, k;
    at::ScalarType id_dtype() const; // int32 where it holds n² - 1
};

// queries (B, H, dk) and keys (H, 2, n, dk/2) of one floating dtype.
TopKSizes check_topk(const at::Tensor& queries, const at::Tensor& keys, int64_t k);

// subscores (B, H, 2, n), float32 or float64.
TopKSizes check_select(const at::Tensor& subscores, int64_t k);

struct BagSizes {
    int64_t B, N, K, D;
    at::ScalarType real; // of weights, sums and gradients
};

// ids (B, ...) int32 or int64 and weights of the same shape, values (K, D): float32 or bfloat16 with float32 weights, float64 with
// float64. The op's name is for messages.
BagSizes check_bag(const char* op, const at::Tensor& ids, const at::Tensor& weights, const at::Tensor& values);

// The same, and the gradient (B, D) of the bags.
BagSizes check_backward(
    const char* op, const at::Tensor& grad, const at::Tensor& ids, const at::Tensor& weights, const at::Tensor& values);

// grad (B, D), and ids and weights of rows of a table that is not given.
BagSizes check_dense_gradient(const at::Tensor& grad, const at::Tensor& ids, const at::Tensor& weights, int64_t rows);

// The rest of memory_backward_adam_ and sparse_adam_.
struct AdamState {
    const at::Tensor &exp_avg, &exp_avg_sq, &row_steps, &step, &lr;
    AdamRates rates;
    bool row_wise() const { return exp_avg_sq.dim() == 1; }
};

// exp_avg (K, D) and exp_avg_sq (K, D) or (K), of the arithmetic's dtype; row_steps (K) int32; step () int64; lr () float64.
void check_adam(const char* op, const at::Tensor& values, const AdamState& state);

// rows (U) int64 and grads (U, D) for a table.
void check_sparse(const char* op, const at::Tensor& rows, const at::Tensor& grads, const at::Tensor& values);

// counts (K) int64, mass (K) float64, top1 (H, K) int64, ids and weights (B, H, k).
void check_usage(
    const at::Tensor& counts, const at::Tensor& mass, const at::Tensor& top1, const at::Tensor& ids, const at::Tensor& weights);

// The dtype of weights, sums and moments for a table's dtype.
at::ScalarType real_of(const char* op, at::ScalarType values);

}  // namespace mneme
