// What this library was built against, and what is loaded with it.
#include "mneme/core.h"

#include <ATen/Version.h>
#include <torch/headeronly/version.h>

#include <string>

#ifndef MN_HEADER_HASH
#error "MN_HEADER_HASH is set by native/CMakeLists.txt"
#endif

#define MN_TEXT_(x) #x
#define MN_TEXT(x) MN_TEXT_(x)

const char* mn_stamp(void) noexcept {
    return "headers=" MN_HEADER_HASH ";libtorch=" TORCH_VERSION ";cuda=" MN_CUDA_VERSION ";abi=" MN_TEXT(_GLIBCXX_USE_CXX11_ABI) ";";
}

const char* mn_libtorch_build(void) noexcept {
    try {
        static const std::string build = at::show_config();
        return build.c_str();
    } catch (...) {
        return "";
    }
}

// libtorch has no function for its version; the description of its build names it.
const char* mn_libtorch_version(void) noexcept {
    try {
        static const std::string version = [] {
            std::string build = mn_libtorch_build();
            const std::string key = "TORCH_VERSION=";
            size_t start = build.find(key);
            return start == std::string::npos
                ? std::string()
                : build.substr(start + key.size(), build.find_first_of(", \n", start) - start - key.size());
        }();
        return version.c_str();
    } catch (...) {
        return "";
    }
}
