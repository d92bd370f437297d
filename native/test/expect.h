// Counts what does not hold, and goes on.
#pragma once

#include <cstdio>

inline int failures = 0;

inline void check(bool holds, const char* what, int line) {
    if (!holds) {
        std::printf("line %d: %s\n", line, what);
        failures++;
    }
}

#define EXPECT(condition) check((condition), #condition, __LINE__)

inline int result() {
    std::printf(failures == 0 ? "all right\n" : "%d failures\n", failures);
    return failures == 0 ? 0 : 1;
}
