// Mneme's C interface to libtorch: handles, errors, data, autograd, random numbers, whole-step calls.
//
// Conventions, for this header and for mneme/ops.h:
//   mn_tensor     an owned reference to a tensor; 0 stands for failure or for an absent tensor. Whoever gets one
//                 releases it with mn_release. A call only borrows its arguments.
//   mn_status     0 is success, anything else the MN_ERROR_* kind; mn_error_message() then has the text, for this thread.
//   counts, flags int64_t counts and int32_t flags are negative after a failure.
//   lists         a pointer and a size; a size below 0 stands for an absent list.
//   text          UTF-8, ended by 0; NULL stands for an absent text.
//   optional      numbers go with a `_given` flag; bool, dtype and device are absent below 0.
//   Scalar        the bits of an int64_t or a double, and an MN_SCALAR_* kind.
// No function throws, and none ends the process for a bad argument.
#ifndef MNEME_CORE_H
#define MNEME_CORE_H

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
#define MN_NOEXCEPT noexcept
extern "C" {
#pragma GCC visibility push(default)
#else
#define MN_NOEXCEPT
#endif

typedef int64_t mn_tensor;
typedef int64_t mn_generator;
typedef int64_t mn_op;
typedef int32_t mn_status;

enum {
    MN_ERROR_OTHER = 1,
    MN_ERROR_VALUE = 2,
    MN_ERROR_TYPE = 3,
    MN_ERROR_INDEX = 4,
    MN_ERROR_NOT_IMPLEMENTED = 5,
    MN_ERROR_OUT_OF_MEMORY = 6,
    MN_ERROR_LINALG = 7,
    MN_ERROR_UNKNOWN_OP = 8
};

// Fixed here and mapped by name: never libtorch's own enum values.
enum {
    MN_BOOL = 0, MN_UINT8 = 1, MN_INT8 = 2, MN_INT16 = 3, MN_INT32 = 4, MN_INT64 = 5,
    MN_FLOAT16 = 6, MN_BFLOAT16 = 7, MN_FLOAT32 = 8, MN_FLOAT64 = 9
};

// A device: MN_CPU, or MN_CUDA plus the index of the GPU.
enum { MN_CPU = 0, MN_CUDA = 1 };

enum { MN_SCALAR_ABSENT = 0, MN_SCALAR_INTEGER = 1, MN_SCALAR_DOUBLE = 2 };

// ---- what this library is -------------------------------------------------------------------------------------------

// "key=value;" pairs: headers (the hash of this interface), libtorch and cuda (what it was built against), abi.
const char* mn_stamp(void) MN_NOEXCEPT;
// The version of the libtorch that is loaded, such as "2.13.0", and its own description of its build.
const char* mn_libtorch_version(void) MN_NOEXCEPT;
const char* mn_libtorch_build(void) MN_NOEXCEPT;

// ---- errors, of the last failed call on this thread -------------------------------------------------------------------

int32_t mn_error_kind(void) MN_NOEXCEPT;
const char* mn_error_message(void) MN_NOEXCEPT;
const char* mn_error_trace(void) MN_NOEXCEPT;

// Sends what libtorch warns of on this thread to a function instead of standard error; NULL undoes it.
void mn_on_warning(void (*warn)(const char*)) MN_NOEXCEPT;

// ---- handles ----------------------------------------------------------------------------------------------------------

// Releases n handles; those that are 0 are passed over.
void mn_release(const mn_tensor* tensors, int64_t n) MN_NOEXCEPT;
void mn_release_one(mn_tensor tensor) MN_NOEXCEPT;
// A second owned handle to the same tensor.
mn_tensor mn_retain(mn_tensor tensor) MN_NOEXCEPT;
// How many handles this process owns.
int64_t mn_live_handles(void) MN_NOEXCEPT;
// Moves the tensors of the last list result of this thread to out, which has room for all of them.
void mn_take_results(mn_tensor* out) MN_NOEXCEPT;
// A reference to the memory of a tensor on the CPU that does not count as a handle, and *address, where its first element is; 0 after a
// failure. The memory stays until mn_storage_release, on any thread, also where the tensor is closed or given other memory (resize_).
int64_t mn_storage_retain(mn_tensor tensor, int64_t* address) MN_NOEXCEPT;
void mn_storage_release(int64_t storage) MN_NOEXCEPT;
// How many such references this process owns, and how many bytes they keep: a storage with several counts once.
int64_t mn_live_storages(int64_t* bytes) MN_NOEXCEPT;

// ---- what a tensor is ---------------------------------------------------------------------------------------------------

int64_t mn_dim(mn_tensor tensor) MN_NOEXCEPT;
// Writes mn_dim numbers each.
mn_status mn_sizes(mn_tensor tensor, int64_t* out) MN_NOEXCEPT;
mn_status mn_strides(mn_tensor tensor, int64_t* out) MN_NOEXCEPT;
int64_t mn_numel(mn_tensor tensor) MN_NOEXCEPT;
// A dtype of libtorch's that has no code here is a failure.
int32_t mn_dtype(mn_tensor tensor) MN_NOEXCEPT;
// libtorch's name of the dtype, also of one without a code; NULL after a failure.
const char* mn_dtype_name(mn_tensor tensor) MN_NOEXCEPT;
int32_t mn_device(mn_tensor tensor) MN_NOEXCEPT;
int64_t mn_storage_offset(mn_tensor tensor) MN_NOEXCEPT;
int32_t mn_is_contiguous(mn_tensor tensor) MN_NOEXCEPT;
// The address of the first element, 0 where there are no elements, and below 0 after a failure: of a tensor without memory, or
// whose memory does not hold its values (libtorch can leave negation and conjugation to whoever reads).
int64_t mn_data(mn_tensor tensor) MN_NOEXCEPT;
// The values in plain memory of the CPU, contiguous, of a dtype or (below 0) of their own, outside autograd: the tensor itself
// where it is that.
mn_tensor mn_plain(mn_tensor tensor, int32_t dtype) MN_NOEXCEPT;

// ---- data ---------------------------------------------------------------------------------------------------------------

// A contiguous tensor over memory that is not libtorch's. When libtorch lets go of it, on whatever thread that is, it
// calls released(id). Resizing gives the tensor memory of libtorch's.
mn_tensor mn_from_memory(
    int64_t address, const int64_t* sizes, int64_t sizes_size, int32_t dtype, void (*released)(int64_t), int64_t id) MN_NOEXCEPT;
// The only element of a tensor that is not complex, as a double or as an integer; the status says whether *out was written.
mn_status mn_item_double(mn_tensor tensor, double* out) MN_NOEXCEPT;
mn_status mn_item_int64(mn_tensor tensor, int64_t* out) MN_NOEXCEPT;

// ---- autograd -------------------------------------------------------------------------------------------------------------

int32_t mn_requires_grad(mn_tensor tensor) MN_NOEXCEPT;
mn_status mn_set_requires_grad(mn_tensor tensor, bool requires_grad) MN_NOEXCEPT;
int32_t mn_is_leaf(mn_tensor tensor) MN_NOEXCEPT;
mn_status mn_retain_grad(mn_tensor tensor) MN_NOEXCEPT;
// The accumulated gradient as a new handle; 0 with *status 0 where there is none.
mn_tensor mn_grad(mn_tensor tensor, mn_status* status) MN_NOEXCEPT;
mn_status mn_set_grad(mn_tensor tensor, mn_tensor gradient) MN_NOEXCEPT;
// Makes a tensor be another's data, dtype and device, in place: what it was made of is forgotten.
mn_status mn_set_data(mn_tensor tensor, mn_tensor data) MN_NOEXCEPT;
mn_status mn_backward(mn_tensor tensor, mn_tensor gradient, bool retain_graph, bool create_graph) MN_NOEXCEPT;
// Gradients of outputs with respect to inputs; take them with mn_take_results (0 where an input was not used).
int64_t mn_grad_of(
    const mn_tensor* outputs, int64_t outputs_size, const mn_tensor* gradients, int64_t gradients_size,
    const mn_tensor* inputs, int64_t inputs_size, bool retain_graph, bool create_graph, bool allow_unused) MN_NOEXCEPT;
// The grad mode of this thread; the setter returns what it was before.
int32_t mn_grad_enabled(void) MN_NOEXCEPT;
int32_t mn_set_grad_enabled(bool enabled) MN_NOEXCEPT;
// Autocast of this thread on a kind of device (MN_CPU, MN_CUDA): the lower dtype, below 0 where it is off. The setter gives what it was
// before through *before, and forgets the weights that were cast when it switches autocast off.
mn_status mn_set_autocast(int32_t device, int32_t dtype, int32_t* before) MN_NOEXCEPT;

// ---- random numbers and threads ---------------------------------------------------------------------------------------

mn_generator mn_generator_new(int64_t seed, int32_t device) MN_NOEXCEPT;
void mn_generator_release(mn_generator generator) MN_NOEXCEPT;
// How many generators this process owns.
int64_t mn_live_generators(void) MN_NOEXCEPT;
// 0 stands for the default generator of the CPU.
mn_status mn_generator_seed(mn_generator generator, int64_t seed) MN_NOEXCEPT;
mn_tensor mn_generator_state(mn_generator generator) MN_NOEXCEPT;
mn_status mn_generator_set_state(mn_generator generator, mn_tensor state) MN_NOEXCEPT;
// Seeds every default generator.
mn_status mn_manual_seed(int64_t seed) MN_NOEXCEPT;
int32_t mn_num_threads(void) MN_NOEXCEPT;
mn_status mn_set_num_threads(int32_t threads) MN_NOEXCEPT;
int32_t mn_cuda_available(void) MN_NOEXCEPT;

// ---- any op by its name -----------------------------------------------------------------------------------------------

// Both return 0 or NULL where no such op is registered. A handle to an op is valid until the process ends.
mn_op mn_op_find(const char* name, const char* overload) MN_NOEXCEPT;
const char* mn_op_schema(mn_op op) MN_NOEXCEPT;

// A boxed value is three int64_t: one of these kinds, a payload, and a size.
enum {
    MN_VALUE_NONE = 0,
    MN_VALUE_TENSOR = 1,        // payload: the handle
    MN_VALUE_INTEGER = 2,       // payload: the number
    MN_VALUE_DOUBLE = 3,        // payload: its bits
    MN_VALUE_BOOL = 4,          // payload: 0 or 1
    MN_VALUE_TEXT = 5,          // payload: address of a text; also for layouts and memory formats, by PyTorch's names
    MN_VALUE_TENSORS = 6,       // payload: address of size handles
    MN_VALUE_INTEGERS = 7,      // payload: address of size int64_t
    MN_VALUE_DOUBLES = 8,       // payload: address of size doubles
    MN_VALUE_GENERATOR = 9,     // payload: the generator
    MN_VALUE_BOOLS = 10,        // payload: address of size int64_t, each 0 or 1
    MN_VALUE_DTYPE = 11,        // payload: MN_BOOL to MN_FLOAT64
    MN_VALUE_DEVICE = 12        // payload: MN_CPU, or MN_CUDA plus an index
};
// Calls with n boxed values. Returns how many values came back; mn_op_take_results writes three int64_t for each. A result that is
// none of the kinds above, such as a complex number, is a failure.
// Tensors among them are owned by the caller; addresses hold until the next boxed call on this thread.
int64_t mn_op_call(mn_op op, const int64_t* values, int64_t n) MN_NOEXCEPT;
void mn_op_take_results(int64_t* out) MN_NOEXCEPT;

// ---- whole steps ------------------------------------------------------------------------------------------------------

// Forgets the gradients of n tensors.
mn_status mn_zero_grad(const mn_tensor* parameters, int64_t n) MN_NOEXCEPT;
// Scales the gradients of n tensors so that their global L2 norm is at most max_norm, as torch.nn.utils.clip_grad_norm_
// does; *norm is the norm before. Tensors without a gradient are passed over.
mn_status mn_clip_grad_norm(const mn_tensor* parameters, int64_t n, double max_norm, double* norm) MN_NOEXCEPT;
// One AdamW step over n parameters with their moments and (float32, one element) step counts, through
// aten::_fused_adamw_. Parameters without a gradient are passed over.
mn_status mn_adamw_step(
    const mn_tensor* parameters, const mn_tensor* exp_avgs, const mn_tensor* exp_avg_sqs, const mn_tensor* steps, int64_t n,
    double lr, double beta1, double beta2, double weight_decay, double eps) MN_NOEXCEPT;

#ifdef __cplusplus
#pragma GCC visibility pop
}
#endif

#endif
