// What a model takes and gives, as its caller sees it.
#ifndef SINTER_COMPILER_CORE_IR_SIGNATURE_H_
#define SINTER_COMPILER_CORE_IR_SIGNATURE_H_

#include <string>
#include <vector>

#include "compiler_core/ir/host_tensor.h"
#include "compiler_core/ir/sym_expr.h"

namespace sinter::ir {

struct ModelValue {
  std::string name;
  DType dtype = DType::kUndefined;
  // Inputs: each dimension is a constant or one symbol. Outputs: any expression.
  SymShape shape;
};

struct DimRange {
  std::string symbol;
  int64_t min = 1, max = 0;  // max 0 = unbounded
};

// Two expressions that have to be equal at run time for the model to make sense (the two inputs of
// a Concat, say). Shapes were derived on that assumption, so an artifact MUST check it before it
// runs.
struct DimEquality {
  SymExpr lhs, rhs;
};

struct Signature {
  std::string model_name;
  std::vector<ModelValue> inputs;
  std::vector<ModelValue> outputs;
  std::vector<DimRange> ranges;  // symbols that --shape bounded
  std::vector<DimEquality> equalities;
  // Dimensions inside of the model that small inputs would make negative; to be checked likewise.
  std::vector<SymExpr> non_negative;
};

}  // namespace sinter::ir

#endif  // SINTER_COMPILER_CORE_IR_SIGNATURE_H_
