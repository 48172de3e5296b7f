// com.microsoft's products and convolutions with what follows them, and its variants of Gelu.
#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "compiler_core/import/expansions/activation.h"
#include "compiler_core/import/expansions/expansions.h"
#include "compiler_core/ir/diagnostic_kind.h"

namespace sinter::import::expansions {
namespace {

absl::Status NeedInputs(const Body& b, int count) {
  for (int i = 0; i < count; ++i) {
    if (b.Has(i)) continue;
    return ir::Error(ir::DiagnosticKind::kMalformedModel, absl::StrCat("input ", i, " is absent"));
  }
  return absl::OkStatus();
}

// `x` after the activation of that name; "" is none.
absl::StatusOr<Name> Activated(Body& b, const std::string& name, std::vector<double> parameters,
                               const Name& x) {
  if (name.empty()) return x;
  if (name == "Clip") {
    if (parameters.size() != 2) return UnsupportedForm("a Clip without its two bounds");
    const Name low = b.Number(parameters[0], b.Type(0)), high = b.Number(parameters[1], b.Type(0));
    return b.Op("Clip", {x, low, high});
  }
  std::vector<double> betas;
  if (parameters.size() > 1) betas.assign(parameters.begin() + 1, parameters.end());
  parameters.resize(std::min<size_t>(parameters.size(), 1));
  SINTER_ASSIGN_OR_RETURN(const Activation activation, ReadActivation(name, parameters, betas));
  return Apply(b, activation, x, b.Type(0));
}

std::vector<Attr> ConvAttributes(const Body& b) {
  std::vector<Attr> attributes = {{"group", b.Int("group", 1)},
                                  {"auto_pad", b.Text("auto_pad", "NOTSET")}};
  for (const char* name : {"kernel_shape", "strides", "dilations", "pads"}) {
    if (b.HasAttr(name)) attributes.push_back({name, b.Ints(name)});
  }
  return attributes;
}

std::vector<int64_t> SwappedLast(int rank) {
  std::vector<int64_t> permutation;
  for (int i = 0; i < rank; ++i) permutation.push_back(i);
  std::swap(permutation[rank - 2], permutation[rank - 1]);
  return permutation;
}

std::vector<int64_t> FirstBeforeLast(int rank) {
  std::vector<int64_t> permutation;
  for (int i = 1; i < rank - 1; ++i) permutation.push_back(i);
  permutation.push_back(0);
  permutation.push_back(rank - 1);
  return permutation;
}

// The channels, which are last, as dimension 1; and back.
std::vector<int64_t> ChannelsFirst(int rank) {
  std::vector<int64_t> permutation = {0, rank - 1};
  for (int i = 1; i < rank - 1; ++i) permutation.push_back(i);
  return permutation;
}
std::vector<int64_t> ChannelsLast(int rank) {
  std::vector<int64_t> permutation = {0};
  for (int i = 2; i < rank; ++i) permutation.push_back(i);
  permutation.push_back(1);
  return permutation;
}

}  // namespace

// Input, weights and output have their channels last.
absl::Status NhwcConv(Body& b) {
  SINTER_RETURN_IF_ERROR(NeedInputs(b, 2));
  const int rank = b.Rank(0);
  if (rank < 3 || b.Rank(1) != rank) return UnsupportedForm("an input without a window");
  const Name x = b.Transpose(b.In(0), ChannelsFirst(rank));
  const Name w = b.Transpose(b.In(1), ChannelsFirst(rank));
  const Name y = b.Op("Conv", {x, w, b.In(2)}, ConvAttributes(b));
  b.Return(0, b.Transpose(y, ChannelsLast(rank)));
  return absl::OkStatus();
}

absl::Status FusedConv(Body& b) {
  SINTER_RETURN_IF_ERROR(NeedInputs(b, 2));
  Name y = b.Op("Conv", {b.In(0), b.In(1), b.In(2)}, ConvAttributes(b));
  if (b.Has(3)) y = b.Add(y, b.In(3));
  SINTER_ASSIGN_OR_RETURN(y,
                          Activated(b, b.Text("activation", ""), b.Floats("activation_params"), y));
  b.Return(0, y);
  return absl::OkStatus();
}

absl::Status FusedMatMul(Body& b) {
  SINTER_RETURN_IF_ERROR(NeedInputs(b, 2));
  const auto operand = [&](int i, const char* last, const char* batch) {
    Name x = b.In(i);
    const int rank = b.Rank(i);
    // The first dimension is the matrices' rows; the batch comes after it.
    if (b.Int(batch, 0) != 0 && rank > 2) x = b.Transpose(x, FirstBeforeLast(rank));
    const bool swapped = b.Int(last, 0) != 0 && rank > 1;
    return swapped ? b.Transpose(x, SwappedLast(rank)) : x;
  };
  const Name left = operand(0, "transA", "transBatchA");
  const Name right = operand(1, "transB", "transBatchB");
  const Name product = b.MatMul(left, right);
  const double alpha = b.Float("alpha", 1);
  b.Return(0, alpha == 1 ? product : b.Mul(product, b.Number(alpha, b.Type(0))));
  return absl::OkStatus();
}

absl::Status FusedGemm(Body& b) {
  SINTER_RETURN_IF_ERROR(NeedInputs(b, 2));
  if (b.HasAttr("activation_gamma")) return UnsupportedForm("activation_gamma");
  const Name product = b.Op("Gemm", {b.In(0), b.In(1), b.In(2)},
                            {{"alpha", b.Float("alpha", 1)},
                             {"beta", b.Float("beta", 1)},
                             {"transA", b.Int("transA", 0)},
                             {"transB", b.Int("transB", 0)}});
  std::vector<double> parameters;
  for (const char* name : {"activation_alpha", "activation_beta"}) {
    if (b.HasAttr(name)) parameters.push_back(b.Float(name, 0));
  }
  SINTER_ASSIGN_OR_RETURN(const Name y,
                          Activated(b, b.Text("activation", ""), parameters, product));
  b.Return(0, y);
  return absl::OkStatus();
}

absl::Status Gelu(Body& b) {
  SINTER_RETURN_IF_ERROR(NeedInputs(b, 1));
  b.Return(0, b.Op("Gelu", {b.In(0)}));
  return absl::OkStatus();
}

absl::Status BiasGelu(Body& b) {
  SINTER_RETURN_IF_ERROR(NeedInputs(b, 2));
  b.Return(0, b.Op("Gelu", {b.Add(b.In(0), b.In(1))}));
  return absl::OkStatus();
}

absl::Status FastGelu(Body& b) {
  SINTER_RETURN_IF_ERROR(NeedInputs(b, 1));
  const Name x = b.Has(1) ? b.Add(b.In(0), b.In(1)) : b.In(0);
  b.Return(0, b.Op("Gelu", {x}, {{"approximate", "tanh"}}));
  return absl::OkStatus();
}

absl::Status QuickGelu(Body& b) {
  SINTER_RETURN_IF_ERROR(NeedInputs(b, 1));
  b.Return(0, b.Op("Swish", {b.In(0)}, {{"alpha", b.Float("alpha", 1.702)}}));
  return absl::OkStatus();
}

}  // namespace sinter::import::expansions
