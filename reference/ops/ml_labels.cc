// ai.onnx.ml: CategoryMapper and LabelEncoder.
#include <cmath>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "reference/ops/categories.h"
#include "reference/ops/pick.h"
#include "reference/tensor_proto.h"

namespace sinter::reference {
namespace {

constexpr char kMl[] = "ai.onnx.ml";

Tensor OfStrings(std::vector<std::string> values) {
  const Dims dims = {static_cast<int64_t>(values.size())};
  return Tensor(Dtype::kString, dims, std::move(values));
}

Tensor OfFloats(std::vector<double> values) {
  const Dims dims = {static_cast<int64_t>(values.size())};
  return Tensor(Dtype::kFloat32, dims, std::move(values));
}

bool IsSame(const Tensor& a, int64_t i, const Tensor& b, int64_t j) {
  if (a.dtype() == Dtype::kString) return a.strings()[i] == b.strings()[j];
  if (a.HoldsIntegers()) return a.integers()[i] == b.integers()[j];
  return a.reals()[i] == b.reals()[j] || (std::isnan(a.reals()[i]) && std::isnan(b.reals()[j]));
}

// Each element of `x` through the table; of equal keys the last counts. REQUIRES: tensors of rank 1
// with one default.
absl::StatusOr<std::vector<Value>> Mapped(const Tensor& x, const Tensor& keys, const Tensor& values,
                                          const Tensor& otherwise) {
  if (keys.dtype() != x.dtype())
    return absl::InvalidArgumentError(
        absl::StrCat("keys of ", Name(keys.dtype()), " for an input of ", Name(x.dtype())));
  if (keys.count() != values.count())
    return absl::InvalidArgumentError(
        absl::StrCat(keys.count(), " keys and ", values.count(), " values"));
  Tensor y(values.dtype(), x.dims());
  for (int64_t i = 0; i < x.count(); ++i) {
    int64_t found = keys.count() - 1;
    while (found >= 0 && !IsSame(x, i, keys, found)) --found;
    CopyElement(found >= 0 ? values : otherwise, found >= 0 ? found : 0, y, i);
  }
  return Single(std::move(y));
}

absl::StatusOr<std::vector<Value>> ByNames(const Call& call, const Tensor& names,
                                           const Tensor& numbers) {
  if (call.tensor(0).dtype() == Dtype::kString) {
    return Mapped(call.tensor(0), names, numbers,
                  Tensor::FromInts({call.Int("default_int64", -1)}));
  }
  return Mapped(call.tensor(0), numbers, names,
                OfStrings({call.String("default_string", "_Unused")}));
}

absl::StatusOr<std::vector<Value>> CategoryMapper(const Call& call) {
  return ByNames(call, OfStrings(call.Strings("cats_strings")),
                 Tensor::FromInts(call.Ints("cats_int64s")));
}

// Version 1 numbers its classes.
absl::StatusOr<std::vector<Value>> LabelEncoder1(const Call& call) {
  const std::vector<std::string> names = call.Strings("classes_strings");
  std::vector<int64_t> numbers;
  for (size_t i = 0; i < names.size(); ++i) numbers.push_back(static_cast<int64_t>(i));
  return ByNames(call, OfStrings(names), Tensor::FromInts(numbers));
}

// One of the attributes PREFIX_strings, _int64s, _floats and _tensor.
absl::StatusOr<Tensor> Table(const Call& call, const std::string& prefix) {
  std::vector<Tensor> found;
  if (call.HasAttribute(prefix + "_strings"))
    found.push_back(OfStrings(call.Strings(prefix + "_strings")));
  if (call.HasAttribute(prefix + "_int64s"))
    found.push_back(Tensor::FromInts(call.Ints(prefix + "_int64s")));
  if (call.HasAttribute(prefix + "_floats"))
    found.push_back(OfFloats(call.Floats(prefix + "_floats")));
  if (const onnx::AttributeProto* tensor = call.Attribute(prefix + "_tensor")) {
    SINTER_ASSIGN_OR_RETURN(Tensor table, FromProto(tensor->t()));
    found.push_back(std::move(table));
  }
  if (found.size() == 1) return found[0];
  return absl::InvalidArgumentError(
      absl::StrCat(found.size(), " attributes of `", prefix, "_*` are given; it has to be one"));
}

absl::StatusOr<Tensor> Default(const Call& call, Dtype dtype) {
  if (const onnx::AttributeProto* given = call.Attribute("default_tensor")) {
    SINTER_ASSIGN_OR_RETURN(Tensor otherwise, FromProto(given->t()));
    if (otherwise.dtype() != dtype || otherwise.count() != 1)
      return absl::InvalidArgumentError(
          "`default_tensor` has to be one value of the type of the values");
    return otherwise;
  }
  if (dtype == Dtype::kString) return OfStrings({call.String("default_string", "_Unused")});
  Tensor otherwise(dtype, {1});
  if (otherwise.HoldsReals()) {
    otherwise.reals()[0] = call.Float("default_float", -0.0);
  } else {
    otherwise.integers()[0] = call.Int("default_int64", -1);
  }
  return otherwise;
}

absl::StatusOr<std::vector<Value>> LabelEncoder(const Call& call) {
  SINTER_ASSIGN_OR_RETURN(const Tensor keys, Table(call, "keys"));
  SINTER_ASSIGN_OR_RETURN(const Tensor values, Table(call, "values"));
  SINTER_ASSIGN_OR_RETURN(const Tensor otherwise, Default(call, values.dtype()));
  return Mapped(call.tensor(0), keys, values, otherwise);
}

}  // namespace

absl::Span<const Operator> MlLabelOperators() {
  static constexpr Operator kOperators[] = {
      {kMl, "CategoryMapper", 1, CategoryMapper},
      {kMl, "LabelEncoder", 1, LabelEncoder1},
      {kMl, "LabelEncoder", 2, LabelEncoder},
  };
  return kOperators;
}

}  // namespace sinter::reference
