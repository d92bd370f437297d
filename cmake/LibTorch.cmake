# Finds libtorch and defines the target LibTorch::torch. Looked for in this order:
#   1. -DLIBTORCH=DIR, or the environment variable LIBTORCH: the libtorch C++ distribution, or a `torch` folder;
#   2. a `torch` that the python3 on the PATH can import;
#   3. the cache, libtorch-<version> in the folder that MNEME_CACHE names, else in $XDG_CACHE_HOME/mneme, else in ~/.cache/mneme;
#   4. a download of the CPU wheel, which holds the libtorch distribution, into 3: DownloadLibtorch.java says from where.
# A program that uses the shim looks for libtorch in 1 to 3 (dev.mneme.torch.Libtorch).
if(NOT DEFINED MNEME_LIBTORCH_VERSION)
  set(MNEME_LIBTORCH_VERSION 2.13.0)
endif()
# Of torch-2.13.0+cpu-cp311-cp311-manylinux_2_28_x86_64.whl; of the wheel of a version that -DMNEME_LIBTORCH_VERSION names, none is known.
set(MNEME_LIBTORCH_SHA256_2.13.0 6746dbcbeb526eb61330b76b41ff1b4eb848951103a892eeb080dfa2b264667b)
set(MNEME_LIBTORCH_OLDEST 2.11)
set(MNEME_LIBTORCH_NEWER_THAN_ANY 2.15)
if(NOT "$ENV{MNEME_CACHE}" STREQUAL "")
  set(MNEME_LIBTORCH_CACHE "$ENV{MNEME_CACHE}")
elseif("$ENV{XDG_CACHE_HOME}" MATCHES "^/")
  set(MNEME_LIBTORCH_CACHE "$ENV{XDG_CACHE_HOME}/mneme")
else()
  set(home "$ENV{HOME}")
  if(home STREQUAL "") # as in a service: what the password file says
    execute_process(COMMAND bash -c "unset HOME; echo ~" OUTPUT_VARIABLE home OUTPUT_STRIP_TRAILING_WHITESPACE)
  endif()
  set(MNEME_LIBTORCH_CACHE "${home}/.cache/mneme")
endif()
if(NOT IS_ABSOLUTE "${MNEME_LIBTORCH_CACHE}")
  message(FATAL_ERROR "MNEME_CACHE=$ENV{MNEME_CACHE} is not an absolute path. Give one that begins with /, or unset it.")
endif()
string(APPEND MNEME_LIBTORCH_CACHE /libtorch-${MNEME_LIBTORCH_VERSION})
set(LIBTORCH "" CACHE PATH "the libtorch C++ distribution, or a `torch` folder")
set(tried "")

# Sets <result> to what is wrong with the libtorch in <folder>, or to nothing, and LIBTORCH_FOUND_VERSION.
function(check_libtorch folder result)
  set(header ${folder}/include/torch/headeronly/version.h)
  if(NOT EXISTS ${header})
    set(header ${folder}/include/torch/csrc/api/include/torch/version.h)
  endif()
  if(NOT EXISTS ${folder}/lib/libtorch_cpu.so)
    set(${result} "it has no lib/libtorch_cpu.so" PARENT_SCOPE)
    return()
  elseif(NOT EXISTS ${header})
    set(${result} "it has no headers (include/torch)" PARENT_SCOPE)
    return()
  endif()
  file(STRINGS ${header} lines REGEX "define TORCH_VERSION_(MAJOR|MINOR|PATCH) ")
  string(REGEX REPLACE "[^0-9;]" "" numbers "${lines}")
  string(REPLACE ";" "." version "${numbers}")
  set(LIBTORCH_FOUND_VERSION ${version} PARENT_SCOPE)
  if(version VERSION_LESS MNEME_LIBTORCH_OLDEST OR NOT version VERSION_LESS MNEME_LIBTORCH_NEWER_THAN_ANY)
    set(${result} "it is version ${version}, and ${MNEME_LIBTORCH_OLDEST} to 2.14 are supported" PARENT_SCOPE)
  else()
    set(${result} "" PARENT_SCOPE)
  endif()
endfunction()

