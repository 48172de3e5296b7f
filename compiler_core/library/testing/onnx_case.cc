#include "compiler_core/library/testing/onnx_case.h"

#include <cmath>
#include <cstdint>
#include <fstream>
#include <map>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "compiler_core/library/library.h"
#include "compiler_core/library/small_floats.h"
#include "compiler_core/library/testing/call.h"
#include "onnx/onnx-data.pb.h"
#include "onnx/onnx_pb.h"
#include "runtime/tensor_proto.h"

extern "C" {
#define SINTER_LIBRARY_OP(domain, name, function) SINTER_OP(function);
#include "compiler_core/library/library_ops.def"
#undef SINTER_LIBRARY_OP

// Control flow is tested with compiled sub-graphs, by compiler_core/codegen.
SINTER_HIDDEN int32_t sinter_invoke(const sinter_op_call* call, const sinter_program*, int32_t,
                                    const sinter_value* const*, int32_t, sinter_value*) {
  SINTER_FAIL(SINTER_NOT_SUPPORTED, "there are no sub-graphs here");
}
}

namespace sinter::library {
namespace {

sinter_op FindOp(const std::string& domain, const std::string& name) {
  static const std::map<std::string, sinter_op> ops = {
#define SINTER_LIBRARY_OP(domain, name, function) {domain ":" name, sinter_op_##function},
#include "compiler_core/library/library_ops.def"
#undef SINTER_LIBRARY_OP
  };
  const auto found = ops.find(absl::StrCat(domain == "ai.onnx" ? "" : domain, ":", name));
  return found == ops.end() ? nullptr : found->second;
}

template <typename Message>
absl::StatusOr<Message> ReadMessage(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  Message message;
  if (!file || !message.ParseFromIstream(&file)) {
    return absl::NotFoundError(absl::StrCat("`", path, "` can't be read"));
  }
  return message;
}

absl::StatusOr<sinter_value> FromTensor(Call* call, const onnx::TensorProto& proto) {
  const std::vector<int64_t> dims(proto.dims().begin(), proto.dims().end());
  if (proto.data_type() == SINTER_STRING) {
    return call->StringTensor(dims, {proto.string_data().begin(), proto.string_data().end()});
  }
  SINTER_ASSIGN_OR_RETURN(runtime::NamedTensor named, runtime::FromTensorProto(proto));
  const sinter_dtype dtype = proto.data_type();
  int64_t bytes = sinter_element_size(dtype);
  for (const int64_t dim : dims) bytes *= dim;
  return call->Bytes(dims, dtype,
                     std::string(static_cast<const char*>(named.tensor.data()), bytes));
}

absl::StatusOr<sinter_value> FromSequence(Call* call, const onnx::SequenceProto& proto) {
  std::vector<sinter_value> items;
  for (const onnx::TensorProto& tensor : proto.tensor_values()) {
    SINTER_ASSIGN_OR_RETURN(items.emplace_back(), FromTensor(call, tensor));
  }
  for (const onnx::SequenceProto& sequence : proto.sequence_values()) {
    SINTER_ASSIGN_OR_RETURN(items.emplace_back(), FromSequence(call, sequence));
  }
  return call->Sequence(items);
}

absl::StatusOr<sinter_value> FromOptional(Call* call, const onnx::OptionalProto& proto) {
  if (proto.has_tensor_value()) return FromTensor(call, proto.tensor_value());
  if (proto.has_sequence_value()) return FromSequence(call, proto.sequence_value());
  return call->None();
}

absl::StatusOr<sinter_value> ReadValue(Call* call, const onnx::TypeProto& type,
                                       const std::string& path) {
  if (type.has_sequence_type()) {
    SINTER_ASSIGN_OR_RETURN(auto sequence, ReadMessage<onnx::SequenceProto>(path));
    return FromSequence(call, sequence);
  }
  if (type.has_optional_type()) {
    SINTER_ASSIGN_OR_RETURN(auto optional, ReadMessage<onnx::OptionalProto>(path));
    return FromOptional(call, optional);
  }
  SINTER_ASSIGN_OR_RETURN(auto tensor, ReadMessage<onnx::TensorProto>(path));
  return FromTensor(call, tensor);
}

// RETURNS: whether the library takes such attributes.
absl::StatusOr<bool> SetAttributes(const onnx::NodeProto& node, Call* call) {
  for (const onnx::AttributeProto& attr : node.attribute()) {
    switch (attr.type()) {
      case onnx::AttributeProto::INT:
        call->Int(attr.name(), attr.i());
        break;
      case onnx::AttributeProto::INTS:
        call->Ints(attr.name(), {attr.ints().begin(), attr.ints().end()});
        break;
      case onnx::AttributeProto::FLOAT:
        call->Float(attr.name(), attr.f());
        break;
      case onnx::AttributeProto::FLOATS:
        call->Floats(attr.name(), {attr.floats().begin(), attr.floats().end()});
        break;
      case onnx::AttributeProto::STRING:
        call->String(attr.name(), attr.s());
        break;
      case onnx::AttributeProto::STRINGS:
        call->StringList(attr.name(), {attr.strings().begin(), attr.strings().end()});
        break;
      case onnx::AttributeProto::TENSOR: {
        SINTER_ASSIGN_OR_RETURN(const sinter_value tensor, FromTensor(call, attr.t()));
        call->TensorAttr(attr.name(), tensor);
        break;
      }
      case onnx::AttributeProto::TYPE_PROTO:
        break;
      default:
        return false;
    }
  }
  return true;
}

bool Near(double found, double wanted) {
  if (std::isnan(found) || std::isnan(wanted)) return std::isnan(found) && std::isnan(wanted);
  if (found == wanted) return true;
  return std::abs(found - wanted) <= 1e-5 + 1e-3 * std::abs(wanted);
}

absl::Status Differs(const std::string& what) { return absl::FailedPreconditionError(what); }

absl::Status CompareElements(const sinter_value& found, const sinter_value& wanted) {
  if (found.dtype == SINTER_STRING) {
    return Call::StringsOf(found) == Call::StringsOf(wanted) ? absl::OkStatus()
                                                             : Differs("other strings");
  }
  const bool is_complex = found.dtype == SINTER_C64 || found.dtype == SINTER_C128;
  const int64_t count = sinter_num_elements(&found);
  for (int64_t i = 0; i < count; ++i) {
    if (is_complex) return absl::UnimplementedError("complex numbers are not compared");
    const double a = sinter_number_at(&found, i), b = sinter_number_at(&wanted, i);
    const bool same = sinter_is_float(found.dtype) ? Near(a, b) : a == b;
    if (!same) return Differs(absl::StrCat("element ", i, " is ", a, ", should be ", b));
  }
  return absl::OkStatus();
}

absl::Status Compare(const sinter_value& found, const sinter_value& wanted) {
  if (found.kind != wanted.kind) {
    return Differs(absl::StrCat("kind ", found.kind, ", should be ", wanted.kind));
  }
  if (found.kind == SINTER_TENSOR) {
    if (found.dtype != wanted.dtype) {
      return Differs(absl::StrCat("type ", found.dtype, ", should be ", wanted.dtype));
    }
    if (Call::DimsOf(found) != Call::DimsOf(wanted)) {
      std::string dims = "shape";
      for (const int64_t dim : Call::DimsOf(found)) absl::StrAppend(&dims, " ", dim);
      absl::StrAppend(&dims, ", should be");
      for (const int64_t dim : Call::DimsOf(wanted)) absl::StrAppend(&dims, " ", dim);
      return Differs(dims);
    }
    return CompareElements(found, wanted);
  }
  if (found.count != wanted.count) return Differs(absl::StrCat(found.count, " items"));
  for (int64_t i = 0; i < found.count; ++i) {
    SINTER_RETURN_IF_ERROR(Compare(found.items[i], wanted.items[i]));
  }
  return absl::OkStatus();
}

int32_t VersionOf(const onnx::ModelProto& model, const std::string& domain) {
  for (const onnx::OperatorSetIdProto& import : model.opset_import()) {
    if (import.domain() == domain) return static_cast<int32_t>(import.version());
  }
  return 0;
}

}  // namespace

absl::StatusOr<CaseVerdict> RunOnnxCase(const std::string& folder) {
  SINTER_ASSIGN_OR_RETURN(auto model, ReadMessage<onnx::ModelProto>(folder + "/model.onnx"));
  const onnx::GraphProto& graph = model.graph();
  if (graph.node_size() != 1 || graph.initializer_size() != 0) return CaseVerdict::kNotOurs;
  const onnx::NodeProto& node = graph.node(0);
  const sinter_op op = FindOp(node.domain(), node.op_type());
  if (op == nullptr) return CaseVerdict::kNotOurs;

  Call call(op, VersionOf(model, node.domain()));
  SINTER_ASSIGN_OR_RETURN(const bool taken, SetAttributes(node, &call));
  if (!taken) return CaseVerdict::kNotOurs;
  const std::string data = folder + "/test_data_set_0/";
  std::map<std::string, sinter_value> inputs;
  for (int i = 0; i < graph.input_size(); ++i) {
    SINTER_ASSIGN_OR_RETURN(
        inputs[graph.input(i).name()],
        ReadValue(&call, graph.input(i).type(), absl::StrCat(data, "input_", i, ".pb")));
  }
  for (const std::string& name : node.input()) {
    if (name.empty()) {
      call.NoInput();
    } else {
      call.Input(inputs.at(name));
    }
  }
  call.Outputs(node.output_size());
  for (int i = 0; i < node.output_size(); ++i) {
    if (node.output(i).empty()) call.NoOutput(i);
  }
  const int32_t status = call.Run();
  if (status == SINTER_NOT_SUPPORTED) return CaseVerdict::kNotOurs;
  if (status != SINTER_OK) return absl::InternalError(call.message());
  for (int i = 0, file = 0; i < node.output_size(); ++i) {
    if (node.output(i).empty()) continue;
    SINTER_ASSIGN_OR_RETURN(
        const sinter_value wanted,
        ReadValue(&call, graph.output(file).type(), absl::StrCat(data, "output_", file, ".pb")));
    SINTER_RETURN_IF_ERROR(Compare(call.output(i), wanted));
    ++file;
  }
  return CaseVerdict::kPassed;
}

}  // namespace sinter::library
