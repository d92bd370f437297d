// Calls that do a whole part of a training step in one crossing.
#include "arguments.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/_foreach_mul_ops.h>
#include <ATen/ops/_foreach_norm_ops.h>
#include <ATen/ops/_fused_adamw_ops.h>
#include <ATen/ops/linalg_vector_norm.h>
#include <ATen/ops/stack.h>
#include <c10/core/GradMode.h>

using namespace mneme;

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
                gradients.push_back(parameter->grad());
            }
        }
        *norm = 0;
        if (gradients.empty()) {
            return;
        }
        std::vector<at::Tensor> norms = at::_ops::_foreach_norm_Scalar::call(gradients, 2, std::nullopt);
        at::Tensor total = at::linalg_vector_norm(at::stack(norms));
        *norm = total.item().toDouble();
        at::Tensor factor = (max_norm / (total + 1e-6)).clamp_max(1.0);
        at::_ops::_foreach_mul__Tensor::call(gradients, factor);
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
                grads.push_back(parameter->grad());
                m.push_back(*Borrowed(exp_avgs[i]));
                v.push_back(*Borrowed(exp_avg_sqs[i]));
                step.push_back(*Borrowed(steps[i]));
                step.back().add_(1);
            }
        }
        if (!params.empty()) {
            at::_ops::_fused_adamw_::call(
                params, grads, m, v, /*max_exp_avg_sqs=*/{}, step, lr, beta1, beta2, weight_decay, eps,
                /*amsgrad=*/false, /*maximize=*/false, /*grad_scale=*/std::nullopt, /*found_inf=*/std::nullopt);
        }
    });
}
