// Det, by elimination with the greatest pivot; MaxUnpool, by one scatter.
#include "absl/strings/str_cat.h"
#include "compiler_core/import/expansions/expansions.h"
#include "compiler_core/ir/diagnostic_kind.h"

namespace sinter::import::expansions {
namespace {

// Greater matrices would make too long a graph.
constexpr int64_t kMaxDetSize = 64;

// `rest` is [matrices, m, m] with m > 1. RETURNS: the pivot of its first column with the sign of
// the exchange of rows, [matrices]; `rest` becomes what is left to do, [matrices, m-1, m-1].
Name Eliminate(Body& b, Name& rest, int64_t m, ir::DType type) {
  const Name one = b.Number(1, type), zero = b.Number(0, type);
  const Name column = b.Squeeze(b.Slice(rest, 0, 1, 2), {2});
  const Name best = b.Op("ArgMax", {b.Op("Abs", {column})}, {{"axis", 1}, {"keepdims", 1}});
  const Name rows = b.Op("Range", {b.IntNumber(0), b.IntNumber(m), b.IntNumber(1)});
  const Name chosen = b.Unsqueeze(b.Op("Equal", {rows, best}), {2});  // [matrices, m, 1]
  const Name pivot_row = b.Sum(b.Op("Where", {chosen, rest, zero}), {1});
  const Name first_row = b.Slice(rest, 0, 1, 1);
  const Name others = b.Op("Where", {b.Slice(chosen, 1, m, 1), first_row, b.Slice(rest, 1, m, 1)});
  const Name pivot = b.Slice(pivot_row, 0, 1, 2);  // [matrices, 1, 1]
  const Name divisor = b.Op("Where", {b.Op("Equal", {pivot, zero}), one, pivot});
  const Name factors = b.Div(b.Slice(others, 0, 1, 2), divisor);
  rest = b.Sub(b.Slice(others, 1, m, 2), b.Mul(factors, b.Slice(pivot_row, 1, m, 2)));
  const Name stayed = b.Op("Equal", {b.Squeeze(best, {1}), b.IntNumber(0)});
  const Name sign = b.Op("Where", {stayed, one, b.Number(-1, type)});
  return b.Mul(sign, b.Squeeze(pivot, {1, 2}));
}

}  // namespace

absl::Status Det(Body& b) {
  const int rank = b.Has(0) ? b.Rank(0) : 0;
  const std::optional<int64_t> m = b.Dim(0, rank - 1);
  if (rank < 2 || !m || b.Dim(0, rank - 2) != m) {
    return UnsupportedForm("a matrix that is not square or of free size");
  }
  if (*m < 1 || *m > kMaxDetSize) {
    return UnsupportedForm(absl::StrCat("a matrix of ", *m, " rows"));
  }
  const ir::DType type = WideType(b.Type(0));
  Name rest = b.Reshape(b.Cast(b.In(0), type), {-1, *m, *m}), product;
  for (int64_t left = *m; left > 1; --left) {
    const Name pivot = Eliminate(b, rest, left, type);
    product = product.empty() ? pivot : b.Mul(product, pivot);
  }
  const Name last = b.Squeeze(rest, {1, 2});
  product = b.Cast(product.empty() ? last : b.Mul(product, last), b.Type(0));
  b.Return(0, b.ReshapeTo(product, b.ShapeOf(b.In(0), 0, rank - 2)));
  return absl::OkStatus();
}

bool HasKnownUnpooledShape(const Body& b) { return !b.Has(2) || b.Constant(2) != nullptr; }

absl::Status MaxUnpool(Body& b) {
  if (!b.Has(0) || !b.Has(1) || b.Rank(0) < 3) return UnsupportedForm("an input without a window");
  const int rank = b.Rank(0), spatial = rank - 2;
  const std::vector<int64_t> kernel = b.Ints("kernel_shape");
  std::vector<int64_t> strides = b.Ints("strides"), pads = b.Ints("pads"), sizes;
  strides.resize(spatial, 1);
  pads.resize(2 * spatial, 0);
  if (static_cast<int>(kernel.size()) != spatial) return UnsupportedForm("another kernel_shape");
  for (int i = 0; i < spatial; ++i) {
    const std::optional<int64_t> in = b.Dim(0, 2 + i);
    if (!in) return UnsupportedForm("a free spatial dimension");
    sizes.push_back((*in - 1) * strides[i] + kernel[i] - pads[i] - pads[spatial + i]);
  }
  const Name shape = b.Joined({b.ShapeOf(b.In(0), 0, 2), b.IntVector(sizes)});
  const Name zeros = b.Reshape(b.Zeros(shape, b.Type(0)), {-1});
  const Name filled =
      b.Op("ScatterElements", {zeros, b.Reshape(b.In(1), {-1}), b.Reshape(b.In(0), {-1})});
  const Name y = b.ReshapeTo(filled, shape);
  if (!b.Has(2)) {
    b.Return(0, y);
    return absl::OkStatus();
  }
  // The indices are those of the shape that the window gives; a greater one has zeros at the ends.
  if (b.Constant(2)->num_elements() != rank) {
    return ir::Error(ir::DiagnosticKind::kShapeMismatch, "`output_shape` needs all dimensions");
  }
  std::vector<int64_t> more(2 * spatial, 0), axes;
  for (int i = 0; i < spatial; ++i) {
    more[spatial + i] = b.Constant(2)->AsInt(2 + i) - sizes[i];
    if (more[spatial + i] < 0) return UnsupportedForm("an output_shape smaller than the window's");
    axes.push_back(2 + i);
  }
  b.Return(0, b.Op("Pad", {y, b.IntVector(more), "", b.IntVector(axes)}));
  return absl::OkStatus();
}

}  // namespace sinter::import::expansions
