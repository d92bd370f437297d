// Every memory op with arguments that it may not like: sizes of 0 and 1, other dtypes, strides, aliases, numbers out of range. A call
// either works or throws; one that throws changes nothing; nothing is ever written outside the tensors that are written to; and Meta
// agrees with the CPU about what is refused and about the shapes, strides and dtypes of what is returned.
#include "expect.h"

#include <ATen/Parallel.h>
#include <ATen/core/dispatch/Dispatcher.h>
#include <torch/torch.h>

#include <cstdint>
#include <cstdio>
#include <functional>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace {

using Arguments = std::vector<c10::IValue>;

constexpr int64_t B = 20, H = 2, n = 4, K = 16, D = 8, k = 3;

c10::OperatorHandle op_of(const std::string& name) { return c10::Dispatcher::singleton().findSchemaOrThrow(("mneme::" + name).c_str(), ""); }

// A tensor in the middle of memory whose margins are watched.
struct Watched {
    static constexpr int64_t MARGIN = 64;
    at::Tensor whole, before;

    at::Tensor hold(const at::Tensor& content) {
        whole = at::full({content.numel() + 2 * MARGIN}, 7, content.options());
        at::Tensor inside = whole.narrow(0, MARGIN, content.numel()).view(content.sizes());
        inside.copy_(content);
        before = whole.clone();
        return inside;
    }
    bool margins_are_whole() const {
        return whole.narrow(0, 0, MARGIN).equal(before.narrow(0, 0, MARGIN)) && whole.slice(0, -MARGIN).equal(before.slice(0, -MARGIN));
    }
    bool unchanged() const { return whole.equal(before); }
};

at::Tensor like(const at::Tensor& example, at::IntArrayRef sizes) {
    if (example.scalar_type() == at::kInt || example.scalar_type() == at::kLong) {
        return at::full(sizes, example.dim() == 0 ? 1 : 0, example.options()); // a step, or ids
    }
    return at::rand(sizes, example.options().dtype(at::kFloat)).to(example.scalar_type());
}

Arguments state_of(at::ScalarType values, bool row_wise) {
    at::ScalarType real = values == at::kDouble ? at::kDouble : at::kFloat;
    auto rows = row_wise ? std::vector<int64_t>{K} : std::vector<int64_t>{K, D};
    return {at::rand({K, D}).to(values), at::rand({K, D}, real), at::rand(rows, real), at::ones({K}, at::kInt), at::ones({}, at::kLong),
            at::full({}, 0.1, at::kDouble), 0.9, 0.999, 1e-8, 0.01, false, int64_t(3)};
}

Arguments joined(Arguments first, const Arguments& second) {
    first.insert(first.end(), second.begin(), second.end());
    return first;
}

// A call of each op that works.
std::vector<std::pair<std::string, Arguments>> good_calls() {
    at::manual_seed(1);
    at::Tensor ids = at::randint(K, {B, H, k}, at::kInt), wide = ids.to(at::kLong), weights = at::rand({B, H, k}), grad = at::rand({B, D});
    at::Tensor rows = at::arange(5, at::kLong), grads = at::rand({5, D});
    std::vector<std::pair<std::string, Arguments>> calls{
        {"product_key_topk", {at::rand({B, H, 6}), at::rand({H, 2, n, 3}), k, true}},
        {"product_key_select", {at::rand({B, H, 2, n}), k}},
        {"memory_bag", {ids, weights, at::rand({K, D})}},
        {"memory_bag_compact", {ids, weights, at::rand({K, D}), at::zeros({1, 1}).expand({K, D})}},
        {"memory_backward", {grad, wide, weights, at::rand({K, D})}},
        {"memory_weight_gradient", {grad, ids, weights, at::rand({K, D})}},
        {"memory_dense_gradient", {grad, wide, weights, K}},
        {"memory_usage_", {at::zeros({K}, at::kLong), at::zeros({K}, at::kDouble), at::zeros({H, K}, at::kLong), wide, weights}}};
    for (auto values : {at::kFloat, at::kDouble, at::kBFloat16}) {
        at::ScalarType real = values == at::kDouble ? at::kDouble : at::kFloat;
        for (bool row_wise : {false, true}) {
            Arguments state = state_of(values, row_wise);
            calls.push_back({"memory_backward_adam_", joined({grad.to(real), wide, weights.to(real)}, state)});
            calls.push_back({"memory_bag_adam", joined({wide, weights.to(real)}, state)});
            calls.push_back({"sparse_adam_", joined({rows, grads.to(real)}, state)});
        }
    }
    return calls;
}

