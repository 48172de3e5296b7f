#include "runtime/value_type.h"

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "base/status_macros.h"

namespace sinter::runtime {
namespace {

constexpr int kDeepest = 16;

// ONNX's words differ from ours, which are numpy's, in two types.
std::string ElementName(Dtype dtype) {
  if (dtype == Dtype::kFloat32) return "float";
  if (dtype == Dtype::kFloat64) return "double";
  return DtypeName(dtype);
}

Dtype ElementFromName(absl::string_view name) {
  for (const DtypeInfo& row : AllDtypes()) {
    if (ElementName(row.dtype) == name) return row.dtype;
  }
  return name == "string" ? Dtype::kString : Dtype::kUndefined;
}

// Reads a type from the front of a text and leaves the rest.
class TypeReader {
 public:
  explicit TypeReader(absl::string_view text) : whole_(text), rest_(text) {}

  absl::StatusOr<ValueType> ReadAll() {
    SINTER_ASSIGN_OR_RETURN(ValueType type, Read(0));
    if (!rest_.empty()) return Malformed();
    return type;
  }

 private:
  absl::Status Malformed() const {
    return absl::InvalidArgumentError(absl::StrCat("`", whole_, "` is no type of ONNX"));
  }

  absl::StatusOr<Dtype> ReadElement() {
    const absl::string_view name = rest_.substr(0, rest_.find_first_of(",)"));
    const Dtype dtype = ElementFromName(name);
    if (dtype == Dtype::kUndefined) return Malformed();
    rest_.remove_prefix(name.size());
    return dtype;
  }

  absl::StatusOr<ValueType> Read(int depth) {
    if (depth >= kDeepest) return Malformed();
    ValueType type;
    if (absl::ConsumePrefix(&rest_, "tensor(")) {
      SINTER_ASSIGN_OR_RETURN(type.dtype, ReadElement());
    } else {
      SINTER_RETURN_IF_ERROR(ReadNested(depth, &type));
    }
    if (!absl::ConsumePrefix(&rest_, ")")) return Malformed();
    return type;
  }

  absl::Status ReadNested(int depth, ValueType* type) {
    if (absl::ConsumePrefix(&rest_, "seq(")) {
      type->kind = ValueType::Kind::kSequence;
    } else if (absl::ConsumePrefix(&rest_, "optional(")) {
      type->kind = ValueType::Kind::kOptional;
    } else if (absl::ConsumePrefix(&rest_, "map(")) {
      type->kind = ValueType::Kind::kMap;
      SINTER_ASSIGN_OR_RETURN(type->dtype, ReadElement());
      if (!absl::ConsumePrefix(&rest_, ",")) return Malformed();
    } else {
      return Malformed();
    }
    SINTER_ASSIGN_OR_RETURN(ValueType inner, Read(depth + 1));
    type->of.push_back(std::move(inner));
    return absl::OkStatus();
  }

  const absl::string_view whole_;
  absl::string_view rest_;
};

}  // namespace

ValueType ValueType::OfTensor(Dtype dtype) {
  ValueType type;
  type.dtype = dtype;
  return type;
}

std::string ValueType::Text() const {
  const std::string inner = of.empty() ? "" : of[0].Text();
  switch (kind) {
    case Kind::kTensor:
      return absl::StrCat("tensor(", ElementName(dtype), ")");
    case Kind::kSequence:
      return absl::StrCat("seq(", inner, ")");
    case Kind::kOptional:
      return absl::StrCat("optional(", inner, ")");
    case Kind::kMap:
      return absl::StrCat("map(", ElementName(dtype), ",", inner, ")");
  }
  return "";
}

bool operator==(const ValueType& a, const ValueType& b) {
  return a.kind == b.kind && a.dtype == b.dtype && a.of == b.of;
}

absl::StatusOr<ValueType> ParseValueType(absl::string_view text) {
  return TypeReader(text).ReadAll();
}

}  // namespace sinter::runtime
