// Generators, seeds and threads.
#include "arguments.h"

#include <ATen/CPUGeneratorImpl.h>
#include <ATen/Context.h>
#include <ATen/Parallel.h>
#include <ATen/detail/CUDAHooksInterface.h>

#include <atomic>
#include <mutex>

using namespace mneme;

namespace {

std::atomic<int64_t> live_generators{0};

at::Generator generator_or_default(mn_generator generator) {
    return generator == 0 ? at::detail::getDefaultCPUGenerator() : generator_of(generator);
}

}  // namespace

mn_generator mn_generator_new(int64_t seed, int32_t device) noexcept {
    return guarded<mn_generator>(0, [&] {
        at::Device d = device_of(device);
        at::Generator generator = d.is_cpu()
            ? at::detail::createCPUGenerator(static_cast<uint64_t>(seed))
            : at::globalContext().getAcceleratorHooksInterface(d.type()).getNewGenerator(d.index());
        generator.set_current_seed(static_cast<uint64_t>(seed));
        auto owned = new at::Generator(std::move(generator));
        live_generators++;
        return reinterpret_cast<mn_generator>(owned);
    });
}

void mn_generator_release(mn_generator generator) noexcept {
    if (generator != 0) {
        live_generators--;
        delete reinterpret_cast<at::Generator*>(generator);
    }
}

int64_t mn_live_generators(void) noexcept { return live_generators; }

mn_status mn_generator_seed(mn_generator generator, int64_t seed) noexcept {
    return status([&] {
        at::Generator g = generator_or_default(generator);
        std::lock_guard<std::mutex> lock(g.mutex());
        g.set_current_seed(static_cast<uint64_t>(seed));
    });
}

mn_tensor mn_generator_state(mn_generator generator) noexcept {
    return handle([&] {
        at::Generator g = generator_or_default(generator);
        std::lock_guard<std::mutex> lock(g.mutex());
        return own(g.get_state());
    });
}

mn_status mn_generator_set_state(mn_generator generator, mn_tensor state) noexcept {
    return status([&] {
        at::Generator g = generator_or_default(generator);
        std::lock_guard<std::mutex> lock(g.mutex());
        g.set_state(*Borrowed(state));
    });
}

mn_status mn_manual_seed(int64_t seed) noexcept {
    return status([&] { at::manual_seed(static_cast<uint64_t>(seed)); });
}

int32_t mn_num_threads(void) noexcept { return at::get_num_threads(); }

mn_status mn_set_num_threads(int32_t threads) noexcept {
    return status([&] {
        TORCH_CHECK_VALUE(threads > 0, "the number of threads must be positive, and ", threads, " was given");
        at::set_num_threads(threads);
    });
}

int32_t mn_cuda_available(void) noexcept {
    return flag([&] { return at::hasCUDA() && at::detail::getCUDAHooks().deviceCount() > 0; });
}
