#include "compiler_core/import/library_functions.h"

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "compiler_core/ir/diagnostic_kind.h"
#include "onnx/onnx_pb.h"

namespace sinter::import {
namespace {

using ::onnx::AttributeProto;

struct Row {
  absl::string_view domain, op, function;
};

constexpr Row kRows[] = {
#define SINTER_LIBRARY_OP(domain, op, function) {domain, op, #function},
#include "compiler_core/library/library_ops.def"
#undef SINTER_LIBRARY_OP
};

}  // namespace

absl::string_view FindLibraryFunction(absl::string_view domain, absl::string_view op) {
  for (const Row& row : kRows) {
    if (row.op == op && row.domain == domain) return row.function;
  }
  return "";
}

namespace {

absl::Status ReadCallAttribute(const AttributeProto& proto, const TensorReader& tensors,
                               ir::CallAttribute& out) {
  using Kind = ir::CallAttribute::Kind;
  switch (proto.type()) {
    case AttributeProto::INT:
      out.ints = {proto.i()};
      return absl::OkStatus();
    case AttributeProto::INTS:
      out.ints.assign(proto.ints().begin(), proto.ints().end());
      return absl::OkStatus();
    case AttributeProto::FLOAT:
      out.kind = Kind::kFloats;
      out.floats = {proto.f()};
      return absl::OkStatus();
    case AttributeProto::FLOATS:
      out.kind = Kind::kFloats;
      out.floats.assign(proto.floats().begin(), proto.floats().end());
      return absl::OkStatus();
    case AttributeProto::STRING:
      out.kind = Kind::kStrings;
      out.strings = {proto.s()};
      return absl::OkStatus();
    case AttributeProto::STRINGS:
      out.kind = Kind::kStrings;
      out.strings.assign(proto.strings().begin(), proto.strings().end());
      return absl::OkStatus();
    case AttributeProto::TENSOR: {
      out.kind = Kind::kTensors;
      SINTER_ASSIGN_OR_RETURN(ir::HostTensor tensor, tensors.Read(proto.t()));
      out.tensors.push_back(std::move(tensor));
      return absl::OkStatus();
    }
    default:
      return ir::Error(ir::DiagnosticKind::kUnsupportedAttribute,
                       absl::StrCat("attribute `", proto.name(), "` is of type ",
                                    AttributeProto::AttributeType_Name(proto.type())));
  }
}

}  // namespace

absl::Status ReadCallAttributes(const ::onnx::NodeProto& node, const TensorReader& tensors,
                                ir::Step& step) {
  for (const AttributeProto& proto : node.attribute()) {
    // Types only matter to type inference.
    if (proto.type() == AttributeProto::GRAPH || proto.type() == AttributeProto::TYPE_PROTO) {
      continue;
    }
    ir::CallAttribute attribute;
    attribute.name = proto.name();
    SINTER_RETURN_IF_ERROR(ReadCallAttribute(proto, tensors, attribute));
    step.attributes.push_back(std::move(attribute));
  }
  return absl::OkStatus();
}

}  // namespace sinter::import
