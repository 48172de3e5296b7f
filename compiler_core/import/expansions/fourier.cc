// DFT as a product with the matrix of the roots of unity, STFT as a convolution with them.
#include <algorithm>
#include <cmath>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "compiler_core/import/expansions/expansions.h"
#include "compiler_core/ir/diagnostic_kind.h"

namespace sinter::import::expansions {
namespace {

// Elements of such a matrix.
constexpr int64_t kMaxMatrix = int64_t{1} << 24;
constexpr double kPi = 3.14159265358979323846;

// exp(2 pi i * j * k / n); the product is taken modulo n first, which keeps the angle exact.
struct Root {
  double re, im;
};
Root RootOf(int64_t j, int64_t k, int64_t n) {
  const int64_t turn = j * k % n;
  if (turn * 4 % n == 0) {
    static constexpr Root kQuarters[] = {{1, 0}, {0, 1}, {-1, 0}, {0, -1}};
    return kQuarters[turn * 4 / n];
  }
  const double angle = 2 * kPi * static_cast<double>(turn) / static_cast<double>(n);
  return {std::cos(angle), std::sin(angle)};
}

struct Transform {
  int64_t length;     // n
  int64_t rows;       // how many elements of the input count
  int64_t parts;      // 1 = real input, 2 = complex
  int64_t columns;    // elements of the output
  int64_t out_parts;  // likewise
  bool inverse = false;
  bool from_half = false;  // the input is the first half of a symmetric spectrum
};

// [rows * parts, columns * out_parts], row-major.
std::vector<double> MatrixOf(const Transform& t) {
  const int64_t width = t.columns * t.out_parts;
  std::vector<double> matrix(t.rows * t.parts * width);
  for (int64_t row = 0; row < t.rows; ++row) {
    // The other half of a spectrum is its mirror image.
    const bool alone = row == 0 || 2 * row == t.length;
    double factor = t.inverse ? 1.0 / static_cast<double>(t.length) : 1.0;
    if (t.from_half && !alone) factor *= 2;
    for (int64_t column = 0; column < t.columns; ++column) {
      Root root = RootOf(row, column, t.length);
      if (!t.inverse) root.im = -root.im;
      double* real = &matrix[row * t.parts * width + column * t.out_parts];
      real[0] = factor * root.re;
      if (t.out_parts == 2) real[1] = factor * root.im;
      if (t.parts == 1) continue;
      double* imaginary = real + width;
      imaginary[0] = -factor * root.im;
      if (t.out_parts == 2) imaginary[1] = factor * root.re;
    }
  }
  return matrix;
}

absl::Status CheckSize(const Transform& t) {
  const int64_t width = t.columns * t.out_parts, height = t.rows * t.parts;
  if (t.length >= 1 && width >= 1 && height >= 1 && width <= kMaxMatrix / height) {
    return absl::OkStatus();
  }
  return UnsupportedForm(absl::StrCat("a length of ", t.length));
}

std::optional<int64_t> Scalar(const Body& b, int i) {
  if (!b.Has(i) || b.Constant(i) == nullptr || b.Constant(i)->num_elements() != 1) {
    return std::nullopt;
  }
  return b.Constant(i)->AsInt(0);
}

std::optional<int64_t> AxisOf(const Body& b) {
  const int64_t rank = b.Rank(0);
  int64_t axis = b.version() < 20 ? b.Int("axis", 1) : -2;
  if (b.version() >= 20 && b.Has(2)) {
    if (!Scalar(b, 2)) return std::nullopt;
    axis = *Scalar(b, 2);
  }
  if (axis < 0) axis += rank;
  return axis >= 0 && axis < rank - 1 ? std::optional<int64_t>(axis) : std::nullopt;
}

absl::StatusOr<Transform> TransformOf(const Body& b, int64_t axis) {
  const bool half = b.Int("onesided", 0) != 0;
  Transform t;
  t.inverse = b.Int("inverse", 0) != 0;
  t.from_half = half && t.inverse;
  const int64_t size = *b.Dim(0, static_cast<int>(axis));
  t.parts = *b.Dim(0, b.Rank(0) - 1);
  t.length = Scalar(b, 1).value_or(t.from_half ? 2 * (size - 1) : size);
  t.columns = half && !t.inverse ? t.length / 2 + 1 : t.length;
  t.out_parts = t.from_half ? 1 : 2;
  t.rows = std::min(size, t.from_half ? t.length / 2 + 1 : t.length);
  if (t.parts != 1 && t.parts != 2) {
    return ir::Error(ir::DiagnosticKind::kShapeMismatch, "numbers need one part or two");
  }
  if (half && (t.parts == 1) == t.inverse) {
    return UnsupportedForm("a onesided transform of a complex signal, or from a real spectrum");
  }
  SINTER_RETURN_IF_ERROR(CheckSize(t));
  return t;
}

}  // namespace

bool IsStaticDft(const Body& b) {
  if (!b.Has(0) || b.Rank(0) < 2 || !b.Dim(0, b.Rank(0) - 1)) return false;
  if (b.Has(1) && !Scalar(b, 1)) return false;
  const std::optional<int64_t> axis = AxisOf(b);
  return axis && b.Dim(0, static_cast<int>(*axis));
}

absl::Status Dft(Body& b) {
  const int64_t rank = b.Rank(0), axis = *AxisOf(b);
  SINTER_ASSIGN_OR_RETURN(const Transform t, TransformOf(b, axis));
  // The axis next to the parts, and back: the same exchange both times.
  std::vector<int64_t> exchange, flat, result;
  for (int64_t i = 0; i < rank; ++i) exchange.push_back(i);
  std::swap(exchange[axis], exchange[rank - 2]);
  flat.assign(rank - 2, 0);
  result = flat;
  flat.push_back(t.rows * t.parts);
  result.push_back(t.columns);
  result.push_back(t.out_parts);
  const ir::DType type = WideType(b.Type(0));
  const Name x = b.Slice(b.Cast(b.In(0), type), 0, t.rows, axis);
  const Name rows = b.Reshape(b.Transpose(x, exchange), flat);
  const Name matrix = b.Tensor(MatrixOf(t), {t.rows * t.parts, t.columns * t.out_parts}, type);
  const Name y = b.Transpose(b.Reshape(b.MatMul(rows, matrix), result), exchange);
  b.Return(0, b.Cast(y, b.Type(0)));
  return absl::OkStatus();
}

bool IsStaticStft(const Body& b) {
  if (!b.Has(0) || b.Rank(0) != 3 || !b.Dim(0, 2) || !Scalar(b, 1)) return false;
  if (b.Has(3)) return Scalar(b, 3).has_value();
  return b.Has(2) ? b.Dim(2, 0).has_value() : b.Dim(0, 1).has_value();
}

absl::Status Stft(Body& b) {
  Transform t;
  t.length = b.Has(3) ? *Scalar(b, 3) : b.Has(2) ? *b.Dim(2, 0) : *b.Dim(0, 1);
  t.parts = *b.Dim(0, 2);
  const bool half = b.Int("onesided", 1) != 0;
  const int64_t step = *Scalar(b, 1);
  if ((t.parts != 1 && t.parts != 2) || step < 1 || (b.Has(2) && b.Dim(2, 0) != t.length)) {
    return ir::Error(ir::DiagnosticKind::kShapeMismatch,
                     "the window's length, the step or the number of parts is wrong");
  }
  if (half && t.parts == 2) return UnsupportedForm("a onesided transform of a complex signal");
  t.rows = t.length;
  t.columns = half ? t.length / 2 + 1 : t.length;
  t.out_parts = 2;
  SINTER_RETURN_IF_ERROR(CheckSize(t));
  const ir::DType type = WideType(b.Type(0));
  // [length, parts, outputs] as a kernel of [outputs, parts, length].
  Name kernel = b.Tensor(MatrixOf(t), {t.length, t.parts, t.columns * 2}, type);
  kernel = b.Transpose(kernel, {2, 1, 0});
  if (b.Has(2)) kernel = b.Mul(kernel, b.Cast(b.In(2), type));
  const Name signal = b.Transpose(b.Cast(b.In(0), type), {0, 2, 1});
  const Name frames = b.Op("Conv", {signal, kernel}, {{"strides", std::vector<int64_t>{step}}});
  const Name y = b.Reshape(b.Transpose(frames, {0, 2, 1}), {0, 0, t.columns, 2});
  b.Return(0, b.Cast(y, b.Type(0)));
  return absl::OkStatus();
}

}  // namespace sinter::import::expansions
