// Products and convolutions of com.microsoft in floats, with what they fuse.
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "reference/ops/broadcast.h"
#include "reference/ops/categories.h"
#include "reference/ops/contrib_checks.h"
#include "reference/ops/convolve.h"
#include "reference/ops/matmul.h"
#include "reference/ops/pick.h"
#include "reference/ops/quantized_math.h"

namespace sinter::reference {
namespace {

// The activations that exporters fuse. `parameters` are those of the node, in the order alpha,
// beta.
absl::Status Activate(const std::string& name, const std::vector<double>& parameters, Tensor& y) {
  const auto parameter = [&](size_t i, double otherwise) {
    return i < parameters.size() ? parameters[i] : otherwise;
  };
  double (*function)(double, double, double) = nullptr;
  double alpha = 0, beta = 0;
  if (name == "Relu") {
    function = [](double x, double, double) { return std::fmax(x, 0); };
  } else if (name == "Tanh") {
    function = [](double x, double, double) { return std::tanh(x); };
  } else if (name == "Sigmoid") {
    function = [](double x, double, double) { return 1 / (1 + std::exp(-x)); };
  } else if (name == "LeakyRelu") {
    function = [](double x, double a, double) { return x >= 0 ? x : a * x; };
    alpha = parameter(0, 0.01f);
  } else if (name == "HardSigmoid") {
    function = [](double x, double a, double b) { return std::fmin(std::fmax(a * x + b, 0), 1); };
    alpha = parameter(0, 0.2f);
    beta = parameter(1, 0.5);
  } else if (name == "Clip" && parameters.size() == 2) {
    function = [](double x, double a, double b) { return std::fmin(std::fmax(x, a), b); };
    alpha = parameters[0];
    beta = parameters[1];
  } else if (!name.empty()) {
    return absl::UnimplementedError(absl::StrCat("the fused activation `", name, "`"));
  }
  for (double& v : y.reals()) v = function == nullptr ? v : function(v, alpha, beta);
  return absl::OkStatus();
}

absl::StatusOr<std::vector<Value>> FusedConv(const Call& call) {
  SINTER_RETURN_IF_ERROR(CheckFloats(call, {0, 1, 2, 3}));
  SINTER_ASSIGN_OR_RETURN(Tensor y,
                          Convolve(call, call.tensor(0), call.tensor(1), call.tensor(0).dtype()));
  SINTER_RETURN_IF_ERROR(AddChannelBias(call.optional_tensor(2), y));
  if (const Tensor* sum = call.optional_tensor(3)) {
    if (sum->dims() != y.dims())
      return absl::InvalidArgumentError(
          absl::StrCat("a summand of ", Text(sum->dims()), " for ", Text(y.dims())));
    for (int64_t i = 0; i < y.count(); ++i) y.reals()[i] += sum->reals()[i];
  }
  SINTER_RETURN_IF_ERROR(
      Activate(call.String("activation", ""), call.Floats("activation_params"), y));
  return Single(std::move(y));
}

// Input, weights and output have their channels last.
absl::StatusOr<std::vector<Value>> NhwcConv(const Call& call) {
  SINTER_RETURN_IF_ERROR(CheckFloats(call, {0, 1, 2}));
  for (int i = 0; i < 2; ++i) {
    if (call.tensor(i).rank() != 4)
      return absl::UnimplementedError(
          absl::StrCat("input ", i, " of rank ", call.tensor(i).rank(), "; only 4 is supported"));
  }
  SINTER_ASSIGN_OR_RETURN(
      Tensor y, Convolve(call, Transposed(call.tensor(0), {0, 3, 1, 2}),
                         Transposed(call.tensor(1), {0, 3, 1, 2}), call.tensor(0).dtype()));
  SINTER_RETURN_IF_ERROR(AddChannelBias(call.optional_tensor(2), y));
  return Single(Transposed(y, {0, 2, 3, 1}));
}

absl::StatusOr<std::vector<Value>> FusedGemm(const Call& call) {
  SINTER_RETURN_IF_ERROR(CheckFloats(call, {0, 1, 2}));
  const auto operand = [&](int input, absl::string_view flag) {
    return call.Flag(flag) ? Transposed(call.tensor(input), {1, 0}) : call.tensor(input);
  };
  if (call.tensor(0).rank() != 2 || call.tensor(1).rank() != 2)
    return absl::InvalidArgumentError("the operands have to be matrices");
  SINTER_ASSIGN_OR_RETURN(Tensor y, MatMul(operand(0, "transA"), operand(1, "transB")));
  const double alpha = call.Float("alpha", 1), beta = call.Float("beta", 1);
  for (double& v : y.reals()) v *= alpha;
  if (const Tensor* c = call.optional_tensor(2)) {
    SINTER_ASSIGN_OR_RETURN(const Dims dims, BroadcastDims({y.dims(), c->dims()}));
    if (dims != y.dims())
      return absl::InvalidArgumentError(
          absl::StrCat("a summand of ", Text(c->dims()), " for ", Text(y.dims())));
    y.reals() = Zip<double>(y.reals(), dims, c->reals(), c->dims(), dims,
                            [beta](double p, double s) { return p + beta * s; });
  }
  std::vector<double> parameters;
  if (call.HasAttribute("activation_alpha"))
    parameters.push_back(call.Float("activation_alpha", 0));
  if (call.HasAttribute("activation_beta")) {
    if (parameters.empty())
      return absl::UnimplementedError("`activation_beta` without `activation_alpha`");
    parameters.push_back(call.Float("activation_beta", 0));
  }
  SINTER_RETURN_IF_ERROR(Activate(call.String("activation", ""), parameters, y));
  return Single(std::move(y));
}

// One operand of FusedMatMul. First the batch: with `batch` set, axis 0 is the row axis and the
// batch axes follow it; then the two matrix axes.
absl::StatusOr<Tensor> FusedOperand(const Tensor& x, bool batch, bool matrix) {
  const int64_t rank = x.rank();
  if (rank < 2) return x;
  if (batch && rank < 3)
    return absl::InvalidArgumentError("a batch can be transposed only from rank 3 on");
  Dims perm(rank);
  for (int64_t i = 0; i < rank; ++i) perm[i] = i;
  if (batch) std::rotate(perm.begin(), perm.begin() + 1, perm.end() - 1);
  if (matrix) std::swap(perm[rank - 2], perm[rank - 1]);
  return Transposed(x, perm);
}

absl::StatusOr<std::vector<Value>> FusedMatMul(const Call& call) {
  SINTER_RETURN_IF_ERROR(CheckFloats(call, {0, 1}));
  SINTER_ASSIGN_OR_RETURN(
      const Tensor a, FusedOperand(call.tensor(0), call.Flag("transBatchA"), call.Flag("transA")));
  SINTER_ASSIGN_OR_RETURN(
      const Tensor b, FusedOperand(call.tensor(1), call.Flag("transBatchB"), call.Flag("transB")));
  SINTER_ASSIGN_OR_RETURN(Tensor y, MatMul(a, b));
  for (double& v : y.reals()) v *= call.Float("alpha", 1);
  return Single(std::move(y));
}

// Weights of few bits in blocks along K, packed from the lowest bits of each byte on.
struct BlockWeights {
  int64_t k, n, bits, block, blocks;

