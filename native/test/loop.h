// Loops over libtorch in plain C++: what a crossing from Java is compared with.
#ifndef MNEME_TEST_LOOP_H
#define MNEME_TEST_LOOP_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// Adds two one-element float tensors n times without grad, releasing each result; returns the nanoseconds it took.
int64_t mn_test_add_loop(int64_t n);

#ifdef __cplusplus
}
#endif

#endif
