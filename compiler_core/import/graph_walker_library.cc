// Nodes that the run-time library computes.
#include <algorithm>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "compiler_core/import/graph_walker.h"
#include "compiler_core/import/library_functions.h"
#include "compiler_core/import/node_reader.h"
#include "compiler_core/import/schema_inference.h"
#include "compiler_core/import/value_types.h"
#include "onnx/defs/schema.h"
#include "onnx/onnx_pb.h"

namespace sinter::import {

using ir::SymExpr;
using ir::SymShape;

absl::Status GraphWalker::ImportCall(const ::onnx::NodeProto& node, const ::onnx::OpSchema& schema,
                                     const Inputs& inputs, const Operands& operands,
                                     absl::string_view function) {
  SINTER_RETURN_IF_ERROR(CheckTypes(node, schema, operands));
  SINTER_ASSIGN_OR_RETURN(const std::vector<::onnx::TypeProto> inferred,
                          InferTypes(node, schema, operands));
  ir::Step step;
  step.function = std::string(function);
  step.version = schema.SinceVersion();
  SINTER_RETURN_IF_ERROR(ReadCallAttributes(node, *scope_.tensors, step));
  std::vector<onnx::TensorInfo> types;
  for (const ::onnx::TypeProto& type : inferred) types.push_back(FromType(type));
  return AddCall(node, std::move(step), inputs, std::move(types));
}

absl::Status GraphWalker::AddCall(const ::onnx::NodeProto& node, ir::Step step,
                                  const Inputs& operands, std::vector<onnx::TensorInfo> types) {
  step.kind = ir::Step::Kind::kLibrary;
  step.node = node_name_;
  const int level = LevelOf(operands);
  for (size_t i = 0; i < operands.size(); ++i) {
    int slot = -1;
    if (operands[i] != nullptr) {
      const bool own = static_cast<int>(i) < node.input_size();
      SINTER_ASSIGN_OR_RETURN(
          slot, fragments_.SlotOf(*operands[i], own ? node.input(static_cast<int>(i)) : ""));
    }
    step.inputs.push_back(slot);
  }
  for (int i = 0; i < node.output_size(); ++i) {
    if (node.output(i).empty()) {
      step.outputs.push_back(-1);
      continue;
    }
    onnx::TensorInfo type = WithDeclaredRank(node.output(i), std::move(types[i]));
    type.shape = assumptions_.Canonical(type.shape);
    NoteSymbols(type.shape, level + 1);
    Value value;
    value.slot = fragments_.AddSlot(node.output(i), type);
    value.level = level + 1;
    value.type = std::move(type);
    step.outputs.push_back(value.slot);
    values_.Define(node.output(i), std::move(value));
  }
  calls_.emplace_back(level, std::move(step));
  return absl::OkStatus();
}

onnx::TensorInfo GraphWalker::FromType(const ::onnx::TypeProto& type) {
  std::set<std::string> known;
  for (const auto& [symbol, level] : symbol_levels_) known.insert(symbol);
  return FromTypeProto(type, known, [this] { return FreshDim(); });
}

onnx::TensorInfo GraphWalker::WithRankOf(const ::onnx::ValueInfoProto& declared,
                                         onnx::TensorInfo info) {
  const auto& type = declared.type().tensor_type();
  if (!info.unranked || info.other != nullptr || !type.has_shape()) return info;
  info.unranked = false;
  for (int i = 0; i < type.shape().dim_size(); ++i) info.shape.push_back(FreshDim());
  return info;
}

onnx::TensorInfo GraphWalker::WithDeclaredRank(const std::string& name, onnx::TensorInfo info) {
  if (!info.unranked || info.other != nullptr) return info;
  for (const auto* values : {&graph_.value_info(), &graph_.output()}) {
    for (const ::onnx::ValueInfoProto& value : *values) {
      if (value.name() == name) info = WithRankOf(value, std::move(info));
    }
  }
  return info;
}

SymExpr GraphWalker::FreshDim() { return SymExpr::Symbol(absl::StrCat("data.", num_fresh_++)); }

void GraphWalker::NoteSymbols(const SymShape& shape, int level) {
  std::set<std::string> symbols;
  for (const SymExpr& dim : shape) dim.CollectSymbols(symbols);
  // The first slot that has it gives the symbol its value.
  for (const std::string& symbol : symbols) symbol_levels_.emplace(symbol, level);
}

int GraphWalker::LevelOf(const SymShape& shape) const {
  int level = 0;
  std::set<std::string> symbols;
  for (const SymExpr& dim : shape) dim.CollectSymbols(symbols);
  for (const std::string& symbol : symbols) {
    auto found = symbol_levels_.find(symbol);
    if (found != symbol_levels_.end()) level = std::max(level, found->second);
  }
  return level;
}

int GraphWalker::LevelOf(const Inputs& inputs) {
  int level = 0;
  for (const Value* input : inputs) {
    if (input != nullptr) level = std::max(level, input->level);
  }
  return level;
}

}  // namespace sinter::import
