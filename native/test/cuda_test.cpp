// Every memory op on CUDA against the op of the same name on the CPU, for a machine with a GPU (elsewhere it is skipped).
//
// Selection must give the same bits: the sub-scores are the same, or small integers, of which every product and sum is exact. Sums over
// hits run in another order than on the CPU: they may differ by a few units in the last place of the largest term.
#include <ATen/ATen.h>
#include <ATen/core/dispatch/Dispatcher.h>
#include <ATen/cuda/CUDAGraph.h>
#include <c10/cuda/CUDAFunctions.h>
#include <c10/cuda/CUDAGuard.h>

#include <cstdio>
#include <functional>
#include <limits>
#include <string>
#include <vector>

namespace {

using Tensors = std::vector<at::Tensor>;

int failures = 0;

void check(bool holds, const std::string& what) {
    if (!holds) {
        std::printf("FAILED %s\n", what.c_str());
        failures++;
    }
}

// ---- the ops ----------------------------------------------------------------------------------------------------------------

template <class Signature>
auto op(const char* name) {
    return c10::Dispatcher::singleton().findSchemaOrThrow(name, "").typed<Signature>();
}

using at::Tensor;

Tensors select(const Tensor& subscores, int64_t k) {
    auto [scores, ids] = op<std::tuple<Tensor, Tensor>(const Tensor&, int64_t)>("mneme::product_key_select").call(subscores, k);
    return {scores, ids};
}

Tensors topk(const Tensor& queries, const Tensor& keys, int64_t k) {
    auto [weights, ids, scores] =
        op<std::tuple<Tensor, Tensor, Tensor>(const Tensor&, const Tensor&, int64_t, bool)>("mneme::product_key_topk")
            .call(queries, keys, k, true);
    return {weights, ids, scores};
}

Tensor bag(const Tensor& ids, const Tensor& weights, const Tensor& values) {
    return op<Tensor(const Tensor&, const Tensor&, const Tensor&)>("mneme::memory_bag").call(ids, weights, values);
}

Tensors backward(const Tensor& grad, const Tensor& ids, const Tensor& weights, const Tensor& values) {
    auto [grad_weights, rows, grads] =
        op<std::tuple<Tensor, Tensor, Tensor>(const Tensor&, const Tensor&, const Tensor&, const Tensor&)>("mneme::memory_backward")
            .call(grad, ids, weights, values);
    return {grad_weights, rows, grads};
}

Tensor weight_gradient(const Tensor& grad, const Tensor& ids, const Tensor& weights, const Tensor& values) {
    return op<Tensor(const Tensor&, const Tensor&, const Tensor&, const Tensor&)>("mneme::memory_weight_gradient")
        .call(grad, ids, weights, values);
}

Tensor dense(const Tensor& grad, const Tensor& ids, const Tensor& weights, int64_t rows) {
    return op<Tensor(const Tensor&, const Tensor&, const Tensor&, int64_t)>("mneme::memory_dense_gradient").call(grad, ids, weights, rows);
}

struct Options {
    bool row_wise = false, per_row = false;
    double weight_decay = 0;
};

// A table and its optimizer's state.
struct Table {
    Tensor values, exp_avg, exp_avg_sq, row_steps, step, lr;
    Options options;

    // Moments away from 0: near it the update's sign would hang on the last bits of the gradient.
    Table(int64_t K, int64_t D, at::ScalarType dtype, Options o) : options(o) {
        auto real = dtype == at::kDouble ? at::kDouble : at::kFloat;
        values = at::randn({K, D}, at::kFloat).to(dtype);
        exp_avg = at::randn({K, D}, real);
        exp_avg_sq = at::rand(o.row_wise ? std::vector<int64_t>{K} : std::vector<int64_t>{K, D}, real).add(0.5);
        row_steps = at::randint(0, 9, {K}, at::kInt);
        step = at::scalar_tensor(10, at::kLong);
        lr = at::scalar_tensor(0.01, at::kDouble);
    }

    Table to(at::DeviceType device) const {
        Table copy = *this;
        for (Tensor* each : {&copy.values, &copy.exp_avg, &copy.exp_avg_sq, &copy.row_steps, &copy.step, &copy.lr}) {
            *each = each->to(at::Device(device), each->scalar_type(), false, true);
        }
        return copy;
    }

