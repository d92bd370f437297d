#include "deadly.h"

#include <ATen/ScalarOps.h>
#include <ATen/core/function_schema.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/isfinite.h>
#include <ATen/ops/logical_and.h>
#include <ATen/ops/result_type.h>

#include <algorithm>
#include <initializer_list>
#include <limits>
#include <string>

namespace mneme::deadly {

void check_quotient(const at::Tensor& dividend, const at::Tensor& divisor, std::optional<std::string_view> rounding_mode) {
    if (rounding_mode != "trunc" || !dividend.is_cpu() || !divisor.is_cpu()) {
        return;
    }
    at::ScalarType dtype = at::result_type(dividend, divisor);
    if (dtype != at::kInt && dtype != at::kLong) {
        return;
    }
    at::NoGradGuard no_grad;
    at::Tensor by_minus_one = divisor.to(dtype).eq(-1);
    if (!by_minus_one.any().item().toBool()) {  // nearly always, and the dividend is not looked at
        return;
    }
    int64_t least = dtype == at::kInt ? std::numeric_limits<int32_t>::min() : std::numeric_limits<int64_t>::min();
    TORCH_CHECK_VALUE(
        !at::logical_and(dividend.to(dtype).eq(least), by_minus_one).any().item().toBool(), "dividing ", least, ", the least ", dtype,
        ", by -1 gives a number that ", dtype, " does not have");
}

void check_range(const at::Scalar& start, const at::Scalar& end) {
    if (start.isIntegral(true) && end.isIntegral(true)) {
        int64_t difference;
        bool wraps = __builtin_sub_overflow(end.toLong(), start.toLong(), &difference);
        TORCH_CHECK_VALUE(
            !wraps && difference != std::numeric_limits<int64_t>::min(), "from ", start, " to ", end, " is farther than an int64 counts");
    }
}

void check_least(const at::Tensor& self, int64_t from) {
    TORCH_CHECK_VALUE(
        !self.is_floating_point() || from != std::numeric_limits<int64_t>::max(), "no number of ", self.scalar_type(),
        " is between ", from, " and the greatest int64");
}

void check_statistics(
    const at::Tensor& input, const std::optional<at::Tensor>& weight, const std::optional<at::Tensor>& bias,
    const std::optional<at::Tensor>& running_mean, const std::optional<at::Tensor>& running_var, bool training) {
    TORCH_CHECK_VALUE(input.dim() >= 2, "batch norm takes an input of at least two dimensions, (B, C, ...), and one of ", input.sizes(), " was given");
    auto given = [](const std::optional<at::Tensor>& tensor) { return tensor.has_value() && tensor->defined(); };
    TORCH_CHECK_VALUE(
        training || (given(running_mean) && given(running_var)), "batch norm outside of training takes a running mean and variance, which are absent");
    for (const auto* each : {&weight, &bias, &running_mean, &running_var}) {
        TORCH_CHECK_VALUE(
            !given(*each) || (*each)->sizes() == at::IntArrayRef{input.size(1)}, "batch norm of ", input.size(1),
            " channels takes as many weights, biases, running means and variances, and a tensor of ", (*each)->sizes(), " was given");
    }
}

void check_bags(const at::Tensor& weight, const at::Tensor& indices, const at::Tensor& offsets, int64_t mode, bool include_last_offset) {
    TORCH_CHECK_VALUE(
        weight.dim() == 2 && indices.dim() == 1 && offsets.dim() == 1 && mode >= 0 && mode <= 2,
        "embedding_bag takes a weight of two dimensions, indices and offsets of one, and the mode 0, 1 or 2; sizes ", weight.sizes(), ", ",
        indices.sizes(), " and ", offsets.sizes(), " and the mode ", mode, " were given");
    auto is_index = [](const at::Tensor& tensor) { return tensor.scalar_type() == at::kInt || tensor.scalar_type() == at::kLong; };
    TORCH_CHECK_TYPE(
        is_index(indices) && is_index(offsets), "embedding_bag takes indices and offsets of dtype int32 or int64, and ",
        indices.scalar_type(), " and ", offsets.scalar_type(), " were given");
    if (!offsets.is_cpu()) {
        return;
    }
    at::Tensor plain = offsets.to(at::kLong).contiguous();
    const int64_t* begin = plain.const_data_ptr<int64_t>();
    int64_t before = 0;
    for (int64_t i = 0; i < plain.numel(); i++) {
        TORCH_CHECK_VALUE(
            begin[i] >= before && begin[i] <= indices.numel(), "offset ", i, " of embedding_bag is ", begin[i], ", after one of ", before,
            ", for ", indices.numel(), " indices: offsets begin with 0, do not fall, and end within the indices");
        before = begin[i];
    }
    bool all = include_last_offset ? before == indices.numel() && plain.numel() > 0 : plain.numel() > 0 || indices.numel() == 0;
    TORCH_CHECK_VALUE(
        all, "the bags of embedding_bag hold ", before, " indices of ", indices.numel(), ", in ", plain.numel(), " offsets that ",
        include_last_offset ? "include the last" : "are none");
}

at::Tensor spread(const at::Tensor& self) {
    return self.is_cpu() && !self.is_non_overlapping_and_dense() ? self.contiguous() : self;
}

namespace {

// The arguments of a boxed call by the names of the schema.
class Named {
public:
    Named(const c10::FunctionSchema& schema, const torch::jit::Stack& arguments) : schema_(schema), arguments_(arguments) {}

