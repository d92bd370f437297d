// The memory ops as any libtorch program sees them: schemas, shapes without data (Meta), and gradients (Autograd). What they compute is
// in ../cpu and ../cuda. Once libmneme is loaded they are torch.ops.mneme.* to Python and Op.find("mneme::...") to Java.
//
// B tokens, H heads, n sub-keys a half, K = n² rows of width D, k neighbours, N hits a token. "Real" is float64 for float64 values and
// float32 for others. On CUDA D is a multiple of 4, and dk one of 8 where gradients are asked for.
#include "checks.h"

#include <ATen/TensorSubclassLikeUtils.h>
#include <ATen/core/dispatch/Dispatcher.h>
#include <ATen/ops/_softmax_backward_data.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/sparse_coo_tensor.h>
#include <ATen/ops/stack.h>
#include <torch/csrc/autograd/autograd_not_implemented_fallback.h>
#include <torch/csrc/autograd/custom_function.h>
#include <torch/library.h>

namespace mneme {

TORCH_LIBRARY(mneme, m) {
    // queries (B, H, dk), keys (H, 2, n, dk/2) -> weights (B, H, k) Real, descending, softmax of the k best scores; ids (B, H, k) of
    // slots i·n + j, int32 where n² < 2^31 and int64 elsewhere; scores (B, H, k) Real if asked for, else (0). Both queries and keys
    // get gradients, through the selected scores.
    m.def("product_key_topk(Tensor queries, Tensor keys, int k, bool return_scores=False) -> (Tensor weights, Tensor ids, Tensor scores)");

    // The selection alone: subscores (B, H, 2, n) Real -> scores (B, H, k), descending, and ids as above. No gradient.
    m.def("product_key_select(Tensor subscores, int k) -> (Tensor scores, Tensor ids)");

    // ids (B, ...) int32 or int64, weights (B, ...) Real, values (K, D) -> (B, D) Real: Σ weights · values[ids]. The gradient of the
    // values is a coalesced sparse tensor of the rows that were hit; to a compiler that traces the graph, a dense one.
    m.def("memory_bag(Tensor ids, Tensor weights, Tensor values) -> Tensor");

    // The same, for a table that has no gradient of its own: leaf (K, D) Real, of which nothing is read, gets it. A bfloat16 table's gradient
    // is float32 that way; a leaf expanded from one element costs nothing.
    m.def("memory_bag_compact(Tensor ids, Tensor weights, Tensor values, Tensor leaf) -> Tensor");

    // The same, for a table that is trained in the backward pass: that runs memory_backward_adam_ with these arguments, step and lr as
    // they are by then. A table that changed in between, by another lookup's backward pass for one, is an error.
    m.def(
        "memory_bag_adam(Tensor ids, Tensor weights, Tensor values, Tensor exp_avg, Tensor exp_avg_sq, Tensor row_steps, Tensor step, "
        "Tensor lr, float beta1=0.9, float beta2=0.999, float eps=1e-08, float weight_decay=0., bool per_row_correction=False, "
        "int seed=0) -> Tensor");

    // grad (B, D) Real of a memory_bag -> the gradients of its weights, (B, ...); and the gradients of the U rows that were hit:
    // rows (U) int64, distinct and ascending, grads (U, D) Real.
    m.def("memory_backward(Tensor grad, Tensor ids, Tensor weights, Tensor values) -> (Tensor grad_weights, Tensor rows, Tensor grads)");

    // The gradients of the weights alone, for a table that is not trained.
    m.def("memory_weight_gradient(Tensor grad, Tensor ids, Tensor weights, Tensor values) -> Tensor");

    // grad (B, D), ids, weights (B, ...) -> (rows, D): the gradient of a table of that many rows, 0 where nothing hit.
    m.def("memory_dense_gradient(Tensor grad, Tensor ids, Tensor weights, SymInt rows) -> Tensor");

    // memory_backward and sparse_adam_ in one pass: each row that was hit is read and written once. The gradients of the weights are
    // those of the values before the update.
    m.def(
        "memory_backward_adam_(Tensor grad, Tensor ids, Tensor weights, Tensor(a!) values, Tensor(b!) exp_avg, Tensor(c!) exp_avg_sq, "
        "Tensor(d!) row_steps, Tensor step, Tensor lr, float beta1=0.9, float beta2=0.999, float eps=1e-08, float weight_decay=0., "
        "bool per_row_correction=False, int seed=0) -> Tensor");

    // Lazy Adam on the given rows: rows (U) int64, distinct, grads (U, D) Real; values (K, D); exp_avg (K, D) and exp_avg_sq, (K, D) or
    // (K) for a row-wise second moment, Real; row_steps (K) int32, the updates of each row; step () int64, all steps, this one
    // included; lr () float64. The bias corrections count `step`, or row_steps with per_row_correction. weight_decay is decoupled. A
    // bfloat16 table is rounded stochastically, by Philox from seed, step, row and column.
    m.def(
        "sparse_adam_(Tensor rows, Tensor grads, Tensor(a!) values, Tensor(b!) exp_avg, Tensor(c!) exp_avg_sq, Tensor(d!) row_steps, "
        "Tensor step, Tensor lr, float beta1=0.9, float beta2=0.999, float eps=1e-08, float weight_decay=0., "
        "bool per_row_correction=False, int seed=0) -> ()");

    // Adds hits to histograms over slots: counts (K) int64 and mass (K) float64, the summed weights, of all; top1 (H, K) int64 of each
    // query's largest weight. ids, weights (B, H, k).
    m.def("memory_usage_(Tensor(a!) counts, Tensor(b!) mass, Tensor(c!) top1, Tensor ids, Tensor weights) -> ()");
}

namespace {

// ---- calls through the dispatcher -------------------------------------------------------------------------------------------

template <class Signature>
auto op(const char* name) {
    return c10::Dispatcher::singleton().findSchemaOrThrow(name, "").typed<Signature>();
}

using TopKSignature = std::tuple<at::Tensor, at::Tensor, at::Tensor>(const at::Tensor&, const at::Tensor&, int64_t, bool);
using BagSignature = at::Tensor(const at::Tensor&, const at::Tensor&, const at::Tensor&);
using BackwardSignature = std::tuple<at::Tensor, at::Tensor, at::Tensor>(
    const at::Tensor&, const at::Tensor&, const at::Tensor&, const at::Tensor&);
using WeightGradientSignature = at::Tensor(const at::Tensor&, const at::Tensor&, const at::Tensor&, const at::Tensor&);
using DenseSignature = at::Tensor(const at::Tensor&, const at::Tensor&, const at::Tensor&, c10::SymInt);
using FusedSignature = at::Tensor(
    const at::Tensor&, const at::Tensor&, const at::Tensor&, at::Tensor, at::Tensor, at::Tensor, at::Tensor, const at::Tensor&,
    const at::Tensor&, double, double, double, double, bool, int64_t);

auto call_topk() { static auto found = op<TopKSignature>("mneme::product_key_topk"); return found; }
auto call_bag() { static auto found = op<BagSignature>("mneme::memory_bag"); return found; }
auto call_backward() { static auto found = op<BackwardSignature>("mneme::memory_backward"); return found; }
auto call_weight_gradient() { static auto found = op<WeightGradientSignature>("mneme::memory_weight_gradient"); return found; }
auto call_dense() { static auto found = op<DenseSignature>("mneme::memory_dense_gradient"); return found; }
auto call_fused() { static auto found = op<FusedSignature>("mneme::memory_backward_adam_"); return found; }

// ---- gradients --------------------------------------------------------------------------------------------------------------

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

void refuse_second(const char* op) {
    TORCH_CHECK_NOT_IMPLEMENTED(
        !at::GradMode::is_enabled(), op, ": a gradient of its gradient was asked for (create_graph), and it has none.");
}

// The scores' gradients d reach sub-key i of the first half and j of the second, those of the slot i·n + j. To the 2·H·n sub-keys as rows
// of a table this is a bag of k hits for each half-query: the queries' gradient is its sum, the keys' its dense gradient.
std::tuple<at::Tensor, at::Tensor> topk_backward(
    const at::Tensor& d, const at::Tensor& ids, const at::Tensor& queries, const at::Tensor& keys, bool for_queries, bool for_keys) {
    c10::SymInt hits = ids.sym_size(0) * ids.sym_size(1) * 2, H = ids.sym_size(1), k = ids.sym_size(2), n = keys.sym_size(2),
                half = keys.sym_size(3);
    at::Tensor first = ids.div(at::Scalar(n), "floor"), second = ids.sub(first, at::Scalar(n)); // (B, H, k)
    at::Tensor table = at::arange(0, at::Scalar(2 * H * n), at::Scalar(n), ids.options()).reshape_symint({H, 2, 1}); // where each half begins
    at::Tensor rows = at::stack({first, second}, 2).add_(table).reshape_symint({hits, k});
    at::Tensor weights = d.unsqueeze(2).expand_symint({ids.sym_size(0), H, 2, k}).reshape_symint({hits, k});
    at::Tensor grad_queries, grad_keys;
    if (for_queries) {
        at::Tensor sums = call_bag().call(rows, weights, keys.to(d.scalar_type()).reshape_symint({2 * H * n, half}));
        grad_queries = sums.reshape_symint(queries.sym_sizes()).to(queries.scalar_type());
    }
    if (for_keys) {
        at::Tensor halves = queries.to(d.scalar_type()).reshape_symint({hits, half});
        grad_keys = call_dense().call(halves, rows, weights, 2 * H * n).reshape_symint(keys.sym_sizes()).to(keys.scalar_type());
    }
    return {grad_queries, grad_keys};
}

struct TopK : torch::autograd::Function<TopK> {
    static variable_list forward(
        AutogradContext* context, const at::Tensor& queries, const at::Tensor& keys, int64_t k, bool return_scores) {
        at::AutoDispatchBelowADInplaceOrView below;
        auto [weights, ids, scores] = call_topk().call(queries, keys, k, return_scores);
        context->save_for_backward({queries, keys, weights, ids});
        context->saved_data["scores"] = return_scores;
        context->mark_non_differentiable(return_scores ? variable_list{ids} : variable_list{ids, scores});
        return {weights, ids, scores};
    }

