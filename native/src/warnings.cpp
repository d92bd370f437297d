#include "warnings.h"

#include "mneme/core.h"

#include <c10/util/Exception.h>

#include <atomic>

namespace mneme {
namespace {

std::atomic<void (*)(const char*)> listener{nullptr};

struct Forwarding final : c10::WarningHandler {
    void process(const c10::Warning& warning) override {
        if (auto* warn = listener.load(std::memory_order_acquire)) {
            warn(warning.msg().c_str());
        } else {
            c10::WarningHandler::process(warning);
        }
    }
};

}  // namespace

thread_local constinit bool warnings_watched = false;

void watch_warnings_here() noexcept {
    static auto* const forwarding = new Forwarding;  // never destroyed: a thread may warn until the process ends
    c10::WarningUtils::set_warning_handler(forwarding);
    warnings_watched = true;
}

}  // namespace mneme

void mn_on_warning(void (*warn)(const char*)) noexcept { mneme::listener.store(warn, std::memory_order_release); }
