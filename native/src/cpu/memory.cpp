// The memory ops on the CPU: libtorch's GEMMs and threads around the loops of kernels.cpp.
//
// What each thread computes depends on its rows alone, and rows are summed in the order of the tokens: results have the same bits
// with any number of threads.
#include "../memory/checks.h"
#include "hits.h"
#include "kernels.h"

#include <ATen/Dispatch.h>
#include <ATen/Parallel.h>
#include <ATen/ops/bmm.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/softmax.h>
#include <ATen/ops/zeros.h>
#include <torch/library.h>

#include <algorithm>
#include <atomic>
#include <functional>

namespace mneme::cpu {

namespace {

// Runs body(begin, end) over pieces of 0 to n, each taken by whichever thread is free.
template <class Body>
void parallel_pieces(int64_t n, int64_t piece, Body&& body) {
    std::atomic<int64_t> next = 0;
    auto threads = std::min<int64_t>(at::get_num_threads(), (n + piece - 1) / piece);
    at::parallel_for(0, threads, 1, [&](int64_t, int64_t) {
        for (int64_t begin; (begin = next.fetch_add(piece)) < n;) {
            body(begin, std::min(begin + piece, n));
        }
    });
}

// body(Value*, Real*) with null pointers of the types that a table of this dtype has.
template <class Body>
void for_values(at::ScalarType dtype, Body&& body) {
    if (dtype == at::kFloat) {
        body(static_cast<float*>(nullptr), static_cast<float*>(nullptr));
    } else if (dtype == at::kBFloat16) {
        body(static_cast<Bfloat16*>(nullptr), static_cast<float*>(nullptr));
    } else {
        body(static_cast<double*>(nullptr), static_cast<double*>(nullptr));
    }
}

template <class Value>
Value* values_of(const at::Tensor& table) {
    return static_cast<Value*>(table.mutable_data_ptr());
}

// ---- product_key_topk -----------------------------------------------------------------------------------------------------

constexpr int64_t SCORE_BYTES = 4 << 20; // of the sub-scores that exist at a time: they stay in the cache between GEMM and selection

// Selects for tokens begin to end from sub-scores of which token t, head h and half f begin at subscores + t·token + h·head + f·half.
template <class Real>
void select_tokens(const TopKSizes& s, const Real* subscores, int64_t token, int64_t head, int64_t half, int64_t begin, int64_t end,
                   const Staircase& stairs, at::Tensor& scores, at::Tensor& ids) {
    Real* score = scores.mutable_data_ptr<Real>();
    auto k = static_cast<int32_t>(s.k);
    AT_DISPATCH_INDEX_TYPES(ids.scalar_type(), "product_key_select", [&] {
        index_t* id = ids.mutable_data_ptr<index_t>();
        at::parallel_for(0, (end - begin) * s.H, 16, [&](int64_t from, int64_t to) {
            Selection<Real> selection(static_cast<int32_t>(s.n), k, stairs);
            std::vector<int32_t> first(k), second(k);
            for (int64_t i = from; i < to; i++) {
                const Real* one = subscores + i / s.H * token + i % s.H * head;
                int64_t at = (begin * s.H + i) * k;
                real_kernels<Real>().select(one, one + half, selection, score + at, first.data(), second.data());
                for (int32_t c = 0; c < k; c++) {
                    id[at + c] = static_cast<index_t>(static_cast<index_t>(first[c]) * static_cast<index_t>(s.n) + second[c]);
                }
            }
        });
    });
}

std::tuple<at::Tensor, at::Tensor> product_key_select(const at::Tensor& subscores, int64_t k) {
    TopKSizes s = check_select(subscores, k);
    at::Tensor all = subscores.contiguous();
    at::Tensor scores = at::empty({s.B, s.H, k}, all.options());
    at::Tensor ids = at::empty({s.B, s.H, k}, all.options().dtype(s.id_dtype()));
    Staircase stairs(static_cast<int32_t>(k));
    AT_DISPATCH_FLOATING_TYPES(all.scalar_type(), "product_key_select", [&] {
        select_tokens(s, all.const_data_ptr<scalar_t>(), s.H * 2 * s.n, 2 * s.n, s.n, 0, s.B, stairs, scores, ids);
    });
    return {scores, ids};
}

std::tuple<at::Tensor, at::Tensor, at::Tensor> product_key_topk(
    const at::Tensor& queries, const at::Tensor& keys, int64_t k, bool return_scores) {
    TopKSizes s = check_topk(queries, keys, k);
    at::ScalarType real = queries.scalar_type() == at::kDouble ? at::kDouble : at::kFloat;
    at::Tensor halves = queries.to(real).reshape({s.B, 2 * s.H, s.dk / 2}).transpose(0, 1); // (2H, B, dk/2)
    at::Tensor subkeys = keys.to(real).reshape({2 * s.H, s.n, s.dk / 2}).transpose(1, 2); // (2H, dk/2, n)
    at::Tensor scores = at::empty({s.B, s.H, k}, halves.options());
    at::Tensor ids = at::empty({s.B, s.H, k}, halves.options().dtype(s.id_dtype()));
    Staircase stairs(static_cast<int32_t>(k));

    int64_t token_bytes = 2 * s.H * s.n * static_cast<int64_t>(c10::elementSize(real));
    int64_t tokens = std::clamp<int64_t>(SCORE_BYTES / std::max<int64_t>(1, token_bytes), 16, std::max<int64_t>(s.B, 16));
    at::Tensor subscores;
    for (int64_t begin = 0; begin < s.B; begin += tokens) {
        int64_t some = std::min(tokens, s.B - begin);
        at::Tensor chunk = halves.narrow(1, begin, some);
        if (subscores.defined() && subscores.size(1) == some) {
            at::bmm_out(subscores, chunk, subkeys); // (2H, some, n)
        } else {
            subscores = at::bmm(chunk, subkeys);
        }
        AT_DISPATCH_FLOATING_TYPES(real, "product_key_topk", [&] {
            select_tokens(s, subscores.const_data_ptr<scalar_t>(), s.n, 2 * some * s.n, some * s.n, begin, begin + some, stairs, scores, ids);
        });
    }
    return {at::softmax(scores, -1), ids, return_scores ? scores : at::empty({0}, scores.options())};
}

// ---- memory_bag -------------------------------------------------------------------------------------------------------------

// Bags that a thread takes: about a million elements of rows.
int64_t bags_at_a_time(const BagSizes& s) { return std::max<int64_t>(1, 16384 / std::max<int64_t>(1, s.N * s.D / 64)); }

at::Tensor memory_bag(const at::Tensor& ids, const at::Tensor& weights, const at::Tensor& values) {
    BagSizes s = check_bag("memory_bag", ids, weights, values);
    at::Tensor id = ids.contiguous(), weight = weights.contiguous();
    check_ids_inside("memory_bag", id, s.K);
    at::Tensor out = at::empty({s.B, s.D}, weight.options());
    for_values(values.scalar_type(), [&]<class Value, class Real>(Value*, Real*) {
        const auto& kernel = value_kernels<Value, Real>();
        const Value* table = values_of<Value>(values);
        const Real* w = weight.const_data_ptr<Real>();
        Real* sum = out.mutable_data_ptr<Real>();
        parallel_pieces(s.B, bags_at_a_time(s), [&](int64_t begin, int64_t end) {
            if (id.scalar_type() == at::kInt) {
                kernel.bag32(table, s.D, id.const_data_ptr<int32_t>(), w, s.N, begin, end, s.B, sum);
            } else {
                kernel.bag64(table, s.D, id.const_data_ptr<int64_t>(), w, s.N, begin, end, s.B, sum);
            }
        });
    });
    return out;
}

// ---- the segmented pass of backward -----------------------------------------------------------------------------------------
// Hits are grouped by row. For each row one thread reads the value once, walks over its hits to get the row's gradient and those of
// the hits' weights, and hands the gradient on: to Adam, which changes value and moments while they are in the cache, or to a
// buffer. The hits of a row with more than LONG_RUN are walked over in pieces of that length, side by side, and the sums of the
// pieces added in order.

constexpr int64_t LONG_RUN = 512; // pieces keep N / 512 sums of D: 3/4 of a gradient (B, D) at N = 4·32·B and D = 768
constexpr int64_t ROWS_AT_A_TIME = 64;

template <class Real>
struct Pass {
    const Real* grad; // (B, D)
    const Real* weights; // (N)
    Real* weight_grads; // (N), or null where the values are not asked for
    int64_t D, per_bag;
};

struct Run {
    int64_t begin, end; // of the items
};

// handle(u, gradient, scratch) for each distinct row; value(u, scratch) gives the row's values, or null.
template <class Real, class ValueOf, class Handle>
void segmented_pass(const Pass<Real>& pass, const HitsByRow& hits, ValueOf&& value, Handle&& handle) {
    const auto& kernel = real_kernels<Real>();
    auto walk = [&](Run run, const Real* row, Real* sum) {
        kernel.accumulate(pass.grad, pass.D, pass.per_bag, hits.items.data() + run.begin, run.end - run.begin, pass.weights, row,
                          pass.weight_grads, sum);
    };
    int64_t U = hits.rows();
    std::vector<int64_t> long_rows, first_piece{0};
    for (int64_t u = 0; u < U; u++) {
        int64_t length = hits.starts[u + 1] - hits.starts[u];
        if (length > LONG_RUN) {
            long_rows.push_back(u);
            first_piece.push_back(first_piece.back() + (length + LONG_RUN - 1) / LONG_RUN);
        }
    }
    std::vector<Real> partial(first_piece.back() * pass.D);
    parallel_pieces(first_piece.back(), 1, [&](int64_t begin, int64_t end) {
        std::vector<Real> scratch(pass.D);
        for (int64_t piece = begin; piece < end; piece++) {
            int64_t i = std::upper_bound(first_piece.begin(), first_piece.end(), piece) - first_piece.begin() - 1;
            int64_t u = long_rows[i], from = hits.starts[u] + (piece - first_piece[i]) * LONG_RUN;
            walk({from, std::min(from + LONG_RUN, hits.starts[u + 1])}, value(u, scratch.data()), partial.data() + piece * pass.D);
        }
    });
    parallel_pieces(U, ROWS_AT_A_TIME, [&](int64_t begin, int64_t end) {
        std::vector<Real> gradient(pass.D), scratch(pass.D);
        for (int64_t u = begin; u < end; u++) {
            Run run{hits.starts[u], hits.starts[u + 1]};
            if (run.end - run.begin <= LONG_RUN) {
                walk(run, value(u, scratch.data()), gradient.data());
            } else {
                int64_t i = std::lower_bound(long_rows.begin(), long_rows.end(), u) - long_rows.begin();
                std::fill(gradient.begin(), gradient.end(), Real(0));
                for (int64_t piece = first_piece[i]; piece < first_piece[i + 1]; piece++) {
                    for (int64_t d = 0; d < pass.D; d++) {
                        gradient[d] += partial[piece * pass.D + d];
                    }
                }
            }
            handle(u, gradient.data(), scratch.data(), end);
        }
    });
}

// The values of a row as Real: in place, or widened into scratch.
template <class Value, class Real>
const Real* row_of(const Value* table, int64_t row, int64_t D, Real* scratch) {
    if constexpr (sizeof(Value) == sizeof(Real)) {
        return table + row * D;
    } else {
        value_kernels<Value, Real>().widen(table + row * D, D, scratch);
        return scratch;
    }
}

std::tuple<at::Tensor, at::Tensor, at::Tensor> memory_backward(
    const at::Tensor& grad, const at::Tensor& ids, const at::Tensor& weights, const at::Tensor& values) {
    BagSizes s = check_backward("memory_backward", grad, ids, weights, values);
    at::Tensor g = grad.contiguous(), weight = weights.contiguous();
    HitsByRow hits = hits_by_row("memory_backward", ids.contiguous(), s.K);
    at::Tensor weight_grads = at::empty(ids.sizes(), g.options());
    at::Tensor rows = at::empty({hits.rows()}, ids.options().dtype(at::kLong)), grads = at::empty({hits.rows(), s.D}, g.options());
    int64_t* row = rows.mutable_data_ptr<int64_t>();
    for_values(values.scalar_type(), [&]<class Value, class Real>(Value*, Real*) {
        const Value* table = values_of<Value>(values);
        Real* out = grads.mutable_data_ptr<Real>();
        Pass<Real> pass{g.const_data_ptr<Real>(), weight.const_data_ptr<Real>(), weight_grads.mutable_data_ptr<Real>(), s.D, s.N};
        segmented_pass(
            pass, hits, [&](int64_t u, Real* scratch) { return row_of(table, hits.row(u), s.D, scratch); },
            [&](int64_t u, const Real* gradient, Real*, int64_t) {
                row[u] = hits.row(u);
                std::copy(gradient, gradient + s.D, out + u * s.D);
            });
    });
    return {weight_grads, rows, grads};
}

at::Tensor memory_weight_gradient(const at::Tensor& grad, const at::Tensor& ids, const at::Tensor& weights, const at::Tensor& values) {
    BagSizes s = check_backward("memory_weight_gradient", grad, ids, weights, values);
    at::Tensor g = grad.contiguous(), id = ids.contiguous();
    check_ids_inside("memory_weight_gradient", id, s.K);
    at::Tensor out = at::empty(ids.sizes(), g.options());
    for_values(values.scalar_type(), [&]<class Value, class Real>(Value*, Real*) {
        const auto& kernel = value_kernels<Value, Real>();
        const Value* table = values_of<Value>(values);
        parallel_pieces(s.B, bags_at_a_time(s), [&](int64_t begin, int64_t end) {
            const Real* from = g.const_data_ptr<Real>();
            Real* to = out.mutable_data_ptr<Real>();
            if (id.scalar_type() == at::kInt) {
                kernel.products32(table, s.D, id.const_data_ptr<int32_t>(), from, s.N, begin, end, to);
            } else {
                kernel.products64(table, s.D, id.const_data_ptr<int64_t>(), from, s.N, begin, end, to);
            }
        });
    });
    return out;
}

at::Tensor memory_dense_gradient(const at::Tensor& grad, const at::Tensor& ids, const at::Tensor& weights, int64_t rows) {
    BagSizes s = check_dense_gradient(grad, ids, weights, rows);
    at::Tensor g = grad.contiguous(), weight = weights.contiguous();
    HitsByRow hits = hits_by_row("memory_dense_gradient", ids.contiguous(), rows);
    at::Tensor out = at::zeros({rows, s.D}, g.options());
    AT_DISPATCH_FLOATING_TYPES(s.real, "memory_dense_gradient", [&] {
        scalar_t* to = out.mutable_data_ptr<scalar_t>();
        Pass<scalar_t> pass{g.const_data_ptr<scalar_t>(), weight.const_data_ptr<scalar_t>(), nullptr, s.D, s.N};
        segmented_pass(
            pass, hits, [](int64_t, scalar_t*) -> const scalar_t* { return nullptr; },
            [&](int64_t u, const scalar_t* gradient, scalar_t*, int64_t) { std::copy(gradient, gradient + s.D, to + hits.row(u) * s.D); });
    });
    return out;
}

// Adam's update of rows of a table, with what they have in common.
template <class Value, class Real>
class Update {
public:
    Update(const at::Tensor& values, const AdamState& state)
        : table_(values_of<Value>(values)), first_(state.exp_avg.mutable_data_ptr<Real>()),
          second_(state.exp_avg_sq.mutable_data_ptr<Real>()), row_steps_(state.row_steps.mutable_data_ptr<int32_t>()),
          D_(values.size(1)), row_wise_(state.row_wise()), rates_(state.rates), lr_(*state.lr.const_data_ptr<double>()),
          t_(*state.step.const_data_ptr<int64_t>()), common_(lr_, rates_, static_cast<double>(t_)) {}

