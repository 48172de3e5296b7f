// Schemas of the ops of domain `com.microsoft` that have a row: ONNX's library knows nothing of
// this domain, and with a schema its nodes are checked, typed and given their defaults like all
// others. Immutable after the first use; thread-safe.
#ifndef SINTER_COMPILER_CORE_IMPORT_CONTRIB_SCHEMAS_H_
#define SINTER_COMPILER_CORE_IMPORT_CONTRIB_SCHEMAS_H_

#include <string>
#include <vector>

namespace onnx {
class OpSchema;
}

namespace sinter::import {

inline constexpr char kContribDomain[] = "com.microsoft";

// RETURNS: null if there is none.
const ::onnx::OpSchema* ContribSchema(const std::string& op_type);

// The names of all.
std::vector<std::string> ContribOps();

}  // namespace sinter::import

#endif  // SINTER_COMPILER_CORE_IMPORT_CONTRIB_SCHEMAS_H_
