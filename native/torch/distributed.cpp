// Several processes as one: libtorch's c10d with Gloo, and with NCCL on GPUs, each where its headers were there.
#include "doors.h"

#include <cstdint>

enum GroupBackend : int32_t { backend_gloo = 0, backend_nccl = 1 };

struct GroupOptions {
  int32_t backend; // of enum GroupBackend
  int32_t rank;
  int32_t size;
  int32_t port;
  int64_t timeout; // milliseconds
  int32_t round; // apart from other groups at the same address
  int32_t hosted; // whether the launcher has the store, and not rank 0
  const char* address; // of the store
  const char* host; // address of this machine that the others reach it by; empty: that of its name
};

#define WITHOUT_GLOO \
  "this bridge was compiled without Gloo: install the headers that belong to the libtorch (Debian, Ubuntu: sudo apt-get install libgloo-dev), and run scripts/torch.sh again"
#define WITHOUT_NCCL "this bridge was compiled without NCCL: nccl.h and the headers of CUDA were not found (CUDA_HOME says where they are); run scripts/torch.sh again"

#if defined(USE_C10D_GLOO) || defined(USE_C10D_NCCL)

#include <torch/csrc/distributed/c10d/PrefixStore.hpp>
#include <torch/csrc/distributed/c10d/ProcessGroup.hpp>
#include <torch/csrc/distributed/c10d/TCPStore.hpp>
#ifdef USE_C10D_GLOO
#include <torch/csrc/distributed/c10d/ProcessGroupGloo.hpp>
#endif
#ifdef USE_C10D_NCCL
#include <torch/csrc/distributed/c10d/ProcessGroupNCCL.hpp>
#endif
#include <torch/version.h>

#include <algorithm>
#include <cstdlib>
#include <sstream>
#include <thread>