bool is_written(const c10::FunctionSchema& schema, size_t i) {
    return schema.arguments()[i].alias_info() != nullptr && schema.arguments()[i].alias_info()->isWrite();
}

enum class Outcome { WORKED, REFUSED, FAULTED };

struct Ended {
    Outcome outcome;
    std::string said;
    Arguments results;
};

Ended run(const c10::OperatorHandle& op, const Arguments& arguments) {
    torch::jit::Stack stack(arguments.begin(), arguments.end());
    try {
        op.callBoxed(stack);
        return {Outcome::WORKED, "", stack};
    } catch (const c10::ValueError& e) {
        return {Outcome::REFUSED, e.what_without_backtrace(), {}};
    } catch (const c10::TypeError& e) {
        return {Outcome::REFUSED, e.what_without_backtrace(), {}};
    } catch (const std::exception& e) { // an id out of range, an allocation too large: not known without data
        return {Outcome::FAULTED, e.what(), {}};
    }
}

// The same arguments without data; tensors that share memory do so again.
Arguments on_meta(const Arguments& arguments) {
    std::map<const void*, at::Tensor> storages; // by address
    Arguments result;
    for (const c10::IValue& each : arguments) {
        if (!each.isTensor()) {
            result.push_back(each);
            continue;
        }
        const at::Tensor& t = each.toTensor();
        at::Tensor& bytes = storages[t.storage().unsafeGetStorageImpl()];
        if (!bytes.defined()) {
            bytes = at::empty({static_cast<int64_t>(t.storage().nbytes())}, at::TensorOptions(at::kMeta).dtype(at::kByte));
        }
        at::Tensor meta = at::empty({0}, t.options().device(at::kMeta));
        meta.set_(bytes.storage(), t.storage_offset(), t.sizes(), t.strides());
        result.emplace_back(meta.set_requires_grad(t.requires_grad()));
    }
    return result;
}

bool same_form(const c10::IValue& a, const c10::IValue& b) {
    const at::Tensor &one = a.toTensor(), &other = b.toTensor();
    return one.sizes() == other.sizes() && one.strides() == other.strides() && one.scalar_type() == other.scalar_type();
}

int calls_made = 0;

