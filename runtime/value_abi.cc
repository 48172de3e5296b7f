#include "runtime/value_abi.h"

#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "runtime/dtype.h"

namespace sinter::runtime {
namespace {

static_assert(SINTER_STRING == static_cast<int>(Dtype::kString));

absl::Status Nonsense(const std::string& what) {
  return absl::InternalError(absl::StrCat("the model gave ", what));
}

absl::Status SetDims(absl::Span<const int64_t> dims, sinter_value* raw) {
  if (dims.size() > SINTER_MAX_RANK) {
    return absl::InvalidArgumentError(absl::StrCat(
        "a tensor has ", dims.size(), " dimensions, but models take at most ", SINTER_MAX_RANK));
  }
  raw->kind = SINTER_TENSOR;
  raw->rank = static_cast<int32_t>(dims.size());
  for (size_t i = 0; i < dims.size(); ++i) raw->dims[i] = dims[i];
  return absl::OkStatus();
}

absl::StatusOr<Value> CopyStrings(const sinter_value& raw, std::vector<int64_t> dims) {
  SINTER_ASSIGN_OR_RETURN(const int64_t count, ElementCount(dims));
  if (count > 0 && raw.data == nullptr) return Nonsense("a tensor without data");
  StringTensor strings;
  strings.dims = std::move(dims);
  const sinter_string* const elements = static_cast<const sinter_string*>(raw.data);
  for (int64_t i = 0; i < count; ++i) {
    const sinter_string& element = elements[i];
    if (element.size < 0 || (element.size > 0 && element.data == nullptr)) {
      return Nonsense(absl::StrCat("a string of ", element.size, " bytes without them"));
    }
    strings.values.emplace_back(element.size > 0 ? element.data : "", element.size);
  }
  return Value(std::move(strings));
}

absl::StatusOr<Value> CopyTensor(const sinter_value& raw, const ValueType& type) {
  if (raw.kind != SINTER_TENSOR || raw.dtype != static_cast<int32_t>(type.dtype)) {
    return Nonsense(absl::StrCat("a value of kind ", raw.kind, " and dtype ", raw.dtype,
                                 " in place of a ", type.Text()));
  }
  if (raw.rank < 0 || raw.rank > SINTER_MAX_RANK) {
    return Nonsense(absl::StrCat("a tensor of rank ", raw.rank));
  }
  std::vector<int64_t> dims(raw.dims, raw.dims + raw.rank);
  for (const int64_t dim : dims) {
    if (dim < 0) return Nonsense(absl::StrCat("a tensor of shape ", ShapeText(dims)));
  }
  if (type.dtype == Dtype::kString) return CopyStrings(raw, std::move(dims));
  SINTER_ASSIGN_OR_RETURN(const int64_t bytes, ByteSize(type.dtype, dims));
  if (bytes > 0 && raw.data == nullptr) return Nonsense("a tensor without data");
  SINTER_ASSIGN_OR_RETURN(Tensor tensor, Tensor::CopyOf({type.dtype, dims, raw.data}));
  return Value(std::move(tensor));
}

absl::StatusOr<Value> CopySequence(const sinter_value& raw, const ValueType& type) {
  if (raw.kind != SINTER_SEQUENCE || raw.count < 0 || (raw.count > 0 && raw.items == nullptr)) {
    return Nonsense(absl::StrCat("a value of kind ", raw.kind, " with ", raw.count,
                                 " items in place of a ", type.Text()));
  }
  std::vector<Value> items;
  for (int64_t i = 0; i < raw.count; ++i) {
    SINTER_ASSIGN_OR_RETURN(Value item, CopyFromAbi(raw.items[i], type.of[0]));
    items.push_back(std::move(item));
  }
  return Value::Sequence(std::move(items));
}

absl::StatusOr<Value> CopyMap(const sinter_value& raw, const ValueType& type) {
  if (raw.kind != SINTER_MAP || raw.count != 2 || raw.items == nullptr) {
    return Nonsense(absl::StrCat("a value of kind ", raw.kind, " with ", raw.count,
                                 " items in place of a ", type.Text()));
  }
  if (type.of[0].kind != ValueType::Kind::kTensor) {
    return absl::UnimplementedError(
        absl::StrCat(type.Text(), " is not supported: maps hold tensors of one element each"));
  }
  SINTER_ASSIGN_OR_RETURN(Value keys, CopyTensor(raw.items[0], ValueType::OfTensor(type.dtype)));
  SINTER_ASSIGN_OR_RETURN(Value values, CopyTensor(raw.items[1], type.of[0]));
  if (keys.dims().size() != 1 || keys.dims() != values.dims()) {
    return Nonsense(absl::StrCat("a map of keys ", keys.Text(), " and values ", values.Text()));
  }
  return Value::Map(std::move(keys), std::move(values));
}

}  // namespace

absl::Status AbiValues::Assign(absl::Span<const Value> values) {
  items_.clear();
  strings_.clear();
  roots_.assign(values.size(), sinter_value());
  for (size_t i = 0; i < values.size(); ++i) {
    SINTER_RETURN_IF_ERROR(Convert(values[i], &roots_[i]));
  }
  return absl::OkStatus();
}

absl::Status AbiValues::Convert(const Value& value, sinter_value* raw) {
  switch (value.kind()) {
    case Value::Kind::kNone:
      raw->kind = SINTER_NONE;
      return absl::OkStatus();
    case Value::Kind::kTensor:
      SINTER_RETURN_IF_ERROR(SetDims(value.dims(), raw));
      raw->dtype = static_cast<sinter_dtype>(value.tensor().dtype());
      // The library only reads its inputs; C has one struct for both directions.
      raw->data = const_cast<void*>(value.tensor().data());
      return absl::OkStatus();
    case Value::Kind::kStrings:
      return ConvertStrings(value.strings(), raw);
    case Value::Kind::kSequence: {
      raw->kind = SINTER_SEQUENCE;
      std::vector<const Value*> items;
      for (const Value& item : value.items()) items.push_back(&item);
      return ConvertItems(items, raw);
    }
    case Value::Kind::kMap:
      raw->kind = SINTER_MAP;
      return ConvertItems({&value.keys(), &value.values()}, raw);
  }
  return absl::InternalError("a value of no kind");
}

absl::Status AbiValues::ConvertItems(absl::Span<const Value* const> items, sinter_value* raw) {
  std::vector<sinter_value>& own = items_.emplace_back(items.size());
  raw->count = static_cast<int64_t>(items.size());
  raw->items = own.data();
  for (size_t i = 0; i < items.size(); ++i) {
    SINTER_RETURN_IF_ERROR(Convert(*items[i], &own[i]));
  }
  return absl::OkStatus();
}

absl::Status AbiValues::ConvertStrings(const StringTensor& strings, sinter_value* raw) {
  SINTER_RETURN_IF_ERROR(SetDims(strings.dims, raw));
  raw->dtype = SINTER_STRING;
  AlignedBuffer& elements = strings_.emplace_back();
  SINTER_RETURN_IF_ERROR(elements.Reserve(strings.values.size() * sizeof(sinter_string)));
  sinter_string* next = static_cast<sinter_string*>(elements.data());
  for (const std::string& value : strings.values) {
    *next++ = {value.data(), static_cast<int64_t>(value.size())};
  }
  raw->data = elements.data();
  return absl::OkStatus();
}

absl::StatusOr<Value> CopyFromAbi(const sinter_value& raw, const ValueType& type) {
  switch (type.kind) {
    case ValueType::Kind::kTensor:
      return CopyTensor(raw, type);
    case ValueType::Kind::kSequence:
      return CopySequence(raw, type);
    case ValueType::Kind::kOptional:
      if (raw.kind == SINTER_NONE) return Value();
      return CopyFromAbi(raw, type.of[0]);
    case ValueType::Kind::kMap:
      return CopyMap(raw, type);
  }
  return absl::InternalError("a type of no kind");
}

}  // namespace sinter::runtime
