// A model that can't be planned as a whole, since shapes depend on its data, it branches or loops
// on data, or it has values that are no tensors: compiled fragments with calls of the run-time
// library between them. What `import` gives beside the fragments' modules, and `codegen` writes
// into tables for the driver in the artifact. Holds no MLIR objects.
//
// Values live in slots. A slot is written once: by the caller (inputs), as a constant, or by one
// step. Fragments and library calls alternate in `steps`, in an order in which all values exist
// before they are read.
#ifndef SINTER_COMPILER_CORE_IR_PROGRAM_H_
#define SINTER_COMPILER_CORE_IR_PROGRAM_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "compiler_core/ir/host_tensor.h"
#include "compiler_core/ir/signature.h"
#include "compiler_core/ir/sym_expr.h"

namespace sinter::ir {

// What a slot holds, as far as it is known before the program runs.
struct SlotType {
  enum class Kind { kTensor, kSequence, kOptional, kMap };
  Kind kind = Kind::kTensor;
  DType dtype = DType::kUndefined;  // of a tensor
  bool ranked = false;              // of a tensor: whether `shape` is known
  // Each dimension is an expression. A plain symbol that no earlier slot has given a value gets the
  // dimension's value when the slot is written; all others are then checked to be equal.
  SymShape shape;
  std::string text;  // as ONNX writes it: "seq(tensor(float))"
};

struct Slot {
  SlotType type;
  std::string name;       // the ONNX value, for messages
  int64_t constant = -1;  // if >= 0: it is this constant of the program's table
};

// An attribute of a library call; one of the vectors is filled, or none where the list is empty.
struct CallAttribute {
  enum class Kind { kInts, kFloats, kStrings, kTensors };
  std::string name;
  Kind kind = Kind::kInts;
  std::vector<int64_t> ints;
  std::vector<float> floats;
  std::vector<std::string> strings;
  std::vector<HostTensor> tensors;
};

struct Step {
  enum class Kind { kFragment, kLibrary };
  Kind kind = Kind::kFragment;
  int fragment = -1;     // kFragment: which of the model's (ModelPlan::fragments)
  std::string function;  // kLibrary: the C function's name without "sinter_op_", e.g. "NonZero"
  int64_t version = 0;   // kLibrary: of the operator set that defines the operator
  std::vector<CallAttribute> attributes;
  std::vector<int> subprograms;  // kLibrary: indices into Program::subprograms
  std::vector<int> inputs;       // slots; -1 where an operand is absent
  std::vector<int> outputs;      // slots; -1 where nobody wants it
  std::string node;              // the ONNX node, for messages
};

// Model inputs and outputs as slots. A fragment's Signature has its own inputs and outputs, in the
// order of its step's; its dimensions are expressions in the program's symbols.
struct Program {
  std::string name;
  std::vector<Slot> slots;
  std::vector<int> inputs;
  std::vector<int> outputs;
  std::vector<Step> steps;
  // What shapes were derived on. Checked as soon as every symbol in it has a value.
  std::vector<DimRange> ranges;
  std::vector<DimEquality> equalities;
  std::vector<SymExpr> non_negative;
  ConstantTable constants;  // of constant slots
  std::vector<std::unique_ptr<Program>> subprograms;
};

}  // namespace sinter::ir

#endif  // SINTER_COMPILER_CORE_IR_PROGRAM_H_
