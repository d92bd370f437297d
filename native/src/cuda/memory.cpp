// The memory ops on CUDA: libtorch's GEMMs, allocator and current stream around the kernels of launch.h.
//
// All but memory_backward can be captured in a CUDA graph: they allocate through the caching allocator only, and nothing waits for the
// device. So an id outside the table and a step below 1 are found by the kernels, and a later op throws (faults.h).
// sparse_adam_ cannot tell cheaply that its rows are distinct, as the CPU does: a row given twice is a race, and its update undefined.
#include "../memory/checks.h"
#include "faults.h"

#include <ATen/Dispatch.h>
#include <ATen/ops/bmm.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/empty_like.h>
#include <ATen/ops/zeros.h>
#include <c10/core/DeviceGuard.h>
#include <c10/cuda/CUDAException.h>
#include <c10/cuda/CUDAGraphsC10Utils.h>
#include <c10/cuda/CUDAStream.h>
#include <torch/library.h>

#include <algorithm>

namespace mneme::cuda {

namespace {

// What every op starts with: the device of its arguments, that device's current stream, and faults of earlier calls.
struct Launch {
    explicit Launch(const at::Tensor& tensor)
        : guard(tensor.device()), stream(c10::cuda::getCurrentCUDAStream()), faults(Faults::of_current_device()) {
        faults.raise();
    }
    const c10::OptionalDeviceGuard guard;
    cudaStream_t stream;
    Faults& faults;
};

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

// The same for what has no table of its own, where both types are one.
template <class Body>
void for_real(at::ScalarType dtype, Body&& body) {
    if (dtype == at::kFloat) {
        body(static_cast<float*>(nullptr));
    } else {
        body(static_cast<double*>(nullptr));
    }
}

template <class Value>
Value* values_of(const at::Tensor& table) {
    return static_cast<Value*>(table.mutable_data_ptr());
}

Ids ids_of(const at::Tensor& ids) { return {ids.const_data_ptr(), ids.scalar_type() == at::kLong}; }

bool at_16_bytes(const at::Tensor& tensor) { return reinterpret_cast<uintptr_t>(tensor.const_data_ptr()) % 16 == 0; }

// An input as the kernels read it: contiguous, and beginning at a multiple of 16 bytes.
at::Tensor aligned(const at::Tensor& tensor) {
    at::Tensor contiguous = tensor.contiguous();
    return at_16_bytes(contiguous) ? contiguous : contiguous.clone();
}

// What is updated in place cannot be copied to a better place.
void check_place(const char* op, const char* name, const at::Tensor& tensor) {
    TORCH_CHECK_VALUE(
        at_16_bytes(tensor), op, ": ", name, " begins in the middle of a vector of 16 bytes, at an offset of ", tensor.storage_offset(),
        " elements. Give a tensor with memory of its own, or a view at a multiple of 16 bytes.");
}

void check_width(const char* op, int64_t D) {
    TORCH_CHECK_VALUE(
        D % 4 == 0, op, ": rows of width ", D, " were given on CUDA, where rows are read four columns at a time."
        " Give a width that is a multiple of 4.");
}

void check_rows(const char* op, int64_t K, int64_t N) {
    TORCH_CHECK_INDEX(K > 0 || N == 0, op, ": ", N, " ids were given for a table of no rows. Give a table with rows, or no ids.");
}

at::Tensor workspace(size_t bytes, const at::Tensor& like) {
    return at::empty({static_cast<int64_t>(bytes)}, like.options().dtype(at::kByte));
}

// ---- product_key_topk -----------------------------------------------------------------------------------------------------

constexpr int64_t SCORE_BYTES = int64_t(64) << 20; // of the sub-scores that exist at a time

void check_neighbours(const char* op, int64_t k) {
    TORCH_CHECK_VALUE(
        k <= MOST_NEIGHBOURS, op, ": ", k, " neighbours were asked for on CUDA, where ", MOST_NEIGHBOURS,
        " are the most that a block's shared memory holds. Give 1 to ", MOST_NEIGHBOURS, ".");
}

// Selects for tokens begin to begin + tokens; scores and weights may be undefined.
void select_tokens(const at::Tensor& subscores, SubscoreStrides strides, const TopKSizes& s, int64_t begin, int64_t tokens,
                   const at::Tensor& scores, const at::Tensor& weights, const at::Tensor& ids, cudaStream_t stream) {
    bool wide = ids.scalar_type() == at::kLong;
    int64_t offset = begin * s.H * s.k;
    char* id = static_cast<char*>(ids.mutable_data_ptr()) + offset * static_cast<int64_t>(ids.element_size());
    for_real(subscores.scalar_type(), [&]<class Real>(Real*) {
        auto place = [&](const at::Tensor& out) -> Real* { return out.defined() ? out.mutable_data_ptr<Real>() + offset : nullptr; };
        C10_CUDA_CHECK(select(
            subscores.const_data_ptr<Real>(), strides, tokens, s.H, s.n, s.k, place(scores), place(weights), id, wide, stream));
    });
}

std::tuple<at::Tensor, at::Tensor> product_key_select(const at::Tensor& subscores, int64_t k) {
    TopKSizes s = check_select(subscores, k);
    check_neighbours("product_key_select", k);
    Launch launch(subscores);
    at::Tensor all = subscores.contiguous();
    at::Tensor scores = at::empty({s.B, s.H, k}, all.options());
    at::Tensor ids = at::empty({s.B, s.H, k}, all.options().dtype(s.id_dtype()));
    select_tokens(all, {s.H * 2 * s.n, 2 * s.n, s.n}, s, 0, s.B, scores, at::Tensor(), ids, launch.stream);
    return {scores, ids};
}

std::tuple<at::Tensor, at::Tensor, at::Tensor> product_key_topk(
    const at::Tensor& queries, const at::Tensor& keys, int64_t k, bool return_scores) {
    TopKSizes s = check_topk(queries, keys, k);
    check_neighbours("product_key_topk", k);
    Launch launch(queries);
    at::ScalarType real = queries.scalar_type() == at::kDouble ? at::kDouble : at::kFloat;
    // A product of halves in their own dtype would round the scores to it.
    at::Tensor halves = queries.to(real).reshape({s.B, 2 * s.H, s.dk / 2}).transpose(0, 1); // (2H, B, dk/2)
    at::Tensor subkeys = keys.to(real).reshape({2 * s.H, s.n, s.dk / 2}).transpose(1, 2); // (2H, dk/2, n)
    at::Tensor weights = at::empty({s.B, s.H, k}, halves.options());
    at::Tensor ids = at::empty({s.B, s.H, k}, halves.options().dtype(s.id_dtype()));
    at::Tensor scores = return_scores ? at::empty_like(weights) : at::Tensor();

    int64_t token_bytes = 2 * s.H * s.n * static_cast<int64_t>(c10::elementSize(real));
    int64_t most = std::max<int64_t>(1, SCORE_BYTES / std::max<int64_t>(1, token_bytes));
    at::Tensor subscores;
    for (int64_t begin = 0; begin < s.B; begin += most) {
        int64_t some = std::min(most, s.B - begin);
        at::Tensor chunk = halves.narrow(1, begin, some);
        if (subscores.defined() && subscores.size(1) == some) {
            at::bmm_out(subscores, chunk, subkeys); // (2H, some, n)
        } else {
            subscores = at::bmm(chunk, subkeys);
        }
        select_tokens(subscores, {s.n, 2 * some * s.n, some * s.n}, s, begin, some, scores, weights, ids, launch.stream);
    }
    return {weights, ids, return_scores ? scores : at::empty({0}, weights.options())};
}

// ---- memory_bag -------------------------------------------------------------------------------------------------------------

at::Tensor memory_bag(const at::Tensor& ids, const at::Tensor& weights, const at::Tensor& values) {
    BagSizes s = check_bag("memory_bag", ids, weights, values);
    check_width("memory_bag", s.D);
    check_rows("memory_bag", s.K, ids.numel());
    Launch launch(values);
    at::Tensor id = ids.contiguous(), weight = weights.contiguous(), table = aligned(values);
    at::Tensor out = at::empty({s.B, s.D}, weight.options());
    for_values(values.scalar_type(), [&]<class Value, class Real>(Value*, Real*) {
        C10_CUDA_CHECK(cuda::bag(
            ids_of(id), weight.const_data_ptr<Real>(), static_cast<const Value*>(table.const_data_ptr()), s.B, s.N, s.K, s.D,
            out.mutable_data_ptr<Real>(), launch.faults.sink(Fault::BAG_ID), launch.stream));
    });
    return out;
}

// ---- backward ---------------------------------------------------------------------------------------------------------------

// The inputs of a backward pass as the kernels read them, its hits by row, and the memory it works in. Valid while it lives.
class Hitting {
public:
    Hitting(const char* op, const at::Tensor& grad, const at::Tensor& ids, const at::Tensor& weights, const BagSizes& s, Fault fault,
            const Launch& launch)
        : grad_(aligned(grad)), ids_(ids.contiguous()), weights_(weights.contiguous()), s_(s) {
        check_width(op, s.D);
        check_rows(op, s.K, ids.numel());
        if (empty()) {
            return;
        }
        hits_memory_ = workspace(hits_bytes(N(), s.K), grad_);
        C10_CUDA_CHECK(group_hits(
            ids_of(ids_), N(), s.K, hits_memory_.mutable_data_ptr(), &hits_, launch.faults.sink(fault), launch.stream));
        partials_ = at::empty({partial_rows(N()), s.D}, grad_.options());
    }

