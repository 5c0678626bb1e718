// Generators of random numbers.
#include "doors.h"

#include <ATen/CPUGeneratorImpl.h>
#include <ATen/Context.h>
#include <ATen/core/Generator.h>

#include <mutex>

static at::Generator generator_of(void* handle) {
  return at::Generator(c10::intrusive_ptr<c10::GeneratorImpl>::reclaim_copy(static_cast<c10::GeneratorImpl*>(handle)));
}

// Seeds the default generators of the processor and of every GPU.
SOSIA_EXPORT Status sosia_manual_seed(uint64_t seed) {
  return sosia::guarded([&] { at::manual_seed(seed); });
}

SOSIA_EXPORT Status sosia_generator(uint64_t seed, void** generator) {
  return sosia::guarded([&] { *generator = at::make_generator<at::CPUGeneratorImpl>(seed).unsafeReleaseGeneratorImpl(); });
}

// The one that operators use when none is given.
SOSIA_EXPORT Status sosia_generator_default(int32_t device_type, int32_t device_index, void** generator) {
  return sosia::guarded([&] {
    auto device = c10::Device(static_cast<c10::DeviceType>(device_type), static_cast<c10::DeviceIndex>(device_index));
    at::Generator shared = at::globalContext().defaultGenerator(device);
    *generator = shared.unsafeReleaseGeneratorImpl();
  });
}

SOSIA_EXPORT void sosia_generator_release(void* generator) {
  c10::intrusive_ptr<c10::GeneratorImpl>::reclaim(static_cast<c10::GeneratorImpl*>(generator));
}

SOSIA_EXPORT Status sosia_generator_seed(void* handle, uint64_t seed) {
  return sosia::guarded([&] {
    auto generator = generator_of(handle);
    std::lock_guard<std::mutex> hold(generator.mutex());
    generator.set_current_seed(seed);
  });
}

// state: a tensor of bytes, owned by the caller.
SOSIA_EXPORT Status sosia_generator_state(void* handle, void** state) {
  return sosia::guarded([&] {
    auto generator = generator_of(handle);
    std::lock_guard<std::mutex> hold(generator.mutex());
    *state = sosia::give(generator.get_state());
  });
}

SOSIA_EXPORT Status sosia_generator_set_state(void* handle, void* state) {
  return sosia::guarded([&] {
    auto generator = generator_of(handle);
    std::lock_guard<std::mutex> hold(generator.mutex());
    generator.set_state(sosia::take(state));
  });
}
