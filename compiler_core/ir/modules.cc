#include "compiler_core/ir/modules.h"

#include <string>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/Verifier.h"

namespace sinter::ir {
namespace {

std::string Text(llvm::StringRef text) { return text.str(); }

absl::Status Broken(mlir::Operation* op, absl::string_view what) {
  return absl::InternalError(absl::StrCat("op `", Text(op->getName().getStringRef()), "` ", what));
}

// A tensor type whose free dimensions have expressions.
bool IsEncodedTensor(mlir::Type type) {
  auto tensor = mlir::dyn_cast<mlir::RankedTensorType>(type);
  if (!tensor) return false;
  if (tensor.hasStaticShape()) return true;
  auto encoding = mlir::dyn_cast_or_null<mlir::ArrayAttr>(tensor.getEncoding());
  return encoding && encoding.size() == static_cast<size_t>(tensor.getRank());
}

bool IsOnnxValue(mlir::Type type) {
  return mlir::isa<mlir::NoneType>(type) || IsEncodedTensor(type);
}

bool IsTensorValue(mlir::Type type) {
  if (mlir::isa<mlir::IndexType>(type)) return true;
  // Scalars: what linalg.fill writes.
  if (type.isIntOrFloat()) return !type.isSignedInteger() && !type.isUnsignedInteger();
  if (!IsEncodedTensor(type)) return false;
  mlir::Type element = mlir::cast<mlir::RankedTensorType>(type).getElementType();
  return element.isSignlessInteger() || mlir::isa<mlir::FloatType, mlir::IndexType>(element);
}

absl::Status CheckConstant(mlir::Operation* op, const ConstantTable& constants) {
  auto id = op->getAttrOfType<mlir::IntegerAttr>("id");
  if (!id) return Broken(op, "has no id");
  if (id.getInt() < 0 || id.getInt() >= constants.size()) {
    return Broken(op, absl::StrCat("names constant ", id.getInt(), " of ", constants.size()));
  }
  const HostTensor& tensor = constants.Get(id.getInt());
  auto type = mlir::cast<mlir::RankedTensorType>(op->getResult(0).getType());
  if (!type.hasStaticShape() || type.getShape() != llvm::ArrayRef<int64_t>(tensor.dims())) {
    return Broken(op, "has another shape than its constant");
  }
  return absl::OkStatus();
}

// A body is made of scalar arithmetic.
absl::Status CheckGenericBody(mlir::Operation* generic) {
  absl::Status status;
  generic->walk([&](mlir::Operation* op) {
    const llvm::StringRef dialect = op->getName().getDialectNamespace();
    const llvm::StringRef name = op->getName().getStringRef();
    if (op == generic || dialect == "arith" || dialect == "math" || name == "linalg.index" ||
        name == "linalg.yield" || name == "tensor.extract" || name == "sinter.dim") {
      return mlir::WalkResult::advance();
    }
    status = Broken(op, "may not stand in the body of a linalg.generic");
    return mlir::WalkResult::interrupt();
  });
  return status;
}

absl::Status CheckTypes(mlir::Operation* op, bool (*allowed)(mlir::Type)) {
  for (mlir::Type type : op->getResultTypes()) {
    if (!allowed(type)) return Broken(op, "has a result of a type that this module may not hold");
  }
  return absl::OkStatus();
}

absl::StatusOr<mlir::func::FuncOp> FindMain(const ModuleParts& parts) {
  mlir::ModuleOp module = *const_cast<ModuleParts&>(parts).module;
  if (mlir::failed(mlir::verify(module))) return absl::InternalError("the module does not verify");
  auto main = module.lookupSymbol<mlir::func::FuncOp>("main");
  if (!main || main.isDeclaration() || !main.getBody().hasOneBlock()) {
    return absl::InternalError("the module has no function `main` of one block");
  }
  if (main.getNumArguments() != parts.signature.inputs.size() ||
      main.getNumResults() != parts.signature.outputs.size()) {
    return absl::InternalError("`main` does not have the signature's inputs and outputs");
  }
  return main;
}

absl::Status CheckOnnxOp(mlir::Operation* op, const ConstantTable& constants) {
  if (op->getName().getStringRef() == "func.return") return absl::OkStatus();
  if (op->getName().getDialectNamespace() != "onnx") return Broken(op, "is not of dialect onnx");
  SINTER_RETURN_IF_ERROR(CheckTypes(op, IsOnnxValue));
  if (op->getName().getStringRef() == "onnx.Constant") return CheckConstant(op, constants);
  return absl::OkStatus();
}

absl::Status CheckTensorOp(mlir::Operation* op, const ConstantTable& constants) {
  const llvm::StringRef name = op->getName().getStringRef();
  if (name == "func.return") return absl::OkStatus();
  SINTER_RETURN_IF_ERROR(CheckTypes(op, IsTensorValue));
  if (name == "sinter.constant") return CheckConstant(op, constants);
  if (name == "linalg.generic" || name == "linalg.fill") return CheckGenericBody(op);
  if (name == "tensor.empty" || name == "arith.constant") return absl::OkStatus();
  if (op->getName().getDialectNamespace() == "sinter") return absl::OkStatus();
  return Broken(op, "may not stand in a TensorModule");
}

absl::Status CheckAll(const ModuleParts& parts, bool (*argument_allowed)(mlir::Type),
                      absl::Status (*check)(mlir::Operation*, const ConstantTable&)) {
  SINTER_ASSIGN_OR_RETURN(mlir::func::FuncOp main, FindMain(parts));
  for (mlir::Type type : main.getArgumentTypes()) {
    if (!argument_allowed(type))
      return absl::InternalError("an input of `main` has no tensor type");
  }
  for (mlir::Operation& op : main.getBody().front()) {
    SINTER_RETURN_IF_ERROR(check(&op, parts.constants));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<OnnxModule> OnnxModule::Create(ModuleParts parts) {
  SINTER_RETURN_IF_ERROR(CheckAll(parts, IsEncodedTensor, CheckOnnxOp));
  return OnnxModule(std::move(parts));
}

absl::StatusOr<TensorModule> TensorModule::Create(ModuleParts parts) {
  SINTER_RETURN_IF_ERROR(CheckAll(parts, IsTensorValue, CheckTensorOp));
  return TensorModule(std::move(parts));
}

}  // namespace sinter::ir
