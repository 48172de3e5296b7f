#include "compiler_core/legalize/testing/interpreter.h"

#include <cstring>
#include <map>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "compiler_core/dialect/core/core.h"
#include "compiler_core/legalize/testing/scalar_ops.h"
#include "llvm/ADT/DenseMap.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

namespace sinter::legalize {

namespace {

using Dims = std::vector<int64_t>;
using mlir::Value;
using mlir::linalg::GenericOp;

struct Dense {
  Dims dims;
  std::vector<Cell> cells;
};

int64_t Product(const Dims& dims) {
  int64_t product = 1;
  for (int64_t dim : dims) product *= dim;
  return product;
}

Dims StridesOf(const Dims& dims) {
  Dims strides(dims.size(), 1);
  for (size_t i = dims.size(); i-- > 1;) strides[i - 1] = strides[i] * dims[i];
  return strides;
}

// Calls `visit` for each position of a box, in row-major order.
template <typename Visit>
void ForEach(const Dims& dims, const Visit& visit) {
  if (Product(dims) == 0) return;
  Dims at(dims.size(), 0);
  while (true) {
    visit(at);
    size_t dim = dims.size();
    while (dim > 0 && ++at[dim - 1] == dims[dim - 1]) at[--dim] = 0;
    if (dim == 0) return;
  }
}

Dense FromHost(const ir::HostTensor& tensor, mlir::Type element) {
  Dense dense{tensor.dims(), std::vector<Cell>(tensor.num_elements())};
  const bool is_float = mlir::isa<mlir::FloatType>(element);
  const ir::HostTensor bytes = tensor.RowMajor();
  for (int64_t i = 0; i < tensor.num_elements(); ++i) {
    if (is_float) {
      dense.cells[i].f = tensor.AsDouble(i);
    } else {
      // Whatever a byte stands for, it is stored as it is.
      const bool byte = ir::SizeOf(tensor.dtype()) == 1;
      const int64_t value = byte ? bytes.bytes()[i] : tensor.AsInt(i);
      const unsigned width = element.getIntOrFloatBitWidth();
      dense.cells[i].i = llvm::APInt(64, value).trunc(width).getSExtValue();
    }
  }
  return dense;
}

ir::HostTensor ToHost(const Dense& dense, mlir::Type element, ir::DType dtype) {
  void* data = nullptr;
  ir::HostTensor tensor = ir::HostTensor::Allocate(dtype, dense.dims, &data);
  auto* out = static_cast<char*>(data);
  const int64_t size = ir::SizeOf(dtype);
  for (const Cell& cell : dense.cells) {
    uint64_t bits = static_cast<uint64_t>(cell.i);
    if (auto type = mlir::dyn_cast<mlir::FloatType>(element)) {
      llvm::APFloat number(cell.f);
      bool loses = false;
      number.convert(type.getFloatSemantics(), llvm::APFloat::rmNearestTiesToEven, &loses);
      bits = number.bitcastToAPInt().getZExtValue();
    }
    std::memcpy(out, &bits, size);
    out += size;
  }
  return tensor;
}

class Interpreter {
 public:
  explicit Interpreter(const ir::ConstantTable& constants) : constants_(constants) {}

  absl::Status Bind(Value argument, const ir::HostTensor& input) {
    const ir::SymShape shape = core::ShapeOf(argument);
    if (shape.size() != input.dims().size())
      return absl::InvalidArgumentError("an input of another rank");
    for (size_t i = 0; i < shape.size(); ++i) {
      if (!shape[i].IsConstant()) symbols_[shape[i].ToString()] = input.dims()[i];
    }
    tensors_[argument] = FromHost(input, ElementOf(argument));
    return absl::OkStatus();
  }

