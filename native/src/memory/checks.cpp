#include "checks.h"

#include <c10/util/Exception.h>

#include <cmath>

namespace mneme {

namespace {

// Bounds of sizes. Each product that a kernel forms stays below 2^63.
constexpr int64_t MOST = (int64_t(1) << 32) - 1; // of bags, of hits and of rows
constexpr int64_t MOST_COLUMNS = INT32_MAX;
constexpr int64_t MOST_ELEMENTS = int64_t(1) << 59; // of eight bytes

// The product of sizes, or one above `most` where it would be larger.
c10::SymInt product(c10::SymIntArrayRef sizes, int64_t most) {
    c10::SymInt result = 1;
    for (const c10::SymInt& size : sizes) {
        auto known = size.maybe_as_int(), so_far = result.maybe_as_int();
        result = known && so_far && *known > 0 && *so_far > most / *known ? c10::SymInt(most + 1) : result * size;
    }
    return result;
}

// The bytes from a tensor's first element to its last.
int64_t extent(const at::Tensor& tensor) {
    int64_t last = 0;
    for (int64_t i = 0; i < tensor.dim(); i++) {
        last += (tensor.size(i) - 1) * tensor.stride(i);
    }
    return (last + 1) * static_cast<int64_t>(tensor.element_size());
}

// Whether memory of one lies between the first and the last element of the other. Tensors of open sizes are a compiler's, which has taken
// writes apart: they meet where they are the same.
bool overlap(const at::Tensor& a, const at::Tensor& b) {
    if (a.is_same(b)) {
        return true;
    }
    if (a.unsafeGetTensorImpl()->has_symbolic_sizes_strides() || b.unsafeGetTensorImpl()->has_symbolic_sizes_strides()) {
        return false;
    }
    if (a.numel() == 0 || b.numel() == 0) {
        return false;
    }
    // Not only of one storage: two may have been made of the same address. What stands for a tensor without data has none.
    const void *one = a.storage().data(), *other = b.storage().data();
    if (!a.is_alias_of(b) && (one == nullptr || other == nullptr)) {
        return false;
    }
    auto begin = [](const at::Tensor& t, const void* data) {
        return reinterpret_cast<uintptr_t>(data) + static_cast<uintptr_t>(t.storage_offset()) * t.element_size();
    };
    uintptr_t first = begin(a, one), second = begin(b, other);
    return first < second + extent(b) && second < first + extent(a);
}

void check_apart(const char* op, const Named& written, const Named& other) {
    TORCH_CHECK_VALUE(
        !overlap(written.tensor, other.tensor), op, ": ", written.name, " is written to, and ", other.name,
        " has memory in common with it. Give each its own.");
}

// Neither another thread nor a later row may find changed what it reads.
void check_written(const char* op, std::initializer_list<Named> written, std::initializer_list<Named> read) {
    for (const Named* one = written.begin(); one != written.end(); one++) {
        for (const Named* other = one + 1; other != written.end(); other++) {
            check_apart(op, *one, *other);
        }
        for (const Named& other : read) {
            check_apart(op, *one, other);
        }
    }
}

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

void check_k(const char* op, int64_t k, const c10::SymInt& H, const c10::SymInt& n) {
    TORCH_CHECK_VALUE(
        n >= k && 1 <= k, op, ": ", k, " neighbours were asked for, and there are ", n, " sub-keys per half. Give 1 to ", n, ".");
    TORCH_CHECK_VALUE(
        k <= MOST_SELECTED, op, ": ", k, " neighbours were asked for, which are chosen among about k · ln k pairs for each query. Give 1 to ",
        MOST_SELECTED, ".");
    TORCH_CHECK_VALUE(
        product({2, H, n}, INT32_MAX) <= INT32_MAX && n <= INT32_MAX, op, ": ", H, " heads of twice ", n,
        " sub-keys were given. Give fewer than 2^31 in all.");
}

}  // namespace

SymTopKSizes check_topk(const at::Tensor& queries, const at::Tensor& keys, int64_t k) {
    const char* op = "product_key_topk";
    c10::SymIntArrayRef q = queries.sym_sizes(), s = keys.sym_sizes();
    TORCH_CHECK_VALUE(
        q.size() == 3 && s.size() == 4 && s[1] == 2 && s[0] == q[1] && s[3] >= 1 && s[3] <= INT32_MAX && s[3] * 2 == q[2], op,
        ": queries of sizes ", q, " and keys of sizes ", s, " were given. Give (B, H, dk) and (H, 2, n, dk/2).");
    TORCH_CHECK_VALUE(q[0] <= MOST, op, ": ", q[0], " queries were given. Give fewer than 2^32.");
    TORCH_CHECK_TYPE(
        floating(queries.scalar_type()) && queries.scalar_type() == keys.scalar_type(), op, ": queries of dtype ",
        queries.scalar_type(), " and keys of dtype ", keys.scalar_type(), " were given. Give one floating dtype for both.");
    check_same_device(op, keys, "keys", queries);
    check_k(op, k, s[0], s[2]);
    return {{q[0], q[1], q[2], s[2], k}};
}

SymTopKSizes check_select(const at::Tensor& subscores, int64_t k) {
    const char* op = "product_key_select";
    c10::SymIntArrayRef s = subscores.sym_sizes();
    TORCH_CHECK_VALUE(
        s.size() == 4 && s[2] == 2 && s[0] <= MOST, op, ": sub-scores of sizes ", s, " were given. Give (B, H, 2, n), B below 2^32.");
    TORCH_CHECK_TYPE(
        subscores.scalar_type() == at::kFloat || subscores.scalar_type() == at::kDouble, op, ": sub-scores of dtype ",
        subscores.scalar_type(), " were given. Give float32 or float64.");
    check_k(op, k, s[1], s[3]);
    return {{s[0], s[1], 0, s[3], k}};
}

at::ScalarType real_of(const char* op, at::ScalarType values) {
    TORCH_CHECK_TYPE(
        values == at::kFloat || values == at::kDouble || values == at::kBFloat16, op, ": values of dtype ", values,
        " were given. Give float32, bfloat16 or float64.");
    return values == at::kDouble ? at::kDouble : at::kFloat;
}

namespace {

// ids and weights (B, ...) of hits on K rows of width D.
SymBagSizes check_hits(
    const char* op, const at::Tensor& ids, const at::Tensor& weights, const c10::SymInt& K, const c10::SymInt& D, at::ScalarType real) {
    check_ids(op, ids);
    c10::SymIntArrayRef sizes = ids.sym_sizes();
    TORCH_CHECK_VALUE(
        sizes.size() >= 2 && sizes == weights.sym_sizes(), op, ": ids of sizes ", sizes, " and weights of sizes ", weights.sym_sizes(),
        " were given. Give (B, ...) for both.");
    TORCH_CHECK_TYPE(
        weights.scalar_type() == real, op, ": weights of dtype ", weights.scalar_type(), " were given. Give ", real, ".");
    c10::SymInt N = product(sizes.slice(1), MOST);
    TORCH_CHECK_VALUE(
        K <= MOST && D <= MOST_COLUMNS && sizes[0] <= MOST && N <= MOST && product({sizes[0], N}, MOST) <= MOST, op, ": ids of sizes ", sizes,
        " were given for ", K, " rows of width ", D, ". Give fewer than 2^32 bags, hits and rows, and a width below 2^31.");
    check_same_device(op, weights, "weights", ids);
    return {{sizes[0], N, K, D, real}};
}

void check_gradient(const char* op, const at::Tensor& grad, const at::Tensor& ids, const SymBagSizes& s) {
    TORCH_CHECK_VALUE(
        grad.dim() == 2 && grad.sym_size(0) == s.B && grad.sym_size(1) == s.D, op, ": a gradient of sizes ", grad.sym_sizes(),
        " was given for ", s.B, " bags of width ", s.D, ". Give (", s.B, ", ", s.D, ").");
    TORCH_CHECK_TYPE(
        grad.scalar_type() == s.real, op, ": a gradient of dtype ", grad.scalar_type(), " was given. Give ", s.real, ".");
    check_same_device(op, grad, "the gradient", ids);
}

void check_table(const char* op, const at::Tensor& values) {
    TORCH_CHECK_VALUE(
        values.dim() == 2 && values.sym_size(1) > 0 && values.is_contiguous(), op, ": values of sizes ", values.sym_sizes(),
        " and strides ", values.sym_strides(), " were given. Give a contiguous table (K, D).");
}

}  // namespace

SymBagSizes check_bag(const char* op, const at::Tensor& ids, const at::Tensor& weights, const at::Tensor& values) {
    check_table(op, values);
    check_same_device(op, values, "the table", ids);
    return check_hits(op, ids, weights, values.sym_size(0), values.sym_size(1), real_of(op, values.scalar_type()));
}

SymBagSizes check_backward(
    const char* op, const at::Tensor& grad, const at::Tensor& ids, const at::Tensor& weights, const at::Tensor& values) {
    SymBagSizes s = check_bag(op, ids, weights, values);
    check_gradient(op, grad, ids, s);
    return s;
}

SymBagSizes check_dense_gradient(const at::Tensor& grad, const at::Tensor& ids, const at::Tensor& weights, const c10::SymInt& rows) {
    const char* op = "memory_dense_gradient";
    TORCH_CHECK_VALUE(
        grad.dim() == 2 && grad.sym_size(1) > 0 && rows >= 0, op, ": a gradient of sizes ", grad.sym_sizes(), " and ", rows,
        " rows were given. Give (B, D) and at least 0 rows.");
    SymBagSizes s = check_hits(op, ids, weights, rows, grad.sym_size(1), real_of(op, grad.scalar_type()));
    check_gradient(op, grad, ids, s);
    return s;
}

void check_adam(const char* op, const at::Tensor& values, const AdamState& state, std::initializer_list<Named> read) {
    at::ScalarType real = real_of(op, values.scalar_type());
    c10::SymIntArrayRef full = values.sym_sizes(), rows = full.slice(0, 1), first = state.exp_avg.sym_sizes(),
                        second = state.exp_avg_sq.sym_sizes(), steps = state.row_steps.sym_sizes();
    TORCH_CHECK_VALUE(
        first == full && (second == full || second == rows) && steps == rows, op, ": a table ", full, " came with exp_avg ", first,
        ", exp_avg_sq ", second, " and row_steps ", steps, ". Give (K, D), (K, D) or (K), and (K).");
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
        state.step.sym_numel() == 1 && state.lr.sym_numel() == 1, op, ": step of sizes ", state.step.sym_sizes(), " and lr of sizes ",
        state.lr.sym_sizes(), " were given. Give one number each.");
    const AdamRates& r = state.rates;
    TORCH_CHECK_VALUE(
        0 <= r.beta1 && r.beta1 < 1 && 0 <= r.beta2 && r.beta2 < 1 && r.eps >= 0 && std::isfinite(r.eps) && r.weight_decay >= 0 &&
            std::isfinite(r.weight_decay),
        op, ": beta1 ", r.beta1, ", beta2 ", r.beta2, ", eps ", r.eps, " and weight_decay ", r.weight_decay,
        " were given. Give betas in [0, 1), the others finite and at least 0.");
    for (const at::Tensor* each : {&state.exp_avg, &state.exp_avg_sq, &state.row_steps, &state.step, &state.lr}) {
        check_same_device(op, *each, "a part of the optimizer's state", values);
    }
    check_written(
        op, {{"the table", values}, {"exp_avg", state.exp_avg}, {"exp_avg_sq", state.exp_avg_sq}, {"row_steps", state.row_steps}},
        read);
}

