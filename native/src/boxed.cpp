// Any op by its name, through the dispatcher's boxed calling convention.
#include "arguments.h"
#include "deadly.h"

#include <ATen/core/dispatch/Dispatcher.h>
#include <c10/core/Layout.h>
#include <c10/core/MemoryFormat.h>
#include <c10/core/QScheme.h>

#include <deque>
#include <mutex>
#include <string>
#include <unordered_map>

using namespace mneme;

namespace {

struct Op {
    c10::OperatorHandle handle;
    std::string schema;
    deadly::Check check;
};

struct BoxedValue {
    int64_t kind, payload, size;
};

// What the last boxed call of this thread returned, and the memory its lists and texts point to.
struct BoxedResults {
    std::vector<c10::IValue> values;
    std::vector<BoxedValue> boxed;  // of tensors the kind and the size only
    std::vector<std::vector<int64_t>> lists;
    std::deque<std::string> texts;
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

// To the dispatcher a layout or a memory format is an integer of libtorch's, whose value nobody knows by heart.
struct Named {
    const char* name;
    int64_t value;
};

constexpr Named layouts[] = {
    {"strided", static_cast<int64_t>(at::kStrided)},     {"sparse_coo", static_cast<int64_t>(at::kSparse)},
    {"sparse_csr", static_cast<int64_t>(at::kSparseCsr)}, {"sparse_csc", static_cast<int64_t>(at::kSparseCsc)},
    {"sparse_bsr", static_cast<int64_t>(at::kSparseBsr)}, {"sparse_bsc", static_cast<int64_t>(at::kSparseBsc)},
    {"jagged", static_cast<int64_t>(at::kJagged)},        {"_mkldnn", static_cast<int64_t>(at::kMkldnn)},
};

constexpr Named memory_formats[] = {
    {"contiguous_format", static_cast<int64_t>(at::MemoryFormat::Contiguous)},
    {"preserve_format", static_cast<int64_t>(at::MemoryFormat::Preserve)},
    {"channels_last", static_cast<int64_t>(at::MemoryFormat::ChannelsLast)},
    {"channels_last_3d", static_cast<int64_t>(at::MemoryFormat::ChannelsLast3d)},
};

template <size_t n>
int64_t named(const Named (&names)[n], const std::string& name, const c10::Argument& argument) {
    std::string known;
    for (const Named& each : names) {
        if (name == each.name) {
            return each.value;
        }
        known += std::string(known.empty() ? "" : ", ") + each.name;
    }
    TORCH_CHECK_VALUE(false, "argument ", argument.name(), " is one of ", known, ", and \"", name, "\" was given");
}

template <size_t n>
std::string name_of(const Named (&names)[n], int64_t value) {
    for (const Named& each : names) {
        if (value == each.value) {
            return each.name;
        }
    }
    TORCH_CHECK_TYPE(false, "the result is a layout or memory format without a name in these bindings");
}

// The type that the schema states, without its `?`; what the dispatcher makes of it can be less.
c10::TypePtr stated(const c10::Argument& argument) {
    const c10::TypePtr& real = argument.real_type();
    auto optional = real->cast<c10::OptionalType>();
    return optional ? optional->getElementType() : real;
}

// As `stated`, as the dispatcher sees it: an int where the schema has a ScalarType.
c10::TypePtr seen(const c10::Argument& argument) {
    auto optional = argument.type()->cast<c10::OptionalType>();
    return optional ? optional->getElementType() : argument.type();
}

bool is_list_of(const c10::Argument& argument, c10::TypeKind kind) {
    auto list = seen(argument)->cast<c10::ListType>();
    return list && list->getElementType()->kind() == kind;
}

[[noreturn]] void refuse(const c10::Argument& argument, const c10::FunctionSchema& schema, const std::string& given) {
    TORCH_CHECK_TYPE(
        false, "argument ", argument.name(), " of ", schema.operator_name(), " is of type ", argument.real_type()->repr_str(), ", and a ",
        given, " was given");
}

c10::IValue unbox(const BoxedValue& value, const c10::Argument& argument, const c10::FunctionSchema& schema) {
    c10::TypeKind type = stated(argument)->kind();
    switch (value.kind) {
        case MN_VALUE_NONE:
            return c10::IValue();
        case MN_VALUE_TENSOR:
            return *Borrowed(value.payload);
        case MN_VALUE_INTEGER:
            if (type == c10::TypeKind::FloatType) {
                return static_cast<double>(value.payload);
            } else if (type == c10::TypeKind::ScalarTypeType || type == c10::TypeKind::LayoutType || type == c10::TypeKind::MemoryFormatType) {
                refuse(argument, schema, "number");
            }
            return value.payload;
        case MN_VALUE_DTYPE:
            if (type != c10::TypeKind::ScalarTypeType) {
                refuse(argument, schema, "dtype");
            }
            return static_cast<int64_t>(dtype_of(static_cast<int32_t>(value.payload)));
        case MN_VALUE_DEVICE:
            return device_of(static_cast<int32_t>(value.payload));
        case MN_VALUE_DOUBLE:
            return as_double(value.payload);
        case MN_VALUE_BOOL:
            return value.payload != 0;
        case MN_VALUE_TEXT: {
            std::string text(reinterpret_cast<const char*>(value.payload));
            if (type == c10::TypeKind::LayoutType) {
                return named(layouts, text, argument);
            } else if (type == c10::TypeKind::MemoryFormatType) {
                return named(memory_formats, text, argument);
            }
            return text;
        }
        case MN_VALUE_TENSORS: {
            const auto* handles = reinterpret_cast<const mn_tensor*>(value.payload);
            if (is_list_of(argument, c10::TypeKind::OptionalType)) {
                return optional_tensors(handles, value.size);
            }
            return c10::List<at::Tensor>(at::TensorList(tensors(handles, value.size)));
        }
        case MN_VALUE_INTEGERS: {
            at::IntArrayRef list = ints(reinterpret_cast<const int64_t*>(value.payload), value.size);
            if (is_list_of(argument, c10::TypeKind::FloatType)) {
                return std::vector<double>(list.begin(), list.end());
            }
            return c10::List<int64_t>(list);
        }
        case MN_VALUE_DOUBLES:
            return c10::List<double>(
                at::ArrayRef<double>(reinterpret_cast<const double*>(value.payload), static_cast<size_t>(value.size)));
        case MN_VALUE_BOOLS: {
            c10::List<bool> list;
            for (int64_t each : ints(reinterpret_cast<const int64_t*>(value.payload), value.size)) {
                list.push_back(each != 0);
            }
            return list;
        }
        case MN_VALUE_GENERATOR:
            return generator_of(value.payload);
        default:
            TORCH_CHECK_TYPE(false, "no boxed value has the kind ", value.kind);
    }
}

// Checked before the call: the dispatcher itself only asserts on a stack that does not fit.
void check_type(const c10::IValue& value, const c10::Argument& argument, const c10::FunctionSchema& schema) {
    // int and float are subtypes of Scalar, so only that type itself takes each of the three, and only lists of it lists of them.
    bool scalar = seen(argument)->kind() == c10::TypeKind::NumberType && (value.isInt() || value.isDouble() || value.isBool());
    bool scalars = is_list_of(argument, c10::TypeKind::NumberType) && (value.isIntList() || value.isDoubleList() || value.isBoolList());
    if (!scalar && !scalars && !value.type()->isSubtypeOf(*argument.type())) {
        refuse(argument, schema, value.type()->repr_str());
    }
}

template <class List>
BoxedValue box_list(int64_t kind, const List& list) {
    auto& kept = boxed_results.lists.emplace_back();
    for (const auto& each : list) {
        kept.push_back(static_cast<int64_t>(each));
    }
    return {kind, reinterpret_cast<int64_t>(kept.data()), static_cast<int64_t>(kept.size())};
}

BoxedValue box_text(std::string&& text) {
    boxed_results.texts.push_back(std::move(text));
    return {MN_VALUE_TEXT, reinterpret_cast<int64_t>(boxed_results.texts.back().c_str()), 0};
}

BoxedValue box_integer(int64_t value, c10::TypeKind type) {
    switch (type) {
        case c10::TypeKind::ScalarTypeType:
            return {MN_VALUE_DTYPE, dtype_code(static_cast<at::ScalarType>(value)), 0};
        case c10::TypeKind::LayoutType:
            return box_text(name_of(layouts, value));
        case c10::TypeKind::MemoryFormatType:
            return box_text(name_of(memory_formats, value));
        case c10::TypeKind::QSchemeType:
            return box_text(toString(static_cast<at::QScheme>(value)));
        default:
            return {MN_VALUE_INTEGER, value, 0};
    }
}

BoxedValue box(const c10::IValue& value, const c10::Argument& result, const c10::FunctionSchema& schema) {
    if (value.isNone()) {
        return {MN_VALUE_NONE, 0, 0};
    } else if (value.isTensor()) {
        return {MN_VALUE_TENSOR, 0, 0};
    } else if (value.isInt()) {
        return box_integer(value.toInt(), stated(result)->kind());
    } else if (value.isDouble()) {
        return {MN_VALUE_DOUBLE, as_bits(value.toDouble()), 0};
    } else if (value.isBool()) {
        return {MN_VALUE_BOOL, value.toBool() ? 1 : 0, 0};
    } else if (value.isString()) {
        return box_text(std::string(value.toStringRef()));
    } else if (value.isDevice()) {
        return {MN_VALUE_DEVICE, device_code(value.toDevice()), 0};
    } else if (value.isTensorList()) {
        return box_list(MN_VALUE_TENSORS, std::vector<int64_t>(value.toTensorList().size()));
    } else if (value.isIntList()) {
        return box_list(MN_VALUE_INTEGERS, value.toIntVector());
    } else if (value.isBoolList()) {
        return box_list(MN_VALUE_BOOLS, value.toBoolList().vec());
    } else if (value.isDoubleList()) {
        std::vector<int64_t> bits;
        for (double each : value.toDoubleVector()) {
            bits.push_back(as_bits(each));
        }
        return box_list(MN_VALUE_DOUBLES, bits);
    }
    TORCH_CHECK_TYPE(
        false, "a result of ", schema.operator_name(), " is of type ", value.type()->repr_str(), ", which has no counterpart in these bindings");
}

// Called where nothing can fail any more, so that no handle is lost.
void own_tensors(const c10::IValue& value, BoxedValue& boxed) noexcept {
    if (boxed.kind == MN_VALUE_TENSOR) {
        boxed.payload = own(value.toTensor());
    } else if (boxed.kind == MN_VALUE_TENSORS) {
        auto* handles = reinterpret_cast<mn_tensor*>(boxed.payload);
        for (const at::Tensor& tensor : value.toTensorList()) {
            *handles++ = own(tensor);
        }
    }
}

}  // namespace

mn_op mn_op_find(const char* name, const char* overload) noexcept {
    return guarded<mn_op>(0, [&]() -> mn_op {
        static std::mutex mutex;
        static auto& ops = *new std::unordered_map<c10::OperatorName, Op>;  // never destroyed: handles point into it
        c10::OperatorName full{std::string(text(name)), overload == nullptr ? std::string() : std::string(overload)};
        std::lock_guard<std::mutex> lock(mutex);
        auto known = ops.find(full);
        if (known == ops.end()) {
            auto found = c10::Dispatcher::singleton().findSchema(full);
            if (!found.has_value()) {
                return 0;
            }
            known = ops.emplace(full, Op{*found, c10::toString(found->schema()), deadly::check_of(found->schema())}).first;
        }
        return reinterpret_cast<mn_op>(&known->second);
    });
}

const char* mn_op_schema(mn_op op) noexcept { return op == 0 ? nullptr : reinterpret_cast<Op*>(op)->schema.c_str(); }

int64_t mn_op_call(mn_op op, const int64_t* values, int64_t n) noexcept {
    return count([&] {
        TORCH_CHECK_VALUE(op != 0, "an op is required here, and none was given");
        const Op& found = *reinterpret_cast<Op*>(op);
        const c10::FunctionSchema& schema = found.handle.schema();
        const auto& arguments = schema.arguments();
        TORCH_CHECK_VALUE(
            n <= static_cast<int64_t>(arguments.size()), schema.operator_name(), " takes at most ", arguments.size(),
            " arguments, and ", n, " were given");
        torch::jit::Stack stack;
        for (size_t i = 0; i < arguments.size(); i++) {
            if (static_cast<int64_t>(i) < n) {
                stack.push_back(unbox(reinterpret_cast<const BoxedValue*>(values)[i], arguments[i], schema));
                check_type(stack.back(), arguments[i], schema);
            } else {
                TORCH_CHECK_VALUE(
                    arguments[i].default_value().has_value(), "argument ", arguments[i].name(), " of ",
                    schema.operator_name(), " has no default, and was not given");
                stack.push_back(*arguments[i].default_value());
            }
        }
        if (found.check != nullptr) {
            found.check(schema, stack);
        }
        found.handle.callBoxed(stack);
        boxed_results = {};
        for (size_t i = 0; i < stack.size(); i++) {
            boxed_results.boxed.push_back(box(stack[i], schema.returns()[i], schema));
        }
        boxed_results.values = std::move(stack);
        return static_cast<int64_t>(boxed_results.values.size());
    });
}

void mn_op_take_results(int64_t* out) noexcept {
    for (size_t i = 0; i < boxed_results.values.size(); i++) {
        own_tensors(boxed_results.values[i], boxed_results.boxed[i]);
        reinterpret_cast<BoxedValue*>(out)[i] = boxed_results.boxed[i];
    }
    boxed_results.values.clear();
}
