// ai.onnx.ml: LinearClassifier and LinearRegressor.
#include <cstdint>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "reference/ops/categories.h"
#include "reference/ops/ml_scores.h"

namespace sinter::reference {
namespace {

constexpr char kMl[] = "ai.onnx.ml";

// One score for each row and target: coefficients [targets, features] and one intercept a target.
absl::StatusOr<std::vector<std::vector<double>>> Scores(const Call& call, const Rows& rows,
                                                        int64_t targets) {
  const std::vector<double> coefficients = call.Floats("coefficients"),
                            intercepts = call.Floats("intercepts");
  if (static_cast<int64_t>(coefficients.size()) != targets * rows.size ||
      (!intercepts.empty() && static_cast<int64_t>(intercepts.size()) != targets)) {
    return absl::InvalidArgumentError(absl::StrCat(coefficients.size(), " coefficients and ",
                                                   intercepts.size(), " intercepts for ", targets,
                                                   " targets and ", rows.size, " features"));
  }
  std::vector<std::vector<double>> scores;
  for (int64_t r = 0; r < rows.count; ++r) {
    scores.emplace_back(targets, 0.0);
    for (int64_t t = 0; t < targets; ++t) {
      double& score = scores.back()[t];
      if (!intercepts.empty()) score = intercepts[t];
      for (int64_t i = 0; i < rows.size; ++i)
        score += rows.At(r, i) * coefficients[t * rows.size + i];
    }
  }
  return scores;
}

absl::StatusOr<std::vector<Value>> LinearRegressor(const Call& call) {
  SINTER_ASSIGN_OR_RETURN(const Rows rows, ReadRows(call));
  SINTER_ASSIGN_OR_RETURN(const PostTransform transform, ReadPostTransform(call));
  const int64_t targets = call.Int("targets", 1);
  if (targets < 1) return absl::InvalidArgumentError(absl::StrCat("`targets` is ", targets));
  SINTER_ASSIGN_OR_RETURN(auto scores, Scores(call, rows, targets));
  for (std::vector<double>& row : scores) Transform(transform, row);
  return Single(RowTensor(scores, targets));
}

absl::StatusOr<std::vector<Value>> LinearClassifier(const Call& call) {
  SINTER_ASSIGN_OR_RETURN(const Rows rows, ReadRows(call));
  SINTER_ASSIGN_OR_RETURN(const PostTransform transform, ReadPostTransform(call));
  SINTER_ASSIGN_OR_RETURN(const ClassLabels labels, ReadClassLabels(call, "classlabels_ints"));
  if (rows.size == 0) return absl::InvalidArgumentError("rows without features");
  const auto targets = static_cast<int64_t>(call.Floats("coefficients").size()) / rows.size;
  const auto classes = static_cast<int64_t>(labels.size());
  const bool binary = targets == 1 && classes == 2;
  if (!binary && targets != classes)
    return absl::UnimplementedError(absl::StrCat(targets, " targets for ", classes, " classes"));
  SINTER_ASSIGN_OR_RETURN(auto scores, Scores(call, rows, targets));
  std::vector<size_t> chosen;
  for (std::vector<double>& row : scores) {
    if (binary) {
      chosen.push_back(row[0] > 0 ? 1 : 0);
      SINTER_ASSIGN_OR_RETURN(row, BothScores(transform, row[0], true));
    } else {
      chosen.push_back(IndexOfLargest(row));
      Transform(transform, row);
    }
  }
  return std::vector<Value>{LabelTensor(labels, chosen), RowTensor(scores, classes)};
}

}  // namespace

absl::Span<const Operator> MlLinearOperators() {
  static constexpr Operator kOperators[] = {
      {kMl, "LinearClassifier", 1, LinearClassifier},
      {kMl, "LinearRegressor", 1, LinearRegressor},
  };
  return kOperators;
}

}  // namespace sinter::reference