void check_sparse(const char* op, const at::Tensor& rows, const at::Tensor& grads, const at::Tensor& values) {
    check_table(op, values);
    TORCH_CHECK_VALUE(
        rows.dim() == 1 && grads.dim() == 2 && grads.sym_size(0) == rows.sym_size(0) && grads.sym_size(1) == values.sym_size(1), op,
        ": rows of sizes ", rows.sym_sizes(), " and gradients of sizes ", grads.sym_sizes(), " were given for a table ", values.sym_sizes(),
        ". Give (U) and (U, ", values.sym_size(1), ").");
    TORCH_CHECK_VALUE(
        values.sym_size(0) <= MOST && rows.sym_size(0) <= MOST && values.sym_size(1) <= MOST_COLUMNS, op, ": ", rows.sym_size(0),
        " rows were given for a table ", values.sym_sizes(), ". Give fewer than 2^32 rows, and a width below 2^31.");
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
    c10::SymIntArrayRef hits = ids.sym_sizes(), K = counts.sym_sizes(), per_head = top1.sym_sizes();
    TORCH_CHECK_VALUE(
        hits.size() == 3 && hits == weights.sym_sizes() && hits[2] >= 1 && K.size() == 1 && mass.sym_sizes() == K && per_head.size() == 2 &&
            per_head[0] == hits[1] && per_head[1] == K[0],
        op, ": counts ", K, ", mass ", mass.sym_sizes(), ", top1 ", per_head, ", ids ", hits, " and weights ", weights.sym_sizes(),
        " were given. Give (K), (K), (H, K), (B, H, k) and (B, H, k), k at least 1.");
    TORCH_CHECK_VALUE(
        K[0] <= MOST && product({per_head[0], K[0]}, MOST_ELEMENTS) <= MOST_ELEMENTS && product(hits, MOST) <= MOST, op, ": ids of sizes ", hits,
        " were given for ", K[0], " slots. Give fewer than 2^32 hits and slots.");
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
    check_written(op, {{"counts", counts}, {"mass", mass}, {"top1", top1}}, {{"ids", ids}, {"weights", weights}});
}

}  // namespace mneme
