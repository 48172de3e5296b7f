// BatchNormalization where its row does not have it: in training, and as it was before version 9.
#include "absl/strings/str_cat.h"
#include "compiler_core/import/expansions/expansions.h"

namespace sinter::import::expansions {
namespace {

bool IsTraining(const Body& b) {
  if (b.version() < 7) return b.Int("is_test", 0) == 0;
  if (b.version() >= 14) return b.Int("training_mode", 0) != 0;
  return b.Wants(1) || b.Wants(2) || b.Wants(3) || b.Wants(4);
}

// Statistics for each element of a sample, not for each channel.
bool IsByElement(const Body& b) { return b.version() < 9 && b.Int("spatial", 1) == 0; }

// A vector over the channels, in `type`, so that it broadcasts against `rank` dimensions.
Name PerChannel(Body& b, const Name& vector, int rank, ir::DType type) {
  const Name wide = b.Cast(vector, type);
  if (rank < 3) return wide;
  std::vector<int64_t> axes;
  for (int i = 1; i < rank - 1; ++i) axes.push_back(i);
  return b.Unsqueeze(wide, axes);
}

Name Normalized(Body& b, const Name& centered, const Name& variance, const Name& scale,
                const Name& bias, ir::DType type) {
  const Name epsilon = b.Number(b.Float("epsilon", 1e-5), type);
  const Name normal = b.Div(centered, b.Op("Sqrt", {b.Add(variance, epsilon)}));
  return b.Add(b.Mul(normal, scale), bias);
}

// With the statistics of the batch itself, which move the running ones.
absl::Status Train(Body& b) {
  const int rank = b.Rank(0);
  if (rank < 2) return UnsupportedForm("training on a tensor without channels");
  const ir::DType type = WideType(b.Type(0));
  std::vector<int64_t> axes = {0};
  for (int i = 2; i < rank; ++i) axes.push_back(i);
  const Name x = b.Cast(b.In(0), type);
  const Name mean = b.Mean(x, axes);
  const Name centered = b.Sub(x, mean);
  const Name variance = b.Mean(b.Mul(centered, centered), axes);
  const Name y = Normalized(b, centered, variance, PerChannel(b, b.In(1), rank, type),
                            PerChannel(b, b.In(2), rank, type), type);
  b.Return(0, b.Cast(y, b.Type(0)));
  const double momentum = b.Float("momentum", 0.9);
  const auto moved = [&](int input, const Name& now) {
    const Name old = b.Mul(b.Cast(b.In(input), type), b.Number(momentum, type));
    const Name fresh = b.Mul(b.Reshape(now, {-1}), b.Number(1 - momentum, type));
    return b.Cast(b.Add(old, fresh), b.Type(input));
  };
  if (b.Wants(1)) b.Return(1, moved(3, mean));
  if (b.Wants(2)) b.Return(2, moved(4, variance));
  return absl::OkStatus();
}

absl::Status Infer(Body& b) {
  if (!IsByElement(b)) {
    const Name y = b.Op("BatchNormalization", {b.In(0), b.In(1), b.In(2), b.In(3), b.In(4)},
                        {{"epsilon", b.Float("epsilon", 1e-5)}});
    b.Return(0, y);
    return absl::OkStatus();
  }
  b.Return(0, Normalized(b, b.Sub(b.In(0), b.In(3)), b.In(4), b.In(1), b.In(2), b.Type(0)));
  return absl::OkStatus();
}

}  // namespace

bool IsUnusualBatchNorm(const Body& b) {
  return b.version() < 7 || IsTraining(b) || IsByElement(b);
}

absl::Status BatchNorm(Body& b) {
  for (int i = 0; i < 5; ++i) {
    if (!b.Has(i)) return UnsupportedForm(absl::StrCat("no input ", i));
  }
  if (!IsTraining(b)) return Infer(b);
  if (b.version() < 14) return UnsupportedForm("training as it was before version 14");
  return Train(b);
}

}  // namespace sinter::import::expansions
