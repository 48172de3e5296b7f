// Quantized operators as integer products and what is around them: real = (integer - zero point) *
// scale. Sums of products are 32-bit integers; their way to the output's integers is one
// multiplication and one rounding, as in ONNX's formulas and ONNX Runtime's kernels.
#include "absl/strings/str_cat.h"
#include "compiler_core/import/expansions/expansions.h"

namespace sinter::import::expansions {
namespace {

using ir::DType;

constexpr DType kReal = DType::kFloat32;

// Input `i`, or 0 of type `dtype`.
Name ZeroPoint(Body& b, int i, DType dtype) {
  return b.Has(i) ? b.In(i) : b.Cast(b.Number(0, kReal), dtype);
}

// The real numbers of input `i`, whose scale and zero point follow it.
Name Real(Body& b, int i) {
  std::vector<Name> inputs = {b.In(i), b.In(i + 1)};
  if (b.Has(i + 2)) inputs.push_back(b.In(i + 2));
  return b.Op("DequantizeLinear", inputs);
}

// By scale and zero point (inputs `scale` and the next); `dtype` if there is no zero point.
Name Integers(Body& b, const Name& real, int scale, DType dtype) {
  return b.Op("QuantizeLinear", {real, b.In(scale), ZeroPoint(b, scale + 1, dtype)});
}

// Sums of products as integers of the output: `factor` is the ratio of the scales.
Name Requantized(Body& b, const Name& sums, const Name& factor, const Name& zero_point) {
  const Name scaled = b.Mul(b.Cast(sums, kReal), factor);
  return b.Op("QuantizeLinear", {scaled, b.Number(1, kReal), zero_point});
}

// Those attributes of the node that are given.
std::vector<Attr> Given(const Body& b, std::vector<const char*> ints,
                        std::vector<const char*> lists) {
  std::vector<Attr> attributes;
  for (const char* name : ints) {
    if (b.HasAttr(name)) attributes.push_back({name, b.Int(name, 0)});
  }
  for (const char* name : lists) {
    if (b.HasAttr(name)) attributes.push_back({name, b.Ints(name)});
  }
  if (b.HasAttr("auto_pad")) attributes.push_back({"auto_pad", b.Text("auto_pad", "NOTSET")});
  return attributes;
}

// A number for each row of a matrix, as a column.
Name AsColumn(Body& b, int i) {
  const bool vector = b.Rank(i) == 1 && b.Dim(i, 0) != 1;
  return vector ? b.Unsqueeze(b.In(i), {1}) : b.In(i);
}

// Input `i`, a scale, in the type of the sums' factor.
Name Scale(Body& b, int i, const Name& value) {
  return b.Type(i) == kReal ? value : b.Cast(value, kReal);
}

Name Product(Body& b, const Name& a_scale, const Name& b_scale) { return b.Mul(a_scale, b_scale); }

// MatMulInteger of these values; zero points may be absent.
Name IntegerProduct(Body& b, const Name& left, const Name& right, Name left_zero, Name right_zero,
                    DType left_type) {
  std::vector<Name> inputs = {left, right};
  if (!left_zero.empty() || !right_zero.empty()) {
    inputs.push_back(left_zero.empty() ? b.Cast(b.Number(0, kReal), left_type) : left_zero);
  }
  if (!right_zero.empty()) inputs.push_back(right_zero);
  return b.Op("MatMulInteger", inputs);
}

bool IsByte(DType dtype) { return dtype == DType::kInt8 || dtype == DType::kUInt8; }

// To channels first, and back.
std::vector<int64_t> ChannelsFirst(int rank) {
  std::vector<int64_t> permutation = {0, rank - 1};
  for (int i = 1; i + 1 < rank; ++i) permutation.push_back(i);
  return permutation;
}
std::vector<int64_t> ChannelsLast(int rank) {
  std::vector<int64_t> permutation = {0};
  for (int i = 2; i < rank; ++i) permutation.push_back(i);
  permutation.push_back(1);
  return permutation;
}

// Real numbers in, real numbers out; X with scale and zero point, then those of Y.
absl::Status OnReals(Body& b, const Name& result) {
  b.Return(0, Integers(b, result, 3, b.Type(0)));
  return absl::OkStatus();
}

// 2, 4 or 8 bits to a byte along the last dimension of `bytes`, the first element lowest.
Name Unpacked(Body& b, const Name& bytes, int64_t bits) {
  if (bits == 8) return bytes;
  std::vector<int64_t> places;
  for (int64_t place = 0; place < 8; place += bits) places.push_back(place);
  const Name shifts = b.Cast(b.IntVector(places), DType::kUInt8);
  const Name mask = b.Cast(b.IntNumber((1 << bits) - 1), DType::kUInt8);
  const Name shifted =
      b.Op("BitShift", {b.Unsqueeze(bytes, {-1}), shifts}, {{"direction", std::string("RIGHT")}});
  return b.Op("BitwiseAnd", {shifted, mask});
}

}  // namespace

// The range of the numbers and 0 on the 256 integers. Where all numbers are 0, the scale is 1.
absl::Status DynamicQuantizeLinear(Body& b) {
  const Name zero = b.Number(0, kReal);
  const auto extreme = [&](const char* reduce, const char* combine) {
    const Name found = b.Op(reduce, {b.In(0)}, {{"keepdims", int64_t{0}}});
    return b.Op(combine, {found, zero});
  };
  const Name highest = extreme("ReduceMax", "Max"), lowest = extreme("ReduceMin", "Min");
  const Name step = b.Div(b.Sub(highest, lowest), b.Number(255, kReal));
  const Name scale = b.Op("Where", {b.Op("Equal", {step, zero}), b.Number(1, kReal), step});
  const Name offset = b.Op("Round", {b.Div(b.Sub(zero, lowest), scale)});
  const Name clipped = b.Op("Clip", {offset, zero, b.Number(255, kReal)});
  const Name zero_point = b.Cast(clipped, DType::kUInt8);
  b.Return(0, b.Op("QuantizeLinear", {b.In(0), scale, zero_point}));
  b.Return(1, scale);
  b.Return(2, zero_point);
  return absl::OkStatus();
}

absl::Status QLinearMatMul(Body& b) {
  if (!IsByte(b.Type(0)) || !IsByte(b.Type(3))) {
    return UnsupportedForm("a product of floats of 8 bits");
  }
  const Name sums = IntegerProduct(b, b.In(0), b.In(3), b.In(2), b.In(5), b.Type(0));
  const Name factor =
      b.Div(Product(b, Scale(b, 1, AsColumn(b, 1)), Scale(b, 4, b.In(4))), Scale(b, 6, b.In(6)));
  b.Return(0, Requantized(b, sums, factor, b.In(7)));
  return absl::OkStatus();
}

absl::Status QLinearConv(Body& b) {
  const Name sums = b.Op("ConvInteger", {b.In(0), b.In(3), b.In(2), b.In(5)},
                         Given(b, {"group"}, {"dilations", "kernel_shape", "pads", "strides"}));
  std::vector<int64_t> channels(b.Rank(0), 1);
  channels[1] = -1;
  const bool per_channel = b.Rank(4) == 1 && b.Dim(4, 0) != 1;
  const Name scale = per_channel ? b.Reshape(b.In(4), channels) : b.In(4);
  const Name factor = b.Div(Product(b, b.In(1), scale), b.In(6));
  const Name total = b.Has(8) ? b.Add(sums, b.Reshape(b.In(8), channels)) : sums;
  b.Return(0, Requantized(b, total, factor, b.In(7)));
  return absl::OkStatus();
}

absl::Status QGemm(Body& b) {
  const bool trans_a = b.Int("transA", 0) != 0, trans_b = b.Int("transB", 0) != 0;
  const Name left = trans_a ? b.Transpose(b.In(0), {1, 0}) : b.In(0);
  const Name right = trans_b ? b.Transpose(b.In(3), {1, 0}) : b.In(3);
  Name sums = IntegerProduct(b, left, right, b.In(2), b.In(5), b.Type(0));
  if (b.Has(6)) sums = b.Add(sums, b.In(6));
  Name factor = Product(b, b.In(1), b.In(4));
  if (b.Float("alpha", 1) != 1) factor = b.Mul(b.Number(b.Float("alpha", 1), kReal), factor);
  if (!b.Has(7)) {
    b.Return(0, b.Mul(b.Cast(sums, kReal), factor));
    return absl::OkStatus();
  }
  b.Return(0, Requantized(b, sums, b.Div(factor, b.In(7)), ZeroPoint(b, 8, b.Type(0))));
  return absl::OkStatus();
}

absl::Status MatMulIntegerToFloat(Body& b) {
  const Name sums = IntegerProduct(b, b.In(0), b.In(1), b.In(4), b.In(5), b.Type(0));
  const Name real = b.Mul(b.Cast(sums, kReal), Product(b, b.In(2), b.In(3)));
  b.Return(0, b.Has(6) ? b.Add(real, b.In(6)) : real);
  return absl::OkStatus();
}

absl::Status DynamicQuantizeMatMul(Body& b) {
  const std::vector<Name> a = b.Ops("DynamicQuantizeLinear", {b.In(0)}, 3);
  const Name sums = IntegerProduct(b, a[0], b.In(1), a[2], b.In(3), DType::kUInt8);
  const Name real = b.Mul(b.Cast(sums, kReal), Product(b, a[1], b.In(2)));
  b.Return(0, b.Has(4) ? b.Add(real, b.In(4)) : real);
  return absl::OkStatus();
}

absl::Status MatMulNBits(Body& b) {
  const int64_t k = b.Int("K", 0), n = b.Int("N", 0), bits = b.Int("bits", 4);
  const int64_t size = b.Int("block_size", 0);
  if (b.Has(4)) return UnsupportedForm("input `g_idx`");
  if (bits != 2 && bits != 4 && bits != 8) return UnsupportedForm(absl::StrCat("`bits` ", bits));
  if (size < 1 || k < 1 || n < 1) return UnsupportedForm("a size below 1");
  const int64_t blocks = (k + size - 1) / size;
  const DType type = b.Type(0);
  const Name stored = b.Reshape(Unpacked(b, b.In(1), bits), {n, blocks, size});
  Name zero = b.Number(static_cast<double>(1 << (bits - 1)), type);
  if (b.Has(3) && b.Type(3) == DType::kUInt8) {
    const Name rows = Unpacked(b, b.Reshape(b.In(3), {n, -1}), bits);
    const Name numbers = b.Slice(b.Reshape(rows, {n, -1}), 0, blocks, 1);
    zero = b.Reshape(b.Cast(numbers, type), {n, blocks, 1});
  } else if (b.Has(3)) {
    zero = b.Reshape(b.In(3), {n, blocks, 1});
  }
  const Name scale = b.Reshape(b.In(2), {n, blocks, 1});
  const Name real = b.Mul(b.Sub(b.Cast(stored, type), zero), scale);
  const Name weights = b.Slice(b.Reshape(real, {n, blocks * size}), 0, k, 1);
  const Name product = b.MatMul(b.In(0), b.Transpose(weights, {1, 0}));
  b.Return(0, b.Has(5) ? b.Add(product, b.In(5)) : product);
  return absl::OkStatus();
}

absl::Status QLinearSigmoid(Body& b) { return OnReals(b, b.Op("Sigmoid", {Real(b, 0)})); }

absl::Status QLinearLeakyRelu(Body& b) {
  return OnReals(b, b.Op("LeakyRelu", {Real(b, 0)}, {{"alpha", b.Float("alpha", 0.01)}}));
}

absl::Status QLinearSoftmax(Body& b) {
  const int64_t axis = b.Int("axis", -1);
  const Name real = Real(b, 0);
  if (b.Int("opset", 13) >= 13) return OnReals(b, b.Op("Softmax", {real}, {{"axis", axis}}));
  // Before, all dimensions from `axis` on counted as one.
  const Name flat = b.Op("Flatten", {real}, {{"axis", axis}});
  const Name shares = b.Op("Softmax", {flat}, {{"axis", int64_t{1}}});
  return OnReals(b, b.Op("Reshape", {shares, b.ShapeOf(real, 0, b.Rank(0))}));
}

absl::Status QLinearAveragePool(Body& b) {
  const bool last = b.Int("channels_last", 0) != 0;
  const int rank = b.Rank(0);
  const Name real = Real(b, 0);
  const Name pooled = b.Op("AveragePool", {last ? b.Transpose(real, ChannelsFirst(rank)) : real},
                           Given(b, {"ceil_mode", "count_include_pad"},
                                 {"dilations", "kernel_shape", "pads", "strides"}));
  return OnReals(b, last ? b.Transpose(pooled, ChannelsLast(rank)) : pooled);
}

absl::Status QLinearGlobalAveragePool(Body& b) {
  const bool last = b.Int("channels_last", 0) != 0;
  std::vector<int64_t> axes;
  for (int i = last ? 1 : 2; i < b.Rank(0) - (last ? 1 : 0); ++i) axes.push_back(i);
  const Name centered =
      b.Sub(b.Cast(b.In(0), DType::kInt32), b.Cast(ZeroPoint(b, 2, b.Type(0)), DType::kInt32));
  const Name sums = b.Sum(centered, axes);
  const Name sizes = b.ShapeOf(b.In(0), axes.front(), axes.back() + 1);
  const Name count = b.Cast(b.Op("ReduceProd", {sizes}, {{"keepdims", int64_t{0}}}), kReal);
  const Name factor = b.Div(b.In(1), b.Mul(b.In(3), count));
  b.Return(0, Requantized(b, sums, factor, ZeroPoint(b, 4, b.Type(0))));
  return absl::OkStatus();
}

// The scale and zero point of Y come first, then three inputs for each part.
absl::Status QLinearConcat(Body& b) {
  std::vector<Name> parts;
  for (int i = 2; i + 2 < b.num_inputs(); i += 3) parts.push_back(Real(b, i));
  if (parts.empty()) return UnsupportedForm("a concatenation of nothing");
  const Name joined = b.Concat(parts, b.Int("axis", 0));
  b.Return(0, Integers(b, joined, 0, b.Type(2)));
  return absl::OkStatus();
}

absl::Status QLinearWhere(Body& b) {
  const Name chosen = b.Op("Where", {b.In(0), Real(b, 1), Real(b, 4)});
  b.Return(0, Integers(b, chosen, 7, b.Type(1)));
  return absl::OkStatus();
}

absl::Status ContribQuantizeLinear(Body& b) {
  const DType type = b.Has(2) ? b.Type(2) : DType::kUInt8;
  b.Return(0, b.Op("QuantizeLinear", {b.In(0), b.In(1), ZeroPoint(b, 2, type)},
                   Given(b, {"axis", "block_size"}, {})));
  return absl::OkStatus();
}

absl::Status ContribDequantizeLinear(Body& b) {
  std::vector<Name> inputs = {b.In(0), b.In(1)};
  if (b.Has(2)) inputs.push_back(b.In(2));
  b.Return(0, b.Op("DequantizeLinear", inputs, Given(b, {"axis", "block_size"}, {})));
  return absl::OkStatus();
}

}  // namespace sinter::import::expansions
