// Where libtorch's warnings go. libtorch has one handler a thread, and prints to standard error on a thread that has none.
#pragma once

namespace mneme {

extern thread_local constinit bool warnings_watched;
void watch_warnings_here() noexcept;

// Every guarded call begins with it: a thread is found out about at its first.
inline void watch_warnings() noexcept {
    if (!warnings_watched) [[unlikely]] {
        watch_warnings_here();
    }
}

}  // namespace mneme
