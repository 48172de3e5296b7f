#include "compiler_core/legalize/emitter.h"

#include <cstring>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "compiler_core/dialect/core/core.h"
#include "compiler_core/ir/data_symbols.h"
#include "compiler_core/ir/diagnostic_kind.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallVector.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

namespace sinter::legalize {

namespace {

namespace arith = mlir::arith;
using mlir::Value;
using mlir::ValueRange;

Value Widened(Scalars& s, Value value) { return s.Convert(value, ComputeType(value.getType())); }

// The elements that a body works on: operands one by one, splats as constants in their places.
std::vector<Value> Arguments(Scalars& s, llvm::ArrayRef<mlir::TypedAttr> splats, ValueRange args) {
  std::vector<Value> result;
  size_t next = 0;
  for (mlir::TypedAttr splat : splats) {
    const Value value = splat ? s.Emit<arith::ConstantOp>(splat) : args[next++];
    result.push_back(Widened(s, value));
  }
  return result;
}

// One element, of no dimension.
ir::HostTensor SplatTensor(mlir::TypedAttr value) {
  const mlir::Type type = value.getType();
  ir::DType dtype = ir::DType::kUndefined;
  uint64_t bits = 0;
  if (auto number = mlir::dyn_cast<mlir::FloatAttr>(value)) {
    bits = number.getValue().bitcastToAPInt().getZExtValue();
    dtype = type.isF64()   ? ir::DType::kFloat64
            : type.isF32() ? ir::DType::kFloat32
            : type.isF16() ? ir::DType::kFloat16
                           : ir::DType::kBFloat16;
  } else {
    bits = mlir::cast<mlir::IntegerAttr>(value).getValue().getZExtValue();
    const unsigned width = type.getIntOrFloatBitWidth();
    dtype = width == 64   ? ir::DType::kInt64
            : width == 32 ? ir::DType::kInt32
            : width == 16 ? ir::DType::kInt16
                          : ir::DType::kInt8;
  }
  void* data = nullptr;
  ir::HostTensor tensor = ir::HostTensor::Allocate(dtype, {}, &data);
  std::memcpy(data, &bits, ir::SizeOf(dtype));  // little-endian, as constants are
  return tensor;
}

}  // namespace

mlir::Type ComputeType(mlir::Type element) {
  if (element.isF16() || element.isBF16()) return mlir::Float32Type::get(element.getContext());
  return element;
}

mlir::Type ElementOf(Value value) {
  return mlir::cast<mlir::RankedTensorType>(value.getType()).getElementType();
}

const ir::HostTensor* Emitter::ConstantOf(Value value) const {
  auto op = value.getDefiningOp<core::ConstantOp>();
  return op ? &constants_.Get(op.getId()) : nullptr;
}

Value Emitter::Constant(ir::HostTensor tensor, mlir::Type element) {
  const auto type = mlir::RankedTensorType::get(tensor.dims(), element);
  const int64_t id = constants_.Add(std::move(tensor));
  return builder_.create<core::ConstantOp>(location_, type, builder_.getI64IntegerAttr(id));
}

Value Emitter::Vector(const std::vector<double>& values, mlir::FloatType element) {
  void* data = nullptr;
  const ir::DType dtype = element.isF64() ? ir::DType::kFloat64 : ir::DType::kFloat32;
  const int64_t size = static_cast<int64_t>(values.size());
  ir::HostTensor tensor = ir::HostTensor::Allocate(dtype, {size}, &data);
  for (int64_t i = 0; i < size; ++i) {
    if (element.isF64()) {
      static_cast<double*>(data)[i] = values[i];
    } else {
      static_cast<float*>(data)[i] = static_cast<float>(values[i]);
    }
  }
  const mlir::Type stored = element.isF64() ? element : builder_.getF32Type();
  return Constant(std::move(tensor), stored);
}

mlir::TypedAttr Emitter::NumberOf(const ir::HostTensor& tensor, mlir::Type element) const {
  if (auto type = mlir::dyn_cast<mlir::FloatType>(element)) {
    return builder_.getFloatAttr(type, tensor.AsDouble(0));
  }
  // Whatever a byte stands for, it is stored as it is.
  if (ir::SizeOf(tensor.dtype()) == 1 && element.isInteger(8)) {
    return builder_.getIntegerAttr(element, static_cast<int8_t>(*tensor.bytes()));
  }
  return builder_.getIntegerAttr(element, tensor.AsInt(0));
}

mlir::TypedAttr Emitter::SplatOf(Value value) const {
  if (auto fill = value.getDefiningOp<mlir::linalg::FillOp>()) {
    auto scalar = fill.getInputs()[0].getDefiningOp<arith::ConstantOp>();
    return scalar ? scalar.getValue() : mlir::TypedAttr();
  }
  const ir::HostTensor* constant = ConstantOf(value);
  if (constant == nullptr || constant->num_elements() == 0 || !constant->IsSplat()) return {};
  return NumberOf(*constant, ElementOf(value));
}

Value Emitter::Splat(const ir::SymShape& shape, mlir::TypedAttr value) {
  std::vector<int64_t> dims;
  for (const ir::SymExpr& dim : shape) {
    const std::optional<int64_t> size = dim.AsConstant();
    if (!size) return Fill(shape, value);
    dims.push_back(*size);
  }
  return Constant(SplatTensor(value).BroadcastTo(dims), value.getType());
}

Value Emitter::Dim(const ir::SymExpr& expr) { return core::DimValue(builder_, location_, expr); }

Value Emitter::Empty(const ir::SymShape& shape, mlir::Type element) {
  return core::EmptyTensor(builder_, location_, shape, element);
}

Value Emitter::Fill(const ir::SymShape& shape, mlir::TypedAttr value) {
  const Value scalar = builder_.create<arith::ConstantOp>(location_, value);
  const Value empty = Empty(shape, value.getType());
  return builder_.create<mlir::linalg::FillOp>(location_, ValueRange{scalar}, ValueRange{empty})
      .getResult(0);
}

mlir::AffineMap Emitter::Dims(int64_t loops, llvm::ArrayRef<int64_t> dims) {
  llvm::SmallVector<mlir::AffineExpr> exprs;
  for (int64_t dim : dims) exprs.push_back(Loop(dim));
  return mlir::AffineMap::get(loops, 0, exprs, context());
}

absl::StatusOr<Operand> Emitter::Broadcast(Value value, const ir::SymShape& shape) {
  const ir::SymShape from = core::ShapeOf(value);
  ir::SymShape kept;
  llvm::SmallVector<int64_t> dims;
  const int64_t lead = static_cast<int64_t>(shape.size()) - static_cast<int64_t>(from.size());
  for (size_t i = 0; i < from.size(); ++i) {
    const int64_t dim = lead + static_cast<int64_t>(i);
    if (dim >= 0 && from[i] == shape[dim]) {
      kept.push_back(from[i]);
      dims.push_back(dim);
    } else if (ir::DependsOnData(from[i]) || ir::DependsOnData(shape[dim])) {
      return Operand{Spread(value, shape), Identity(static_cast<int64_t>(shape.size()))};
    } else if (from[i] != 1) {
      return ir::Error(ir::DiagnosticKind::kUnsupportedShape,
                       absl::StrCat("can't tell whether dimension ", i, " of ", ir::ToString(from),
                                    " broadcasts to the result's shape ", ir::ToString(shape)),
                       "fix the dimensions, for example with --shape");
    }
  }
  return Operand{Reshape(value, kept), Dims(shape.size(), dims)};
}

// Reads every element by its index, which is clamped: a dimension of 1 repeats.
Value Emitter::Spread(Value value, const ir::SymShape& shape) {
  const ir::SymShape from = core::ShapeOf(value);
  const int64_t rank = static_cast<int64_t>(shape.size());
  const int64_t lead = rank - static_cast<int64_t>(from.size());
  const mlir::Type element = ElementOf(value);
  const Operand init{Empty(shape, element), Identity(rank)};
  // Dimensions are made outside of bodies, which only capture them.
  llvm::SmallVector<Value> last;
  for (const ir::SymExpr& dim : from) last.push_back(Dim(dim - 1));
  return Generic({}, init, rank, 0, [&](Scalars& s, ValueRange) -> Values {
    llvm::SmallVector<Value> indices;
    for (size_t i = 0; i < from.size(); ++i) {
      const Value index = s.Index(lead + static_cast<int64_t>(i));
      indices.push_back(s.Emit<arith::MinSIOp>(index, last[i]));
    }
    return {s.Emit<mlir::tensor::ExtractOp>(value, ValueRange(indices))};
  })[0];
}

Emitter::Values Emitter::Generic(llvm::ArrayRef<Operand> inputs, llvm::ArrayRef<Operand> outputs,
                                 int64_t parallel, int64_t reductions, RawBody body) {
  llvm::SmallVector<Value> ins, outs;
  llvm::SmallVector<mlir::Type> types;
  llvm::SmallVector<mlir::AffineMap> maps;
  for (const Operand& input : inputs) {
    ins.push_back(input.value);
    maps.push_back(input.map);
  }
  for (const Operand& output : outputs) {
    outs.push_back(output.value);
    types.push_back(output.value.getType());
    maps.push_back(output.map);
  }
  llvm::SmallVector<mlir::utils::IteratorType> iterators(parallel,
                                                         mlir::utils::IteratorType::parallel);
  iterators.append(reductions, mlir::utils::IteratorType::reduction);
  auto op = builder_.create<mlir::linalg::GenericOp>(
      location_, types, ins, outs, maps, iterators,
      [&](mlir::OpBuilder& builder, mlir::Location location, ValueRange args) {
        Scalars s(builder, location, is_unsigned_);
        builder.create<mlir::linalg::YieldOp>(location, body(s, args));
      });
  return {op->result_begin(), op->result_end()};
}

absl::StatusOr<Value> Emitter::Map(ValueRange inputs, const ir::SymShape& shape, mlir::Type element,
                                   Body body) {
  llvm::SmallVector<Operand> operands;
  llvm::SmallVector<mlir::TypedAttr> splats;
  for (Value input : inputs) {
    splats.push_back(SplatOf(input));
    if (splats.back()) continue;
    SINTER_ASSIGN_OR_RETURN(Operand operand, Broadcast(input, shape));
    operands.push_back(operand);
  }
  const int64_t rank = static_cast<int64_t>(shape.size());
  const Operand init{Empty(shape, element), Identity(rank)};
  return Generic(operands, init, rank, 0, [&](Scalars& s, ValueRange args) -> Values {
    const std::vector<Value> values = Arguments(s, splats, args.drop_back());
    return {s.Convert(body(s, values), element)};
  })[0];
}

Value Emitter::MapOperands(llvm::ArrayRef<Operand> inputs, const ir::SymShape& shape,
                           mlir::Type element, Body body) {
  const int64_t rank = static_cast<int64_t>(shape.size());
  const Operand init{Empty(shape, element), Identity(rank)};
  return Generic(inputs, init, rank, 0, [&](Scalars& s, ValueRange args) -> Values {
    std::vector<Value> values;
    for (Value arg : args.drop_back()) values.push_back(Widened(s, arg));
    return {s.Convert(body(s, values), element)};
  })[0];
}

Value Emitter::Reduce(Value source, llvm::ArrayRef<int64_t> axes, mlir::TypedAttr init,
                      Body combine) {
  const ir::SymShape from = core::ShapeOf(source);
  const int64_t rank = static_cast<int64_t>(from.size());
  const int64_t parallel = rank - static_cast<int64_t>(axes.size());
  ir::SymShape shape;
  llvm::SmallVector<int64_t> loop_of(rank), kept;
  int64_t next_reduction = parallel;
  for (int64_t dim = 0; dim < rank; ++dim) {
    if (llvm::is_contained(axes, dim)) {
      loop_of[dim] = next_reduction++;
    } else {
      loop_of[dim] = static_cast<int64_t>(shape.size());
      kept.push_back(loop_of[dim]);
      shape.push_back(from[dim]);
    }
  }
  return Generic(Operand{source, Dims(rank, loop_of)}, Operand{Fill(shape, init), Dims(rank, kept)},
                 parallel, static_cast<int64_t>(axes.size()),
                 [&](Scalars& s, ValueRange args) -> Values {
                   return {combine(s, {s.Convert(args[0], init.getType()), args[1]})};
                 })[0];
}

Value Emitter::Contract(const Operand& a, const Operand& b, const ir::SymShape& shape,
                        int64_t reductions, mlir::Type accumulator, bool a_unsigned,
                        bool b_unsigned) {
  const int64_t rank = static_cast<int64_t>(shape.size());
  const Value init = Fill(shape, mlir::cast<mlir::TypedAttr>(builder_.getZeroAttr(accumulator)));
  const Operand output{init, Dims(rank + reductions, llvm::to_vector(llvm::seq<int64_t>(0, rank)))};
  return Generic({a, b}, output, rank, reductions, [&](Scalars& s, ValueRange args) -> Values {
    Scalars of_a(s.builder(), s.location(), a_unsigned);
    Scalars of_b(s.builder(), s.location(), b_unsigned);
    const Value product =
        s.Mul(of_a.Convert(args[0], accumulator), of_b.Convert(args[1], accumulator));
    return {s.Add(args[2], product)};
  })[0];
}

}  // namespace sinter::legalize
