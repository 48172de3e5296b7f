#include "compiler_core/import_mlir/tensor_converter.h"

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "compiler_core/dialect/core/core.h"
#include "compiler_core/import_mlir/element_types.h"
#include "compiler_core/import_mlir/generic_body.h"
#include "compiler_core/import_mlir/read_mlir.h"
#include "compiler_core/import_mlir/symbolic_index.h"
#include "compiler_core/ir/diagnostic_kind.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/ControlFlow/IR/ControlFlowOps.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"
#include "mlir/IR/Matchers.h"

namespace sinter::import_mlir {
namespace {

using ir::DiagnosticKind;
using ir::SymExpr;
using ir::SymShape;
using mlir::func::FuncOp;

absl::Status Unsupported(mlir::Operation* op, absl::string_view why) {
  return ir::Error(DiagnosticKind::kUnsupportedOp,
                   absl::StrCat("at ", PlaceOf(op->getLoc()), ": op `",
                                op->getName().getStringRef().str(), "` ", why));
}

llvm::SmallVector<llvm::StringRef> Texts(const SymShape& shape, std::vector<std::string>& keep) {
  for (const SymExpr& expr : shape) keep.push_back(expr.ToString());
  return llvm::SmallVector<llvm::StringRef>(keep.begin(), keep.end());
}

bool IsTensor(mlir::Type type) { return mlir::isa<mlir::RankedTensorType>(type); }

class Converter {
 public:
  Converter(FuncOp from, const v1::CompileOptions& options)
      : from_(from),
        options_(options),
        builder_(from.getContext()),
        index_([this](mlir::Value value) { return core::ShapeOf(values_.lookup(value)); }) {}

  absl::StatusOr<ir::TensorModule> Convert() {
    SINTER_RETURN_IF_ERROR(MakeFunction());
    for (mlir::Operation& op : from_.getBody().front()) {
      builder_.setInsertionPointToEnd(&to_.getBody().front());
      SINTER_RETURN_IF_ERROR(ConvertOp(&op));
    }
    return ir::TensorModule::Create(std::move(parts_));
  }

 private:
  // --- The frame ---

  absl::Status MakeFunction() {
    parts_.module = mlir::ModuleOp::create(builder_.getUnknownLoc());
    parts_.signature.model_name = from_.getName().str();
    for (const v1::ShapeSpec& spec : options_.shapes()) specs_[spec.input()] = &spec;
    llvm::SmallVector<mlir::Type> types;
    for (mlir::BlockArgument argument : from_.getArguments()) {
      SINTER_ASSIGN_OR_RETURN(mlir::Type type, AddInput(argument));
      types.push_back(type);
    }
    if (!specs_.empty()) {
      return ir::Error(DiagnosticKind::kBadOption,
                       absl::StrCat("the model has no input `", specs_.begin()->first, "`"));
    }
    builder_.setInsertionPointToEnd(parts_.module->getBody());
    to_ = builder_.create<FuncOp>(from_.getLoc(), "main", builder_.getFunctionType(types, {}));
    mlir::Block* block = to_.addEntryBlock();
    values_.map(from_.getArguments(), block->getArguments());
    return absl::OkStatus();
  }

  absl::StatusOr<mlir::Type> AddInput(mlir::BlockArgument argument) {
    ir::ModelValue input;
    input.name = absl::StrCat("arg", argument.getArgNumber());
    auto type = mlir::dyn_cast<mlir::RankedTensorType>(argument.getType());
    if (!type) {
      return ir::Error(DiagnosticKind::kUnsupportedType,
                       absl::StrCat("input `", input.name, "` is no ranked tensor"));
    }
    SINTER_ASSIGN_OR_RETURN(input.dtype, DTypeOf(type.getElementType()));
    for (int64_t i = 0; i < type.getRank(); ++i) {
      input.shape.push_back(type.isDynamicDim(i)
                                ? SymExpr::Symbol(absl::StrCat(input.name, "_dim", i))
                                : SymExpr(type.getDimSize(i)));
    }
    auto spec = specs_.find(input.name);
    if (spec != specs_.end()) {
      SINTER_RETURN_IF_ERROR(ApplySpec(*spec->second, input));
      specs_.erase(spec);
    }
    mlir::Type stored = core::TensorType(input.shape, StoredType(type.getElementType()));
    parts_.signature.inputs.push_back(std::move(input));
    return stored;
  }

