// Any op by its name, through the dispatcher's boxed calling convention.
#include "arguments.h"

#include <ATen/core/dispatch/Dispatcher.h>

#include <string>
#include <unordered_map>

using namespace mneme;

namespace {

struct Op {
    c10::OperatorHandle handle;
    std::string schema;
};

struct BoxedValue {
    int64_t kind, payload, size;
};

// What the last boxed call of this thread returned, and the memory its lists point to.
struct BoxedResults {
    std::vector<c10::IValue> values;
    std::vector<std::vector<int64_t>> lists;
    std::vector<std::string> texts;
};

thread_local BoxedResults boxed_results;

double as_double(int64_t bits) {
    double value;
    __builtin_memcpy(&value, &bits, sizeof value);
    return value;
}

int64_t as_bits(double value) {
    int64_t bits;
    __builtin_memcpy(&bits, &value, sizeof bits);
    return bits;
}

// An integer is a dtype or a device where the schema says so (both are integers to the dispatcher).
c10::IValue integer_value(int64_t payload, const c10::Argument& argument) {
    const c10::TypePtr& real = argument.real_type();
    c10::TypePtr type = real;
    if (auto optional = real->cast<c10::OptionalType>()) {
        type = optional->getElementType();
    }
    switch (type->kind()) {
        case c10::TypeKind::ScalarTypeType:
            return static_cast<int64_t>(dtype_of(static_cast<int32_t>(payload)));
        case c10::TypeKind::DeviceObjType:
            return device_of(static_cast<int32_t>(payload));
        case c10::TypeKind::FloatType:
            return static_cast<double>(payload);
        default:
            return payload;
    }
}

c10::IValue tensor_list(const mn_tensor* handles, int64_t n, const c10::Argument& argument) {
    c10::TypePtr type = argument.type();
    if (auto optional = type->cast<c10::OptionalType>()) {
        type = optional->getElementType();
    }
    auto list = type->cast<c10::ListType>();
    if (list && list->getElementType()->kind() == c10::TypeKind::OptionalType) {
        return optional_tensors(handles, n);
    }
    return c10::List<at::Tensor>(at::TensorList(tensors(handles, n)));
}

c10::IValue unbox(const BoxedValue& value, const c10::Argument& argument) {
    switch (value.kind) {
        case MN_VALUE_NONE:
            return c10::IValue();
        case MN_VALUE_TENSOR:
            return *Borrowed(value.payload);
        case MN_VALUE_INTEGER:
            return integer_value(value.payload, argument);
        case MN_VALUE_DOUBLE:
            return as_double(value.payload);
        case MN_VALUE_BOOL:
            return value.payload != 0;
        case MN_VALUE_TEXT:
            return std::string(reinterpret_cast<const char*>(value.payload));
        case MN_VALUE_TENSORS:
            return tensor_list(reinterpret_cast<const mn_tensor*>(value.payload), value.size, argument);
        case MN_VALUE_INTEGERS:
            return c10::List<int64_t>(ints(reinterpret_cast<const int64_t*>(value.payload), value.size));
        case MN_VALUE_DOUBLES:
            return c10::List<double>(
                at::ArrayRef<double>(reinterpret_cast<const double*>(value.payload), static_cast<size_t>(value.size)));
        case MN_VALUE_GENERATOR:
            return generator_of(value.payload);
        default:
            TORCH_CHECK_TYPE(false, "no boxed value has the kind ", value.kind);
    }
}

// Checked before the call: the dispatcher itself only asserts on a stack that does not fit.
void check_type(const c10::IValue& value, const c10::Argument& argument, const c10::FunctionSchema& schema) {
    c10::TypePtr type = argument.type();
    if (auto optional = type->cast<c10::OptionalType>()) {
        type = optional->getElementType();
    }
    // int and float are subtypes of Scalar, so only that type itself takes each of the three.
    bool scalar = type->kind() == c10::TypeKind::NumberType &&
        (value.isInt() || value.isDouble() || value.isBool());
    TORCH_CHECK_TYPE(
        scalar || value.type()->isSubtypeOf(*argument.type()), "argument ", argument.name(), " of ", schema.operator_name(),
        " is of type ", argument.type()->repr_str(), ", and a ", value.type()->repr_str(), " was given");
}

BoxedValue box_list(std::vector<int64_t>&& list, int64_t kind) {
    boxed_results.lists.push_back(std::move(list));
    const auto& kept = boxed_results.lists.back();
    return {kind, reinterpret_cast<int64_t>(kept.data()), static_cast<int64_t>(kept.size())};
}

BoxedValue box(const c10::IValue& value) {
    if (value.isNone()) {
        return {MN_VALUE_NONE, 0, 0};
    } else if (value.isTensor()) {
        return {MN_VALUE_TENSOR, own(value.toTensor()), 0};
    } else if (value.isInt()) {
        return {MN_VALUE_INTEGER, value.toInt(), 0};
    } else if (value.isDouble()) {
        return {MN_VALUE_DOUBLE, as_bits(value.toDouble()), 0};
    } else if (value.isBool()) {
        return {MN_VALUE_BOOL, value.toBool() ? 1 : 0, 0};
    } else if (value.isString()) {
        boxed_results.texts.push_back(value.toStringRef());
        return {MN_VALUE_TEXT, reinterpret_cast<int64_t>(boxed_results.texts.back().c_str()), 0};
    } else if (value.isTensorList()) {
        std::vector<int64_t> handles;
        for (const at::Tensor& tensor : value.toTensorVector()) {
            handles.push_back(own(tensor));
        }
        return box_list(std::move(handles), MN_VALUE_TENSORS);
    } else if (value.isIntList()) {
        return box_list(value.toIntVector(), MN_VALUE_INTEGERS);
    } else if (value.isDoubleList()) {
        std::vector<int64_t> bits;
        for (double each : value.toDoubleVector()) {
            bits.push_back(as_bits(each));
        }
        return box_list(std::move(bits), MN_VALUE_DOUBLES);
    }
    return {MN_VALUE_NONE, 0, 0};
}

}  // namespace