    int64_t N() const { return ids_.numel(); }
    bool empty() const { return N() == 0; }
    const Hits& hits() const { return hits_; }

    // values and weight_grads, or neither.
    template <class Value, class Real>
    Backward<Value, Real> pass(const at::Tensor& values, const at::Tensor& weight_grads) const {
        return {grad_.const_data_ptr<Real>(),
                weights_.const_data_ptr<Real>(),
                values.defined() ? static_cast<const Value*>(values.const_data_ptr()) : nullptr,
                weight_grads.defined() ? weight_grads.mutable_data_ptr<Real>() : nullptr,
                partials_.mutable_data_ptr<Real>(),
                s_.N, s_.K, s_.D, hits_};
    }

private:
    at::Tensor grad_, ids_, weights_, hits_memory_, partials_;
    BagSizes s_;
    Hits hits_{};
};

// The only op that waits for the device: the sizes of its results depend on the ids.
std::tuple<at::Tensor, at::Tensor, at::Tensor> memory_backward(
    const at::Tensor& grad, const at::Tensor& ids, const at::Tensor& weights, const at::Tensor& values) {
    const char* op = "memory_backward";
    BagSizes s = check_backward(op, grad, ids, weights, values);
    Launch launch(values);
    TORCH_CHECK_NOT_IMPLEMENTED(
        c10::cuda::currentStreamCaptureStatusMayInitCtx() == c10::cuda::CaptureStatus::None, op,
        ": it was called while a CUDA graph is captured, and how many rows it returns depends on the ids."
        " Use memory_backward_adam_ or memory_dense_gradient, whose shapes do not.");
    at::Tensor weight_grads = at::empty(ids.sizes(), grad.options()), table = aligned(values);
    Hitting hitting(op, grad, ids, weights, s, Fault::BACKWARD_ID, launch);
    uint32_t U = 0;
    if (!hitting.empty()) {
        C10_CUDA_CHECK(cudaMemcpyAsync(&U, hitting.hits().counts, sizeof U, cudaMemcpyDeviceToHost, launch.stream));
        C10_CUDA_CHECK(cudaStreamSynchronize(launch.stream));
        launch.faults.raise(); // of this call too, since it has been waited for
    }
    at::Tensor rows = at::empty({U}, ids.options().dtype(at::kLong)), grads = at::empty({U, s.D}, grad.options());
    if (!hitting.empty()) {
        for_values(values.scalar_type(), [&]<class Value, class Real>(Value*, Real*) {
            C10_CUDA_CHECK(backward_compact(
                hitting.pass<Value, Real>(table, weight_grads), grads.mutable_data_ptr<Real>(), rows.mutable_data_ptr<int64_t>(),
                launch.stream));
        });
    }
    return {weight_grads, rows, grads};
}

at::Tensor memory_weight_gradient(const at::Tensor& grad, const at::Tensor& ids, const at::Tensor& weights, const at::Tensor& values) {
    const char* op = "memory_weight_gradient";
    BagSizes s = check_backward(op, grad, ids, weights, values);
    check_width(op, s.D);
    check_rows(op, s.K, ids.numel());
    Launch launch(values);
    at::Tensor g = aligned(grad), id = ids.contiguous(), table = aligned(values), out = at::empty(ids.sizes(), grad.options());
    for_values(values.scalar_type(), [&]<class Value, class Real>(Value*, Real*) {
        C10_CUDA_CHECK(cuda::products(
            ids_of(id), g.const_data_ptr<Real>(), static_cast<const Value*>(table.const_data_ptr()), s.B, s.N, s.K, s.D,
            out.mutable_data_ptr<Real>(), launch.faults.sink(Fault::WEIGHT_GRADIENT_ID), launch.stream));
    });
    return out;
}

at::Tensor memory_dense_gradient(const at::Tensor& grad, const at::Tensor& ids, const at::Tensor& weights, int64_t rows) {
    BagSizes s = check_dense_gradient(grad, ids, weights, rows);
    Launch launch(grad);
    at::Tensor out = at::zeros({rows, s.D}, grad.options());
    Hitting hitting("memory_dense_gradient", grad, ids, weights, s, Fault::DENSE_ID, launch);
    if (!hitting.empty()) {
        for_real(s.real, [&]<class Real>(Real*) {
            C10_CUDA_CHECK(backward_dense(
                hitting.pass<Real, Real>(at::Tensor(), at::Tensor()), out.mutable_data_ptr<Real>(), launch.stream));
        });
    }
    return out;
}

void check_places(const char* op, const at::Tensor& values, const AdamState& state) {
    check_place(op, "the table", values);
    check_place(op, "exp_avg", state.exp_avg);
    if (!state.row_wise()) {
        check_place(op, "exp_avg_sq", state.exp_avg_sq);
    }
}

template <class Value, class Real>
AdamTable<Value, Real> table_of(const at::Tensor& values, const AdamState& state, const at::Tensor& prepared, FaultSink bad_step) {
    return {values_of<Value>(values),
            state.exp_avg.mutable_data_ptr<Real>(),
            state.exp_avg_sq.mutable_data_ptr<Real>(),
            state.row_steps.mutable_data_ptr<int32_t>(),
            state.step.const_data_ptr<int64_t>(),
            state.lr.const_data_ptr<double>(),
            state.rates,
            state.row_wise(),
            prepared.mutable_data_ptr(),
            bad_step};
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
    check_places(op, values, state);
    Launch launch(values);
    at::Tensor weight_grads = at::empty(ids.sizes(), grad.options()), prepared = workspace(PREPARED_BYTES, grad);
    Hitting hitting(op, grad, ids, weights, s, Fault::BACKWARD_ADAM_ID, launch);
    if (!hitting.empty()) {
        for_values(values.scalar_type(), [&]<class Value, class Real>(Value*, Real*) {
            C10_CUDA_CHECK(backward_adam(
                hitting.pass<Value, Real>(values, weight_grads),
                table_of<Value, Real>(values, state, prepared, launch.faults.sink(Fault::BACKWARD_ADAM_STEP)), launch.stream));
        });
    }
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
    int64_t U = rows.numel(), K = values.size(0), D = values.size(1);
    check_width(op, D);
    check_rows(op, K, U);
    check_places(op, values, state);
    Launch launch(values);
    at::Tensor row = rows.contiguous(), gradients = aligned(grads), prepared = workspace(PREPARED_BYTES, grads);
    for_values(values.scalar_type(), [&]<class Value, class Real>(Value*, Real*) {
        C10_CUDA_CHECK(sparse_adam(
            row.const_data_ptr<int64_t>(), gradients.const_data_ptr<Real>(), U, K, D,
            table_of<Value, Real>(values, state, prepared, launch.faults.sink(Fault::SPARSE_ADAM_STEP)),
            launch.faults.sink(Fault::SPARSE_ADAM_ID), launch.stream));
    });
}

// ---- memory_usage_ --------------------------------------------------------------------------------------------------------

void memory_usage_(at::Tensor counts, at::Tensor mass, at::Tensor top1, const at::Tensor& ids, const at::Tensor& weights) {
    check_usage(counts, mass, top1, ids, weights);
    Launch launch(counts);
    at::Tensor id = ids.contiguous(), weight = weights.contiguous();
    int64_t H = ids.size(1), k = ids.size(2);
    for_real(weight.scalar_type(), [&]<class Real>(Real*) {
        C10_CUDA_CHECK(count_usage(
            ids_of(id), weight.const_data_ptr<Real>(), ids.size(0) * H, H, k, counts.size(0), counts.mutable_data_ptr<int64_t>(),
            mass.mutable_data_ptr<double>(), top1.mutable_data_ptr<int64_t>(), launch.faults.sink(Fault::USAGE_ID), launch.stream));
    });
}

}  // namespace

TORCH_LIBRARY_IMPL(mneme, CUDA, m) {
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

}  // namespace mneme::cuda
