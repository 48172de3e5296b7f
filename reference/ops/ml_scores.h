// What the models of ai.onnx.ml do with their scores.
#ifndef SINTER_REFERENCE_OPS_ML_SCORES_H_
#define SINTER_REFERENCE_OPS_ML_SCORES_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "reference/operator.h"

namespace sinter::reference {

enum class PostTransform { kNone, kSoftmax, kLogistic, kSoftmaxZero, kProbit };

// ERRORS: INVALID_ARGUMENT for another name.
absl::StatusOr<PostTransform> ReadPostTransform(const Call& call);

// In place, over the scores of one row.
void Transform(PostTransform transform, std::vector<double>& scores);

double Logistic(double x);

// The scores of two classes that share one, which speaks for the second. ONNX says nothing of it;
// this is what ONNX Runtime does: with LOGISTIC the first class has the logistic of -score; else it
// has 1 - score if `is_probability`, -score if not, and nothing is transformed.
// ERRORS: UNIMPLEMENTED for PROBIT, where there is no sense in it.
absl::StatusOr<std::vector<double>> BothScores(PostTransform transform, double score,
                                               bool is_probability);

// The labels of a classifier: integers or strings.
struct ClassLabels {
  std::vector<int64_t> integers;
  std::vector<std::string> strings;

  size_t size() const { return strings.empty() ? integers.size() : strings.size(); }
};

// ERRORS: INVALID_ARGUMENT unless one of the two attributes has entries.
absl::StatusOr<ClassLabels> ReadClassLabels(const Call& call, const char* integers);

// The labels of the classes chosen for each row.
Tensor LabelTensor(const ClassLabels& labels, const std::vector<size_t>& chosen);

// The first of the largest.
size_t IndexOfLargest(const std::vector<double>& values);

// The input [N, F], or a vector that is taken for one row. ERRORS: INVALID_ARGUMENT otherwise.
struct Rows {
  const Tensor& x;
  int64_t count, size;

  double At(int64_t row, int64_t i) const { return x.RealAt(row * size + i); }
};
absl::StatusOr<Rows> ReadRows(const Call& call);

// A float tensor [rows, columns]. REQUIRES: rows of the same size.
Tensor RowTensor(const std::vector<std::vector<double>>& rows, int64_t columns);

}  // namespace sinter::reference

#endif  // SINTER_REFERENCE_OPS_ML_SCORES_H_
