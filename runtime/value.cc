#include "runtime/value.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "base/annotate.h"
#include "base/check.h"
#include "base/status_macros.h"

namespace sinter::runtime {
namespace {

bool IsTensor(const Value& value) {
  return value.kind() == Value::Kind::kTensor || value.kind() == Value::Kind::kStrings;
}

absl::Status WrongType(const Value& value, const ValueType& type) {
  return absl::InvalidArgumentError(absl::StrCat("it is ", value.Text(), ", not ", type.Text()));
}

absl::Status CheckItems(const Value& value, const ValueType& type) {
  for (size_t i = 0; i < value.items().size(); ++i) {
    const absl::Status status = CheckType(value.items()[i], type.of[0]);
    if (!status.ok()) return base::Annotate(status, absl::StrCat("item ", i));
  }
  return absl::OkStatus();
}

}  // namespace

Value Value::Sequence(std::vector<Value> items) {
  Value value;
  value.held_ = SequenceItems{std::move(items)};
  return value;
}

Value Value::Map(Value keys, Value values) {
  SINTER_CHECK(IsTensor(keys) && IsTensor(values) && keys.dims().size() == 1 &&
               keys.dims() == values.dims());
  MapParts map;
  map.parts.push_back(std::move(keys));
  map.parts.push_back(std::move(values));
  Value value;
  value.held_ = std::move(map);
  return value;
}

absl::Span<const int64_t> Value::dims() const {
  if (kind() == Kind::kStrings) return strings().dims;
  return tensor().dims();
}

Dtype Value::dtype() const { return kind() == Kind::kStrings ? Dtype::kString : tensor().dtype(); }

std::string Value::Text() const {
  switch (kind()) {
    case Kind::kNone:
      return "nothing";
    case Kind::kTensor:
    case Kind::kStrings:
      return absl::StrCat(DtypeName(dtype()), ShapeText(dims()));
    case Kind::kSequence:
      return absl::StrCat("a sequence of ", items().size());
    case Kind::kMap:
      return absl::StrCat("a map of ", keys().dims()[0]);
  }
  return "";
}

absl::Status CheckType(const Value& value, const ValueType& type) {
  const Value::Kind kind = value.kind();
  switch (type.kind) {
    case ValueType::Kind::kTensor:
      if (!IsTensor(value) || value.dtype() != type.dtype) return WrongType(value, type);
      return absl::OkStatus();
    case ValueType::Kind::kSequence:
      return kind == Value::Kind::kSequence ? CheckItems(value, type) : WrongType(value, type);
    case ValueType::Kind::kOptional:
      return value.is_none() ? absl::OkStatus() : CheckType(value, type.of[0]);
    case ValueType::Kind::kMap:
      break;
  }
  if (kind != Value::Kind::kMap) return WrongType(value, type);
  SINTER_RETURN_IF_ERROR(
      base::Annotate(CheckType(value.keys(), ValueType::OfTensor(type.dtype)), "its keys"));
  return base::Annotate(CheckType(value.values(), type.of[0]), "its values");
}

}  // namespace sinter::runtime
