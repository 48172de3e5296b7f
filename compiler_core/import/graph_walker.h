// The walk over one graph, node by node: each is folded, carried symbolically, compiled (an op in
// a fragment), expanded into simpler nodes, or called in the run-time library. Sub-graphs are
// walked by walkers of their own. Internal to import; not thread-safe; for one walk.
#ifndef SINTER_COMPILER_CORE_IMPORT_GRAPH_WALKER_H_
#define SINTER_COMPILER_CORE_IMPORT_GRAPH_WALKER_H_

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "compiler_core/dialect/onnx/shape_context.h"
#include "compiler_core/import/assumptions.h"
#include "compiler_core/import/const_eval.h"
#include "compiler_core/import/fragment_set.h"
#include "compiler_core/import/onnx_file.h"
#include "compiler_core/import/tensor_reader.h"
#include "compiler_core/import/value_table.h"
#include "compiler_core/import/walk_result.h"

namespace onnx {
class TypeProto;
class ValueInfoProto;
}  // namespace onnx

namespace sinter::import {

// What does not change between walks over a graph.
struct GraphSource {
  const ::onnx::GraphProto* graph = nullptr;
  const Opsets* opsets = nullptr;
  const TensorReader* tensors = nullptr;
  std::vector<int> order;  // of the nodes
  std::vector<std::pair<std::string, onnx::TensorInfo>> inputs;
  std::vector<ir::DimRange> ranges;
  int depth = 0;  // of sub-graphs
};

class GraphWalker {
 public:
  // All arguments outlive the walker. `outer` is null for the model's own graph.
  GraphWalker(mlir::MLIRContext& context, const GraphSource& source, Assumptions& assumptions,
              GraphWalker* outer);

  WalkResult Walk();

 private:
  using Operands = std::vector<onnx::OperandInfo>;
  using Inputs = std::vector<Value*>;

  // --- The frame: inputs, outputs, the result (graph_walker.cc) ---
  absl::Status Build();
  absl::Status AddInputs();
  absl::Status Finish();
  absl::Status FinishPlanned(std::vector<std::pair<std::string, Value*>> outputs);
  absl::Status FinishProgram(std::vector<std::pair<std::string, Value*>> outputs);
  int SlotCalled(int slot, const std::string& name, const Value& value);
  absl::Status CheckDeclared(const ::onnx::ValueInfoProto& output, const onnx::TensorInfo& type);
  absl::StatusOr<std::vector<ir::DimRange>> Ranges();

  // --- Nodes (graph_walker.cc) ---
  absl::Status ImportNode(const ::onnx::NodeProto& node, int index);
  absl::Status ImportAtLocation(const ::onnx::NodeProto& node);
  absl::Status ImportOperator(const ::onnx::NodeProto& node, const Inputs& inputs,
                              const Operands& operands);
  absl::Status ImportFunction(const ::onnx::NodeProto& node, const ::onnx::OpSchema& schema,
                              const Operands& operands);
  absl::Status ImportTyped(const ::onnx::NodeProto& node, const ::onnx::OpSchema& schema,
                           const Inputs& inputs, const Operands& operands);
  absl::Status Assume(const std::vector<onnx::Assumption>& assumptions,
                      const ::onnx::NodeProto& node);
  // Keeps what an Equal of sizes compares, for AssumeCondition().
  void NoteComparison(const ::onnx::NodeProto& node, const onnx::ShapeContext& rule);
  absl::Status CheckSize(const onnx::TensorInfo& type);
  void NoteNonNegative(const ir::SymShape& shape);
  bool MayAllocate(int64_t elements);
  bool Fold(const ::onnx::NodeProto& node, const EvalNode& eval);
  bool Carry(const ::onnx::NodeProto& node, const EvalNode& eval, int level);
  absl::Status Emit(const ::onnx::NodeProto& node, const Inputs& inputs,
                    const mlir::NamedAttrList& attributes, int level,
                    const std::vector<onnx::TensorInfo>& outputs);

  // --- Calls of the run-time library (graph_walker_library.cc) ---
  absl::Status ImportCall(const ::onnx::NodeProto& node, const ::onnx::OpSchema& schema,
                          const Inputs& inputs, const Operands& operands,
                          absl::string_view function);
  // Adds the call, and its outputs as values. `step` has all but operands and outputs.
  absl::Status AddCall(const ::onnx::NodeProto& node, ir::Step step, const Inputs& operands,
                       std::vector<onnx::TensorInfo> types);
  onnx::TensorInfo FromType(const ::onnx::TypeProto& type);
  // With the rank that the model declares for the value, if `info` has none.
  onnx::TensorInfo WithDeclaredRank(const std::string& name, onnx::TensorInfo info);
  onnx::TensorInfo WithRankOf(const ::onnx::ValueInfoProto& declared, onnx::TensorInfo info);
  ir::SymExpr FreshDim();
  void NoteSymbols(const ir::SymShape& shape, int level);
  int LevelOf(const ir::SymShape& shape) const;
  static int LevelOf(const Inputs& inputs);

