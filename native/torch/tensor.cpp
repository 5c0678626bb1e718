// Handles of tensors: what they are, and where their bytes lie.
#include "doors.h"

SOSIA_EXPORT void sosia_tensor_release(void* handle) {
  if (handle != nullptr) {
    c10::intrusive_ptr<c10::TensorImpl, c10::UndefinedTensorImpl>::reclaim(static_cast<c10::TensorImpl*>(handle));
  }
}

// Another reference to the same tensor.
SOSIA_EXPORT Status sosia_tensor_share(void* handle, void** shared) {
  return sosia::guarded([&] { *shared = sosia::give(sosia::take(handle)); });
}

struct TensorFacts {
  int64_t elements;
  int64_t bytes; // of the elements
  int32_t dimensions;
  int32_t type; // ScalarType
  int32_t device_type;
  int32_t device_index;
  int32_t contiguous;
  int32_t requires_grad;
};

SOSIA_EXPORT Status sosia_tensor_facts(void* handle, TensorFacts* facts) {
  return sosia::guarded([&] {
    auto tensor = sosia::take(handle);
    facts->elements = tensor.numel();
    facts->bytes = static_cast<int64_t>(tensor.numel()) * static_cast<int64_t>(tensor.element_size());
    facts->dimensions = static_cast<int32_t>(tensor.dim());
    facts->type = static_cast<int32_t>(tensor.scalar_type());
    facts->device_type = static_cast<int32_t>(tensor.device().type());
    facts->device_index = tensor.device().index();
    facts->contiguous = tensor.layout() == c10::kStrided && tensor.is_contiguous(); // others cannot say
    facts->requires_grad = tensor.requires_grad();
  });
}

// shape and strides: room for as many numbers as the tensor has dimensions.
SOSIA_EXPORT Status sosia_tensor_layout(void* handle, int64_t* shape, int64_t* strides) {
  return sosia::guarded([&] {
    auto tensor = sosia::take(handle);
    std::copy(tensor.sizes().begin(), tensor.sizes().end(), shape);
    if (tensor.layout() == c10::kStrided) {
      std::copy(tensor.strides().begin(), tensor.strides().end(), strides);
    }
  });
}

// The first element, where the processor can read it; the tensor must be contiguous.
SOSIA_EXPORT Status sosia_tensor_data(void* handle, void** data) {
  return sosia::guarded([&] {
    auto tensor = sosia::take(handle);
    if (!tensor.device().is_cpu() || !tensor.is_contiguous() || !tensor.has_storage() || tensor.is_neg() || tensor.is_conj()) {
      throw sosia::ArgumentFault("only a contiguous tensor on the CPU can be read in place, and no lazy negative or conjugate");
    }

    *data = tensor.data_ptr();
  });
}
