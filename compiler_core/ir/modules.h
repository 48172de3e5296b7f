// The typed modules that the compiler's phases take and give. Each is move-only and is made by a
// Create() that verifies the module's invariant, so a phase can rely on what it is handed.
//
//   bytes -> OnnxModule -> TensorModule -> ExecutionPlan (+ one LoopModule a kernel) -> ObjectCode
#ifndef SINTER_COMPILER_CORE_IR_MODULES_H_
#define SINTER_COMPILER_CORE_IR_MODULES_H_

#include <memory>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "compiler_core/ir/host_tensor.h"
#include "compiler_core/ir/program.h"
#include "compiler_core/ir/signature.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/OwningOpRef.h"

namespace sinter::ir {

// What OnnxModule and TensorModule have in common: one function `main` over tensors, the constants
// that its ops name by id, and the model's signature. The MLIRContext must outlive it.
struct ModuleParts {
  mlir::OwningOpRef<mlir::ModuleOp> module;
  ConstantTable constants;
  Signature signature;
};

// `main` holds ops of the onnx dialect (and onnx.Constant, onnx.NoValue, onnx.SymConstant) only.
// Every value has a ranked tensor type (element types as in ONNX: ui8, i1, ...) whose free
// dimensions are encoded as core::TensorType() does, or is of type `none` (an absent input).
class OnnxModule {
 public:
  // ERRORS: INTERNAL if the invariant does not hold.
  static absl::StatusOr<OnnxModule> Create(ModuleParts parts);
  mlir::ModuleOp module() { return *parts_.module; }
  const ModuleParts& parts() const { return parts_; }
  ModuleParts Take() && { return std::move(parts_); }

 private:
  explicit OnnxModule(ModuleParts parts) : parts_(std::move(parts)) {}
  ModuleParts parts_;
};

// `main` holds linalg.generic, linalg.fill, tensor.empty, arith.constant and sinter.* ops only.
// Element types are signless integers and floats; bool is i8 holding 0 or 1. In the bodies of
// generics: arith, math, linalg.index, tensor.extract (a gather; its indices are in range or the
// body clamps them) and arith.select. Types are encoded as core::TensorType() does.
class TensorModule {
 public:
  // ERRORS: INTERNAL if the invariant does not hold.
  static absl::StatusOr<TensorModule> Create(ModuleParts parts);
  mlir::ModuleOp module() { return *parts_.module; }
  const ModuleParts& parts() const { return parts_; }
  ModuleParts Take() && { return std::move(parts_); }

 private:
  explicit TensorModule(ModuleParts parts) : parts_(std::move(parts)) {}
  ModuleParts parts_;
};

// All of a model, as ModelPlan is: without a program there is one fragment, which is the model.
struct OnnxProgram {
  std::unique_ptr<Program> program;
  std::vector<OnnxModule> fragments;
};

}  // namespace sinter::ir

#endif  // SINTER_COMPILER_CORE_IR_MODULES_H_
