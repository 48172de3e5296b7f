// A point of a kernel's loops in the making: where along each dimension some code computes.
#ifndef SINTER_COMPILER_CORE_LOWER_POINT_H_
#define SINTER_COMPILER_CORE_LOWER_POINT_H_

#include <cstdint>
#include <vector>

#include "llvm/ADT/SmallVector.h"
#include "mlir/IR/Value.h"

namespace sinter::lower {

// base + offset; along the vector dimension that is the position of lane 0.
struct Coord {
  mlir::Value base;  // an index; null = 0
  int64_t offset = 0;
  // Vector dimension of a contraction: the number of the panel that base is at. Dimension that is
  // done in blocks: the number of the block that base is the start of.
  mlir::Value tile;
};

struct Point {
  llvm::SmallVector<Coord> at;  // by dimension
  mlir::Value mask;             // vector of i1: the lanes that exist; null = all do

  // Equal signatures = the same values of `dims` (and mask, if the vector dimension is among them).
  std::vector<uintptr_t> Signature(llvm::ArrayRef<int> dims, int vector_dim) const {
    std::vector<uintptr_t> key;
    for (int dim : dims) {
      const Coord& coord = at[dim];
      key.push_back(reinterpret_cast<uintptr_t>(coord.base.getAsOpaquePointer()));
      key.push_back(static_cast<uintptr_t>(coord.offset));
      key.push_back(reinterpret_cast<uintptr_t>(coord.tile.getAsOpaquePointer()));
      if (dim == vector_dim) {
        key.push_back(reinterpret_cast<uintptr_t>(mask.getAsOpaquePointer()));
      }
    }
    return key;
  }
};

}  // namespace sinter::lower

#endif  // SINTER_COMPILER_CORE_LOWER_POINT_H_