# Takes <folder> if it holds a usable libtorch; otherwise notes in `tried` why not.
macro(try_libtorch folder how)
  check_libtorch("${folder}" wrong)
  if(wrong STREQUAL "")
    set(LIBTORCH_DIR "${folder}")
  else()
    string(APPEND tried "\n  - ${how}: ${folder}: ${wrong}")
  endif()
endmacro()

set(LIBTORCH_DIR "")
if(LIBTORCH)
  try_libtorch(${LIBTORCH} "-DLIBTORCH")
elseif(NOT "$ENV{LIBTORCH}" STREQUAL "")
  try_libtorch($ENV{LIBTORCH} "the environment variable LIBTORCH")
else()
  # Only looks where the module is: importing torch would take seconds.
  execute_process(
    COMMAND python3 -c "import importlib.util as u; print(u.find_spec('torch').submodule_search_locations[0])"
    OUTPUT_VARIABLE python_torch OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET RESULT_VARIABLE python_failed)
  if(python_failed)
    string(APPEND tried "\n  - the torch that python3 imports: python3 found none")
  else()
    try_libtorch(${python_torch} "the torch that python3 imports")
  endif()
  if(NOT LIBTORCH_DIR)
    try_libtorch(${MNEME_LIBTORCH_CACHE} "the cache")
  endif()
  if(NOT LIBTORCH_DIR)
    execute_process(
      COMMAND ${CMAKE_CURRENT_LIST_DIR}/download-libtorch
        ${MNEME_LIBTORCH_VERSION} "${MNEME_LIBTORCH_SHA256_${MNEME_LIBTORCH_VERSION}}" ${MNEME_LIBTORCH_CACHE}
      RESULT_VARIABLE download_failed ERROR_VARIABLE download_error)
    if(download_failed)
      string(STRIP "${download_error}" download_error)
      string(REPLACE "\n" "\n  - " download_error "${download_error}")
      string(APPEND tried "\n  - ${download_error}")
    else()
      try_libtorch(${MNEME_LIBTORCH_CACHE} "the download")
    endif()
  endif()
endif()

if(NOT LIBTORCH_DIR)
  message(FATAL_ERROR
    "libtorch was not found. Tried:${tried}\n"
    "Three ways out:\n"
    "  1. unpack the libtorch C++ distribution and set LIBTORCH=DIR in the environment (or pass -DLIBTORCH=DIR);\n"
    "  2. python3 -m pip install torch, for the python3 on the PATH;\n"
    "  3. name an index that serves torch==${MNEME_LIBTORCH_VERSION}+cpu in pip's configuration or in MNEME_TORCH_INDEX, and build again.\n")
endif()

check_libtorch(${LIBTORCH_DIR} wrong)
set(MNEME_LIBTORCH_USED ${LIBTORCH_DIR} CACHE INTERNAL "the libtorch of this build, for the launcher")
message(STATUS "libtorch ${LIBTORCH_FOUND_VERSION}: ${LIBTORCH_DIR}")

add_library(LibTorch::torch INTERFACE IMPORTED)
target_include_directories(LibTorch::torch SYSTEM INTERFACE
  ${LIBTORCH_DIR}/include ${LIBTORCH_DIR}/include/torch/csrc/api/include)
target_link_libraries(LibTorch::torch INTERFACE ${LIBTORCH_DIR}/lib/libtorch_cpu.so ${LIBTORCH_DIR}/lib/libc10.so)
# A second OpenMP library would start threads of its own beside libtorch's.
file(GLOB openmp ${LIBTORCH_DIR}/lib/libgomp*.so* ${LIBTORCH_DIR}/../torch.libs/libgomp*.so*)
if(openmp)
  list(GET openmp 0 openmp)
  target_link_libraries(LibTorch::torch INTERFACE ${openmp})
else()
  target_link_libraries(LibTorch::torch INTERFACE gomp)
endif()
set(MNEME_CUDA_VERSION none)
if(EXISTS ${LIBTORCH_DIR}/lib/libtorch_cuda.so)
  # Nothing here calls into libtorch_cuda by name: it registers its kernels by being loaded.
  target_link_libraries(LibTorch::torch INTERFACE
    "-Wl,--no-as-needed" ${LIBTORCH_DIR}/lib/libtorch_cuda.so ${LIBTORCH_DIR}/lib/libc10_cuda.so "-Wl,--as-needed")
  set(MNEME_CUDA_VERSION found)
endif()
