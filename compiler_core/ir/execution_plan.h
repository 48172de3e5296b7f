// A planned model: which kernels run in which order on which bytes. What `optimize` gives and
// `codegen` turns into the host function and the weights of an artifact. Holds no MLIR objects.
#ifndef SINTER_COMPILER_CORE_IR_EXECUTION_PLAN_H_
#define SINTER_COMPILER_CORE_IR_EXECUTION_PLAN_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "compiler_core/ir/host_tensor.h"
#include "compiler_core/ir/program.h"
#include "compiler_core/ir/signature.h"
#include "compiler_core/ir/sym_expr.h"

namespace sinter::ir {

// Some bytes that a kernel reads or writes.
struct BufferRef {
  enum class Space { kInput, kOutput, kArena, kWeights };
  Space space = Space::kArena;
  int index = 0;   // which input / output; 0 for the arena and the weights
  SymExpr offset;  // in bytes
};

// A distinct kernel. Calls with equal canonical text share one.
struct Kernel {
  // "k_" and the first 16 hexadecimal digits of the SHA-256 of `text`.
  std::string name;
  // The kernel before scheduling, as canonical MLIR text (lower/ turns it into a LoopModule).
  std::string text;
};

// What a call does, for profiles (see sinter_work).
struct Work {
  std::vector<SymExpr> flops;       // of each of the call's nodes
  SymExpr other_flops;              // what belongs to no node
  SymExpr bytes;                    // needed of the operands, and the results
  DType dtype = DType::kUndefined;  // of the numbers it calculates with
  std::vector<std::string> ops;     // the nodes' operators; "" if not known
};

// Kernels are compiled to  void NAME(void** slots, int64_t begin, int64_t end);  which does the
// iterations [begin, end) of its outermost loop. slots[0..buffers) are the buffers' addresses,
// then come the indices as 64-bit integers.
struct KernelCall {
  int kernel = 0;
  std::vector<BufferRef> buffers;
  std::vector<SymExpr> indices;
  SymExpr count;                   // iterations of the outermost loop
  SymExpr cost;                    // a rough number of cycles of all of it; decides on parallelism
  std::vector<std::string> nodes;  // ONNX nodes it computes
  // The call has to be made on one thread.
  bool serial = false;
  Work work = {};
};

// A constant as the kernels want it: laid out at `offset` of the weight section.
struct WeightBlob {
  int64_t offset = 0;  // a multiple of 64
  int64_t bytes = 0;
  // Writes exactly `bytes` bytes. Called once, when the weights are written out.
  std::function<void(char* out)> write;
};

struct ExecutionPlan {
  Signature signature;
  std::vector<Kernel> kernels;
  std::vector<KernelCall> calls;  // in order
  SymExpr arena_bytes;
  std::vector<WeightBlob> weights;  // by offset
  int64_t weight_bytes = 0;
  ConstantTable constants;  // what the weights' writers read
  // Of all calls.
  SymExpr flops;
  SymExpr bytes_moved;
};

// All of a model. Without a program there is one fragment, which is the model. With one, the
// fragments are what its steps (and those of its subprograms) name; a fragment's symbols are those
// of the program that runs it, which gives them their values.
struct ModelPlan {
  std::unique_ptr<Program> program;
  std::vector<ExecutionPlan> fragments;
};

}  // namespace sinter::ir

#endif  // SINTER_COMPILER_CORE_IR_EXECUTION_PLAN_H_