namespace {

using Milliseconds = std::chrono::milliseconds;
#if TORCH_VERSION_MAJOR >= 2
using Transport = c10d::Backend;
#else
using Transport = c10d::ProcessGroup;
#endif

struct Group {
  c10::intrusive_ptr<c10d::Store> store; // rank 0's serves the others as long as it lives
  c10::intrusive_ptr<Transport> transport;
  int rank;
  int size;
  bool checks; // whether every call is compared with that of the others first
};

// Later versions would take a server that not every build has.
template <class Options>
auto without_uv(Options& options, int) -> decltype(options.useLibUV = false, void()) {
  options.useLibUV = false;
}

template <class Options>
void without_uv(Options&, long) {}

std::string numbers(const std::vector<int>& values) {
  std::ostringstream text;
  for (size_t i = 0; i < values.size(); i++) {
    text << (i == 0 ? "" : ", ") << values[i];
  }

  return text.str();
}

std::string presence(int rank) {
  return "rank/" + std::to_string(rank);
}

// Waits until every process has come to the store.
void meet(c10d::Store& store, const GroupOptions& options) {
  if (store.add(presence(options.rank), 1) != 1) {
    throw sosia::ArgumentFault("another process is rank " + std::to_string(options.rank) + " already");
  }

  auto end = std::chrono::steady_clock::now() + Milliseconds(options.timeout);
  std::vector<int> missing(options.size);
  std::generate(missing.begin(), missing.end(), [next = 0]() mutable { return next++; });
  while (true) {
    auto here = [&](int rank) { return store.check({presence(rank)}); };
    missing.erase(std::remove_if(missing.begin(), missing.end(), here), missing.end());
    if (missing.empty()) {
      return;
    }

    if (std::chrono::steady_clock::now() > end) {
      throw std::runtime_error("after " + std::to_string(options.timeout / 1000.0).substr(0, 5) + " s there is no rank " + numbers(missing));
    }

    std::this_thread::sleep_for(Milliseconds(10));
  }
}

c10::intrusive_ptr<c10d::Store> open_store(const GroupOptions& options) {
  c10d::TCPStoreOptions store;
  store.port = static_cast<uint16_t>(options.port);
  store.isServer = options.rank == 0 && options.hosted == 0;
  store.waitWorkers = false; // it would not say who is missing
  store.timeout = Milliseconds(options.timeout);
  without_uv(store, 0);
  auto all = c10::make_intrusive<c10d::TCPStore>(options.address, store);
  auto own = c10::make_intrusive<c10d::PrefixStore>("sosia/" + std::to_string(options.round), all);
  own->setTimeout(Milliseconds(options.timeout));
  meet(*own, options);
  return own;
}

#ifdef USE_C10D_GLOO
// GLOO_SOCKET_IFNAME names network interfaces, as with PyTorch; else it is the one that leads to the store.
std::vector<std::shared_ptr<::gloo::transport::Device>> devices(const char* host) {
  std::vector<std::shared_ptr<::gloo::transport::Device>> found;
  const char* interfaces = std::getenv("GLOO_SOCKET_IFNAME");
  std::istringstream names(interfaces == nullptr ? "" : interfaces);
  for (std::string name; std::getline(names, name, ',');) {
    found.push_back(c10d::ProcessGroupGloo::createDeviceForInterface(name));
  }

  if (found.empty()) {
    found.push_back(*host == 0 ? c10d::ProcessGroupGloo::createDefaultDevice() : c10d::ProcessGroupGloo::createDeviceForHostname(host));
  }

  return found;
}

c10::intrusive_ptr<Transport> open_gloo(const c10::intrusive_ptr<c10d::Store>& store, const GroupOptions& options) {
  auto gloo = c10d::ProcessGroupGloo::Options::create(Milliseconds(options.timeout));
  gloo->devices = devices(options.host);
  return c10::make_intrusive<c10d::ProcessGroupGloo>(store, options.rank, options.size, gloo);
}
#endif

#ifdef USE_C10D_NCCL
c10::intrusive_ptr<Transport> open_nccl(const c10::intrusive_ptr<c10d::Store>& store, const GroupOptions& options) {
  // Waiting throws when time is over; else a thread of libtorch's would end the process.
  setenv("NCCL_BLOCKING_WAIT", "1", 0);
  setenv("TORCH_NCCL_BLOCKING_WAIT", "1", 0);
  auto nccl = c10d::ProcessGroupNCCL::Options::create();
  nccl->timeout = Milliseconds(options.timeout);
  return c10::make_intrusive<c10d::ProcessGroupNCCL>(store, options.rank, options.size, nccl);
}
#endif

void require_compiled(bool nccl) {
#ifndef USE_C10D_GLOO
  if (!nccl) {
    throw sosia::ArgumentFault(WITHOUT_GLOO);
  }
#endif
#ifndef USE_C10D_NCCL
  if (nccl) {
    throw sosia::ArgumentFault(WITHOUT_NCCL);
  }
#endif
}

c10::intrusive_ptr<Transport> open(const c10::intrusive_ptr<c10d::Store>& store, const GroupOptions& options) {
#ifdef USE_C10D_NCCL
  if (options.backend == backend_nccl) {
    return open_nccl(store, options);
  }
#endif
#ifdef USE_C10D_GLOO
  return open_gloo(store, options);
#else
  return nullptr;
#endif
}

// --- What all processes must call alike ------------------------------------------------------------

enum Kind : int64_t { kind_all_reduce, kind_all_gather, kind_broadcast, kind_barrier };
constexpr const char* kinds[] = {"all-reduce", "all-gather", "broadcast", "barrier"};
constexpr int call_length = 6; // kind, root or operation, tensors, elements, type of the first, hash of shapes and types

std::vector<int64_t> describe(Kind kind, int64_t detail, const std::vector<at::Tensor>& tensors) {
  int64_t elements = 0;
  uint64_t hash = 14695981039346656037ULL; // FNV-1a
  auto mix = [&](int64_t value) { hash = (hash ^ static_cast<uint64_t>(value)) * 1099511628211ULL; };
  for (const auto& tensor : tensors) {
    elements += tensor.numel();
    mix(static_cast<int64_t>(tensor.scalar_type()));
    mix(tensor.dim());
    for (auto size : tensor.sizes()) {
      mix(size);
    }
  }

  auto type = tensors.empty() ? at::kFloat : tensors[0].scalar_type();
  return {kind, detail, static_cast<int64_t>(tensors.size()), elements, static_cast<int64_t>(type), static_cast<int64_t>(hash)};
}

std::string say(const int64_t* call) {
  std::ostringstream text;
  text << (call[0] == kind_all_reduce && call[1] != 0 ? "all-reduce to the largest" : kinds[call[0]]);
  if (call[0] == kind_broadcast) {
    text << " from " << call[1];
  }

  if (call[0] != kind_barrier) {
    text << " of " << call[3] << " elements in " << call[2] << " tensors, the first of type " << c10::toString(static_cast<at::ScalarType>(call[4]));
  }

  return text.str();
}

// Gloo ends the process when sizes differ, so they are compared first.
void agree(Group& group, Kind kind, int64_t detail, const std::vector<at::Tensor>& tensors) {
  if (!group.checks) {
    return;
  }

  auto own = describe(kind, detail, tensors);
  std::vector<at::Tensor> input = {at::tensor(own, at::kLong)};
  auto calls = at::empty({group.size, call_length}, at::kLong);
  std::vector<std::vector<at::Tensor>> output = {calls.unbind(0)};
  group.transport->allgather(output, input)->wait();
  for (int rank = 0; rank < group.size; rank++) {
    auto* other = calls.data_ptr<int64_t>() + rank * call_length;
    if (!std::equal(own.begin(), own.end(), other)) {
      throw sosia::ArgumentFault(
          "the processes do not call the same: rank " + std::to_string(rank) + " is at " + say(other) + ", rank " + std::to_string(group.rank) + " at " + say(own.data()) +
          (other[3] == own[3] ? "; shapes or types differ" : ""));
    }
  }
}

void require_dense(const std::vector<at::Tensor>& tensors) {
  for (const auto& tensor : tensors) {
    if (!tensor.defined() || tensor.layout() != at::kStrided || !tensor.is_contiguous()) {
      throw sosia::ArgumentFault("a tensor is not contiguous");
    }
  }
}

// They are written past autograd, which must hear of it.
void changed(const std::vector<at::Tensor>& tensors) {
  for (const auto& tensor : tensors) {
    if (!tensor.is_inference()) {
      tensor.unsafeGetTensorImpl()->bump_version();
    }
  }
}

template <class Start>
void each(std::vector<at::Tensor> tensors, Start start) {
  std::vector<c10::intrusive_ptr<c10d::Work>> works;
  for (auto& tensor : tensors) {
    std::vector<at::Tensor> one = {tensor};
    works.push_back(start(one));
  }

  for (auto& work : works) {
    work->wait();
  }

  changed(tensors);
}

Group& group_of(void* handle) {
  return *static_cast<Group*>(handle);
}

} // namespace

