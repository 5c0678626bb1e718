// The libtorch that was found: version, build, threads, GPUs.
#include "doors.h"

#include <ATen/Parallel.h>
#include <ATen/Version.h>
#include <torch/cuda.h>
#include <torch/version.h>

#include <dlfcn.h>

SOSIA_EXPORT const char* sosia_torch_version() {
  return TORCH_VERSION;
}

SOSIA_EXPORT const char* sosia_torch_build() {
  static const std::string build = at::show_config();
  return build.c_str();
}

// Of the BLAS that libtorch was linked with, where it is OpenBLAS; else null.
static void* openblas(const char* symbol) {
  static void* self = [] {
    Dl_info info;
    return dladdr(reinterpret_cast<void*>(&sosia_torch_version), &info) != 0 ? dlopen(info.dli_fname, RTLD_LAZY | RTLD_NOLOAD) : nullptr;
  }();
  return self == nullptr ? nullptr : dlsym(self, symbol); // searches what it depends on, too
}

SOSIA_EXPORT const char* sosia_openblas_build() {
  auto config = reinterpret_cast<char* (*)()>(openblas("openblas_get_config"));
  return config == nullptr ? nullptr : config();
}

SOSIA_EXPORT int32_t sosia_threads() {
  return at::get_num_threads();
}

// Of the calling thread's operators; OpenBLAS keeps threads of its own and must be told apart.
SOSIA_EXPORT Status sosia_set_threads(int32_t threads) {
  return sosia::guarded([&] {
    if (threads < 1 || threads > 4096) {
      throw sosia::ArgumentFault("the number of threads must be between 1 and 4096");
    }

    at::set_num_threads(threads);
    if (auto set = reinterpret_cast<void (*)(int)>(openblas("openblas_set_num_threads"))) {
      set(threads);
    }
  });
}

SOSIA_EXPORT int32_t sosia_cuda_devices() {
  try {
    return torch::cuda::is_available() ? static_cast<int32_t>(torch::cuda::device_count()) : 0;
  } catch (...) {
    return 0; // a driver that does not fit
  }
}

SOSIA_EXPORT Status sosia_cuda_synchronize(int32_t device) {
  return sosia::guarded([&] { torch::cuda::synchronize(device); });
}