// Makes the call on the CPU and without data. `must_refuse`: as for written memory that is shared.
void attempt(const std::string& name, const Arguments& arguments, const std::string& what, bool must_refuse) {
    calls_made++;
    c10::OperatorHandle op = op_of(name);
    auto fails = [&](const std::string& how) {
        std::printf("%s with %s: %s\n", name.c_str(), what.c_str(), how.c_str());
        failures++;
    };
    std::vector<at::Tensor> before;
    for (const c10::IValue& each : arguments) {
        bool small = each.isTensor() && each.toTensor().device().is_cpu() && each.toTensor().numel() < 1 << 20;
        before.push_back(small ? each.toTensor().detach().clone() : at::Tensor());
    }
    Ended ended = run(op, arguments);
    for (size_t i = 0; i < arguments.size(); i++) {
        if (before[i].defined() && (ended.outcome != Outcome::WORKED || !is_written(op.schema(), i)) &&
            !arguments[i].toTensor().equal(before[i]) && !before[i].is_floating_point()) {
            fails("argument " + op.schema().arguments()[i].name() + " changed (" + ended.said + ")");
        }
    }
    if (must_refuse && ended.outcome != Outcome::REFUSED) {
        fails(ended.outcome == Outcome::WORKED ? "was not refused" : "said " + ended.said);
    }
    if (ended.outcome == Outcome::REFUSED && ended.said.find(name.substr(0, 6)) == std::string::npos) {
        fails("the message does not name the op: " + ended.said);
    }
    bool by_data = ended.said.find("given twice") != std::string::npos || ended.said.find("Count the step first") != std::string::npos;
    if (name == "memory_backward" || by_data || ended.outcome == Outcome::FAULTED) { // what Meta cannot know
        return;
    }
    Ended meta = run(op, on_meta(arguments));
    if (meta.outcome != ended.outcome) {
        fails("the CPU " + (ended.outcome == Outcome::WORKED ? std::string("worked") : "said " + ended.said) + ", and Meta " +
              (meta.outcome == Outcome::WORKED ? "worked" : "said " + meta.said));
    }
    for (size_t i = 0; i < std::min(ended.results.size(), meta.results.size()); i++) {
        if (!same_form(ended.results[i], meta.results[i])) {
            fails("result " + std::to_string(i) + " of Meta is of another form");
        }
    }
}

Arguments copied(const Arguments& arguments) {
    Arguments result;
    for (const c10::IValue& each : arguments) {
        result.push_back(each.isTensor() ? c10::IValue(each.toTensor().clone(at::MemoryFormat::Preserve)) : each);
    }
    return result;
}

Arguments with(const Arguments& arguments, size_t i, const c10::IValue& other) {
    Arguments result = copied(arguments);
    result[i] = other;
    return result;
}

void sizes_of_nothing_and_of_one(const std::string& name, const Arguments& good) {
    auto schema = op_of(name).schema();
    for (size_t i = 0; i < good.size(); i++) {
        if (!good[i].isTensor()) {
            continue;
        }
        const at::Tensor& t = good[i].toTensor();
        for (int64_t dim = 0; dim < t.dim(); dim++) {
            for (int64_t size : {0, 1, 2}) {
                std::vector<int64_t> sizes = t.sizes().vec();
                sizes[dim] = size;
                attempt(name, with(good, i, like(t, sizes)), schema.arguments()[i].name() + " of other sizes", false);
            }
        }
        attempt(name, with(good, i, like(t, {})), schema.arguments()[i].name() + " without dimensions", false);
        attempt(name, with(good, i, t.unsqueeze(0).clone()), schema.arguments()[i].name() + " with a dimension more", false);
    }
    // The same letter in all arguments at once: a size of B, H, k, n, K or D becomes 0 or 1 everywhere.
    for (int64_t letter : {B, H, k, n, K, D}) {
        for (int64_t size : {0, 1}) {
            Arguments some;
            for (const c10::IValue& each : good) {
                if (!each.isTensor()) {
                    some.push_back(each.isInt() && each.toInt() == letter && name.rfind("memory", 0) != 0 ? c10::IValue(size) : each);
                    continue;
                }
                std::vector<int64_t> sizes = each.toTensor().sizes().vec();
                std::replace(sizes.begin(), sizes.end(), letter, size);
                some.emplace_back(like(each.toTensor(), sizes));
            }
            attempt(name, some, "sizes " + std::to_string(letter) + " become " + std::to_string(size), false);
        }
    }
}

