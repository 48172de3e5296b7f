// Emits the ops of a TensorModule: constants, views, and linalg.generic in the forms that the later
// stages recognise. One is made for each ONNX node; it writes at its builder's insertion point and
// gives everything the node's location. Views of constants are folded into new constants (which
// share the bytes). Not thread-safe.
#ifndef SINTER_COMPILER_CORE_LEGALIZE_EMITTER_H_
#define SINTER_COMPILER_CORE_LEGALIZE_EMITTER_H_

#include <vector>

#include "absl/status/statusor.h"
#include "compiler_core/ir/host_tensor.h"
#include "compiler_core/ir/sym_expr.h"
#include "compiler_core/legalize/scalars.h"
#include "llvm/ADT/STLFunctionalExtras.h"
#include "mlir/IR/AffineMap.h"
#include "mlir/IR/Builders.h"

namespace sinter::legalize {

// An operand of a linalg.generic, and how the loops index it.
struct Operand {
  mlir::Value value;
  mlir::AffineMap map;
};

class Emitter {
 public:
  using Values = std::vector<mlir::Value>;
  // Computes one element from the elements of the inputs.
  using Body = llvm::function_ref<mlir::Value(Scalars&, mlir::ValueRange)>;
  // Gets the elements of inputs, then of outputs; returns the new elements of the outputs.
  using RawBody = llvm::function_ref<Values(Scalars&, mlir::ValueRange)>;

  // `is_unsigned`: integer elements of the node's operands are unsigned.
  Emitter(mlir::OpBuilder& builder, mlir::Location location, ir::ConstantTable& constants,
          bool is_unsigned)
      : builder_(builder), location_(location), constants_(constants), is_unsigned_(is_unsigned) {}

  mlir::OpBuilder& builder() { return builder_; }
  mlir::MLIRContext* context() { return builder_.getContext(); }
  bool is_unsigned() const { return is_unsigned_; }
  Scalars scalars() { return Scalars(builder_, location_, is_unsigned_); }

  // --- Constants ---
  // The tensor that `value` is a reference to, or null if it is computed.
  const ir::HostTensor* ConstantOf(mlir::Value value) const;
  // A reference to a new constant. `element` is the stored type of its elements.
  mlir::Value Constant(ir::HostTensor tensor, mlir::Type element);
  // A rank-1 float32 or float64 constant, by the type of `element`.
  mlir::Value Vector(const std::vector<double>& values, mlir::FloatType element);
  // The one value of all elements of a constant or a linalg.fill, or null.
  mlir::TypedAttr SplatOf(mlir::Value value) const;
  // The first element of `tensor` as an attribute of type `element`.
  mlir::TypedAttr NumberOf(const ir::HostTensor& tensor, mlir::Type element) const;
  // A tensor of one value: a constant if the shape is fixed, else a fill.
  mlir::Value Splat(const ir::SymShape& shape, mlir::TypedAttr value);
  // arith.constant or sinter.dim.
  mlir::Value Dim(const ir::SymExpr& expr);

  // --- Views; each returns its argument if there is nothing to do ---
  mlir::Value Reshape(mlir::Value source, const ir::SymShape& shape);
  mlir::Value Transpose(mlir::Value source, llvm::ArrayRef<int64_t> permutation);
  mlir::Value Slice(mlir::Value source, const ir::SymShape& offsets, const ir::SymShape& sizes,
                    llvm::ArrayRef<int64_t> steps);
  // `interior` may be empty (none). REQUIRES: provably non-negative padding.
  mlir::Value Pad(mlir::Value source, const ir::SymShape& low, llvm::ArrayRef<int64_t> interior,
                  const ir::SymShape& shape, mlir::Attribute value);
  mlir::Value Concat(mlir::ValueRange sources, int64_t axis, const ir::SymShape& shape);

  // --- Computing ---
  // An elementwise linalg.generic over `shape`; inputs broadcast as in ONNX through their maps, and
  // splat constants become scalars in the body. 16-bit floats are computed in float32.
  // ERRORS: UNIMPLEMENTED if it can't be told whether a free dimension broadcasts.
  absl::StatusOr<mlir::Value> Map(mlir::ValueRange inputs, const ir::SymShape& shape,
                                  mlir::Type element, Body body);
  // The same with given maps (out of all dimensions of `shape`), unable to fail.
  mlir::Value MapOperands(llvm::ArrayRef<Operand> inputs, const ir::SymShape& shape,
                          mlir::Type element, Body body);
  // Combines all elements of `source` along `axes` (sorted) into a tensor without those dimensions,
  // starting with `init`. `combine` gets (element, accumulator), both of `init`'s type.
  mlir::Value Reduce(mlir::Value source, llvm::ArrayRef<int64_t> axes, mlir::TypedAttr init,
                     Body combine);
  // Sum of products: loops over `shape`, then over `reductions` more dimensions. Accumulates in
  // `accumulator`; integers of a (b) are extended by a_unsigned (b_unsigned).
  mlir::Value Contract(const Operand& a, const Operand& b, const ir::SymShape& shape,
                       int64_t reductions, mlir::Type accumulator, bool a_unsigned = false,
                       bool b_unsigned = false);
  // A generic in full. Results have the outputs' types.
  Values Generic(llvm::ArrayRef<Operand> inputs, llvm::ArrayRef<Operand> outputs, int64_t parallel,
                 int64_t reductions, RawBody body);

  mlir::Value Empty(const ir::SymShape& shape, mlir::Type element);
  mlir::Value Fill(const ir::SymShape& shape, mlir::TypedAttr value);

  // `value` read at loops of `shape` by ONNX's rules: aligned at the last dimension, size 1
  // repeats. ERRORS: UNIMPLEMENTED as Map().
  absl::StatusOr<Operand> Broadcast(mlir::Value value, const ir::SymShape& shape);
  // The map (d0, ..., d[loops-1]) -> (d[dims[0]], d[dims[1]], ...).
  mlir::AffineMap Dims(int64_t loops, llvm::ArrayRef<int64_t> dims);
  mlir::AffineMap Identity(int64_t rank) { return builder_.getMultiDimIdentityMap(rank); }
  mlir::AffineExpr Loop(int64_t dim) { return builder_.getAffineDimExpr(dim); }

 private:
  // `value` broadcast to `shape`, whichever of its dimensions turn out to be 1.
  mlir::Value Spread(mlir::Value value, const ir::SymShape& shape);

  mlir::OpBuilder& builder_;
  mlir::Location location_;
  ir::ConstantTable& constants_;
  bool is_unsigned_;
};

// The type to compute in: float32 for the 16-bit floats, else the type itself.
mlir::Type ComputeType(mlir::Type element);
mlir::Type ElementOf(mlir::Value value);

}  // namespace sinter::legalize

#endif  // SINTER_COMPILER_CORE_LEGALIZE_EMITTER_H_
