// The one door: an operator by name, and its boxed call. A boxed call checks nothing, so this does, from the schema.
#include "doors.h"

#include <ATen/core/Generator.h>
#include <ATen/core/dispatch/Dispatcher.h>
#include <ATen/core/ivalue.h>
#include <ATen/core/LegacyTypeDispatch.h>
#include <ATen/core/jit_type.h>
#include <c10/core/GradMode.h>

#include <cstdlib>
#include <memory>
#include <mutex>
#include <unordered_map>
#include <utility>

using c10::TypeKind;
using OptionalTensor = decltype(std::declval<c10::IValue>().toOptional<at::Tensor>());

namespace {

// What the schema says of one argument, in the form in which a call needs it.
struct Parameter {
  std::string name;
  std::string type;
  TypeKind kind;
  TypeKind element = TypeKind::AnyType; // of a list
  bool optional = false;
  bool optional_elements = false;
  int32_t length = 0; // of a list of fixed length, else 0
  bool has_default = false;
  c10::IValue fallback;
};

TypeKind strip(const c10::TypePtr& type, bool& optional) {
  if (auto inner = type->cast<c10::OptionalType>()) {
    optional = true;
    return inner->getElementType()->kind();
  }

  return type->kind();
}

c10::TypePtr without_optional(const c10::TypePtr& type) {
  auto inner = type->cast<c10::OptionalType>();
  return inner ? inner->getElementType() : type;
}

Parameter parameter_of(const c10::Argument& argument) {
  Parameter parameter;
  parameter.name = argument.name();
  parameter.type = argument.real_type()->str();
  parameter.kind = strip(argument.real_type(), parameter.optional);
  if (auto list = without_optional(argument.real_type())->cast<c10::ListType>()) {
    parameter.element = strip(list->getElementType(), parameter.optional_elements);
    parameter.length = argument.N() ? *argument.N() : 0;
  }

  parameter.has_default = argument.default_value().has_value();
  if (parameter.has_default) {
    parameter.fallback = *argument.default_value();
  }

  return parameter;
}

[[noreturn]] void refuse(const Parameter& parameter, const std::string& why) {
  throw sosia::ArgumentFault("argument '" + parameter.name + "' (" + parameter.type + ") " + why);
}

const char* name_of(int32_t tag) {
  static const char* const names[] = {
      "missing", "none", "a tensor", "an int", "a double", "a bool", "a complex number", "a string",
      "a device", "a generator", "a list of ints", "a list of doubles", "a list of bools", "a list of tensors"};
  return tag >= 0 && tag < 14 ? names[tag] : "of no known kind";
}

void require(const Parameter& parameter, const Value& value, int32_t tag) {
  if (value.tag != tag) {
    refuse(parameter, std::string("cannot be ") + name_of(value.tag));
  }
}

at::Tensor tensor_of(const Parameter& parameter, void* handle) {
  if (handle == nullptr) {
    refuse(parameter, "is an undefined tensor");
  }

  return sosia::take(handle);
}

int64_t enumeration(const Parameter& parameter, const Value& value, int64_t end) {
  require(parameter, value, tag_int);
  if (value.integer < 0 || value.integer >= end) {
    refuse(parameter, "has no value " + std::to_string(value.integer));
  }

  return value.integer;
}

c10::Device device_of(const Parameter& parameter, const Value& value) {
  require(parameter, value, tag_device);
  auto type = static_cast<c10::DeviceType>(value.integer & 0xff);
  auto index = static_cast<int32_t>(value.integer >> 32);
  auto known = type == c10::DeviceType::CPU || type == c10::DeviceType::CUDA || type == c10::DeviceType::Meta; // of others some crash
  if (!known || (value.integer & 0xffffff00) != 0 || index < -1 || index > 127) {
    refuse(parameter, "is no device that is known here");
  }

  return c10::Device(type, static_cast<c10::DeviceIndex>(index));
}

c10::IValue scalar_of(const Parameter& parameter, const Value& value) {
  switch (value.tag) {
    case tag_int:
      return value.integer;
    case tag_double:
      return value.number;
    case tag_bool:
      return value.integer != 0;
    case tag_complex: {
      auto parts = static_cast<const double*>(value.pointer);
      return c10::complex<double>(parts[0], parts[1]);
    }
    default:
      refuse(parameter, std::string("cannot be ") + name_of(value.tag));
  }
}

double double_of(const Parameter& parameter, const Value& value) {
  if (value.tag == tag_int) {
    return static_cast<double>(value.integer);
  }

  require(parameter, value, tag_double);
  return value.number;
}

// A list of fixed length may be given as its one repeated element, as in PyTorch; an empty one only where that is the default.
int32_t length_of(const Parameter& parameter, const Value& value) {
  if (value.count < 0 || (value.count > 0 && value.pointer == nullptr)) {
    refuse(parameter, "is no list");
  }

  if (parameter.length < 2 || value.count == parameter.length || value.count == 1) {
    return parameter.length < 2 ? value.count : parameter.length;
  }

  if (value.count == 0 && parameter.has_default && parameter.fallback.isList() && parameter.fallback.toListRef().empty()) {
    return 0;
  }

  refuse(parameter, "has " + std::to_string(value.count) + " elements instead of " + std::to_string(parameter.length));
}

template <class T, class From>
c10::IValue list_of(const Parameter& parameter, const Value& value) {
  auto from = static_cast<const From*>(value.pointer);
  auto length = length_of(parameter, value);
  c10::List<T> list;
  list.reserve(length);
  for (int32_t i = 0; i < length; i++) {
    list.push_back(static_cast<T>(from[value.count == 1 ? 0 : i]));
  }

  return list;
}

c10::IValue scalars_of(const Parameter& parameter, const Value& value) {
  auto length = length_of(parameter, value);
  c10::List<at::Scalar> list;
  list.reserve(length);
  for (int32_t i = 0; i < length; i++) {
    if (value.tag == tag_ints) {
      list.push_back(at::Scalar(static_cast<const int64_t*>(value.pointer)[value.count == 1 ? 0 : i]));
    } else {
      require(parameter, value, tag_doubles);
      list.push_back(at::Scalar(static_cast<const double*>(value.pointer)[value.count == 1 ? 0 : i]));
    }
  }

  return list;
}

c10::IValue tensors_of(const Parameter& parameter, const Value& value) {
  require(parameter, value, tag_tensors);
  auto handles = static_cast<void* const*>(value.pointer);
  auto length = length_of(parameter, value);
  if (!parameter.optional_elements) {
    c10::List<at::Tensor> list;
    list.reserve(length);
    for (int32_t i = 0; i < length; i++) {
      list.push_back(tensor_of(parameter, handles[value.count == 1 ? 0 : i]));
    }

    return list;
  }

  // A list of optional tensors must be built as one: a list of tensors is another type to the dispatcher.
  c10::List<OptionalTensor> list;
  list.reserve(length);
  for (int32_t i = 0; i < length; i++) {
    list.push_back(handles[i] == nullptr ? OptionalTensor() : OptionalTensor(sosia::take(handles[i])));
  }

  return list;
}

c10::IValue list(const Parameter& parameter, const Value& value) {
  switch (parameter.element) {
    case TypeKind::IntType:
    case TypeKind::SymIntType:
      require(parameter, value, tag_ints);
      return list_of<int64_t, int64_t>(parameter, value);
    case TypeKind::FloatType:
      if (value.tag == tag_ints) {
        return list_of<double, int64_t>(parameter, value);
      }

      require(parameter, value, tag_doubles);
      return list_of<double, double>(parameter, value);
    case TypeKind::BoolType:
      require(parameter, value, tag_bools);
      return list_of<bool, uint8_t>(parameter, value);
    case TypeKind::NumberType:
      return scalars_of(parameter, value);
    case TypeKind::TensorType:
      return tensors_of(parameter, value);
    default:
      refuse(parameter, "is of a kind that this interface does not carry");
  }
}

c10::IValue argument(const Parameter& parameter, const Value& value) {
  if (value.tag == tag_default) {
    if (!parameter.has_default && !parameter.optional) {
      refuse(parameter, "is missing");
    }

    return parameter.fallback;
  }

  if (value.tag == tag_none) {
    if (!parameter.optional) {
      refuse(parameter, "cannot be none");
    }

    return c10::IValue();
  }

  switch (parameter.kind) {
    case TypeKind::TensorType:
      require(parameter, value, tag_tensor);
      return tensor_of(parameter, value.handle);
    case TypeKind::IntType:
    case TypeKind::SymIntType:
      require(parameter, value, tag_int);
      return value.integer;
    case TypeKind::FloatType:
    case TypeKind::SymFloatType:
      return double_of(parameter, value);
    case TypeKind::BoolType:
      require(parameter, value, tag_bool);
      return value.integer != 0;
    case TypeKind::NumberType:
      return scalar_of(parameter, value);
    case TypeKind::StringType:
      require(parameter, value, tag_string);
      return std::string(static_cast<const char*>(value.pointer), value.count);
    case TypeKind::DeviceObjType:
      return device_of(parameter, value);
    case TypeKind::GeneratorType:
      require(parameter, value, tag_generator);
      return at::Generator(c10::intrusive_ptr<c10::GeneratorImpl>::reclaim_copy(static_cast<c10::GeneratorImpl*>(value.handle)));
    case TypeKind::ScalarTypeType:
      return enumeration(parameter, value, static_cast<int64_t>(c10::ScalarType::Undefined));
    case TypeKind::LayoutType:
      return enumeration(parameter, value, static_cast<int64_t>(c10::Layout::NumOptions));
    case TypeKind::MemoryFormatType:
      return enumeration(parameter, value, static_cast<int64_t>(c10::MemoryFormat::NumOptions));
    case TypeKind::ListType:
      return list(parameter, value);
    default:
      refuse(parameter, "is of a kind that this interface does not carry");
  }
}

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
  std::vector<Parameter> parameters;
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
    found->parameters.push_back(parameter_of(argument));
    found->writes |= argument.alias_info() != nullptr && argument.alias_info()->isWrite();
  }

  return found;
}

// Some kernels of 2.6 read past the end of the shorter list.
void require_pairs(const Operator& op, const Value* arguments, int32_t count) {
  for (int32_t i = 1; i < count; i++) {
    auto is_list = arguments[i].tag == tag_tensors || arguments[i].tag == tag_ints || arguments[i].tag == tag_doubles;
    if (is_list && arguments[i].count != arguments[0].count) {
      refuse(op.parameters[i], "has " + std::to_string(arguments[i].count) + " elements, and the first list has " + std::to_string(arguments[0].count));
    }
  }
}

void fill(std::vector<c10::IValue>& stack, const Operator& op, const Value* arguments, int32_t count) {
  static const Value missing{};
  if (count < 0 || count > static_cast<int32_t>(op.parameters.size())) {
    throw sosia::ArgumentFault("takes " + std::to_string(op.parameters.size()) + " arguments, not " + std::to_string(count));
  }

  for (int32_t i = 0; i < static_cast<int32_t>(op.parameters.size()); i++) {
    stack.push_back(argument(op.parameters[i], i < count ? arguments[i] : missing));
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