  absl::Status Run(mlir::Operation& op) {
    if (auto constant = mlir::dyn_cast<core::ConstantOp>(op)) {
      Set(constant, FromHost(constants_.Get(constant.getId()), ElementOf(constant)));
    } else if (auto dim = mlir::dyn_cast<core::DimOp>(op)) {
      scalars_[dim] = {0, Evaluate(dim.getExpr())};
    } else if (auto number = mlir::dyn_cast<mlir::arith::ConstantOp>(op)) {
      scalars_[number] = CellOf(number.getValue());
    } else if (auto empty = mlir::dyn_cast<mlir::tensor::EmptyOp>(op)) {
      Set(empty, Blank(empty));
    } else if (auto fill = mlir::dyn_cast<mlir::linalg::FillOp>(op)) {
      Dense dense = Blank(fill.getResult(0));
      std::fill(dense.cells.begin(), dense.cells.end(), scalars_.at(fill.getInputs()[0]));
      Set(fill.getResult(0), std::move(dense));
    } else if (auto generic = mlir::dyn_cast<GenericOp>(op)) {
      return RunGeneric(generic);
    } else {
      return RunView(op);
    }
    return absl::OkStatus();
  }

  const Dense& Get(Value value) const { return tensors_.at(value); }

 private:
  static mlir::Type ElementOf(Value value) {
    return mlir::cast<mlir::RankedTensorType>(value.getType()).getElementType();
  }

  int64_t Evaluate(llvm::StringRef text) const {
    return ir::SymExpr::Parse({text.data(), text.size()})->Evaluate(symbols_);
  }

  Dims SizeOf(Value value) const {
    Dims dims;
    for (const ir::SymExpr& dim : core::ShapeOf(value)) dims.push_back(dim.Evaluate(symbols_));
    return dims;
  }

  Dense Blank(Value value) const {
    Dims dims = SizeOf(value);
    const int64_t count = Product(dims);
    return {std::move(dims), std::vector<Cell>(count)};
  }

  void Set(Value value, Dense dense) { tensors_[value] = std::move(dense); }

  Dims Offsets(mlir::ArrayAttr texts) const {
    Dims offsets;
    for (auto text : texts.getAsRange<mlir::StringAttr>())
      offsets.push_back(Evaluate(text.getValue()));
    return offsets;
  }

  // The result's elements are those of the source at positions that `position` gives.
  template <typename Position>
  void Read(Value result, Value source, const Position& position) {
    const Dense& from = Get(source);
    const Dims strides = StridesOf(from.dims);
    Dense to = Blank(result);
    size_t next = 0;
    ForEach(to.dims, [&](const Dims& at) {
      const Dims where = position(at);
      int64_t offset = 0;
      for (size_t i = 0; i < where.size(); ++i) offset += where[i] * strides[i];
      to.cells[next++] = from.cells.at(offset);
    });
    Set(result, std::move(to));
  }

  absl::Status RunView(mlir::Operation& op) {
    if (auto reshape = mlir::dyn_cast<core::ReshapeOp>(op)) {
      Dense dense{SizeOf(reshape), Get(reshape.getSource()).cells};
      if (Product(dense.dims) != static_cast<int64_t>(dense.cells.size())) {
        return absl::InternalError("a reshape to another number of elements");
      }
      Set(reshape, std::move(dense));
    } else if (auto transpose = mlir::dyn_cast<core::TransposeOp>(op)) {
      Read(transpose, transpose.getSource(), [&](const Dims& at) {
        Dims from(at.size());
        for (size_t i = 0; i < at.size(); ++i) from[transpose.getPermutation()[i]] = at[i];
        return from;
      });
    } else if (auto slice = mlir::dyn_cast<core::SliceOp>(op)) {
      const Dims offsets = Offsets(slice.getOffsets());
      Read(slice, slice.getSource(), [&](const Dims& at) {
        Dims from = offsets;
        for (size_t i = 0; i < at.size(); ++i) from[i] += at[i] * slice.getSteps()[i];
        return from;
      });
    } else if (auto pad = mlir::dyn_cast<core::PadOp>(op)) {
      RunPad(pad);
    } else if (auto concat = mlir::dyn_cast<core::ConcatOp>(op)) {
      RunConcat(concat);
    } else {
      return absl::UnimplementedError(absl::StrCat("op ", op.getName().getStringRef().str()));
    }
    return absl::OkStatus();
  }

  void Write(Dense& to, const Dense& from, const Dims& offsets, const Dims& steps) {
    const Dims strides = StridesOf(to.dims);
    size_t next = 0;
    ForEach(from.dims, [&](const Dims& at) {
      int64_t offset = 0;
      for (size_t i = 0; i < at.size(); ++i) offset += (offsets[i] + at[i] * steps[i]) * strides[i];
      to.cells.at(offset) = from.cells[next++];
    });
  }

