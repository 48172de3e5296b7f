// Random operators; what they give is defined in docs/reference/random.md.
#include <cmath>
#include <cstdint>
#include <cstring>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "reference/ops/categories.h"
#include "reference/ops/philox.h"

namespace sinter::reference {
namespace {

uint64_t SeedOf(const Call& call) {
  const onnx::AttributeProto* seed = call.Attribute("seed");
  if (seed == nullptr) return Fnv1a64(call.node().output(0));
  if (seed->type() == onnx::AttributeProto::INT) return static_cast<uint64_t>(seed->i());
  const float value = seed->f();
  uint32_t bits;
  std::memcpy(&bits, &value, sizeof(bits));
  return bits;
}

// base + factor * x with each step in the precision of the output, float32 at the least.
double Scaled(Dtype dtype, double base, double factor, double x) {
  if (dtype == Dtype::kFloat64) {
    const double product = factor * x;
    return base + product;
  }
  const float product = static_cast<float>(factor) * static_cast<float>(x);
  return static_cast<float>(base) + product;
}

absl::StatusOr<Dtype> FloatDtype(const Call& call, Dtype otherwise) {
  Dtype dtype = otherwise;
  if (call.HasAttribute("dtype")) {
    SINTER_ASSIGN_OR_RETURN(dtype, DtypeFromNumber(call.Int("dtype", 1)));
  }
  if (!IsFloat(dtype))
    return absl::InvalidArgumentError(
        absl::StrCat("random numbers of type ", Name(dtype), "; the type is a float's"));
  return dtype;
}

absl::StatusOr<std::vector<Value>> Uniform(const Call& call, Dtype dtype, const Dims& dims) {
  SINTER_RETURN_IF_ERROR(CheckElementCount(dims));
  const double low = call.Float("low", 0), high = call.Float("high", 1);
  const double width =
      dtype == Dtype::kFloat64 ? high - low : static_cast<float>(high) - static_cast<float>(low);
  const RandomElements random(SeedOf(call));
  Tensor y(dtype, dims);
  for (int64_t i = 0; i < y.count(); ++i)
    y.reals()[i] = Scaled(dtype, low, width, random.Uniform(i));
  return Single(std::move(y));
}

absl::StatusOr<std::vector<Value>> Normal(const Call& call, Dtype dtype, const Dims& dims) {
  SINTER_RETURN_IF_ERROR(CheckElementCount(dims));
  const double mean = call.Float("mean", 0), scale = call.Float("scale", 1);
  const RandomElements random(SeedOf(call));
  Tensor y(dtype, dims);
  for (int64_t i = 0; i < y.count(); ++i)
    y.reals()[i] = Scaled(dtype, mean, scale, random.Normal(i));
  return Single(std::move(y));
}

absl::StatusOr<std::vector<Value>> RandomUniform(const Call& call) {
  SINTER_ASSIGN_OR_RETURN(const Dtype dtype, FloatDtype(call, Dtype::kFloat32));
  return Uniform(call, dtype, call.Ints("shape"));
}

absl::StatusOr<std::vector<Value>> RandomNormal(const Call& call) {
  SINTER_ASSIGN_OR_RETURN(const Dtype dtype, FloatDtype(call, Dtype::kFloat32));
  return Normal(call, dtype, call.Ints("shape"));
}

absl::StatusOr<std::vector<Value>> RandomUniformLike(const Call& call) {
  SINTER_ASSIGN_OR_RETURN(const Dtype dtype, FloatDtype(call, call.tensor(0).dtype()));
  return Uniform(call, dtype, call.tensor(0).dims());
}

absl::StatusOr<std::vector<Value>> RandomNormalLike(const Call& call) {
  SINTER_ASSIGN_OR_RETURN(const Dtype dtype, FloatDtype(call, call.tensor(0).dtype()));
  return Normal(call, dtype, call.tensor(0).dims());
}

absl::StatusOr<std::vector<Value>> Bernoulli(const Call& call) {
  const Tensor& p = call.tensor(0);
  SINTER_ASSIGN_OR_RETURN(const Dtype dtype,
                          DtypeFromNumber(call.Int("dtype", static_cast<int64_t>(p.dtype()))));
  const RandomElements random(SeedOf(call));
  Tensor y(dtype, p.dims());
  for (int64_t i = 0; i < y.count(); ++i) {
    const int drawn = random.Uniform(i) < p.reals()[i] ? 1 : 0;
    if (y.HoldsReals()) {
      y.reals()[i] = drawn;
    } else {
      y.integers()[i] = drawn;
    }
  }
  return Single(std::move(y));
}

// The first class whose probability, added to those before it, exceeds `u` of the whole. The
// scores are logarithms of probabilities, up to a constant.
int64_t Drawn(const double* scores, int64_t classes, double u) {
  double largest = scores[0], total = 0, sum = 0;
  for (int64_t c = 1; c < classes; ++c) largest = std::fmax(largest, scores[c]);
  for (int64_t c = 0; c < classes; ++c) total += std::exp(scores[c] - largest);
  for (int64_t c = 0; c < classes; ++c) {
    sum += std::exp(scores[c] - largest);
    if (sum > u * total) return c;
  }
  return classes - 1;
}

absl::StatusOr<std::vector<Value>> Multinomial(const Call& call) {
  const Tensor& x = call.tensor(0);
  if (x.rank() != 2 || x.dims()[1] == 0)
    return absl::InvalidArgumentError("the input is [batch, classes], with one class at least");
  SINTER_ASSIGN_OR_RETURN(const Dtype dtype, DtypeFromNumber(call.Int("dtype", 6)));
  if (dtype != Dtype::kInt32 && dtype != Dtype::kInt64)
    return absl::InvalidArgumentError("`dtype` is int32 or int64");
  const int64_t samples = call.Int("sample_size", 1), classes = x.dims()[1];
  const Dims dims = {x.dims()[0], samples};
  SINTER_RETURN_IF_ERROR(CheckElementCount(dims));
  const RandomElements random(SeedOf(call));
  Tensor y(dtype, dims);
  for (int64_t i = 0; i < y.count(); ++i) {
    y.integers()[i] = Drawn(x.reals().data() + i / samples * classes, classes, random.Uniform(i));
  }
  return Single(std::move(y));
}

absl::StatusOr<std::vector<Value>> Dropped(const Call& call, double ratio, bool training,
                                           Dtype mask_dtype) {
  const Tensor& x = call.tensor(0);
  if (training && !(ratio >= 0 && ratio < 1))
    return absl::InvalidArgumentError("the ratio is not in [0, 1)");
  const RandomElements random(SeedOf(call));
  Tensor y = x;
  std::vector<double> kept(x.count(), 1.0);
  for (int64_t i = 0; training && i < x.count(); ++i) {
    kept[i] = random.Uniform(i) >= ratio ? 1 : 0;
    y.reals()[i] = kept[i] != 0 ? x.reals()[i] / (1 - ratio) : 0;
  }
  if (!call.Wants(1)) return Single(std::move(y));
  Tensor mask(mask_dtype, x.dims());
  for (int64_t i = 0; i < x.count(); ++i) {
    if (mask.HoldsReals()) {
      mask.reals()[i] = kept[i];
    } else {
      mask.integers()[i] = kept[i] != 0 ? 1 : 0;
    }
  }
  return std::vector<Value>{std::move(y), std::move(mask)};
}

absl::StatusOr<std::vector<Value>> Dropout1(const Call& call) {
  return Dropped(call, call.Float("ratio", 0.5), !call.Flag("is_test"), call.tensor(0).dtype());
}

// From version 7 to 11 it is for inference alone.
absl::StatusOr<std::vector<Value>> Dropout7(const Call& call) {
  return Dropped(call, 0, false, call.tensor(0).dtype());
}
absl::StatusOr<std::vector<Value>> Dropout10(const Call& call) {
  return Dropped(call, 0, false, Dtype::kBool);
}

absl::StatusOr<std::vector<Value>> Dropout12(const Call& call) {
  for (int i = 1; i <= 2; ++i) {
    if (call.Has(i) && call.tensor(i).count() != 1)
      return absl::InvalidArgumentError("ratio and mode have to be one value each");
  }
  const double ratio = call.Has(1) ? call.tensor(1).RealAt(0) : 0.5;
  return Dropped(call, ratio, call.Has(2) && call.tensor(2).integers()[0] != 0, Dtype::kBool);
}

}  // namespace

absl::Span<const Operator> RandomOperators() {
  static constexpr Operator kOperators[] = {
      {"", "Bernoulli", 15, Bernoulli},
      {"", "Dropout", 1, Dropout1},
      {"", "Dropout", 7, Dropout7},
      {"", "Dropout", 10, Dropout10},
      {"", "Dropout", 12, Dropout12},
      {"", "Multinomial", 7, Multinomial},
      {"", "RandomNormal", 1, RandomNormal},
      {"", "RandomNormalLike", 1, RandomNormalLike},
      {"", "RandomUniform", 1, RandomUniform},
      {"", "RandomUniformLike", 1, RandomUniformLike},
  };
  return kOperators;
}

}  // namespace sinter::reference
