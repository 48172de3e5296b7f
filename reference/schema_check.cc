#include "reference/schema_check.h"

#include <algorithm>
#include <exception>
#include <map>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "onnx/defs/schema.h"

namespace sinter::reference {
namespace {

using ::onnx::OpSchema;

// Whether a value of the type `text` may stand where the schema allows `types`. Of values other
// than tensors only the kind is compared: an empty sequence may not know what it would hold. What
// is there may also stand for an optional of its type: ONNX's own models do that.
bool IsAllowed(const std::string& text, bool is_tensor, const ::onnx::DataTypeSet& types) {
  const std::string kind = text.substr(0, text.find('(') + 1);
  return std::any_of(types.begin(), types.end(), [&](const ::onnx::DataType allowed) {
    if (is_tensor) return *allowed == text || *allowed == absl::StrCat("optional(", text, ")");
    return absl::StartsWith(*allowed, kind) || absl::StartsWith(*allowed, "optional(" + kind);
  });
}

absl::Status CheckTypes(const OpSchema& schema, absl::Span<const std::optional<Value>> inputs) {
  const auto& formals = schema.inputs();
  std::map<std::string, std::string> bound;  // what the schema's type variables stand for
  for (size_t i = 0; i < inputs.size() && !formals.empty(); ++i) {
    const auto& formal = formals[std::min(i, formals.size() - 1)];
    if (!inputs[i].has_value()) {
      if (formal.GetOption() != OpSchema::Variadic) continue;
      return absl::InvalidArgumentError(
          absl::StrCat("input ", i, " (`", formal.GetName(), "`) is left out"));
    }
    const std::string text = inputs[i]->TypeText();
    const bool is_tensor = inputs[i]->tensor() != nullptr;
    if (!IsAllowed(text, is_tensor, formal.GetTypes())) {
      return absl::InvalidArgumentError(
          absl::StrCat("input ", i, " (`", formal.GetName(), "`) is a ", text,
                       ", which the op does not take there at version ", schema.SinceVersion()));
    }
    if (!is_tensor || !formal.GetIsHomogeneous()) continue;
    const auto [row, is_new] = bound.emplace(formal.GetTypeStr(), text);
    if (!is_new && row->second != text) {
      return absl::InvalidArgumentError(
          absl::StrCat("input ", i, " (`", formal.GetName(), "`) is a ", text,
                       " where an earlier one is a ", row->second, "; they must be the same"));
    }
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status CheckAgainstSchema(const ::onnx::NodeProto& node, const OpSchema& schema,
                                absl::Span<const std::optional<Value>> inputs) {
  if (schema.deprecated()) {
    // What is deprecated still has its meaning, but Verify would refuse it.
    if (node.input_size() < schema.min_input()) {
      return absl::InvalidArgumentError("inputs are missing");
    }
    return CheckTypes(schema, inputs);
  }
  try {
    schema.Verify(node);
  } catch (const std::exception& error) {
    return absl::InvalidArgumentError(error.what());
  }
  return CheckTypes(schema, inputs);
}

}  // namespace sinter::reference
