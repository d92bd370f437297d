// Calls that do a whole part of a training step in one crossing.
#include "arguments.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/_foreach_mul_ops.h>
#include <ATen/ops/_foreach_norm_ops.h>
#include <ATen/ops/_fused_adamw_ops.h>
#include <ATen/ops/empty_strided.h>
#include <ATen/ops/linalg_vector_norm.h>
#include <ATen/ops/stack.h>
#include <c10/core/GradMode.h>

using namespace mneme;

namespace {

// The fused kernels walk plain memory, and look neither at sizes nor at strides.
bool lies_alike(const at::Tensor& a, const at::Tensor& b) {
    return a.sizes() == b.sizes() && (a.strides() == b.strides() || (a.is_contiguous() && b.is_contiguous()));
}

at::Tensor laid_out_like(const at::Tensor& gradient, const at::Tensor& parameter) {
    return lies_alike(gradient, parameter)
        ? gradient
        : at::empty_strided(parameter.sizes(), parameter.strides(), gradient.options()).copy_(gradient);
}

void check_state(const at::Tensor& parameter, const at::Tensor& m, const at::Tensor& v, const at::Tensor& step) {
    const at::Tensor& gradient = parameter.grad();
    TORCH_CHECK_VALUE(
        parameter.is_non_overlapping_and_dense(), "a parameter must fill its memory, and one has sizes ", parameter.sizes(),
        " and strides ", parameter.strides());
    TORCH_CHECK_VALUE(
        gradient.sizes() == parameter.sizes() && lies_alike(m, parameter) && lies_alike(v, parameter) && step.numel() == 1,
        "a parameter of sizes ", parameter.sizes(), " came with a gradient of ", gradient.sizes(), ", moments of ", m.sizes(),
        " and ", v.sizes(), ", and ", step.numel(), " step counts");
}

}  // namespace

mn_status mn_zero_grad(const mn_tensor* parameters, int64_t n) noexcept {
    return status([&] {
        for (int64_t i = 0; i < n; i++) {
            Borrowed(parameters[i])->mutable_grad().reset();
        }
    });
}

mn_status mn_clip_grad_norm(const mn_tensor* parameters, int64_t n, double max_norm, double* norm) noexcept {
    return status([&] {
        at::NoGradGuard no_grad;
        std::vector<at::Tensor> gradients;
        for (int64_t i = 0; i < n; i++) {
            Borrowed parameter(parameters[i]);
            if (parameter->grad().defined()) {
                at::Tensor& gradient = parameter->mutable_grad();
                if (gradient.is_sparse()) { // several gradients of one row add before they are squared
                    gradient = gradient.coalesce();
                }
                gradients.push_back(gradient.is_sparse() ? gradient._values() : gradient);
            }
        }
        *norm = 0;
        if (gradients.empty()) {
            return;
        }
        std::vector<at::Tensor> norms = at::_ops::_foreach_norm_Scalar::call(gradients, 2, std::nullopt);
        at::Tensor total = at::linalg_vector_norm(at::stack(norms));
        *norm = total.item().toDouble();
        if (std::isinf(max_norm)) { // only the norm is asked for, and it may be infinite
            return;
        }
        at::Tensor factor = (max_norm / (total + 1e-6)).clamp_max(1.0);
        if (factor.item().toDouble() != 1) { // nothing to do otherwise
            at::_ops::_foreach_mul__Tensor::call(gradients, factor);
        }
    });
}

mn_status mn_adamw_step(
    const mn_tensor* parameters, const mn_tensor* exp_avgs, const mn_tensor* exp_avg_sqs, const mn_tensor* steps, int64_t n,
    double lr, double beta1, double beta2, double weight_decay, double eps) noexcept {
    return status([&] {
        at::NoGradGuard no_grad;
        std::vector<at::Tensor> params, grads, m, v, step;
        for (int64_t i = 0; i < n; i++) {
            Borrowed parameter(parameters[i]);
            if (parameter->grad().defined()) {
                params.push_back(*parameter);
                m.push_back(*Borrowed(exp_avgs[i]));
                v.push_back(*Borrowed(exp_avg_sqs[i]));
                step.push_back(*Borrowed(steps[i]));
                check_state(*parameter, m.back(), v.back(), step.back());
                grads.push_back(laid_out_like(parameter->grad(), *parameter));
            }
        }
        if (!params.empty()) {
            for (at::Tensor& each : step) {
                each.add_(1);
            }
            try {
                at::_ops::_fused_adamw_::call(
                    params, grads, m, v, /*max_exp_avg_sqs=*/{}, step, lr, beta1, beta2, weight_decay, eps,
                    /*amsgrad=*/false, /*maximize=*/false, /*grad_scale=*/std::nullopt, /*found_inf=*/std::nullopt);
            } catch (...) {  // a step that was not made does not count
                for (at::Tensor& each : step) {
                    each.sub_(1);
                }
                throw;
            }
        }
    });
}
