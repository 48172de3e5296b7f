// The meaning of the scalar ops that may stand in the body of a linalg.generic, as plain functions.
#ifndef SINTER_COMPILER_CORE_LEGALIZE_TESTING_SCALAR_OPS_H_
#define SINTER_COMPILER_CORE_LEGALIZE_TESTING_SCALAR_OPS_H_

#include <cstdint>
#include <functional>

#include "mlir/IR/Operation.h"

namespace sinter::legalize {

// A number: floats as double, rounded to their type; integers and indices sign-extended.
struct Cell {
  double f = 0;
  int64_t i = 0;
};

using ScalarFunction = std::function<Cell(const Cell* operands)>;

// What `op` (of arith or math, with one result) computes; null if it is not known.
ScalarFunction FunctionOf(mlir::Operation* op);

Cell CellOf(mlir::TypedAttr attribute);
double RoundedTo(mlir::Type type, double value);

}  // namespace sinter::legalize

#endif  // SINTER_COMPILER_CORE_LEGALIZE_TESTING_SCALAR_OPS_H_
