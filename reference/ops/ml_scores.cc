#include "reference/ops/ml_scores.h"

#include <algorithm>
#include <cmath>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"

namespace sinter::reference {
namespace {

// Winitzki's approximation, which ONNX's own implementation and ONNX Runtime take for the inverse
// of the error function.
double InverseErf(double x) {
  const double log = std::log((1 - x) * (1 + x));
  const double v = 2 / (3.14159 * 0.147) + 0.5 * log;
  const double root = std::sqrt(-v + std::sqrt(v * v - log / 0.147));
  return x < 0 ? -root : root;
}

// `keeps_zeros`: a score of zero stays zero.
void Softmax(bool keeps_zeros, std::vector<double>& scores) {
  constexpr double kZero = 1e-7;
  const double largest = scores[IndexOfLargest(scores)];
  double sum = 0;
  for (double& score : scores) {
    score = keeps_zeros && std::fabs(score) <= kZero ? score * std::exp(-largest)
                                                     : std::exp(score - largest);
    sum += score;
  }
  for (double& score : scores) score = sum == 0 ? 0.5 : score / sum;
}

}  // namespace

double Logistic(double x) { return 1 / (1 + std::exp(-x)); }

absl::StatusOr<PostTransform> ReadPostTransform(const Call& call) {
  const std::string name = call.String("post_transform", "NONE");
  static constexpr const char* kNames[] = {"NONE", "SOFTMAX", "LOGISTIC", "SOFTMAX_ZERO", "PROBIT"};
  for (size_t i = 0; i < std::size(kNames); ++i) {
    if (name == kNames[i]) return static_cast<PostTransform>(i);
  }
  return absl::InvalidArgumentError(absl::StrCat("`post_transform` is `", name, "`"));
}

void Transform(PostTransform transform, std::vector<double>& scores) {
  if (scores.empty()) return;
  if (transform == PostTransform::kSoftmax || transform == PostTransform::kSoftmaxZero) {
    Softmax(transform == PostTransform::kSoftmaxZero, scores);
  }
  for (double& score : scores) {
    if (transform == PostTransform::kLogistic) score = Logistic(score);
    if (transform == PostTransform::kProbit) score = std::sqrt(2.0) * InverseErf(2 * score - 1);
  }
}

absl::StatusOr<std::vector<double>> BothScores(PostTransform transform, double score,
                                               bool is_probability) {
  if (transform == PostTransform::kProbit) {
    return absl::UnimplementedError("PROBIT of the one score of two classes");
  }
  if (transform == PostTransform::kLogistic) {
    return std::vector<double>{Logistic(-score), Logistic(score)};
  }
  return std::vector<double>{is_probability ? 1 - score : -score, score};
}

absl::StatusOr<ClassLabels> ReadClassLabels(const Call& call, const char* integers) {
  ClassLabels labels = {call.Ints(integers), call.Strings("classlabels_strings")};
  if (labels.integers.empty() != labels.strings.empty()) return labels;
  return absl::InvalidArgumentError(
      absl::StrCat("one of `", integers, "` and `classlabels_strings` has to be given"));
}

Tensor LabelTensor(const ClassLabels& labels, const std::vector<size_t>& chosen) {
  Tensor y(labels.strings.empty() ? Dtype::kInt64 : Dtype::kString,
           {static_cast<int64_t>(chosen.size())});
  for (size_t i = 0; i < chosen.size(); ++i) {
    if (labels.strings.empty()) {
      y.integers()[i] = labels.integers[chosen[i]];
    } else {
      y.strings()[i] = labels.strings[chosen[i]];
    }
  }
  return y;
}

size_t IndexOfLargest(const std::vector<double>& values) {
  return std::max_element(values.begin(), values.end()) - values.begin();
}

absl::StatusOr<Rows> ReadRows(const Call& call) {
  const Tensor& x = call.tensor(0);
  if (x.rank() == 1) return Rows{x, 1, x.dims()[0]};
  if (x.rank() == 2) return Rows{x, x.dims()[0], x.dims()[1]};
  return absl::InvalidArgumentError(
      absl::StrCat("an input of the shape ", Text(x.dims()), "; it has to be [N, F]"));
}

Tensor RowTensor(const std::vector<std::vector<double>>& rows, int64_t columns) {
  Tensor y(Dtype::kFloat32, {static_cast<int64_t>(rows.size()), columns});
  auto out = y.reals().begin();
  for (const std::vector<double>& row : rows) out = std::copy(row.begin(), row.end(), out);
  return y;
}

}  // namespace sinter::reference
