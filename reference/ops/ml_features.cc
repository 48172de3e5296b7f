// ai.onnx.ml: operators that select, scale and encode features.
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "reference/ops/categories.h"
#include "reference/ops/ml_scores.h"
#include "reference/ops/pick.h"

namespace sinter::reference {
namespace {

constexpr char kMl[] = "ai.onnx.ml";

// The listed places of the last axis. A vector becomes one row.
absl::StatusOr<std::vector<Value>> ArrayFeatureExtractor(const Call& call) {
  const Tensor& x = call.tensor(0);
  const std::vector<int64_t> places = call.tensor(1).ToInts();
  if (x.rank() == 0 || places.empty())
    return absl::InvalidArgumentError("the input is a scalar, or no place is listed");
  const int64_t size = x.dims().back();
  Dims dims = x.dims();
  if (dims.size() == 1) dims.insert(dims.begin(), 1);
  dims.back() = static_cast<int64_t>(places.size());
  SINTER_RETURN_IF_ERROR(CheckElementCount(dims));
  std::vector<int64_t> offsets;
  for (int64_t row = 0; row < CountOf(dims) / dims.back(); ++row) {
    for (const int64_t place : places) {
      if (place < 0 || place >= size)
        return absl::InvalidArgumentError(absl::StrCat("place ", place, " of ", size));
      offsets.push_back(row * size + place);
    }
  }
  return Single(Pick(x, dims, offsets));
}

absl::StatusOr<std::vector<Value>> Binarizer(const Call& call) {
  const Tensor& x = call.tensor(0);
  const double threshold = call.Float("threshold", 0);
  Tensor y(x.dtype(), x.dims());
  for (int64_t i = 0; i < x.count(); ++i) {
    const int above = x.RealAt(i) > threshold ? 1 : 0;
    if (y.HoldsReals()) {
      y.reals()[i] = above;
    } else {
      y.integers()[i] = above;
    }
  }
  return Single(std::move(y));
}

// Inputs side by side, each cut or filled with zeros to its size in `inputdimensions`.
absl::StatusOr<std::vector<Value>> FeatureVectorizer(const Call& call) {
  const std::vector<int64_t> sizes = call.Ints("inputdimensions");
  if (static_cast<int>(sizes.size()) != call.input_count())
    return absl::InvalidArgumentError("`inputdimensions` needs one entry an input");
  const int64_t rows = call.tensor(0).rank() == 1   ? 1
                       : call.tensor(0).rank() == 0 ? -1
                                                    : call.tensor(0).dims()[0];
  int64_t width = 0;
  for (int i = 0; i < call.input_count(); ++i) {
    const Tensor& x = call.tensor(i);
    const bool fits = sizes[i] >= 0 && sizes[i] < (int64_t{1} << 40) &&
                      (x.rank() == 1 || x.rank() == 2) && (x.rank() == 1 ? 1 : x.dims()[0]) == rows;
    if (!fits)
      return absl::InvalidArgumentError(
          absl::StrCat("input ", i, " of ", Text(x.dims()),
                       " does not fit `inputdimensions` or the other inputs"));
    width += sizes[i];
  }
  SINTER_RETURN_IF_ERROR(CheckElementCount({rows, width}));
  Tensor y(Dtype::kFloat32, {rows, width});
  int64_t column = 0;
  for (int i = 0; i < call.input_count(); ++i) {
    const Tensor& x = call.tensor(i);
    const int64_t own = x.dims().back();
    for (int64_t r = 0; r < rows; ++r) {
      for (int64_t k = 0; k < std::min(own, sizes[i]); ++k)
        y.reals()[r * width + column + k] = x.RealAt(r * own + k);
    }
    column += sizes[i];
  }
  return Single(std::move(y));
}

absl::StatusOr<std::vector<Value>> Imputer(const Call& call) {
  const Tensor& x = call.tensor(0);
  const bool reals = x.HoldsReals();
  std::vector<double> imputed = call.Floats("imputed_value_floats");
  const std::vector<int64_t> integers = call.Ints("imputed_value_int64s");
  if (!reals) imputed.assign(integers.begin(), integers.end());
  const int64_t features = x.rank() == 0 ? 1 : x.dims().back();
  const auto count = static_cast<int64_t>(imputed.size());
  if (count != 1 && count != features)
    return absl::InvalidArgumentError(
        absl::StrCat(count, " imputed values for ", features, " features"));
  const double replaced = reals ? call.Float("replaced_value_float", 0)
                                : static_cast<double>(call.Int("replaced_value_int64", 0));
  Tensor y = x;
  for (int64_t i = 0; i < x.count(); ++i) {
    if (reals) {
      double& v = y.reals()[i];
      if (v == replaced || (std::isnan(v) && std::isnan(replaced)))
        v = imputed[i % features % count];
    } else if (x.integers()[i] == call.Int("replaced_value_int64", 0)) {
      y.integers()[i] = integers[i % features % count];
    }
  }
  return Single(std::move(y));
}

absl::StatusOr<std::vector<Value>> Normalizer(const Call& call) {
  SINTER_ASSIGN_OR_RETURN(const Rows rows, ReadRows(call));
  const std::string norm = call.String("norm", "MAX");
  if (norm != "MAX" && norm != "L1" && norm != "L2")
    return absl::InvalidArgumentError(absl::StrCat("`norm` is `", norm, "`"));
  Tensor y(Dtype::kFloat32, rows.x.dims());
  for (int64_t r = 0; r < rows.count; ++r) {
    double largest = -std::numeric_limits<double>::infinity(), sum = 0, square = 0;
    for (int64_t i = 0; i < rows.size; ++i) {
      largest = std::fmax(largest, rows.At(r, i));
      sum += std::fabs(rows.At(r, i));
      square += rows.At(r, i) * rows.At(r, i);
    }
    double divisor = norm == "MAX" ? largest : norm == "L1" ? sum : std::sqrt(square);
    if (divisor == 0) divisor = 1;
    for (int64_t i = 0; i < rows.size; ++i) y.reals()[r * rows.size + i] = rows.At(r, i) / divisor;
  }
  return Single(std::move(y));
}

absl::StatusOr<std::vector<Value>> OneHotEncoder(const Call& call) {
  const Tensor& x = call.tensor(0);
  const bool text = x.dtype() == Dtype::kString;
  const std::vector<std::string> strings = call.Strings("cats_strings");
  const std::vector<int64_t> integers = call.Ints("cats_int64s");
  if (text ? strings.empty() : integers.empty())
    return absl::InvalidArgumentError("there are no categories of the input's type");
  const auto categories = static_cast<int64_t>(text ? strings.size() : integers.size());
  Dims dims = x.dims();
  dims.push_back(categories);
  SINTER_RETURN_IF_ERROR(CheckElementCount(dims));
  Tensor y(Dtype::kFloat32, std::move(dims));
  for (int64_t i = 0; i < x.count(); ++i) {
    bool found = false;
    for (int64_t c = 0; c < categories && !found; ++c) {
      // A float is compared by its whole part.
      found = text ? x.strings()[i] == strings[c]
                   : std::trunc(x.RealAt(i)) == static_cast<double>(integers[c]);
      if (found) y.reals()[i * categories + c] = 1;
    }
    if (!found && !call.Flag("zeros", true))
      return absl::InvalidArgumentError("an element is none of the categories");
  }
  return Single(std::move(y));
}

absl::StatusOr<std::vector<Value>> Scaler(const Call& call) {
  const Tensor& x = call.tensor(0);
  const std::vector<double> scale = call.Floats("scale"), offset = call.Floats("offset");
  const int64_t features = x.rank() == 0 ? 1 : x.dims().back();
  const auto count = static_cast<int64_t>(scale.size());
  if (offset.size() != scale.size() || (count != 1 && count != features)) {
    return absl::InvalidArgumentError(
        absl::StrCat(count, " scales and ", offset.size(), " offsets for ", features, " features"));
  }
  Tensor y(Dtype::kFloat32, x.dims());
  for (int64_t i = 0; i < x.count(); ++i) {
    const int64_t at = i % features % count;
    y.reals()[i] = (x.RealAt(i) - offset[at]) * scale[at];
  }
  return Single(std::move(y));
}

}  // namespace

absl::Span<const Operator> MlFeatureOperators() {
  static constexpr Operator kOperators[] = {
      {kMl, "ArrayFeatureExtractor", 1, ArrayFeatureExtractor},
      {kMl, "Binarizer", 1, Binarizer},
      {kMl, "FeatureVectorizer", 1, FeatureVectorizer},
      {kMl, "Imputer", 1, Imputer},
      {kMl, "Normalizer", 1, Normalizer},
      {kMl, "OneHotEncoder", 1, OneHotEncoder},
      {kMl, "Scaler", 1, Scaler},
  };
  return kOperators;
}

}  // namespace sinter::reference