    static variable_list backward(AutogradContext* context, const variable_list& grads) {
        refuse_second("product_key_topk");
        variable_list saved = context->get_saved_variables();
        const at::Tensor &weights = saved[2], &ids = saved[3];
        at::Tensor d; // of the scores, (B, H, k)
        if (grads[0].defined()) {
            d = at::_softmax_backward_data(grads[0], weights, -1, weights.scalar_type());
        }
        if (grads[2].defined() && context->saved_data["scores"].toBool()) {
            d = d.defined() ? d.add(grads[2]) : grads[2];
        }
        if (!d.defined()) {
            return {at::Tensor(), at::Tensor(), at::Tensor(), at::Tensor()};
        }
        auto [grad_queries, grad_keys] =
            topk_backward(d, ids, saved[0], saved[1], context->needs_input_grad(0), context->needs_input_grad(1));
        return {grad_queries, grad_keys, at::Tensor(), at::Tensor()};
    }
};

std::tuple<at::Tensor, at::Tensor, at::Tensor> topk_autograd(
    const at::Tensor& queries, const at::Tensor& keys, int64_t k, bool return_scores) {
    bool differentiated = at::GradMode::is_enabled() && (queries.requires_grad() || keys.requires_grad());
    TORCH_CHECK_VALUE(
        !differentiated || !queries.is_cuda() || queries.sym_size(-1) % 8 == 0, "product_key_topk: queries of width ", queries.sym_size(-1),
        " were given on CUDA, where the backward pass reads half-queries four columns at a time. Give a multiple of 8, or use NoGrad.");
    variable_list results = TopK::apply(queries, keys, k, return_scores);
    return {results[0], results[1], results[2]};
}

struct Bag : torch::autograd::Function<Bag> {
    static at::Tensor forward(
        AutogradContext* context, const at::Tensor& ids, const at::Tensor& weights, const at::Tensor& values,
        const std::optional<at::Tensor>& leaf) {
        at::AutoDispatchBelowADInplaceOrView below;
        context->save_for_backward({ids, weights, values});
        context->saved_data["inputs"] = leaf.has_value() ? 4 : 3;
        return call_bag().call(ids, weights, values);
    }

