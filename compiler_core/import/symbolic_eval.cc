#include "compiler_core/import/symbolic_eval.h"

#include <algorithm>
#include <cmath>

#include "compiler_core/import/elements.h"

namespace sinter::import {
namespace {

using ir::DType;
using ir::HostTensor;
using ir::SymExpr;
using ir::SymShape;

using MaybeExpr = std::optional<SymExpr>;
using Outputs = std::optional<std::vector<SymShape>>;

bool IsNonNegative(const SymExpr& x) { return SymExpr::ProvablyLessEqual(SymExpr(0), x); }
bool IsPositive(const SymExpr& x) { return SymExpr::ProvablyLessEqual(SymExpr(1), x); }

// The elements of operand `i` as expressions; a float counts while it is an integer.
std::optional<SymShape> Elements(const EvalNode& e, int i) {
  if (!e.node.Has(i)) return std::nullopt;
  if (const SymShape* known = e.node.Known(i)) return *known;
  const HostTensor* constant = e.node.Constant(i);
  if (constant == nullptr || constant->num_elements() > kMaxKnownElements) return std::nullopt;
  const bool real = IsFloat(constant->dtype());
  if (!real && !IsInteger(constant->dtype()) && constant->dtype() != DType::kBool) {
    return std::nullopt;
  }
  SymShape elements;
  for (int64_t j = 0; j < constant->num_elements(); ++j) {
    if (real) {
      const double value = constant->AsDouble(j);
      if (std::floor(value) != value || std::fabs(value) > 0x1p53) return std::nullopt;
      elements.push_back(static_cast<int64_t>(value));
    } else {
      elements.push_back(constant->AsInt(j));
    }
  }
  return elements;
}

// --- Arithmetic ---

MaybeExpr Divide(const SymExpr& a, const SymExpr& b, bool real) {
  if (b == SymExpr(0)) return std::nullopt;
  if (std::optional<SymExpr> exact = SymExpr::ExactDiv(a, b)) return exact;
  // Integer division truncates, which is the floor where both are positive.
  if (real || !IsNonNegative(a) || !IsPositive(b)) return std::nullopt;
  return FloorDiv(a, b);
}

MaybeExpr Modulo(const SymExpr& a, const SymExpr& b) {
  if (!IsPositive(b)) return std::nullopt;
  return Mod(a, b);
}

MaybeExpr Truth(bool yes) { return SymExpr(yes ? 1 : 0); }

MaybeExpr Equal(const SymExpr& a, const SymExpr& b) {
  if (a == b) return Truth(true);
  const SymExpr difference = a - b;
  if (IsPositive(difference) || IsPositive(SymExpr(0) - difference)) return Truth(false);
  return std::nullopt;
}

MaybeExpr Less(const SymExpr& a, const SymExpr& b) {
  if (IsPositive(b - a)) return Truth(true);
  if (IsNonNegative(a - b)) return Truth(false);
  return std::nullopt;
}

MaybeExpr Negated(MaybeExpr truth) {
  if (!truth) return std::nullopt;
  return SymExpr(1) - *truth;
}

using Combine = MaybeExpr (*)(const SymExpr& a, const SymExpr& b, bool real);
struct BinaryRow {
  absl::string_view op;
  Combine combine;
};

constexpr BinaryRow kBinary[] = {
    {"Add", [](const SymExpr& a, const SymExpr& b, bool) -> MaybeExpr { return a + b; }},
    {"Div", Divide},
    {"Equal", [](const SymExpr& a, const SymExpr& b, bool) { return Equal(a, b); }},
    {"Greater", [](const SymExpr& a, const SymExpr& b, bool) { return Less(b, a); }},
    {"GreaterOrEqual",
     [](const SymExpr& a, const SymExpr& b, bool) { return Negated(Less(a, b)); }},
    {"Less", [](const SymExpr& a, const SymExpr& b, bool) { return Less(a, b); }},
    {"LessOrEqual", [](const SymExpr& a, const SymExpr& b, bool) { return Negated(Less(b, a)); }},
    {"Max", [](const SymExpr& a, const SymExpr& b, bool) -> MaybeExpr { return Max(a, b); }},
    {"Min", [](const SymExpr& a, const SymExpr& b, bool) -> MaybeExpr { return Min(a, b); }},
    {"Mod", [](const SymExpr& a, const SymExpr& b, bool) { return Modulo(a, b); }},
    {"Mul", [](const SymExpr& a, const SymExpr& b, bool) -> MaybeExpr { return a * b; }},
    {"Sub", [](const SymExpr& a, const SymExpr& b, bool) -> MaybeExpr { return a - b; }},
};

// Positions of `elements` of shape `dims`, as a tensor that views can be made of.
HostTensor Positions(const std::vector<int64_t>& dims, int64_t first) {
  TensorWriter writer(DType::kInt64, dims);
  for (int64_t i = 0; i < writer.size(); ++i) writer.SetInt(i, first + i);
  return writer.Take();
}

Outputs EvaluateBinary(Combine combine, const EvalNode& e) {
  const std::vector<int64_t> dims = e.OutDims();
  std::optional<SymShape> sum;
  for (int i = 0; i < e.node.num_inputs(); ++i) {
    std::optional<SymShape> elements = Elements(e, i);
    if (!elements) return std::nullopt;
    const HostTensor at = Positions(ConstantDims(e.node.Shape(i)), 0).BroadcastTo(dims);
    SymShape next;
    for (int64_t j = 0; j < at.num_elements(); ++j) {
      const SymExpr& element = (*elements)[at.AsInt(j)];
      MaybeExpr value = sum ? combine((*sum)[j], element, IsFloat(e.node.Type(0))) : element;
      if (!value) return std::nullopt;
      next.push_back(*value);
    }
    sum = std::move(next);
  }
  if (!sum) return std::nullopt;
  return std::vector<SymShape>{*sum};
}

// --- Ops that keep the elements, or map each ---

using Map = MaybeExpr (*)(const EvalNode& e, const SymExpr& x);
struct UnaryRow {
  absl::string_view op;
  Map map;
};

MaybeExpr Same(const EvalNode&, const SymExpr& x) { return x; }

MaybeExpr CastTo(const EvalNode& e, const SymExpr& x) {
  if (e.OutType() != DType::kBool) return x;
  return Negated(Equal(x, SymExpr(0)));
}

MaybeExpr AbsOf(const EvalNode&, const SymExpr& x) {
  if (IsNonNegative(x)) return x;
  if (IsNonNegative(SymExpr(0) - x)) return SymExpr(0) - x;
  return std::nullopt;
}

constexpr UnaryRow kUnary[] = {
    {"Abs", AbsOf},
    {"Cast", CastTo},
    {"Ceil", Same},
    {"Flatten", Same},
    {"Floor", Same},
    {"Identity", Same},
    {"Neg", [](const EvalNode&, const SymExpr& x) -> MaybeExpr { return SymExpr(0) - x; }},
    {"Not", [](const EvalNode&, const SymExpr& x) { return Negated(x); }},
    {"Relu", [](const EvalNode&, const SymExpr& x) -> MaybeExpr { return Max(x, SymExpr(0)); }},
    {"Reshape", Same},
    {"Round", Same},
    {"Squeeze", Same},
    {"Unsqueeze", Same},
};

Outputs EvaluateUnary(Map map, const EvalNode& e) {
  std::optional<SymShape> elements = Elements(e, 0);
  if (!elements) return std::nullopt;
  for (SymExpr& element : *elements) {
    MaybeExpr value = map(e, element);
    if (!value) return std::nullopt;
    element = *value;
  }
  return std::vector<SymShape>{*elements};
}

// --- Reductions ---

struct ReduceRow {
  absl::string_view op;
  SymExpr (*combine)(const SymExpr&, const SymExpr&);
};

const ReduceRow kReductions[] = {
    {"ReduceMax", [](const SymExpr& a, const SymExpr& b) { return Max(a, b); }},
    {"ReduceMin", [](const SymExpr& a, const SymExpr& b) { return Min(a, b); }},
    {"ReduceProd", [](const SymExpr& a, const SymExpr& b) { return a * b; }},
    {"ReduceSum", [](const SymExpr& a, const SymExpr& b) { return a + b; }},
};

// To a single element only: that is what shape arithmetic does.
Outputs EvaluateReduce(const ReduceRow& row, const EvalNode& e) {
  std::optional<SymShape> elements = Elements(e, 0);
  if (!elements || elements->empty() || NumElements(e.outputs[0].shape) != SymExpr(1)) {
    return std::nullopt;
  }
  SymExpr sum = elements->front();
  for (size_t i = 1; i < elements->size(); ++i) sum = row.combine(sum, (*elements)[i]);
  return std::vector<SymShape>{{sum}};
}

// --- Ops that move elements: evaluated as constants, on positions instead of elements ---

struct MovementRow {
  absl::string_view op;
  int first, end;  // the operands whose elements move
};

constexpr int kAll = 1 << 20;
constexpr MovementRow kMovements[] = {
    {"Concat", 0, kAll}, {"Expand", 0, 1}, {"Gather", 0, 1}, {"GatherElements", 0, 1},
    {"GatherND", 0, 1},  {"Slice", 0, 1},  {"Split", 0, 1},  {"Tile", 0, 1},
    {"Transpose", 0, 1}, {"Where", 1, 3},
};

Outputs EvaluateMovement(const MovementRow& row, absl::string_view op, const EvalNode& e) {
  const int count = e.node.num_inputs();
  SymShape all;
  std::vector<HostTensor> tensors(count);
  for (int i = 0; i < count; ++i) {
    if (!e.node.Has(i)) continue;
    std::optional<SymShape> elements = Elements(e, i);
    if (!elements || !IsConstantShape(e.node.Shape(i))) return std::nullopt;
    const std::vector<int64_t> dims = ConstantDims(e.node.Shape(i));
    if (i >= row.first && i < row.end) {
      tensors[i] = Positions(dims, static_cast<int64_t>(all.size()));
      all.insert(all.end(), elements->begin(), elements->end());
      continue;
    }
    if (!IsConstantShape(*elements)) return std::nullopt;
    tensors[i] = MakeTensor(DType::kInt64, dims, ConstantDims(*elements));
  }
  std::vector<onnx::OperandInfo> operands(count);
  std::vector<onnx::TensorInfo> types(count), outputs = e.outputs;
  for (int i = 0; i < count; ++i) {
    if (!e.node.Has(i)) continue;
    types[i] = {DType::kInt64, e.node.Shape(i)};
    operands[i] = {&types[i], nullptr, &tensors[i]};
  }
  for (onnx::TensorInfo& output : outputs) output.dtype = DType::kInt64;
  const onnx::ShapeContext node = e.node.WithInputs(std::move(operands));
  const Evaluation moved = Evaluate(op, EvalNode{node, outputs, e.constants});
  if (!moved) return std::nullopt;
  std::vector<SymShape> results;
  for (const HostTensor& tensor : *moved) {
    SymShape elements;
    for (int64_t i = 0; i < tensor.num_elements(); ++i) elements.push_back(all[tensor.AsInt(i)]);
    results.push_back(std::move(elements));
  }
  return results;
}

// --- Sources ---

Outputs EvaluateShape(const EvalNode& e) {
  const SymShape& shape = e.node.Shape(0);
  const int64_t rank = e.node.Rank(0);
  int64_t start = e.node.Int("start", 0);
  if (start < 0) start += rank;
  start = std::clamp<int64_t>(start, 0, rank);
  const int64_t count = e.OutDims()[0];
  return std::vector<SymShape>{SymShape(shape.begin() + start, shape.begin() + start + count)};
}

Outputs EvaluateRange(const EvalNode& e) {
  const std::optional<SymShape> start = Elements(e, 0), delta = Elements(e, 2);
  if (!start || !delta) return std::nullopt;
  SymShape elements;
  for (int64_t i = 0; i < e.OutDims()[0]; ++i) {
    elements.push_back((*start)[0] + (*delta)[0] * SymExpr(i));
  }
  return std::vector<SymShape>{elements};
}

bool CanCarry(const onnx::TensorInfo& output) {
  const bool number =
      IsInteger(output.dtype) || IsFloat(output.dtype) || output.dtype == DType::kBool;
  if (!number || !IsConstantShape(output.shape)) return false;
  return *NumElements(output.shape).AsConstant() <= kMaxKnownElements;
}

Outputs EvaluateAnyOutputs(absl::string_view op, const EvalNode& node) {
  if (op == "Shape") return EvaluateShape(node);
  if (op == "Size") return std::vector<SymShape>{{NumElements(node.node.Shape(0))}};
  if (op == "Range") return EvaluateRange(node);
  for (const UnaryRow& row : kUnary) {
    if (row.op == op) return EvaluateUnary(row.map, node);
  }
  for (const BinaryRow& row : kBinary) {
    if (row.op == op) return EvaluateBinary(row.combine, node);
  }
  for (const ReduceRow& row : kReductions) {
    if (row.op == op) return EvaluateReduce(row, node);
  }
  for (const MovementRow& row : kMovements) {
    if (row.op == op) return EvaluateMovement(row, op, node);
  }
  return std::nullopt;
}

}  // namespace

bool IsReasonable(const SymExpr& expr) {
  constexpr size_t kMaxTerms = 64, kMaxText = 2000;
  constexpr int kMaxDegree = 16;
  if (expr.IsConstant()) return true;
  const std::vector<SymExpr::Term> terms = expr.terms();
  if (terms.size() > kMaxTerms) return false;
  size_t text = 0;
  for (const SymExpr::Term& term : terms) {
    int degree = 0;
    for (const SymExpr::Factor& factor : term.factors) {
      degree += factor.power;
      text += factor.power * factor.atom->text.size();
      if (degree > kMaxDegree || text > kMaxText) return false;
    }
  }
  return true;
}

Outputs EvaluateSymbolically(absl::string_view op, const EvalNode& node) {
  if (!std::all_of(node.outputs.begin(), node.outputs.end(), CanCarry)) return std::nullopt;
  Outputs outputs = EvaluateAnyOutputs(op, node);
  if (!outputs) return std::nullopt;
  for (const SymShape& elements : *outputs) {
    for (const SymExpr& element : elements) {
      if (!IsReasonable(element)) return std::nullopt;
    }
  }
  return outputs;
}

}  // namespace sinter::import
