// The C interface as Java uses it: results, ownership, and errors that stay errors.
#include "mneme/core.h"
#include "mneme/ops.h"

#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

namespace {

int failures = 0;

void check(bool holds, const char* what, int line) {
    if (!holds) {
        std::printf("line %d: %s; last error: %s\n", line, what, mn_error_message());
        failures++;
    }
}

#define CHECK(condition) check((condition), #condition, __LINE__)

mn_tensor full(std::vector<int64_t> sizes, double value, int32_t dtype = MN_FLOAT32) {
    int64_t bits;
    std::memcpy(&bits, &value, sizeof bits);
    return mn_full(sizes.data(), static_cast<int64_t>(sizes.size()), bits, MN_SCALAR_DOUBLE, dtype, -1);
}

double item(mn_tensor tensor) {
    double value = NAN;
    CHECK(mn_item_double(tensor, &value) == 0);
    return value;
}

void release(std::vector<mn_tensor> tensors) {
    mn_release(tensors.data(), static_cast<int64_t>(tensors.size()));
}

void an_op_returns_an_owned_handle() {
    mn_tensor a = full({2, 3}, 2), b = full({2, 3}, 5);
    mn_tensor sum = mn_add_Tensor(a, b, 1, MN_SCALAR_INTEGER);
    CHECK(sum != 0 && mn_dim(sum) == 2 && mn_numel(sum) == 6 && mn_dtype(sum) == MN_FLOAT32);
    mn_tensor total = mn_sum(sum, -1);
    CHECK(item(total) == 42);
    CHECK(mn_live_handles() == 4);
    release({a, b, sum, total});
    CHECK(mn_live_handles() == 0);
}

void a_shape_mismatch_is_an_error_with_text() {
    mn_tensor a = full({2, 3}, 1), b = full({4, 3}, 1);
    CHECK(mn_matmul(a, b) == 0);
    CHECK(mn_error_kind() == MN_ERROR_OTHER);
    CHECK(std::string(mn_error_message()).find("2x3 and 4x3") != std::string::npos);
    CHECK(std::strlen(mn_error_trace()) > 0);
    release({a, b});
}

void absent_and_wrong_arguments_are_errors() {
    mn_tensor a = full({2}, 1);
    CHECK(mn_add_Tensor(a, 0, 1, MN_SCALAR_INTEGER) == 0 && mn_error_kind() == MN_ERROR_VALUE);
    int64_t out_of_range = 5;
    CHECK(mn_select_int(a, 0, out_of_range) == 0 && mn_error_kind() == MN_ERROR_INDEX);
    CHECK(mn_to_dtype(a, 77, false, false) == 0 && mn_error_kind() == MN_ERROR_TYPE);
    CHECK(mn_sum(a, 77) == 0);
    CHECK(mn_reshape(a, nullptr, -1) == 0);
    release({a});
}

void lists_come_back_through_take_results() {
    mn_tensor a = full({7}, 1);
    CHECK(mn_chunk(a, 3, 0) == 3);
    std::vector<mn_tensor> parts(3);
    mn_take_results(parts.data());
    CHECK(mn_numel(parts[0]) == 3 && mn_numel(parts[2]) == 1);
    mn_tensor joined = mn_cat(parts.data(), 3, 0);
    CHECK(mn_numel(joined) == 7);
    release({a, parts[0], parts[1], parts[2], joined});
    CHECK(mn_live_handles() == 0);
}

void backward_accumulates_a_gradient() {
    mn_tensor x = full({3}, 2);
    CHECK(mn_set_requires_grad(x, true) == 0);
    mn_tensor y = mn_mul_Tensor(x, x);
    mn_tensor loss = mn_sum(y, -1);
    CHECK(mn_backward(loss, 0, false, false) == 0);
    mn_status status = -1;
    mn_tensor gradient = mn_grad(x, &status);
    CHECK(status == 0 && gradient != 0);
    mn_tensor total = mn_sum(gradient, -1);
    CHECK(item(total) == 12);
    double norm = 0;
    CHECK(mn_clip_grad_norm(&x, 1, 1.0, &norm) == 0 && std::abs(norm - std::sqrt(48.0)) < 1e-5);
    CHECK(mn_zero_grad(&x, 1) == 0 && mn_grad(x, &status) == 0 && status == 0);
    release({x, y, loss, gradient, total});
    CHECK(mn_live_handles() == 0);
}

void memory_that_is_not_libtorchs_is_given_back() {
    static int64_t given_back = 0;
    float values[] = {1, 2, 3, 4};
    int64_t sizes[] = {2, 2};
    mn_tensor t = mn_from_memory(
        reinterpret_cast<int64_t>(values), sizes, 2, MN_FLOAT32, [](int64_t id) { given_back = id; }, 17);
    CHECK(mn_data(t) == reinterpret_cast<int64_t>(values));
    mn_tensor view = mn_select_int(t, 0, 1);
    release({t});
    CHECK(given_back == 0);
    mn_tensor total = mn_sum(view, -1);
    CHECK(item(total) == 7);
    release({view, total});
    CHECK(given_back == 17);
}

void any_op_can_be_called_by_name() {
    CHECK(mn_op_find("aten::no_such_op", "") == 0);
    mn_op op = mn_op_find("aten::lcm", "");
    CHECK(op != 0 && std::string(mn_op_schema(op)) == "aten::lcm(Tensor self, Tensor other) -> Tensor");
    mn_tensor a = full({1}, 4, MN_INT64), b = full({1}, 6, MN_INT64);
    int64_t values[] = {MN_VALUE_TENSOR, a, 0, MN_VALUE_TENSOR, b, 0};
    CHECK(mn_op_call(op, values, 2) == 1);
    int64_t out[3];
    mn_op_take_results(out);
    CHECK(out[0] == MN_VALUE_TENSOR && item(out[1]) == 12);
    CHECK(mn_op_call(op, values, 1) == -1);
    int64_t wrong[] = {MN_VALUE_TENSOR, a, 0, MN_VALUE_INTEGER, 6, 0};
    CHECK(mn_op_call(op, wrong, 2) == -1 && mn_error_kind() == MN_ERROR_TYPE);
    release({a, b, out[1]});
    CHECK(mn_live_handles() == 0);
}

void the_stamp_agrees_with_the_library_that_is_loaded() {
    std::string stamp = mn_stamp();
    CHECK(stamp.find(std::string("libtorch=") + mn_libtorch_version() + ";") != std::string::npos);
}

}  // namespace

int main() {
    an_op_returns_an_owned_handle();
    a_shape_mismatch_is_an_error_with_text();
    absent_and_wrong_arguments_are_errors();
    lists_come_back_through_take_results();
    backward_accumulates_a_gradient();
    memory_that_is_not_libtorchs_is_given_back();
    any_op_can_be_called_by_name();
    the_stamp_agrees_with_the_library_that_is_loaded();
    std::printf("%s\n", failures == 0 ? "all passed" : "FAILED");
    return failures == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
