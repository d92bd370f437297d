#include "error.h"

#include <c10/util/Exception.h>

#include <cstring>
#include <exception>
#include <new>
#include <string>

namespace mneme {
namespace {

struct LastError {
    mn_status kind = 0;
    std::string message;
    std::exception_ptr exception;  // of libtorch, for its trace: finding the names on the stack takes long, and nearly nobody asks
    std::string trace;
};

thread_local LastError last_error;

mn_status record(mn_status kind, const char* message) {
    last_error.kind = kind;
    last_error.message = message;
    last_error.exception = nullptr;
    return kind;
}

mn_status record(mn_status kind, const c10::Error& error) {
    record(kind, error.what_without_backtrace());
    last_error.exception = std::current_exception();
    return kind;
}

// The allocator of the CPU has no exception of its own for it.
bool lacks_memory(const c10::Error& error) {
    return std::strstr(error.what_without_backtrace(), "DefaultCPUAllocator: ") != nullptr;
}

mn_status record_in_flight() {
    try {
        throw;
    } catch (const c10::IndexError& e) {
        return record(MN_ERROR_INDEX, e);
    } catch (const c10::ValueError& e) {
        return record(MN_ERROR_VALUE, e);
    } catch (const c10::TypeError& e) {
        return record(MN_ERROR_TYPE, e);
    } catch (const c10::NotImplementedError& e) {
        return record(MN_ERROR_NOT_IMPLEMENTED, e);
    } catch (const c10::OutOfMemoryError& e) {
        return record(MN_ERROR_OUT_OF_MEMORY, e);
    } catch (const c10::LinAlgError& e) {
        return record(MN_ERROR_LINALG, e);
    } catch (const c10::Error& e) {
        return record(lacks_memory(e) ? MN_ERROR_OUT_OF_MEMORY : MN_ERROR_OTHER, e);
    } catch (const std::bad_alloc& e) {
        return record(MN_ERROR_OUT_OF_MEMORY, e.what());
    } catch (const std::exception& e) {
        return record(MN_ERROR_OTHER, e.what());
    } catch (...) {
        return record(MN_ERROR_OTHER, "a C++ exception of an unknown type");
    }
}

}  // namespace

mn_status record_error() noexcept {
    try {
        return record_in_flight();
    } catch (...) {  // not even the text could be stored
        last_error.kind = MN_ERROR_OUT_OF_MEMORY;
        last_error.message.clear();
        last_error.exception = nullptr;
        return MN_ERROR_OUT_OF_MEMORY;
    }
}

}  // namespace mneme

int32_t mn_error_kind(void) noexcept { return mneme::last_error.kind; }
const char* mn_error_message(void) noexcept { return mneme::last_error.message.c_str(); }

const char* mn_error_trace(void) noexcept {
    mneme::LastError& last = mneme::last_error;
    last.trace.clear();
    if (last.exception) {
        try {
            std::rethrow_exception(last.exception);
        } catch (const std::exception& e) {
            last.trace = e.what();
        } catch (...) {
        }
    }
    return last.trace.c_str();
}