    const c10::IValue& operator[](const char* name) const { return arguments_[*schema_.argumentIndexWithName(name)]; }

    std::optional<at::Tensor> tensor(const char* name) const { return (*this)[name].toOptional<at::Tensor>(); }

    // A Scalar takes part as the tensor that libtorch makes of it.
    at::Tensor operand(const char* name) const {
        const c10::IValue& value = (*this)[name];
        return value.isTensor() ? value.toTensor() : at::native::wrapped_scalar_tensor(value.toScalar());
    }

private:
    const c10::FunctionSchema& schema_;
    const torch::jit::Stack& arguments_;
};

void quotient(const c10::FunctionSchema& schema, const torch::jit::Stack& arguments) {
    Named named(schema, arguments);
    if (named["rounding_mode"].isString()) {
        check_quotient(named.operand("self"), named.operand("other"), named["rounding_mode"].toStringView());
    }
}

void range(const c10::FunctionSchema& schema, const torch::jit::Stack& arguments) {
    Named named(schema, arguments);
    check_range(named["start"].toScalar(), named["end"].toScalar());
}

void least(const c10::FunctionSchema& schema, const torch::jit::Stack& arguments) {
    Named named(schema, arguments);
    check_least(named.operand("self"), named["from"].toInt());
}

void statistics(const c10::FunctionSchema& schema, const torch::jit::Stack& arguments) {
    Named named(schema, arguments);
    bool has_running = schema.argumentIndexWithName("running_mean").has_value();
    check_statistics(
        named.operand("input"), named.tensor("weight"), named.tensor("bias"), has_running ? named.tensor("running_mean") : std::nullopt,
        has_running ? named.tensor("running_var") : std::nullopt,
        schema.argumentIndexWithName("training").has_value() && named["training"].toBool());
}

void bags(const c10::FunctionSchema& schema, const torch::jit::Stack& arguments) {
    Named named(schema, arguments);
    check_bags(
        named.operand("weight"), named.operand("indices"), named.operand("offsets"), named["mode"].toInt(),
        named["include_last_offset"].toBool());
}

// Unlike linalg_eig, these hand what is not finite to LAPACK, which does not survive it.
void finite(const c10::FunctionSchema& schema, const torch::jit::Stack& arguments) {
    at::NoGradGuard no_grad;
    at::Tensor self = Named(schema, arguments).operand("self");
    TORCH_CHECK_VALUE(
        !self.is_cpu() || at::isfinite(self).all().item().toBool(), schema.name(), " takes finite numbers, and some are infinite or no numbers");
}

void dense(const c10::FunctionSchema& schema, const torch::jit::Stack& arguments) {
    at::Tensor self = Named(schema, arguments).operand("self");
    TORCH_CHECK_VALUE(
        !self.is_cpu() || self.is_non_overlapping_and_dense(), schema.name(), " takes a tensor whose elements lie side by side, and strides ",
        self.strides(), " for sizes ", self.sizes(), " were given: call contiguous() first");
}

}  // namespace

Check check_of(const c10::FunctionSchema& schema) {
    auto takes = [&](const char* name) { return schema.argumentIndexWithName(name).has_value(); };
    auto is = [&](std::initializer_list<const char*> names) {
        return std::any_of(names.begin(), names.end(), [&](const char* name) { return schema.name() == std::string("aten::") + name; });
    };
    if (takes("rounding_mode")) {
        return quotient;
    } else if (is({"arange"}) && takes("start")) {
        return range;
    } else if (is({"random_", "random"}) && takes("from")) {
        return least;
    } else if (is({"native_batch_norm", "_native_batch_norm_legit", "_native_batch_norm_legit_no_training", "_native_batch_norm_legit_functional"})) {
        return statistics;
    } else if (is({"embedding_bag", "_embedding_bag", "_embedding_bag_forward_only"})) {
        return bags;
    } else if (is({"linalg_eigvals", "_linalg_eigvals"})) {
        return finite;
    } else if (is({"median", "nanmedian"}) && takes("dim")) {
        return dense;
    }
    return nullptr;
}

}  // namespace mneme::deadly
