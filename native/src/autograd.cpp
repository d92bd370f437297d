#include "arguments.h"

#include <ATen/autocast_mode.h>
#include <ATen/core/grad_mode.h>
#include <c10/core/GradMode.h>
#include <torch/csrc/autograd/autograd.h>

using namespace mneme;

int32_t mn_requires_grad(mn_tensor tensor) noexcept {
    return flag([&] { return Borrowed(tensor)->requires_grad(); });
}

mn_status mn_set_requires_grad(mn_tensor tensor, bool requires_grad) noexcept {
    return status([&] { Borrowed(tensor)->set_requires_grad(requires_grad); });
}

int32_t mn_is_leaf(mn_tensor tensor) noexcept {
    return flag([&] { return Borrowed(tensor)->is_leaf(); });
}

mn_status mn_retain_grad(mn_tensor tensor) noexcept {
    return status([&] { Borrowed(tensor)->retain_grad(); });
}

mn_tensor mn_grad(mn_tensor tensor, mn_status* result) noexcept {
    mn_tensor gradient = 0;
    *result = status([&] { gradient = own(Borrowed(tensor)->grad()); });
    return gradient;
}

mn_status mn_set_grad(mn_tensor tensor, mn_tensor gradient) noexcept {
    return status([&] {
        Borrowed t(tensor);
        at::Tensor g = gradient == 0 ? at::Tensor() : *Borrowed(gradient);
        TORCH_CHECK_VALUE(
            !g.defined() || g.sizes() == t->sizes(), "a gradient has the shape of its tensor, ", t->sizes(),
            ", and this one has ", g.sizes());
        TORCH_CHECK_TYPE(
            !g.defined() || (g.scalar_type() == t->scalar_type() && g.device() == t->device()), "a gradient has the dtype and the device of its tensor, ",
            t->scalar_type(), " on ", t->device(), ", and this one has ", g.scalar_type(), " on ", g.device());
        t->mutable_grad() = std::move(g);
    });
}

mn_status mn_set_data(mn_tensor tensor, mn_tensor data) noexcept {
    return status([&] { Borrowed(tensor)->set_data(*Borrowed(data)); });
}

mn_status mn_backward(mn_tensor tensor, mn_tensor gradient, bool retain_graph, bool create_graph) noexcept {
    return status([&] {
        torch::autograd::variable_list gradients;
        if (gradient != 0) {
            gradients.push_back(*Borrowed(gradient));
        }
        torch::autograd::backward({*Borrowed(tensor)}, gradients, retain_graph, create_graph);
    });
}

int64_t mn_grad_of(
    const mn_tensor* outputs, int64_t outputs_size, const mn_tensor* gradients, int64_t gradients_size,
    const mn_tensor* inputs, int64_t inputs_size, bool retain_graph, bool create_graph, bool allow_unused) noexcept {
    return count([&] {
        return keep_results(torch::autograd::grad(
            tensors(outputs, outputs_size), tensors(inputs, inputs_size), tensors(gradients, std::max<int64_t>(0, gradients_size)),
            retain_graph, create_graph, allow_unused));
    });
}

int32_t mn_grad_enabled(void) noexcept { return c10::GradMode::is_enabled() ? 1 : 0; }

int32_t mn_set_grad_enabled(bool enabled) noexcept {
    int32_t before = mn_grad_enabled();
    c10::GradMode::set_enabled(enabled);
    return before;
}

mn_status mn_set_autocast(int32_t device, int32_t dtype, int32_t* before) noexcept {
    return status([&] {
        TORCH_CHECK_VALUE(device == MN_CPU || device == MN_CUDA, "device ", device, " is none. Give MN_CPU or MN_CUDA.");
        at::DeviceType type = device == MN_CPU ? at::kCPU : at::kCUDA;
        auto lower = optional_dtype(dtype);
        *before = at::autocast::is_autocast_enabled(type) ? dtype_code(at::autocast::get_autocast_dtype(type)) : -1;
        if (lower) {
            at::autocast::set_autocast_dtype(type, *lower);
        } else {
            at::autocast::clear_cache();
        }
        at::autocast::set_autocast_enabled(type, lower.has_value());
    });
}