void other_strides_dtypes_and_devices(const std::string& name, const Arguments& good) {
    auto schema = op_of(name).schema();
    for (size_t i = 0; i < good.size(); i++) {
        if (!good[i].isTensor()) {
            continue;
        }
        const at::Tensor& t = good[i].toTensor();
        const std::string& argument = schema.arguments()[i].name();
        bool written = is_written(schema, i);
        if (t.dim() > 1) {
            attempt(name, with(good, i, t.transpose(0, -1).contiguous().transpose(0, -1)), argument + " transposed", written);
        }
        if (t.dim() > 0) {
            attempt(name, with(good, i, at::stack({t, t}, -1).select(-1, 1)), argument + " with gaps", written);
            attempt(name, with(good, i, t.narrow(0, 0, 1).clone().expand(t.sizes())), argument + " expanded", written);
        }
        for (auto dtype : {at::kFloat, at::kDouble, at::kBFloat16, at::kHalf, at::kInt, at::kLong, at::kByte, at::kBool, at::kComplexFloat}) {
            if (dtype != t.scalar_type()) {
                attempt(name, with(good, i, t.to(dtype)), argument + " of dtype " + c10::toString(dtype), false);
            }
        }
        Arguments mixed = with(good, i, t.to(at::kMeta));
        calls_made++;
        if (name != "product_key_select" && argument != "leaf") { // the only tensor, and one of which nothing is read
            EXPECT(run(op_of(name), mixed).outcome != Outcome::WORKED);
        }
        if (t.is_floating_point()) {
            attempt(name, with(good, i, t.clone().requires_grad_()), argument + " that requires a gradient", written);
        }
    }
}

// Of two tensors, one that lies in the other's memory: from its beginning, and from its middle.
void shared_memory(const std::string& name, const Arguments& good) {
    auto schema = op_of(name).schema();
    for (size_t i = 0; i < good.size(); i++) {
        for (size_t j = 0; j < good.size(); j++) {
            if (i == j || !good[i].isTensor() || !good[j].isTensor() || !is_written(schema, i)) {
                continue;
            }
            const at::Tensor &one = good[i].toTensor(), &other = good[j].toTensor();
            for (bool late : {false, true}) {
                int64_t bytes = (one.nbytes() + other.nbytes() + 64) * 2;
                at::Tensor memory = at::zeros({bytes}, at::kByte);
                int64_t begin = late ? static_cast<int64_t>(one.nbytes()) / 2 / 8 * 8 : 0;
                auto place = [&](const at::Tensor& t, int64_t offset) {
                    return memory.narrow(0, offset, static_cast<int64_t>(t.nbytes())).view(t.scalar_type()).view(t.sizes());
                };
                Arguments both = copied(good);
                both[i] = place(one, 0);
                both[j] = place(other, begin);
                attempt(name, both, schema.arguments()[j].name() + " in the memory of " + schema.arguments()[i].name(), true);
                if (!late) { // two tensors made of one address share no storage
                    both[j] = at::from_blob(both[i].toTensor().data_ptr(), other.sizes(), other.options());
                    calls_made++;
                    EXPECT(run(op_of(name), both).outcome == Outcome::REFUSED);
                    both[j] = place(other, bytes / 2).copy_(other); // apart in one storage
                    EXPECT(run(op_of(name), both).outcome != Outcome::REFUSED);
                }
            }
        }
    }
}

void numbers_out_of_range(const std::string& name, const Arguments& good) {
    auto schema = op_of(name).schema();
    constexpr int64_t HUGE_INT = std::numeric_limits<int64_t>::max(), LEAST_INT = std::numeric_limits<int64_t>::min();
    for (size_t i = 0; i < good.size(); i++) {
        const std::string& argument = schema.arguments()[i].name();
        if (good[i].isInt()) {
            for (int64_t each : {int64_t(0), int64_t(1), int64_t(-1), HUGE_INT, LEAST_INT, int64_t(1) << 31, int64_t(1) << 32}) {
                if (!(argument == "rows" && each == int64_t(1) << 31)) { // that many are allowed, and 64 GB
                    attempt(name, with(good, i, each), argument + " " + std::to_string(each), false);
                }
            }
        }
        if (good[i].isDouble()) {
            for (double each : {-1.0, 1.0, std::numeric_limits<double>::quiet_NaN(), std::numeric_limits<double>::infinity()}) {
                bool allowed = each == 1 && (argument == "eps" || argument == "weight_decay");
                attempt(name, with(good, i, each), argument + " " + std::to_string(each), !allowed);
            }
        }
        if (good[i].isTensor() && (argument == "ids" || argument == "rows")) {
            const at::Tensor& ids = good[i].toTensor();
            bool wide = ids.scalar_type() == at::kLong;
            for (int64_t each : {int64_t(-1), K, wide ? HUGE_INT : INT32_MAX, wide ? LEAST_INT : INT32_MIN}) {
                at::Tensor bad = ids.clone();
                bad.view(-1).narrow(0, ids.numel() - 1, 1).fill_(each);
                EXPECT(run(op_of(name), with(good, i, bad)).outcome == Outcome::FAULTED);
            }
        }
        if (argument == "step") {
            for (int64_t each : {int64_t(0), int64_t(-1), LEAST_INT}) {
                auto ended = run(op_of(name), with(good, i, at::full({}, each, at::kLong)));
                EXPECT(name == "memory_bag_adam" || ended.outcome == Outcome::REFUSED);
            }
        }
    }
}

