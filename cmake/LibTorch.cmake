# Finds libtorch and defines the target LibTorch::torch. Looked for in this order:
#   1. -DLIBTORCH=DIR, or the environment variable LIBTORCH: the libtorch C++ distribution, or a `torch` folder;
#   2. a `torch` that the python3 on the PATH can import;
#   3. the cache, ~/.cache/mneme/libtorch-<version>, where step 4 puts it;
#   4. `pip download` of the CPU wheel, which holds the libtorch distribution.
set(MNEME_LIBTORCH_VERSION 2.13.0)
set(MNEME_LIBTORCH_OLDEST 2.11)
set(MNEME_LIBTORCH_NEWER_THAN_ANY 2.15)
set(MNEME_LIBTORCH_CACHE $ENV{HOME}/.cache/mneme/libtorch-${MNEME_LIBTORCH_VERSION})
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
    message(STATUS "Downloading libtorch ${MNEME_LIBTORCH_VERSION} (the CPU wheel) to ${MNEME_LIBTORCH_CACHE}")
    execute_process(
      COMMAND ${CMAKE_CURRENT_LIST_DIR}/download-libtorch ${MNEME_LIBTORCH_VERSION} ${MNEME_LIBTORCH_CACHE}
      RESULT_VARIABLE download_failed ERROR_VARIABLE download_error OUTPUT_QUIET)
    if(download_failed)
      string(STRIP "${download_error}" download_error)
      string(APPEND tried "\n  - pip download torch==${MNEME_LIBTORCH_VERSION}+cpu: ${download_error}")
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
    "  3. configure pip with an index that serves torch==${MNEME_LIBTORCH_VERSION}+cpu and build again.\n")
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
