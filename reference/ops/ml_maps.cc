// ai.onnx.ml: CastMap, DictVectorizer and ZipMap.
#include <algorithm>
#include <cstdint>
#include <numeric>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "reference/convert.h"
#include "reference/ops/categories.h"
#include "reference/ops/ml_scores.h"
#include "reference/ops/pick.h"

namespace sinter::reference {
namespace {

constexpr char kMl[] = "ai.onnx.ml";

// The values of a map in one tensor, in the order of its keys.
absl::StatusOr<Tensor> ScalarsOf(const Map& map) {
  Dtype dtype = Dtype::kFloat32;
  for (const Value& value : map.values) {
    if (value.tensor() == nullptr || value.tensor()->count() != 1)
      return absl::InvalidArgumentError("the values of a map have to be scalars");
    dtype = value.tensor()->dtype();
  }
  Tensor all(dtype, {static_cast<int64_t>(map.values.size())});
  for (size_t i = 0; i < map.values.size(); ++i) {
    if (map.values[i].tensor()->dtype() != dtype)
      return absl::InvalidArgumentError("the values of a map are of different types");
    CopyElement(*map.values[i].tensor(), 0, all, static_cast<int64_t>(i));
  }
  return all;
}

absl::StatusOr<Dtype> CastType(const Call& call) {
  const std::string name = call.String("cast_to", "TO_FLOAT");
  if (name == "TO_FLOAT") return Dtype::kFloat32;
  if (name == "TO_INT64") return Dtype::kInt64;
  if (name == "TO_STRING") return Dtype::kString;
  return absl::InvalidArgumentError(absl::StrCat("`cast_to` is `", name, "`"));
}

absl::StatusOr<std::vector<Value>> CastMap(const Call& call) {
  const Map& map = *call.value(0).map();
  SINTER_ASSIGN_OR_RETURN(const Dtype dtype, CastType(call));
  SINTER_ASSIGN_OR_RETURN(const Tensor given, ScalarsOf(map));
  if (dtype == Dtype::kString && given.dtype() != Dtype::kString) {
    return absl::UnimplementedError("numbers as strings: how they are written is not defined");
  }
  SINTER_ASSIGN_OR_RETURN(const Tensor values, ConvertTo(given, dtype));
  const std::vector<int64_t> keys = map.keys.ToInts();
  std::vector<size_t> order(keys.size());
  std::iota(order.begin(), order.end(), 0);
  std::sort(order.begin(), order.end(), [&](size_t a, size_t b) { return keys[a] < keys[b]; });
  const std::string form = call.String("map_form", "DENSE");
  if (form != "DENSE" && form != "SPARSE")
    return absl::InvalidArgumentError(absl::StrCat("`map_form` is `", form, "`"));
  const bool sparse = form == "SPARSE";
  const Dims dims = {1, sparse ? call.Int("max_map", 1) : static_cast<int64_t>(keys.size())};
  SINTER_RETURN_IF_ERROR(CheckElementCount(dims));
  Tensor y(dtype, dims);
  for (size_t i = 0; i < order.size(); ++i) {
    const int64_t at = sparse ? keys[order[i]] : static_cast<int64_t>(i);
    if (at < 0 || at >= dims[1])
      return absl::InvalidArgumentError(
          absl::StrCat("the key ", at, " is not below `max_map` of ", dims[1]));
    CopyElement(values, static_cast<int64_t>(order[i]), y, at);
  }
  return Single(std::move(y));
}

absl::StatusOr<std::vector<Value>> DictVectorizer(const Call& call) {
  const Map& map = *call.value(0).map();
  SINTER_ASSIGN_OR_RETURN(const Tensor values, ScalarsOf(map));
  const std::vector<std::string> strings = call.Strings("string_vocabulary");
  const std::vector<int64_t> integers = call.Ints("int64_vocabulary");
  const bool text = map.keys.dtype() == Dtype::kString;
  const size_t size = text ? strings.size() : integers.size();
  Tensor y(values.dtype(), {1, static_cast<int64_t>(size)});
  for (int64_t k = 0; k < map.keys.count(); ++k) {
    size_t at = 0;
    while (at < size &&
           (text ? strings[at] != map.keys.strings()[k] : map.keys.integers()[k] != integers[at]))
      ++at;
    if (at == size) return absl::InvalidArgumentError("a key of the map is not in the vocabulary");
    CopyElement(values, k, y, static_cast<int64_t>(at));
  }
  return Single(std::move(y));
}

absl::StatusOr<std::vector<Value>> ZipMap(const Call& call) {
  SINTER_ASSIGN_OR_RETURN(const Rows rows, ReadRows(call));
  SINTER_ASSIGN_OR_RETURN(const ClassLabels labels, ReadClassLabels(call, "classlabels_int64s"));
  if (static_cast<int64_t>(labels.size()) != rows.size)
    return absl::InvalidArgumentError(
        absl::StrCat(labels.size(), " keys for ", rows.size, " columns"));
  // Keys in ascending order, as ONNX Runtime lists them.
  std::vector<size_t> all(labels.size());
  std::iota(all.begin(), all.end(), 0);
  std::sort(all.begin(), all.end(), [&](size_t a, size_t b) {
    return labels.strings.empty() ? labels.integers[a] < labels.integers[b]
                                  : labels.strings[a] < labels.strings[b];
  });
  Map map = {LabelTensor(labels, all), TensorTypeText(Dtype::kFloat32), {}};
  Sequence sequence = {absl::StrCat("map(", Name(map.keys.dtype()), ", ", map.value_type, ")"), {}};
  for (int64_t r = 0; r < rows.count; ++r) {
    map.values.clear();
    for (const size_t i : all)
      map.values.emplace_back(
          Tensor(Dtype::kFloat32, {}, std::vector<double>{rows.At(r, static_cast<int64_t>(i))}));
    sequence.elements.emplace_back(map);
  }
  if (rows.count > 0) sequence.element_type = sequence.elements[0].TypeText();
  return std::vector<Value>{std::move(sequence)};
}

}  // namespace

absl::Span<const Operator> MlMapOperators() {
  static constexpr Operator kOperators[] = {
      {kMl, "CastMap", 1, CastMap},
      {kMl, "DictVectorizer", 1, DictVectorizer},
      {kMl, "ZipMap", 1, ZipMap},
  };
  return kOperators;
}

}  // namespace sinter::reference
