#include "compiler_core/import/contrib_schemas.h"

#include <map>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "base/check.h"
#include "onnx/defs/schema.h"

namespace sinter::import {
namespace {

using ::onnx::AttributeProto;
using ::onnx::OpSchema;

// One op; lists are separated by blanks.
struct Row {
  const char* op;
  // name:T for a parameter of a type of T, name:T? for one that may be absent, name:T* for any
  // number of one type, and name:T** for any number of types of T.
  const char* inputs;
  const char* outputs;
  // T=float,float16
  const char* types;
  // name:kind, or name:kind=default; kinds are int, float, string, ints and floats.
  const char* attributes = "";
};

// By name.
constexpr Row kRows[] = {
    {"QLinearAdd",
     "A:T A_scale:F A_zero_point:T? B:T B_scale:F B_zero_point:T? C_scale:F C_zero_point:T?", "C:T",
     "T=uint8,int8 F=float"},
};

std::vector<std::string> Split(absl::string_view text, absl::string_view separator) {
  return absl::StrSplit(text, std::string(separator), absl::SkipEmpty());
}

// The two sides of `text` at the first `separator`.
std::pair<std::string, std::string> Halves(absl::string_view text, char separator) {
  return absl::StrSplit(text, absl::MaxSplits(separator, 1));
}

struct Parameter {
  std::string name, type;
  OpSchema::FormalParameterOption option = OpSchema::Single;
  bool homogeneous = true;
};

Parameter ReadParameter(absl::string_view text) {
  Parameter parameter;
  std::tie(parameter.name, parameter.type) = Halves(text, ':');
  parameter.homogeneous = !absl::EndsWith(text, "**");
  if (absl::EndsWith(text, "?")) parameter.option = OpSchema::Optional;
  if (absl::EndsWith(text, "*")) parameter.option = OpSchema::Variadic;
  parameter.type.resize(parameter.type.find_last_not_of("?*") + 1);
  return parameter;
}

void AddAttribute(OpSchema& schema, absl::string_view text) {
  const auto [name, rest] = Halves(text, ':');
  const auto [kind, value] = Halves(rest, '=');
  const bool required = !absl::StrContains(rest, "=");
  if (kind == "ints") {
    schema.Attr(name, "", AttributeProto::INTS, false);
  } else if (kind == "floats") {
    schema.Attr(name, "", AttributeProto::FLOATS, false);
  } else if (kind == "string") {
    if (required) schema.Attr(name, "", AttributeProto::STRING, false);
    if (!required) schema.Attr(name, "", AttributeProto::STRING, value);
  } else if (kind == "float") {
    float number = 0;
    SINTER_CHECK(required || absl::SimpleAtof(value, &number)) << text;
    if (required) schema.Attr(name, "", AttributeProto::FLOAT, false);
    if (!required) schema.Attr(name, "", AttributeProto::FLOAT, number);
  } else {
    int64_t number = 0;
    SINTER_CHECK(kind == "int" && (required || absl::SimpleAtoi(value, &number))) << text;
    if (required) schema.Attr(name, "", AttributeProto::INT, false);
    if (!required) schema.Attr(name, "", AttributeProto::INT, number);
  }
}

OpSchema MakeSchema(const Row& row) {
  OpSchema schema(row.op, __FILE__, __LINE__);
  schema.SetDomain(kContribDomain).SinceVersion(1);
  int next = 0;
  for (const std::string& text : Split(row.inputs, " ")) {
    const Parameter p = ReadParameter(text);
    schema.Input(next++, p.name, "", p.type, p.option, p.homogeneous);
  }
  next = 0;
  for (const std::string& text : Split(row.outputs, " ")) {
    const Parameter p = ReadParameter(text);
    schema.Output(next++, p.name, "", p.type, p.option, p.homogeneous);
  }
  for (const std::string& text : Split(row.types, " ")) {
    const auto [name, members] = Halves(text, '=');
    std::vector<std::string> types;
    for (const std::string& member : Split(members, ",")) types.push_back("tensor(" + member + ")");
    schema.TypeConstraint(name, types, "");
  }
  for (const std::string& text : Split(row.attributes, " ")) AddAttribute(schema, text);
  schema.Finalize();
  return schema;
}

}  // namespace

const OpSchema* ContribSchema(const std::string& op_type) {
  static const auto* const kSchemas = [] {
    auto* schemas = new std::map<std::string, OpSchema>;
    for (const Row& row : kRows) schemas->emplace(row.op, MakeSchema(row));
    return schemas;
  }();
  auto found = kSchemas->find(op_type);
  return found == kSchemas->end() ? nullptr : &found->second;
}

}  // namespace sinter::import