  absl::Status ApplySpec(const v1::ShapeSpec& spec, ir::ModelValue& input) {
    if (spec.dims_size() != static_cast<int>(input.shape.size())) {
      return ir::Error(
          DiagnosticKind::kBadOption,
          absl::StrCat("shape given for input `", input.name, "` has ", spec.dims_size(),
                       " dimensions, the model's has ", input.shape.size()));
    }
    for (int i = 0; i < spec.dims_size(); ++i) {
      const v1::ShapeSpec::Dim& dim = spec.dims(i);
      const std::optional<int64_t> constant = input.shape[i].AsConstant();
      const bool fixed = dim.kind_case() == v1::ShapeSpec::Dim::kFixed;
      if (constant && fixed && *constant != dim.fixed()) {
        return ir::Error(DiagnosticKind::kBadOption,
                         absl::StrCat("dimension ", i, " of input `", input.name, "` is ",
                                      *constant, ", not ", dim.fixed()));
      }
      if (fixed) input.shape[i] = dim.fixed();
      if (!constant && dim.kind_case() == v1::ShapeSpec::Dim::kBounded) {
        parts_.signature.ranges.push_back(
            {input.shape[i].ToString(), dim.bounded().min(), dim.bounded().max()});
      }
    }
    return absl::OkStatus();
  }

  absl::Status Return(mlir::func::ReturnOp op) {
    llvm::SmallVector<mlir::Value> results;
    for (mlir::Value operand : op.getOperands()) {
      if (!IsTensor(operand.getType())) return Unsupported(op, "returns what is no tensor");
      mlir::Value value = values_.lookup(operand);
      results.push_back(value);
      ir::ModelValue output;
      output.name = absl::StrCat("result", results.size() - 1);
      SINTER_ASSIGN_OR_RETURN(
          output.dtype,
          DTypeOf(mlir::cast<mlir::RankedTensorType>(operand.getType()).getElementType()));
      output.shape = core::ShapeOf(value);
      parts_.signature.outputs.push_back(std::move(output));
    }
    builder_.create<mlir::func::ReturnOp>(op.getLoc(), results);
    to_.setType(builder_.getFunctionType(to_.getArgumentTypes(),
                                         mlir::TypeRange(mlir::ValueRange(results))));
    return absl::OkStatus();
  }

  // --- Ops ---

  absl::Status ConvertOp(mlir::Operation* op) {
    if (auto ret = mlir::dyn_cast<mlir::func::ReturnOp>(op)) return Return(ret);
    if (auto constant = mlir::dyn_cast<mlir::arith::ConstantOp>(op)) return Constant(constant);
    if (auto generic = mlir::dyn_cast<mlir::linalg::GenericOp>(op)) return Generic(generic);
    if (auto fill = mlir::dyn_cast<mlir::linalg::FillOp>(op)) return Fill(fill);
    if (auto empty = mlir::dyn_cast<mlir::tensor::EmptyOp>(op)) return Empty(empty);
    if (auto cast = mlir::dyn_cast<mlir::tensor::CastOp>(op)) return Cast(cast);
    if (auto slice = mlir::dyn_cast<mlir::tensor::ExtractSliceOp>(op)) return Slice(slice);
    if (auto insert = mlir::dyn_cast<mlir::tensor::InsertSliceOp>(op)) return Insert(insert);
    if (auto pad = mlir::dyn_cast<mlir::tensor::PadOp>(op)) return Pad(pad);
    if (auto concat = mlir::dyn_cast<mlir::tensor::ConcatOp>(op)) return Concat(concat);
    if (auto expand = mlir::dyn_cast<mlir::tensor::ExpandShapeOp>(op)) return Expand(expand);
    if (auto collapse = mlir::dyn_cast<mlir::tensor::CollapseShapeOp>(op)) {
      return Collapse(collapse);
    }
    if (auto check = mlir::dyn_cast<mlir::cf::AssertOp>(op)) return Assert(check);
    // Arithmetic on sizes and scalars is looked at where those are needed.
    const bool scalar =
        op->getNumResults() == 1 && op->getResult(0).getType().isIntOrIndexOrFloat();
    const llvm::StringRef dialect = op->getName().getDialectNamespace();
    if (scalar &&
        (dialect == "arith" || dialect == "affine" || mlir::isa<mlir::tensor::DimOp>(op))) {
      return absl::OkStatus();
    }
    return Unsupported(op, "is not supported here");
  }