// What the written tensors lie between stays as it is, in every call that works.
void margins_are_not_touched(const std::string& name, const Arguments& good) {
    auto schema = op_of(name).schema();
    std::vector<Watched> all(good.size());
    Arguments arguments = copied(good);
    for (size_t i = 0; i < good.size(); i++) {
        if (good[i].isTensor() && is_written(schema, i)) {
            arguments[i] = all[i].hold(good[i].toTensor());
        }
    }
    EXPECT(run(op_of(name), arguments).outcome == Outcome::WORKED);
    for (const Watched& each : all) {
        EXPECT(!each.whole.defined() || each.margins_are_whole());
    }
}

// Sizes whose product is beyond 64 bits, in tensors that have no element.
void products_that_overflow() {
    int64_t large = int64_t(1) << 40, half = int64_t(1) << 30;
    at::Tensor none = at::empty({0, half, half}), wide = at::empty({0, large}), ids = wide.to(at::kInt);
    attempt("memory_bag", {none.to(at::kLong), none, wide}, "vast empty ids", true);
    attempt("memory_bag", {ids, wide, wide}, "vast empty tables", true);
    attempt("memory_weight_gradient", {wide, ids, wide, wide}, "vast empty gradients", true);
    attempt("memory_dense_gradient", {wide, ids, wide, int64_t(0)}, "vast empty gradients", true);
    attempt("product_key_topk", {at::empty({0, half, 2}), at::empty({1, 1, 1, 1}).expand({half, 2, half, 1}), int64_t(1), false}, "vast keys", true);
    attempt("product_key_select", {at::empty({0, half, 2, half}), int64_t(1)}, "vast empty sub-scores", true);
}

// A selection from equal scores is the first k pairs in the order of the staircase, whatever k is.
void many_neighbours_are_selected_or_refused() {
    int64_t many = 65536;
    auto best = run(op_of("product_key_select"), {at::zeros({1, 1, 2, many}), many});
    EXPECT(best.outcome == Outcome::WORKED && best.results[1].toTensor().flatten().equal(at::arange(many, at::kLong)));
    auto refused = run(op_of("product_key_select"), {at::zeros({1, 1, 2, many + 1}), many + 1});
    EXPECT(refused.outcome == Outcome::REFUSED && refused.said.find("Give 1 to 65536") != std::string::npos);
}

