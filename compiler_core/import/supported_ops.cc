#include "compiler_core/import/supported_ops.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "compiler_core/dialect/onnx/op_rows.h"
#include "compiler_core/import/contrib_schemas.h"
#include "compiler_core/import/expansions/expansions.h"
#include "compiler_core/import/library_functions.h"
#include "onnx/defs/schema.h"

namespace sinter::import {
namespace {

using ::onnx::OpSchema;

// By domain, name and version.
using Schemas = std::map<std::pair<std::string, std::string>, std::map<int64_t, OpSchema>>;

Schemas AllSchemas() {
  Schemas schemas;
  for (const OpSchema& schema : ::onnx::OpSchemaRegistry::get_all_schemas_with_history()) {
    if (schema.Deprecated()) continue;
    schemas[{schema.domain(), schema.Name()}][schema.SinceVersion()] = schema;
  }
  for (const std::string& op : ContribOps()) {
    const OpSchema& schema = *ContribSchema(op);
    schemas[{schema.domain(), op}][schema.SinceVersion()] = schema;
  }
  return schemas;
}

bool IsControlFlow(const std::string& op) {
  return op == "If" || op == "Loop" || op == "Scan" || op == "SequenceMap";
}

std::string QualifiedName(const OpSchema& schema) {
  return schema.domain().empty() ? schema.Name()
                                 : absl::StrCat(schema.domain(), ".", schema.Name());
}

std::vector<SupportedOp::Way> WaysOf(const OpSchema& schema) {
  std::vector<SupportedOp::Way> ways;
  const std::string name = QualifiedName(schema);
  const bool library = !FindLibraryFunction(schema.domain(), schema.Name()).empty();
  if (library && schema.domain().empty() && IsControlFlow(schema.Name())) {
    return {{"control flow", ""}};
  }
  if (FindExpansion(name) != nullptr) ways.push_back({"expanded", ""});
  const onnx::OpRow* row = onnx::FindRow(name);
  if (row != nullptr && row->Supports(schema.SinceVersion())) {
    ways.push_back({"compiled", std::string(row->category)});
  }
  if (library) ways.push_back({"library", ""});
  if (ways.empty() && (schema.HasFunction() || schema.HasContextDependentFunction())) {
    ways.push_back({"ONNX's function", ""});
  }
  return ways;
}

std::vector<std::string> TypesOf(const OpSchema& schema) {
  std::set<std::string> types;
  for (const auto* formals : {&schema.inputs(), &schema.outputs()}) {
    for (const OpSchema::FormalParameter& formal : *formals) {
      for (const auto& type : formal.GetTypes()) types.insert(*type);
    }
  }
  return {types.begin(), types.end()};
}

}  // namespace

std::vector<SupportedOp> SupportedOps() {
  std::vector<SupportedOp> ops;
  for (const auto& [name, versions] : AllSchemas()) {
    SupportedOp op;
    op.domain = name.first.empty() ? "ai.onnx" : name.first;
    op.op = name.second;
    for (const auto& [version, schema] : versions) {
      std::vector<SupportedOp::Way> ways = WaysOf(schema);
      (ways.empty() ? op.missing_versions : op.versions).push_back(version);
      if (!ways.empty()) op.ways = std::move(ways);
    }
    op.types = TypesOf(versions.rbegin()->second);
    ops.push_back(std::move(op));
  }
  return ops;
}

}  // namespace sinter::import