  absl::Status Constant(mlir::arith::ConstantOp op) {
    auto elements = mlir::dyn_cast<mlir::ElementsAttr>(op.getValue());
    if (!elements) return absl::OkStatus();  // a scalar: see Generic() and Fill()
    SINTER_ASSIGN_OR_RETURN(ir::HostTensor tensor, ReadConstant(elements));
    const SymShape shape(tensor.dims().begin(), tensor.dims().end());
    const int64_t id = parts_.constants.Add(std::move(tensor));
    Define(op.getResult(),
           builder_.create<core::ConstantOp>(
               op.getLoc(), core::TensorType(shape, StoredType(elements.getElementType())),
               builder_.getI64IntegerAttr(id)));
    return absl::OkStatus();
  }

  absl::Status Empty(mlir::tensor::EmptyOp op) {
    SINTER_ASSIGN_OR_RETURN(const SymShape shape, Sizes(op.getMixedSizes(), op));
    Define(op.getResult(), core::EmptyTensor(builder_, op.getLoc(), shape,
                                             StoredType(op.getType().getElementType())));
    return absl::OkStatus();
  }

  mlir::Value Filled(mlir::Location location, const SymShape& shape, mlir::TypedAttr number) {
    mlir::Value scalar = builder_.create<mlir::arith::ConstantOp>(location, number);
    mlir::Value empty = core::EmptyTensor(builder_, location, shape, number.getType());
    return builder_.create<mlir::linalg::FillOp>(location, scalar, empty).getResult(0);
  }

  absl::Status Fill(mlir::linalg::FillOp op) {
    mlir::TypedAttr number;
    if (!mlir::matchPattern(op.getInputs()[0], mlir::m_Constant(&number))) {
      return Unsupported(op, "is only supported with a constant");
    }
    Define(op.getResult(0), Filled(op.getLoc(), core::ShapeOf(values_.lookup(op.getOutputs()[0])),
                                   StoredNumber(number)));
    return absl::OkStatus();
  }

  absl::Status Generic(mlir::linalg::GenericOp op) {
    GenericBody body(op, values_, builder_, index_);
    SINTER_ASSIGN_OR_RETURN(const std::vector<mlir::Value> results, body.Convert());
    for (auto [result, value] : llvm::zip(op.getResults(), results)) Define(result, value);
    return absl::OkStatus();
  }

  // --- Views ---

  absl::Status Cast(mlir::tensor::CastOp op) {
    mlir::Value source = values_.lookup(op.getSource());
    auto type = mlir::dyn_cast<mlir::RankedTensorType>(op.getType());
    if (!type) return Unsupported(op, "to a tensor without rank is not supported");
    SymShape shape = core::ShapeOf(source);
    for (int64_t i = 0; i < type.getRank(); ++i) {
      if (type.isDynamicDim(i) || shape[i] == SymExpr(type.getDimSize(i))) continue;
      if (shape[i].IsConstant()) return Unsupported(op, "casts to another size");
      // The file says so; the artifact checks it.
      parts_.signature.equalities.push_back({shape[i], SymExpr(type.getDimSize(i))});
      shape[i] = type.getDimSize(i);
    }
    Define(op.getResult(), Reshaped(op.getLoc(), source, shape));
    return absl::OkStatus();
  }

