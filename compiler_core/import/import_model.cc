#include "compiler_core/import/import_model.h"

#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "compiler_core/dialect/core/core.h"
#include "compiler_core/dialect/onnx/onnx_dialect.h"
#include "compiler_core/dialect/onnx/op_rows.h"
#include "compiler_core/import/function_body.h"
#include "compiler_core/import/graph_walker.h"
#include "compiler_core/import/library_functions.h"
#include "compiler_core/import/model_inputs.h"
#include "compiler_core/import/onnx_file.h"
#include "compiler_core/ir/diagnostic_kind.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "onnx/defs/schema.h"
#include "onnx/onnx_pb.h"

namespace sinter::import {
namespace {

using ir::DiagnosticKind;

struct ImportedModel {
  std::shared_ptr<const ::onnx::ModelProto> proto;
  Opsets opsets;
  std::vector<int> order;
  ModelInputs inputs;
};

// Reports `error` about a node (or none) and gives it back.
absl::Status Report(const absl::Status& error, const ::onnx::NodeProto* node, int index,
                    const Opsets& opsets, ir::DiagnosticSink& sink) {
  v1::Diagnostic diagnostic = ir::ToDiagnostic(error, v1::Diagnostic::IMPORT);
  if (node != nullptr) {
    diagnostic.set_node(NodeName(*node, index));
    diagnostic.set_op_type(node->op_type());
    diagnostic.set_domain(NormalDomain(node->domain()));
    auto opset = opsets.find(diagnostic.domain());
    if (opset != opsets.end()) diagnostic.set_opset(static_cast<int32_t>(opset->second));
  }
  sink.Add(std::move(diagnostic));
  return error;
}

absl::Status Report(const absl::Status& error, ir::DiagnosticSink& sink) {
  return Report(error, nullptr, -1, {}, sink);
}

absl::Status UnknownOp(const ::onnx::NodeProto& node) {
  const std::string op = OpName(node);
  const absl::string_view nearest = onnx::NearestOp(op);
  return ir::Error(DiagnosticKind::kUnsupportedOp, absl::StrCat("op `", op, "` is not supported"),
                   nearest.empty() ? "" : absl::StrCat("did you mean `", nearest, "`?"));
}

// Whether there is a row for the node.
absl::Status CheckSupported(const ::onnx::NodeProto& node, const Opsets& opsets) {
  const std::string domain = NormalDomain(node.domain());
  const onnx::OpRow* row = onnx::FindRow(OpName(node));
  const ::onnx::OpSchema* schema = SchemaOf(node, opsets);
  // The branches of an If are looked at when it is known which one is taken.
  if (domain.empty() && node.op_type() == "If" && schema != nullptr) return absl::OkStatus();
  // A function's own nodes are looked at when they are needed.
  if (schema != nullptr && IsExpandable(*schema)) return absl::OkStatus();
  if (schema != nullptr && !FindLibraryFunction(domain, node.op_type()).empty()) {
    return absl::OkStatus();
  }
  if (row == nullptr) return UnknownOp(node);
  if (opsets.count(domain) == 0) {
    return ir::Error(DiagnosticKind::kMalformedModel,
                     absl::StrCat("the model imports no operator set `",
                                  domain.empty() ? "ai.onnx" : domain, "`, but uses its ops"));
  }
  if (schema == nullptr) {
    return ir::Error(DiagnosticKind::kMalformedModel,
                     absl::StrCat("op `", node.op_type(), "` does not exist in version ",
                                  opsets.at(domain), " of the operator set"));
  }
  if (row->Supports(schema->SinceVersion())) return absl::OkStatus();
  std::string versions;
  for (int64_t version : row->versions)
    absl::StrAppend(&versions, versions.empty() ? "" : ", ", version);
  return ir::Error(DiagnosticKind::kUnsupportedOpset,
                   absl::StrCat("op `", node.op_type(), "` as defined in version ",
                                schema->SinceVersion(), " is not supported"),
                   absl::StrCat("supported are versions ", versions));
}

// The node, and those of its sub-graphs.
absl::Status CheckDeep(const ::onnx::NodeProto& node, const ImportedModel& model, int depth) {
  constexpr int kMaxDepth = 16;
  if (depth > kMaxDepth) {
    return ir::Error(DiagnosticKind::kUnsupportedOp, "graphs that are nested too deeply");
  }
  SINTER_RETURN_IF_ERROR(CheckNode(node, model.opsets, model.proto->ir_version()));
  for (const auto& attribute : node.attribute()) {
    for (const ::onnx::NodeProto& inner : attribute.g().node()) {
      SINTER_RETURN_IF_ERROR(CheckDeep(inner, model, depth + 1));
    }
  }
  return absl::OkStatus();
}

// Every needed node by itself: first whether all are supported, then whether all are well-formed.
absl::Status CheckNodes(const ImportedModel& model, ir::DiagnosticSink& sink) {
  const ::onnx::GraphProto& graph = model.proto->graph();
  absl::Status first;
  for (int index : model.order) {
    const absl::Status status = CheckSupported(graph.node(index), model.opsets);
    if (status.ok()) continue;
    Report(status, &graph.node(index), index, model.opsets, sink).IgnoreError();
    if (first.ok()) first = status;
  }
  SINTER_RETURN_IF_ERROR(first);
  for (int index : model.order) {
    const ::onnx::NodeProto& node = graph.node(index);
    const absl::Status status = CheckDeep(node, model, 0);
    if (!status.ok()) return Report(status, &node, index, model.opsets, sink);
  }
  return absl::OkStatus();
}

absl::StatusOr<ImportedModel> ReadModel(absl::string_view bytes, const v1::CompileOptions& options,
                                        Assumptions& assumptions, ir::DiagnosticSink& sink) {
  ImportedModel model;
  absl::StatusOr<std::shared_ptr<::onnx::ModelProto>> proto = ParseModel(bytes);
  if (!proto.ok()) return Report(proto.status(), sink);
  absl::StatusOr<Opsets> opsets = ReadOpsets(**proto);
  if (!opsets.ok()) return Report(opsets.status(), sink);
  model.opsets = *opsets;
  if (absl::Status status = ExpandFunctions(**proto, model.opsets); !status.ok()) {
    return Report(status, sink);
  }
  // Expanding may have brought in operator sets that only function bodies use.
  for (const auto& import : (*proto)->opset_import()) {
    model.opsets.emplace(NormalDomain(import.domain()), import.version());
  }
  model.proto = *proto;
  GraphOrder order = OrderNodes(model.proto->graph());
  if (!order.error.ok()) {
    const bool has_node = order.culprit >= 0;
    return Report(order.error, has_node ? &model.proto->graph().node(order.culprit) : nullptr,
                  order.culprit, model.opsets, sink);
  }
  model.order = std::move(order.nodes);
  SINTER_RETURN_IF_ERROR(CheckNodes(model, sink));
  absl::StatusOr<ModelInputs> inputs = ReadInputs(model.proto->graph(), options, assumptions);
  if (!inputs.ok()) return Report(inputs.status(), sink);
  model.inputs = *std::move(inputs);
  return model;
}

}  // namespace

absl::StatusOr<ir::OnnxProgram> ImportModel(mlir::MLIRContext& context,
                                            absl::Span<const ir::InputFile> files,
                                            const v1::CompileOptions& options,
                                            ir::DiagnosticSink& sink) {
  context.getOrLoadDialect<mlir::func::FuncDialect>();
  context.getOrLoadDialect<core::SinterDialect>();
  context.getOrLoadDialect<onnx::OnnxDialect>();
  Assumptions assumptions;
  SINTER_ASSIGN_OR_RETURN(const ImportedModel model,
                          ReadModel(files[0].bytes, options, assumptions, sink));
  const TensorReader tensors(model.proto, files);
  GraphSource source;
  source.graph = &model.proto->graph();
  source.opsets = &model.opsets;
  source.tensors = &tensors;
  source.order = model.order;
  source.inputs = model.inputs.values;
  source.ranges = model.inputs.ranges;
  // Each walk but the last adds a relation between dimensions, of which a model has few.
  constexpr int kMaxWalks = 64;
  for (int walk = 1;; ++walk) {
    WalkResult result = GraphWalker(context, source, assumptions, nullptr).Walk();
    const bool again = result.again && walk < kMaxWalks;
    for (v1::Diagnostic& diagnostic : result.diagnostics) {
      // Errors of a walk that is done again are seen again.
      if (again && diagnostic.severity() == v1::Diagnostic::ERROR) continue;
      sink.Add(std::move(diagnostic));
    }
    if (again) continue;
    SINTER_RETURN_IF_ERROR(result.status);
    if (result.model) return *std::move(result.model);
    return Report(
        ir::Error(DiagnosticKind::kUnsupportedShape, "too many relations between free dimensions",
                  "fix dimensions with --shape"),
        sink);
  }
}

}  // namespace sinter::import
