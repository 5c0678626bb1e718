// Gradients, and the modes of the calling thread.
#include "doors.h"

#include <ATen/autocast_mode.h>
#include <c10/core/InferenceMode.h>
#include <c10/core/GradMode.h>
#include <torch/csrc/autograd/autograd.h>
#include <torch/csrc/autograd/variable.h>
#include <torch/version.h>

// gradients: null, or one handle a root, null for a root of one element.
SOSIA_EXPORT Status sosia_backward(void* const* roots, int32_t count, void* const* gradients, int32_t retain_graph, int32_t create_graph) {
  return sosia::guarded([&] {
    torch::autograd::backward(sosia::take_all(roots, count), sosia::take_all(gradients, count), retain_graph != 0, create_graph != 0);
  });
}

// results: one handle an input, owned by the caller; null where the roots do not depend on it.
SOSIA_EXPORT Status sosia_grad(
    void* const* roots, int32_t count, void* const* gradients, void* const* inputs, int32_t input_count,
    int32_t retain_graph, int32_t create_graph, int32_t allow_unused, void** results) {
  return sosia::guarded([&] {
    auto found = torch::autograd::grad(
        sosia::take_all(roots, count), sosia::take_all(inputs, input_count), sosia::take_all(gradients, count),
        retain_graph != 0, create_graph != 0, allow_unused != 0);
    for (auto& gradient : found) {
      *results++ = sosia::give(std::move(gradient));
    }
  });
}

SOSIA_EXPORT Status sosia_tensor_set_requires_grad(void* handle, int32_t requires_grad) {
  return sosia::guarded([&] {
    auto tensor = sosia::take(handle);
    if (requires_grad == 0 && !tensor.is_leaf()) {
      throw sosia::ArgumentFault("what an operation made cannot be told to require no gradient: detach it");
    }

    tensor.set_requires_grad(requires_grad != 0);
  });
}

SOSIA_EXPORT Status sosia_tensor_is_leaf(void* handle, int32_t* leaf) {
  return sosia::guarded([&] { *leaf = sosia::take(handle).is_leaf(); });
}

// gradient: owned by the caller, null when there is none.
SOSIA_EXPORT Status sosia_tensor_grad(void* handle, void** gradient) {
  return sosia::guarded([&] { *gradient = sosia::give(sosia::take(handle).grad()); });
}

SOSIA_EXPORT Status sosia_tensor_set_grad(void* handle, void* gradient) {
  return sosia::guarded([&] { sosia::take(handle).mutable_grad() = sosia::take(gradient); });
}

SOSIA_EXPORT int32_t sosia_grad_mode(int32_t enabled) {
  auto before = c10::GradMode::is_enabled();
  c10::GradMode::set_enabled(enabled != 0);
  return before;
}

SOSIA_EXPORT Status sosia_inference_enter(void** guard) {
  return sosia::guarded([&] { *guard = new c10::InferenceMode(true); });
}

SOSIA_EXPORT void sosia_inference_leave(void* guard) {
  delete static_cast<c10::InferenceMode*>(guard);
}

struct Autocast {
  int32_t enabled;
  int32_t type; // ScalarType
};

#if TORCH_VERSION_MAJOR > 2 || (TORCH_VERSION_MAJOR == 2 && TORCH_VERSION_MINOR >= 4)
static Autocast autocast_of(c10::DeviceType device) {
  return {at::autocast::is_autocast_enabled(device), static_cast<int32_t>(at::autocast::get_autocast_dtype(device))};
}

static void set_autocast(c10::DeviceType device, Autocast mode) {
  at::autocast::set_autocast_enabled(device, mode.enabled != 0);
  at::autocast::set_autocast_dtype(device, static_cast<at::ScalarType>(mode.type));
}
#else
static Autocast autocast_of(c10::DeviceType device) {
  return device == c10::DeviceType::CPU
      ? Autocast{at::autocast::is_cpu_enabled(), static_cast<int32_t>(at::autocast::get_autocast_cpu_dtype())}
      : Autocast{at::autocast::is_enabled(), static_cast<int32_t>(at::autocast::get_autocast_gpu_dtype())};
}

static void set_autocast(c10::DeviceType device, Autocast mode) {
  if (device == c10::DeviceType::CPU) {
    at::autocast::set_cpu_enabled(mode.enabled != 0);
    at::autocast::set_autocast_cpu_dtype(static_cast<at::ScalarType>(mode.type));
    return;
  }

  at::autocast::set_enabled(mode.enabled != 0);
  at::autocast::set_autocast_gpu_dtype(static_cast<at::ScalarType>(mode.type));
}
#endif

// Sets the mode of a kind of device and gives the one before. Casts of weights are kept until the outermost mode ends.
SOSIA_EXPORT Status sosia_autocast_enter(int32_t device, Autocast mode, Autocast* before) {
  return sosia::guarded([&] {
    auto type = static_cast<c10::DeviceType>(device);
    if (type != c10::DeviceType::CPU && type != c10::DeviceType::CUDA) {
      throw sosia::ArgumentFault("autocast knows CPU and CUDA");
    }

    *before = autocast_of(type);
    set_autocast(type, mode);
    at::autocast::increment_nesting();
  });
}

SOSIA_EXPORT Status sosia_autocast_leave(int32_t device, Autocast before) {
  return sosia::guarded([&] {
    if (at::autocast::decrement_nesting() == 0) {
      at::autocast::clear_cache();
    }

    set_autocast(static_cast<c10::DeviceType>(device), before);
  });
}

SOSIA_EXPORT Status sosia_autocast(int32_t device, Autocast* mode) {
  return sosia::guarded([&] { *mode = autocast_of(static_cast<c10::DeviceType>(device)); });
}
