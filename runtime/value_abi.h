// Values in the form of the C interface, both ways. For ValueSession.
#ifndef SINTER_RUNTIME_VALUE_ABI_H_
#define SINTER_RUNTIME_VALUE_ABI_H_

#include <deque>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "runtime/sinter_abi.h"
#include "runtime/tensor.h"
#include "runtime/value.h"
#include "runtime/value_type.h"

namespace sinter::runtime {

// Values as run_values() takes them. They borrow the elements: the values must stay unchanged as
// long as this is read.
class AbiValues {
 public:
  // Replaces what was there. ERRORS: INVALID_ARGUMENT for a tensor of more than SINTER_MAX_RANK
  // dimensions; RESOURCE_EXHAUSTED if memory lacks.
  absl::Status Assign(absl::Span<const Value> values);

  const sinter_value* data() const { return roots_.data(); }

 private:
  absl::Status Convert(const Value& value, sinter_value* raw);
  absl::Status ConvertItems(absl::Span<const Value* const> items, sinter_value* raw);
  absl::Status ConvertStrings(const StringTensor& strings, sinter_value* raw);

  std::vector<sinter_value> roots_;
  // What the roots point at: growing moves no element.
  std::deque<std::vector<sinter_value>> items_;
  std::deque<AlignedBuffer> strings_;
};

// RETURNS: a copy of what a library gave as a value of that type.
// ERRORS: INTERNAL if it is not of that type, or makes no sense; RESOURCE_EXHAUSTED if memory
// lacks.
absl::StatusOr<Value> CopyFromAbi(const sinter_value& raw, const ValueType& type);

}  // namespace sinter::runtime

#endif  // SINTER_RUNTIME_VALUE_ABI_H_