  // --- Control flow (graph_walker_control_flow.cc) ---
  struct Body {
    std::unique_ptr<ir::Program> program;
    std::vector<ir::OnnxModule> fragments;
    std::vector<onnx::TensorInfo> outputs;                 // in the terms of this graph
    std::vector<std::pair<std::string, Value*>> captures;  // of this graph
  };
  static bool IsControlFlow(const ::onnx::NodeProto& node);
  absl::Status ImportControlFlow(const ::onnx::NodeProto& node, const ::onnx::OpSchema& schema,
                                 const Inputs& inputs);
  absl::Status ImportBranch(const ::onnx::NodeProto& node, bool taken);
  absl::Status ImportIf(const ::onnx::NodeProto& node, ir::Step step, const Inputs& inputs);
  absl::Status ImportLoop(const ::onnx::NodeProto& node, ir::Step step, const Inputs& inputs);
  absl::Status ImportScan(const ::onnx::NodeProto& node, ir::Step step, const Inputs& inputs);
  absl::Status ImportSequenceMap(const ::onnx::NodeProto& node, ir::Step step,
                                 const Inputs& inputs);
  // Walks the body with inputs of these types, and again with wider ones where what it carries from
  // one iteration to the next (inputs from `first`, outputs from `first_out`) changes its shape.
  absl::StatusOr<Body> ImportLoopBody(const ::onnx::GraphProto& graph,
                                      std::vector<onnx::TensorInfo>& inputs, int first,
                                      int first_out, int count);
  // Takes what the condition of an If compares for equal, where its branches' ranks differ: the
  // artifact then checks it.
  void AssumeCondition(const ::onnx::NodeProto& node, const std::vector<Body>& branches);
  absl::StatusOr<Body> ImportBody(const ::onnx::GraphProto& graph,
                                  const std::vector<onnx::TensorInfo>& inputs);
  // Completes the step with its bodies and what they capture, and adds it.
  absl::Status AddControlFlow(const ::onnx::NodeProto& node, ir::Step step, Inputs operands,
                              std::vector<Body> bodies, std::vector<onnx::TensorInfo> types);
  // What holds for both.
  onnx::TensorInfo Join(const onnx::TensorInfo& a, const onnx::TensorInfo& b);
  // A value of the outer graph as an input of this one.
  absl::StatusOr<Value*> Capture(const std::string& name);
  // Between the terms of the outer graph and those of this one.
  onnx::TensorInfo TypeFromOuter(const onnx::TensorInfo& type);
  onnx::TensorInfo TypeToOuter(const onnx::TensorInfo& type);

  // --- Values and diagnostics (graph_walker.cc) ---
  // ERRORS: INVALID_ARGUMENT (missing_value).
  absl::StatusOr<Value*> Find(const std::string& name);
  void Poison(const ::onnx::NodeProto& node);
  void Report(const absl::Status& error, const ::onnx::NodeProto* node, int index);
  void Warn(std::string message, const ::onnx::NodeProto* node = nullptr);

  mlir::MLIRContext& context_;
  const GraphSource& source_;
  const ::onnx::GraphProto& graph_;
  Assumptions& assumptions_;
  GraphWalker* const outer_;
  FragmentSet fragments_;
  ValueTable values_;
  // Where the node at hand comes from: the graph, or a function's body.
  struct Scope {
    const Opsets* opsets;
    const TensorReader* tensors;
    int depth = 0;
  };
  Scope scope_;
  std::string node_name_;  // of the node at hand
  std::string node_op_;    // its operator; profiles want it
  int index_ = -1;
  int num_expanded_ = 0;
  int num_fresh_ = 0;
  int64_t num_folded_ = 0;  // elements of constants, those of sub-graphs included
  std::set<std::string> non_negative_texts_;
  std::vector<ir::SymExpr> non_negative_;
  std::map<std::string, onnx::Assumption> comparisons_;  // of sizes, by the value they give
  std::map<std::string, int> symbol_levels_;             // when each symbol has a value
  std::vector<std::pair<int, ir::Step>> calls_;          // with their levels
  std::vector<std::unique_ptr<ir::Program>> subprograms_;
  std::vector<ir::OnnxModule> body_fragments_;            // of subprograms
  std::vector<int> inputs_;                               // slots
  std::vector<std::pair<std::string, Value*>> captures_;  // values of the outer graph
  std::map<std::string, ir::SymExpr> from_outer_;         // by the outer expression's text
  std::map<std::string, ir::SymExpr> to_outer_;           // by symbol
  bool again_ = false;
  bool reported_ = false;  // the error at hand was reported by a sub-graph's walker
  WalkResult result_;
};

}  // namespace sinter::import

#endif  // SINTER_COMPILER_CORE_IMPORT_GRAPH_WALKER_H_
