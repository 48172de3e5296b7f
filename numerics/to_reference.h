// The runtime's values as the reference evaluator's, and a model's other files as it wants them.
#ifndef SINTER_NUMERICS_TO_REFERENCE_H_
#define SINTER_NUMERICS_TO_REFERENCE_H_

#include <map>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "reference/tensor_proto.h"
#include "reference/value.h"
#include "runtime/value.h"
#include "runtime/value_type.h"

namespace sinter::numerics {

// REQUIRES: CheckType(value, type) is OK. ERRORS: UNIMPLEMENTED for an element type that the
// reference evaluator lacks, RESOURCE_EXHAUSTED beyond protobuf's 2 GiB.
absl::StatusOr<reference::Value> ToReference(const runtime::Value& value,
                                             const runtime::ValueType& type);

// RETURNS: what finds external data in `files`, by their place relative to the model, with "/"
// between parts none of which is empty, "." or "..". It borrows their bytes.
reference::ExternalData ExternalDataIn(std::map<std::string, absl::string_view> files);

}  // namespace sinter::numerics

#endif  // SINTER_NUMERICS_TO_REFERENCE_H_