  mlir::Value Reshaped(mlir::Location location, mlir::Value source, const SymShape& shape) {
    if (core::ShapeOf(source) == shape) return source;
    mlir::Type type = core::TensorType(
        shape, mlir::cast<mlir::RankedTensorType>(source.getType()).getElementType());
    return builder_.create<core::ReshapeOp>(location, type, source);
  }

  absl::Status Expand(mlir::tensor::ExpandShapeOp op) {
    SINTER_ASSIGN_OR_RETURN(
        const SymShape shape,
        Sizes(mlir::getMixedValues(op.getStaticOutputShape(), op.getOutputShape(), builder_), op));
    Define(op.getResult(), Reshaped(op.getLoc(), values_.lookup(op.getSrc()), shape));
    return absl::OkStatus();
  }

  absl::Status Collapse(mlir::tensor::CollapseShapeOp op) {
    const SymShape from = core::ShapeOf(values_.lookup(op.getSrc()));
    SymShape shape;
    for (const mlir::ReassociationIndices& group : op.getReassociationIndices()) {
      SymExpr size = 1;
      for (int64_t dim : group) size = size * from[dim];
      shape.push_back(size);
    }
    Define(op.getResult(), Reshaped(op.getLoc(), values_.lookup(op.getSrc()), shape));
    return absl::OkStatus();
  }

  absl::Status Slice(mlir::tensor::ExtractSliceOp op) {
    SINTER_ASSIGN_OR_RETURN(const SymShape offsets, Sizes(op.getMixedOffsets(), op));
    SINTER_ASSIGN_OR_RETURN(const SymShape sizes, Sizes(op.getMixedSizes(), op));
    if (!op.getStrides().empty()) return Unsupported(op, "with strides that are no constants");
    mlir::Value source = values_.lookup(op.getSource());
    std::vector<std::string> texts;
    mlir::Type type = core::TensorType(sizes, ElementOf(source));
    mlir::Value slice = builder_.create<core::SliceOp>(
        op.getLoc(), type, source, builder_.getStrArrayAttr(Texts(offsets, texts)),
        builder_.getDenseI64ArrayAttr(op.getStaticStrides()));
    SymShape kept;
    const llvm::SmallBitVector dropped = op.getDroppedDims();
    for (size_t i = 0; i < sizes.size(); ++i) {
      if (!dropped.test(static_cast<unsigned>(i))) kept.push_back(sizes[i]);
    }
    Define(op.getResult(), Reshaped(op.getLoc(), slice, kept));
    return absl::OkStatus();
  }

  absl::Status EmitPad(mlir::Operation* op, mlir::Value source, const SymShape& low,
                       const SymShape& shape, mlir::TypedAttr number) {
    for (const SymExpr& before : low) {
      const std::optional<int64_t> least = before.LowerBound();
      if (!least || *least < 0) return Unsupported(op, "may cut off, which is not supported");
    }
    std::vector<std::string> texts;
    mlir::Type type = core::TensorType(shape, ElementOf(source));
    Define(op->getResult(0),
           builder_.create<core::PadOp>(
               op->getLoc(), type, source, builder_.getStrArrayAttr(Texts(low, texts)),
               builder_.getDenseI64ArrayAttr(std::vector<int64_t>(low.size(), 0)), number));
    return absl::OkStatus();
  }

  absl::Status Pad(mlir::tensor::PadOp op) {
    SINTER_ASSIGN_OR_RETURN(const SymShape low, Sizes(op.getMixedLowPad(), op));
    SINTER_ASSIGN_OR_RETURN(const SymShape high, Sizes(op.getMixedHighPad(), op));
    mlir::Value value = op.getConstantPaddingValue();
    mlir::TypedAttr number;
    if (!value || !mlir::matchPattern(value, mlir::m_Constant(&number))) {
      return Unsupported(op, "is only supported with one constant");
    }
    mlir::Value source = values_.lookup(op.getSource());
    SymShape shape = core::ShapeOf(source);
    for (size_t i = 0; i < shape.size(); ++i) {
      const std::optional<int64_t> least = high[i].LowerBound();
      if (!least || *least < 0) return Unsupported(op, "may cut off, which is not supported");
      shape[i] = low[i] + shape[i] + high[i];
    }
    return EmitPad(op, source, low, shape, StoredNumber(number));
  }

