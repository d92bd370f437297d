// Where libtorch's warnings go. libtorch has one handler a thread, and prints to standard error on a thread that has none.
#include "mneme/core.h"

#include <c10/util/Exception.h>

namespace {

thread_local void (*listener)(const char*) = nullptr;

struct Forwarding final : c10::WarningHandler {
    void process(const c10::Warning& warning) override { listener(warning.msg().c_str()); }
};

}  // namespace

void mn_on_warning(void (*warn)(const char*)) noexcept {
    static auto* const forwarding = new Forwarding;  // never destroyed: a thread may warn until the process ends
    listener = warn;
    c10::WarningUtils::set_warning_handler(warn == nullptr ? nullptr : forwarding);
}