    static variable_list backward(AutogradContext* context, const variable_list& grads) {
        refuse_second("memory_bag");
        variable_list saved = context->get_saved_variables();
        const at::Tensor& values = saved[2];
        variable_list results(4);
        int64_t inputs = context->saved_data["inputs"].toInt();
        if (!context->needs_input_grad(2) && !(inputs == 4 && context->needs_input_grad(3))) {
            results[1] = call_weight_gradient().call(grads[0], saved[0], saved[1], values);
            return results;
        }
        if (grads[0].is_meta() || at::isTensorSubclassLike(grads[0])) { // traced: how many rows are hit is not known then, and all are given
            results[1] = call_weight_gradient().call(grads[0], saved[0], saved[1], values);
            at::Tensor dense = call_dense().call(grads[0], saved[0], saved[1], values.sym_size(0));
            for (int64_t i = 2; i < inputs; i++) {
                if (context->needs_input_grad(i)) {
                    results[i] = i == 2 ? dense.to(values.scalar_type()) : dense;
                }
            }
            return results;
        }
        auto [grad_weights, rows, row_grads] = call_backward().call(grads[0], saved[0], saved[1], values);
        results[1] = grad_weights;
        for (int64_t i = 2; i < inputs; i++) {
            if (context->needs_input_grad(i)) {
                at::ScalarType dtype = i == 2 ? values.scalar_type() : row_grads.scalar_type();
                at::Tensor given = dtype == row_grads.scalar_type() ? row_grads : row_grads.to(dtype);
                results[i] = at::sparse_coo_tensor(
                    rows.unsqueeze(0), given, values.sizes(), row_grads.options().dtype(dtype).layout(at::kSparse), true);
            }
        }
        return results;
    }
};

at::Tensor bag_autograd(const at::Tensor& ids, const at::Tensor& weights, const at::Tensor& values) {
    return Bag::apply(ids, weights, values, std::optional<at::Tensor>());
}

at::Tensor bag_compact_autograd(
    const at::Tensor& ids, const at::Tensor& weights, const at::Tensor& values, const at::Tensor& leaf) {
    TORCH_CHECK_VALUE(
        leaf.sym_sizes() == values.sym_sizes() && leaf.scalar_type() == real_of("memory_bag_compact", values.scalar_type()),
        "memory_bag_compact: a leaf ", leaf.sym_sizes(), " of dtype ", leaf.scalar_type(), " was given for values ", values.sym_sizes(), " of dtype ",
        values.scalar_type(), ". Give the same sizes, and the dtype of the gradients.");
    return Bag::apply(ids, weights, values, std::optional<at::Tensor>(leaf));
}

at::Tensor bag_compact(const at::Tensor& ids, const at::Tensor& weights, const at::Tensor& values, const at::Tensor&) {
    return call_bag().call(ids, weights, values);
}

// Where no gradient is recorded, a lookup is a lookup, of a table that could be trained.
at::Tensor bag_adam(
    const at::Tensor& ids, const at::Tensor& weights, const at::Tensor& values, const at::Tensor& exp_avg, const at::Tensor& exp_avg_sq,
    const at::Tensor& row_steps, const at::Tensor& step, const at::Tensor& lr, double beta1, double beta2, double eps,
    double weight_decay, bool per_row_correction, int64_t seed) {
    check_bag("memory_bag_adam", ids, weights, values);
    check_adam(
        "memory_bag_adam", values,
        {exp_avg, exp_avg_sq, row_steps, step, lr, {beta1, beta2, eps, weight_decay, per_row_correction, static_cast<uint64_t>(seed)}},
        {{"ids", ids}, {"weights", weights}, {"step", step}, {"lr", lr}});
    return call_bag().call(ids, weights, values);
}

struct BagAdam : torch::autograd::Function<BagAdam> {
    static at::Tensor forward(
        AutogradContext* context, const at::Tensor& ids, const at::Tensor& weights, const at::Tensor& values, const at::Tensor& exp_avg,
        const at::Tensor& exp_avg_sq, const at::Tensor& row_steps, const at::Tensor& step, const at::Tensor& lr, double beta1,
        double beta2, double eps, double weight_decay, bool per_row_correction, int64_t seed) {
        at::AutoDispatchBelowADInplaceOrView below;
        at::Tensor out = bag_adam(
            ids, weights, values, exp_avg, exp_avg_sq, row_steps, step, lr, beta1, beta2, eps, weight_decay, per_row_correction, seed);
        context->save_for_backward({ids, weights, values, exp_avg, exp_avg_sq, row_steps});
        context->saved_data["step"] = step; // read when the gradient arrives: not a part of the graph
        context->saved_data["lr"] = lr;
        context->saved_data["rates"] = c10::List<double>({beta1, beta2, eps, weight_decay});
        context->saved_data["per_row_correction"] = per_row_correction;
        context->saved_data["seed"] = seed;
        return out;
    }