  // Into a tensor of one value it is a padding.
  absl::Status Insert(mlir::tensor::InsertSliceOp op) {
    auto fill = op.getDest().getDefiningOp<mlir::linalg::FillOp>();
    mlir::TypedAttr number;
    if (!fill || !mlir::matchPattern(fill.getInputs()[0], mlir::m_Constant(&number)) ||
        !op.hasUnitStride()) {
      return Unsupported(op, "is only supported into a tensor that is filled with a constant");
    }
    SINTER_ASSIGN_OR_RETURN(const SymShape low, Sizes(op.getMixedOffsets(), op));
    SINTER_ASSIGN_OR_RETURN(const SymShape sizes, Sizes(op.getMixedSizes(), op));
    mlir::Value source = Reshaped(op.getLoc(), values_.lookup(op.getSource()), sizes);
    return EmitPad(op, source, low, core::ShapeOf(values_.lookup(op.getDest())),
                   StoredNumber(number));
  }

  absl::Status Concat(mlir::tensor::ConcatOp op) {
    llvm::SmallVector<mlir::Value> sources;
    SymShape shape;
    const size_t axis = op.getDim();
    for (mlir::Value input : op.getInputs()) {
      sources.push_back(values_.lookup(input));
      const SymShape part = core::ShapeOf(sources.back());
      if (shape.empty()) {
        shape = part;
      } else {
        shape[axis] = shape[axis] + part[axis];
      }
    }
    mlir::Type type = core::TensorType(shape, ElementOf(sources[0]));
    Define(op.getResult(),
           builder_.create<core::ConcatOp>(op.getLoc(), type, sources,
                                           builder_.getI64IntegerAttr(static_cast<int64_t>(axis))));
    return absl::OkStatus();
  }

  // What torch-mlir asserts of sizes becomes a check of the artifact.
  absl::Status Assert(mlir::cf::AssertOp op) {
    mlir::APInt constant;
    if (mlir::matchPattern(op.getArg(), mlir::m_ConstantInt(&constant)) && !constant.isZero()) {
      return absl::OkStatus();
    }
    auto compare = op.getArg().getDefiningOp<mlir::arith::CmpIOp>();
    if (!compare || compare.getPredicate() != mlir::arith::CmpIPredicate::eq) {
      return Unsupported(op, "is only supported on the equality of two sizes");
    }
    SINTER_ASSIGN_OR_RETURN(const SymExpr left, index_.Of(compare.getLhs()));
    SINTER_ASSIGN_OR_RETURN(const SymExpr right, index_.Of(compare.getRhs()));
    if (left != right) parts_.signature.equalities.push_back({left, right});
    return absl::OkStatus();
  }

  // --- Helpers ---

  absl::StatusOr<SymShape> Sizes(llvm::ArrayRef<mlir::OpFoldResult> values, mlir::Operation* op) {
    absl::StatusOr<SymShape> shape = index_.Of(values);
    if (shape.ok()) return shape;
    return ir::Error(DiagnosticKind::kUnsupportedShape,
                     absl::StrCat("at ", PlaceOf(op->getLoc()), ": ", shape.status().message()));
  }

  static mlir::Type ElementOf(mlir::Value value) {
    return mlir::cast<mlir::RankedTensorType>(value.getType()).getElementType();
  }

  void Define(mlir::Value old, mlir::Value value) { values_.map(old, value); }

  FuncOp from_, to_;
  const v1::CompileOptions& options_;
  std::map<std::string, const v1::ShapeSpec*> specs_;
  mlir::OpBuilder builder_;
  mlir::IRMapping values_;
  SymbolicIndex index_;
  ir::ModuleParts parts_;
};

}  // namespace

absl::StatusOr<ir::TensorModule> ConvertToTensorModule(FuncOp function,
                                                       const v1::CompileOptions& options) {
  return Converter(function, options).Convert();
}

}  // namespace sinter::import_mlir
