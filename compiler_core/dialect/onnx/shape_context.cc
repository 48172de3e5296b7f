#include "compiler_core/dialect/onnx/shape_context.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "compiler_core/ir/data_symbols.h"
#include "compiler_core/ir/diagnostic_kind.h"
#include "mlir/IR/BuiltinAttributes.h"

namespace sinter::onnx {

using ir::DiagnosticKind;
using ir::SymExpr;
using ir::SymShape;

absl::StatusOr<SymShape> ShapeContext::Required(int i, absl::string_view name) const {
  if (!Has(i)) {
    return ir::Error(DiagnosticKind::kMalformedModel, absl::StrCat("input `", name, "` is absent"));
  }
  if (Known(i) != nullptr) return *Known(i);
  if (const ir::HostTensor* constant = Constant(i)) {
    SymShape elements;
    for (int64_t j = 0; j < constant->num_elements(); ++j) elements.push_back(constant->AsInt(j));
    return elements;
  }
  return ir::Error(
      DiagnosticKind::kUnsupportedShape,
      absl::StrCat("input `", name, "` depends on the model's data, and with it a shape"),
      "shapes may depend on the inputs' shapes only");
}

absl::StatusOr<std::vector<int64_t>> ShapeContext::RequiredNumbers(int i,
                                                                   absl::string_view name) const {
  SINTER_ASSIGN_OR_RETURN(const SymShape elements, Required(i, name));
  std::vector<int64_t> numbers;
  for (const SymExpr& element : elements) {
    const std::optional<int64_t> number = element.AsConstant();
    if (!number) {
      return ir::Error(DiagnosticKind::kUnsupportedShape,
                       absl::StrCat("input `", name, "` has to be constant, but holds `",
                                    element.ToString(), "`"),
                       "fix the dimension with --shape");
    }
    numbers.push_back(*number);
  }
  return numbers;
}

absl::Status ShapeContext::CheckRank(int i, int64_t at_least) const {
  if (!Has(i)) {
    return ir::Error(DiagnosticKind::kMalformedModel, absl::StrCat("input ", i, " is absent"));
  }
  if (Rank(i) >= at_least) return absl::OkStatus();
  return ir::Error(DiagnosticKind::kShapeMismatch,
                   absl::StrCat("input ", i, " of shape ", ir::ToString(Shape(i)), " needs rank ",
                                at_least, " or more"));
}

mlir::Attribute ShapeContext::Attr(absl::string_view name) const {
  return attributes_.get(llvm::StringRef(name.data(), name.size()));
}

int64_t ShapeContext::Int(absl::string_view name, int64_t otherwise) const {
  auto attribute = mlir::dyn_cast_or_null<mlir::IntegerAttr>(Attr(name));
  return attribute ? attribute.getInt() : otherwise;
}

double ShapeContext::Float(absl::string_view name, double otherwise) const {
  auto attribute = mlir::dyn_cast_or_null<mlir::FloatAttr>(Attr(name));
  return attribute ? attribute.getValueAsDouble() : otherwise;
}

std::string ShapeContext::String(absl::string_view name, absl::string_view otherwise) const {
  auto attribute = mlir::dyn_cast_or_null<mlir::StringAttr>(Attr(name));
  return attribute ? attribute.str() : std::string(otherwise);
}

std::optional<std::vector<int64_t>> ShapeContext::Ints(absl::string_view name) const {
  auto attribute = mlir::dyn_cast_or_null<mlir::DenseI64ArrayAttr>(Attr(name));
  if (!attribute) return std::nullopt;
  return std::vector<int64_t>(attribute.asArrayRef());
}

std::optional<std::vector<double>> ShapeContext::Floats(absl::string_view name) const {
  auto attribute = mlir::dyn_cast_or_null<mlir::DenseF32ArrayAttr>(Attr(name));
  if (!attribute) return std::nullopt;
  return std::vector<double>(attribute.asArrayRef().begin(), attribute.asArrayRef().end());
}

absl::StatusOr<std::optional<std::vector<int64_t>>> ShapeContext::Axes(int i) const {
  std::optional<std::vector<int64_t>> axes = Ints("axes");
  if (!axes && Has(i)) {
    SINTER_ASSIGN_OR_RETURN(axes, RequiredNumbers(i, "axes"));
  }
  return axes;
}

absl::StatusOr<int64_t> ShapeContext::NormalizeAxis(int64_t axis, int64_t rank) {
  if (axis >= -rank && axis < rank) return axis < 0 ? axis + rank : axis;
  return ir::Error(DiagnosticKind::kShapeMismatch,
                   absl::StrCat("axis ", axis, " is not a dimension of a tensor of rank ", rank));
}

absl::StatusOr<SymExpr> ShapeContext::Same(const SymExpr& a, const SymExpr& b) {
  if (a == b) return a;
  const SymExpr difference = a - b;
  const std::optional<int64_t> low = difference.LowerBound(), high = difference.UpperBound();
  if ((low && *low > 0) || (high && *high < 0)) {
    return ir::Error(
        DiagnosticKind::kShapeMismatch,
        absl::StrCat("dimensions `", a.ToString(), "` and `", b.ToString(), "` have to be equal"));
  }
  Assume(a, b);
  return a;
}

absl::Status ShapeContext::RequireEqual(const SymExpr& a, const SymExpr& b) {
  // n*84 = 84 says more when it is read as n = 1.
  const std::optional<SymExpr> up = SymExpr::ExactDiv(a, b), down = SymExpr::ExactDiv(b, a);
  if (up) return Same(*up, SymExpr(1)).status();
  if (down) return Same(*down, SymExpr(1)).status();
  return Same(a, b).status();
}

// Whether one repeats is only known when the model runs. Both are 0 or more, and only 1 repeats.
absl::StatusOr<SymExpr> ShapeContext::BroadcastAtRunTime(const SymExpr& a, const SymExpr& b) {
  if (a == b) return a;
  Assume((a - 1) * (b - 1) * (a - b), 0);
  if (a.IsConstant() || b.IsConstant()) {
    const SymExpr& constant = a.IsConstant() ? a : b;
    if (*constant.AsConstant() > 1) return constant;
  }
  return Max(a, b) * Min(a, 1) * Min(b, 1);
}

absl::StatusOr<SymShape> ShapeContext::Broadcast(const SymShape& a, const SymShape& b) {
  SymShape result = a.size() >= b.size() ? a : b;
  const SymShape& shorter = a.size() >= b.size() ? b : a;
  const size_t lead = result.size() - shorter.size();
  for (size_t i = 0; i < shorter.size(); ++i) {
    SymExpr& dim = result[lead + i];
    if (shorter[i] == SymExpr(1)) continue;
    if (dim == SymExpr(1)) {
      dim = shorter[i];
      continue;
    }
    const bool run_time = ir::DependsOnData(dim) || ir::DependsOnData(shorter[i]);
    absl::StatusOr<SymExpr> same =
        run_time ? BroadcastAtRunTime(dim, shorter[i]) : Same(dim, shorter[i]);
    if (!same.ok()) {
      return ir::Error(
          DiagnosticKind::kShapeMismatch,
          absl::StrCat("shapes ", ir::ToString(a), " and ", ir::ToString(b), " don't broadcast"));
    }
    dim = *same;
  }
  return result;
}

absl::Status ShapeContext::Return(ir::DType dtype, SymShape shape) {
  for (const SymExpr& dim : shape) {
    const std::optional<int64_t> high = dim.UpperBound();
    if (high && *high < 0) {
      return ir::Error(
          DiagnosticKind::kShapeMismatch,
          absl::StrCat("the output would have the negative dimension `", dim.ToString(), "`"));
    }
  }
  outputs_.push_back({dtype, std::move(shape)});
  return absl::OkStatus();
}

}  // namespace sinter::onnx