    static variable_list backward(AutogradContext* context, const variable_list& grads) {
        refuse_second("memory_bag_adam");
        variable_list saved = context->get_saved_variables(), results(14);
        auto& data = context->saved_data;
        std::vector<double> rates = data["rates"].toDoubleVector();
        results[1] = call_fused().call(
            grads[0], saved[0], saved[1], saved[2], saved[3], saved[4], saved[5], data["step"].toTensor(), data["lr"].toTensor(),
            rates[0], rates[1], rates[2], rates[3], data["per_row_correction"].toBool(), data["seed"].toInt());
        return results;
    }
};

at::Tensor bag_adam_autograd(
    const at::Tensor& ids, const at::Tensor& weights, const at::Tensor& values, const at::Tensor& exp_avg, const at::Tensor& exp_avg_sq,
    const at::Tensor& row_steps, const at::Tensor& step, const at::Tensor& lr, double beta1, double beta2, double eps,
    double weight_decay, bool per_row_correction, int64_t seed) {
    TORCH_CHECK_VALUE(
        !values.requires_grad(), "memory_bag_adam: the table requires a gradient, and the backward pass updates it instead."
        " Give one that does not, or use memory_bag.");
    return BagAdam::apply(
        ids, weights, values, exp_avg, exp_avg_sq, row_steps, step, lr, beta1, beta2, eps, weight_decay, per_row_correction, seed);
}

// ---- shapes only ------------------------------------------------------------------------------------------------------------

std::tuple<at::Tensor, at::Tensor, at::Tensor> topk_meta(
    const at::Tensor& queries, const at::Tensor& keys, int64_t k, bool return_scores) {
    SymTopKSizes s = check_topk(queries, keys, k);
    auto options = queries.options().dtype(queries.scalar_type() == at::kDouble ? at::kDouble : at::kFloat);
    at::Tensor weights = at::empty_symint({s.B, s.H, k}, options);
    return {weights, at::empty_symint({s.B, s.H, k}, options.dtype(s.id_dtype())),
            return_scores ? at::empty_like(weights) : at::empty({0}, options)};
}

std::tuple<at::Tensor, at::Tensor> select_meta(const at::Tensor& subscores, int64_t k) {
    SymTopKSizes s = check_select(subscores, k);
    return {at::empty_symint({s.B, s.H, k}, subscores.options()),
            at::empty_symint({s.B, s.H, k}, subscores.options().dtype(s.id_dtype()))};
}

at::Tensor bag_meta(const at::Tensor& ids, const at::Tensor& weights, const at::Tensor& values) {
    SymBagSizes s = check_bag("memory_bag", ids, weights, values);
    return at::empty_symint({s.B, s.D}, weights.options());
}

std::tuple<at::Tensor, at::Tensor, at::Tensor> backward_meta(
    const at::Tensor&, const at::Tensor&, const at::Tensor&, const at::Tensor&) {
    TORCH_CHECK_NOT_IMPLEMENTED(
        false, "memory_backward: how many rows are hit depends on the ids, and a meta tensor has none."
        " Use memory_dense_gradient or memory_backward_adam_, whose shapes do not.");
}

at::Tensor weight_gradient_meta(const at::Tensor& grad, const at::Tensor& ids, const at::Tensor& weights, const at::Tensor& values) {
    check_backward("memory_weight_gradient", grad, ids, weights, values);
    return at::empty_symint(ids.sym_sizes(), grad.options());
}

at::Tensor dense_meta(const at::Tensor& grad, const at::Tensor& ids, const at::Tensor& weights, c10::SymInt rows) {
    SymBagSizes s = check_dense_gradient(grad, ids, weights, rows);
    return at::empty_symint({rows, s.D}, grad.options());
}

at::Tensor fused_meta(
    const at::Tensor& grad, const at::Tensor& ids, const at::Tensor& weights, at::Tensor values, at::Tensor exp_avg,
    at::Tensor exp_avg_sq, at::Tensor row_steps, const at::Tensor& step, const at::Tensor& lr, double beta1, double beta2, double eps,
    double weight_decay, bool per_row_correction, int64_t) {
    check_backward("memory_backward_adam_", grad, ids, weights, values);
    check_adam(
        "memory_backward_adam_", values,
        {exp_avg, exp_avg_sq, row_steps, step, lr, {beta1, beta2, eps, weight_decay, per_row_correction, 0}},
        {{"the gradient", grad}, {"ids", ids}, {"weights", weights}, {"step", step}, {"lr", lr}});
    return at::empty_symint(ids.sym_sizes(), grad.options());
}

void sparse_adam_meta(
    const at::Tensor& rows, const at::Tensor& grads, at::Tensor values, at::Tensor exp_avg, at::Tensor exp_avg_sq,
    at::Tensor row_steps, const at::Tensor& step, const at::Tensor& lr, double beta1, double beta2, double eps, double weight_decay,
    bool per_row_correction, int64_t) {
    check_sparse("sparse_adam_", rows, grads, values);
    check_adam(
        "sparse_adam_", values, {exp_avg, exp_avg_sq, row_steps, step, lr, {beta1, beta2, eps, weight_decay, per_row_correction, 0}},
        {{"rows", rows}, {"the gradients", grads}, {"step", step}, {"lr", lr}});
}

void usage_meta(at::Tensor counts, at::Tensor mass, at::Tensor top1, const at::Tensor& ids, const at::Tensor& weights) {
    check_usage(counts, mass, top1, ids, weights);
}

// ---- writes -----------------------------------------------------------------------------------------------------------------

// For ops that write and have no gradient: counts the versions of what is written to, so that a graph that saved it notices.
void write_in_place(const c10::OperatorHandle& op, c10::DispatchKeySet keys, torch::jit::Stack* stack) {
    const auto& arguments = op.schema().arguments();
    for (size_t i = 0; i < arguments.size(); i++) {
        const c10::IValue& value = torch::jit::peek(*stack, i, arguments.size());
        if (arguments[i].alias_info() == nullptr || !arguments[i].alias_info()->isWrite()) {
            continue;
        }
        const at::Tensor& written = value.toTensor();
        TORCH_CHECK_VALUE(
            !(at::GradMode::is_enabled() && written.requires_grad()), op.schema().operator_name(), ": ", arguments[i].name(),
            " requires a gradient, and is written to in place. Call this without recording gradients (NoGrad).");
        if (!written.is_inference()) {
            written.unsafeGetTensorImpl()->bump_version();
        }
    }
    at::AutoDispatchBelowADInplaceOrView below;
    op.redispatchBoxed(keys & c10::after_ADInplaceOrView_keyset, stack);
}

// Autocast lowers the products of models. Which rows a memory reads is decided in float32 all the same.
std::tuple<at::Tensor, at::Tensor, at::Tensor> topk_autocast(
    const at::Tensor& queries, const at::Tensor& keys, int64_t k, bool return_scores) {
    c10::impl::ExcludeDispatchKeyGuard without(c10::autocast_dispatch_keyset);
    auto real = [](const at::Tensor& t) { return t.scalar_type() == at::kDouble ? t : t.to(at::kFloat); };
    return call_topk().call(real(queries), real(keys), k, return_scores);
}

}  // namespace

TORCH_LIBRARY_IMPL(mneme, AutocastCPU, m) {
    m.impl("product_key_topk", topk_autocast);
}

TORCH_LIBRARY_IMPL(mneme, AutocastCUDA, m) {
    m.impl("product_key_topk", topk_autocast);
}

TORCH_LIBRARY_IMPL(mneme, CompositeExplicitAutograd, m) {
    m.impl("memory_bag_compact", bag_compact);
    m.impl("memory_bag_adam", bag_adam);
}

TORCH_LIBRARY_IMPL(mneme, Meta, m) {
    m.impl("product_key_topk", topk_meta);
    m.impl("product_key_select", select_meta);
    m.impl("memory_bag", bag_meta);
    m.impl("memory_backward", backward_meta);
    m.impl("memory_weight_gradient", weight_gradient_meta);
    m.impl("memory_dense_gradient", dense_meta);
    m.impl("memory_backward_adam_", fused_meta);
    m.impl("sparse_adam_", sparse_adam_meta);
    m.impl("memory_usage_", usage_meta);
}

TORCH_LIBRARY_IMPL(mneme, Autograd, m) {
    m.impl("product_key_topk", topk_autograd);
    m.impl("memory_bag", bag_autograd);
    m.impl("memory_bag_compact", bag_compact_autograd);
    m.impl("memory_bag_adam", bag_adam_autograd);
    for (const char* name : {"product_key_select", "memory_backward", "memory_weight_gradient", "memory_dense_gradient"}) {
        m.impl(name, torch::autograd::autogradNotImplementedFallback());
    }
    for (const char* name : {"memory_backward_adam_", "sparse_adam_", "memory_usage_"}) {
        m.impl(name, torch::CppFunction::makeFromBoxedFunction<&write_in_place>());
    }
}

}  // namespace mneme
