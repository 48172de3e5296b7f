#include "compiler_core/legalize/conv.h"

#include "base/status_macros.h"
#include "compiler_core/legalize/lowerings.h"
#include "compiler_core/legalize/window.h"
#include "llvm/ADT/SmallVector.h"

namespace sinter::legalize {

namespace {

using mlir::AffineExpr;
using mlir::AffineMap;
using mlir::Value;
using mlir::ValueRange;

ir::SymShape Joined(ir::SymShape head, const ir::SymShape& tail) {
  head.insert(head.end(), tail.begin(), tail.end());
  return head;
}

ir::SymShape Tail(const ir::SymShape& shape, size_t from) {
  return ir::SymShape(shape.begin() + from, shape.end());
}

AffineMap MapOf(Node& n, int64_t loops, llvm::ArrayRef<int64_t> head,
                const std::vector<AffineExpr>& tail) {
  llvm::SmallVector<AffineExpr> exprs;
  for (int64_t dim : head) exprs.push_back(n.emit().Loop(dim));
  exprs.append(tail.begin(), tail.end());
  return AffineMap::get(loops, 0, exprs, n.emit().context());
}

std::vector<AffineExpr> Loops(Node& n, int64_t first, int64_t count) {
  std::vector<AffineExpr> exprs;
  for (int64_t i = 0; i < count; ++i) exprs.push_back(n.emit().Loop(first + i));
  return exprs;
}

// A convolution whose input is padded already.
struct Conv {
  Value input;    // [n, c, i...]
  Value weights;  // [f, c/groups, k...]
  ir::SymShape input_shape, weight_shape;
  int64_t groups;
  Window window;
  ir::SymExpr batch, filters;
  bool input_unsigned = false, weights_unsigned = false;
};

// (n, f, o..., c, k...)
Value PlainConv(Node& n, const Conv& conv, mlir::Type accumulator) {
  const int64_t rank = conv.window.rank(), c = 2 + rank, k = c + 1, loops = k + rank;
  const Operand input{conv.input, MapOf(n, loops, {0, c}, WindowPositions(n, conv.window, 2, k))};
  const Operand weights{conv.weights, MapOf(n, loops, {1, c}, Loops(n, k, rank))};
  const ir::SymShape shape = Joined({conv.batch, conv.filters}, conv.window.out);
  return n.emit().Contract(input, weights, shape, 1 + rank, accumulator, conv.input_unsigned,
                           conv.weights_unsigned);
}

// (n, g, f/g, o..., c/g, k...); f/g and c/g are left out where they are 1.
Value GroupedConv(Node& n, const Conv& conv, mlir::Type accumulator) {
  Emitter& e = n.emit();
  const int64_t rank = conv.window.rank(), groups = conv.groups;
  const ir::SymExpr inner = conv.weight_shape[1];
  const ir::SymExpr outer = FloorDiv(conv.filters, groups);
  const bool has_inner = inner != 1, has_outer = outer != 1;
  ir::SymShape head = {conv.batch, groups}, input_head = head, weight_head = {groups};
  llvm::SmallVector<int64_t> input_dims = {0, 1}, weight_dims = {1};
  if (has_outer) {
    head.push_back(outer);
    weight_head.push_back(outer);
    weight_dims.push_back(2);
  }
  const int64_t first_out = static_cast<int64_t>(head.size()), c = first_out + rank;
  const int64_t k = c + (has_inner ? 1 : 0), loops = k + rank;
  if (has_inner) {
    input_head.push_back(inner);
    input_dims.push_back(c);
    weight_head.push_back(inner);
    weight_dims.push_back(c);
  }
  const Operand input{e.Reshape(conv.input, Joined(input_head, Tail(conv.input_shape, 2))),
                      MapOf(n, loops, input_dims, WindowPositions(n, conv.window, first_out, k))};
  const Operand weights{e.Reshape(conv.weights, Joined(weight_head, Tail(conv.weight_shape, 2))),
                        MapOf(n, loops, weight_dims, Loops(n, k, rank))};
  const Value result =
      e.Contract(input, weights, Joined(head, conv.window.out), rank + (has_inner ? 1 : 0),
                 accumulator, conv.input_unsigned, conv.weights_unsigned);
  return e.Reshape(result, Joined({conv.batch, conv.filters}, conv.window.out));
}

// `result` + bias (input 2, one number a channel), in the output's type.
absl::Status ReturnWithBias(Node& n, Value result) {
  Emitter& e = n.emit();
  if (!n.Has(2)) {
    if (ElementOf(result) == n.OutElement()) return n.Return(result);
    return n.Return(n.Map(result, [](Scalars&, ValueRange x) { return x[0]; }));
  }
  ir::SymShape channels = {n.OutShape()[1]};
  channels.resize(n.OutShape().size() - 1, 1);
  return n.Return(n.Map({result, e.Reshape(n.In(2), channels)},
                        [](Scalars& s, ValueRange x) { return s.Add(x[0], x[1]); }));
}

absl::Status LowerConv(Node& n) {
  SINTER_ASSIGN_OR_RETURN(const Value result,
                          Convolve(n, n.In(0), n.In(1), ComputeType(n.OutElement())));
  return ReturnWithBias(n, result);
}

// Windows of the output that neither overlap nor leave gaps: a matrix product
// (n, f, i, a, j, b | c) whose result is the output seen as [n, f, i, a, j, b].
Value TiledConvTranspose(Node& n, const ir::SymShape& kernel, mlir::Type accumulator) {
  const int64_t rank = static_cast<int64_t>(kernel.size()), c = 2 + 2 * rank, loops = c + 1;
  const ir::SymShape in = n.Shape(0), out = n.OutShape();
  ir::SymShape shape = {out[0], out[1]};
  llvm::SmallVector<int64_t> input_dims = {0, c}, weight_dims = {c, 1};
  for (int64_t i = 0; i < rank; ++i) {
    shape.push_back(in[2 + i]);
    shape.push_back(kernel[i]);
    input_dims.push_back(2 + 2 * i);
    weight_dims.push_back(3 + 2 * i);
  }
  const Value tiles =
      n.emit().Contract({n.In(0), n.emit().Dims(loops, input_dims)},
                        {n.In(1), n.emit().Dims(loops, weight_dims)}, shape, 1, accumulator);
  return n.emit().Reshape(tiles, out);
}

struct TransposedWindow {
  std::vector<int64_t> strides, dilations;
  ir::SymShape low;  // padding taken off the start of the full output
};

// How much of the full output, (in - 1) * stride + reach + output_padding, is cut off at the start.
TransposedWindow ReadTransposedWindow(Node& n, const ir::SymShape& kernel) {
  const size_t rank = kernel.size();
  TransposedWindow window{n.Ints("strides"), n.Ints("dilations"), ir::SymShape(rank, 0)};
  window.strides.resize(rank, 1);
  window.dilations.resize(rank, 1);
  std::vector<int64_t> pads = n.Ints("pads"), extra = n.Ints("output_padding");
  pads.resize(2 * rank, 0);
  extra.resize(rank, 0);
  const std::string auto_pad = n.String("auto_pad", "NOTSET");
  const bool by_shape =
      !n.Ints("output_shape").empty() || auto_pad == "SAME_UPPER" || auto_pad == "SAME_LOWER";
  for (size_t i = 0; i < rank; ++i) {
    if (!by_shape) {
      window.low[i] = auto_pad == "VALID" ? 0 : pads[i];
      continue;
    }
    const ir::SymExpr full = (n.Shape(0)[2 + i] - 1) * window.strides[i] +
                             (kernel[i] - 1) * window.dilations[i] + 1 + extra[i];
    const ir::SymExpr total = full - n.OutShape()[2 + i];
    const ir::SymExpr half = FloorDiv(total, 2);
    // The odd one goes to the end for SAME_UPPER only, as ONNX's shape rule has it.
    window.low[i] = auto_pad == "SAME_UPPER" ? half : total - half;
  }
  return window;
}

// [c, f/g, k...] -> [f, c/g, k...], each window reversed.
Value FlippedWeights(Node& n, int64_t groups) {
  Emitter& e = n.emit();
  const ir::SymShape shape = n.Shape(1);
  const int64_t rank = static_cast<int64_t>(shape.size()) - 2;
  ir::SymShape offsets(2, 0);
  std::vector<int64_t> steps(2, 1);
  for (int64_t i = 0; i < rank; ++i) {
    offsets.push_back(shape[2 + i] - 1);
    steps.push_back(shape[2 + i] == 1 ? 1 : -1);
  }
  const Value flipped = e.Slice(n.In(1), offsets, shape, steps);
  const ir::SymShape window = Tail(shape, 2);
  const ir::SymExpr inner = FloorDiv(shape[0], groups);
  const Value split = e.Reshape(flipped, Joined({groups, inner, shape[1]}, window));
  std::vector<int64_t> permutation = {0, 2, 1};
  for (int64_t i = 0; i < rank; ++i) permutation.push_back(3 + i);
  return e.Reshape(e.Transpose(split, permutation), Joined({shape[1] * groups, inner}, window));
}

// A convolution with the reversed windows over the input spread out by the strides.
absl::StatusOr<Value> SpreadConvTranspose(Node& n, const ir::SymShape& kernel,
                                          mlir::Type accumulator) {
  Emitter& e = n.emit();
  const TransposedWindow transposed = ReadTransposedWindow(n, kernel);
  const ir::SymShape in = n.Shape(0), out = n.OutShape();
  const size_t rank = kernel.size();
  Window window;
  window.out = Tail(out, 2);
  window.kernel = kernel;
  window.strides.assign(rank, 1);
  window.dilations = transposed.dilations;
  ir::SymShape low(2, 0), shape = {in[0], in[1]};
  std::vector<int64_t> interior(2, 0);
  for (size_t i = 0; i < rank; ++i) {
    const ir::SymExpr reach = (kernel[i] - 1) * window.dilations[i];
    const ir::SymExpr spread = (in[2 + i] - 1) * transposed.strides[i] + 1;
    low.push_back(reach - transposed.low[i]);
    shape.push_back(window.out[i] + reach);
    interior.push_back(transposed.strides[i] - 1);
    window.in.push_back(shape.back());
    if (!ir::SymExpr::ProvablyLessEqual(0, low.back()) ||
        !ir::SymExpr::ProvablyLessEqual(low.back() + spread, shape.back())) {
      return Unsupported("padding greater than the reach of the kernel");
    }
  }
  window.padded = window.in;
  const Value input = e.Pad(n.In(0), low, interior, shape, e.builder().getZeroAttr(n.Element(0)));
  const int64_t groups = n.Int("group", 1);
  ir::SymShape weight_shape = {out[1], FloorDiv(in[1], groups)};
  const Conv conv{
      input, FlippedWeights(n, groups), shape, Joined(weight_shape, kernel), groups, window, out[0],
      out[1]};
  return groups == 1 ? PlainConv(n, conv, accumulator) : GroupedConv(n, conv, accumulator);
}

bool IsTiled(Node& n, const ir::SymShape& kernel) {
  if (n.Int("group", 1) != 1) return false;
  std::vector<int64_t> strides = n.Ints("strides");
  strides.resize(kernel.size(), 1);
  for (size_t i = 0; i < kernel.size(); ++i) {
    if (kernel[i] != strides[i]) return false;
    if (n.OutShape()[2 + i] != n.Shape(0)[2 + i] * strides[i]) return false;
  }
  const std::vector<int64_t> pads = n.Ints("pads"), dilations = n.Ints("dilations");
  return llvm::all_of(pads, [](int64_t pad) { return pad == 0; }) &&
         llvm::all_of(dilations, [](int64_t dilation) { return dilation == 1; });
}

absl::Status LowerConvTranspose(Node& n) {
  const ir::SymShape kernel = Tail(n.Shape(1), 2);
  const mlir::Type accumulator = ComputeType(n.OutElement());
  if (IsTiled(n, kernel)) return ReturnWithBias(n, TiledConvTranspose(n, kernel, accumulator));
  SINTER_ASSIGN_OR_RETURN(const Value result, SpreadConvTranspose(n, kernel, accumulator));
  return ReturnWithBias(n, result);
}

}  // namespace

absl::StatusOr<Value> Convolve(Node& n, Value input, Value weights, mlir::Type accumulator,
                               bool input_unsigned, bool weights_unsigned) {
  const ir::SymShape weight_shape = n.Shape(1), out = n.OutShape();
  SINTER_ASSIGN_OR_RETURN(const Window window, ReadWindow(n, Tail(weight_shape, 2)));
  const Value padded = PadInput(n, input, window, n.emit().builder().getZeroAttr(ElementOf(input)));
  const ir::SymShape in = Joined({n.Shape(0)[0], n.Shape(0)[1]}, window.padded);
  const Conv conv{padded, weights, in,     weight_shape,   n.Int("group", 1),
                  window, out[0],  out[1], input_unsigned, weights_unsigned};
  return conv.groups == 1 ? PlainConv(n, conv, accumulator) : GroupedConv(n, conv, accumulator);
}

void AddConv(LoweringTable& table) {
  table["Conv"] = LowerConv;
  table["ConvTranspose"] = LowerConvTranspose;
}

}  // namespace sinter::legalize