    Tensor backward_adam(const Tensor& grad, const Tensor& ids, const Tensor& weights) {
        return op<Tensor(const Tensor&, const Tensor&, const Tensor&, Tensor, Tensor, Tensor, Tensor, const Tensor&, const Tensor&, double,
                         double, double, double, bool, int64_t)>("mneme::memory_backward_adam_")
            .call(grad, ids, weights, values, exp_avg, exp_avg_sq, row_steps, step, lr, 0.9, 0.99, 1e-8, options.weight_decay,
                  options.per_row, 7);
    }

    void sparse_adam(const Tensor& rows, const Tensor& grads) {
        op<void(const Tensor&, const Tensor&, Tensor, Tensor, Tensor, Tensor, const Tensor&, const Tensor&, double, double, double, double,
                bool, int64_t)>("mneme::sparse_adam_")
            .call(rows, grads, values, exp_avg, exp_avg_sq, row_steps, step, lr, 0.9, 0.99, 1e-8, options.weight_decay, options.per_row, 7);
    }
};

Tensors usage(int64_t K, int64_t H, const Tensor& ids, const Tensor& weights) {
    auto options = ids.options();
    Tensor counts = at::zeros({K}, options.dtype(at::kLong)), mass = at::zeros({K}, options.dtype(at::kDouble));
    Tensor top1 = at::zeros({H, K}, options.dtype(at::kLong));
    op<void(Tensor, Tensor, Tensor, const Tensor&, const Tensor&)>("mneme::memory_usage_").call(counts, mass, top1, ids, weights);
    return {counts, top1, mass};
}

// ---- comparisons ------------------------------------------------------------------------------------------------------------

// The bits of every element, so that NaN equals itself.
bool same_bits(const Tensor& a, const Tensor& b) {
    return a.sizes() == b.sizes() && a.scalar_type() == b.scalar_type() &&
        at::equal(a.cpu().contiguous().view(at::kByte), b.cpu().contiguous().view(at::kByte));
}

// Within `tolerance` of the largest element; integers exactly; NaN where there is NaN.
bool close(const Tensor& actual, const Tensor& expected, double tolerance) {
    if (actual.sizes() != expected.sizes() || actual.scalar_type() != expected.scalar_type()) {
        return false;
    }
    Tensor a = actual.cpu().to(at::kDouble), b = expected.cpu().to(at::kDouble);
    double most = b.numel() == 0 ? 0 : b.nan_to_num(0, 0, 0).abs().max().item<double>();
    return at::allclose(a, b, 0, at::isIntegralType(actual.scalar_type(), true) ? 0 : tolerance * std::max(most, 1e-3), true);
}

using Body = std::function<Tensors(at::DeviceType)>;

// Runs the body on the CPU and twice on CUDA: close to the CPU, and the same bits both times.
void compare(const std::string& what, double tolerance, const Body& body, size_t repeatable = 100) {
    Tensors expected = body(at::kCPU), actual = body(at::kCUDA), again = body(at::kCUDA);
    for (size_t i = 0; i < expected.size(); i++) {
        check(close(actual[i], expected[i], tolerance), what + ", result " + std::to_string(i));
        check(i >= repeatable || same_bits(actual[i], again[i]), what + ", result " + std::to_string(i) + " of a second run");
    }
}

void same(const std::string& what, const Body& body) {
    Tensors expected = body(at::kCPU), actual = body(at::kCUDA);
    for (size_t i = 0; i < expected.size(); i++) {
        check(same_bits(actual[i], expected[i]), what + ", result " + std::to_string(i));
    }
}

// The message of the error that the body throws, or nothing.
std::string error_of(const std::function<void()>& body) {
    try {
        body();
    } catch (const c10::Error& error) {
        return error.what_without_backtrace();
    }
    return "";
}

bool contains(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

double tolerance_of(at::ScalarType dtype) { return dtype == at::kDouble ? 1e-13 : 1e-5; }
at::ScalarType real_of(at::ScalarType dtype) { return dtype == at::kDouble ? at::kDouble : at::kFloat; }

std::string text(std::string name, const std::vector<int64_t>& sizes, at::ScalarType dtype) {
    for (int64_t size : sizes) {
        name.append(" ").append(std::to_string(size));
    }
    return name + " " + c10::toString(dtype);
}

// ---- product_key_select and product_key_topk ----------------------------------------------------------------------------------

struct Shape {
    int64_t B, H, n, k;
};

void selection_gives_the_bits_of_the_cpu() {
    for (auto [B, H, n, k] : std::vector<Shape>{{1, 1, 1, 1}, {1, 4, 512, 32}, {3, 2, 37, 37}, {5, 3, 64, 1}, {2, 1, 1000, 100},
                                                {2, 1, 1500, 1024}, {1, 1, 46341, 8}, {0, 2, 8, 2}}) {
        for (auto dtype : {at::kFloat, at::kDouble}) {
            Tensor random = at::randn({B, H, 2, n}, dtype), ties = at::randint(-2, 3, {B, H, 2, n}, dtype);
            Tensor odd = random.clone(); // infinities, zeros of both signs, NaN
            odd.masked_fill_(at::rand(odd.sizes()).lt(0.1), -std::numeric_limits<double>::infinity());
            odd.masked_fill_(at::rand(odd.sizes()).lt(0.1), 0.0);
            odd.masked_fill_(at::rand(odd.sizes()).lt(0.1), -0.0);
            Tensor undefined = odd.masked_fill(at::rand(odd.sizes()).lt(0.02), std::numeric_limits<double>::quiet_NaN());
            for (const Tensor& each : {random, ties, at::zeros_like(random), odd, undefined}) {
                same(text("select", {B, H, n, k}, dtype), [&](auto device) {
                    Tensors results = select(each.to(device), k);
                    return Tensors{results[0].nan_to_num(), results[1]}; // NaN has many bit patterns
                });
            }
        }
    }
}

void topk_agrees_with_the_cpu() {
    for (auto [B, H, n, k] : std::vector<Shape>{{1, 1, 8, 8}, {7, 4, 512, 32}, {2, 3, 100, 9}, {5000, 4, 512, 4}, {0, 2, 8, 2}}) {
        for (auto dtype : {at::kFloat, at::kDouble, at::kBFloat16, at::kHalf}) {
            if (B == 5000 && dtype != at::kFloat) { // two chunks of sub-scores, once
                continue;
            }
            Tensor queries = at::randint(-3, 4, {B, H, 32}, at::kFloat).to(dtype);
            Tensor keys = at::randint(-3, 4, {H, 2, n, 16}, at::kFloat).to(dtype);
            compare(text("topk", {B, H, n, k}, dtype), 1e-6, [&](auto device) { return topk(queries.to(device), keys.to(device), k); });
        }
    }
}

// ---- bags and their gradients -------------------------------------------------------------------------------------------------

struct Hits {
    Tensor ids, weights, grad;

    // Low ids are likelier: some rows are hit often, and some twice by one bag.
    Hits(int64_t B, int64_t N, int64_t K, int64_t D, at::ScalarType real, at::ScalarType id_dtype) {
        ids = at::rand({B, N}).pow(2).mul(K).to(id_dtype).clamp_max(K - 1);
        weights = at::randn({B, N}, real);
        grad = at::randn({B, D}, real);
    }
};

void bags_agree_with_the_cpu() {
    for (auto dtype : {at::kFloat, at::kBFloat16, at::kDouble}) {
        for (int64_t D : {4, 12, 768, 1024, 1028, 4096}) {
            for (auto [B, N] : std::vector<std::pair<int64_t, int64_t>>{{1, 1}, {5, 7}, {2, 128}, {3, 300}, {0, 4}, {2, 0}}) {
                Hits hits(B, N, 50, D, real_of(dtype), B % 2 == 0 ? at::kInt : at::kLong);
                Tensor values = at::randn({50, D}, at::kFloat).to(dtype);
                compare(text("bag", {B, N, D}, dtype), tolerance_of(dtype), [&](auto device) {
                    return Tensors{bag(hits.ids.to(device), hits.weights.to(device), values.to(device))};
                });
            }
        }
    }
}

void gradients_agree_with_the_cpu(int64_t B, int64_t N, int64_t K, int64_t D, at::ScalarType dtype) {
    Hits hits(B, N, K, D, real_of(dtype), D % 8 == 0 ? at::kInt : at::kLong);
    Tensor values = at::randn({K, D}, at::kFloat).to(dtype);
    double tolerance = tolerance_of(dtype) * (B * N > 10000 && K == 1 ? 10 : 1); // sums of 100,000 in float
    auto on = [](auto device, const Tensor& tensor) { return tensor.to(device); };
    compare(text("backward", {B, N, K, D}, dtype), tolerance, [&](auto device) {
        return backward(on(device, hits.grad), on(device, hits.ids), on(device, hits.weights), on(device, values));
    });
    compare(text("weight gradient", {B, N, K, D}, dtype), tolerance, [&](auto device) {
        return Tensors{weight_gradient(on(device, hits.grad), on(device, hits.ids), on(device, hits.weights), on(device, values))};
    });
    compare(text("dense gradient", {B, N, K, D}, dtype), tolerance, [&](auto device) {
        return Tensors{dense(on(device, hits.grad), on(device, hits.ids), on(device, hits.weights), K + 1)};
    });
    for (Options options : {Options{}, Options{true, false, 0.1}, Options{false, true, 0.1}, Options{true, true, 0}}) {
        Table start(K, D, dtype, options);
        // A bfloat16 value may be rounded the other way, by 2^-8 of itself, where the number to be rounded differs in its last bits.
        double rounded = dtype == at::kBFloat16 ? 1.0 / 128 : tolerance;
        auto results = [](const Table& t) { return Tensors{t.values, t.exp_avg, t.exp_avg_sq, t.row_steps}; };
        std::string name = text("adam", {B, N, K, D, options.row_wise, options.per_row}, dtype);
        compare(name + ", fused", rounded, [&](auto device) {
            Table table = start.to(device);
            Tensors all{table.backward_adam(on(device, hits.grad), on(device, hits.ids), on(device, hits.weights))};
            for (const Tensor& each : results(table)) {
                all.push_back(each);
            }
            return all;
        });
        Tensor rows = at::randperm(K).narrow(0, 0, (K + 1) / 2), grads = at::randn({rows.size(0), D}, real_of(dtype));
        compare(name + ", sparse", rounded, [&](auto device) {
            Table table = start.to(device);
            table.sparse_adam(on(device, rows), on(device, grads));
            return results(table);
        });
    }
}

void all_gradients_agree_with_the_cpu() {
    for (auto dtype : {at::kFloat, at::kBFloat16, at::kDouble}) {
        for (int64_t D : {4, 128, 260, 512, 768, 1024, 1028}) {
            gradients_agree_with_the_cpu(1, 1, 3, D, dtype);
            gradients_agree_with_the_cpu(11, 37, 40, D, dtype);
            gradients_agree_with_the_cpu(40, 32, 5000, D, dtype);
        }
        for (int64_t D : {4, 768, 1028}) {
            gradients_agree_with_the_cpu(1000, 100, 1, D, dtype); // one row is hit 100,000 times
        }
        gradients_agree_with_the_cpu(0, 5, 9, 8, dtype);
    }
}

void usage_agrees_with_the_cpu() {
    for (auto dtype : {at::kFloat, at::kDouble}) {
        for (auto [B, H, k] : std::vector<std::tuple<int64_t, int64_t, int64_t>>{{1, 1, 1}, {300, 4, 32}, {0, 2, 3}}) {
            Tensor ids = at::randint(0, 20, {B, H, k}, at::kInt), weights = at::randint(0, 9, {B, H, k}, dtype);
            compare("usage", 1e-12, [&, H = H](auto device) { return usage(20, H, ids.to(device), weights.to(device)); }, 2);
        }
    }
}

// ---- faults -------------------------------------------------------------------------------------------------------------------

void an_id_outside_the_table_is_reported_by_the_next_op() {
    Hits hits(4, 40, 9, 64, at::kFloat, at::kLong);
    Tensor bad = hits.ids.clone();
    bad[2][3] = 9;
    bad[2][30] = 9;
    Table start(9, 64, at::kFloat, {});
    Tensor ids = bad.to(at::kCUDA), weights = hits.weights.to(at::kCUDA), grad = hits.grad.to(at::kCUDA);
    Table table = start.to(at::kCUDA);
    auto next = [&] {
        c10::cuda::device_synchronize();
        return error_of([&] { bag(hits.ids.to(at::kCUDA), weights, table.values); });
    };

    Tensor expected = bag(hits.ids, hits.weights, start.values);
    Tensor sums = bag(ids, weights, table.values).cpu();
    check(sums[2].isnan().all().item<bool>() && close(sums[3], expected[3], 1e-5), "only the bag with the bad id is NaN");
    std::string message = next();
    check(contains(message, "memory_bag") && contains(message, "id 9,") && contains(message, "cuda:0"), "message: " + message);
    check(next().empty(), "an error is reported once");

    Tensor grads = table.backward_adam(grad, ids, weights).cpu();
    check(grads.isnan().sum().item<int64_t>() == 2 && grads[2][3].isnan().item<bool>(), "only the bad hits' weights have NaN");
    check(table.values.isfinite().all().item<bool>(), "a bad id leaves the table alone");
    message = next();
    check(contains(message, "memory_backward_adam_") && contains(message, "id 9,"), "message: " + message);

    message = error_of([&] { backward(grad, ids.sub(100), weights, table.values); });
    check(contains(message, "memory_backward:") && contains(message, "id -"), "memory_backward reports its own: " + message);

    grads = weight_gradient(grad, ids, weights, table.values).cpu();
    check(grads.isnan().sum().item<int64_t>() == 2 && grads[2][30].isnan().item<bool>(), "only the bad hits have NaN");
    message = next();
    check(contains(message, "memory_weight_gradient") && contains(message, "id 9,"), "message: " + message);

    table.step.zero_();
    Tensor before = table.values.clone();
    table.backward_adam(grad, hits.ids.to(at::kCUDA), weights);
    check(at::equal(before, table.values), "step 0 changes nothing");
    message = next();
    check(contains(message, "step 0"), "message: " + message);
}

void limits_are_explained() {
    auto cuda = at::TensorOptions(at::kCUDA);
    check(contains(error_of([&] { select(at::zeros({1, 1, 2, 2000}, cuda), 1025); }), "1024 are the most"), "k");
    Tensor ids = at::zeros({1, 2}, cuda.dtype(at::kLong)), weights = at::ones({1, 2}, cuda);
    check(contains(error_of([&] { bag(ids, weights, at::zeros({3, 6}, cuda)); }), "multiple of 4"), "D");
    check(contains(error_of([&] { bag(ids, weights, at::zeros({0, 8}, cuda)); }), "no rows"), "K");
    Table table = Table(3, 8, at::kFloat, {}).to(at::kCUDA);
    table.values = at::zeros({25}, cuda).narrow(0, 1, 24).view({3, 8});
    check(contains(error_of([&] { table.backward_adam(at::ones({1, 8}, cuda), ids, weights); }), "16 bytes"), "alignment");
}

// ---- CUDA graphs ----------------------------------------------------------------------------------------------------------------

// A step of lookup and update, captured once and replayed with other inputs, step and learning rate: the bits of the same steps as usual.
void a_step_can_be_captured() {
    Tensor keys = at::randint(-3, 4, {4, 2, 64, 16}, at::TensorOptions(at::kCUDA)).to(at::kFloat);
    Tensor queries = at::randint(-3, 4, {6, 4, 32}, keys.options());
    Table captured = Table(64 * 64, 96, at::kBFloat16, {}).to(at::kCUDA), usual = captured.to(at::kCUDA);
    auto step = [&](Table& table) {
        Tensors found = topk(queries, keys, 8);
        Tensor sums = bag(found[1], found[0], table.values);
        Tensor grads = table.backward_adam(sums, found[1], found[0]);
        return Tensors{sums, grads};
    };
    Table warm = captured.to(at::kCUDA);
    Tensor id = at::zeros({6, 1}, keys.options().dtype(at::kLong)), weight = at::ones({6, 1}, keys.options());
    at::cuda::CUDAGraph graph;
    Tensors outputs;
    c10::cuda::device_synchronize();
    {
        c10::cuda::CUDAStreamGuard guard(c10::cuda::getStreamFromPool());
        step(warm); // cuBLAS allocates its workspace at the first call
        c10::cuda::device_synchronize();
        graph.capture_begin();
        outputs = step(captured);
        std::string message = error_of([&] { backward(outputs[0], id, weight, captured.values); });
        graph.capture_end();
        check(contains(message, "is captured"), "memory_backward cannot be captured: " + message);
    }
    c10::cuda::device_synchronize();
    for (int i = 0; i < 3; i++) {
        queries.random_(-3, 4);
        for (Table* each : {&captured, &usual}) {
            each->step.add_(1);
            each->lr.mul_(0.5);
        }
        graph.replay();
        Tensors expected = step(usual);
        check(same_bits(outputs[0], expected[0]) && same_bits(outputs[1], expected[1]) && same_bits(captured.values, usual.values) &&
                  same_bits(captured.exp_avg_sq, usual.exp_avg_sq) && same_bits(captured.row_steps, usual.row_steps),
              "replay " + std::to_string(i));
    }
}

}  // namespace

int main() {
    if (c10::cuda::device_count() == 0) {
        std::printf("skipped: there is no CUDA device\n");
        return 77;
    }
    at::manual_seed(1);
    selection_gives_the_bits_of_the_cpu();
    topk_agrees_with_the_cpu();
    bags_agree_with_the_cpu();
    all_gradients_agree_with_the_cpu();
    usage_agrees_with_the_cpu();
    an_id_outside_the_table_is_reported_by_the_next_op();
    limits_are_explained();
    a_step_can_be_captured();
    std::printf("%d failures\n", failures);
    return failures == 0 ? 0 : 1;
}