    // `next` is the row that comes after it, or -1.
    void operator()(int64_t row, int64_t next, const Real* gradient, Real* scratch) const {
        int32_t updates = row_steps_[row] = counted_update(row_steps_[row]);
        AdamStep<Real> step = rates_.per_row ? AdamStep<Real>(lr_, rates_, updates) : common_;
        value_kernels<Value, Real>().adam(
            gradient, D_, rows(row), next < 0 ? AdamRows<Value, Real>{} : rows(next), row_wise_, step, {row, t_, rates_.seed}, scratch);
    }

private:
    AdamRows<Value, Real> rows(int64_t row) const {
        return {table_ + row * D_, first_ + row * D_, second_ + (row_wise_ ? row : row * D_)};
    }

    Value* table_;
    Real *first_, *second_;
    int32_t* row_steps_;
    int64_t D_;
    bool row_wise_;
    AdamRates rates_;
    double lr_;
    int64_t t_;
    AdamStep<Real> common_;
};

void check_step(const char* op, const at::Tensor& step) {
    int64_t t = *step.const_data_ptr<int64_t>();
    TORCH_CHECK_VALUE(t >= 1, op, ": step ", t, " was given. Count the step first: the first is 1.");
}

at::Tensor memory_backward_adam_(
    const at::Tensor& grad, const at::Tensor& ids, const at::Tensor& weights, at::Tensor values, at::Tensor exp_avg,
    at::Tensor exp_avg_sq, at::Tensor row_steps, const at::Tensor& step, const at::Tensor& lr, double beta1, double beta2, double eps,
    double weight_decay, bool per_row_correction, int64_t seed) {
    const char* op = "memory_backward_adam_";
    BagSizes s = check_backward(op, grad, ids, weights, values);
    AdamState state{exp_avg, exp_avg_sq, row_steps, step, lr,
                    {beta1, beta2, eps, weight_decay, per_row_correction, static_cast<uint64_t>(seed)}};
    check_adam(op, values, state, {{"the gradient", grad}, {"ids", ids}, {"weights", weights}, {"step", step}, {"lr", lr}});
    check_step(op, step);
    at::Tensor g = grad.contiguous(), weight = weights.contiguous();
    HitsByRow hits = hits_by_row(op, ids.contiguous(), s.K);
    at::Tensor weight_grads = at::empty(ids.sizes(), g.options());
    for_values(values.scalar_type(), [&]<class Value, class Real>(Value*, Real*) {
        Update<Value, Real> update(values, state);
        const Value* table = values_of<Value>(values);
        Pass<Real> pass{g.const_data_ptr<Real>(), weight.const_data_ptr<Real>(), weight_grads.mutable_data_ptr<Real>(), s.D, s.N};
        segmented_pass(
            pass, hits, [&](int64_t u, Real* scratch) { return row_of(table, hits.row(u), s.D, scratch); },
            [&](int64_t u, const Real* gradient, Real* scratch, int64_t end) {
                update(hits.row(u), u + 1 < end ? hits.row(u + 1) : -1, gradient, scratch);
            });
    });
    return weight_grads;
}

void sparse_adam_(
    const at::Tensor& rows, const at::Tensor& grads, at::Tensor values, at::Tensor exp_avg, at::Tensor exp_avg_sq,
    at::Tensor row_steps, const at::Tensor& step, const at::Tensor& lr, double beta1, double beta2, double eps, double weight_decay,
    bool per_row_correction, int64_t seed) {
    const char* op = "sparse_adam_";
    check_sparse(op, rows, grads, values);
    AdamState state{exp_avg, exp_avg_sq, row_steps, step, lr,
                    {beta1, beta2, eps, weight_decay, per_row_correction, static_cast<uint64_t>(seed)}};
    check_adam(op, values, state, {{"rows", rows}, {"the gradients", grads}, {"step", step}, {"lr", lr}});
    check_step(op, step);
    at::Tensor row = rows.contiguous(), gradients = grads.contiguous();
    int64_t U = row.numel(), D = values.size(1);
    const int64_t* id = row.const_data_ptr<int64_t>();
    check_ids_inside(op, row, values.size(0));
    // Two threads must not meet in a row, and a row that is given twice would be updated twice. memory_backward gives them ascending.
    bool ascending = std::adjacent_find(id, id + U, std::greater_equal<>()) == id + U;
    TORCH_CHECK_VALUE(
        ascending || hits_by_row(op, row, values.size(0)).rows() == U, op, ": a row was given twice. Coalesce the gradient first.");
    for_values(values.scalar_type(), [&]<class Value, class Real>(Value*, Real*) {
        Update<Value, Real> update(values, state);
        const Real* gradient = gradients.const_data_ptr<Real>();
        parallel_pieces(U, ROWS_AT_A_TIME, [&](int64_t begin, int64_t end) {
            std::vector<Real> scratch(D);
            for (int64_t u = begin; u < end; u++) {
                update(id[u], u + 1 < end ? id[u + 1] : -1, gradient + u * D, scratch.data());
            }
        });
    });
}

// ---- memory_usage_ --------------------------------------------------------------------------------------------------------

// The first of the largest; quick where that is the first of all, as product_key_topk has it.
template <class Real>
int64_t largest(const Real* weight, int64_t k) {
    bool first = true;
    for (int64_t c = 1; c < k; c++) {
        first &= !(weight[c] > weight[0]);
    }
    return first ? 0 : std::max_element(weight, weight + k) - weight;
}

// A thread to each of the tables: threads that shared one would have to stay out of each other's slots, which costs more than it brings.
template <class Id, class Real>
void count_hits(const at::Tensor& ids, const at::Tensor& weights, int64_t* counts, double* mass, int64_t* top1, int64_t K) {
    const Id* id = ids.const_data_ptr<Id>();
    const Real* weight = weights.const_data_ptr<Real>();
    int64_t H = ids.size(1), k = ids.size(2), queries = ids.size(0) * H, hits = queries * k;
    auto count = [&] {
        for (int64_t i = 0; i < hits; i++) {
            counts[id[i]]++;
        }
        for (int64_t q = 0; q < queries; q++) {
            top1[q % H * K + id[q * k + largest(weight + q * k, k)]]++;
        }
    };
    auto weigh = [&] {
        for (int64_t i = 0; i < hits; i++) {
            mass[id[i]] += weight[i];
        }
    };
    parallel_pieces(2, 1, [&](int64_t table, int64_t) { table == 0 ? count() : weigh(); });
}

void memory_usage_(at::Tensor counts, at::Tensor mass, at::Tensor top1, const at::Tensor& ids, const at::Tensor& weights) {
    check_usage(counts, mass, top1, ids, weights);
    at::Tensor id = ids.contiguous(), weight = weights.contiguous();
    int64_t K = counts.size(0);
    check_ids_inside("memory_usage_", id, K);
    AT_DISPATCH_INDEX_TYPES(id.scalar_type(), "memory_usage_", [&] {
        AT_DISPATCH_FLOATING_TYPES(weight.scalar_type(), "memory_usage_", [&] {
            count_hits<index_t, scalar_t>(id, weight, counts.mutable_data_ptr<int64_t>(), mass.mutable_data_ptr<double>(),
                                          top1.mutable_data_ptr<int64_t>(), K);
        });
    });
}

}  // namespace

TORCH_LIBRARY_IMPL(mneme, CPU, m) {
    m.impl("product_key_select", product_key_select);
    m.impl("product_key_topk", product_key_topk);
    m.impl("memory_bag", memory_bag);
    m.impl("memory_backward", memory_backward);
    m.impl("memory_weight_gradient", memory_weight_gradient);
    m.impl("memory_dense_gradient", memory_dense_gradient);
    m.impl("memory_backward_adam_", memory_backward_adam_);
    m.impl("sparse_adam_", sparse_adam_);
    m.impl("memory_usage_", memory_usage_);
}

}  // namespace mneme::cpu