// Handles to ops live as long as the process: an op is looked up once and then called many times.
mn_op mn_op_find(const char* name, const char* overload) noexcept {
    return guarded<mn_op>(0, [&]() -> mn_op {
        auto found = c10::Dispatcher::singleton().findSchema(
            {std::string(text(name)), overload == nullptr ? std::string() : std::string(overload)});
        if (!found.has_value()) {
            return 0;
        }
        return reinterpret_cast<mn_op>(new Op{*found, c10::toString(found->schema())});
    });
}

const char* mn_op_schema(mn_op op) noexcept { return op == 0 ? nullptr : reinterpret_cast<Op*>(op)->schema.c_str(); }

int64_t mn_op_call(mn_op op, const int64_t* values, int64_t n) noexcept {
    return count([&] {
        TORCH_CHECK_VALUE(op != 0, "an op is required here, and none was given");
        const c10::OperatorHandle& handle = reinterpret_cast<Op*>(op)->handle;
        const c10::FunctionSchema& schema = handle.schema();
        const auto& arguments = schema.arguments();
        TORCH_CHECK_VALUE(
            n <= static_cast<int64_t>(arguments.size()), schema.operator_name(), " takes at most ", arguments.size(),
            " arguments, and ", n, " were given");
        torch::jit::Stack stack;
        for (size_t i = 0; i < arguments.size(); i++) {
            if (static_cast<int64_t>(i) < n) {
                stack.push_back(unbox(reinterpret_cast<const BoxedValue*>(values)[i], arguments[i]));
                check_type(stack.back(), arguments[i], schema);
            } else {
                TORCH_CHECK_VALUE(
                    arguments[i].default_value().has_value(), "argument ", arguments[i].name(), " of ",
                    schema.operator_name(), " has no default, and was not given");
                stack.push_back(*arguments[i].default_value());
            }
        }
        handle.callBoxed(stack);
        boxed_results = {std::move(stack), {}, {}};
        return static_cast<int64_t>(boxed_results.values.size());
    });
}

void mn_op_take_results(int64_t* out) noexcept {
    status([&] {
        auto* boxed = reinterpret_cast<BoxedValue*>(out);
        boxed_results.lists.reserve(boxed_results.values.size());
        boxed_results.texts.reserve(boxed_results.values.size());
        for (const c10::IValue& value : boxed_results.values) {
            *boxed++ = box(value);
        }
        boxed_results.values.clear();
    });
}
