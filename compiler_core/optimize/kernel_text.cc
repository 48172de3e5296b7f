#include "compiler_core/optimize/kernel_text.h"

#include <numeric>

#include "compiler_core/dialect/core/core.h"
#include "llvm/Support/raw_ostream.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/IRMapping.h"
#include "mlir/IR/Matchers.h"

namespace sinter::optimize {
namespace {

using ir::SymExpr;
using ir::SymShape;
using mlir::Value;
using mlir::linalg::GenericOp;

// The kernel's own symbols. Each stands for a whole expression of the model, so that kernels that
// differ only in where their sizes come from are the same kernel.
class Symbols {
 public:
  SymExpr Localize(const SymExpr& expr) {
    if (expr.IsConstant()) return expr;
    SymExpr rest = expr;
    SymExpr factors(1);
    for (size_t i = 0; i < expressions_.size(); ++i) {
      while (std::optional<SymExpr> quotient = SymExpr::ExactDiv(rest, expressions_[i])) {
        if (rest.IsConstant()) break;
        rest = *quotient;
        factors = factors * Symbol(i);
      }
    }
    if (rest.IsConstant()) return factors * rest;
    int64_t content = Content(rest);
    expressions_.push_back(*SymExpr::ExactDiv(rest, SymExpr(content)));
    return factors * SymExpr(content) * Symbol(expressions_.size() - 1);
  }

  const std::vector<SymExpr>& expressions() const { return expressions_; }

 private:
  static SymExpr Symbol(size_t i) { return SymExpr::Symbol("s" + std::to_string(i)); }

  // The greatest number that divides every coefficient.
  static int64_t Content(const SymExpr& expr) {
    int64_t content = 0;
    for (const SymExpr::Term& term : expr.terms()) content = std::gcd(content, term.coefficient);
    return std::max<int64_t>(1, content);
  }

  std::vector<SymExpr> expressions_;
};

class Writer {
 public:
  Writer(const Group& group, const v1::Target& target, mlir::MLIRContext* context)
      : group_(group), target_(target), builder_(context), loc_(builder_.getUnknownLoc()) {}

  absl::StatusOr<KernelDraft> Write(llvm::ArrayRef<int> order,
                                    const std::vector<KernelInput>& inputs,
                                    const std::vector<KernelResult>& results) {
    mlir::OwningOpRef<mlir::ModuleOp> module(mlir::ModuleOp::create(loc_));
    builder_.setInsertionPointToEnd(module->getBody());
    function_ =
        builder_.create<mlir::func::FuncOp>(loc_, "kernel", builder_.getFunctionType({}, {}));
    function_.addEntryBlock();
    SetFunctionAttributes(order);
    for (const KernelInput& input : inputs) AddInput(input);
    for (const Member& member : group_.members) AddInits(member.op);
    builder_.setInsertionPointToEnd(&function_.getBody().front());
    for (const Member& member : group_.members) AddMember(member);
    AddResults(results);
    for (size_t i = 0; i < symbols_.expressions().size(); ++i) AddArgument(builder_.getIndexType());

    auto spec = ir::KernelSpec::FromFunction(function_);
    if (!spec.ok()) return spec.status();
    KernelDraft draft;
    llvm::raw_string_ostream stream(draft.text);
    module->print(stream);
    ir::CoalesceDimensions(*spec);
    ir::KernelSchedule schedule = ir::ChooseSchedule(*spec, target_);
    draft.indices = symbols_.expressions();
    draft.count = Globalize(schedule.count);
    draft.cost = Globalize(schedule.cost);
    return draft;
  }

 private:
  mlir::ArrayAttr Texts(const SymShape& exprs) {
    llvm::SmallVector<mlir::Attribute> texts;
    for (const SymExpr& expr : exprs) {
      texts.push_back(builder_.getStringAttr(symbols_.Localize(expr).ToString()));
    }
    return builder_.getArrayAttr(texts);
  }

  SymExpr Globalize(const SymExpr& local) {
    return local.Substitute([&](const std::string& name) -> std::optional<SymExpr> {
      return symbols_.expressions()[std::stoul(name.substr(1))];
    });
  }

  void SetFunctionAttributes(llvm::ArrayRef<int> order) {
    static constexpr const char* kKinds[] = {"pointwise", "contraction", "window", "row"};
    function_->setAttr("sinter.kind",
                       builder_.getStringAttr(kKinds[static_cast<int>(group_.kind)]));
    function_->setAttr("sinter.domain_rank", builder_.getI64IntegerAttr(group_.domain_rank));
    function_->setAttr("sinter.extents", Texts(group_.extents));
    llvm::SmallVector<int64_t> dims(order.begin(), order.end()), inner;
    for (int dim = 0; dim < group_.domain_rank; ++dim) {
      if (group_.inner[dim]) inner.push_back(dim);
    }
    function_->setAttr("sinter.order", builder_.getDenseI64ArrayAttr(dims));
    function_->setAttr("sinter.inner", builder_.getDenseI64ArrayAttr(inner));
  }

  Value AddArgument(mlir::Type type, mlir::DictionaryAttr attributes = {}) {
    unsigned at = function_.getNumArguments();
    function_.insertArgument(at, type, attributes ? attributes : builder_.getDictionaryAttr({}),
                             loc_);
    return function_.getArgument(at);
  }

