// What an operator's schema says of its arguments, and tagged values in the form that its boxed call takes.
#pragma once

#include "doors.h"

#include <ATen/core/function_schema.h>
#include <ATen/core/ivalue.h>
#include <ATen/core/jit_type.h>

namespace sosia {

// What the schema says of one argument, in the form in which a call needs it.
struct Parameter {
  std::string name;
  std::string type;
  c10::TypeKind kind;
  c10::TypeKind element = c10::TypeKind::AnyType; // of a list
  bool optional = false;
  bool optional_elements = false;
  int32_t length = 0; // of a list of fixed length, else 0
  bool has_default = false;
  c10::IValue fallback;
};

Parameter parameter_of(const c10::Argument& argument);

// Throws ArgumentFault where the value is of another kind, or out of range: a boxed call would not see it.
c10::IValue argument(const Parameter& parameter, const Value& value);

// Throws an ArgumentFault that names the argument and its type.
[[noreturn]] void refuse(const Parameter& parameter, const std::string& why);

} // namespace sosia