// Without tokens, or heads, there is nothing to find, and the gradients of what was given are zero.
void gradients_of_empty_lookups_are_zero() {
    for (auto [tokens, heads] : {std::pair<int64_t, int64_t>{0, 2}, {40, 0}, {0, 0}}) {
        at::Tensor queries = at::zeros({tokens, heads, 6}).requires_grad_(), keys = at::ones({heads, 2, n, 3}).requires_grad_();
        auto hits = run(op_of("product_key_topk"), {queries, keys, k, true});
        EXPECT(hits.outcome == Outcome::WORKED);
        if (hits.outcome == Outcome::WORKED) {
            at::Tensor weights = hits.results[0].toTensor();
            EXPECT(weights.sizes() == at::IntArrayRef({tokens, heads, k}));
            (weights.sum() + hits.results[2].toTensor().sum()).backward();
            EXPECT(queries.grad().equal(at::zeros_like(queries)) && keys.grad().equal(at::zeros_like(keys)));
        }
    }
    at::Tensor values = at::ones({K, D}).requires_grad_(), weights = at::zeros({0, k}).requires_grad_();
    run(op_of("memory_bag"), {at::zeros({0, k}, at::kInt), weights, values}).results[0].toTensor().sum().backward();
    EXPECT(values.grad().to_dense().equal(at::zeros({K, D})) && weights.grad().sizes() == weights.sizes());
}

// 1 - beta^t is 1 in double for any t near 2^31, so an update there is one without correction, and the count stays.
void a_row_may_be_updated_more_often_than_can_be_counted() {
    int32_t most = std::numeric_limits<int32_t>::max();
    for (int32_t updates : {most - 1, most}) {
        Arguments state = state_of(at::kDouble, false);
        state[0] = at::zeros({K, D}, at::kDouble);
        state[1] = at::zeros({K, D}, at::kDouble);
        state[2] = at::zeros({K, D}, at::kDouble);
        state[3] = at::full({K}, updates, at::kInt);
        state[9] = 0.0;
        state[10] = true;
        EXPECT(run(op_of("sparse_adam_"), joined({at::arange(5, at::kLong), at::ones({5, D}, at::kDouble)}, state)).outcome == Outcome::WORKED);
        double expected = -0.1 * 0.1 / std::sqrt(0.001); // -lr · m / root of v
        EXPECT(state[0].toTensor().slice(0, 0, 5).allclose(at::full({5, D}, expected, at::kDouble), 1e-6));
        EXPECT(state[3].toTensor()[0].item<int>() == most);
    }
}

// The same calls from several threads at once, each with tensors of its own, give what one thread gives.
void threads_do_not_meet(const std::string& name, const Arguments& good) {
    Arguments alone = copied(good);
    Ended expected = run(op_of(name), alone);
    std::vector<std::thread> threads;
    std::vector<Arguments> arguments;
    std::vector<Ended> ended(4);
    for (int i = 0; i < 4; i++) {
        arguments.push_back(copied(good));
    }
    for (int i = 0; i < 4; i++) {
        threads.emplace_back([&, i] { ended[i] = run(op_of(name), arguments[i]); });
    }
    for (std::thread& each : threads) {
        each.join();
    }
    for (int i = 0; i < 4; i++) {
        for (size_t a = 0; a < alone.size(); a++) {
            EXPECT(!alone[a].isTensor() || alone[a].toTensor().equal(arguments[i][a].toTensor()));
        }
        for (size_t r = 0; r < expected.results.size(); r++) {
            const at::Tensor &one = expected.results[r].toTensor(), &other = ended[i].results[r].toTensor();
            EXPECT(name == "product_key_topk" ? one.allclose(other, 1e-6) : one.equal(other)); // libtorch's GEMM depends on its threads
        }
    }
}

}  // namespace

int main() {
    at::set_num_threads(2);
    for (const auto& [name, good] : good_calls()) {
        attempt(name, copied(good), "nothing wrong", false);
        EXPECT(run(op_of(name), copied(good)).outcome == Outcome::WORKED);
        sizes_of_nothing_and_of_one(name, good);
        other_strides_dtypes_and_devices(name, good);
        shared_memory(name, good);
        numbers_out_of_range(name, good);
        margins_are_not_touched(name, good);
        threads_do_not_meet(name, good);
    }
    products_that_overflow();
    many_neighbours_are_selected_or_refused();
    gradients_of_empty_lookups_are_zero();
    a_row_may_be_updated_more_often_than_can_be_counted();
    std::printf("%d calls\n", calls_made);
    return result();
}