SOSIA_EXPORT Status sosia_group(const GroupOptions* options, void** group) {
  return sosia::guarded([&] {
    require_compiled(options->backend == backend_nccl);
    auto store = open_store(*options);
    *group = new Group{store, open(store, *options), options->rank, options->size, options->backend == backend_gloo};
  });
}

SOSIA_EXPORT void sosia_group_release(void* group) {
  sosia::guarded([&] { delete static_cast<Group*>(group); });
}

// In place. operation: 0 sum, 1 largest.
SOSIA_EXPORT Status sosia_group_all_reduce(void* handle, void* const* tensors, int32_t count, int32_t operation) {
  return sosia::guarded([&] {
    auto& group = group_of(handle);
    auto all = sosia::take_all(tensors, count);
    require_dense(all);
    agree(group, kind_all_reduce, operation, all);
    c10d::AllreduceOptions options;
    options.reduceOp = operation == 0 ? c10d::ReduceOp::SUM : c10d::ReduceOp::MAX;
    each(all, [&](std::vector<at::Tensor>& one) { return group.transport->allreduce(one, options); });
  });
}

// gathered: the rows of all in the order of the ranks, owned by the caller.
SOSIA_EXPORT Status sosia_group_all_gather(void* handle, void* tensor, void** gathered) {
  return sosia::guarded([&] {
    auto& group = group_of(handle);
    std::vector<at::Tensor> input = {sosia::take(tensor).detach()};
    require_dense(input);
    agree(group, kind_all_gather, 0, input);
    if (input[0].dim() == 0) {
      throw sosia::ArgumentFault("a tensor without dimensions has no rows to gather");
    }

    auto shape = input[0].sizes().vec();
    shape[0] *= group.size;
    auto output = at::empty(shape, input[0].options().requires_grad(false));
    std::vector<std::vector<at::Tensor>> parts = {output.tensor_split(group.size, 0)};
    group.transport->allgather(parts, input)->wait();
    *gathered = sosia::give(std::move(output));
  });
}

// In place.
SOSIA_EXPORT Status sosia_group_broadcast(void* handle, void* const* tensors, int32_t count, int32_t from) {
  return sosia::guarded([&] {
    auto& group = group_of(handle);
    auto all = sosia::take_all(tensors, count);
    require_dense(all);
    agree(group, kind_broadcast, from, all);
    c10d::BroadcastOptions options;
    options.rootRank = from;
    each(all, [&](std::vector<at::Tensor>& one) { return group.transport->broadcast(one, options); });
  });
}

SOSIA_EXPORT Status sosia_group_barrier(void* handle) {
  return sosia::guarded([&] {
    auto& group = group_of(handle);
    agree(group, kind_barrier, 0, {});
    group.transport->barrier()->wait();
  });
}

#else

static Status without() {
  return sosia::remember(status_argument, WITHOUT_GLOO);
}

SOSIA_EXPORT Status sosia_group(const GroupOptions* options, void**) {
  return options->backend == backend_nccl ? sosia::remember(status_argument, WITHOUT_NCCL) : without();
}

SOSIA_EXPORT void sosia_group_release(void*) {}

SOSIA_EXPORT Status sosia_group_all_reduce(void*, void* const*, int32_t, int32_t) {
  return without();
}

SOSIA_EXPORT Status sosia_group_all_gather(void*, void*, void**) {
  return without();
}

SOSIA_EXPORT Status sosia_group_broadcast(void*, void* const*, int32_t, int32_t) {
  return without();
}

SOSIA_EXPORT Status sosia_group_barrier(void*) {
  return without();
}

#endif
