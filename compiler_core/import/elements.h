// Writing single elements of any type, for the evaluators of constants.
#ifndef SINTER_COMPILER_CORE_IMPORT_ELEMENTS_H_
#define SINTER_COMPILER_CORE_IMPORT_ELEMENTS_H_

#include <cstdint>
#include <vector>

#include "compiler_core/ir/host_tensor.h"
#include "compiler_core/ir/sym_expr.h"

namespace sinter::import {

bool IsFloat(ir::DType dtype);    // float16, bfloat16, float32, float64
bool IsInteger(ir::DType dtype);  // 8 to 64 bits, signed or not; not bool

// A tensor under construction.
class TensorWriter {
 public:
  TensorWriter(ir::DType dtype, std::vector<int64_t> dims);

  int64_t size() const { return tensor_.num_elements(); }
  // Rounded to nearest even, or truncated to the integer's bits. REQUIRES: a type that is float,
  // integer or bool.
  void SetDouble(int64_t i, double value);
  void SetInt(int64_t i, int64_t value);
  // The bits of element `j` of a row-major tensor of the same type.
  void Copy(int64_t i, const ir::HostTensor& from, int64_t j);
  ir::HostTensor Take() { return std::move(tensor_); }

 private:
  ir::HostTensor tensor_;
  char* data_ = nullptr;
};

// A tensor of `dtype` with these elements; floats and integers alike.
ir::HostTensor MakeTensor(ir::DType dtype, std::vector<int64_t> dims,
                          const std::vector<int64_t>& elements);

// REQUIRES: all dimensions are constant.
std::vector<int64_t> ConstantDims(const ir::SymShape& shape);
bool IsConstantShape(const ir::SymShape& shape);

}  // namespace sinter::import

#endif  // SINTER_COMPILER_CORE_IMPORT_ELEMENTS_H_
