// What the memory ops take, checked once for all devices: shapes, dtypes, devices. B tokens, H heads, N hits a token, n sub-keys a
// half, k neighbours, dk query width, K rows of width D. Errors are c10::ValueError and c10::TypeError.
#pragma once

#include "portable.h"

#include <ATen/core/Tensor.h>

#include <initializer_list>

namespace mneme {

// Sizes are c10::SymInt where only shapes are asked for (Meta), since a compiler may leave them open; kernels have them as numbers, into
// which they change on the way. No product of sizes that a kernel forms overflows.
template <class Int>
struct TopKSizesOf {
    Int B, H, dk, n;
    int64_t k;
    at::ScalarType id_dtype() const { return n <= 46340 ? at::kInt : at::kLong; } // int32 where it holds n² - 1: 46340² < 2^31 <= 46341²
};

struct SymTopKSizes : TopKSizesOf<c10::SymInt> {
    operator TopKSizesOf<int64_t>() const { return {B.expect_int(), H.expect_int(), dk.expect_int(), n.expect_int(), k}; }
};

using TopKSizes = TopKSizesOf<int64_t>;

// queries (B, H, dk) and keys (H, 2, n, dk/2) of one floating dtype.
SymTopKSizes check_topk(const at::Tensor& queries, const at::Tensor& keys, int64_t k);

// subscores (B, H, 2, n), float32 or float64.
SymTopKSizes check_select(const at::Tensor& subscores, int64_t k);

template <class Int>
struct BagSizesOf {
    Int B, N, K, D;
    at::ScalarType real; // of weights, sums and gradients
};

struct SymBagSizes : BagSizesOf<c10::SymInt> {
    operator BagSizesOf<int64_t>() const { return {B.expect_int(), N.expect_int(), K.expect_int(), D.expect_int(), real}; }
};

using BagSizes = BagSizesOf<int64_t>;

// ids (B, ...) int32 or int64 and weights of the same shape, values (K, D): float32 or bfloat16 with float32 weights, float64 with
// float64. The op's name is for messages.
SymBagSizes check_bag(const char* op, const at::Tensor& ids, const at::Tensor& weights, const at::Tensor& values);

// The same, and the gradient (B, D) of the bags.
SymBagSizes check_backward(
    const char* op, const at::Tensor& grad, const at::Tensor& ids, const at::Tensor& weights, const at::Tensor& values);

// grad (B, D), and ids and weights of rows of a table that is not given.
SymBagSizes check_dense_gradient(const at::Tensor& grad, const at::Tensor& ids, const at::Tensor& weights, const c10::SymInt& rows);

// The rest of memory_backward_adam_ and sparse_adam_.
struct AdamState {
    const at::Tensor &exp_avg, &exp_avg_sq, &row_steps, &step, &lr;
    AdamRates rates;
    bool row_wise() const { return exp_avg_sq.dim() == 1; }
};

// An argument, and what messages call it.
struct Named {
    const char* name;
    const at::Tensor& tensor;
};

// exp_avg (K, D) and exp_avg_sq (K, D) or (K), of the arithmetic's dtype; row_steps (K) int32; step () int64; lr () float64. Neither the
// table nor the state has memory in common with another of them, or with `read`, what the op reads besides.
void check_adam(const char* op, const at::Tensor& values, const AdamState& state, std::initializer_list<Named> read);

// rows (U) int64 and grads (U, D) for a table.
void check_sparse(const char* op, const at::Tensor& rows, const at::Tensor& grads, const at::Tensor& values);

// counts (K) int64, mass (K) float64, top1 (H, K) int64, ids and weights (B, H, k): k at least 1, and no memory in common.
void check_usage(
    const at::Tensor& counts, const at::Tensor& mass, const at::Tensor& top1, const at::Tensor& ids, const at::Tensor& weights);

// The dtype of weights, sums and moments for a table's dtype.
at::ScalarType real_of(const char* op, at::ScalarType values);

}  // namespace mneme
