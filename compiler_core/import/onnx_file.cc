#include "compiler_core/import/onnx_file.h"

#include <algorithm>
#include <exception>
#include <functional>
#include <set>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "compiler_core/import/contrib_schemas.h"
#include "compiler_core/import/light_model.h"
#include "compiler_core/import/local_functions.h"
#include "compiler_core/ir/diagnostic_kind.h"
#include "google/protobuf/io/coded_stream.h"
#include "google/protobuf/io/zero_copy_stream_impl_lite.h"
#include "llvm/Support/ConvertUTF.h"
#include "onnx/checker.h"
#include "onnx/defs/schema.h"
#include "onnx/inliner/inliner.h"
#include "onnx/onnx_pb.h"

namespace sinter::import {

using ir::DiagnosticKind;

namespace {

absl::Status Malformed(absl::string_view what, absl::string_view hint = "") {
  return ir::Error(DiagnosticKind::kMalformedModel, what, hint);
}

bool IsUtf8(const std::string& text) {
  const auto* begin = reinterpret_cast<const llvm::UTF8*>(text.data());
  return llvm::isLegalUTF8String(&begin, begin + text.size());
}

// An exception's message as one line, without the place in ONNX's sources.
std::string Readable(absl::string_view message) {
  const size_t assertion = message.find("Assertion `");
  if (assertion != absl::string_view::npos) message.remove_prefix(assertion);
  std::string line;
  for (char c : absl::StripAsciiWhitespace(message)) line += c == '\n' ? ' ' : c;
  // It may quote anything of the file.
  return IsUtf8(line) ? line : "a node breaks its op's schema";
}

// Runs code of ONNX's library, which reports errors by exceptions.
absl::Status Guarded(const std::function<void()>& call) {
  try {
    call();
    return absl::OkStatus();
  } catch (const std::exception& error) {
    return Malformed(Readable(error.what()));
  }
}

// ONNX demands UTF-8 and protobuf doesn't check it; names go into messages and manifests, and into
// C strings, where a zero would make two of them one.
bool IsName(const std::string& text) {
  return text.find('\0') == std::string::npos && IsUtf8(text);
}

bool AreNames(const google::protobuf::RepeatedPtrField<std::string>& texts) {
  return std::all_of(texts.begin(), texts.end(), IsName);
}

bool HasReadableNames(const ::onnx::GraphProto& graph);

// With those of their graphs, which protobuf does not let nest without end.
bool HaveReadableNames(const google::protobuf::RepeatedPtrField<::onnx::NodeProto>& nodes) {
  for (const auto& node : nodes) {
    for (const std::string* text : {&node.name(), &node.op_type(), &node.domain()}) {
      if (!IsName(*text)) return false;
    }
    if (!AreNames(node.input()) || !AreNames(node.output())) return false;
    for (const auto& attribute : node.attribute()) {
      if (!IsName(attribute.name()) || !HasReadableNames(attribute.g())) return false;
    }
  }
  return true;
}

bool HasReadableNames(const ::onnx::ValueInfoProto& value) {
  for (const auto& dim : value.type().tensor_type().shape().dim()) {
    if (!IsName(dim.dim_param())) return false;
  }
  return IsName(value.name());
}

bool HasReadableNames(const ::onnx::GraphProto& graph) {
  if (!IsName(graph.name())) return false;
  for (const auto* values : {&graph.input(), &graph.output(), &graph.value_info()}) {
    for (const auto& value : *values) {
      if (!HasReadableNames(value)) return false;
    }
  }
  for (const auto& tensor : graph.initializer()) {
    if (!IsName(tensor.name())) return false;
  }
  return HaveReadableNames(graph.node());
}

bool HasReadableNames(const ::onnx::FunctionProto& function) {
  return IsName(function.name()) && IsName(function.domain()) && AreNames(function.input()) &&
         AreNames(function.output()) && HaveReadableNames(function.node());
}

// Adds what the node's graphs read from around them: OrderNodes() has seen that it is there.
void AddCaptured(const ::onnx::NodeProto& node, ::onnx::checker::LexicalScopeContext& scope) {
  for (const auto& attribute : node.attribute()) {
    if (!attribute.has_g()) continue;
    std::set<std::string> own;
    for (const auto& input : attribute.g().input()) own.insert(input.name());
    for (const auto& tensor : attribute.g().initializer()) own.insert(tensor.name());
    for (const auto& inner : attribute.g().node())
      own.insert(inner.output().begin(), inner.output().end());
    for (const auto& inner : attribute.g().node()) {
      for (const std::string& input : inner.input()) {
        if (own.count(input) == 0) scope.add(input);
      }
      AddCaptured(inner, scope);
    }
    // What a graph of a graph reads may be the outer one's own.
    for (const std::string& name : own) scope.output_names.erase(name);
  }
}

}  // namespace

absl::StatusOr<std::shared_ptr<::onnx::ModelProto>> ParseModel(absl::string_view bytes) {
  if (bytes.empty()) return Malformed("the file is empty");
  if (bytes.size() > 0x7fffffff) {
    return ir::Error(DiagnosticKind::kTooLarge, "the model file is larger than 2 GB",
                     "keep the weights as external data");
  }
  auto model = std::make_shared<::onnx::ModelProto>();
  const std::optional<std::string> light = WithoutWeights(bytes);
  if (light) bytes = *light;
  google::protobuf::io::ArrayInputStream stream(bytes.data(), static_cast<int>(bytes.size()));
  google::protobuf::io::CodedInputStream coded(&stream);
  coded.SetTotalBytesLimit(0x7fffffff);
  if (!model->ParseFromCodedStream(&coded) || !coded.ConsumedEntireMessage()) {
    return Malformed("the file is not an ONNX model, or is cut short",
                     "check that the file was copied completely");
  }
  if (!model->has_graph()) {
    return Malformed("the file holds no graph", "check that it is an ONNX model");
  }
  if (!HasReadableNames(model->graph()))
    return Malformed("a name in the graph is not UTF-8, or holds a zero byte");
  for (const auto& function : model->functions()) {
    if (!HasReadableNames(function))
      return Malformed("a name in a function is not UTF-8, or holds a zero byte");
  }
  return model;
}

std::string NormalDomain(absl::string_view domain) {
  return domain == "ai.onnx" ? "" : std::string(domain);
}

absl::StatusOr<Opsets> ReadOpsets(const ::onnx::ModelProto& model) {
  Opsets opsets;
  for (const auto& import : model.opset_import()) {
    opsets[NormalDomain(import.domain())] = import.version();
  }
  // Files of the first two IR versions could leave it out.
  if (opsets.empty() && model.ir_version() < 3) opsets[""] = 1;
  if (opsets.empty()) return Malformed("the model imports no operator set");
  const auto& known = ::onnx::OpSchemaRegistry::DomainToVersionRange::Instance().Map();
  for (const auto& [domain, version] : opsets) {
    auto range = known.find(domain);
    if (range == known.end()) continue;
    if (version < 1) {
      return Malformed(absl::StrCat("version ", version, " of operator set `", domain, "`"));
    }
    if (version > range->second.second) {
      return ir::Error(DiagnosticKind::kUnsupportedOpset,
                       absl::StrCat("version ", version, " of operator set `",
                                    domain.empty() ? "ai.onnx" : domain, "`"),
                       absl::StrCat("export for version ", range->second.second, " or older"));
    }
  }
  return opsets;
}

// ONNX Runtime has this one in ONNX's own domain, where ONNX does not know it.
static bool IsInDefaultDomainToo(const ::onnx::NodeProto& node) {
  return node.op_type() == "SimplifiedLayerNormalization" && NormalDomain(node.domain()).empty();
}

const ::onnx::OpSchema* SchemaOf(const ::onnx::NodeProto& node, const Opsets& opsets) {
  const std::string domain = NormalDomain(node.domain());
  auto version = opsets.find(domain);
  if (version == opsets.end()) return nullptr;
  if (domain == kContribDomain || IsInDefaultDomainToo(node)) return ContribSchema(node.op_type());
  return ::onnx::OpSchemaRegistry::Schema(node.op_type(), static_cast<int>(version->second),
                                          domain);
}

absl::Status ExpandFunctions(::onnx::ModelProto& model, const Opsets& opsets) {
  if (model.functions_size() > 0) {
    SINTER_RETURN_IF_ERROR(CheckLocalFunctions(model));
    SINTER_RETURN_IF_ERROR(Guarded([&] {
      ::onnx::checker::CheckerContext context;
      context.set_ir_version(static_cast<int>(model.ir_version()));
      std::unordered_map<std::string, int> imports;
      for (const auto& [domain, version] : opsets) imports[domain] = static_cast<int>(version);
      context.set_opset_imports(imports);
      ::onnx::checker::check_model_local_functions(model, context,
                                                   ::onnx::checker::LexicalScopeContext{});
      ::onnx::inliner::InlineLocalFunctions(model, true);
    }));
  }
  return absl::OkStatus();
}

absl::Status CheckNode(const ::onnx::NodeProto& node, const Opsets& opsets, int64_t ir_version) {
  for (const auto& attribute : node.attribute()) {
    // ONNX's checker would look for the file.
    if (attribute.t().data_location() != ::onnx::TensorProto::EXTERNAL) continue;
    return ir::Error(DiagnosticKind::kUnsupportedAttribute,
                     absl::StrCat("attribute `", attribute.name(), "` with external data"));
  }
  return Guarded([&] {
    ::onnx::checker::CheckerContext context;
    context.set_ir_version(static_cast<int>(ir_version));
    std::unordered_map<std::string, int> imports;
    for (const auto& [domain, version] : opsets) imports[domain] = static_cast<int>(version);
    context.set_opset_imports(imports);
    ::onnx::checker::LexicalScopeContext scope;
    AddCaptured(node, scope);
    const bool is_contrib = node.domain() == kContribDomain || IsInDefaultDomainToo(node);
    if (!IsInDefaultDomainToo(node)) ::onnx::checker::check_node(node, context, scope);
    // ONNX's checker passes over domains that it does not know.
    const ::onnx::OpSchema* schema = SchemaOf(node, opsets);
    if (is_contrib && schema != nullptr) schema->Verify(node);
  });
}

std::string OpName(const ::onnx::NodeProto& node) {
  const std::string domain = NormalDomain(node.domain());
  return domain.empty() ? node.op_type() : absl::StrCat(domain, ".", node.op_type());
}

std::string NodeName(const ::onnx::NodeProto& node, int index) {
  return node.name().empty() ? absl::StrCat(node.op_type(), "#", index) : node.name();
}

}  // namespace sinter::import
