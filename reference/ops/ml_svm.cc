// ai.onnx.ml: SVMClassifier and SVMRegressor.
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

namespace sinter::reference {
namespace {

constexpr char kMl[] = "ai.onnx.ml";

struct Kernel {
  std::string type;
  double gamma = 0, coef0 = 0, degree = 0;

  // Of row `r` and the vector that starts at `v`.
  double Of(const Rows& rows, int64_t r, const double* v) const {
    double dot = 0, distance = 0;
    for (int64_t i = 0; i < rows.size; ++i) {
      dot += rows.At(r, i) * v[i];
      distance += (rows.At(r, i) - v[i]) * (rows.At(r, i) - v[i]);
    }
    if (type == "RBF") return std::exp(-gamma * distance);
    if (type == "POLY") return std::pow(gamma * dot + coef0, degree);
    if (type == "SIGMOID") return std::tanh(gamma * dot + coef0);
    return dot;
  }
};

absl::StatusOr<Kernel> ReadKernel(const Call& call) {
  Kernel kernel;
  kernel.type = call.String("kernel_type", "LINEAR");
  if (kernel.type != "LINEAR" && kernel.type != "POLY" && kernel.type != "RBF" &&
      kernel.type != "SIGMOID") {
    return absl::InvalidArgumentError(absl::StrCat("`kernel_type` is `", kernel.type, "`"));
  }
  const std::vector<double> parameters = call.Floats("kernel_params");
  if (parameters.empty()) return kernel;
  if (parameters.size() != 3)
    return absl::InvalidArgumentError("`kernel_params` needs three entries");
  kernel.gamma = parameters[0];
  kernel.coef0 = parameters[1];
  kernel.degree = parameters[2];
  return kernel;
}

absl::Status Misfit(const char* attribute, size_t found, int64_t wanted) {
  return absl::InvalidArgumentError(
      absl::StrCat("`", attribute, "` has ", found, " entries; it needs ", wanted));
}

absl::StatusOr<std::vector<Value>> SvmRegressor(const Call& call) {
  SINTER_ASSIGN_OR_RETURN(const Rows rows, ReadRows(call));
  SINTER_ASSIGN_OR_RETURN(Kernel kernel, ReadKernel(call));
  SINTER_ASSIGN_OR_RETURN(const PostTransform transform, ReadPostTransform(call));
  const std::vector<double> coefficients = call.Floats("coefficients"), rho = call.Floats("rho");
  std::vector<double> vectors = call.Floats("support_vectors"), weights = coefficients;
  const int64_t supports = call.Int("n_supports", 0);
  if (rho.size() != 1) return Misfit("rho", rho.size(), 1);
  if (supports <= 0) {
    // Without support vectors the coefficients are those of a linear model.
    vectors = coefficients;
    weights = {1.0};
    kernel.type = "LINEAR";
  }
  if (supports > 0 && static_cast<int64_t>(coefficients.size()) != supports)
    return Misfit("coefficients", coefficients.size(), supports);
  const auto count = static_cast<int64_t>(weights.size());
  if (static_cast<int64_t>(vectors.size()) != count * rows.size)
    return Misfit("support_vectors", vectors.size(), count * rows.size);
  std::vector<std::vector<double>> results;
  for (int64_t r = 0; r < rows.count; ++r) {
    double sum = rho[0];
    for (int64_t s = 0; s < count; ++s)
      sum += weights[s] * kernel.Of(rows, r, vectors.data() + s * rows.size);
    results.push_back({call.Flag("one_class") ? (sum > 0 ? 1.0 : -1.0) : sum});
    Transform(transform, results.back());
  }
  return Single(RowTensor(results, 1));
}

struct Classifier {
  Kernel kernel;
  PostTransform transform = PostTransform::kNone;
  ClassLabels labels;
  std::vector<double> vectors, coefficients, rho, prob_a, prob_b;
  std::vector<int64_t> first, count;  // support vectors of each class

