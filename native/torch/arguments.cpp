#include "arguments.h"

#include <ATen/core/Generator.h>

#include <utility>

using c10::TypeKind;
using OptionalTensor = decltype(std::declval<c10::IValue>().toOptional<at::Tensor>());

namespace sosia {

void refuse(const Parameter& parameter, const std::string& why) {
  throw sosia::ArgumentFault("argument '" + parameter.name + "' (" + parameter.type + ") " + why);
}

namespace {

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

} // namespace

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

} // namespace sosia
