// What an input or an output of a model can be, beyond tensors: sequences, optionals and maps,
// nested as ONNX nests them. Written as ONNX writes types:
//
//   tensor(float)   seq(tensor(int64))   optional(seq(tensor(string)))   map(string,tensor(float))
#ifndef SINTER_RUNTIME_VALUE_TYPE_H_
#define SINTER_RUNTIME_VALUE_TYPE_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "runtime/dtype.h"

namespace sinter::runtime {

struct ValueType {
  enum class Kind { kTensor, kSequence, kOptional, kMap };

  static ValueType OfTensor(Dtype dtype);

  Kind kind = Kind::kTensor;
  // Of a tensor's elements, kString included; of a map's keys; else kUndefined.
  Dtype dtype = Dtype::kUndefined;
  // One type: of a sequence's items, of what an optional holds, of a map's values. None for
  // tensors.
  std::vector<ValueType> of;

  // Whether it is a tensor of numbers: what `Tensor` can hold, and .npy files.
  bool is_numeric_tensor() const { return kind == Kind::kTensor && dtype != Dtype::kString; }

  // RETURNS: the type as ONNX writes it.
  std::string Text() const;
};

bool operator==(const ValueType& a, const ValueType& b);
inline bool operator!=(const ValueType& a, const ValueType& b) { return !(a == b); }

// RETURNS: the type that `text` names. ERRORS: INVALID_ARGUMENT if it is none, or nested more
// than 16 deep.
absl::StatusOr<ValueType> ParseValueType(absl::string_view text);

}  // namespace sinter::runtime

#endif  // SINTER_RUNTIME_VALUE_TYPE_H_
