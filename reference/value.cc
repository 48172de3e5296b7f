#include "reference/value.h"

#include "absl/strings/str_cat.h"
#include "base/check.h"

namespace sinter::reference {
namespace {

Tensor::Elements ZeroElements(Dtype dtype, int64_t count) {
  switch (Info(dtype).kind) {
    case DtypeKind::kFloat:
      return std::vector<double>(count);
    case DtypeKind::kInteger:
    case DtypeKind::kBool:
      return std::vector<Integer>(count);
    case DtypeKind::kString:
      return std::vector<std::string>(count);
    case DtypeKind::kComplex:
      return std::vector<std::complex<double>>(count);
  }
  return {};
}

}  // namespace

Tensor::Tensor(Dtype dtype, Dims dims)
    : dtype_(dtype), dims_(std::move(dims)), elements_(ZeroElements(dtype, CountOf(dims_))) {}

Tensor::Tensor(Dtype dtype, Dims dims, Elements elements)
    : dtype_(dtype), dims_(std::move(dims)), elements_(std::move(elements)) {
  SINTER_CHECK(elements_.index() == ZeroElements(dtype, 0).index());
  SINTER_CHECK(count() == CountOf(dims_));
}

Tensor Tensor::FromInts(const std::vector<int64_t>& values) {
  return Tensor(Dtype::kInt64, {static_cast<int64_t>(values.size())},
                std::vector<Integer>(values.begin(), values.end()));
}

Tensor Tensor::Int64(int64_t value) {
  return Tensor(Dtype::kInt64, {}, std::vector<Integer>{value});
}

Tensor Tensor::Bool(bool value) {
  return Tensor(Dtype::kBool, {}, std::vector<Integer>{value ? 1 : 0});
}

int64_t Tensor::count() const {
  return std::visit([](const auto& held) { return static_cast<int64_t>(held.size()); }, elements_);
}

std::vector<int64_t> Tensor::ToInts() const {
  return std::vector<int64_t>(integers().begin(), integers().end());
}

Tensor Tensor::Reshaped(Dims dims) const { return Tensor(dtype_, std::move(dims), elements_); }

void Tensor::Reshape(Dims dims) {
  SINTER_CHECK(CountOf(dims) == count());
  dims_ = std::move(dims);
}

void Tensor::RoundElements() {
  if (HoldsReals()) {
    if (dtype_ == Dtype::kFloat64) return;
    for (double& element : reals()) element = RoundTo(dtype_, element);
  } else if (HoldsIntegers()) {
    for (Integer& element : integers()) element = WrapTo(dtype_, element);
  } else if (dtype_ == Dtype::kComplex64) {
    for (auto& element : complexes()) {
      element = {RoundTo(Dtype::kFloat32, element.real()),
                 RoundTo(Dtype::kFloat32, element.imag())};
    }
  }
}

Value::Value(Tensor tensor) : held_(std::make_shared<const Tensor>(std::move(tensor))) {}
Value::Value(Sequence sequence) : held_(std::make_shared<const Sequence>(std::move(sequence))) {}
Value::Value(Optional optional) : held_(std::make_shared<const Optional>(std::move(optional))) {}
Value::Value(Map map) : held_(std::make_shared<const Map>(std::move(map))) {}

std::string Value::TypeText() const {
  if (const Tensor* t = tensor()) return TensorTypeText(t->dtype());
  if (const Sequence* s = sequence()) return absl::StrCat("seq(", s->element_type, ")");
  if (const Optional* o = optional()) return absl::StrCat("optional(", o->element_type, ")");
  return absl::StrCat("map(", Name(map()->keys.dtype()), ",", map()->value_type, ")");
}

std::string TensorTypeText(Dtype dtype) { return absl::StrCat("tensor(", Name(dtype), ")"); }

}  // namespace sinter::reference
