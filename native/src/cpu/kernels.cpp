// The inner loops, compiled for one instruction set: MN_ISA is its name, MN_VECTOR_BYTES the width of its registers.
#include "adam.h"
#include "select.h"

namespace mneme::cpu::MN_ISA {
namespace {

template <class Value, class Real>
constexpr ValueKernels<Value, Real> value_kernels_of() {
    return {bag<Value, Real, int32_t>,      bag<Value, Real, int64_t>, products<Value, Real, int32_t>,
            products<Value, Real, int64_t>, widen<Value, Real>,        adam<Value, Real>};
}

}  // namespace

#define MN_TEXT_OF(name) #name
#define MN_TEXT(name) MN_TEXT_OF(name)

const Kernels kernels = {
    MN_TEXT(MN_ISA),
    {select<float>, accumulate<float>},
    {select<double>, accumulate<double>},
    value_kernels_of<float, float>(),
    value_kernels_of<Bfloat16, float>(),
    value_kernels_of<double, double>(),
};

}  // namespace mneme::cpu::MN_ISA
