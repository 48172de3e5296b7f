// Which operators the compiler knows, and how it does them: what docs/reference/supported_ops.md is
// made of. Stateless.
#ifndef SINTER_COMPILER_CORE_IMPORT_SUPPORTED_OPS_H_
#define SINTER_COMPILER_CORE_IMPORT_SUPPORTED_OPS_H_

#include <cstdint>
#include <string>
#include <vector>

namespace sinter::import {

struct SupportedOp {
  std::string domain;  // "ai.onnx", ...
  std::string op;
  std::vector<int64_t> versions;          // of its definition that are supported, ascending
  std::vector<int64_t> missing_versions;  // that are not; all, if it is not supported at all
  // The ways in which nodes are done; a node goes the first that takes it.
  struct Way {
    std::string name;      // "compiled", "expanded", "library", "ONNX's function", "control flow"
    std::string category;  // of a compiled one: the file of dialect/onnx/ops
  };
  std::vector<Way> ways;
  std::vector<std::string> types;  // of the newest version's operands, as ONNX writes them
};

// Sorted by domain and name. Deprecated operators that are not supported are left out.
std::vector<SupportedOp> SupportedOps();

}  // namespace sinter::import

#endif  // SINTER_COMPILER_CORE_IMPORT_SUPPORTED_OPS_H_
