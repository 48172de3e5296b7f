#include "compiler_core/import/local_functions.h"

#include <algorithm>
#include <cstdint>
#include <map>
#include <string>
#include <tuple>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "compiler_core/import/onnx_file.h"
#include "compiler_core/ir/diagnostic_kind.h"
#include "onnx/onnx_pb.h"

namespace sinter::import {
namespace {

using ir::DiagnosticKind;
using Nodes = google::protobuf::RepeatedPtrField<::onnx::NodeProto>;
using Name = std::tuple<std::string, std::string, std::string>;

constexpr int kMaxCalls = 64;
constexpr int64_t kMaxNodes = int64_t{1} << 20;
constexpr int64_t kMaxBytes = int64_t{1} << 30;

// What nodes become when all calls among them are expanded; saturating.
struct Extent {
  int64_t nodes = 0;
  int64_t bytes = 0;

  void Add(const Extent& other) {
    nodes = std::min(nodes + other.nodes, kMaxNodes + 1);
    bytes = std::min(bytes + other.bytes, kMaxBytes + 1);
  }
};

class Measurer {
 public:
  explicit Measurer(const ::onnx::ModelProto& model) {
    for (const auto& function : model.functions()) {
      functions_[{NormalDomain(function.domain()), function.name(), function.overload()}].proto =
          &function;
    }
  }

  absl::Status Add(const Nodes& nodes, int calls, Extent& extent) {
    for (const ::onnx::NodeProto& node : nodes) {
      extent.Add({1, static_cast<int64_t>(node.ByteSizeLong())});
      for (const auto& attribute : node.attribute()) {
        SINTER_RETURN_IF_ERROR(Add(attribute.g().node(), calls, extent));
      }
      auto called = functions_.find({NormalDomain(node.domain()), node.op_type(), node.overload()});
      if (called == functions_.end()) continue;
      SINTER_RETURN_IF_ERROR(Measure(called->second, calls + 1));
      extent.Add(called->second.extent);
    }
    return absl::OkStatus();
  }

 private:
  struct Function {
    const ::onnx::FunctionProto* proto = nullptr;
    enum { kNew, kOpen, kDone } state = kNew;
    Extent extent;
  };

  absl::Status Measure(Function& function, int calls) {
    if (function.state == Function::kDone) return absl::OkStatus();
    const auto bad = [&](absl::string_view what) {
      return ir::Error(DiagnosticKind::kMalformedModel,
                       absl::StrCat("function `", function.proto->name(), "` ", what));
    };
    if (function.state == Function::kOpen) return bad("calls itself");
    if (calls > kMaxCalls) return bad("is called through more than 64 others");
    function.state = Function::kOpen;
    SINTER_RETURN_IF_ERROR(Add(function.proto->node(), calls, function.extent));
    function.state = Function::kDone;
    return absl::OkStatus();
  }

  std::map<Name, Function> functions_;
};

}  // namespace

absl::Status CheckLocalFunctions(const ::onnx::ModelProto& model) {
  Extent extent;
  SINTER_RETURN_IF_ERROR(Measurer(model).Add(model.graph().node(), 0, extent));
  if (extent.nodes <= kMaxNodes && extent.bytes <= kMaxBytes) return absl::OkStatus();
  return ir::Error(DiagnosticKind::kTooLarge,
                   "the model's functions expand to more than 2^20 nodes or 2^30 bytes");
}

}  // namespace sinter::import
