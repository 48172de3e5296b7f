// The types of values as ONNX writes them: "tensor(float)", "seq(tensor(int64))",
// "optional(seq(tensor(string)))", "map(string,tensor(float))".
#ifndef SINTER_COMPILER_CORE_CODEGEN_HOST_VALUE_TYPE_H_
#define SINTER_COMPILER_CORE_CODEGEN_HOST_VALUE_TYPE_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "compiler_core/ir/program.h"

namespace sinter::codegen {

// As sinter_type (program_tables.h).
struct ValueType {
  int kind = 0;
  int dtype = 0;
  std::unique_ptr<ValueType> element;
};

// A map's values may be written as a tensor or, as ONNX-ML does, as a plain element type.
// ERRORS: INTERNAL for what is no type.
absl::StatusOr<ValueType> ParseValueType(absl::string_view text);

// The text of a slot's type, also of a tensor's.
std::string TypeText(const ir::SlotType& type);

}  // namespace sinter::codegen

#endif  // SINTER_COMPILER_CORE_CODEGEN_HOST_VALUE_TYPE_H_
