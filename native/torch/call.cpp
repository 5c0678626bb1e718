// The one door: an operator by name, and its boxed call. A boxed call checks nothing, so its arguments are checked before (arguments.cpp).
#include "arguments.h"

#include <ATen/core/LegacyTypeDispatch.h>
#include <ATen/core/dispatch/Dispatcher.h>
#include <c10/core/GradMode.h>

#include <cstdlib>
#include <memory>
#include <mutex>
#include <unordered_map>

namespace {

Value tensor_result(at::Tensor tensor) {
  Value value{};
  value.tag = tensor.defined() ? tag_tensor : tag_none;
  value.count = sosia::kibibytes(tensor);
  value.handle = sosia::give(std::move(tensor));
  return value;
}

template <class Range>
Value array_result(Tag tag, const Range& range) {
  using Element = std::decay_t<decltype(range[0])>;
  auto array = static_cast<Element*>(std::malloc(std::max<size_t>(1, range.size() * sizeof(Element))));
  if (array == nullptr) {
    throw std::bad_alloc();
  }

  std::copy(range.begin(), range.end(), array);
  Value value{};
  value.tag = tag;
  value.count = static_cast<int32_t>(range.size());
  value.pointer = array;
  return value;
}

Value result(c10::IValue&& output) {
  Value value{};
  if (output.isNone()) {
    value.tag = tag_none;
  } else if (output.isTensor()) {
    return tensor_result(std::move(output).toTensor());
  } else if (output.isInt()) {
    value.tag = tag_int;
    value.integer = output.toInt();
  } else if (output.isDouble()) {
    value.tag = tag_double;
    value.number = output.toDouble();
  } else if (output.isBool()) {
    value.tag = tag_bool;
    value.integer = output.toBool();
  } else if (output.isTensorList()) {
    std::vector<void*> handles;
    for (const auto& tensor : output.toTensorVector()) {
      handles.push_back(sosia::give(tensor));
    }

    return array_result(tag_tensors, handles);
  } else if (output.isIntList()) {
    return array_result(tag_ints, output.toIntVector());
  } else if (output.isDoubleList()) {
    return array_result(tag_doubles, output.toDoubleVector());
  } else {
    throw std::runtime_error("the operator returns a " + output.tagKind() + ", which this interface does not carry");
  }

  return value;
}

} // namespace

struct Operator {
  c10::OperatorHandle handle;
  std::vector<sosia::Parameter> parameters;
  int32_t results;
  bool writes; // into one of its arguments
  bool pairs; // the elements of its lists
  std::string schema;
};

namespace {

std::unique_ptr<Operator> resolve(const char* name, const char* overload) {
  auto handle = c10::Dispatcher::singleton().findSchema({name, overload});
  if (!handle) {
    throw sosia::UnknownOperator("this libtorch has no operator " + std::string(name) + (*overload == 0 ? "" : ".") + overload);
  }

  const auto& schema = handle->schema();
  auto found = std::make_unique<Operator>(Operator{*handle, {}, static_cast<int32_t>(schema.returns().size()), false, false, c10::toString(schema)});
  found->pairs = schema.name().rfind("aten::_foreach_", 0) == 0;
  for (const auto& argument : schema.arguments()) {
    found->parameters.push_back(sosia::parameter_of(argument));
    found->writes |= argument.alias_info() != nullptr && argument.alias_info()->isWrite();
  }

  return found;
}

// Some kernels of 2.6 read past the end of the shorter list.
void require_pairs(const Operator& op, const Value* arguments, int32_t count) {
  for (int32_t i = 1; i < count; i++) {
    auto is_list = arguments[i].tag == tag_tensors || arguments[i].tag == tag_ints || arguments[i].tag == tag_doubles;
    if (is_list && arguments[i].count != arguments[0].count) {
      sosia::refuse(op.parameters[i], "has " + std::to_string(arguments[i].count) + " elements, and the first list has " + std::to_string(arguments[0].count));
    }
  }
}

void fill(std::vector<c10::IValue>& stack, const Operator& op, const Value* arguments, int32_t count) {
  static const Value missing{};
  if (count < 0 || count > static_cast<int32_t>(op.parameters.size())) {
    throw sosia::ArgumentFault("takes " + std::to_string(op.parameters.size()) + " arguments, not " + std::to_string(count));
  }

  for (int32_t i = 0; i < static_cast<int32_t>(op.parameters.size()); i++) {
    stack.push_back(sosia::argument(op.parameters[i], i < count ? arguments[i] : missing));
  }

  if (op.pairs) {
    require_pairs(op, arguments, count);
  }
}

bool requires_grad(void* handle) {
  return handle != nullptr && static_cast<c10::TensorImpl*>(handle)->requires_grad();
}

bool requires_grad(const Value* arguments, int32_t count) {
  for (int32_t i = 0; i < count; i++) {
    auto& value = arguments[i];
    auto handles = static_cast<void* const*>(value.pointer);
    if ((value.tag == tag_tensor && requires_grad(value.handle)) ||
        (value.tag == tag_tensors && std::any_of(handles, handles + value.count, [](void* handle) { return requires_grad(handle); }))) {
      return true;
    }
  }

  return false;
}

// What no gradient can come of need not pass through autograd's kernels: a fifth of the cost of a small operator. Views and
// in-place changes are still recorded (ADInplaceOrView).
bool is_below_autograd(const Operator& op, const Value* arguments, int32_t count) {
  return (!op.writes && !c10::GradMode::is_enabled()) || !requires_grad(arguments, count);
}

void invoke(const Operator& op, std::vector<c10::IValue>& stack, bool below_autograd) {
  if (!below_autograd) {
    op.handle.callBoxed(&stack);
    return;
  }

  at::AutoDispatchBelowAutograd guard;
  op.handle.callBoxed(&stack);
}

// The memory of one stack is kept from call to call; a call inside a call takes its own.
class Stack {
 public:
  Stack() : values(std::move(spare)) {}

  ~Stack() {
    values.clear();
    spare = std::move(values);
  }

  std::vector<c10::IValue> values;

 private:
  static thread_local std::vector<c10::IValue> spare;
};

thread_local std::vector<c10::IValue> Stack::spare;

} // namespace

SOSIA_EXPORT Status sosia_operator(const char* name, const char* overload, Operator** found) {
  return sosia::guarded([&] {
    static std::mutex lock;
    static auto* known = new std::unordered_map<std::string, std::unique_ptr<Operator>>(); // outlives every caller
    std::lock_guard<std::mutex> hold(lock);
    auto& entry = (*known)[std::string(name) + "." + overload];
    if (!entry) {
      entry = resolve(name, overload);
    }

    *found = entry.get();
  });
}

SOSIA_EXPORT const char* sosia_operator_schema(const Operator* op) {
  return op->schema.c_str();
}

// results: room for capacity values; how many there are is returned in produced.
SOSIA_EXPORT Status sosia_call(const Operator* op, const Value* arguments, int32_t count, Value* results, int32_t capacity, int32_t* produced) {
  return sosia::guarded([&] {
    *produced = 0;
    if (op->results > capacity) {
      throw sosia::ArgumentFault("returns " + std::to_string(op->results) + " values, and there is room for " + std::to_string(capacity));
    }

    Stack stack;
    fill(stack.values, *op, arguments, count);
    invoke(*op, stack.values, is_below_autograd(*op, arguments, count));
    for (auto& output : stack.values) {
      results[*produced] = result(std::move(output));
      ++*produced;
    }
  });
}
