// The memory ops as any libtorch program calls them: by name, through the dispatcher. What they compute is compared in Java and Python; here
// are shapes without data, extreme sizes, and what autograd notices. Small enough to run under valgrind.
#include "expect.h"

#include <ATen/Parallel.h>
#include <ATen/autocast_mode.h>
#include <ATen/core/dispatch/Dispatcher.h>
#include <torch/torch.h>

#include <cstdio>
#include <string>

namespace {

template <class... Arguments>
std::vector<c10::IValue> call(const char* name, const Arguments&... arguments) {
    auto op = c10::Dispatcher::singleton().findSchemaOrThrow((std::string("mneme::") + name).c_str(), "");
    torch::jit::Stack stack{c10::IValue(arguments)...};
    for (size_t i = stack.size(); i < op.schema().arguments().size(); i++) {
        stack.push_back(*op.schema().arguments()[i].default_value());
    }
    op.callBoxed(stack);
    return stack;
}

template <class Body>
bool fails_with(const char* text, Body&& body) {
    try {
        body();
    } catch (const c10::Error& e) {
        bool said = std::string(e.what()).find(text) != std::string::npos;
        if (!said) {
            std::printf("said: %s\n", e.what());
        }
        return said;
    }
    return false;
}

struct State {
    State(int64_t K, int64_t D, at::Device device = at::kCPU)
        : values(at::ones({K, D}, device)), first(at::zeros({K, D}, device)), second(at::zeros({K, D}, device)),
          row_steps(at::zeros({K}, at::TensorOptions(device).dtype(at::kInt))), step(at::ones({}, at::TensorOptions(device).dtype(at::kLong))),
          lr(at::full({}, 0.1, at::TensorOptions(device).dtype(at::kDouble))) {}
    at::Tensor values, first, second, row_steps, step, lr;
};

std::vector<c10::IValue> fused(const at::Tensor& grad, const at::Tensor& ids, const at::Tensor& weights, const State& s) {
    return call("memory_backward_adam_", grad, ids, weights, s.values, s.first, s.second, s.row_steps, s.step, s.lr);
}

void shapes_are_known_without_data() {
    auto meta = at::TensorOptions(at::kMeta);
    at::Tensor queries = at::empty({5, 3, 8}, meta), keys = at::empty({3, 2, 7, 4}, meta);
    auto hits = call("product_key_topk", queries, keys, int64_t(4), true);
    EXPECT(hits[0].toTensor().sizes() == at::IntArrayRef({5, 3, 4}) && hits[0].toTensor().scalar_type() == at::kFloat);
    EXPECT(hits[1].toTensor().sizes() == at::IntArrayRef({5, 3, 4}) && hits[1].toTensor().scalar_type() == at::kInt);
    EXPECT(hits[2].toTensor().sizes() == at::IntArrayRef({5, 3, 4}));
    auto wide = call("product_key_topk", queries, at::empty({3, 2, 46341, 4}, meta), int64_t(4));
    EXPECT(wide[1].toTensor().scalar_type() == at::kLong);
    EXPECT(call("product_key_topk", queries.to(at::kDouble), keys.to(at::kDouble), int64_t(4))[0].toTensor().scalar_type() == at::kDouble);
    EXPECT(call("product_key_select", at::empty({5, 3, 2, 7}, meta), int64_t(2))[0].toTensor().sizes() == at::IntArrayRef({5, 3, 2}));

    State s(49, 12, at::kMeta);
    at::Tensor ids = hits[1].toTensor(), weights = hits[0].toTensor(), grad = at::empty({5, 12}, meta);
    EXPECT(call("memory_bag", ids, weights, s.values)[0].toTensor().sizes() == at::IntArrayRef({5, 12}));
    EXPECT(call("memory_bag", ids, weights, s.values.to(at::kBFloat16))[0].toTensor().scalar_type() == at::kFloat);
    EXPECT(call("memory_weight_gradient", grad, ids, weights, s.values)[0].toTensor().sizes() == ids.sizes());
    EXPECT(call("memory_dense_gradient", grad, ids, weights, int64_t(49))[0].toTensor().sizes() == at::IntArrayRef({49, 12}));
    EXPECT(fused(grad, ids, weights, s)[0].toTensor().sizes() == ids.sizes());
    EXPECT(call("sparse_adam_", at::empty({6}, meta.dtype(at::kLong)), at::empty({6, 12}, meta), s.values, s.first, s.second, s.row_steps,
               s.step, s.lr).empty());
    EXPECT(fails_with("how many rows are hit depends on the ids", [&] { call("memory_backward", grad, ids, weights, s.values); }));
}

void empty_batches_change_nothing() {
    auto ids = at::zeros({0, 2, 3}, at::kInt);
    at::Tensor weights = at::zeros({0, 2, 3}), grad = at::zeros({0, 4});
    State s(9, 4);
    EXPECT(call("product_key_topk", at::zeros({0, 2, 4}), at::zeros({2, 2, 3, 2}), int64_t(3))[0].toTensor().sizes() == at::IntArrayRef({0, 2, 3}));
    EXPECT(call("memory_bag", ids, weights, s.values)[0].toTensor().sizes() == at::IntArrayRef({0, 4}));
    EXPECT(fused(grad, ids, weights, s)[0].toTensor().numel() == 0);
    auto compact = call("memory_backward", grad, ids, weights, s.values);
    EXPECT(compact[1].toTensor().numel() == 0 && compact[2].toTensor().sizes() == at::IntArrayRef({0, 4}));
    EXPECT(s.values.equal(at::ones({9, 4})) && s.row_steps.sum().item<int64_t>() == 0);
}

// Every bag reads row 3 in all places: its gradient is the sum of all, and each hit's is its bag's gradient times the row.
void one_row_can_have_all_hits() {
    int64_t B = 2000, N = 50;
    State s(7, 4);
    at::Tensor ids = at::full({B, N}, 3, at::kLong), weights = at::full({B, N}, 0.5), grad = at::ones({B, 4}) / 4096;
    auto compact = call("memory_backward", grad, ids, weights, s.values);
    EXPECT(compact[1].toTensor().equal(at::full({1}, 3, at::kLong)));
    EXPECT(compact[2].toTensor().equal(at::full({1, 4}, 0.5 * 100000 / 4096))); // sums of powers of two are exact
    EXPECT(compact[0].toTensor().equal(at::full({B, N}, 4.0 / 4096)));
    at::Tensor weight_grads = fused(grad, ids, weights, s)[0].toTensor();
    EXPECT(weight_grads.equal(compact[0].toTensor()));
    State other(7, 4);
    call("sparse_adam_", compact[1].toTensor(), compact[2].toTensor(), other.values, other.first, other.second, other.row_steps, other.step, other.lr);
    EXPECT(s.values.equal(other.values) && s.first.equal(other.first) && s.second.equal(other.second));
    EXPECT(s.row_steps.equal(other.row_steps) && s.row_steps[3].item<int>() == 1);
}

void autograd_reaches_a_table_and_updates_one() {
    at::manual_seed(1);
    at::Tensor values = at::randn({30, 4}).requires_grad_(), weights = at::rand({6, 5}).requires_grad_();
    at::Tensor ids = at::randint(30, {6, 5}, at::kLong);
    call("memory_bag", ids, weights, values)[0].toTensor().sum().backward();
    EXPECT(values.grad().is_sparse());
    at::Tensor expected = at::zeros({30}).index_add_(0, ids.flatten(), weights.detach().flatten());
    EXPECT(values.grad().to_dense().select(1, 2).allclose(expected, 1e-6, 1e-6));
    EXPECT(weights.grad().allclose(values.detach().sum(1).index({ids}), 1e-5, 1e-6));

    at::Tensor both = weights.grad().clone(); // of a table that has no gradient they are computed another way
    weights.mutable_grad().reset();
    call("memory_bag", ids, weights, values.detach())[0].toTensor().sum().backward();
    EXPECT(weights.grad().allclose(both, 1e-6, 1e-6));

    State s(30, 4);
    auto bag = [&] { return call("memory_bag_adam", ids, weights, s.values, s.first, s.second, s.row_steps, s.step, s.lr)[0].toTensor(); };
    bag().sum().backward();
    EXPECT(s.row_steps.equal(at::zeros({30}, at::kInt).index_fill_(0, ids.flatten(), 1)));
    EXPECT(fails_with("modified by an inplace operation", [&] { (bag() + bag()).sum().backward(); }));
    EXPECT(fails_with("has none", [&] { // a second derivative
        torch::autograd::grad({bag().sum()}, {weights}, {}, true, true);
    }));
    State frozen(30, 4);
    {
        at::NoGradGuard no_grad;
        call("memory_bag_adam", ids, weights, frozen.values, frozen.first, frozen.second, frozen.row_steps, frozen.step, frozen.lr);
    }
    EXPECT(frozen.values.equal(at::ones({30, 4})));
}

void views_and_strides_are_read_as_they_are() {
    at::manual_seed(2);
    at::Tensor queries = at::randn({3, 9, 8}).transpose(0, 1), keys = at::randn({3, 2, 4, 5}).transpose(2, 3);
    auto strided = call("product_key_topk", queries, keys, int64_t(3));
    auto dense = call("product_key_topk", queries.contiguous(), at::Tensor(keys.contiguous()), int64_t(3));
    EXPECT(strided[1].toTensor().equal(dense[1].toTensor()));
    at::Tensor ids = at::randint(20, {4, 6}, at::kLong).t(), weights = at::rand({4, 6}).t(), values = at::randn({20, 8});
    EXPECT(call("memory_bag", ids, weights, values)[0].toTensor().equal(
        call("memory_bag", ids.contiguous(), at::Tensor(weights.contiguous()), values)[0].toTensor()));
    EXPECT(fails_with("contiguous table", [&] { call("memory_bag", ids, weights, at::randn({8, 20}).t()); }));
}

// Inputs in bfloat16 are widened, and the scores are exact products of theirs.
void autocast_leaves_the_selection_in_float32() {
    at::manual_seed(3);
    at::Tensor queries = at::randn({5, 2, 8}).to(at::kBFloat16), keys = at::randn({2, 2, 6, 4});
    auto expected = call("product_key_topk", queries.to(at::kFloat), keys, int64_t(3));
    at::autocast::set_autocast_enabled(at::kCPU, true);
    auto found = call("product_key_topk", queries, keys, int64_t(3));
    at::autocast::set_autocast_enabled(at::kCPU, false);
    EXPECT(found[0].toTensor().equal(expected[0].toTensor()));
    EXPECT(found[1].toTensor().equal(expected[1].toTensor()));
}

}  // namespace

int main() {
    at::set_num_threads(2);
    shapes_are_known_without_data();
    empty_batches_change_nothing();
    one_row_can_have_all_hits();
    autograd_reaches_a_table_and_updates_one();
    views_and_strides_are_read_as_they_are();
    autocast_leaves_the_selection_in_float32();
    return result();
}