  static mlir::RankedTensorType Plain(mlir::Type type) {
    auto tensor = mlir::cast<mlir::RankedTensorType>(type);
    return mlir::RankedTensorType::get(tensor.getShape(), tensor.getElementType());
  }

  void AddInput(const KernelInput& input) {
    mlir::NamedAttrList attributes;
    attributes.set("sinter.strides", Texts(input.view.strides));
    if (input.panel_dim >= 0) {
      attributes.set("sinter.panel",
                     builder_.getDenseI64ArrayAttr({input.panel_dim, input.panel_width}));
    }
    Value argument =
        AddArgument(Plain(input.value.getType()), attributes.getDictionary(builder_.getContext()));
    values_.map(input.value, argument);
  }

  void AddInits(GenericOp op) {
    for (mlir::OpOperand* input : op.getDpsInputOperands()) {
      // A window's shape: read by nobody, it only gives the loops their number.
      if (!op.payloadUsesValueFromOperand(input)) {
        values_.map(input->get(), AddArgument(Plain(input->get().getType())));
      }
    }
    for (Value init : op.getDpsInits()) {
      mlir::NamedAttrList attributes;
      auto fill = init.getDefiningOp<mlir::linalg::FillOp>();
      mlir::TypedAttr value;
      if (fill && mlir::matchPattern(fill.getInputs()[0], mlir::m_Constant(&value))) {
        attributes.set("sinter.init", value);
      }
      inits_[op].push_back(
          AddArgument(Plain(init.getType()), attributes.getDictionary(builder_.getContext())));
    }
  }

  // Copies what the body uses from outside of it: constants and dimensions.
  void CopyCaptured(GenericOp op) {
    op.getRegion().walk([&](mlir::Operation* inner) {
      for (Value operand : inner->getOperands()) {
        mlir::Operation* source = operand.getDefiningOp();
        if (!source || op->isAncestor(source) || values_.contains(operand)) continue;
        if (auto dim = mlir::dyn_cast<core::DimOp>(source)) {
          auto text = dim.getExpr();
          SymExpr expr = SymExpr::Parse(text.str()).value_or(SymExpr(0));
          std::string local = symbols_.Localize(expr).ToString();
          values_.map(operand, builder_.create<core::DimOp>(loc_, builder_.getIndexType(),
                                                            builder_.getStringAttr(local)));
        } else if (mlir::isa<mlir::arith::ConstantOp>(source)) {
          values_.map(operand, builder_.clone(*source)->getResult(0));
        }
      }
    });
  }

  void AddMember(const Member& member) {
    GenericOp op = member.op;
    CopyCaptured(op);
    llvm::SmallVector<Value> inputs;
    for (Value input : op.getDpsInputs()) inputs.push_back(values_.lookup(input));
    llvm::SmallVector<mlir::Type> types;
    for (mlir::Type type : op.getResultTypes()) types.push_back(Plain(type));
    auto copy = builder_.create<GenericOp>(loc_, types, inputs, inits_[op],
                                           op.getIndexingMapsArray(), op.getIteratorTypesArray());
    op.getRegion().cloneInto(&copy.getRegion(), values_);
    llvm::SmallVector<int64_t> dims(member.dims.begin(), member.dims.end());
    copy->setAttr("sinter.dims", builder_.getDenseI64ArrayAttr(dims));
    if (mlir::Attribute block = op->getAttr(ir::kBlockAttr)) copy->setAttr(ir::kBlockAttr, block);
    for (auto [before, after] : llvm::zip(op.getResults(), copy.getResults())) {
      values_.map(before, after);
    }
  }

  void AddResults(const std::vector<KernelResult>& results) {
    llvm::SmallVector<Value> values;
    llvm::SmallVector<mlir::Type> types;
    llvm::SmallVector<mlir::Attribute> attributes;
    for (const KernelResult& result : results) {
      values.push_back(values_.lookup(result.value));
      types.push_back(values.back().getType());
      mlir::NamedAttrList named;
      named.set("sinter.strides", Texts(result.view.strides));
      attributes.push_back(named.getDictionary(builder_.getContext()));
    }
    builder_.create<mlir::func::ReturnOp>(loc_, values);
    function_.setFunctionType(
        builder_.getFunctionType(function_.getFunctionType().getInputs(), types));
    function_.setResAttrsAttr(builder_.getArrayAttr(attributes));
  }

  const Group& group_;
  const v1::Target& target_;
  mlir::OpBuilder builder_;
  mlir::Location loc_;
  mlir::func::FuncOp function_;
  Symbols symbols_;
  mlir::IRMapping values_;
  llvm::DenseMap<mlir::Operation*, llvm::SmallVector<Value>> inits_;
};

}  // namespace

absl::StatusOr<KernelDraft> WriteKernel(const Group& group, llvm::ArrayRef<int> order,
                                        const std::vector<KernelInput>& inputs,
                                        const std::vector<KernelResult>& results,
                                        const v1::Target& target) {
  GenericOp first = group.members.front().op;
  return Writer(group, target, first.getContext()).Write(order, inputs, results);
}

}  // namespace sinter::optimize
