// Turns whatever a body throws into a return value: the only way out of an exported function.
#pragma once

#include "mneme/core.h"

#include <cstdint>
#include <utility>

namespace mneme {

// Records the exception in flight for this thread and returns its MN_ERROR_* kind. Call it inside a catch block.
mn_status record_error() noexcept;

template <class Result, class Body>
Result guarded(Result failure, Body&& body) noexcept {
    try {
        return std::forward<Body>(body)();
    } catch (...) {
        record_error();
        return failure;
    }
}

// A handle, 0 after a failure.
template <class Body>
mn_tensor handle(Body&& body) noexcept {
    return guarded<mn_tensor>(0, std::forward<Body>(body));
}

// A count, -1 after a failure.
template <class Body>
int64_t count(Body&& body) noexcept {
    return guarded<int64_t>(-1, std::forward<Body>(body));
}

// A flag: 0, 1, or -1 after a failure.
template <class Body>
int32_t flag(Body&& body) noexcept {
    return guarded<int32_t>(-1, [&]() -> int32_t { return body() ? 1 : 0; });
}

template <class Body>
mn_status status(Body&& body) noexcept {
    try {
        std::forward<Body>(body)();
        return 0;
    } catch (...) {
        return record_error();
    }
}

}  // namespace mneme
