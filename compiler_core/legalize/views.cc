// The part of Emitter that moves no data.
#include <string>

#include "compiler_core/dialect/core/core.h"
#include "compiler_core/legalize/emitter.h"
#include "llvm/ADT/STLExtras.h"

namespace sinter::legalize {

namespace {

using mlir::Value;

// The numbers of a shape, or nothing if one of them is symbolic.
std::optional<std::vector<int64_t>> Numbers(const ir::SymShape& shape) {
  std::vector<int64_t> numbers;
  for (const ir::SymExpr& dim : shape) {
    const std::optional<int64_t> number = dim.AsConstant();
    if (!number) return std::nullopt;
    numbers.push_back(*number);
  }
  return numbers;
}

mlir::ArrayAttr Expressions(mlir::OpBuilder& builder, const ir::SymShape& values) {
  std::vector<std::string> texts;
  for (const ir::SymExpr& value : values) texts.push_back(value.ToString());
  return builder.getStrArrayAttr(std::vector<llvm::StringRef>(texts.begin(), texts.end()));
}

bool IsAll(const ir::SymShape& values, int64_t number) {
  return llvm::all_of(values, [&](const ir::SymExpr& value) { return value == number; });
}

}  // namespace

Value Emitter::Reshape(Value source, const ir::SymShape& shape) {
  if (core::ShapeOf(source) == shape) return source;
  if (const ir::HostTensor* constant = ConstantOf(source)) {
    if (auto dims = Numbers(shape)) {
      return Constant(constant->Reshaped(*std::move(dims)), ElementOf(source));
    }
  }
  return builder_.create<core::ReshapeOp>(location_, core::TensorType(shape, ElementOf(source)),
                                          source);
}

Value Emitter::Transpose(Value source, llvm::ArrayRef<int64_t> permutation) {
  if (llvm::equal(permutation, llvm::seq<int64_t>(0, permutation.size()))) return source;
  if (const ir::HostTensor* constant = ConstantOf(source)) {
    return Constant(constant->Transposed({permutation.data(), permutation.size()}),
                    ElementOf(source));
  }
  const ir::SymShape from = core::ShapeOf(source);
  ir::SymShape shape;
  for (int64_t dim : permutation) shape.push_back(from[dim]);
  return builder_.create<core::TransposeOp>(location_, core::TensorType(shape, ElementOf(source)),
                                            source, permutation);
}

Value Emitter::Slice(Value source, const ir::SymShape& offsets, const ir::SymShape& sizes,
                     llvm::ArrayRef<int64_t> steps) {
  const bool forward = llvm::all_of(steps, [](int64_t step) { return step == 1; });
  if (forward && IsAll(offsets, 0) && core::ShapeOf(source) == sizes) return source;
  const auto from = Numbers(offsets);
  const auto dims = Numbers(sizes);
  const ir::HostTensor* constant = ConstantOf(source);
  if (constant != nullptr && from && dims) {
    return Constant(constant->Sliced(*from, *dims, {steps.data(), steps.size()}),
                    ElementOf(source));
  }
  return builder_.create<core::SliceOp>(location_, core::TensorType(sizes, ElementOf(source)),
                                        source, Expressions(builder_, offsets),
                                        builder_.getDenseI64ArrayAttr(steps));
}

Value Emitter::Pad(Value source, const ir::SymShape& low, llvm::ArrayRef<int64_t> interior,
                   const ir::SymShape& shape, mlir::Attribute value) {
  const bool dense = llvm::all_of(interior, [](int64_t gap) { return gap == 0; });
  if (dense && core::ShapeOf(source) == shape) return source;
  std::vector<int64_t> gaps(interior.begin(), interior.end());
  gaps.resize(shape.size(), 0);
  return builder_.create<core::PadOp>(location_, core::TensorType(shape, ElementOf(source)), source,
                                      Expressions(builder_, low),
                                      builder_.getDenseI64ArrayAttr(gaps), value);
}

Value Emitter::Concat(mlir::ValueRange sources, int64_t axis, const ir::SymShape& shape) {
  if (sources.size() == 1) return sources.front();
  return builder_.create<core::ConcatOp>(location_,
                                         core::TensorType(shape, ElementOf(sources.front())),
                                         sources, builder_.getI64IntegerAttr(axis));
}

}  // namespace sinter::legalize