  // Number `i` of a packed row that starts at byte `row`.
  double At(const Tensor& packed, int64_t row, int64_t i) const {
    const int64_t per_byte = 8 / bits;
    const auto byte = static_cast<unsigned>(packed.integers()[row + i / per_byte]);
    return byte >> (i % per_byte * bits) & ((1u << bits) - 1);
  }
};

absl::StatusOr<BlockWeights> ReadBlockWeights(const Call& call) {
  BlockWeights w = {call.Int("K", 0), call.Int("N", 0), call.Int("bits", 4),
                    call.Int("block_size", 0), 0};
  if (w.bits != 2 && w.bits != 4 && w.bits != 8)
    return absl::UnimplementedError(absl::StrCat("weights of ", w.bits, " bits"));
  if (w.block < 16 || (w.block & (w.block - 1)) != 0 || w.k < 1 || w.n < 1)
    return absl::InvalidArgumentError("`K`, `N` or `block_size` is out of range");
  if (call.Int("weight_prepacked", 0) != 0) return absl::UnimplementedError("prepacked weights");
  if (call.Has(4)) return absl::UnimplementedError("the deprecated input `g_idx`");
  w.blocks = (w.k + w.block - 1) / w.block;
  const Tensor& b = call.tensor(1);
  if (b.dims() != Dims{w.n, w.blocks, w.block * w.bits / 8} || b.dtype() != Dtype::kUint8) {
    return absl::InvalidArgumentError(
        absl::StrCat("weights of ", Name(b.dtype()), Text(b.dims()), " do not fit the attributes"));
  }
  if (call.tensor(2).count() != w.n * w.blocks || !call.tensor(2).HoldsReals())
    return absl::InvalidArgumentError(absl::StrCat("scales of ", Text(call.tensor(2).dims())));
  return w;
}

absl::StatusOr<Tensor> UnpackedWeights(const Call& call, const BlockWeights& w) {
  const Tensor* zeros = call.optional_tensor(3);
  const bool packed = zeros != nullptr && zeros->dtype() == Dtype::kUint8;
  const int64_t row_bytes = (w.blocks * w.bits + 7) / 8;
  if (zeros != nullptr && zeros->count() != w.n * (packed ? row_bytes : w.blocks)) {
    return absl::InvalidArgumentError(absl::StrCat("zero points of ", Text(zeros->dims())));
  }
  SINTER_RETURN_IF_ERROR(CheckElementCount({w.k, w.n}));
  Tensor weights(Dtype::kFloat64, {w.k, w.n});
  for (int64_t n = 0; n < w.n; ++n) {
    for (int64_t k = 0; k < w.k; ++k) {
      const int64_t block = k / w.block;
      double zero = 1 << (w.bits - 1);
      if (packed) zero = w.At(*zeros, n * row_bytes, block);
      if (zeros != nullptr && !packed) zero = zeros->RealAt(n * w.blocks + block);
      const double q =
          w.At(call.tensor(1), (n * w.blocks + block) * w.block * w.bits / 8, k % w.block);
      weights.reals()[k * w.n + n] = (q - zero) * call.tensor(2).reals()[n * w.blocks + block];
    }
  }
  return weights;
}

absl::StatusOr<std::vector<Value>> MatMulNBits(const Call& call) {
  const Tensor& a = call.tensor(0);
  if (!a.HoldsReals() || a.rank() == 0 || a.dims().back() != call.Int("K", 0))
    return absl::InvalidArgumentError(absl::StrCat("an input of ", Text(a.dims())));
  SINTER_ASSIGN_OR_RETURN(const BlockWeights w, ReadBlockWeights(call));
  SINTER_ASSIGN_OR_RETURN(const Tensor weights, UnpackedWeights(call, w));
  SINTER_ASSIGN_OR_RETURN(Tensor y, MatMul(a, weights));
  if (const Tensor* bias = call.optional_tensor(5)) {
    if (bias->dims() != Dims{w.n} || !bias->HoldsReals())
      return absl::InvalidArgumentError(absl::StrCat("a bias of ", Text(bias->dims())));
    for (int64_t i = 0; i < y.count(); ++i) y.reals()[i] += bias->reals()[i % w.n];
  }
  return Single(std::move(y));
}

}  // namespace

absl::Span<const Operator> ContribProductOperators() {
  static constexpr Operator kOperators[] = {
      {"com.microsoft", "FusedConv", 1, OfNumbers<FusedConv>, 2},
      {"com.microsoft", "FusedGemm", 1, OfNumbers<FusedGemm>, 2},
      {"com.microsoft", "FusedMatMul", 1, OfNumbers<FusedMatMul>, 2},
      {"com.microsoft", "MatMulNBits", 1, OfNumbers<MatMulNBits>, 3},
      {"com.microsoft", "NhwcConv", 1, OfNumbers<NhwcConv>, 2},
  };
  return kOperators;
}

}  // namespace sinter::reference
