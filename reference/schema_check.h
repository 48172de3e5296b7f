// Holds a node against its op's schema, so that operators may rely on it.
#ifndef SINTER_REFERENCE_SCHEMA_CHECK_H_
#define SINTER_REFERENCE_SCHEMA_CHECK_H_

#include <optional>

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "onnx/onnx_pb.h"
#include "reference/value.h"

namespace onnx {
class OpSchema;
}

namespace sinter::reference {

// ERRORS: INVALID_ARGUMENT saying what differs: the number of inputs or outputs, a required input
// or attribute that is missing, an unknown attribute, an input of a type that is not allowed, or
// inputs of different types where the schema wants one.
absl::Status CheckAgainstSchema(const onnx::NodeProto& node, const onnx::OpSchema& schema,
                                absl::Span<const std::optional<Value>> inputs);

}  // namespace sinter::reference

#endif  // SINTER_REFERENCE_SCHEMA_CHECK_H_
