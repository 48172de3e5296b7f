#include "compiler_core/codegen/host/value_type.h"

#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "base/status_macros.h"
#include "compiler_core/codegen/host/program_tables.h"
#include "compiler_core/ir/host_tensor.h"

namespace sinter::codegen {
namespace {

constexpr int kMaxDtype = 64;

absl::string_view OnnxName(ir::DType dtype) {
  if (dtype == ir::DType::kFloat32) return "float";
  if (dtype == ir::DType::kFloat64) return "double";
  return ir::NameOf(dtype);
}

// The element type of that name; 0 if there is none.
int DtypeOf(absl::string_view name) {
  for (int dtype = 1; dtype < kMaxDtype; ++dtype) {
    if (OnnxName(static_cast<ir::DType>(dtype)) == name) return dtype;
  }
  return 0;
}

// Takes `name` and its parentheses off, if the text is made of these.
bool Unwrap(absl::string_view name, absl::string_view* text) {
  absl::string_view rest = *text;
  if (!absl::ConsumePrefix(&rest, name) || !absl::ConsumePrefix(&rest, "(") ||
      !absl::ConsumeSuffix(&rest, ")")) {
    return false;
  }
  *text = rest;
  return true;
}

absl::StatusOr<ValueType> Parse(absl::string_view text);

absl::StatusOr<ValueType> Of(int kind, int dtype, absl::string_view element) {
  SINTER_ASSIGN_OR_RETURN(ValueType parsed, Parse(element));
  ValueType type;
  type.kind = kind;
  type.dtype = dtype;
  type.element = std::make_unique<ValueType>(std::move(parsed));
  return type;
}

absl::StatusOr<ValueType> Parse(absl::string_view text) {
  const absl::Status failure = absl::InternalError(absl::StrCat("`", text, "` is no type"));
  ValueType tensor;
  tensor.kind = SINTER_TENSOR;
  if (Unwrap("tensor", &text)) {
    tensor.dtype = DtypeOf(text);
    if (tensor.dtype == 0) return failure;
    return tensor;
  }
  if (Unwrap("seq", &text)) return Of(SINTER_SEQUENCE, 0, text);
  if (Unwrap("optional", &text)) return Of(SINTER_OPTIONAL, 0, text);
  if (!Unwrap("map", &text)) return failure;
  const size_t comma = text.find(',');
  if (comma == absl::string_view::npos) return failure;
  const int keys = DtypeOf(text.substr(0, comma));
  if (keys == 0) return failure;
  absl::string_view values = text.substr(comma + 1);
  while (absl::ConsumePrefix(&values, " ")) {
  }
  if (DtypeOf(values) != 0) return Of(SINTER_MAP, keys, absl::StrCat("tensor(", values, ")"));
  return Of(SINTER_MAP, keys, values);
}

}  // namespace

absl::StatusOr<ValueType> ParseValueType(absl::string_view text) { return Parse(text); }

std::string TypeText(const ir::SlotType& type) {
  if (type.kind != ir::SlotType::Kind::kTensor) return type.text;
  return absl::StrCat("tensor(", OnnxName(type.dtype), ")");
}

}  // namespace sinter::codegen
