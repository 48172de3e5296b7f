// Softmax and its relatives, and the losses made of them.
#include <cmath>
#include <limits>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "reference/ops/categories.h"

namespace sinter::reference {
namespace {

using Values = absl::StatusOr<std::vector<Value>>;

// Over which elements a function runs together: for each of `outer` and `inner`, `size` elements
// that lie `inner` apart.
struct Lines {
  int64_t outer;
  int64_t size;
  int64_t inner;
};

// Since version 13 a line is one axis; before, all axes from `axis` on, flattened.
absl::StatusOr<Lines> ReadLines(const Call& call) {
  const Dims& dims = call.tensor(0).dims();
  const auto rank = static_cast<int64_t>(dims.size());
  if (call.version() >= 13) {
    SINTER_ASSIGN_OR_RETURN(const int64_t axis, NormalAxis(call.Int("axis", -1), rank));
    return Lines{CountOf(dims, 0, axis), dims[axis], CountOf(dims, axis + 1, rank)};
  }
  int64_t axis = call.Int("axis", 1);
  if (axis < 0) axis += rank;
  if (axis < 0 || axis > rank) return absl::InvalidArgumentError("axis is out of range");
  return Lines{CountOf(dims, 0, axis), CountOf(dims, axis, rank), 1};
}

// Replaces each line of `y` by function(line).
template <typename Function>
void ForEachLine(Tensor& y, Lines lines, Function function) {
  std::vector<double> line(lines.size);
  for (int64_t i = 0; i < lines.outer * lines.inner; ++i) {
    const int64_t begin = i / lines.inner * lines.size * lines.inner + i % lines.inner;
    for (int64_t j = 0; j < lines.size; ++j) line[j] = y.reals()[begin + j * lines.inner];
    function(line);
    for (int64_t j = 0; j < lines.size; ++j) y.reals()[begin + j * lines.inner] = line[j];
  }
}

double Largest(const std::vector<double>& line) {
  double largest = -std::numeric_limits<double>::infinity();
  for (const double v : line) largest = v > largest || std::isnan(v) ? v : largest;
  return largest;
}

void LogSoftmaxLine(std::vector<double>& line) {
  const double largest = Largest(line);
  double sum = 0;
  for (const double v : line) sum += std::exp(v - largest);
  for (double& v : line) v = v - largest - std::log(sum);
}

void SoftmaxLine(std::vector<double>& line) {
  const double largest = Largest(line);
  double sum = 0;
  for (double& v : line) sum += v = std::exp(v - largest);
  for (double& v : line) v /= sum;
}

// 1 for the first of the largest elements.
void HardmaxLine(std::vector<double>& line) {
  size_t best = 0;
  for (size_t i = 1; i < line.size(); ++i) {
    if (line[i] > line[best]) best = i;
  }
  for (size_t i = 0; i < line.size(); ++i) line[i] = i == best ? 1 : 0;
}

template <void (*kFunction)(std::vector<double>&)>
Values AlongLines(const Call& call) {
  SINTER_ASSIGN_OR_RETURN(const Lines lines, ReadLines(call));
  Tensor y = call.tensor(0);
  ForEachLine(y, lines, kFunction);
  return Single(std::move(y));
}

// Minus the log probability (at axis 1 of `scores`) of the class of each place, weighted, and then
// as it is, summed, or averaged by weight.
absl::StatusOr<Tensor> LikelihoodLoss(const Call& call, const Tensor& scores) {
  const Tensor& target = call.tensor(1);
  const Tensor* weight = call.optional_tensor(2);
  if (scores.rank() < 2) return absl::InvalidArgumentError("scores must have a class axis");
  const int64_t classes = scores.dims()[1];
  Dims dims = scores.dims();
  dims.erase(dims.begin() + 1);
  if (target.dims() != dims) {
    return absl::InvalidArgumentError(absl::StrCat("labels of shape ", Text(target.dims()),
                                                   " don't fit scores of shape ",
                                                   Text(scores.dims())));
  }
  if (weight != nullptr && weight->dims() != Dims{classes}) {
    return absl::InvalidArgumentError("there must be one weight for each class");
  }
  const int64_t inner = CountOf(scores.dims(), 2, scores.rank());
  Tensor loss(scores.dtype(), dims);
  double sum = 0;
  double weight_sum = 0;
  for (int64_t i = 0; i < loss.count(); ++i) {
    const Integer label = target.integers()[i];
    if (call.HasAttribute("ignore_index") && label == call.Int("ignore_index", 0)) continue;
    if (label < 0 || label >= classes) {
      return absl::InvalidArgumentError(
          absl::StrCat("label ", static_cast<int64_t>(label), " is none of ", classes, " classes"));
    }
    const auto at = (i / inner * classes + static_cast<int64_t>(label)) * inner + i % inner;
    const double w = weight == nullptr ? 1 : weight->reals()[static_cast<int64_t>(label)];
    loss.reals()[i] = -scores.reals()[at] * w;
    sum += loss.reals()[i];
    weight_sum += w;
  }
  const std::string reduction = call.String("reduction", "mean");
  if (reduction == "none") return loss;
  const double result = reduction == "sum" ? sum : sum / weight_sum;
  return Tensor(scores.dtype(), {}, std::vector<double>{result});
}

Values NegativeLogLikelihoodLoss(const Call& call) {
  SINTER_ASSIGN_OR_RETURN(Tensor loss, LikelihoodLoss(call, call.tensor(0)));
  return Single(std::move(loss));
}

Values SoftmaxCrossEntropyLoss(const Call& call) {
  Tensor log_probability = call.tensor(0);
  const Dims& dims = log_probability.dims();
  if (dims.size() < 2) return absl::InvalidArgumentError("scores must have a class axis");
  ForEachLine(log_probability, {dims[0], dims[1], CountOf(dims, 2, dims.size())}, LogSoftmaxLine);
  SINTER_ASSIGN_OR_RETURN(Tensor loss, LikelihoodLoss(call, log_probability));
  return std::vector<Value>{std::move(loss), std::move(log_probability)};
}

}  // namespace

absl::Span<const Operator> SoftmaxOperators() {
  static constexpr Operator kOperators[] = {
      {"", "Hardmax", 1, AlongLines<HardmaxLine>},
      {"", "LogSoftmax", 1, AlongLines<LogSoftmaxLine>},
      {"", "NegativeLogLikelihoodLoss", 12, NegativeLogLikelihoodLoss},
      {"", "Softmax", 1, AlongLines<SoftmaxLine>},
      {"", "SoftmaxCrossEntropyLoss", 12, SoftmaxCrossEntropyLoss},
  };
  return kOperators;
}

}  // namespace sinter::reference