  void RunPad(core::PadOp pad) {
    Dense to = Blank(pad);
    std::fill(to.cells.begin(), to.cells.end(),
              CellOf(mlir::cast<mlir::TypedAttr>(pad.getValue())));
    Dims steps;
    for (int64_t gap : pad.getInterior()) steps.push_back(gap + 1);
    Write(to, Get(pad.getSource()), Offsets(pad.getLow()), steps);
    Set(pad, std::move(to));
  }

  void RunConcat(core::ConcatOp concat) {
    Dense to = Blank(concat);
    Dims offsets(to.dims.size(), 0);
    const Dims steps(to.dims.size(), 1);
    for (Value source : concat.getSources()) {
      Write(to, Get(source), offsets, steps);
      offsets[concat.getAxis()] += Get(source).dims[concat.getAxis()];
    }
    Set(concat, std::move(to));
  }

  // --- linalg.generic ---
  struct Step {
    ScalarFunction compute;
    std::vector<int> operands;
    int result;
  };

  // The body as steps over numbered registers.
  struct Body {
    llvm::DenseMap<Value, int> registers;
    std::vector<Cell> values;
    std::vector<Step> steps;
    std::vector<int> yields;
  };

  int Register(Body& body, Value value) {
    const auto [row, is_new] =
        body.registers.try_emplace(value, static_cast<int>(body.values.size()));
    if (is_new) {
      const auto captured = scalars_.find(value);
      body.values.push_back(captured == scalars_.end() ? Cell{} : captured->second);
    }
    return row->second;
  }

  absl::Status AddStep(Body& body, mlir::Operation& op, const Dims& at) {
    if (mlir::isa<mlir::linalg::YieldOp>(op)) {
      for (Value value : op.getOperands()) body.yields.push_back(Register(body, value));
      return absl::OkStatus();
    }
    Step step;
    llvm::SmallVector<Value> operands(op.getOperands());
    if (auto index = mlir::dyn_cast<mlir::linalg::IndexOp>(op)) {
      step.compute = [&at, dim = index.getDim()](const Cell*) { return Cell{0, at[dim]}; };
    } else if (auto dim = mlir::dyn_cast<core::DimOp>(op)) {
      step.compute = [value = Evaluate(dim.getExpr())](const Cell*) { return Cell{0, value}; };
    } else if (auto extract = mlir::dyn_cast<mlir::tensor::ExtractOp>(op)) {
      const Dense* source = &Get(extract.getTensor());
      operands.erase(operands.begin());
      step.compute = [source, strides = StridesOf(source->dims)](const Cell* x) {
        int64_t offset = 0;
        for (size_t i = 0; i < strides.size(); ++i) {
          if (x[i].i < 0 || x[i].i >= source->dims[i]) return Cell{1e300, 0x7ead};
          offset += x[i].i * strides[i];
        }
        return source->cells.at(offset);
      };
    } else {
      step.compute = FunctionOf(&op);
    }
    if (!step.compute) return absl::UnimplementedError(op.getName().getStringRef().str());
    for (Value operand : operands) step.operands.push_back(Register(body, operand));
    step.result = Register(body, op.getResult(0));
    body.steps.push_back(std::move(step));
    return absl::OkStatus();
  }

  static void Execute(Body& body) {
    Cell operands[8];
    for (const Step& step : body.steps) {
      for (size_t i = 0; i < step.operands.size(); ++i) operands[i] = body.values[step.operands[i]];
      body.values[step.result] = step.compute(operands);
    }
  }

  Dims LoopsOf(GenericOp op) {
    Dims loops(op.getNumLoops(), 0);
    for (mlir::OpOperand& operand : op->getOpOperands()) {
      const mlir::AffineMap map = op.getMatchingIndexingMap(&operand);
      const Dims& dims = Get(operand.get()).dims;
      for (unsigned i = 0; i < map.getNumResults(); ++i) {
        if (auto dim = mlir::dyn_cast<mlir::AffineDimExpr>(map.getResult(i))) {
          loops[dim.getPosition()] = dims[i];
        }
      }
    }
    return loops;
  }

