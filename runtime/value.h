// What a model takes or gives, whatever its kind: a tensor of numbers or of strings, a sequence, a
// map, or nothing (an empty optional). An optional that is not empty is the value in it.
//
// A `Value` owns all that it holds. Move-only; not synchronized: one writer or many readers at a
// time.
#ifndef SINTER_RUNTIME_VALUE_H_
#define SINTER_RUNTIME_VALUE_H_

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "runtime/tensor.h"
#include "runtime/value_type.h"

namespace sinter::runtime {

struct StringTensor {
  std::vector<int64_t> dims;
  std::vector<std::string> values;  // row-major; as many as `dims` ask for
};

class Value {
 public:
  enum class Kind { kNone, kTensor, kStrings, kSequence, kMap };

  // Nothing.
  Value() = default;
  explicit Value(Tensor tensor) : held_(std::move(tensor)) {}
  explicit Value(StringTensor strings) : held_(std::move(strings)) {}
  static Value Sequence(std::vector<Value> items);
  // Key i belongs to value i. REQUIRES: both are tensors of rank 1 and equally long.
  static Value Map(Value keys, Value values);

  Value(Value&&) = default;
  Value& operator=(Value&&) = default;

  Kind kind() const { return static_cast<Kind>(held_.index()); }
  bool is_none() const { return kind() == Kind::kNone; }

  // REQUIRES: it is of that kind.
  const Tensor& tensor() const { return std::get<Tensor>(held_); }
  Tensor& tensor() { return std::get<Tensor>(held_); }
  const StringTensor& strings() const { return std::get<StringTensor>(held_); }
  absl::Span<const Value> items() const { return std::get<SequenceItems>(held_).items; }
  const Value& keys() const { return std::get<MapParts>(held_).parts[0]; }
  const Value& values() const { return std::get<MapParts>(held_).parts[1]; }

  // Shape and element type of a tensor, of strings too. REQUIRES: it is one.
  absl::Span<const int64_t> dims() const;
  Dtype dtype() const;

  // RETURNS: "float32[2,3]", "string[3]", "a sequence of 2", "a map of 4" or "nothing".
  std::string Text() const;

 private:
  struct SequenceItems {
    std::vector<Value> items;
  };
  struct MapParts {
    std::vector<Value> parts;  // keys and values
  };

  // In the order of Kind.
  std::variant<std::monostate, Tensor, StringTensor, SequenceItems, MapParts> held_;
};

// RETURNS: OK if `value` is of that type, items included.
// ERRORS: INVALID_ARGUMENT, "it is string[3], not tensor(float)", with "item 2: " before it where
// an item is at fault.
absl::Status CheckType(const Value& value, const ValueType& type);

}  // namespace sinter::runtime

#endif  // SINTER_RUNTIME_VALUE_H_