  int64_t classes() const { return static_cast<int64_t>(labels.size()); }
  int64_t supports() const { return first.empty() ? 0 : first.back() + count.back(); }
  bool has_probabilities() const { return !prob_a.empty(); }
};

absl::Status CheckSizes(const Classifier& model, int64_t features) {
  const int64_t classes = model.classes(), supports = model.supports();
  const int64_t pairs = classes * (classes - 1) / 2;
  const auto is = [](const std::vector<double>& values, int64_t size) {
    return static_cast<int64_t>(values.size()) == size;
  };
  if (supports == 0) {
    if (!is(model.coefficients, classes * features))
      return Misfit("coefficients", model.coefficients.size(), classes * features);
    return model.rho.empty() ? Misfit("rho", 0, 1) : absl::OkStatus();
  }
  if (static_cast<int64_t>(model.count.size()) != classes)
    return Misfit("vectors_per_class", model.count.size(), classes);
  if (!is(model.vectors, supports * features))
    return Misfit("support_vectors", model.vectors.size(), supports * features);
  if (!is(model.coefficients, (classes - 1) * supports))
    return Misfit("coefficients", model.coefficients.size(), (classes - 1) * supports);
  if (!is(model.rho, pairs)) return Misfit("rho", model.rho.size(), pairs);
  if (model.has_probabilities() && !is(model.prob_a, pairs))
    return Misfit("prob_a", model.prob_a.size(), pairs);
  if (model.prob_a.size() != model.prob_b.size())
    return Misfit("prob_b", model.prob_b.size(), static_cast<int64_t>(model.prob_a.size()));
  return absl::OkStatus();
}

absl::StatusOr<Classifier> ReadClassifier(const Call& call, int64_t features) {
  Classifier model;
  SINTER_ASSIGN_OR_RETURN(model.kernel, ReadKernel(call));
  SINTER_ASSIGN_OR_RETURN(model.transform, ReadPostTransform(call));
  SINTER_ASSIGN_OR_RETURN(model.labels, ReadClassLabels(call, "classlabels_ints"));
  model.vectors = call.Floats("support_vectors");
  model.coefficients = call.Floats("coefficients");
  model.rho = call.Floats("rho");
  model.prob_a = call.Floats("prob_a");
  model.prob_b = call.Floats("prob_b");
  for (const int64_t count : call.Ints("vectors_per_class")) {
    if (count < 0 || count > static_cast<int64_t>(model.vectors.size()))
      return absl::InvalidArgumentError("`vectors_per_class` is out of range");
    model.first.push_back(model.supports());
    model.count.push_back(count);
  }
  SINTER_RETURN_IF_ERROR(CheckSizes(model, features));
  return model;
}

// One score for each pair of classes, and how many pairs each class wins.
std::vector<double> PairScores(const Classifier& model, const Rows& rows, int64_t r,
                               std::vector<double>& votes) {
  const int64_t supports = model.supports();
  std::vector<double> kernels, scores;
  for (int64_t s = 0; s < supports; ++s)
    kernels.push_back(model.kernel.Of(rows, r, model.vectors.data() + s * rows.size));
  const auto part = [&](int64_t row, int64_t of_class) {
    double sum = 0;
    for (int64_t k = model.first[of_class]; k < model.first[of_class] + model.count[of_class]; ++k)
      sum += model.coefficients[row * supports + k] * kernels[k];
    return sum;
  };
  votes.assign(model.classes(), 0.0);
  for (int64_t i = 0; i < model.classes(); ++i) {
    for (int64_t j = i + 1; j < model.classes(); ++j) {
      scores.push_back(model.rho[scores.size()] + part(j - 1, i) + part(i, j));
      votes[scores.back() > 0 ? i : j] += 1;
    }
  }
  return scores;
}

// Class probabilities from those of the pairs, by the second method of Wu, Lin and Weng,
// "Probability estimates for multi-class classification by pairwise coupling" (2004), with the
// iteration and the stopping rule of libsvm. pair[i][j] is the probability of i against j.
std::vector<double> Coupled(const std::vector<std::vector<double>>& pair) {
  const size_t n = pair.size();
  std::vector<std::vector<double>> q(n, std::vector<double>(n, 0.0));
  for (size_t i = 0; i < n; ++i) {
    for (size_t j = 0; j < n; ++j) {
      if (i == j) continue;
      q[i][i] += pair[j][i] * pair[j][i];
      q[i][j] = -pair[j][i] * pair[i][j];
    }
  }
  std::vector<double> p(n, 1.0 / static_cast<double>(n));
  const double tolerance = 0.005 / static_cast<double>(n);
  for (size_t round = 0; round < std::max<size_t>(100, n); ++round) {
    std::vector<double> qp(n, 0.0);
    double pqp = 0, worst = 0;
    for (size_t i = 0; i < n; ++i) {
      for (size_t j = 0; j < n; ++j) qp[i] += q[i][j] * p[j];
      pqp += p[i] * qp[i];
    }
    for (size_t i = 0; i < n; ++i) worst = std::fmax(worst, std::fabs(qp[i] - pqp));
    if (worst < tolerance) break;
    for (size_t i = 0; i < n; ++i) {
      const double diff = (pqp - qp[i]) / q[i][i];
      p[i] += diff;
      pqp = (pqp + diff * (diff * q[i][i] + 2 * qp[i])) / (1 + diff) / (1 + diff);
      for (size_t j = 0; j < n; ++j) {
        qp[j] = (qp[j] + diff * q[i][j]) / (1 + diff);
        p[j] /= 1 + diff;
      }
    }
  }
  return p;
}

std::vector<double> Probabilities(const Classifier& model, const std::vector<double>& scores) {
  constexpr double kLeast = 1e-7;
  const int64_t n = model.classes();
  std::vector<std::vector<double>> pair(n, std::vector<double>(n, 0.0));
  size_t at = 0;
  for (int64_t i = 0; i < n; ++i) {
    for (int64_t j = i + 1; j < n; ++j, ++at) {
      const double p = Logistic(-(scores[at] * model.prob_a[at] + model.prob_b[at]));
      pair[i][j] = std::fmin(std::fmax(p, kLeast), 1 - kLeast);
      pair[j][i] = 1 - pair[i][j];
    }
  }
  return Coupled(pair);
}

std::vector<double> LinearScores(const Classifier& model, const Rows& rows, int64_t r) {
  std::vector<double> scores;
  const Kernel linear = {"LINEAR"};
  for (int64_t c = 0; c < model.classes(); ++c)
    scores.push_back(model.rho[0] + linear.Of(rows, r, model.coefficients.data() + c * rows.size));
  return scores;
}

absl::StatusOr<std::vector<Value>> SvmClassifier(const Call& call) {
  SINTER_ASSIGN_OR_RETURN(const Rows rows, ReadRows(call));
  SINTER_ASSIGN_OR_RETURN(const Classifier model, ReadClassifier(call, rows.size));
  if (model.classes() < 2) return absl::UnimplementedError("a classifier of one class");
  std::vector<size_t> chosen;
  std::vector<std::vector<double>> results;
  for (int64_t r = 0; r < rows.count; ++r) {
    std::vector<double> votes;
    std::vector<double> scores =
        model.supports() > 0 ? PairScores(model, rows, r, votes) : LinearScores(model, rows, r);
    if (model.supports() > 0 && model.has_probabilities()) scores = Probabilities(model, scores);
    chosen.push_back(IndexOfLargest(votes.empty() ? scores : votes));
    if (scores.size() == 1) {
      const bool is_probability = model.transform != PostTransform::kNone;
      SINTER_ASSIGN_OR_RETURN(scores, BothScores(model.transform, scores[0], is_probability));
    } else {
      Transform(model.transform, scores);
    }
    results.push_back(std::move(scores));
  }
  const auto columns = results.empty() ? model.classes() : static_cast<int64_t>(results[0].size());
  return std::vector<Value>{LabelTensor(model.labels, chosen), RowTensor(results, columns)};
}

}  // namespace

absl::Span<const Operator> MlSvmOperators() {
  static constexpr Operator kOperators[] = {
      {kMl, "SVMClassifier", 1, SvmClassifier},
      {kMl, "SVMRegressor", 1, SvmRegressor},
  };
  return kOperators;
}

}  // namespace sinter::reference
