// One hook for functions whose derivative is written in the managed language.
#include "doors.h"

#include <c10/core/GradMode.h>
#include <torch/csrc/autograd/function.h>
#include <torch/csrc/autograd/saved_variable.h>
#include <torch/csrc/autograd/variable.h>

#include <algorithm>

namespace {

// gradients: one handle an output, null where none arrived, borrowed; saved: borrowed; results: one handle an input, given
// to the caller, null for none. Returns 0, or another number with a message (UTF-8, ended by zero) in the buffer.
using Backward = int32_t (*)(
    void* state, void* const* gradients, int32_t gradient_count, void* const* saved, int32_t saved_count, void** results,
    int32_t result_count, char* message, int32_t message_capacity);
using Release = void (*)(void* state);

struct ManagedFunction : torch::autograd::Node {
  ManagedFunction(Backward backward, Release release, void* state) : backward_(backward), release_(release), state_(state) {}

  ~ManagedFunction() override {
    release_(state_);
  }

  std::string name() const override {
    return "ManagedFunction";
  }

  void release_variables() override {
    saved_.clear();
    released_ = true;
  }

  void save(const at::Tensor& tensor, bool is_output) {
    saved_.emplace_back(tensor, is_output);
  }

  torch::autograd::variable_list apply(torch::autograd::variable_list&& gradients) override {
    if (released_) {
      throw std::runtime_error("backward through the same graph twice: its saved tensors are gone; ask for retain_graph the first time");
    }

    torch::autograd::variable_list saved;
    for (const auto& variable : saved_) {
      saved.push_back(variable.unpack(shared_from_this()));
    }

    std::vector<void*> results(num_outputs(), nullptr);
    char message[1024] = "";
    auto status = backward_(
        state_, borrowed(gradients).data(), static_cast<int32_t>(gradients.size()), borrowed(saved).data(), static_cast<int32_t>(saved.size()),
        results.data(), static_cast<int32_t>(results.size()), message, sizeof(message));
    torch::autograd::variable_list given;
    for (auto* result : results) {
      auto* impl = static_cast<c10::TensorImpl*>(result);
      given.push_back(impl == nullptr ? at::Tensor() : at::Tensor(c10::intrusive_ptr<c10::TensorImpl, c10::UndefinedTensorImpl>::reclaim(impl)));
    }

    if (status != 0) {
      throw std::runtime_error(message);
    }

    return given;
  }

 private:
  static std::vector<void*> borrowed(const torch::autograd::variable_list& tensors) {
    std::vector<void*> handles;
    for (const auto& tensor : tensors) {
      handles.push_back(tensor.defined() ? tensor.unsafeGetTensorImpl() : nullptr);
    }

    return handles;
  }

  Backward backward_;
  Release release_;
  void* state_;
  std::vector<torch::autograd::SavedVariable> saved_;
  bool released_ = false;
};

bool contains(void* const* handles, int32_t count, void* handle) {
  return std::find(handles, handles + count, handle) != handles + count;
}

} // namespace

// Makes outputs, computed without a graph, depend on inputs through backward; not where nothing is recorded, and not when
// no input requires a gradient. Release is called once, in any case.
SOSIA_EXPORT Status sosia_function_attach(
    void* const* inputs, int32_t input_count, void* const* outputs, int32_t output_count, void* const* saved, int32_t saved_count,
    Backward backward, Release release, void* state) {
  return sosia::guarded([&] {
    auto node = std::shared_ptr<ManagedFunction>(new ManagedFunction(backward, release, state), torch::autograd::deleteNode);
    auto sources = sosia::take_all(inputs, input_count);
    auto results = sosia::take_all(outputs, output_count);
    for (const auto& output : results) {
      if (!output.defined() || output.requires_grad() || !torch::autograd::isDifferentiableType(output.scalar_type()) ||
          contains(inputs, input_count, output.unsafeGetTensorImpl())) {
        throw sosia::ArgumentFault("an output must be a new tensor of a floating type, computed without a graph");
      }
    }

    auto wanted = [](const at::Tensor& input) { return input.requires_grad(); };
    if (!c10::GradMode::is_enabled() || std::none_of(sources.begin(), sources.end(), wanted)) {
      return;
    }

    torch::autograd::edge_list edges;
    for (auto& input : sources) {
      edges.push_back(input.requires_grad() ? torch::autograd::impl::gradient_edge(input) : torch::autograd::Edge());
    }

    node->set_next_edges(std::move(edges));
    for (const auto& output : results) {
      torch::autograd::impl::set_gradient_edge(output, {node, node->add_input_metadata(output)});
    }

    for (int32_t i = 0; i < saved_count; i++) {
      node->save(sosia::take(saved[i]), contains(outputs, output_count, saved[i]));
    }
  });
}
