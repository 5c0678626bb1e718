#include "doors.h"

#include <cstdlib>
#include <cstring>
#include <limits>

namespace sosia {

static thread_local std::string last_error;

Status remember(Status status, const char* message) noexcept {
  try {
    last_error = message;
  } catch (...) {
    last_error.clear();
  }

  return status;
}

// Out of memory has its own exception on GPUs only.
Status classify(const c10::Error& error) noexcept {
  const char* message = error.what_without_backtrace();
  bool memory = dynamic_cast<const c10::OutOfMemoryError*>(&error) != nullptr || std::strstr(message, "can't allocate memory") != nullptr ||
      std::strstr(message, "out of memory") != nullptr;
  return remember(memory ? status_memory : status_failed, message);
}

int32_t kibibytes(const at::Tensor& tensor) noexcept {
  auto* impl = tensor.unsafeGetTensorImpl();
  if (!tensor.defined() || !impl->has_storage()) {
    return 0;
  }

  auto bytes = static_cast<int64_t>(impl->numel()) * static_cast<int64_t>(impl->itemsize());
  auto kib = (bytes + 1023) / 1024;
  return static_cast<int32_t>(std::min<int64_t>(kib, std::numeric_limits<int32_t>::max()));
}

} // namespace sosia

SOSIA_EXPORT int32_t sosia_interface_version() {
  return sosia_interface;
}

SOSIA_EXPORT const char* sosia_last_error() {
  return sosia::last_error.c_str();
}

SOSIA_EXPORT void sosia_free(void* memory) {
  std::free(memory);
}