  // How the loops index a tensor: a start and, for each loop, how far its steps go.
  struct Access {
    Dense* tensor;
    int64_t start;
    Dims strides;

    Cell& At(const Dims& at) const {
      int64_t offset = start;
      for (size_t i = 0; i < at.size(); ++i) offset += at[i] * strides[i];
      return tensor->cells.at(offset);
    }
  };

  // Maps of a TensorModule are sums of loops times numbers, so one step along each loop tells its
  // stride.
  static Access AccessOf(mlir::AffineMap map, Dense& tensor) {
    const Dims strides = StridesOf(tensor.dims);
    const auto offset = [&](const Dims& at) {
      const auto where = map.compose(llvm::ArrayRef<int64_t>(at));
      int64_t sum = 0;
      for (size_t i = 0; i < where.size(); ++i) sum += where[i] * strides[i];
      return sum;
    };
    Dims at(map.getNumDims(), 0);
    Access access{&tensor, offset(at), {}};
    for (int64_t& loop : at) {
      loop = 1;
      access.strides.push_back(offset(at) - access.start);
      loop = 0;
    }
    return access;
  }

  absl::Status RunGeneric(GenericOp op) {
    const Dims loops = LoopsOf(op);
    Dims at(loops.size(), 0);
    Body body;
    std::vector<int> arguments;
    for (Value argument : op.getBlock()->getArguments())
      arguments.push_back(Register(body, argument));
    for (mlir::Operation& step : op.getBlock()->getOperations()) {
      SINTER_RETURN_IF_ERROR(AddStep(body, step, at));
    }
    std::vector<Dense> results;
    for (Value init : op.getOutputs()) results.push_back(Get(init));
    const size_t inputs = op.getInputs().size();
    std::vector<Access> accesses;
    for (mlir::OpOperand& operand : op->getOpOperands()) {
      const size_t i = operand.getOperandNumber();
      Dense& dense = i < inputs ? tensors_[operand.get()] : results[i - inputs];
      accesses.push_back(AccessOf(op.getMatchingIndexingMap(&operand), dense));
    }
    ForEach(loops, [&](const Dims& position) {
      at = position;
      for (size_t i = 0; i < accesses.size(); ++i) body.values[arguments[i]] = accesses[i].At(at);
      Execute(body);
      for (size_t i = 0; i < results.size(); ++i) {
        accesses[inputs + i].At(at) = body.values[body.yields[i]];
      }
    });
    for (size_t i = 0; i < results.size(); ++i) Set(op.getResult(i), std::move(results[i]));
    return absl::OkStatus();
  }

  const ir::ConstantTable& constants_;
  std::map<std::string, int64_t> symbols_;
  llvm::DenseMap<Value, Cell> scalars_;
  llvm::DenseMap<Value, Dense> tensors_;
};

}  // namespace

absl::StatusOr<std::vector<ir::HostTensor>> Evaluate(ir::TensorModule& module,
                                                     const std::vector<ir::HostTensor>& inputs) {
  const ir::Signature& signature = module.parts().signature;
  auto main = module.module().lookupSymbol<mlir::func::FuncOp>("main");
  if (inputs.size() != main.getNumArguments())
    return absl::InvalidArgumentError("another number of inputs");
  Interpreter interpreter(module.parts().constants);
  for (size_t i = 0; i < inputs.size(); ++i) {
    SINTER_RETURN_IF_ERROR(interpreter.Bind(main.getArgument(i), inputs[i]));
  }
  mlir::Block& block = main.getBody().front();
  for (mlir::Operation& op : block.without_terminator()) {
    SINTER_RETURN_IF_ERROR(interpreter.Run(op));
  }
  std::vector<ir::HostTensor> outputs;
  for (mlir::OpOperand& result : block.getTerminator()->getOpOperands()) {
    const auto type = mlir::cast<mlir::RankedTensorType>(result.get().getType());
    outputs.push_back(ToHost(interpreter.Get(result.get()), type.getElementType(),
                             signature.outputs[result.getOperandNumber()].dtype));
  }
  return outputs;
}

}  // namespace sinter::legalize
