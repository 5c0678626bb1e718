// What every exported function shares: no exception leaves the library.
#pragma once

#include "sosia_torch.h"

#include <ATen/core/Tensor.h>
#include <c10/util/Exception.h>

#include <stdexcept>
#include <string>
#include <vector>

namespace sosia {

struct ArgumentFault : std::runtime_error {
  using std::runtime_error::runtime_error;
};

struct UnknownOperator : std::runtime_error {
  using std::runtime_error::runtime_error;
};

Status remember(Status status, const char* message) noexcept; // for sosia_last_error
Status classify(const c10::Error& error) noexcept;

// Runs the body of an exported function; each of libtorch's exceptions becomes a status and a message.
template <class Body>
Status guarded(Body&& body) noexcept {
  try {
    body();
    return status_ok;
  } catch (const ArgumentFault& fault) {
    return remember(status_argument, fault.what());
  } catch (const UnknownOperator& fault) {
    return remember(status_unknown, fault.what());
  } catch (const c10::Error& error) {
    return classify(error);
  } catch (const std::bad_alloc&) {
    return remember(status_memory, "not enough memory");
  } catch (const std::exception& error) {
    return remember(status_failed, error.what());
  } catch (...) {
    return remember(status_failed, "an exception of unknown kind");
  }
}

// A handle is a counted reference to libtorch's tensor. Null stands for an undefined tensor in both directions.
inline void* give(at::Tensor tensor) {
  return tensor.defined() ? tensor.unsafeReleaseTensorImpl() : nullptr;
}

// Borrows: the caller's reference stays the caller's.
inline at::Tensor take(void* handle) {
  if (handle == nullptr) {
    return at::Tensor();
  }

  auto* impl = static_cast<c10::TensorImpl*>(handle);
  return at::Tensor(c10::intrusive_ptr<c10::TensorImpl, c10::UndefinedTensorImpl>::reclaim_copy(impl));
}

inline std::vector<at::Tensor> take_all(void* const* handles, int32_t count) {
  std::vector<at::Tensor> tensors;
  tensors.reserve(count);
  for (int32_t i = 0; i < count; i++) {
    tensors.push_back(take(handles == nullptr ? nullptr : handles[i]));
  }

  return tensors;
}

int32_t kibibytes(const at::Tensor& tensor) noexcept;

} // namespace sosia
