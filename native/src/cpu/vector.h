// Registers of an instruction set, MN_VECTOR_BYTES wide, as vectors of C++. Part of kernels.cpp.
#pragma once

#include "kernels.h"

#ifdef __x86_64__
#include <immintrin.h>
#endif

namespace mneme::cpu::MN_ISA {
namespace {

template <class T>
struct VectorOf {
    typedef T Type __attribute__((vector_size(MN_VECTOR_BYTES), aligned(alignof(T)), may_alias));
    static constexpr int64_t LANES = MN_VECTOR_BYTES / sizeof(T);
};
template <class T> using Vector = typename VectorOf<T>::Type;
template <class T> constexpr int64_t LANES = VectorOf<T>::LANES;

template <class T> Vector<T> load(const T* from) { return *reinterpret_cast<const Vector<T>*>(from); }
template <class T> void store(T* to, const Vector<T>& from) { *reinterpret_cast<Vector<T>*>(to) = from; }

template <class T>
T sum_of(const Vector<T>& lanes) {
    T sum = 0;
    for (int64_t l = 0; l < LANES<T>; l++) {
        sum += lanes[l];
    }
    return sum;
}

}  // namespace
}  // namespace mneme::cpu::MN_ISA
