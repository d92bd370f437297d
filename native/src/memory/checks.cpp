#include "checks.h"

#include <c10/util/Exception.h>

namespace mneme {

namespace {

bool floating(at::ScalarType dtype) {
    return dtype == at::kFloat || dtype == at::kDouble || dtype == at::kBFloat16 || dtype == at::kHalf;
}

void check_ids(const char* op, const at::Tensor& ids) {
    TORCH_CHECK_TYPE(
        ids.scalar_type() == at::kInt || ids.scalar_type() == at::kLong, op, ": ids of dtype ", ids.scalar_type(),
        " were given. Give int32 or int64.");
}

void check_same_device(const char* op, const at::Tensor& tensor, const char* name, const at::Tensor& other) {
    TORCH_CHECK_VALUE(
        tensor.device() == other.device(), op, ": ", name, " is on ", tensor.device(), ", and other arguments are on ",
        other.device(), ". Move them to one device.");
}

void check_k(const char* op, int64_t k, int64_t n) {
    TORCH_CHECK_VALUE(
        1 <= k && k <= n, op, ": ", k, " neighbours were asked for, and there are ", n, " sub-keys per half. Give 1 to ", n, ".");
    TORCH_CHECK_VALUE(
        n < (int64_t(1) << 31), op, ": ", n, " sub-keys per half were given. Give fewer than 2^31.");
}

}  // namespace

at::ScalarType TopKSizes::id_dtype() const { return n <= 46340 ? at::kInt : at::kLong; } // 46340² < 2^31 <= 46341²

TopKSizes check_topk(const at::Tensor& queries, const at::Tensor& keys, int64_t k) {
    const char* op = "product_key_topk";
    TORCH_CHECK_VALUE(
        queries.dim() == 3 && keys.dim() == 4 && keys.size(1) == 2 && keys.size(0) == queries.size(1) &&
            2 * keys.size(3) == queries.size(2),
        op, ": queries of sizes ", queries.sizes(), " and keys of sizes ", keys.sizes(),
        " were given. Give (B, H, dk) and (H, 2, n, dk/2).");
    TORCH_CHECK_TYPE(
        floating(queries.scalar_type()) && queries.scalar_type() == keys.scalar_type(), op, ": queries of dtype ",
        queries.scalar_type(), " and keys of dtype ", keys.scalar_type(), " were given. Give one floating dtype for both.");
    check_same_device(op, keys, "keys", queries);
    check_k(op, k, keys.size(2));
    return {queries.size(0), queries.size(1), queries.size(2), keys.size(2), k};
}

TopKSizes check_select(const at::Tensor& subscores, int64_t k) {
    const char* op = "product_key_select";
    TORCH_CHECK_VALUE(
        subscores.dim() == 4 && subscores.size(2) == 2, op, ": sub-scores of sizes ", subscores.sizes(),
        " were given. Give (B, H, 2, n).");
    TORCH_CHECK_TYPE(
        subscores.scalar_type() == at::kFloat || subscores.scalar_type() == at::kDouble, op, ": sub-scores of dtype ",
        subscores.scalar_type(), " were given. Give float32 or float64.");
    check_k(op, k, subscores.size(3));
    return {subscores.size(0), subscores.size(1), 0, subscores.size(3), k};
}

at::ScalarType real_of(const char* op, at::ScalarType values) {
    TORCH_CHECK_TYPE(
        values == at::kFloat || values == at::kDouble || values == at::kBFloat16, op, ": values of dtype ", values,
        " were given. Give float32, bfloat16 or float64.");
    return values == at::kDouble ? at::kDouble : at::kFloat;
}

namespace {

// ids and weights (B, ...) of hits on K rows of width D.
BagSizes check_hits(const char* op, const at::Tensor& ids, const at::Tensor& weights, int64_t K, int64_t D, at::ScalarType real) {
    TORCH_CHECK_TYPE(
        ids.scalar_type() == at::kInt || ids.scalar_type() == at::kLong, op, ": ids of dtype ", ids.scalar_type(),
        " were given. Give int32 or int64.");
    TORCH_CHECK_VALUE(
        ids.dim() >= 2 && ids.sizes() == weights.sizes(), op, ": ids of sizes ", ids.sizes(), " and weights of sizes ",
        weights.sizes(), " were given. Give (B, ...) for both.");
    TORCH_CHECK_TYPE(
        weights.scalar_type() == real, op, ": weights of dtype ", weights.scalar_type(), " were given. Give ", real, ".");
    TORCH_CHECK_VALUE(
        K < (int64_t(1) << 32) && ids.numel() < (int64_t(1) << 32), op, ": ", ids.numel(), " hits on ", K,
        " rows were given. Give fewer than 2^32 of each.");
    check_same_device(op, weights, "weights", ids);
    return {ids.size(0), c10::multiply_integers(ids.sizes().slice(1)), K, D, real};
}

void check_gradient(const char* op, const at::Tensor& grad, const at::Tensor& ids, const BagSizes& s) {
    TORCH_CHECK_VALUE(
        grad.dim() == 2 && grad.size(0) == s.B && grad.size(1) == s.D, op, ": a gradient of sizes ", grad.sizes(),
        " was given for ", s.B, " bags of width ", s.D, ". Give (", s.B, ", ", s.D, ").");
    TORCH_CHECK_TYPE(
        grad.scalar_type() == s.real, op, ": a gradient of dtype ", grad.scalar_type(), " was given. Give ", s.real, ".");
    check_same_device(op, grad, "the gradient", ids);
}

void check_table(const char* op, const at::Tensor& values) {
    TORCH_CHECK_VALUE(
        values.dim() == 2 && values.size(1) > 0 && values.is_contiguous(), op, ": values of sizes ", values.sizes(), " and strides ",
        values.strides(), " were given. Give a contiguous table (K, D).");
}

}  // namespace

BagSizes check_bag(const char* op, const at::Tensor& ids, const at::Tensor& weights, const at::Tensor& values) {
    check_table(op, values);
    check_same_device(op, values, "the table", ids);
    return check_hits(op, ids, weights, values.size(0), values.size(1), real_of(op, values.scalar_type()));
}

BagSizes check_backward(
    const char* op, const at::Tensor& grad, const at::Tensor& ids, const at::Tensor& weights, const at::Tensor& values) {
    BagSizes s = check_bag(op, ids, weights, values);
    check_gradient(op, grad, ids, s);
    return s;
}

BagSizes check_dense_gradient(const at::Tensor& grad, const at::Tensor& ids, const at::Tensor& weights, int64_t rows) {
    const char* op = "memory_dense_gradient";
    TORCH_CHECK_VALUE(
        grad.dim() == 2 && grad.size(1) > 0 && rows >= 0, op, ": a gradient of sizes ", grad.sizes(), " and ", rows,
        " rows were given. Give (B, D) and at least 0 rows.");
    BagSizes s = check_hits(op, ids, weights, rows, grad.size(1), real_of(op, grad.scalar_type()));
    check_gradient(op, grad, ids, s);
    return s;
}

void check_adam(const char* op, const at::Tensor& values, const AdamState& state) {
    at::ScalarType real = real_of(op, values.scalar_type());
    int64_t K = values.size(0), D = values.size(1);
    at::IntArrayRef full = values.sizes(), second = state.exp_avg_sq.sizes();
    TORCH_CHECK_VALUE(
        state.exp_avg.sizes() == full && (second == full || second == at::IntArrayRef(K)) && state.row_steps.sizes() == at::IntArrayRef(K),
        op, ": a table (", K, ", ", D, ") came with exp_avg ", state.exp_avg.sizes(), ", exp_avg_sq ", second, " and row_steps ",
        state.row_steps.sizes(), ". Give (K, D), (K, D) or (K), and (K).");
    TORCH_CHECK_TYPE(
        state.exp_avg.scalar_type() == real && state.exp_avg_sq.scalar_type() == real && state.row_steps.scalar_type() == at::kInt &&
            state.step.scalar_type() == at::kLong && state.lr.scalar_type() == at::kDouble,
        op, ": values of dtype ", values.scalar_type(), " came with exp_avg ", state.exp_avg.scalar_type(), ", exp_avg_sq ",
        state.exp_avg_sq.scalar_type(), ", row_steps ", state.row_steps.scalar_type(), ", step ", state.step.scalar_type(),
        " and lr ", state.lr.scalar_type(), ". Give ", real, " twice, int32, int64 and float64.");
    TORCH_CHECK_VALUE(
        state.exp_avg.is_contiguous() && state.exp_avg_sq.is_contiguous() && state.row_steps.is_contiguous(), op,
        ": the moments or row_steps are not contiguous. Give contiguous ones.");
    TORCH_CHECK_VALUE(
        state.step.numel() == 1 && state.lr.numel() == 1, op, ": step of sizes ", state.step.sizes(), " and lr of sizes ",
        state.lr.sizes(), " were given. Give one number each.");
    const AdamRates& r = state.rates;
    TORCH_CHECK_VALUE(
        0 <= r.beta1 && r.beta1 < 1 && 0 <= r.beta2 && r.beta2 < 1 && r.eps >= 0 && r.weight_decay >= 0, op, ": beta1 ", r.beta1,
        ", beta2 ", r.beta2, ", eps ", r.eps, " and weight_decay ", r.weight_decay,
        " were given. Give betas in [0, 1), the others at least 0.");
    for (const at::Tensor* each : {&state.exp_avg, &state.exp_avg_sq, &state.row_steps, &state.step, &state.lr}) {
        check_same_device(op, *each, "a part of the optimizer's state", values);
    }
}

void check_sparse(const char* op, const at::Tensor& rows, const at::Tensor& grads, const at::Tensor& values) {
    check_table(op, values);
    TORCH_CHECK_VALUE(
        rows.dim() == 1 && grads.dim() == 2 && grads.size(0) == rows.size(0) && grads.size(1) == values.size(1), op, ": rows of sizes ",
        rows.sizes(), " and gradients of sizes ", grads.sizes(), " were given for a table ", values.sizes(),
        ". Give (U) and (U, ", values.size(1), ").");
    at::ScalarType real = real_of(op, values.scalar_type());
    TORCH_CHECK_TYPE(
        rows.scalar_type() == at::kLong && grads.scalar_type() == real, op, ": rows of dtype ", rows.scalar_type(),
        " and gradients of dtype ", grads.scalar_type(), " were given. Give int64 and ", real, ".");
    check_same_device(op, rows, "rows", values);
    check_same_device(op, grads, "the gradients", values);
}

void check_usage(
    const at::Tensor& counts, const at::Tensor& mass, const at::Tensor& top1, const at::Tensor& ids, const at::Tensor& weights) {
    const char* op = "memory_usage_";
    check_ids(op, ids);
    TORCH_CHECK_VALUE(
        ids.dim() == 3 && ids.sizes() == weights.sizes() && counts.dim() == 1 && mass.sizes() == counts.sizes() && top1.dim() == 2 &&
            top1.size(0) == ids.size(1) && top1.size(1) == counts.size(0) && (ids.size(2) > 0 || ids.numel() == 0),
        op, ": counts ", counts.sizes(), ", mass ", mass.sizes(), ", top1 ", top1.sizes(), ", ids ", ids.sizes(), " and weights ",
        weights.sizes(), " were given. Give (K), (K), (H, K), (B, H, k) and (B, H, k).");
    TORCH_CHECK_TYPE(
        counts.scalar_type() == at::kLong && mass.scalar_type() == at::kDouble && top1.scalar_type() == at::kLong &&
            (weights.scalar_type() == at::kFloat || weights.scalar_type() == at::kDouble),
        op, ": counts ", counts.scalar_type(), ", mass ", mass.scalar_type(), ", top1 ", top1.scalar_type(), " and weights ",
        weights.scalar_type(), " were given. Give int64, float64, int64 and float32 or float64.");
    TORCH_CHECK_VALUE(
        counts.is_contiguous() && mass.is_contiguous() && top1.is_contiguous(), op, ": a histogram is not contiguous.");
    for (const at::Tensor* each : {&mass, &top1, &ids, &weights}) {
        check_same_device(op, *each, "an argument", counts);
    }
}

}  // namespace mneme
