// For tests: programs (ir/program.h) built by hand, and their fragments of one kernel.
//
//   ProgramBuilder b("grow");
//   const int x = b.Input("x", b.Float({SymExpr::Symbol("n")}));
//   const int y = b.Slot("y", b.Float({SymExpr::Symbol("data.0")}));
//   b.Library("Tile", 13, {x, repeats}, {y});
#ifndef SINTER_COMPILER_CORE_CODEGEN_TESTING_PROGRAM_BUILDER_H_
#define SINTER_COMPILER_CORE_CODEGEN_TESTING_PROGRAM_BUILDER_H_

#include <cstdint>
#include <cstring>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "compiler_core/ir/execution_plan.h"
#include "compiler_core/ir/program.h"

namespace sinter::codegen {

ir::SlotType TensorType(ir::DType dtype, ir::SymShape shape);
ir::SlotType UnrankedType(ir::DType dtype);
ir::SlotType TypeOf(ir::SlotType::Kind kind, std::string text);

template <typename T>
ir::HostTensor TensorOf(ir::DType dtype, std::vector<int64_t> dims, const std::vector<T>& values) {
  void* data;
  ir::HostTensor tensor = ir::HostTensor::Allocate(dtype, std::move(dims), &data);
  std::memcpy(data, values.data(), values.size() * sizeof(T));
  return tensor;
}
// Keeps the strings alive.
ir::HostTensor StringTensorOf(std::vector<int64_t> dims, std::vector<std::string> values);

ir::CallAttribute IntsAttribute(std::string name, std::vector<int64_t> values);

class ProgramBuilder {
 public:
  explicit ProgramBuilder(const std::string& name);

  int Slot(const std::string& name, ir::SlotType type);
  int Input(const std::string& name, ir::SlotType type);
  int Constant(const std::string& name, ir::HostTensor tensor);
  void Fragment(int fragment, std::vector<int> inputs, std::vector<int> outputs);
  // The node's name is the function's in lower case. RETURNS: the step, to be added to.
  ir::Step& Library(const std::string& function, int64_t version, std::vector<int> inputs,
                    std::vector<int> outputs);
  void Outputs(std::vector<int> slots) { program_->outputs = std::move(slots); }

  ir::Program& program() { return *program_; }
  std::unique_ptr<ir::Program> Take() { return std::move(program_); }

 private:
  std::unique_ptr<ir::Program> program_;
};

// y[i] = x[i] + amount for floats of [size]; the amount is a weight, and y passes the arena. The
// first of its two calls tells its work: `size` flops, 8 * `size` + 4 bytes.
ir::ExecutionPlan AddAmount(const ir::SymExpr& size, float amount);

// z[i] = x[i] + y[i] for floats of [size].
ir::ExecutionPlan AddTwo(const ir::SymExpr& size);

// Whether the one float of [1] is not 0, as a scalar of bool.
ir::ExecutionPlan IsNotZero();

}  // namespace sinter::codegen

#endif  // SINTER_COMPILER_CORE_CODEGEN_TESTING_PROGRAM_BUILDER_H_
