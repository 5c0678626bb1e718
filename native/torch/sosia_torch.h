// The binary interface between Sosia.Torch and libtorch: C, so that one managed assembly serves every libtorch.
// Every function that can fail returns a Status; the text of the last failure of this thread is that of sosia_last_error.
#pragma once

#include <cstdint>

#define SOSIA_EXPORT extern "C" __attribute__((visibility("default")))

// Grows with every change that a managed assembly must know of.
constexpr int32_t sosia_interface = 2;

enum Status : int32_t {
  status_ok = 0,
  status_failed = 1, // libtorch refused: shapes, types, devices
  status_memory = 2, // no memory for a tensor
  status_argument = 3, // a wrong count, kind or range of an argument; seen before libtorch was called
  status_unknown = 4, // no such operator
};

// What a Value holds. A Scalar is an int, a double, a bool or a complex; dtype, layout and memory format are ints.
enum Tag : int32_t {
  tag_default = 0, // the schema's own default
  tag_none = 1,
  tag_tensor = 2, // handle
  tag_int = 3,
  tag_double = 4,
  tag_bool = 5, // integer
  tag_complex = 6, // pointer to two doubles
  tag_string = 7, // pointer and count of UTF-8 bytes
  tag_device = 8, // integer: type, and index shifted by 32 bits; an index of -1 is the current one
  tag_generator = 9, // handle
  tag_ints = 10, // pointer to int64, count
  tag_doubles = 11, // pointer to double, count
  tag_bools = 12, // pointer to bytes, count
  tag_tensors = 13, // pointer to handles, count; null where the schema takes optional ones
};

// An argument or a result. Arguments are borrowed; a tensor that is a result belongs to the caller, and so does the
// array (free it by sosia_free) of a list.
struct Value {
  int32_t tag;
  int32_t count; // elements; of a tensor that is a result: its bytes in KiB, rounded up, at most INT32_MAX
  union {
    int64_t integer;
    double number;
    const void* pointer;
    void* handle;
  };
};
static_assert(sizeof(Value) == 16);

struct Operator; // found once, kept for ever
