#include "tests/onnx_conformance/value_file.h"

#include <cstring>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "runtime/dtype.h"
#include "runtime/sinter_abi.h"
#include "runtime/tensor.h"

namespace sinter::conformance {
namespace {

using ::sinter::runtime::Dtype;
using ::sinter::runtime::Tensor;
using ::sinter::runtime::Value;

template <typename Number>
void Append(Number number, std::string* bytes) {
  bytes->append(reinterpret_cast<const char*>(&number), sizeof(number));
}

void AppendHead(int32_t kind, Dtype dtype, absl::Span<const int64_t> dims, std::string* bytes) {
  Append(kind, bytes);
  Append(static_cast<int32_t>(dtype), bytes);
  Append(static_cast<int32_t>(dims.size()), bytes);
  for (const int64_t dim : dims) Append(dim, bytes);
}

void AppendValue(const Value& value, std::string* bytes) {
  switch (value.kind()) {
    case Value::Kind::kNone:
      return AppendHead(SINTER_NONE, Dtype::kUndefined, {}, bytes);
    case Value::Kind::kTensor:
      AppendHead(SINTER_TENSOR, value.dtype(), value.dims(), bytes);
      bytes->append(static_cast<const char*>(value.tensor().data()), value.tensor().byte_size());
      return;
    case Value::Kind::kStrings:
      AppendHead(SINTER_TENSOR, Dtype::kString, value.dims(), bytes);
      for (const std::string& text : value.strings().values) {
        Append(static_cast<int64_t>(text.size()), bytes);
        bytes->append(text);
      }
      return;
    case Value::Kind::kSequence:
      AppendHead(SINTER_SEQUENCE, Dtype::kUndefined, {}, bytes);
      Append(static_cast<int64_t>(value.items().size()), bytes);
      for (const Value& item : value.items()) AppendValue(item, bytes);
      return;
    case Value::Kind::kMap:
      AppendHead(SINTER_MAP, Dtype::kUndefined, {}, bytes);
      AppendValue(value.keys(), bytes);
      AppendValue(value.values(), bytes);
  }
}

class Reader {
 public:
  explicit Reader(absl::string_view bytes) : rest_(bytes) {}

  bool at_end() const { return rest_.empty(); }

  template <typename Number>
  absl::StatusOr<Number> Take() {
    Number number;
    SINTER_ASSIGN_OR_RETURN(const absl::string_view bytes, TakeBytes(sizeof(number)));
    std::memcpy(&number, bytes.data(), sizeof(number));
    return number;
  }

  absl::StatusOr<Value> TakeValue() {
    SINTER_ASSIGN_OR_RETURN(const int32_t kind, Take<int32_t>());
    SINTER_ASSIGN_OR_RETURN(const int32_t dtype, Take<int32_t>());
    SINTER_ASSIGN_OR_RETURN(const int32_t rank, Take<int32_t>());
    switch (kind) {
      case SINTER_NONE:
        return Value();
      case SINTER_TENSOR:
        return TakeTensor(static_cast<Dtype>(dtype), rank);
      case SINTER_SEQUENCE:
        return TakeSequence();
      case SINTER_MAP:
        return TakeMap();
    }
    return absl::DataLossError(absl::StrCat("there is no kind of values ", kind));
  }

 private:
  absl::StatusOr<absl::string_view> TakeBytes(int64_t count) {
    if (count < 0 || count > static_cast<int64_t>(rest_.size())) {
      return absl::DataLossError("a file of values ends early");
    }
    const absl::string_view taken = rest_.substr(0, count);
    rest_.remove_prefix(count);
    return taken;
  }

  absl::StatusOr<Value> TakeTensor(Dtype dtype, int32_t rank) {
    std::vector<int64_t> dims;
    for (int32_t i = 0; i < rank; ++i) {
      SINTER_ASSIGN_OR_RETURN(const int64_t dim, Take<int64_t>());
      dims.push_back(dim);
    }
    if (dtype == Dtype::kString) return TakeStrings(std::move(dims));
    SINTER_ASSIGN_OR_RETURN(Tensor tensor, Tensor::Make(dtype, dims));
    SINTER_ASSIGN_OR_RETURN(const absl::string_view elements, TakeBytes(tensor.byte_size()));
    if (!elements.empty()) std::memcpy(tensor.mutable_data(), elements.data(), elements.size());
    return Value(std::move(tensor));
  }

  absl::StatusOr<Value> TakeStrings(std::vector<int64_t> dims) {
    int64_t count = 1;
    for (const int64_t dim : dims) count *= dim;
    runtime::StringTensor strings;
    strings.dims = std::move(dims);
    for (int64_t i = 0; i < count; ++i) {
      SINTER_ASSIGN_OR_RETURN(const int64_t size, Take<int64_t>());
      SINTER_ASSIGN_OR_RETURN(const absl::string_view text, TakeBytes(size));
      strings.values.emplace_back(text);
    }
    return Value(std::move(strings));
  }

  absl::StatusOr<Value> TakeSequence() {
    SINTER_ASSIGN_OR_RETURN(const int64_t count, Take<int64_t>());
    std::vector<Value> items;
    for (int64_t i = 0; i < count; ++i) {
      SINTER_ASSIGN_OR_RETURN(Value item, TakeValue());
      items.push_back(std::move(item));
    }
    return Value::Sequence(std::move(items));
  }

  absl::StatusOr<Value> TakeMap() {
    SINTER_ASSIGN_OR_RETURN(Value keys, TakeValue());
    SINTER_ASSIGN_OR_RETURN(Value values, TakeValue());
    return Value::Map(std::move(keys), std::move(values));
  }

  absl::string_view rest_;
};

}  // namespace

std::string ValuesAsBytes(const std::vector<Value>& values) {
  std::string bytes;
  Append(static_cast<int32_t>(values.size()), &bytes);
  for (const Value& value : values) AppendValue(value, &bytes);
  return bytes;
}

absl::StatusOr<std::vector<Value>> ValuesFromBytes(absl::string_view bytes) {
  Reader reader(bytes);
  SINTER_ASSIGN_OR_RETURN(const int32_t count, reader.Take<int32_t>());
  std::vector<Value> values;
  for (int32_t i = 0; i < count; ++i) {
    SINTER_ASSIGN_OR_RETURN(Value value, reader.TakeValue());
    values.push_back(std::move(value));
  }
  if (!reader.at_end()) return absl::DataLossError("a file of values is too long");
  return values;
}

}  // namespace sinter::conformance
